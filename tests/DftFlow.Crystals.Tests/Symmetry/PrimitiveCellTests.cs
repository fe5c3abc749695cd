using System.Collections.Immutable;
using CsCheck;
using DftFlow.Crystals;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Tests.Crystals;

public class PrimitiveCellTests
{
    // Lengths and volumes: pymatgen 2022.11.7, get_primitive_structure.
    [Theory]
    [InlineData(SampleCifs.Li2MnO3, "Li4Mn2O6", 99.88626241929151, 4.928716694028984, 4.928716694028984, 5.03)]
    [InlineData(SampleCifs.LiF, "LiF", 16.316463816182, 2.846953322413278, 2.846953322413278, 2.846953322413278)]
    [InlineData(SampleCifs.LiNiO2, "LiNiO2", 33.94506869436507, 2.8784, 2.8784, 5.0142939346764805)]
    public void Takes_the_centring_out_of_a_conventional_cell(string cif, string formula, double volume, double a, double b, double c)
    {
        var conventional = Cif.Read(cif).Structure;
        var primitive = PrimitiveCell.Of(conventional);
        Assert.Equal(formula, primitive.Composition.Formula);
        Assert.Equal(volume, primitive.Lattice.Volume, 6);
        Assert.Equal(new[] { a, b, c }, new[] { primitive.Lattice.LengthsA.X, primitive.Lattice.LengthsA.Y, primitive.Lattice.LengthsA.Z }, (x, y) => Math.Abs(x - y) < 1e-6);
        Assert.Equal(
            MinimumDistances.ByElementPair(conventional).Select(pair => Math.Round(pair.DistanceA, 9)),
            MinimumDistances.ByElementPair(primitive).Select(pair => Math.Round(pair.DistanceA, 9)));
    }

    [Fact]
    public void A_primitive_cell_stays_as_it_is()
    {
        var primitive = PrimitiveCell.Of(Cif.Read(SampleCifs.Li2MnO3).Structure);
        Assert.Same(primitive, PrimitiveCell.Of(primitive));
    }

    [Fact]
    public void One_atom_moved_makes_the_large_cell_the_smallest()
    {
        var structure = Cif.Read(SampleCifs.LiF).Structure;
        var moved = structure with { Sites = structure.Sites.SetItem(0, structure.Sites[0] with { Fractional = new(0.03, 0, 0) }) };
        Assert.Same(moved, PrimitiveCell.Of(moved));
    }

    [Fact]
    public void A_supercell_of_thousands_of_atoms_comes_back_to_one()
    {
        var sites = Enumerable.Range(0, 8000).Select(i => new Site(Element.Parse("Li"), new(i % 20 / 20.0, i / 20 % 20 / 20.0, i / 400 / 20.0)));
        var primitive = PrimitiveCell.Of(new(Lattice.FromParameters(60, 60, 60, 90, 90, 90), [.. sites]));
        Assert.Single(primitive.Sites);
        Assert.Equal(27, primitive.Lattice.Volume, 9);
    }

    [Fact]
    public void Supercells_of_any_shape_come_back_to_the_same_volume_and_atoms() =>
        Gen.Select(Gen.Int[-2, 2].Array[9], Gen.Double[0, 1].Array[9]).Sample((n, f) =>
        {
            var cell = new Structure(Lattice.FromParameters(4.1, 5.2, 6.3, 80, 95, 103),
                [new(Element.Parse("Li"), new(f[0], f[1], f[2])), new(Element.Parse("O"), new(f[3], f[4], f[5])), new(Element.Parse("O"), new(f[6], f[7], f[8]))]);
            if (Supercell(cell, n) is not { } supercell || MinimumDistances.Check(cell).Any(finding => finding.Code == "DF1220")) return;
            // At the very limit, round-off decides which of the two cells' atoms lie on each other.
            if (MinimumDistances.ByElementPair(cell).Any(pair => pair.DistanceA < MinimumDistances.OverlapA + 1e-6)) return;
            var primitive = PrimitiveCell.Of(supercell);
            Assert.Equal(3, primitive.Sites.Length);
            Assert.Equal(cell.Lattice.Volume, primitive.Lattice.Volume, 6);
            Assert.True(ReferenceEquals(primitive, supercell) || primitive.Lattice.A.Dot(primitive.Lattice.B.Cross(primitive.Lattice.C)) > 0);
            var (distances, found) = (MinimumDistances.ByElementPair(cell), MinimumDistances.ByElementPair(primitive));
            Assert.Equal(distances.Length, found.Length);
            Assert.All(distances.Zip(found), pair => Assert.Equal(pair.First.DistanceA, pair.Second.DistanceA, 2e-6));
        }, iter: Effort.Iterations(300));

    /// <summary>The cell with the lattice vectors that the nine whole numbers make; null where those span no volume.</summary>
    private static Structure? Supercell(Structure cell, int[] n)
    {
        Vector3D Vector(int row) => cell.Lattice.ToCartesian(new(n[row], n[row + 1], n[row + 2]));
        var size = Math.Abs(n[0] * (n[4] * n[8] - n[5] * n[7]) - n[1] * (n[3] * n[8] - n[5] * n[6]) + n[2] * (n[3] * n[7] - n[4] * n[6]));
        if (size == 0) return null;
        var lattice = new Lattice(Vector(0), Vector(3), Vector(6));
        var sites = ImmutableArray.CreateBuilder<Site>();
        foreach (var site in cell.Sites)
        {
            var places = new List<Vector3D>();
            for (var i = -8; i <= 8; i++)
                for (var j = -8; j <= 8; j++)
                    for (var k = -8; k <= 8; k++)
                    {
                        var f = lattice.ToFractional(cell.Lattice.ToCartesian(site.Fractional + new Vector3D(i, j, k)));
                        f = new(f.X - Math.Floor(f.X), f.Y - Math.Floor(f.Y), f.Z - Math.Floor(f.Z));
                        if (!places.Exists(place => lattice.ShortestDistance(place - f) < 1e-6)) places.Add(f);
                        if (places.Count == size) { i = j = k = 9; }
                    }
            sites.AddRange(places.Select(place => site with { Fractional = place }));
        }
        return new Structure(lattice, sites.ToImmutable());
    }
}
