using System.Globalization;
using DftFlow.Analysis.Thermodynamics;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>Three elements: the Gibbs triangle with the tie lines between phases that coexist.</summary>
internal static class TernaryPicture
{
    private const float Side = 250, Enough = 38, Left = (Figure.Width - Side) / 2, Top = 20, Below = 34;
    private static readonly float Height = Side * MathF.Sqrt(3) / 2;

    public static PhaseDiagramDrawing.Picture Of(PhaseRegions regions, DrawnPhase[] phases, double cutoffEv)
    {
        var marks = phases.Select(phase => phase.At(Place(phase.Fractions), 3, 2.4f)).ToArray();
        var places = new LabelPlaces(new SKRect(2, 2, Figure.Width - 2, Top + Height + Below));
        foreach (var (first, second) in regions.TieLines) places.Line(Place(regions.Phases[first].Fractions), Place(regions.Phases[second].Fractions));
        var corners = marks.Where(mark => Corners().Any(corner => SKPoint.Distance(corner, mark.At) < 0.01f)).ToArray();
        foreach (var (text, at, degrees, anchor, size) in Axes(regions, marks, corners)) Block(places, text, at, degrees, anchor, size);
        foreach (var corner in corners) places.BlockMark(corner.At, corner.Radius);
        var labels = new PhaseMarks(places, [.. marks.Except(corners)], 10);
        var legendTop = Top + Height + Below;
        var legend = new PhaseLegend(marks, cutoffEv, coloured: true, regions.ChemicalPotentialsEv);
        var keyTop = legendTop + legend.Height;
        return new(keyTop + labels.KeyHeight, canvas =>
        {
            foreach (var (first, second) in regions.TieLines)
                canvas.Curve([Place(regions.Phases[first].Fractions), Place(regions.Phases[second].Fractions)], FigureCanvas.Blue.WithAlpha(0.75), 0.8f);
            canvas.Curve([.. Corners(), Corners()[0]], FigureCanvas.Ink, 0.9f);
            foreach (var (from, to) in Ticks()) canvas.Line(from.X, from.Y, to.X, to.Y, FigureCanvas.Ink, 0.6f, LinePattern.Solid);
            foreach (var (text, at, degrees, anchor, size) in Axes(regions, marks, corners)) canvas.TextTurned(text, at.X, at.Y, degrees, anchor, FigureCanvas.Ink, size);
            legend.Draw(canvas, marks);
            labels.Draw(canvas, keyTop);
            legend.DrawLegend(canvas, legendTop);
        }, labels, "Black: stable phases, joined by tie lines where they coexist." + legend.Words);
    }

    // The first element at the left, the second at the right, the third on top.
    private static SKPoint Place(IReadOnlyList<double> fractions) => new(Left + Side * (float)(fractions[1] + fractions[2] / 2), Top + Height * (float)(1 - fractions[2]));

    private static SKPoint[] Corners() => [Place([1, 0, 0]), Place([0, 1, 0]), Place([0, 0, 1])];

    // Each side counts one element, anticlockwise: the second along the bottom, the third up the right side, the first down the left.
    private static IEnumerable<(SKPoint At, int Side, int Percent)> Scale() =>
        from side in Enumerable.Range(0, 3)
        from percent in (int[])[20, 40, 60, 80]
        let start = Corners()[side]
        let end = Corners()[(side + 1) % 3]
        select (new SKPoint(start.X + (end.X - start.X) * percent / 100, start.Y + (end.Y - start.Y) * percent / 100), side, percent);

    private static readonly SKPoint[] Outward = [new(0, 1), new(MathF.Sqrt(3) / 2, -0.5f), new(-MathF.Sqrt(3) / 2, -0.5f)];

    private static IEnumerable<(SKPoint From, SKPoint To)> Ticks() => Scale().Select(tick => (tick.At, new SKPoint(tick.At.X + 3 * Outward[tick.Side].X, tick.At.Y + 3 * Outward[tick.Side].Y)));

    private static IEnumerable<(RichText Text, SKPoint At, float Degrees, Anchor Anchor, float Size)> Axes(PhaseRegions regions, PhaseMark[] marks, PhaseMark[] corners)
    {
        const float small = 7.5f;
        foreach (var (at, side, part) in Scale())
            yield return (part.ToString(CultureInfo.InvariantCulture), new(at.X + 9 * Outward[side].X, at.Y + 9 * Outward[side].Y + 2.5f), 0, Anchor.Centre, small);
        float[] turns = [0, 60, -60];
        for (var side = 0; side < 3; side++)
        {
            var (from, to) = (Corners()[side], Corners()[(side + 1) % 3]);
            var off = side == 0 ? 25 : 22;
            // With open elements the percentage is not one of all atoms.
            var percent = regions.ChemicalPotentialsEv.Count == 0 ? "at.%" : $"% of {string.Join("+", regions.Elements)}";
            // In the middle, or where the side has room beside the names of its phases.
            SKPoint Along(float part) => new(from.X + (to.X - from.X) * part, from.Y + (to.Y - from.Y) * part);
            float Room(float part) => marks.Where(mark => mark.Stable || mark.Asked).Select(mark => SKPoint.Distance(mark.At, Along(part))).Append(Enough).Min();
            var at = Along(((float[])[0.5f, 0.4f, 0.6f, 0.3f, 0.7f, 0.2f, 0.8f]).MaxBy(Room));
            yield return ($"{regions.Elements[(side + 1) % 3]} ({percent})", new(at.X + off * Outward[side].X, at.Y + off * Outward[side].Y), turns[side], Anchor.Centre, FigureCanvas.Small);
        }
        foreach (var corner in corners.Where(corner => corner.Stable))
            yield return corner.At.Y < Top + 1 ? (RichText.Formulas(corner.Formula), new(corner.At.X, corner.At.Y - 7), 0, Anchor.Centre, FigureCanvas.Normal)
                : (RichText.Formulas(corner.Formula), new(corner.At.X, corner.At.Y + 16), 0, Anchor.Centre, FigureCanvas.Normal);
    }

    // Turned text as a row of little boxes.
    private static void Block(LabelPlaces places, RichText text, SKPoint at, float degrees, Anchor anchor, float size)
    {
        var width = FigureCanvas.Measure(text, size);
        var (sin, cos) = MathF.SinCos(degrees * MathF.PI / 180);
        var half = anchor == Anchor.Centre ? width / 2 : 0;
        for (var along = -half; along <= width - half + 0.1f; along += Math.Max(width / 8, 1))
        {
            // The middle of the letters lies above the baseline.
            var (x, y) = (at.X + cos * along + sin * 0.3f * size, at.Y + sin * along - cos * 0.3f * size);
            places.BlockMark(new(x, y), 0.5f * size);
        }
    }
}
