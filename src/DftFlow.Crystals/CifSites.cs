using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Crystals;

/// <summary>A row of a CIF's atom loop.</summary>
internal readonly record struct CifSite(string Label, Element Element, double Occupancy, Vector3D Fractional, int Line);

/// <summary>Reads the atoms of a CIF and multiplies them by its symmetry.</summary>
internal static class CifSites
{
    /// <summary>Images of a site that come so close, in Å, are one atom on a special position.</summary>
    private const double SameAtomA = 0.01;
    private const int MostAtoms = 200_000;
    public const int MostOperations = 2000;
    private const int MostDoubts = 100;

    // Close pairs for each atom: many more would be one place listed over and over.
    private const int MostSharers = 50;

    /// <summary>Occupancies are given with three digits or fewer; what is so near to 1 is meant to be 1.</summary>
    private const double FullWithin = 1e-3;

    public static readonly string[] CoordinateTags = ["_atom_site_fract_x", "_atom_site_fract_y", "_atom_site_fract_z"];

    public static List<CifSite> Read(CifBlock block, ImmutableArray<Finding>.Builder findings)
    {
        var symbols = block.Column("_atom_site_type_symbol");
        var labels = block.Column("_atom_site_label") ?? symbols
            ?? throw Cif.Error("DF1214", "The atoms have neither labels nor type symbols, so their elements are not known.", "Add _atom_site_label or _atom_site_type_symbol.", block.Name.Line);
        var coordinates = CoordinateTags.Select(tag => block.Column(tag)
            ?? throw Cif.Error("DF1214", $"The atoms lack {tag}.", "Three fractional coordinates are needed.", block.Name.Line)).ToArray();
        if (coordinates.Any(column => column.Count != labels.Count) || (symbols is not null && symbols.Count != labels.Count))
            throw Cif.Error("DF1214", "Labels and coordinates of the atoms are in different loops of different lengths.", "Write one loop with all of them.", block.Name.Line);
        if (labels.Count > MostAtoms) throw TooMany(labels.Count, 1);
        var occupancies = block.Column("_atom_site_occupancy");
        if (occupancies?.Count != labels.Count) occupancies = null;
        var calculated = block.Column("_atom_site_calc_flag");
        if (calculated?.Count != labels.Count) calculated = null;

        var sites = new List<CifSite>();
        for (var i = 0; i < labels.Count; i++)
        {
            var label = labels[i];
            if (calculated?[i].Text is "dum")
            {
                findings.Add(Cif.Doubt($"{Cif.Shortened(label.Text)} is marked as a dummy atom and left out."));
                continue;
            }
            var occupancy = occupancies?[i] is { IsGiven: true } token ? Occupancy(token, label) : 1;
            if (occupancy == 0)
            {
                if (findings.Count < MostDoubts) findings.Add(Cif.Doubt($"{Cif.Shortened(label.Text)} has the occupancy 0 and is left out."));
                continue;
            }
            var place = new double[3];
            for (var axis = 0; axis < 3; axis++)
                place[axis] = coordinates[axis][i] is { IsGiven: true } number ? Cif.Number(number, "DF1214") : throw Cif.Error("DF1214",
                    $"The atom {Cif.Shortened(label.Text)} has no coordinates.", "Every atom needs a place; remove it from the list if it is not part of the structure.", label.Line, label.Column);
            sites.Add(new CifSite(Cif.Shortened(label.Text), ElementOf(symbols?[i] is { IsGiven: true } symbol ? symbol : label, findings), occupancy, new(place[0], place[1], place[2]), label.Line));
        }
        if (sites.Count == 0) throw Cif.Error("DF1214", "The CIF lists no atoms.", null, block.Name.Line);
        return sites;
    }

    /// <summary>
    /// All places of the cell. Images of one site within 0.01 Å are one atom, placed at their mean: that puts 0.3333 onto 1/3, since
    /// the mean of the images is what the symmetry leaves in its place. Sites of the file within 0.01 Å of each other share a place.
    /// </summary>
    public static DisorderedStructure Expand(List<CifSite> sites, List<SymmetryOperation> operations, Lattice lattice, ImmutableArray<Finding>.Builder findings)
    {
        if ((long)sites.Count * operations.Count > MostAtoms) throw TooMany(sites.Count, operations.Count);
        var atoms = new List<(int Row, Vector3D Place)>();
        foreach (var (row, site) in sites.Index()) atoms.AddRange(Orbit(site, operations, lattice).Select(place => (row, place)));
        var species = atoms.ConvertAll(atom => new List<(Element Element, double Occupancy)> { (sites[atom.Row].Element, sites[atom.Row].Occupancy) });
        Share(new Structure(lattice, [.. atoms.Select(atom => new Site(sites[atom.Row].Element, atom.Place))]), atoms.ConvertAll(atom => atom.Row), sites, species, findings);
        return new DisorderedStructure(lattice, [.. atoms.Zip(species).Where(pair => pair.Second.Count > 0)
            .Select(pair => new DisorderedSite(Filled(pair.Second, sites[pair.First.Row]), pair.First.Place, sites[pair.First.Row].Label))]);
    }

    /// <summary>Moves the species of atoms that lie on an earlier atom to that one.</summary>
    private static void Share(
        Structure structure, List<int> rows, List<CifSite> sites, List<List<(Element Element, double Occupancy)>> species, ImmutableArray<Finding>.Builder findings)
    {
        var pairs = 0L;
        foreach (var (i, j, distance) in NeighbourPairs.Within(structure, MinimumDistances.OverlapA))
        {
            var (first, second) = (sites[rows[i]], sites[rows[j]]);
            if (++pairs > (long)MostSharers * rows.Count)
                throw Cif.Error("DF1216", $"Too many atoms lie on each other, {first.Label} and {second.Label} among them.", "The same atoms seem to be listed over and over.", second.Line);
            // One that shares a place already has been dealt with there.
            if (species[i].Count == 0 || species[j].Count == 0) continue;
            var apart = distance.ToString("0.000", CultureInfo.InvariantCulture) + " Å apart";
            var full = first.Occupancy == 1 && second.Occupancy == 1;
            if (rows[i] != rows[j] && distance <= SameAtomA && !(full && first.Element != second.Element))
            {
                if (full) Tell($"{second.Label} lies where the symmetry puts another {second.Element}; it is taken once.");
                else species[i].AddRange(species[j]);
                species[j].Clear();
                continue;
            }
            if (first.Occupancy + second.Occupancy <= 1 + FullWithin)
                Tell($"{first.Label} and {second.Label}, partly occupied, are {apart}: where one is occupied, the other is not.");
            else
                throw rows[i] == rows[j]
                    ? Cif.Error("DF1215", $"Symmetry puts two images of {first.Label} {apart}.",
                        "It probably sits on a special position: give its coordinates with more digits (0.3333, not 0.33).", second.Line)
                    : Cif.Error("DF1215", $"{first.Label} and {second.Label} lie on each other: {apart}.",
                        "Two elements on one site need occupancies; the same site listed twice needs to be listed once.", second.Line);
        }

        void Tell(string message)
        {
            var doubt = Cif.Doubt(message);
            if (findings.Count < MostDoubts && !findings.Contains(doubt)) findings.Add(doubt);
        }
    }

    /// <summary>The species of a place, each element once, by electronegativity; scaled to 1 in all where rounding alone keeps them from it.</summary>
    private static ImmutableArray<(Element Element, double Occupancy)> Filled(List<(Element Element, double Occupancy)> species, CifSite row)
    {
        var elements = species.GroupBy(one => one.Element).Select(group => (Element: group.Key, Occupancy: group.Sum(one => one.Occupancy))).OrderBy(one => one.Element).ToList();
        var total = elements.Sum(one => one.Occupancy);
        // Each of several has been rounded: three times 0.333, or 0.334.
        if (Math.Abs(total - 1) <= FullWithin * species.Count)
            return elements is [var only] ? [(only.Element, 1)] : [.. elements.Select(one => (one.Element, one.Occupancy / total))];
        if (total < 1) return [.. elements];
        throw Cif.Error("DF1213", FormattableString.Invariant($"The occupancies of the atoms on the place of {row.Label} add up to {total:0.####}."),
            "A place holds at most one atom: correct the occupancies.", row.Line);
    }

    private static double Occupancy(CifToken token, CifToken label)
    {
        var occupancy = Cif.Number(token, "DF1213");
        if (Math.Abs(occupancy - 1) <= FullWithin) return 1;
        return occupancy is >= 0 and < 1 ? occupancy : throw Cif.Error("DF1213",
            $"The occupancy of {Cif.Shortened(label.Text)} is {token.Text}.", "Occupancies lie between 0 and 1.", token.Line, token.Column);
    }

    private static List<Vector3D> Orbit(CifSite site, List<SymmetryOperation> operations, Lattice lattice)
    {
        var atoms = new List<(Vector3D First, Vector3D SumOfDifferences, int Images)>();
        foreach (var operation in operations)
        {
            var image = operation.Apply(site.Fractional);
            var known = atoms.FindIndex(atom => SitePlaces.Coincide(lattice, image, atom.First, SameAtomA));
            if (known < 0)
                atoms.Add((image, default, 1));
            else
                atoms[known] = (atoms[known].First, atoms[known].SumOfDifferences + SitePlaces.Nearest(image - atoms[known].First), atoms[known].Images + 1);
        }
        // In a group, every atom of the orbit has as many images on it as the first.
        if (atoms.Exists(atom => atom.Images != atoms[0].Images))
            throw Cif.Error("DF1215", $"The images of {site.Label} under the symmetry operations fall together for some operations and not for others.",
                "It lies near a special position, not on it: give its coordinates with more digits. Or the list of operations is not complete.", site.Line);
        return atoms.ConvertAll(atom => Fractions.Wrapped(atom.First + atom.SumOfDifferences * (1.0 / atom.Images)));
    }

    internal static DftFlowException TooMany(int sites, int operations) => Cif.Error("DF1216",
        FormattableString.Invariant($"{sites} sites and {operations} symmetry operations are too many: up to {MostAtoms} atoms and {MostOperations} operations are read."), "Export a smaller cell.");

    /// <summary>The element of a type symbol or label: Mn3+, O2-, Mn1, O1A, LI2. Deuterium is hydrogen here.</summary>
    private static Element ElementOf(CifToken token, ImmutableArray<Finding>.Builder findings)
    {
        var letters = token.Text.AsSpan().TrimStart();
        var count = 0;
        while (count < letters.Length && char.IsAsciiLetter(letters[count])) count++;
        letters = letters[..count];
        var one = count >= 1 ? Element(letters[0], null) ?? (letters[0] is 'D' or 'd' ? Element('H', null) : null) : null;
        var two = count >= 2 ? Element(letters[0], letters[1]) : null;
        if (one is not null && two is not null && char.IsAsciiLetterUpper(letters[1]))
        {
            var doubt = Cif.Doubt($"'{Cif.Shortened(token.Text)}' is read as {two}, not as {one}.");
            if (findings.Count < MostDoubts && !findings.Contains(doubt)) findings.Add(doubt);
        }
        return two ?? one ?? throw Cif.Error("DF1214", $"'{Cif.Shortened(token.Text)}' names no element.", "Type symbols look like Mn or Mn3+, labels like Mn1.", token.Line, token.Column);

        static Element? Element(char first, char? second)
        {
            ReadOnlySpan<char> symbol = second is { } letter ? [char.ToUpperInvariant(first), char.ToLowerInvariant(letter)] : [char.ToUpperInvariant(first)];
            return Crystals.Element.TryParse(symbol, out var element) ? element : null;
        }
    }
}
