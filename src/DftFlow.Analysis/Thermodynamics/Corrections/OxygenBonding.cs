using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics.Corrections;

internal enum OxideKind
{
    Oxide,
    Peroxide,
    Superoxide,
    Ozonide,
}

/// <summary>Tells peroxides, superoxides and ozonides from oxides, as pymatgen's OxideType does.</summary>
internal static class OxygenBonding
{
    // Of each oxygen with each other: more atoms than any computed cell has.
    private const int MostSites = 2000;

    public static readonly Element Oxygen = Element.Parse("O");

    private static readonly Element Hydrogen = Element.Parse("H");

    /// <summary>By what the source says, else by the bonds of the structure, else by the composition.</summary>
    public static OxideKind Of(CalculatedPhase phase, CorrectionScheme scheme)
    {
        if (phase.OxideType is { } told)
            return told switch { "peroxide" => OxideKind.Peroxide, "superoxide" => OxideKind.Superoxide, "ozonide" => OxideKind.Ozonide, _ => OxideKind.Oxide };
        if (phase.Structure is { Sites.Length: <= MostSites } structure && scheme.OxygenBonds is { } bonds) return Of(structure, bonds);
        return Among(scheme.Peroxides) ? OxideKind.Peroxide : Among(scheme.Superoxides) ? OxideKind.Superoxide : Among(scheme.Ozonides) ? OxideKind.Ozonide : OxideKind.Oxide;

        bool Among(ImmutableArray<Composition> formulas) => formulas.Any(formula =>
            formula.Amounts.Count == phase.Composition.Amounts.Count && formula.Elements.All(element => Math.Abs(formula.AtomicFraction(element) - phase.Composition.AtomicFraction(element)) < 1e-9));
    }

    private static OxideKind Of(Structure structure, OxygenBonds bonds)
    {
        int[] oxygens = [.. Sites(structure, Oxygen)], hydrogens = [.. Sites(structure, Hydrogen)];
        if (oxygens.Any(o => hydrogens.Any(h => structure.DistanceA(o, h) < bonds.HydroxideA))) return OxideKind.Oxide;
        var shortBonds = oxygens.Select(i => oxygens.Count(j => i != j && structure.DistanceA(i, j) < bonds.SuperoxideA)).ToArray();
        if (shortBonds.Any(count => count > 1)) return OxideKind.Ozonide;
        if (shortBonds.Any(count => count > 0)) return OxideKind.Superoxide;
        return oxygens.Any(i => oxygens.Any(j => i != j && structure.DistanceA(i, j) < bonds.PeroxideA)) ? OxideKind.Peroxide : OxideKind.Oxide;
    }

    private static IEnumerable<int> Sites(Structure structure, Element element) =>
        structure.Sites.Index().Where(site => site.Item.Element == element).Select(site => site.Index);
}

/// <summary>Tells sulphides from sulphates, as pymatgen's sulfide_type does.</summary>
internal static class SulfurBonding
{
    private const int MostSites = 2000;
    private const double ShellA = 0.4;

    private static readonly Element Sulfur = Element.Parse("S");

    /// <summary>By what the source says, else by the structure: no sulphur's nearest neighbours are, on the mean, more electronegative. Null where neither is there.</summary>
    public static bool? IsSulfide(CalculatedPhase phase)
    {
        if (phase.SulfideType is { } told) return told is "sulfide" or "polysulfide";
        if (phase.Structure is not { Sites: { Length: > 1 and <= MostSites } sites } structure) return null;
        return sites.Index().Where(site => site.Item.Element == Sulfur).All(site => !IsCation(structure, site.Index));
    }

    private static bool IsCation(Structure structure, int sulfur)
    {
        var others = structure.Sites.Index().Where(site => site.Index != sulfur)
            .Select(site => (site.Item.Element, Distance: structure.DistanceA(sulfur, site.Index))).OrderBy(site => site.Distance).Take(4).ToArray();
        return others.TakeWhile(site => site.Distance < others[0].Distance + ShellA).Average(site => site.Element.Electronegativity ?? 0) > Sulfur.Electronegativity + 1e-9;
    }
}
