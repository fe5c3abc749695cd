using DftFlow.Analysis.Thermodynamics;
using DftFlow.Engine;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>The reaction energy of two phases against their mixing ratio: a figure for each pair.</summary>
internal static class InterfaceFigure
{
    private const float Left = 44, Right = 12, Top = 8, FrameHeight = 150, AxisHeight = 47;

    public static IEnumerable<Figure> Draw(AnalysisOutcome outcome, InterfaceReactionDetails details)
    {
        foreach (var (labels, reaction) in details.Reactions.Select(r => (r.Labels, r.Value)))
        {
            var value = outcome.Result.Values.FirstOrDefault(v => v.Quantity == "reaction_energy" && v.Labels.SequenceEqual(labels));
            yield return Figure(outcome.Id, reaction, value?.Expected, value?.Source);
        }
    }

    private static Figure Figure(string analysisId, InterfaceReaction reaction, double? expectedEv, string? source)
    {
        var (first, second) = (reaction.First.Formula, reaction.Second.Formula);
        var energies = reaction.Kinks.Select(kink => 1000 * kink.EnergyEvPerAtom).ToArray();
        var minimum = (reaction.Minimum.X, Energy: 1000 * reaction.Minimum.EnergyEvPerAtom);
        var expected = 1000 * expectedEv;
        var lowest = Math.Min(Math.Min(energies.Min(), expected ?? 0), -1);
        var highest = Math.Max(Math.Max(energies.Max(), expected ?? 0), 0);
        var span = highest - lowest;
        // Below the lowest there is room for the minimum's number.
        var limits = new CoordinateRect(0, 1, lowest - 0.16 * span, highest + 0.08 * span);
        return new Figure(analysisId, $"{analysisId}.{first}-{second}", $"Reaction energy of {first} with {second} against the mixing ratio",
            Caption(reaction, expectedEv, source), Top + FrameHeight + AxisHeight, canvas =>
        {
            var frame = SKRect.Create(Left, Top, Reports.Figures.Figure.Width - Left - Right, FrameHeight);
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
            // On the side where the curve is far above the line.
            if (expected is { } value)
                canvas.Text($"expected {Numbers.Show(value, "meV/atom")}", minimum.X < 0.5 ? frame.Right - 4 : frame.Left + 4, Y(value) - 3,
                    minimum.X < 0.5 ? Anchor.Right : Anchor.Left, FigureCanvas.Grey);
            canvas.Text(RichText.Formulas(second), frame.Left, frame.Bottom + 28, Anchor.Left, FigureCanvas.Ink);
            canvas.Text(RichText.Formulas(first), frame.Right, frame.Bottom + 28, Anchor.Right, FigureCanvas.Ink);
            canvas.Text((RichText)"Atomic fraction x of " + RichText.Formulas(first), (frame.Left + frame.Right) / 2, frame.Bottom + 42, Anchor.Centre, FigureCanvas.Ink, FigureCanvas.Normal);
            canvas.TextUpwards("Reaction energy (meV/atom)", 10, (frame.Top + frame.Bottom) / 2, FigureCanvas.Ink);

            float X(double x) => frame.Left + (float)x * frame.Width;
            float Y(double energy) => frame.Bottom - (float)((energy - limits.Bottom) / (limits.Top - limits.Bottom)) * frame.Height;
        }, Data(reaction));
    }

    private static RichText Caption(InterfaceReaction reaction, double? expectedEv, string? source)
    {
        var caption = (RichText)"Reaction energy of x " + RichText.Formulas(reaction.First.Formula) + " and 1 − x " + RichText.Formulas(reaction.Second.Formula)
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
