using DftFlow.Analysis.Thermodynamics;
using DftFlow.Engine;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>The reaction energy of two phases against their mixing ratio: a figure for each pair.</summary>
internal static class InterfaceFigure
{
    private const float Left = 44, Right = 12, Top = 8, FrameHeight = 150, AxisHeight = 47;
    private const double Margin = 0.02;

    public static IEnumerable<Figure> Draw(AnalysisOutcome outcome, InterfaceReactionDetails details)
    {
        foreach (var (labels, reaction) in details.Reactions.Select(r => (r.Labels, r.Value)))
        {
            var value = outcome.Result.Values.FirstOrDefault(v => v.Quantity == "reaction_energy" && v.Labels.SequenceEqual(labels));
            // The formulas as the workflow writes them.
            var names = labels.GetValueOrDefault("pair", "").Split(" | ") is [var a, var b] ? (a, b) : (reaction.First.Formula, reaction.Second.Formula);
            yield return Compose(outcome.Id, names, reaction, value?.Expected, value?.Source);
        }
    }

    private static Figure Compose(string analysisId, (string First, string Second) names, InterfaceReaction reaction, double? expectedEv, string? source)
    {
        var (first, second) = names;
        var energies = reaction.Kinks.Select(kink => 1000 * kink.EnergyEvPerAtom).ToArray();
        var minimum = (reaction.Minimum.X, Energy: 1000 * reaction.Minimum.EnergyEvPerAtom);
        var expected = 1000 * expectedEv;
        var lowest = Math.Min(Math.Min(energies.Min(), expected ?? 0), -1);
        var highest = Math.Max(Math.Max(energies.Max(), expected ?? 0), 0);
        var span = highest - lowest;
        // The dots at the ends are drawn as a whole; below the lowest there is room for the minimum's number.
        var limits = new CoordinateRect(-Margin, 1 + Margin, lowest - 0.16 * span, highest + 0.08 * span);
        return new Figure(analysisId, $"{analysisId}.{first}-{second}", $"Reaction energy of {first} with {second} against the mixing ratio",
            Caption(names, reaction, expectedEv, source), Top + FrameHeight + AxisHeight, canvas =>
        {
            var frame = SKRect.Create(Left, Top, Figure.Width - Left - Right, FrameHeight);
            using var plot = FigureCanvas.NewPlot(limits);
            var zero = plot.Add.HorizontalLine(0, 0.6f, FigureCanvas.Grey, LinePattern.Solid);
            zero.EnableAutoscale = false;
            if (expected is { } line) plot.Add.HorizontalLine(line, 1, FigureCanvas.Grey, LinePattern.Dashed);
            var curve = plot.Add.Scatter(reaction.Kinks.Select(k => k.X).ToArray(), energies, FigureCanvas.Blue);
            curve.LineWidth = 1.25f;
            curve.MarkerSize = 5;
            var least = plot.Add.Marker(minimum.X, minimum.Energy, MarkerShape.FilledCircle, 8, FigureCanvas.Vermilion);
            least.MarkerStyle.OutlineWidth = 0;
            canvas.Draw(plot, frame);

            var number = $"{Numbers.Show(minimum.Energy, "meV/atom")} at x = {Numbers.Tick(Math.Round(minimum.X, 3))}";
            var half = FigureCanvas.Measure(number) / 2;
            canvas.Text(number, Math.Clamp(X(minimum.X), frame.Left + half + 4, frame.Right - half - 4), Y(minimum.Energy) + 15, Anchor.Centre, FigureCanvas.Vermilion);
            if (expected is { } value)
            {
                var text = $"expected {Numbers.Show(value, "meV/atom")}";
                var width = FigureCanvas.Measure(text);
                var places = from above in (bool[])[true, false]
                             from left in (float[])[frame.Left + 6, frame.Right - 6 - width, frame.MidX - width / 2]
                             select SKRect.Create(left, above ? Y(value) - 12 : Y(value) + 3, width, 10);
                var place = places.FirstOrDefault(Free, places.First());
                canvas.Text(text, place.Left, place.Bottom - 1.5f, Anchor.Left, FigureCanvas.Grey);
            }
            canvas.Text(RichText.Formulas(second), frame.Left, frame.Bottom + 28, Anchor.Left, FigureCanvas.Ink);
            canvas.Text(RichText.Formulas(first), frame.Right, frame.Bottom + 28, Anchor.Right, FigureCanvas.Ink);
            canvas.Text((RichText)"Atomic fraction x of " + RichText.Formulas(first), (frame.Left + frame.Right) / 2, frame.Bottom + 42, Anchor.Centre, FigureCanvas.Ink, FigureCanvas.Normal);
            canvas.TextUpwards("Reaction energy (meV/atom)", 10, (frame.Top + frame.Bottom) / 2, FigureCanvas.Ink);

            float X(double x) => frame.Left + (float)((x - limits.Left) / (limits.Right - limits.Left)) * frame.Width;
            float Y(double energy) => frame.Bottom - (float)((energy - limits.Bottom) / (limits.Top - limits.Bottom)) * frame.Height;

            // Neither the curve nor the minimum's number runs through the place.
            bool Free(SKRect place)
            {
                var number = SKRect.Create(X(minimum.X) - half - 4, Y(minimum.Energy) - 6, 2 * half + 8, 24);
                var near = Enumerable.Range(0, 9).Select(i => place.Left + i * place.Width / 8).Select(x => Y(Interpolate(reaction, (x - frame.Left) / frame.Width * (limits.Right - limits.Left) + limits.Left)));
                return !place.IntersectsWith(number) && near.All(y => y < place.Top - 3 || y > place.Bottom + 3) && place.Top > frame.Top && place.Bottom < frame.Bottom;
            }
        }, Data(reaction));
    }

    /// <summary>The curve's energy in meV/atom.</summary>
    private static double Interpolate(InterfaceReaction reaction, double x)
    {
        var kinks = reaction.Kinks;
        var right = Enumerable.Range(1, kinks.Count - 1).FirstOrDefault(i => kinks[i].X >= x, kinks.Count - 1);
        var (a, b) = (kinks[right - 1], kinks[right]);
        return 1000 * (a.EnergyEvPerAtom + (b.EnergyEvPerAtom - a.EnergyEvPerAtom) * Math.Clamp((x - a.X) / (b.X - a.X), 0, 1));
    }

    private static RichText Caption((string First, string Second) names, InterfaceReaction reaction, double? expectedEv, string? source)
    {
        var caption = (RichText)"Reaction energy of x " + RichText.Formulas(names.First) + " and 1 − x " + RichText.Formulas(names.Second)
            + " (by atoms). Dots: where the products change. "
            + (reaction.Minimum.EnergyEvPerAtom < 0
                ? $"Orange: the minimum, {Numbers.Show(1000 * reaction.Minimum.EnergyEvPerAtom, "meV/atom")} meV/atom, " + RichText.Formulas(reaction.Minimum.Reaction.ToString()) + "."
                : (RichText)"No mixture gains energy by reacting.");
        return expectedEv is { } expected
            ? caption + $" Dashed: the expected {Numbers.Show(1000 * expected, "meV/atom")} meV/atom{(string.IsNullOrEmpty(source) ? "" : $" ({source})")}."
            : caption;
    }

    private static string Data(InterfaceReaction reaction)
    {
        var csv = new Csv("x", "x_mole", "energy_ev_per_atom", "mutual_energy_ev_per_atom", "reaction");
        foreach (var kink in reaction.Kinks)
            csv.Row(kink.X, kink.XMole, kink.EnergyEvPerAtom, kink.MutualEnergyEvPerAtom, kink.Reaction);
        return csv.ToString();
    }
}
