using System.Globalization;
using DftFlow.Analysis.Thermodynamics;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>
/// A phase diagram at 0 K of two elements (formation energies and the hull), three (the Gibbs triangle) or four (the tetrahedron, seen
/// from a little above). Stable phases are black and named, tie lines join those that coexist; metastable phases are open or coloured by
/// their energy above the hull. One column of a journal wide.
/// </summary>
public sealed class PhaseDiagramDrawing
{
    /// <summary>eV per atom above the hull; phases beyond are not drawn unless they are asked for.</summary>
    public const double DefaultCutoffEv = 0.1;

    internal const float LegendHeight = 15, BarHeight = 30;

    private static readonly IColormap Colours = new ScottPlot.Colormaps.Viridis();

    private readonly Figure figure;

    /// <param name="regions">Of two to four elements.</param>
    /// <param name="asked">Reduced formulas of phases that are marked and named wherever they are.</param>
    /// <param name="cutoffEv">How far above the hull phases are drawn, eV per atom.</param>
    /// <exception cref="DftFlowException">DF3180: the diagram has one element.</exception>
    public PhaseDiagramDrawing(PhaseRegions regions, IReadOnlyCollection<string>? asked = null, double cutoffEv = DefaultCutoffEv)
    {
        var system = string.Join("–", regions.Elements);
        if (regions.Elements.Length < 2)
            throw new DftFlowException("DF3180", $"A diagram of {system} alone is a point; two to four elements are drawn.", "Name the other elements of the system.");
        var formulas = regions.Phases.Select(phase => phase.Entry.Formula).ToArray();
        var lowest = Enumerable.Range(0, formulas.Length).GroupBy(i => formulas[i]).Select(same => same.MinBy(i => regions.Phases[i].EnergyAboveHullEvPerAtom)).ToHashSet();
        var shown = Enumerable.Range(0, formulas.Length).Where(Shown).ToArray();
        var open = regions.ChemicalPotentialsEv.Count == 0 ? "" : ", open to " + string.Join(", ", regions.ChemicalPotentialsEv.OrderBy(pair => pair.Key)
            .Select(pair => $"{pair.Key} at {Numbers.Show(pair.Value, "eV")} eV"));
        Title = $"Phase diagram of {system}{open}";
        var picture = regions.Elements.Length switch
        {
            2 => BinaryPicture.Of(regions, shown, MarkOf, cutoffEv),
            3 => TernaryPicture.Of(regions, shown, MarkOf, cutoffEv),
            _ => QuaternaryPicture.Of(regions, shown, MarkOf, cutoffEv),
        };
        (Labels, Unlabelled) = (picture.Marks.Labels, picture.Marks.Unlabelled);
        var caption = (RichText)$"Phase diagram of {system} at 0 K{open}. " + picture.Caption
            + (Unlabelled > 0 ? string.Create(CultureInfo.InvariantCulture, $" {Unlabelled} stable phases have no room for a label; the table has them.") : "");
        figure = new Figure("hull", "phase-diagram", Title, caption, picture.Height, picture.Draw, Data(regions, shown, formulas));

        // Of polymorphs only the lowest, except along an axis of energy.
        bool Shown(int i) => regions.Phases[i] is var phase && (phase.Stable || IsAsked(i) || phase.EnergyAboveHullEvPerAtom <= cutoffEv && (regions.Elements.Length == 2 || lowest.Contains(i)));

        bool IsAsked(int i) => asked is not null && asked.Contains(formulas[i]) && lowest.Contains(i);

        PhaseMark MarkOf(int i, SKPoint at, float radius) => regions.Phases[i] is var phase && IsAsked(i) && !phase.Stable
            ? new($"{formulas[i]} +{Numbers.Show(1000 * phase.EnergyAboveHullEvPerAtom, "meV/atom")} meV/atom", at, radius, false, true, phase.EnergyAboveHullEvPerAtom)
            : new(formulas[i], at, radius, phase.Stable, IsAsked(i), phase.EnergyAboveHullEvPerAtom);
    }

    /// <summary>What is seen, for those who do not see it.</summary>
    public string Title { get; }

    /// <summary>Stable phases for which there was no room for a label; the table has them.</summary>
    public int Unlabelled { get; }

    internal IReadOnlyList<LabelPlace> Labels { get; }

    /// <summary>The SVG, 85 mm wide.</summary>
    public string Svg() => figure.Svg("phase-diagram");

    /// <summary>At 300 dots an inch.</summary>
    public byte[] Png() => figure.Png();

    /// <summary>The phases that are drawn, and with which each coexists along a tie line.</summary>
    public string Csv() => figure.Data;

    /// <summary>The same for a report.</summary>
    internal Figure As(string analysisId, string name) => figure with { AnalysisId = analysisId, Name = name };

    /// <summary>What one kind of diagram is drawn as.</summary>
    internal sealed record Picture(float Height, Action<FigureCanvas> Draw, PhaseMarks Marks, RichText Caption);

    /// <summary>Of a metastable phase: from dark to light with the energy above the hull.</summary>
    internal static Color ColorOf(double aboveHullEv, double cutoffEv) => Colours.GetColor(0.2 + 0.8 * Math.Clamp(cutoffEv > 0 ? aboveHullEv / cutoffEv : 1, 0, 1));

    /// <summary>A mark: stable phases black, metastable ones coloured, those that were asked for with a red rim.</summary>
    internal static void DrawMark(FigureCanvas canvas, PhaseMark mark, double cutoffEv)
    {
        var rim = mark.Asked ? FigureCanvas.Vermilion : mark.Stable ? Colors.White : FigureCanvas.Ink;
        canvas.Ring(mark.At.X, mark.At.Y, mark.Radius, mark.Stable ? FigureCanvas.Ink : ColorOf(mark.AboveHullEv, cutoffEv), rim, mark.Asked ? 1.4f : mark.Stable ? 0.8f : 0.4f);
    }

    /// <summary>The meaning of the marks, and the scale of their colours.</summary>
    internal static void DrawBar(FigureCanvas canvas, float top, double cutoffEv, bool metastable)
    {
        canvas.Ring(14, top + 8, 3, FigureCanvas.Ink, Colors.White, 0.8f);
        canvas.Text("stable", 21, top + 11, Anchor.Left, FigureCanvas.Ink);
        // Without a range of colours there is no scale of them.
        if (!metastable || cutoffEv <= 0) return;
        var bar = SKRect.Create(204, top + 4, 96, 8);
        canvas.Text("Above the hull (meV/atom)", bar.Left - 7, top + 11, Anchor.Right, FigureCanvas.Ink);
        for (var i = 0; i < 48; i++) canvas.Area([new(bar.Left + i * 2, bar.Top), new(bar.Left + i * 2 + 2.2f, bar.Top), new(bar.Left + i * 2 + 2.2f, bar.Bottom), new(bar.Left + i * 2, bar.Bottom)], ColorOf(i / 47.0, 1));
        canvas.Frame(bar);
        foreach (var part in (double[])[0, 0.5, 1])
            canvas.Text(Numbers.Tick(Math.Round(1000 * cutoffEv * part, 3)), bar.Left + (float)part * bar.Width, bar.Bottom + 10, Anchor.Centre, FigureCanvas.Ink);
    }

    private static string Data(PhaseRegions regions, int[] shown, string[] formulas)
    {
        var csv = new Csv(["entry_id", "formula", .. regions.Elements.Select(element => $"x_{element}"), "formation_energy_ev_per_atom", "energy_above_hull_ev_per_atom", "stable", "coexists_with"]);
        foreach (var i in shown)
        {
            var phase = regions.Phases[i];
            var partners = regions.TieLines.Where(line => line.First == i || line.Second == i).Select(line => formulas[line.First == i ? line.Second : line.First]);
            csv.Row([phase.Entry.EntryId, formulas[i], .. phase.Fractions.Select(fraction => (object)fraction), phase.FormationEnergyEvPerAtom, phase.EnergyAboveHullEvPerAtom, phase.Stable, string.Join(' ', partners)]);
        }
        return csv.ToString();
    }
}
