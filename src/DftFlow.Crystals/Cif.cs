using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Crystals;

/// <summary>The crystal in a CIF: all atoms of the cell, site by site of the file, and what is doubtful about the file.</summary>
public sealed record CifCrystal(Structure Structure, ImmutableArray<Finding> Findings);

/// <summary>The crystal in a CIF with shared and partly vacant sites as they are, and what is doubtful about the file.</summary>
public sealed record DisorderedCifCrystal(DisorderedStructure Structure, ImmutableArray<Finding> Findings);

/// <summary>Reads Crystallographic Information Files (CIF 1.1; International Tables for Crystallography, volume G).</summary>
public static partial class Cif
{
    private const int LongestText = 50_000_000;

    private static readonly string[] LengthTags = ["_cell_length_a", "_cell_length_b", "_cell_length_c"];
    private static readonly string[] AngleTags = ["_cell_angle_alpha", "_cell_angle_beta", "_cell_angle_gamma"];

    /// <summary>
    /// Reads the first data block that holds atoms and applies its symmetry operations. Coordinates are fractions from 0 to 1;
    /// the cell has a along x and b in the xy plane.
    /// </summary>
    /// <exception cref="DftFlowException">
    /// DF1210: not a CIF; DF1211: no cell; DF1212: symmetry operations missing or wrong; DF1213: partial occupancy; DF1214: atoms
    /// missing or not readable; DF1215: atoms on one another; DF1216: too large.
    /// </exception>
    public static CifCrystal Read(string text)
    {
        var (disordered, findings, rows) = Parse(text);
        return disordered.Ordered is { } structure ? new CifCrystal(structure, findings) : throw Partial(disordered, rows);
    }

    /// <summary>
    /// Reads a CIF like <see cref="Read"/>, and keeps sites that several elements share or that are partly vacant: each place of the
    /// cell with the occupancies of its elements. Atoms of the file within 0.01 Å of each other share a place.
    /// </summary>
    /// <exception cref="DftFlowException">As for <see cref="Read"/>; DF1213 only where occupancies are impossible.</exception>
    public static DisorderedCifCrystal ReadDisordered(string text)
    {
        var (disordered, findings, _) = Parse(text);
        return new DisorderedCifCrystal(disordered, findings);
    }

    private static (DisorderedStructure Structure, ImmutableArray<Finding> Findings, List<CifSite> Rows) Parse(string text)
    {
        if (text.Length > LongestText)
            throw Error("DF1216", FormattableString.Invariant($"The CIF has {text.Length} characters; up to {LongestText} are read."), "Split the file, or export the one structure that is needed.");
        var findings = ImmutableArray.CreateBuilder<Finding>();
        var block = BlockWithAtoms(CifBlock.ReadAll(text), findings);
        var lattice = Lattice(block, findings);
        var operations = Operations(block, lattice, findings);
        var rows = CifSites.Read(block, findings);
        var structure = CifSites.Expand(rows, operations, lattice, findings);
        CompareFormula(block, structure, findings);
        return (structure, findings.ToImmutable(), rows);
    }

    private static DftFlowException Partial(DisorderedStructure structure, List<CifSite> rows)
    {
        var places = structure.Sites.Where(site => !site.IsOrdered).Select(site => site.Label).ToHashSet();
        var partial = rows.Where(row => row.Occupancy < 1 || places.Contains(row.Label)).ToList();
        var names = partial.Take(12).Select(row => FormattableString.Invariant($"{row.Label} {row.Occupancy}"));
        return Error("DF1213", $"Sites are partly occupied: {string.Join(", ", names)}{(partial.Count > 12 ? ", …" : "")}. A calculation needs each site full or empty.",
            "Decide on an ordered arrangement (a supercell with whole atoms) and give that structure. In a workflow the build step 'order' makes one: let it be the first, or come after 'supercell'.", partial[0].Line);
    }

    private static CifBlock BlockWithAtoms(List<CifBlock> blocks, ImmutableArray<Finding>.Builder findings)
    {
        var withAtoms = blocks.Where(block => block.Column("_atom_site_fract_x") is not null).ToList();
        if (withAtoms.Count > 1)
            findings.Add(Doubt($"The CIF holds {withAtoms.Count.ToString(CultureInfo.InvariantCulture)} structures; the first, {Shortened(withAtoms[0].Name.Text)}, is taken."));
        if (withAtoms is [var first, ..]) return first;
        throw Error("DF1214", "The CIF holds no atoms with fractional coordinates (_atom_site_fract_x).",
            blocks.Exists(block => block.Column("_atom_site_Cartn_x") is not null) ? "It gives Cartesian coordinates; export it with fractional ones." : "Is this a CIF of a crystal structure?");
    }

    private static Lattice Lattice(CifBlock block, ImmutableArray<Finding>.Builder findings)
    {
        var lengths = LengthTags.Select(tag => block.Value(tag) is { } token ? Number(token, "DF1211") : throw Error("DF1211",
            $"The CIF gives no cell: {tag} is missing.", "A structure needs _cell_length_a, _b, _c and the angles.", block.Name.Line)).ToArray();
        var angles = AngleTags.Select(tag =>
        {
            if (block.Value(tag) is { } token) return Number(token, "DF1211");
            findings.Add(Doubt($"{tag} is missing; 90° is taken, as the CIF dictionary says."));
            return 90;
        }).ToArray();
        try
        {
            var lattice = Crystals.Lattice.FromParameters(lengths[0], lengths[1], lengths[2], angles[0], angles[1], angles[2]);
            if (lengths.All(length => length < 1e5) && LatticeReduction.Reduced(lattice).A.Length >= MinimumDistances.OverlapA) return lattice;
        }
        catch (ArgumentException)
        {
            // Told below, with the values.
        }
        throw Error("DF1211", string.Create(CultureInfo.InvariantCulture, $"There is no cell with the lengths {lengths[0]}, {lengths[1]}, {lengths[2]} Å and the angles {angles[0]}, {angles[1]}, {angles[2]}°."),
            "Lengths are in Å and angles in degrees; no lattice vector is shorter than 0.5 Å.", block.Value(LengthTags[0])?.Line);
    }

    private static List<SymmetryOperation> Operations(CifBlock block, Lattice lattice, ImmutableArray<Finding>.Builder findings)
    {
        var group = block.Value("_space_group_name_H-M_alt", "_symmetry_space_group_name_H-M", "_space_group_name_H-M_full")
            ?? block.Value("_space_group_name_Hall", "_symmetry_space_group_name_Hall") ?? block.Value("_space_group_IT_number", "_symmetry_Int_Tables_number");
        var trivial = group is { } name && name.Text.Replace(" ", "", StringComparison.Ordinal) is "P1" or "1";
        var texts = block.Column("_space_group_symop_operation_xyz", "_symmetry_equiv_pos_as_xyz");
        if (texts is null || !texts.Any(token => token.IsGiven))
        {
            if (group is not null && !trivial)
                throw Error("DF1212", $"The CIF names the space group '{Shortened(group.Value.Text)}' but lists no symmetry operations, so the atoms of the cell cannot be told.",
                    "Add the loop of _space_group_symop_operation_xyz, or export the structure with all atoms in P1.", group.Value.Line, group.Value.Column);
            if (group is null) findings.Add(Doubt("The CIF names neither a space group nor symmetry operations; the atoms listed are taken for all atoms of the cell (P1)."));
            return [SymmetryOperation.Identity];
        }
        if (texts.Count > CifSites.MostOperations) throw CifSites.TooMany(1, texts.Count);
        var operations = new List<SymmetryOperation>();
        foreach (var token in texts)
        {
            if (!SymmetryOperation.TryParse(token.Text, out var operation))
                throw Error("DF1212", $"'{Shortened(token.Text)}' is not a symmetry operation.", "An operation looks like -x, y+1/2, -z.", token.Line, token.Column);
            if (!operation.Value.Fits(lattice))
                throw Error("DF1212", $"The symmetry operation '{Shortened(token.Text)}' does not leave the cell as it is.",
                    "Operations and cell belong to different settings (rhombohedral and hexagonal axes?), or the cell is mistyped.", token.Line, token.Column);
            if (!operations.Contains(operation.Value)) operations.Add(operation.Value);
        }
        if (!operations.Contains(SymmetryOperation.Identity))
        {
            findings.Add(Doubt("The symmetry operations lack the identity x,y,z; it is added."));
            operations.Insert(0, SymmetryOperation.Identity);
        }
        if (operations.Count == 1 && group is not null && !trivial)
            findings.Add(Doubt($"The CIF names the space group '{Shortened(group.Value.Text)}' but lists the identity alone; the atoms listed are taken for all atoms of the cell."));
        return operations;
    }

    private static void CompareFormula(CifBlock block, DisorderedStructure structure, ImmutableArray<Finding>.Builder findings)
    {
        if (block.Value("_chemical_formula_sum") is not { } stated || !Composition.TryParse(stated.Text, out var formula, out _)) return;
        var found = structure.Composition;
        var same = structure.IsOrdered
            ? formula.ReducedFormula == found.ReducedFormula
            // Formulas and occupancies are rounded.
            : formula.Elements.Concat(found.Elements).All(element => Math.Abs(formula.AtomicFraction(element) - found.AtomicFraction(element)) < 2e-3);
        if (!same) findings.Add(Doubt($"The atoms add up to {found.ReducedFormula}, but _chemical_formula_sum says {formula.ReducedFormula}."));
    }

    /// <summary>A number, its uncertainty left out: 4.937(2).</summary>
    internal static double Number(CifToken token, string code)
    {
        var text = token.Text.AsSpan();
        if (text.IndexOf('(') is > 0 and var bracket && text[^1] == ')') text = text[..bracket];
        if (double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number) < 1e6) return number;
        throw Error(code, $"'{Shortened(token.Text)}' is not a number.", "Numbers look like 4.937 or 4.937(2).", token.Line, token.Column);
    }

    internal static Finding Doubt(string message) => new("DF1219", Severity.Warning, message, "Compare the structure with its source.");

    internal static string Shortened(string text) => text.Length <= 60 ? text : text[..57] + "…";

    internal static DftFlowException Error(string code, string message, string? hint, int? line = null, int? column = null) => new(code, message, hint, line, column);
}
