using System.Collections.Immutable;
using CsCheck;
using DftFlow.Crystals;

namespace DftFlow.Tests.Crystals;

public class MinimumDistancesTests
{
    private static readonly Element Li = Element.Parse("Li"), O = Element.Parse("O"), H = Element.Parse("H");

    [Fact]
    public void Agrees_with_the_distances_of_all_pairs_in_skewed_cells() =>
        Gen.Select(Gen.Double[3, 9].Array[3], Gen.Double[50, 130].Array[3], Gen.Double[-1, 2].Array[18]).Sample((lengths, angles, f) =>
        {
            if (Cell(lengths, angles) is not { } lattice) return;
            var structure = new Structure(lattice, [.. Enumerable.Range(0, 6).Select(i => new Site(i % 2 == 0 ? Li : O, new(f[3 * i], f[3 * i + 1], f[3 * i + 2])))]);
            if (MinimumDistances.Check(structure).Any(finding => finding.Code == "DF1220")) return;
            foreach (var pair in MinimumDistances.ByElementPair(structure, 12))
            {
                var shortest = double.MaxValue;
                for (var i = 0; i < 6; i++)
                    for (var j = i; j < 6; j++)
                        if ((structure.Sites[i].Element, structure.Sites[j].Element) is var (a, b) && ((a, b) == (pair.First, pair.Second) || (b, a) == (pair.First, pair.Second)))
                            shortest = Math.Min(shortest, structure.DistanceA(i, j));
                // Pairs that are equal to a millionth of an Å are ties, and the first is told.
                Assert.Equal(shortest, pair.DistanceA, 1e-6);
                Assert.Equal(pair.DistanceA, structure.DistanceA(pair.FirstSite - 1, pair.SecondSite - 1), 1e-9);
            }
        }, iter: Effort.Iterations(500));

    [Fact]
    public void Atoms_on_each_other_are_an_error_with_their_numbers_and_distance()
    {
        // Across the cell's border: 0.05 · 5 Å apart.
        var finding = Assert.Single(MinimumDistances.Check(Cubic(5, (Li, 0.98), (H, 0.5), (O, 0.03))));
        Assert.Equal(("DF1220", Severity.Error), (finding.Code, finding.Severity));
        Assert.Contains("Li (site 1) and O (site 3) lie on each other: 0.250 Å apart", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Atoms_closer_than_seven_tenths_of_their_radii_are_a_warning()
    {
        // 1.28 + 0.66 = 1.94 Å; seven tenths of it 1.358 Å.
        Assert.Equal("DF1221", Assert.Single(MinimumDistances.Check(Cubic(10, (Li, 0), (O, 0.135)))).Code);
        Assert.Empty(MinimumDistances.Check(Cubic(10, (Li, 0), (O, 0.137))));
        Assert.Empty(MinimumDistances.Check(Cubic(10, (H, 0), (H, 0.0741))));
    }

    [Fact]
    public void A_cell_so_small_that_atoms_meet_their_images_is_an_error() =>
        Assert.Contains("image of itself", Assert.Single(MinimumDistances.Check(Cubic(0.4, (Li, 0)))).Message, StringComparison.Ordinal);

    [Fact]
    public void Ten_thousand_atoms_are_no_trouble_nor_are_as_many_in_one_place()
    {
        var sites = ImmutableArray.CreateBuilder<Site>();
        for (var i = 0; i < 10_648; i++) sites.Add(new Site(Li, new(i % 22 / 22.0, i / 22 % 22 / 22.0, i / 484 / 22.0)));
        var lattice = Lattice.FromParameters(66, 66, 66, 90, 90, 90);
        Assert.Equal(3, Assert.Single(MinimumDistances.ByElementPair(new(lattice, sites.ToImmutable()))).DistanceA, 9);
        Assert.Equal(10, MinimumDistances.Check(new(lattice, [.. Enumerable.Repeat(sites[0], 10_000)])).Length);
    }

    [Fact]
    public void Vacuum_is_measured_along_the_normal_of_the_layer()
    {
        // A slab 2 Å thick in a cell whose c leans: the layers are 20·sin 60° Å apart.
        var lattice = Lattice.FromParameters(3, 3, 20, 90, 60, 90);
        var height = 20 * Math.Sin(Math.PI / 3);
        var gaps = Vacuum.AlongAxes(new(lattice, [new(Li, new(0, 0, 0.98)), new(O, new(0.5, 0.5, 0.98 + 2 / height))]));
        Assert.Equal(height - 2, gaps.Z, 9);
        Assert.Equal(3 * Math.Sin(Math.PI / 3) / 2, gaps.X, 9);
        Assert.Equal(1.5, gaps.Y, 9);
    }

    private static Structure Cubic(double a, params (Element Element, double X)[] sites) =>
        new(Lattice.FromParameters(a, a, a, 90, 90, 90), [.. sites.Select(site => new Site(site.Element, new(site.X, 0, 0)))]);

    private static Lattice? Cell(double[] lengths, double[] angles)
    {
        try
        {
            return Lattice.FromParameters(lengths[0], lengths[1], lengths[2], angles[0], angles[1], angles[2]);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
