using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using CsCheck;
using DftFlow.Crystals;
using DftFlow.Crystals.Interfaces;

namespace DftFlow.Tests.Crystals.Interfaces;

public class LatticeMatchTests
{
    private static readonly PlaneLattice
        LiF001 = Square(4.0263 / Math.Sqrt(2)),
        NiO001 = Square(4.177 / Math.Sqrt(2)),
        Si001 = Square(5.431 / Math.Sqrt(2)),
        Quartz0001 = Hexagonal(4.913),
        LiCoO2_003 = Hexagonal(2.816),
        Li3ScF6_001 = Hexagonal(8.759),
        Rutile110 = new(new(2.959, 0, 0), new(0, 4.594 * Math.Sqrt(2), 0)),
        Oblique = new(new(3.1, 0, 0), new(0.9, 4.2, 0)),
        Skewed = new(new(2.5, 0.3, 0), new(-0.6, 5.1, 0)),
        LiCoO2_104 = Plane104();

    [Fact]
    public void A_square_lattice_on_another_is_stretched_alike_in_both_directions()
    {
        var match = new LatticeMatchSearch { MaxAreaA2 = 9 }.Find(NiO001, LiF001, Token).Single();
        Assert.Equal((1, 1, 0.0), (match.Substrate.Multiple, match.Coating.Multiple, Math.Round(match.Misfit.RotationDegrees, 9)));
        var stretch = 4.177 / 4.0263;
        Assert.Equal(stretch - 1, match.Misfit.LargestStrain, 12);
        var e = (stretch * stretch - 1) / 2;
        Assert.Equal((e, e, 0), (match.Misfit.StrainXx, match.Misfit.StrainYy, match.Misfit.StrainXy), Near);
        // e:e of the deviator (e/3, e/3, −2e/3) is ⅔e².
        Assert.Equal(2 * e / 3, match.Misfit.VonMisesStrain, 12);
        Assert.Equal(4.177 * 4.177 / 2, match.AreaA2, 12);
        Assert.Equal(4.0263 * 4.0263 / 2, match.CoatingAreaA2, 12);
    }

    [Fact]
    public void Three_cells_turned_by_thirty_degrees_fit_a_hexagonal_lattice()
    {
        var match = new LatticeMatchSearch { MaxAreaA2 = 30, MaxStrain = 0.001 }.Find(Hexagonal(3 * Math.Sqrt(3)), Hexagonal(3), Token).Single();
        Assert.Equal((1, 3, 30.0), (match.Substrate.Multiple, match.Coating.Multiple, Math.Round(match.Misfit.RotationDegrees, 9)));
        Assert.Equal(PlaneSupercell.Identity, match.Substrate);
        Assert.Equal(0, match.Misfit.LargestStrain, 12);
    }

    [Fact]
    public void A_shear_is_found_although_the_shortest_vectors_enclose_another_angle()
    {
        // 60.2° seen as it is, or 59.8° + 60°: the reduced basis of the one lattice is not that of the other.
        var sheared = new PlaneLattice(new(3, 0, 0), new(3 * Math.Cos(59.8 * Math.PI / 180), 3 * Math.Sin(59.8 * Math.PI / 180), 0));
        var found = new LatticeMatchSearch { MaxAreaA2 = 8, MaxStrain = 0.01 }.Find(Hexagonal(3), sheared, Token);
        Assert.NotEmpty(found);
        Assert.All(found, match => Assert.InRange(match.Misfit.LargestStrain, 0.001, 0.01));
    }

    [Fact]
    public void Both_domains_of_turned_cells_are_one_match_where_the_lattices_are_mirrors_of_themselves()
    {
        // √7 cells of 3 Å on the lattice of 3√7 Å: turned by ±19.1°.
        var search = new LatticeMatchSearch { MaxAreaA2 = 60, MaxStrain = 0.001 };
        PlaneLattice large = Hexagonal(3 * Math.Sqrt(7)), small = Hexagonal(3);
        Assert.Equal(19.10660535, search.Find(large, small, Token).Single().Misfit.RotationDegrees, 8);
        var chiral = new PlaneLattice(new(3, 0, 0), new(-1.5, Math.Sqrt(6.75), 0)) { Symmetries = [.. small.Symmetries.Where(operation => operation.Determinant == 1)] };
        Assert.Equal([19.1066, -19.1066], search.Find(large, chiral, Token).Select(match => Math.Round(match.Misfit.RotationDegrees, 4)));
        var lowest = new PlaneLattice(new(3, 0, 0), new(-1.5, Math.Sqrt(6.75), 0)) { Symmetries = [PlaneSupercell.Identity] };
        var polar = new PlaneLattice(new(3 * Math.Sqrt(7), 0, 0), new(-1.5 * Math.Sqrt(7), Math.Sqrt(6.75 * 7), 0)) { Symmetries = [PlaneSupercell.Identity] };
        Assert.Equal(12, search.Find(polar, lowest, Token).Length);
    }

    [Fact]
    public void The_same_lattice_matches_itself_once()
    {
        foreach (var lattice in new[] { NiO001, Quartz0001, Rutile110, Oblique })
        {
            var match = new LatticeMatchSearch { MaxAreaA2 = 100, MaxStrain = 1e-6 }.Find(lattice, lattice, Token)[0];
            Assert.Equal(PlaneSupercell.Identity, match.Substrate);
            Assert.Equal((0.0, 0.0), (Math.Round(match.Misfit.LargestStrain, 9), Math.Round(match.Misfit.RotationDegrees, 9)));
        }
    }

    [Fact]
    public void The_sublattices_of_so_many_cells_are_as_many_as_the_divisors_add_up_to()
    {
        Assert.Equal([1, 3, 4, 7, 6, 12], Enumerable.Range(1, 6).Select(n => PlaneSupercell.OfMultiple(n).Count()));
        foreach (var cell in PlaneSupercell.OfMultiple(12)) Assert.Equal(cell, (new PlaneSupercell(2, 3, 1, 2) * cell).Hermite());
    }

    [Fact]
    public void Square_rectangular_hexagonal_and_oblique_lattices_have_their_symmetries() =>
        Assert.Equal([8, 12, 4, 2], new[] { Si001, Quartz0001, Rutile110, Oblique }.Select(lattice => lattice.Symmetries.Length));

    [Fact]
    public void Every_match_is_what_its_numbers_make_it() =>
        Pairs((substrate, coating) =>
        {
            foreach (var match in new LatticeMatchSearch { MaxAreaA2 = 120, MaxStrain = 0.06 }.Find(substrate, coating, Token))
            {
                PlaneBasis to = substrate.Basis(match.Substrate), from = coating.Basis(match.Coating);
                Assert.Equal(0, (match.Misfit.Apply(from.A) - to.A).Length, 9);
                Assert.Equal(0, (match.Misfit.Apply(from.B) - to.B).Length, 9);
                Assert.InRange(match.AreaA2, 0, 120);
                Assert.InRange(match.Misfit.LargestStrain, 0, 0.06 + 1e-9);
                Assert.Equal(Math.Abs(from.A.Cross(from.B)), match.CoatingAreaA2, 9);
            }
        });

    [Fact]
    public void Nothing_is_missed_that_trying_all_numbers_finds() =>
        Gen.Select(Gen.Double[2.5, 4], Gen.Double[-1.5, 1.5], Gen.Double[2.5, 4], Gen.Double[-1, 1], Gen.Double[2.5, 4]).Sample((a, skew, height, otherSkew, otherHeight) =>
        {
            // The symmetry of all lattices: without that of those that are only nearly symmetric.
            ImmutableArray<PlaneSupercell> everywhere = [PlaneSupercell.Identity, new(-1, 0, 0, -1)];
            var substrate = new PlaneLattice(new(3, 0, 0), new(skew, height, 0)) { Symmetries = everywhere };
            var coating = new PlaneLattice(new(a, 0, 0), new(otherSkew, otherHeight, 0)) { Symmetries = everywhere };
            var search = new LatticeMatchSearch { MaxAreaA2 = 40, MaxStrain = 0.1, Most = int.MaxValue };
            var found = search.Find(substrate, coating, Token).Select(match => Told(match.Substrate.Multiple, match.Coating.Multiple, match.Misfit)).ToHashSet();
            Assert.Equal(BruteForce(substrate, coating, 40, 0.1), found);
        }, iter: Effort.Iterations(10));

    [Fact]
    public void The_list_does_not_depend_on_how_the_lattices_lie_and_which_vectors_describe_them() =>
        Pairs((substrate, coating) =>
        {
            var search = new LatticeMatchSearch { MaxAreaA2 = 150 };
            var expected = search.Find(substrate, coating, Token).Select(Essence).ToArray();
            Assert.Equal(expected, search.Find(Rotated(substrate, 1.234, PlaneSupercell.Identity), coating, Token).Select(Essence));
            Assert.Equal(expected, search.Find(substrate, Rotated(coating, -0.7, new(1, 2, 0, 1)), Token).Select(Essence));
            Assert.Equal(expected, search.Find(Rotated(substrate, 0.4, new(2, 1, 1, 1)), Rotated(coating, 3, new(0, 1, -1, 3)), Token).Select(Essence));
        });

    [Fact]
    public void The_best_are_the_same_however_many_are_asked_for()
    {
        var all = new LatticeMatchSearch { MaxAreaA2 = 250, Most = int.MaxValue }.Find(Oblique, Skewed, Token);
        Assert.True(all.Length > 50);
        for (var most = 1; most < 50; most += 7)
            Assert.Equal(all.Take(most), new LatticeMatchSearch { MaxAreaA2 = 250, Most = most }.Find(Oblique, Skewed, Token));
        Assert.Equal(all.OrderBy(match => match.AreaA2).ThenBy(match => Math.Round(match.Misfit.VonMisesStrain, 7)).Select(match => match.Misfit.VonMisesStrain), all.Select(match => match.Misfit.VonMisesStrain));
    }

    [Fact]
    public async Task Areas_and_strains_are_those_of_pymatgen()
    {
        (PlaneLattice Substrate, PlaneLattice Coating, double MaxAreaA2)[] pairs =
            [(NiO001, LiF001, 60), (Si001, Quartz0001, 300), (LiCoO2_003, Li3ScF6_001, 200), (Rutile110, LiF001, 100), (Rutile110, Quartz0001, 250), (Skewed, Oblique, 90), (LiCoO2_104, Oblique, 120)];
        var request = JsonSerializer.Serialize(pairs.Select(pair => new object[] { Rows(pair.Substrate), Rows(pair.Coating), pair.MaxAreaA2 }));
        // The tolerances leave nothing out that is strained by 4 %; what is turned over, a multiple of a smaller match, or strained by more is taken out after.
        var answer = await OtherReader.AskAsync("pymatgen", """
            import numpy as np
            from math import gcd
            from pymatgen.analysis.interfaces.zsl import ZSLGenerator
            from pymatgen.analysis.elasticity.strain import Deformation
            answer = []
            for substrate, film, max_area in json.loads(text):
                substrate, film = np.array(substrate), np.array(film)
                generator = ZSLGenerator(max_area_ratio_tol=0.5, max_area=max_area, max_length_tol=0.05, max_angle_tol=0.12, bidirectional=True)
                matches = set()
                mirrored = lambda v: min(abs(np.dot(v[0], v[1])), abs(2 * abs(np.dot(v[0], v[1])) - min(np.dot(v[0], v[0]), np.dot(v[1], v[1])))) < 1e-9
                for match in generator(film, substrate):
                    f, s = np.array(match.film_sl_vectors), np.array(match.substrate_sl_vectors)
                    if np.cross(f[0], f[1])[2] * np.cross(s[0], s[1])[2] < 0 and not (mirrored(film) or mirrored(substrate)): continue
                    stretches = np.linalg.svd(np.transpose(np.linalg.solve(f[:, :2], s[:, :2])), compute_uv=False)
                    if max(abs(stretches - 1)) > 0.04: continue
                    t, u = np.rint(np.linalg.solve(film[:, :2].T, f[:, :2].T)).T, np.rint(np.linalg.solve(substrate[:, :2].T, s[:, :2].T)).T
                    both = np.hstack([u, t]).astype(int)
                    if gcd(*[int(both[0, i] * both[1, j] - both[0, j] * both[1, i]) for i in range(4) for j in range(i)]) != 1: continue
                    strain = Deformation(match.match_transformation).green_lagrange_strain
                    matches.add((round(match.match_area, 9), float(strain.von_mises_strain)))
                answer.append(sorted(matches))
            """, request);
        // Not the other way round: pymatgen compares shortest vectors only, and leaves out the largest multiple.
        foreach (var ((substrate, coating, maxArea), theirs) in pairs.Zip(answer.EnumerateArray()))
        {
            var ours = new LatticeMatchSearch { MaxAreaA2 = maxArea * 1.1, MaxStrain = 0.04, Most = int.MaxValue }.Find(substrate, coating, Token);
            Assert.True(theirs.GetArrayLength() > 0);
            foreach (var their in theirs.EnumerateArray())
                Assert.Contains(ours, match => Math.Abs(match.CoatingAreaA2 - their[0].GetDouble()) < 1e-6 && Math.Abs(match.Misfit.VonMisesStrain - their[1].GetDouble()) < 1e-8);
        }
    }

    [Fact]
    public void A_shared_stretch_brings_both_lattices_together() =>
        Gen.Select(Gen.Double[-0.2, 0.2].Array[4], Gen.Double[0, 1], Gen.Double[-3, 3]).Sample((f, share, angle) =>
        {
            var misfit = new PlaneDeformation(Math.Cos(angle), -Math.Sin(angle), Math.Sin(angle), Math.Cos(angle)) * new PlaneDeformation(1 + f[0], f[1], f[2], 1 + f[3]);
            var onCoating = misfit.WithStretch(1 - share);
            var onSubstrate = onCoating * misfit.Inverse;
            // The substrate is stretched, not turned.
            Assert.Equal(0, onSubstrate.RotationDegrees, 1e-9);
            Assert.Equal(onSubstrate.Xy, onSubstrate.Yx, 1e-9);
            Assert.Equal(misfit.RotationDegrees, onCoating.RotationDegrees, 1e-9);
            Assert.Equal((misfit.Xx, misfit.Xy, misfit.Yx), misfit.WithStretch(1) is var all ? (all.Xx, all.Xy, all.Yx) : default, Near);
            Assert.Equal(0, misfit.WithStretch(0).LargestStrain, 1e-9);
            var half = misfit.WithStretch(0.5);
            Assert.Equal(Math.Sqrt(1 + misfit.LargestStretch), 1 + half.LargestStretch, 1e-9);
            Assert.Equal(Math.Sqrt(1 + misfit.SmallestStretch), 1 + half.SmallestStretch, 1e-9);
        }, iter: Effort.Iterations(200));

    [Fact]
    public void The_nearest_miss_is_the_smallest_strain_there_is()
    {
        var search = new LatticeMatchSearch { MaxAreaA2 = 9, MaxStrain = 0.01 };
        Assert.Empty(search.Find(NiO001, LiF001, Token));
        Assert.Equal(4.177 / 4.0263 - 1, search.NearestMiss(NiO001, LiF001, Token)!.Misfit.LargestStrain, 9);
        Assert.Null(search.NearestMiss(NiO001, Square(20), Token));
    }

    [Fact]
    public void Says_which_limits_make_no_sense()
    {
        Assert.Contains("0 Å²", Refused("DF1620", new() { MaxAreaA2 = 0 }), StringComparison.Ordinal);
        Assert.Contains("8.72 Å²", Refused("DF1620", new() { MaxAreaA2 = 5 }), StringComparison.Ordinal);
        Assert.Contains("NaN", Refused("DF1620", new() { MaxAreaA2 = double.NaN }), StringComparison.Ordinal);
        Assert.Contains("largest strain of 0 ", Refused("DF1620", new() { MaxStrain = 0 }), StringComparison.Ordinal);
        Assert.Contains("largest strain of 5 ", Refused("DF1620", new() { MaxStrain = 5 }), StringComparison.Ordinal);
        Assert.Contains("0 matches", Refused("DF1620", new() { Most = 0 }), StringComparison.Ordinal);
        Assert.Contains("4053 Å²", Refused("DF1625", new() { MaxAreaA2 = 1e9 }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_skewed_beyond_use_is_refused()
    {
        var skewed = new PlaneLattice(new(3, 0, 0), new(3e6, 3, 0));
        Assert.Contains("skewed", Assert.Throws<DftFlowException>(() => new LatticeMatchSearch().Find(skewed, NiO001, Token)).Message, StringComparison.Ordinal);
        Assert.Contains("skewed", Assert.Throws<DftFlowException>(() => new LatticeMatchSearch().Find(NiO001, skewed, Token)).Message, StringComparison.Ordinal);
        Assert.NotEmpty(new LatticeMatchSearch().Find(new(new(3, 0, 0), new(60, 3, 0)), NiO001, Token));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Refused(string code, LatticeMatchSearch search)
    {
        var error = Assert.Throws<DftFlowException>(() => search.Find(NiO001, LiF001, Token));
        Assert.Equal(code, error.Code);
        return error.Message + error.Hint;
    }

    private static void Pairs(Action<PlaneLattice, PlaneLattice> test)
    {
        PlaneLattice[] all = [NiO001, Quartz0001, Rutile110, Oblique, LiCoO2_104];
        foreach (var substrate in all)
            foreach (var coating in all) test(substrate, coating);
    }

    private static HashSet<string> BruteForce(PlaneLattice substrate, PlaneLattice coating, double maxArea, double maxStrain)
    {
        const int reach = 9;
        var found = new HashSet<string>();
        for (var n = 1; n * substrate.AreaA2 <= maxArea; n++)
            foreach (var cell in PlaneSupercell.OfMultiple(n).Select(cell => PlaneBasis.Reduce(substrate.Basis(cell))))
                for (var x = -reach; x <= reach; x++)
                    for (var y = -reach; y <= reach; y++)
                    {
                        var first = coating.A * x + coating.B * y;
                        if (first.Length * (1 + maxStrain) < cell.A.Length - 1e-8 || first.Length * (1 - maxStrain) > cell.A.Length + 1e-8) continue;
                        for (var u = -reach; u <= reach; u++)
                            for (var v = -reach; v <= reach; v++)
                            {
                                if (x * v - y * u <= 0) continue;
                                var misfit = PlaneDeformation.Between(first, coating.A * u + coating.B * v, cell.A, cell.B);
                                if (misfit.LargestStrain <= maxStrain + 1e-9 && Coprime(cell.Numbers, new(x, y, u, v))) found.Add(Told(n, x * v - y * u, misfit));
                            }
                    }
        return found;
    }

    // No smaller lattice holds both: there is no p/q, other than whole numbers, of the two rows that is whole in both.
    private static bool Coprime(PlaneSupercell s, PlaneSupercell t)
    {
        for (var divisor = 2; divisor <= Math.Min(s.Multiple, t.Multiple); divisor++)
            for (var i = 0; i < divisor; i++)
                for (var j = 0; j < divisor; j++)
                    if ((i, j) != (0, 0) && new[] { i * s.Aa + j * s.Ba, i * s.Ab + j * s.Bb, i * t.Aa + j * t.Ba, i * t.Ab + j * t.Bb }.All(k => k % divisor == 0)) return false;
        return true;
    }

    private static string Told(int substrate, int coating, PlaneDeformation misfit) =>
        string.Create(CultureInfo.InvariantCulture, $"{substrate} {coating} {misfit.VonMisesStrain:0.0000000} {misfit.AreaRatio:0.0000000}");

    // The rotation is told from the one first vector to the other: another choice of vectors, another rotation.
    private static string Essence(LatticeMatch match) =>
        string.Create(CultureInfo.InvariantCulture, $"{match.AreaA2:0.000000} {match.Misfit.VonMisesStrain:0.0000000}");

    private static PlaneLattice Rotated(PlaneLattice lattice, double angle, PlaneSupercell basis)
    {
        var chosen = lattice.Basis(basis);
        // About an oblique axis too, so that nothing rests on the plane being that of x and y.
        Vector3D x = new(Math.Cos(angle), 0.6 * Math.Sin(angle), 0.8 * Math.Sin(angle)), y = new(-Math.Sin(angle), 0.6 * Math.Cos(angle), 0.8 * Math.Cos(angle));
        return new(x * chosen.A.X + y * chosen.A.Y, x * chosen.B.X + y * chosen.B.Y);
    }

    private static double[][] Rows(PlaneLattice lattice) => [[lattice.A.X, lattice.A.Y, 0], [lattice.B.X, lattice.B.Y, 0]];

    private static bool Near(double x, double y) => Math.Abs(x - y) < 1e-12;

    private static bool Near((double, double, double) x, (double, double, double) y) =>
        Math.Abs(x.Item1 - y.Item1) + Math.Abs(x.Item2 - y.Item2) + Math.Abs(x.Item3 - y.Item3) < 1e-9;

    private static PlaneLattice Square(double a) => new(new(a, 0, 0), new(0, a, 0));

    private static PlaneLattice Hexagonal(double a) => new(new(a, 0, 0), new(-a / 2, a * Math.Sqrt(3) / 2, 0));

    // R-3m, hexagonal axes: [010] and, with the centring, (−4/3, −2/3, 1/3).
    private static PlaneLattice Plane104()
    {
        var lattice = Lattice.FromParameters(2.816, 2.816, 14.054, 90, 90, 120);
        return new(lattice.B, lattice.ToCartesian(new(-4 / 3.0, -2 / 3.0, 1 / 3.0)));
    }
}
