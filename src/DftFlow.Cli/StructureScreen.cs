using System.Globalization;
using System.Text;
using DftFlow.Crystals;

namespace DftFlow.Cli;

/// <summary>A structure on a screen that is read in five seconds.</summary>
internal static class StructureScreen
{
    private const int MostGroups = 8, MostPairs = 12;

    // A narrower empty layer lies between the atoms of every crystal.
    private const double VacuumA = 5;

    public static void Print(StructureFacts facts)
    {
        var text = new StringBuilder();
        var symmetry = facts.SpaceGroup?.Type;
        text.AppendJoin("  ", Ink.Bold(facts.Composition.ReducedFormula), $"{Output.Count(facts.SiteCount, facts.File.Structure is null ? "site" : "atom")}{(symmetry is null ? "" : $" · {symmetry.Symbol} ({Whole(symmetry.Number)}) · {symmetry.CrystalSystem.ToString().ToLowerInvariant()}")}", Ink.Dim(Output.Printable(facts.File.Path))).Append('\n');
        var (lengths, angles) = (facts.Lattice.LengthsA, facts.Lattice.AnglesDegrees);
        Line(text, "cell", $"{Number(lengths.X, "0.0000")} × {Number(lengths.Y, "0.0000")} × {Number(lengths.Z, "0.0000")} Å  {Number(angles.X, "0.00")}° {Number(angles.Y, "0.00")}° {Number(angles.Z, "0.00")}°");
        Line(text, "volume", $"{Number(facts.Lattice.Volume, "0.000")} Å³  ({Number(facts.Lattice.Volume / facts.Composition.AtomCount, "0.000")} Å³/atom)  {Number(facts.DensityGPerCm3, "0.000")} g/cm³");
        Line(text, "contents", $"{facts.Composition.Formula}{(facts.Electrons is { } electrons ? $"  {Whole(electrons)} electrons, {(electrons % 2 == 0 ? "even" : Ink.Yellow("odd"))}" : "")}");
        if (facts.VacuumA is { } vacuum) Line(text, "vacuum", Along(vacuum));
        if (facts is { Fixed: > 0 } or { PartlyFixed: > 0 })
            Line(text, "fixed", $"{Output.Count(facts.Fixed, "atom")}{(facts.PartlyFixed > 0 ? $", {Whole(facts.PartlyFixed)} more in some directions" : "")}");
        if (Sites(facts) is { } sites) Line(text, "sites", sites);
        if (facts.Nearest.Length > 0)
        {
            var pairs = facts.Nearest.OrderBy(pair => pair.DistanceA).Take(MostPairs).Select(pair => $"{pair.First}–{pair.Second} {Number(pair.DistanceA, "0.000")}");
            Line(text, "nearest", $"{string.Join("  ", pairs)} Å{(facts.Nearest.Length > MostPairs ? $"  and {Whole(facts.Nearest.Length - MostPairs)} more" : "")}");
        }
        Coordination(text, facts);
        if (facts.File.Disordered is { } disordered)
        {
            foreach (var (index, site) in disordered.Sites.Where(site => !site.IsOrdered).DistinctBy(site => site.Label ?? "").Take(MostGroups).Index())
                Line(text, index == 0 ? "shared" : "", $"{Output.Printable(site.Label ?? "")}  {string.Join(" + ", site.Species.Select(species => $"{Number(species.Occupancy, "0.####")} {species.Element}"))}{(site.Vacancy > 0 ? $" + {Number(site.Vacancy, "0.####")} vacant" : "")}");
        }
        foreach (var warning in facts.Warnings) text.Append(Ink.Yellow("warning: ")).Append(Output.Printable(warning)).Append('\n');
        Console.Out.Write(text.ToString());
    }

    private static string Along(Vector3D vacuum)
    {
        var widest = Enumerable.Range(0, 3).MaxBy(axis => vacuum[axis]);
        return vacuum[widest] < VacuumA ? $"none  (the widest layer without an atom is {Number(vacuum[widest], "0.00")} Å)"
            : string.Join("  ", Enumerable.Range(0, 3).Where(axis => vacuum[axis] >= VacuumA).Select(axis => $"{Ink.Bold(Number(vacuum[axis], "0.00"))} Å along {"abc"[axis]}"));
    }

    /// <summary>How many kinds of sites each element has that symmetry does not make equal.</summary>
    private static string? Sites(StructureFacts facts)
    {
        if (facts.SpaceGroup is not { } group || facts.File.Structure is not { } structure) return null;
        return string.Join("  ", structure.Elements.Select(element =>
        {
            var orbits = structure.Sites.Index().Where(site => site.Item.Element == element).GroupBy(site => group.EquivalentSites[site.Index]).Select(orbit => orbit.Count()).ToArray();
            return $"{element} {(orbits.Length <= 4 ? string.Join(" + ", orbits.Select(Whole)) : $"{Whole(orbits.Sum())} of {Whole(orbits.Length)} kinds")}";
        })) + $"  (equal by symmetry, within {Number(group.SymprecA, "0.####")} Å)";
    }

    private static void Coordination(StringBuilder text, StructureFacts facts)
    {
        if (facts.Coordination is not { } table) return;
        foreach (var (index, bond) in table.Bonds.Index())
            Line(text, index == 0 ? "bonds" : "", $"{$"{bond.First}–{bond.Second}",-6} {Whole(bond.Count),4}  {Range(bond.MinA, bond.MeanA, bond.MaxA)}");
        foreach (var (index, group) in table.Groups.Take(MostGroups).Index())
            Line(text, index == 0 ? "around" : "", $"{group.Element,-2} {Whole(group.Sites.Length),4}: {(group.Neighbours is null ? "no neighbour" : $"{string.Join(" + ", group.Neighbours.Amounts.Select(pair => $"{Whole((int)pair.Value)} {pair.Key}")),-12}  {Range(group.MinA, group.MeanA, group.MaxA)}")}");
        if (table.Groups.Length > MostGroups) Line(text, "", $"and {Whole(table.Groups.Length - MostGroups)} more kinds of surroundings");
    }

    private static string Range(double min, double mean, double max) =>
        max - min < 0.0005 ? $"{Number(mean, "0.000")} Å" : $"{Number(min, "0.000")} to {Number(max, "0.000")}, mean {Number(mean, "0.000")} Å";

    private static void Line(StringBuilder text, string label, string value) => text.Append("  ").Append(label.PadRight(9)).Append(' ').Append(value).Append('\n');

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
