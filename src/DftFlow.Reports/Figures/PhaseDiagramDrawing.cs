using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;

namespace DftFlow.Reports.Figures;

/// <summary>
/// A phase diagram at 0 K of two elements (formation energies and the hull), three (the Gibbs triangle) or four (the tetrahedron, seen
/// from a little above). Stable phases are black and named, tie lines join those that coexist; metastable phases are open or coloured by
/// their energy above the hull. One column of a journal wide.
/// </summary>
public sealed class PhaseDiagramDrawing
{
    // eV per atom above the hull, the first with which a diagram of three elements is not crowded.
    private static readonly double[] Cutoffs = [0.1, 0.05, 0.02, 0.01];

    private const int MostMetastable = 25;

    private readonly Figure figure;

    /// <param name="regions">Of two to four elements.</param>
    /// <param name="asked">Phases that are marked and named wherever they are; compositions without an entry stand on the hull.</param>
    /// <param name="cutoffEv">
    /// How far above the hull phases are drawn, eV per atom. Unless given, 0.1, but of three elements less where that makes a crowd, and of four nothing, as
    /// what lies behind what cannot be seen of so many.
    /// </param>
    /// <exception cref="DftFlowException">DF3180: the diagram has one element.</exception>
    public PhaseDiagramDrawing(PhaseRegions regions, IReadOnlyCollection<PhaseStability>? asked = null, double? cutoffEv = null)
    {
        var system = string.Join("–", regions.Elements);
        if (regions.Elements.Length < 2)
            throw new DftFlowException("DF3180", $"A diagram of {system} alone is a point; two to four elements are drawn.", "Name the other elements of the system.");
        var phases = Drawn(regions, asked ?? []);
        // Of polymorphs only the lowest, except along an axis of energy.
        var lowest = phases.GroupBy(phase => phase.Formula).Select(same => same.MinBy(phase => phase.AboveHullEv)).ToHashSet();
        var cutoff = cutoffEv ?? regions.Elements.Length switch
        {
            2 => Cutoffs[0],
            3 => Cutoffs.FirstOrDefault(limit => lowest.Count(phase => !phase!.Stable && phase.AboveHullEv <= limit) <= MostMetastable),
            _ => 0,
        };
        DrawnPhase[] shown = [.. phases.Where(phase => phase.Stable || phase.Asked || phase.AboveHullEv <= cutoff && (regions.Elements.Length == 2 || lowest.Contains(phase)))];
        var open = regions.ChemicalPotentialsEv.Count == 0 ? "" : ", open to " + string.Join(", ", regions.ChemicalPotentialsEv.OrderBy(pair => pair.Key)
            .Select(pair => $"{pair.Key} at {Numbers.Show(pair.Value, "eV")} eV"));
        Title = $"Phase diagram of {system}{open}";
        var picture = regions.Elements.Length switch
        {
            2 => BinaryPicture.Of(regions, shown, cutoff),
            3 => TernaryPicture.Of(regions, shown, cutoff),
            _ => QuaternaryPicture.Of(regions, shown, cutoff),
        };
        (Labels, Unlabelled) = (picture.Marks.Labels, picture.Marks.Unlabelled);
        var caption = (RichText)$"Phase diagram of {system} at 0 K{open}. " + picture.Caption
            + (Unlabelled > 0 ? string.Create(CultureInfo.InvariantCulture, $" {Unlabelled} stable phases have no room for a label; the table has them.") : "");
        figure = new Figure("hull", "phase-diagram", Title, caption, picture.Height, picture.Draw, Data(regions, shown));
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

    private static DrawnPhase[] Drawn(PhaseRegions regions, IReadOnlyCollection<PhaseStability> asked)
    {
        var entries = asked.Select(phase => phase.Entry).ToHashSet();
        var phases = regions.Phases.Select((phase, i) => new DrawnPhase(i, phase.Entry.Formula, phase.Fractions, phase.FormationEnergyEvPerAtom, phase.EnergyAboveHullEvPerAtom, phase.Stable, entries.Contains(phase.Entry)));
        return [.. phases, .. asked.Where(phase => phase.Entry is null).Select(OnTheHull).OfType<DrawnPhase>()];

        // Where it belongs to the diagram, which a phase of open elements alone does not.
        DrawnPhase? OnTheHull(PhaseStability phase)
        {
            var composition = Composition.Parse(phase.Formula);
            var atoms = regions.Elements.Sum(composition.AtomicFraction);
            if (!composition.Elements.All(element => regions.Elements.Contains(element) || regions.ChemicalPotentialsEv.ContainsKey(element)) || atoms <= 0) return null;
            ImmutableArray<double> fractions = [.. regions.Elements.Select(element => composition.AtomicFraction(element) / atoms)];
            var corners = regions.Elements.Select((_, i) => fractions[i] * regions.HullEnergyEvPerAtom([.. regions.Elements.Select((_, k) => k == i ? 1.0 : 0)])).Sum();
            return new(null, phase.Formula, fractions, regions.HullEnergyEvPerAtom(fractions) - corners, 0, Stable: false, Asked: true);
        }
    }

    private static string Data(PhaseRegions regions, DrawnPhase[] shown)
    {
        var csv = new Csv(["entry_id", "formula", .. regions.Elements.Select(element => $"x_{element}"), "formation_energy_ev_per_atom", "energy_above_hull_ev_per_atom", "stable", "coexists_with"]);
        foreach (var phase in shown)
        {
            var partners = regions.TieLines.Where(line => line.First == phase.Number || line.Second == phase.Number).Select(line => regions.Phases[line.First == phase.Number ? line.Second : line.First].Entry.Formula);
            csv.Row([phase.Number is { } i ? regions.Phases[i].Entry.EntryId : null, phase.Formula, .. phase.Fractions.Select(fraction => (object)fraction), phase.FormationEnergyEvPerAtom, phase.AboveHullEv, phase.Stable, string.Join(' ', partners)]);
        }
        return csv.ToString();
    }
}
