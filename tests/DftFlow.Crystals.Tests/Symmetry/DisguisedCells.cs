using System.Collections.Immutable;
using System.Text.Json;
using DftFlow.Crystals;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Tests.Crystals;

/// <summary>Crystals in cells of other shapes.</summary>
internal static class DisguisedCells
{
    public static Structure RockSalt(double lengthA)
    {
        Vector3D[] metal = [new(0, 0, 0), new(0, 0.5, 0.5), new(0.5, 0, 0.5), new(0.5, 0.5, 0)];
        return new(Lattice.FromParameters(lengthA, lengthA, lengthA, 90, 90, 90),
            [.. metal.Select(place => new Site(Element.Parse("Ni"), place)), .. metal.Select(place => new Site(Element.Parse("O"), place + new Vector3D(0, 0, 0.5)))]);
    }

    public static Structure Repeated(Structure cell, int a, int b, int c) =>
        Supercell(cell, new IntegerMatrix(a, 0, 0, 0, b, 0, 0, 0, c));

    /// <summary>The cell whose lattice vectors are the rows of the matrix, in terms of the old ones.</summary>
    public static Structure Supercell(Structure cell, IntegerMatrix rows)
    {
        var lattice = new Lattice(cell.Lattice.ToCartesian(rows.Row(0)), cell.Lattice.ToCartesian(rows.Row(1)), cell.Lattice.ToCartesian(rows.Row(2)));
        // Rows of Hermite form reach each primitive cell once.
        var (x, y, z) = Hermite(rows);
        var sites = ImmutableArray.CreateBuilder<Site>();
        foreach (var site in cell.Sites)
            for (var i = 0; i < x; i++)
                for (var j = 0; j < y; j++)
                    for (var k = 0; k < z; k++)
                    {
                        var f = lattice.ToFractional(cell.Lattice.ToCartesian(site.Fractional + new Vector3D(i, j, k)));
                        sites.Add(site with { Fractional = f - new Vector3D(Math.Floor(f.X), Math.Floor(f.Y), Math.Floor(f.Z)) });
                    }
        return new(lattice, sites.ToImmutable());
    }

    /// <summary>
    /// The same crystal, not to be recognised: in a skewed (super)cell of up to four times the size, with another origin, turned in
    /// space, its atoms shuffled.
    /// </summary>
    public static Structure Disguised(Structure cell, ulong seed, bool repeat = true)
    {
        var random = new SeededRandom(seed);
        var rows = IntegerMatrix.Identity;
        if (repeat)
        {
            // Small numbers on and above the diagonal.
            int a = 1 + random.Next(2), b = 1 + random.Next(2), c = a * b == 4 ? 1 : 1 + random.Next(2);
            rows = new(a, random.Next(b), random.Next(c), 0, b, random.Next(c), 0, 0, c);
        }
        for (var i = 0; i < 4; i++)
        {
            int row = random.Next(3), other = (row + 1 + random.Next(2)) % 3, sign = random.Next(2) == 0 ? 1 : -1;
            rows = IntegerMatrix.From((r, column) => (r == row ? sign * rows[other, column] : 0) + rows[r, column]);
        }
        var large = Supercell(cell, rows);
        var origin = new Vector3D(random.NextDouble(), random.NextDouble(), random.NextDouble());
        var sites = large.Sites.Select(site => site with { Fractional = Fractions.Wrapped(site.Fractional + origin) }).ToArray();
        for (var i = sites.Length - 1; i > 0; i--)
        {
            var j = random.Next(i + 1);
            (sites[i], sites[j]) = (sites[j], sites[i]);
        }
        var turn = Turn(random);
        return new(new(turn(large.Lattice.A), turn(large.Lattice.B), turn(large.Lattice.C)), [.. sites]);
    }

    /// <summary>The primitive cell of a crystal of the type: four general positions, of four elements, so that no more symmetry comes in by chance.</summary>
    public static Structure OfType(SpaceGroupType type, ulong seed)
    {
        var random = new SeededRandom(seed * 1000 + (ulong)type.Number);
        var lattice = type.CrystalSystem switch
        {
            CrystalSystem.Triclinic => Lattice.FromParameters(7.1, 8.3, 9.7, 81, 95, 103),
            CrystalSystem.Monoclinic => Lattice.FromParameters(9.3, 8.1, 10.9, 90, 97, 90),
            CrystalSystem.Orthorhombic => Lattice.FromParameters(11.3, 9.2, 13.1, 90, 90, 90),
            CrystalSystem.Tetragonal => Lattice.FromParameters(13.3, 13.3, 15.2, 90, 90, 90),
            CrystalSystem.Cubic => Lattice.FromParameters(24.3, 24.3, 24.3, 90, 90, 90),
            _ => Lattice.FromParameters(14.3, 14.3, 17.2, 90, 90, 120),
        };
        while (true)
        {
            var sites = ImmutableArray.CreateBuilder<Site>();
            foreach (var symbol in new[] { "Li", "Mn", "O", "F" })
            {
                var place = new Vector3D(random.NextDouble(), random.NextDouble(), random.NextDouble());
                sites.AddRange(type.Operations.Select(operation => new Site(Element.Parse(symbol), Fractions.Wrapped(operation.Apply(place)))));
            }
            var structure = new Structure(lattice, sites.ToImmutable());
            if (!NeighbourPairs.Within(structure, 0.4).Any()) return PrimitiveCell.Of(structure);
        }
    }

    public static Structure Mirrored(Structure structure)
    {
        return new(new(Mirror(structure.Lattice.A), Mirror(structure.Lattice.B), Mirror(structure.Lattice.C)), structure.Sites);

        static Vector3D Mirror(Vector3D v) => v with { X = -v.X };
    }

    /// <summary>Every atom moved by at most the distance in Å.</summary>
    public static Structure Shaken(Structure structure, double distanceA, ulong seed)
    {
        var random = new SeededRandom(seed);
        return structure with
        {
            Sites = [.. structure.Sites.Select(site => site with { Fractional = site.Fractional + structure.Lattice.ToFractional(new Vector3D(Move(), Move(), Move())) })],
        };

        double Move() => (2 * random.NextDouble() - 1) * distanceA / Math.Sqrt(3);
    }

    /// <summary>What spglib and pymatgen make a structure of: rows of lattice vectors, fractional places, atomic numbers.</summary>
    public static string AsJson(Structure structure) => JsonSerializer.Serialize(new
    {
        lattice = new[] { Numbers(structure.Lattice.A), Numbers(structure.Lattice.B), Numbers(structure.Lattice.C) },
        places = structure.Sites.Select(site => Numbers(site.Fractional)),
        numbers = structure.Sites.Select(site => site.Element.AtomicNumber),
    });

    private static double[] Numbers(Vector3D v) => [v.X, v.Y, v.Z];

    private static Func<Vector3D, Vector3D> Turn(SeededRandom random)
    {
        // Rodrigues' formula about a random axis.
        var axis = new Vector3D(random.NextDouble() - 0.5, random.NextDouble() - 0.5, random.NextDouble() + 0.1);
        axis *= 1 / axis.Length;
        var angle = 2 * Math.PI * random.NextDouble();
        return v => v * Math.Cos(angle) + axis.Cross(v) * Math.Sin(angle) + axis * (axis.Dot(v) * (1 - Math.Cos(angle)));
    }

    private static (long, long, long) Hermite(IntegerMatrix rows)
    {
        var cosets = new LatticeCosets(Enumerable.Range(0, 3).Select(row => new long[] { rows[row, 0], rows[row, 1], rows[row, 2] }));
        return (cosets.Rows[0][0], cosets.Rows[1][1], cosets.Rows[2][2]);
    }
}
