using System.Globalization;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>A pair of phases whose reaction is drawn.</summary>
/// <param name="First">The phase at x = 1, as it is to be written.</param>
/// <param name="ExpectedEv">A published or earlier value of the minimum, eV per atom; drawn where the pair is alone.</param>
public sealed record InterfaceCurve(string First, string Second, InterfaceReaction Reaction, double? ExpectedEv = null)
{
    public string Name => $"{First} | {Second}";
}

/// <summary>
/// Reaction energies against the mixing ratio, one or several pairs in a panel: the total with a mark at each kink, the mutual energy
/// dashed where it differs, and the minimum with its number. A pair alone has its molar fraction along the top. One column of a journal wide.
/// </summary>
public sealed class InterfaceDrawing
{
    private const float Left = 44, Right = 12, Top = 4, RowHeight = 12.5f, AxisHeight = 46, MoleHeight = 32;
    private const double Margin = 0.02;

    // Of ink in a number's colour, to be read as text.
    private const double Darker = 0.35;

    // meV/atom; less is not seen.
    private const double Seen = 0.05;

    private readonly Figure figure;

    public InterfaceDrawing(IReadOnlyList<InterfaceCurve> curves)
    {
        ArgumentOutOfRangeException.ThrowIfZero(curves.Count, nameof(curves));
        var panels = curves.Chunk(FigureCanvas.Curves.Length).Select(chunk => new Panel(chunk)).ToArray();
        var single = curves.Count == 1;
        var y = Top;
        var left = panels.Max(panel => FigureCanvas.LeftOf(panel.Limits, Panel.FrameHeight, Left));
        foreach (var panel in panels) y = panel.Lay(left, y, single) + (single ? 0 : 10);
        var (key, mutual) = (panels[^1].Frame.Bottom + AxisHeight, curves.Any(curve => Differs(curve.Reaction)));
        var height = key + (mutual ? RowHeight + 2 : 0);
        Title = single ? $"Reaction energy of {curves[0].First} with {curves[0].Second} against the mixing ratio" : $"Reaction energies of {curves.Count.ToString(CultureInfo.InvariantCulture)} pairs against the mixing ratio";
        var per = curves.All(curve => curve.Reaction.ChemicalPotentialsEv.Count == 0) ? "atom" : "atom not open";
        foreach (var panel in panels) panel.Label();
        Labels = [.. panels.SelectMany(panel => panel.Places.Placed)];
        figure = new Figure("interface", "interface", Title, Caption(curves), height, canvas =>
        {
            foreach (var panel in panels) panel.Draw(canvas, single, per, last: panel == panels[^1]);
            var (frame, middle) = (panels[^1].Frame, panels[^1].Frame.MidX);
            canvas.Text(single ? (RichText)"Atomic fraction x of " + RichText.Formulas(curves[0].First) : "Atomic fraction x of the first phase", middle, frame.Bottom + 41, Anchor.Centre, FigureCanvas.Ink, FigureCanvas.Normal);
            canvas.Text(single ? RichText.Formulas(curves[0].Second) : "pure second", frame.Left, frame.Bottom + 27, Anchor.Left, FigureCanvas.Ink);
            canvas.Text(single ? RichText.Formulas(curves[0].First) : "pure first", frame.Right, frame.Bottom + 27, Anchor.Right, FigureCanvas.Ink);
            if (mutual) Key(canvas, frame.Left, key + RowHeight - 3.5f);
        }, Data(curves));
    }

    /// <summary>What is seen, for those who do not see it.</summary>
    public string Title { get; }

    internal IReadOnlyList<LabelPlace> Labels { get; }

    /// <summary>The SVG, 85 mm wide.</summary>
    public string Svg() => figure.Svg("interface");

    /// <summary>At 300 dots an inch.</summary>
    public byte[] Png() => figure.Png();

    /// <summary>Every kink with its reaction.</summary>
    public string Csv() => figure.Data;

    /// <summary>The same for a report.</summary>
    internal Figure As(string analysisId, string name, RichText? caption = null) => figure with { AnalysisId = analysisId, Name = name, Caption = caption ?? figure.Caption };

    private sealed class Panel(InterfaceCurve[] curves)
    {
        public const float FrameHeight = 150;

        private float top;

        public CoordinateRect Limits { get; } = LimitsOf(curves);

        public SKRect Frame { get; private set; }

        public LabelPlaces Places { get; private set; } = new(default);

        /// <returns>The frame's lower edge.</returns>
        public float Lay(float left, float y, bool single)
        {
            top = y;
            Frame = SKRect.Create(left, y + (single ? MoleHeight : curves.Length * RowHeight + 4), Figure.Width - left - Right, FrameHeight);
            return Frame.Bottom;
        }

        public void Label()
        {
            Places = new LabelPlaces(new SKRect(Frame.Left + 2, Frame.Top + 2, Frame.Right - 2, Frame.Bottom - 2));
            foreach (var curve in curves)
            {
                foreach (var points in (SKPoint[][])[Points(curve.Reaction, mutual: false), Points(curve.Reaction, mutual: true)])
                    for (var i = 1; i < points.Length; i++) Places.Line(points[i - 1], points[i]);
                foreach (var point in Points(curve.Reaction, mutual: false)) Places.BlockMark(point, 2.5f);
                Places.BlockMark(Point(curve.Reaction.Minimum.X, curve.Reaction.Minimum.EnergyEvPerAtom), 4.4f);
            }
            Places.Line(new(Frame.Left, Y(0)), new(Frame.Right, Y(0)));
            foreach (var (i, curve) in curves.Index())
                if (curve.Reaction.Minimum.EnergyEvPerAtom < 0)
                    Places.Place(curves.Length == 1 ? $"{Number(curve.Reaction.Minimum)} at x = {Numbers.Tick(Math.Round(curve.Reaction.Minimum.X, 3))}" : Number(curve.Reaction.Minimum),
                        Point(curve.Reaction.Minimum.X, curve.Reaction.Minimum.EnergyEvPerAtom), 4, 40, ElementColors.Mix(FigureCanvas.Curves[i], FigureCanvas.Ink, Darker), below: true);
            if (curves is [var same] && Same(same.Reaction)) Places.Place("one and the same phase: there is nothing to react", new(Frame.MidX, Frame.MidY), 2, 60);
            else if (curves is [{ Reaction.Minimum.EnergyEvPerAtom: >= 0 }]) Places.Place("no mixture gains energy by reacting", new(Frame.MidX, Y(0)), 2, 20);
            if (curves is [{ ExpectedEv: { } expected }])
            {
                Places.Line(new(Frame.Left, Y(1000 * expected)), new(Frame.Right, Y(1000 * expected)));
                // Wherever along the line there is room.
                _ = Enumerable.Range(0, 9).Any(i => Places.Place($"expected {Numbers.Show(1000 * expected, "meV/atom")}", new(Frame.Left + (0.15f + 0.0875f * i) * Frame.Width, Y(1000 * expected)), 2, 8, FigureCanvas.Grey));
            }
        }

        public void Draw(FigureCanvas canvas, bool single, string per, bool last)
        {
            using (var plot = FigureCanvas.NewPlot(Limits))
            {
                if (!last) plot.Axes.Bottom.TickLabelStyle.IsVisible = false;
                plot.Add.HorizontalLine(0, 0.6f, FigureCanvas.Grey, LinePattern.Solid);
                if (curves is [{ ExpectedEv: { } expected }]) plot.Add.HorizontalLine(1000 * expected, 1, FigureCanvas.Grey, LinePattern.Dashed);
                canvas.Draw(plot, Frame);
            }
            foreach (var (i, curve) in curves.Index())
            {
                var color = FigureCanvas.Curves[i];
                if (Differs(curve.Reaction)) canvas.Curve(Points(curve.Reaction, mutual: true), color, 1, LinePattern.DenselyDashed);
                var points = Points(curve.Reaction, mutual: false);
                canvas.Curve(points, color, 1.3f);
                foreach (var point in points) Mark(canvas, i, point, 2.2f, color);
                if (curve.Reaction.Minimum.EnergyEvPerAtom < 0) Mark(canvas, i, Point(curve.Reaction.Minimum.X, curve.Reaction.Minimum.EnergyEvPerAtom), 4, color);
            }
            Places.Draw(canvas);
            canvas.TextUpwards($"Reaction energy (meV/{per})", 10, Frame.MidY, FigureCanvas.Ink);
            if (single) MoleAxis(canvas, curves[0].Reaction);
            else
                foreach (var (i, curve) in curves.Index()) Legend(canvas, curve, i, top + (i + 1) * RowHeight - 2);
        }

        private void Legend(FigureCanvas canvas, InterfaceCurve curve, int index, float baseline)
        {
            var color = FigureCanvas.Curves[index];
            canvas.Curve([new(8, baseline - 3.2f), new(28, baseline - 3.2f)], color, 1.3f);
            Mark(canvas, index, new(18, baseline - 3.2f), 2.6f, color);
            var number = curve.Reaction.Minimum.EnergyEvPerAtom < 0 ? $"{Number(curve.Reaction.Minimum)} at x = {Numbers.Tick(Math.Round(curve.Reaction.Minimum.X, 3))}" : "no reaction";
            canvas.Text(number, Frame.Right, baseline, Anchor.Right, FigureCanvas.Ink);
            var room = Frame.Right - FigureCanvas.Measure(number) - 8 - 33;
            var name = RichText.Formulas(curve.Name);
            canvas.Text(name, 33, baseline, Anchor.Left, FigureCanvas.Ink, Math.Min(FigureCanvas.Small, FigureCanvas.Small * room / FigureCanvas.Measure(name)));
        }

        // Molar fractions lie unevenly along atomic ones.
        private void MoleAxis(FigureCanvas canvas, InterfaceReaction reaction)
        {
            var (first, second) = (Atoms(reaction.First.Formula, reaction), Atoms(reaction.Second.Formula, reaction));
            var previous = float.NegativeInfinity;
            foreach (var tenth in (int[])[0, 10, 8, 6, 4, 2])
            {
                var mole = tenth / 10.0;
                var at = X(mole * first / (mole * first + (1 - mole) * second));
                canvas.Line(at, Frame.Top, at, Frame.Top - 3.5f, FigureCanvas.Ink, 0.75f, LinePattern.Solid);
                // Ends first; then from the right, as long as there is room between the numbers.
                if (tenth is not (0 or 10) && (previous - at < 17 || at - X(0) < 17)) continue;
                canvas.Text(Numbers.Tick(mole), at, Frame.Top - 6, Anchor.Centre, FigureCanvas.Ink);
                previous = at;
            }
            canvas.Text("Molar fraction", Frame.MidX, Frame.Top - 19, Anchor.Centre, FigureCanvas.Ink);
        }

        private SKPoint[] Points(InterfaceReaction reaction, bool mutual) =>
            [.. reaction.Kinks.Select(kink => Point(kink.X, mutual ? kink.MutualEnergyEvPerAtom : kink.EnergyEvPerAtom))];

        private SKPoint Point(double x, double energyEv) => new(X(x), Y(1000 * energyEv));

        private float X(double x) => Frame.Left + (float)((x - Limits.Left) / (Limits.Right - Limits.Left)) * Frame.Width;

        private float Y(double energyMev) => Frame.Bottom - (float)((energyMev - Limits.Bottom) / (Limits.Top - Limits.Bottom)) * Frame.Height;

        private static CoordinateRect LimitsOf(InterfaceCurve[] curves)
        {
            var energies = curves.SelectMany(curve => curve.Reaction.Kinks.Select(kink => 1000 * kink.EnergyEvPerAtom).Append(1000 * (curve.ExpectedEv ?? 0))).ToArray();
            double low = Math.Min(energies.Min(), -1), high = Math.Max(energies.Max(), 0), span = high - low;
            // The marks at the ends are drawn as a whole; below the lowest there is room for the minimum's number.
            return new(-Margin, 1 + Margin, low - 0.16 * span, high + 0.08 * span);
        }
    }

    private static string Number(InterfaceMinimum minimum) => Numbers.Show(1000 * minimum.EnergyEvPerAtom, "meV/atom");

    private static bool Differs(InterfaceReaction reaction) => reaction.Kinks.Any(kink => 1000 * Math.Abs(kink.EnergyEvPerAtom - kink.MutualEnergyEvPerAtom) > Seen);

    private static bool Same(InterfaceReaction reaction) => reaction.First.Formula == reaction.Second.Formula && reaction.First.EntryId == reaction.Second.EntryId;

    private static void Key(FigureCanvas canvas, float left, float baseline)
    {
        var at = left;
        foreach (var (text, pattern) in ((string, LinePattern?)[])[("total", null), ("mutual: without own decomposition", LinePattern.DenselyDashed)])
        {
            canvas.Curve([new(at, baseline - 3.2f), new(at + 20, baseline - 3.2f)], FigureCanvas.Ink, pattern is null ? 1.3f : 1, pattern);
            canvas.Text(text, at + 25, baseline, Anchor.Left, FigureCanvas.Ink);
            at += 25 + FigureCanvas.Measure(text) + 12;
        }
    }

    private static double Atoms(string formula, InterfaceReaction reaction) =>
        Composition.Parse(formula).Amounts.Where(pair => !reaction.ChemicalPotentialsEv.ContainsKey(pair.Key)).Sum(pair => pair.Value);

    // A shape for each curve: none is known by its colour alone.
    private static void Mark(FigureCanvas canvas, int shape, SKPoint at, float radius, Color color)
    {
        if (shape == 0) canvas.Ring(at.X, at.Y, radius, color, Colors.White, 0.4f);
        else
        {
            var (corners, turn) = shape switch { 1 => (4, 0.125), 2 => (3, 0.25), 3 => (4, 0), 4 => (3, -0.25), _ => (5, 0.25) };
            canvas.Area([.. Enumerable.Range(0, corners).Select(i => MathF.SinCos(2 * MathF.PI * (i / (float)corners + (float)turn)) is var (sin, cos) ? new SKPoint(at.X + 1.2f * radius * cos, at.Y - 1.2f * radius * sin) : at)], color);
        }
    }

    private static RichText Caption(IReadOnlyList<InterfaceCurve> curves)
    {
        var caption = (RichText)"Reaction energy over all mixing ratios; marks: where the products change; dashed: the mutual energy, without what each phase gains decomposing by itself. ";
        return curves.Aggregate(caption, (text, curve) => text + RichText.Formulas(curve.Name) + (curve.Reaction.Minimum.EnergyEvPerAtom < 0
            ? $": {Number(curve.Reaction.Minimum)} meV/atom at x = {Numbers.Tick(Math.Round(curve.Reaction.Minimum.X, 3))}, " + RichText.Formulas(curve.Reaction.Minimum.Reaction.ToString()) + ". " : (RichText)": no reaction. "));
    }

    private static string Data(IReadOnlyList<InterfaceCurve> curves)
    {
        var csv = new Csv("first", "second", "x", "x_mole", "energy_ev_per_atom", "mutual_energy_ev_per_atom", "reaction");
        foreach (var curve in curves)
            foreach (var kink in curve.Reaction.Kinks)
                csv.Row(curve.First, curve.Second, kink.X, kink.XMole, kink.EnergyEvPerAtom, kink.MutualEnergyEvPerAtom, kink.Reaction);
        return csv.ToString();
    }
}
