using DftFlow.Analysis.Thermodynamics;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>Two elements: formation energies over the composition, and the hull as a line from stable phase to stable phase.</summary>
internal static class BinaryPicture
{
    private const float Left = 50, Right = 10, Top = 8, FrameHeight = 178, AxisHeight = 34;

    public static PhaseDiagramDrawing.Picture Of(PhaseRegions regions, DrawnPhase[] phases, double cutoffEv)
    {
        double low = phases.Min(phase => phase.FormationEnergyEvPerAtom), high = Math.Max(0, phases.Max(phase => phase.FormationEnergyEvPerAtom));
        // Without compounds the line is flat; numbers of a finer scale would run into the axis' title.
        var span = Math.Max(high - low, 0.2);
        var limits = new CoordinateRect(-0.03, 1.03, low - 0.14 * span, high + 0.1 * span);
        var left = FigureCanvas.LeftOf(limits, FrameHeight, Left);
        var frame = SKRect.Create(left, Top, Figure.Width - left - Right, FrameHeight);
        var marks = phases.Select(phase => phase.At(Place(phase.Fractions[1], phase.FormationEnergyEvPerAtom), 3.2f, 2.4f)).ToArray();
        var lines = regions.TieLines.Select(line => (From: End(line.First), To: End(line.Second))).ToArray();
        var places = new LabelPlaces(frame);
        foreach (var (from, to) in lines) places.Line(from, to);
        var labels = new PhaseMarks(places, marks, 10);
        var legend = new PhaseLegend(marks, cutoffEv, coloured: false, regions.ChemicalPotentialsEv);
        var keyTop = frame.Bottom + AxisHeight + legend.Height;
        var (first2, second2) = (regions.Elements[0], regions.Elements[1]);
        var grand = regions.ChemicalPotentialsEv.Count > 0;
        return new(keyTop + labels.KeyHeight, canvas =>
        {
            using (var plot = FigureCanvas.NewPlot(limits)) canvas.Draw(plot, frame);
            var zero = Y(0);
            canvas.Line(frame.Left, zero, frame.Right, zero, FigureCanvas.Grey, 0.5f, LinePattern.Solid);
            foreach (var (from, to) in lines) canvas.Curve([from, to], FigureCanvas.Blue, 1.25f);
            legend.Draw(canvas, marks);
            labels.Draw(canvas, keyTop);
            canvas.Text((RichText)$"x in {first2}" + RichText.Sub("1−x") + second2.Symbol + RichText.Sub("x") + " (atomic fraction)", frame.MidX, frame.Bottom + 29, Anchor.Centre, FigureCanvas.Ink, FigureCanvas.Normal);
            canvas.TextUpwards(grand ? "Grand formation energy (eV/atom)" : "Formation energy (eV/atom)", 10, frame.MidY, FigureCanvas.Ink);
            legend.DrawLegend(canvas, frame.Bottom + AxisHeight);
        }, labels, "Black: stable phases; the blue line is the hull." + legend.Words);

        SKPoint End(int phase) => Place(regions.Phases[phase].Fractions[1], regions.Phases[phase].FormationEnergyEvPerAtom);

        SKPoint Place(double fraction, double energy) => new(frame.Left + (float)((fraction - limits.Left) / (limits.Right - limits.Left)) * frame.Width, Y(energy));

        float Y(double energy) => frame.Bottom - (float)((energy - limits.Bottom) / (limits.Top - limits.Bottom)) * frame.Height;
    }
}
