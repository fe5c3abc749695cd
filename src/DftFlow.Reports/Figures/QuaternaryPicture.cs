using DftFlow.Analysis.Thermodynamics;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>Four elements: the tetrahedron of compositions, seen from a little above. What is nearer is larger, thicker and darker.</summary>
internal static class QuaternaryPicture
{
    private const float Width = 286, Top = 22, Room = 22;
    private const double Turn = 17 * Math.PI / 180, Tilt = 14 * Math.PI / 180, Perspective = 0.22;

    private readonly record struct Place(SKPoint At, float Depth);

    public static PhaseDiagramDrawing.Picture Of(PhaseRegions regions, DrawnPhase[] phases, double cutoffEv)
    {
        double[][] pure = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]];
        var raw = pure.Select(fractions => Project(fractions)).ToArray();
        var (left, right, up, down) = (raw.Min(p => p.X), raw.Max(p => p.X), raw.Max(p => p.Y), raw.Min(p => p.Y));
        var scale = Width / (right - left);
        var (near, far) = (raw.Min(p => p.Depth), raw.Max(p => p.Depth));
        var bottom = (float)(Top + scale * (up - down));

        // Depth 0 is nearest, 1 farthest.
        Place At(IReadOnlyList<double> fractions) => Project(fractions) is var p ? new(new((float)((Figure.Width - Width) / 2 + scale * (p.X - left)), (float)(Top + scale * (up - p.Y))), (float)((p.Depth - near) / (far - near))) : default;

        var marks = phases.Select(phase => At(phase.Fractions) is var place ? (place.Depth, Mark: phase.At(place.At, 3.3f - 1.1f * place.Depth, 2.5f - 1.1f * place.Depth)) : default).ToArray();
        // The corner at the back has lines and phases before it: its label is placed as theirs are.
        var corners = marks.Where(item => item.Mark.Stable && ((double[][])[pure[0], pure[1], pure[3]]).Any(fractions => SKPoint.Distance(At(fractions).At, item.Mark.At) < 0.01f)).Select(item => item.Mark).ToArray();
        var lines = regions.TieLines.Select(line => (From: At(regions.Phases[line.First].Fractions), To: At(regions.Phases[line.Second].Fractions), Inside: Inside(regions, line))).OrderByDescending(line => line.From.Depth + line.To.Depth).ToArray();
        var places = new LabelPlaces(new SKRect(2, 2, Figure.Width - 2, bottom + Room));
        foreach (var (from, to, _) in lines) places.Line(from.At, to.At);
        foreach (var corner in corners) places.Block(CornerBox(corner, bottom));
        foreach (var corner in corners) places.BlockMark(corner.At, corner.Radius);
        var labels = new PhaseMarks(places, [.. marks.Select(item => item.Mark).Except(corners)], 10);
        var legendTop = bottom + Room;
        var legend = new PhaseLegend([.. marks.Select(item => item.Mark)], cutoffEv, coloured: true, regions.ChemicalPotentialsEv);
        var keyTop = legendTop + legend.Height;
        return new(keyTop + labels.KeyHeight, canvas =>
        {
            Outline(canvas, hidden: true);
            foreach (var (from, to, inside) in lines)
            {
                var depth = (from.Depth + to.Depth) / 2;
                // A white rim, so that a near line is seen to run before a far one.
                canvas.Curve([from.At, to.At], Colors.White.WithAlpha(0.8), 2.4f - 0.8f * depth);
                canvas.Curve([from.At, to.At], FigureCanvas.Blue.WithAlpha((0.85 - 0.55 * depth) * (inside ? 0.6 : 1)), (1.1f - 0.6f * depth) * (inside ? 0.7f : 1));
            }
            Outline(canvas, hidden: false);
            foreach (var (_, mark) in marks.OrderByDescending(item => item.Depth)) legend.Draw(canvas, mark);
            foreach (var corner in corners)
                canvas.Text(RichText.Formulas(corner.Formula), CornerBox(corner, bottom).MidX, CornerBox(corner, bottom).Bottom - 2, Anchor.Centre, FigureCanvas.Ink, FigureCanvas.Normal);
            labels.Draw(canvas, keyTop);
            legend.DrawLegend(canvas, legendTop);
        }, labels, "The tetrahedron of atomic fractions, seen from a little above; what is nearer is larger and darker. Black: stable phases, joined by tie lines where they coexist, faint within the tetrahedron." + legend.Words);

        // What is behind is drawn before the tie lines.
        void Outline(FigureCanvas canvas, bool hidden)
        {
            for (var i = 0; i < 4; i++)
                for (var k = i + 1; k < 4; k++)
                    if (hidden == Hidden(i, k)) canvas.Curve([At(pure[i]).At, At(pure[k]).At], FigureCanvas.Ink.WithAlpha(hidden ? 0.5 : 1), hidden ? 0.6f : 1, hidden ? LinePattern.DenselyDashed : null);
        }
    }

    // Not on a face, where an element is missing in both.
    private static bool Inside(PhaseRegions regions, (int First, int Second) line) => Enumerable.Range(0, 4).All(i => regions.Phases[line.First].Fractions[i] > 0 || regions.Phases[line.Second].Fractions[i] > 0);

    private static SKRect CornerBox(PhaseMark corner, float bottom)
    {
        var half = FigureCanvas.Measure(RichText.Formulas(corner.Formula), FigureCanvas.Normal) / 2 + 1;
        // The top corner's name above it, the others' below or beside.
        var baseline = corner.At.Y < Top + 1 ? corner.At.Y - 7 : corner.At.Y + 15;
        return new(corner.At.X - half, baseline - 9, corner.At.X + half, Math.Min(baseline + 2, bottom + Room));
    }

    /// <summary>To the right, upwards and away from the eye; the regular tetrahedron stands on the face of the first three elements.</summary>
    private static (double X, double Y, double Depth) Project(IReadOnlyList<double> fractions)
    {
        var (x, y, z) = (fractions[1] + fractions[2] / 2 + fractions[3] / 2 - 0.5, fractions[2] * Math.Sqrt(3) / 2 + fractions[3] * Math.Sqrt(3) / 6 - Math.Sqrt(3) / 6, fractions[3] * Math.Sqrt(2.0 / 3) - Math.Sqrt(2.0 / 3) / 4);
        (x, y) = (x * Math.Cos(Turn) - y * Math.Sin(Turn), x * Math.Sin(Turn) + y * Math.Cos(Turn));
        (y, z) = (y * Math.Cos(Tilt) - z * Math.Sin(Tilt), y * Math.Sin(Tilt) + z * Math.Cos(Tilt));
        var shrink = 1 / (1 + Perspective * y);
        return (x * shrink, z * shrink, y);
    }

    // The third element's corner is at the back.
    private static bool Hidden(int first, int second) => first == 2 || second == 2;
}
