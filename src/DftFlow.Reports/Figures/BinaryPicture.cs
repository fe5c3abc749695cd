using DftFlow.Analysis.Thermodynamics;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>Two elements: formation energies over the composition, and the hull as a line from stable phase to stable phase.</summary>
internal static class BinaryPicture
{
    private const float Left = 50, Right = 10, Top = 8, FrameHeight = 178, AxisHeight = 34;

    public static PhaseDiagramDrawing.Picture Of(PhaseRegions regions, int[] shown, Func<int, SKPoint, float, PhaseMark> markOf, double cutoffEv)
    {
        var phases = shown.Select(i => regions.Phases[i]).ToArray();
        double low = phases.Min(phase => phase.FormationEnergyEvPerAtom), high = Math.Max(0, phases.Max(phase => phase.FormationEnergyEvPerAtom));
        // Without compounds the line is flat; numbers of a finer scale would run into the axis' title.
        var span = Math.Max(high - low, 0.2);
        var limits = new CoordinateRect(-0.03, 1.03, low - 0.14 * span, high + 0.1 * span);
        var frame = SKRect.Create(Left, Top, Figure.Width - Left - Right, FrameHeight);
        var marks = shown.Select(i => markOf(i, Place(regions.Phases[i]), regions.Phases[i].Stable ? 3.2f : 2.4f)).ToArray();
        var places = new LabelPlaces(frame);
        foreach (var (first, second) in regions.TieLines) places.Line(Place(regions.Phases[first]), Place(regions.Phases[second]));
        var labels = new PhaseMarks(places, marks, Left);
        var keyTop = frame.Bottom + AxisHeight + PhaseDiagramDrawing.LegendHeight;
        var (first2, second2) = (regions.Elements[0], regions.Elements[1]);
        var grand = regions.ChemicalPotentialsEv.Count > 0;
        return new(keyTop + labels.KeyHeight, canvas =>
        {
            using (var plot = FigureCanvas.NewPlot(limits)) canvas.Draw(plot, frame);
            var zero = Y(0);
            canvas.Line(frame.Left, zero, frame.Right, zero, FigureCanvas.Grey, 0.5f, LinePattern.Solid);
            foreach (var (from, to) in regions.TieLines)
                canvas.Curve([Place(regions.Phases[from]), Place(regions.Phases[to])], FigureCanvas.Blue, 1.25f);
            // Those near the hull on top.
            foreach (var mark in marks.OrderByDescending(mark => mark.AboveHullEv))
                if (mark.Stable) canvas.Ring(mark.At.X, mark.At.Y, mark.Radius, FigureCanvas.Ink, mark.Asked ? FigureCanvas.Vermilion : Colors.White, mark.Asked ? 1.4f : 0.8f);
                else canvas.Ring(mark.At.X, mark.At.Y, mark.Radius, Colors.White, mark.Asked ? FigureCanvas.Vermilion : FigureCanvas.Grey, mark.Asked ? 1.4f : 0.8f);
            labels.Draw(canvas, keyTop);
            canvas.Text((RichText)$"x in {first2}" + RichText.Sub("1−x") + second2.Symbol + RichText.Sub("x") + " (atomic fraction)", frame.MidX, frame.Bottom + 29, Anchor.Centre, FigureCanvas.Ink, FigureCanvas.Normal);
            canvas.TextUpwards(grand ? "Grand formation energy (eV/atom)" : "Formation energy (eV/atom)", 10, frame.MidY, FigureCanvas.Ink);
            var legend = frame.Bottom + AxisHeight + 11;
            canvas.Ring(Left + 4, legend - 3.2f, 3.2f, FigureCanvas.Ink, Colors.White, 0.8f);
            canvas.Text("stable", Left + 11, legend, Anchor.Left, FigureCanvas.Ink);
            if (marks.All(mark => mark.Stable)) return;
            canvas.Ring(Left + 56, legend - 3.2f, 2.4f, Colors.White, FigureCanvas.Grey, 0.8f);
            canvas.Text($"up to {Numbers.Tick(Math.Round(1000 * cutoffEv, 3))} meV/atom above the hull", Left + 63, legend, Anchor.Left, FigureCanvas.Ink);
        }, labels, "Black: stable phases; the blue line is the hull."
            + (marks.All(mark => mark.Stable) ? "" : $" Open: metastable phases up to {Numbers.Tick(Math.Round(1000 * cutoffEv, 3))} meV/atom above it."));

        SKPoint Place(RegionPhase phase) => new(frame.Left + (float)((phase.Fractions[1] - limits.Left) / (limits.Right - limits.Left)) * frame.Width, Y(phase.FormationEnergyEvPerAtom));

        float Y(double energy) => frame.Bottom - (float)((energy - limits.Bottom) / (limits.Top - limits.Bottom)) * frame.Height;
    }
}
