using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Crystals.Surfaces;

namespace DftFlow.Crystals.Interfaces;

/// <summary>What makes a coating impossible, before and after it is laid.</summary>
internal static class CoatingChecks
{
    // Layered crystals have gaps of 3 to 4 Å between their layers, and are no slabs.
    private const double LeastVacuumA = 5;

    private const double ReportedWithinA = 5;

    public static void Settings(Coating coating)
    {
        if (coating.Match < 1) throw Refused(nameof(coating.Match), $"There is no match {coating.Match}.", $"Matches are counted from 1, the best first.");
        if (coating.GapA is { } gap && !(gap >= 0 && gap <= 20))
            throw Refused(nameof(coating.GapA), $"{gap} Å is no gap between a slab and its coating.", $"Give a length from 0 to 20 Å, or leave it to the radii of the atoms; 2 to 2.5 Å is usual.");
        if (!(coating.StrainOnSubstrate >= 0 && coating.StrainOnSubstrate <= 1))
            throw Refused(nameof(coating.StrainOnSubstrate), $"The substrate cannot take the part {coating.StrainOnSubstrate} of the strain.", $"Give a part from 0 (all on the coating) to 1 (all on the substrate).");
        if (coating.VacuumA is { } vacuum && !(vacuum > 0 && vacuum <= SlabCell.MostVacuumA))
            throw Refused(nameof(coating.VacuumA), $"{vacuum} Å is not a vacuum.", $"Give a length in Å above zero, up to {SlabCell.MostVacuumA}; 15 Å is usual.");
        if (coating.Registry is { } registry && !(double.IsFinite(registry.AlongA) && double.IsFinite(registry.AlongB)))
            throw Refused(nameof(coating.Registry), $"({registry.AlongA}, {registry.AlongB}) is no registry.", $"Give two fractions of the substrate's a and b, or leave it to the search.");
    }

    public static AtomicLayers Layers(Structure substrate)
    {
        const string hint = "Coat a slab: its surface spanned by a and b, and vacuum along c. Cut one from the crystal first.";
        if (substrate.Sites.IsEmpty) throw new DftFlowException("DF1621", "The substrate has no atoms.", hint);
        var layers = AtomicLayers.Of(substrate);
        if (layers.VacuumA >= LeastVacuumA) return layers;
        var gaps = Vacuum.AlongAxes(substrate);
        var elsewhere = gaps.X >= LeastVacuumA || gaps.Y >= LeastVacuumA ? $" The vacuum is along {(gaps.X >= gaps.Y ? 'a' : 'b')}." : "";
        throw new DftFlowException("DF1621", Text($"The substrate is not a slab: along c the widest space without atoms is {layers.VacuumA:0.##} Å, and {LeastVacuumA} Å at least are vacuum.{elsewhere}"), hint);
    }

    public static void Size(int substrateAtoms, int substrateCells, int coatingAtoms, int coatingCells, bool bothSides)
    {
        var atoms = (double)substrateAtoms * substrateCells + (double)coatingAtoms * coatingCells * (bothSides ? 2 : 1);
        if (atoms > SlabCell.MostAtoms)
            throw new DftFlowException("DF1625", Text($"The coated slab would have {atoms:0} atoms; the limit is {SlabCell.MostAtoms}."), "Choose a smaller common cell or a thinner coating.");
    }

    /// <summary>The shortest distances between atoms of different parts, by pairs of elements.</summary>
    /// <exception cref="DftFlowException">DF1623: two are too close.</exception>
    public static ImmutableArray<PairDistance> Contacts(Structure structure, int substrateAtoms, int aboveAtoms, double gapA)
    {
        var shortest = new Dictionary<(Element, Element), PairDistance>();
        PairDistance? worst = null;
        foreach (var (i, j, distance) in NeighbourPairs.Within(structure, Math.Max(ReportedWithinA, gapA + 1)))
        {
            if (PartOf(i) == PartOf(j)) continue;
            // The sites of the substrate come first, and so does the smaller number of a pair.
            var pair = new PairDistance(structure.Sites[i].Element, structure.Sites[j].Element, i + 1, j + 1, distance);
            if (distance < LeastA(pair) && (worst is null || distance / LeastA(pair) < worst.DistanceA / LeastA(worst) - 1e-6)) worst = pair;
            if (i >= substrateAtoms) continue;
            // Rounding must not decide which of equal pairs is named.
            if (!shortest.TryGetValue((pair.First, pair.Second), out var known) || distance < known.DistanceA - 1e-6) shortest[(pair.First, pair.Second)] = pair;
        }
        if (worst is not null)
            throw new DftFlowException("DF1623",
                Text($"The coating comes too close: {worst.First} (site {worst.FirstSite}) and {worst.Second} (site {worst.SecondSite}) are {worst.DistanceA:0.000} Å apart, and {LeastA(worst):0.000} Å is the least ({MinimumDistances.CloseFactor} of their covalent radii)."),
                Text($"Widen the gap (it is {gapA:0.00} Å), leave gap and registry to the search, or choose another registry, termination or match."));
        var order = structure.Elements.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        return [.. shortest.Values.OrderBy(pair => order[pair.First]).ThenBy(pair => order[pair.Second])];

        int PartOf(int site) => site < substrateAtoms ? 0 : site < substrateAtoms + aboveAtoms ? 1 : 2;
    }

    /// <summary>What is doubtful about the coating as it was cut.</summary>
    public static IEnumerable<Finding> Findings(CoatedSlab coated)
    {
        var cut = coated.Coating;
        if (cut.Top.Polarity is { TaskerType: 3 })
        {
            var others = cut.Surface.Terminations.Where(termination => termination.Polarity is { TaskerType: < 3 }).Select(termination => termination.Id).ToList();
            yield return new("DF1615", Severity.Info,
                Text($"The coating is polar at {coated.Plane} with {cut.Top.Id} on the slab (Tasker type 3): alone, as it was cut, a cell of it has a dipole of {coated.CoatingDipoleEA:+0.##;-0.##;0} e·Å along the slab's outward normal, {coated.CoatingDipolePerAreaEPerA:+0.###;-0.###;0} e/Å.")
                + (Math.Abs(cut.ChargeE ?? 0) > 1e-6 ? Text($" Its charges add up to {cut.ChargeE:+0.###;-0.###} e.") : "")
                + (coated.SidesExchangedBy is null ? "" : " The coatings of both sides have opposite dipoles."),
                others.Count > 0 ? $"Not polar: {string.Join(", ", others)}." : "No termination of this plane is free of it. Take another plane, keep the coating thin, or correct for the dipole (LDIPOL, IDIPOL = 3).");
        }
        if (!cut.IsStoichiometric)
            yield return new("DF1616", Severity.Info,
                Text($"The coating is not stoichiometric: a cell of it, as it was cut, holds {cut.Excess.Formula} beside {Spelling.Count(cut.FormulaUnits, "formula unit")}."),
                "An energy of the interface needs the chemical potentials of what is in excess.");
    }

    private static double LeastA(PairDistance pair) =>
        Math.Max(MinimumDistances.OverlapA, MinimumDistances.CloseFactor * ((pair.First.CovalentRadiusA ?? 0) + (pair.Second.CovalentRadiusA ?? 0)));

    private static DftFlowException Refused(string setting, FormattableString message, FormattableString hint) => new("DF1620", Text(message), Text(hint)) { Setting = setting };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
