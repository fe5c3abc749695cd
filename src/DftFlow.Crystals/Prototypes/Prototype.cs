using System.Collections.Immutable;
using System.Text;

namespace DftFlow.Crystals.Prototypes;

/// <summary>
/// A crystal structure that comes with the program, as a CIF that says where its numbers are from. All sites of the conventional cell
/// are full: an ordered model where the crystal is disordered, which the source then says.
/// </summary>
/// <param name="Name">The formula, with the space group where there are several structures of it: <c>LiMnO2-Pmmn</c>.</param>
/// <param name="SpaceGroup">The Hermann–Mauguin symbol that the file names: <c>C2/m</c>.</param>
/// <param name="Source">The measurement or calculation, what was changed, and the literature.</param>
public sealed record Prototype(string Name, string SpaceGroup, string Source, Structure Structure)
{
    private const string Family = "LiMO2", FamilyGroup = "R-3m", Metal = "M";

    /// <summary>All prototypes, by name.</summary>
    public static ImmutableArray<Prototype> All => Loaded.Value;

    private static readonly Lazy<ImmutableArray<Prototype>> Loaded = new(Load);

    public string Formula => Structure.Composition.ReducedFormula;

    /// <summary>
    /// The prototype of a name (<c>LiMnO2-Pmmn</c>), or of a formula that only one has (<c>LiF</c>); <c>LiMO2</c> is the layered oxide
    /// (R-3m) of the metal that <paramref name="elements"/> gives for M.
    /// </summary>
    /// <exception cref="DftFlowException">DF1288: there is no such prototype, or more than one; the message lists what there is.</exception>
    public static Prototype Find(string name, IReadOnlyDictionary<string, Element>? elements = null)
    {
        if (name.Equals(Family, StringComparison.OrdinalIgnoreCase)) return OfFamily(elements);
        if (elements is { Count: > 0 }) throw Error($"The prototype {Cif.Shortened(name)} takes no elements.", $"Only {Family} does: species: {{ {Metal}: Ni }}. Substitute elements in a later step.");
        if (All.FirstOrDefault(prototype => prototype.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } named) return named;
        var ofFormula = All.Where(prototype => prototype.Formula.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        return ofFormula switch
        {
            [var only] => only,
            [_, ..] => throw Error($"There are {ofFormula.Count} prototypes of {Cif.Shortened(name)}.", $"Choose one: {string.Join(", ", ofFormula.Select(prototype => prototype.Name))}."),
            [] => throw Error($"There is no prototype {Cif.Shortened(name)}.",
                (Spelling.Closest(name, Names) is { } near ? $"Did you mean {near}? " : "") + $"There are {string.Join(", ", Names)}. Other crystals are read from a CIF or POSCAR."),
        };
    }

    private static IEnumerable<string> Names => All.Select(prototype => prototype.Name).Append(Family);

    private static Prototype OfFamily(IReadOnlyDictionary<string, Element>? elements)
    {
        var members = All.Where(prototype => prototype.SpaceGroup == FamilyGroup).Select(prototype => (Prototype: prototype, Metal: prototype.Structure.Elements.Single(element => element.Block == 'd'))).ToList();
        var metals = string.Join(", ", members.Select(member => member.Metal));
        if (elements is not { Count: 1 } || !elements.TryGetValue(Metal, out var metal))
            throw Error($"The prototype {Family} needs the element {Metal}, and nothing else.", $"Write species: {{ {Metal}: Ni }}; {Metal} is one of {metals}.");
        return members.FirstOrDefault(member => member.Metal == metal).Prototype
            ?? throw Error($"There is no {FamilyGroup} prototype Li{metal}O2.", $"{Metal} is one of {metals}. Take one of these, substitute {metal}, and relax the cell.");
    }

    private static ImmutableArray<Prototype> Load()
    {
        var assembly = typeof(Prototype).Assembly;
        return [.. assembly.GetManifestResourceNames().Where(name => name.EndsWith(".cif", StringComparison.Ordinal)).Select(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
            return Read(reader.ReadToEnd());
        }).OrderBy(prototype => prototype.Name, StringComparer.Ordinal)];
    }

    private static Prototype Read(string cif)
    {
        var source = cif.Split('\n').TakeWhile(line => line.StartsWith('#')).Select(line => line[1..].Trim());
        var block = CifBlock.ReadAll(cif)[0];
        var symbol = block.Value("_space_group_name_H-M_alt", "_symmetry_space_group_name_H-M")!.Value.Text;
        return new(block.Name.Text["data_".Length..], Short(symbol), string.Join(' ', source), Cif.Read(cif).Structure);
    }

    /// <summary>Without blanks, setting and the placeholders of monoclinic symbols: C2/m for C 1 2/m 1.</summary>
    private static string Short(string symbol)
    {
        var parts = symbol.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(part => !part.StartsWith(':')).ToList();
        return string.Concat(parts.Count(part => part == "1") == 2 ? parts.Where(part => part != "1") : parts);
    }

    private static DftFlowException Error(string message, string hint) => new("DF1288", message, hint);
}
