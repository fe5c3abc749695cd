using CsCheck;
using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;

namespace DftFlow.Tests.Vasp.Inputs;

public class KpointsTests
{
    [Fact]
    public void Writes_a_mesh_and_reads_it_back()
    {
        var mesh = new Kpoints(MeshScheme.MonkhorstPack, 3, 2, 1, new(0, 0.5, 0));
        Assert.Equal("k-point mesh\n0\nMonkhorst-Pack\n3 2 1\n0 0.5 0\n", mesh.ToText());
        Assert.Equal(mesh, Kpoints.Parse(mesh.ToText()));
    }

    [Theory]
    [InlineData("x\n0\nGamma\n4 4 4\n", MeshScheme.Gamma)]
    [InlineData("x\r\n0 ! none\r\ngamma\r\n4\t4 4 # divisions\r\n0. 0. 0.", MeshScheme.Gamma)]
    [InlineData("x\n0\nM\n4 4 4\nno shift", MeshScheme.MonkhorstPack)]
    public void Reads_what_users_write(string text, MeshScheme scheme) => Assert.Equal(new Kpoints(scheme, 4, 4, 4), Kpoints.Parse(text));

    [Theory]
    [InlineData("", "DF1250", 1)]
    [InlineData("x\n0\nGamma\n", "DF1250", 4)]
    [InlineData("x\nzero\nGamma\n1 1 1", "DF1250", 2)]
    [InlineData("x\n0\nXanadu\n1 1 1", "DF1250", 3)]
    [InlineData("x\n0\nGamma\n4 4", "DF1250", 4)]
    [InlineData("x\n0\nGamma\n4 0 4", "DF1250", 4)]
    [InlineData("x\n0\nGamma\n4 4 1e9", "DF1250", 4)]
    [InlineData("x\n0\nGamma\n4 4 4\n0 0", "DF1250", 5)]
    public void Says_what_is_wrong(string text, string code, int line)
    {
        var error = Assert.Throws<DftFlowException>(() => Kpoints.Parse(text));
        Assert.Equal((code, line), (error.Code, error.Line));
    }

    [Fact]
    public void The_automatic_mesh_follows_from_the_cell()
    {
        var file = KpointsFile.Parse("all by itself\n0\nAuto ! fully\n 20 ! Å\n");
        Assert.Equal(new KpointsFile(new AutomaticMesh(20), "all by itself"), file);
        // By hand: 20/4 + 0.5 = 5.5, 20/8 + 0.5 = 3.0, 20/100 + 0.5 < 1.
        Assert.Equal(new Kpoints(MeshScheme.Gamma, 5, 3, 1), new AutomaticMesh(20).For(Lattice.FromParameters(4, 8, 100, 90, 90, 90)));
        // A hexagonal cell has |b| = 2/(√3 a): 20·2/(√3·3) + 0.5 = 8.2.
        Assert.Equal(8, new AutomaticMesh(20).For(Lattice.FromParameters(3, 3, 5, 90, 90, 120)).N1);
        Assert.Equal("DF1250", Assert.Throws<DftFlowException>(() => new AutomaticMesh(1e6).For(Lattice.FromParameters(3, 3, 5, 90, 90, 120))).Code);
    }

    [Fact]
    public void A_generalised_mesh_has_three_vectors_and_perhaps_a_shift()
    {
        const string text = "bcc\n0\nReciprocal\n0.25 0 0.0\n0 0.25 0.0\n0 0 0.25\n";
        var mesh = new GeneralisedMesh(KpointCoordinates.Reciprocal, new(0.25, 0, 0), new(0, 0.25, 0), new(0, 0, 0.25));
        Assert.Equal(mesh, KpointsFile.Parse(text).Sampling);
        Assert.Equal(mesh with { Coordinates = KpointCoordinates.Cartesian, Shift = new(0.5, 0, 0.5) }, KpointsFile.Parse(text.Replace("Reciprocal", "cart", StringComparison.Ordinal) + "0.5 0 .5D0 ! shift").Sampling);
    }

    [Fact]
    public void A_list_has_weights_perhaps_labels_and_perhaps_tetrahedra()
    {
        var list = new KpointList(KpointCoordinates.Reciprocal, [new(default, 1), new(new(0, 0, 0.5), 2.5, "X"), new(new(0.5, 0.5, 0.5), 0, "L point")], []);
        const string text = "x\n3 points\nfractional\n0 0 0 1.\n0 0 0.5 2.5 X ! zone boundary\n\n0.5 0.5 0.5 0 # L point\n";
        Assert.Equal(list, KpointsFile.Parse(text).Sampling);
        Assert.Equal(list with { Tetrahedra = [new(6, 1, 2, 3, 3)], TetrahedronVolume = 0.25 }, KpointsFile.Parse(text + "Tetrahedra\n1 0.25\n6 1 2 3 3\n").Sampling);
        Assert.Equal(list, KpointsFile.Parse(text + "and a note\n").Sampling);
    }

    [Fact]
    public void A_path_has_pieces_with_labels_behind_a_sign_or_bare()
    {
        var path = new KpointPath(KpointCoordinates.Reciprocal, 40, [new(default, "Γ", new(0.5, 0.5, 0), "X"), new(new(0.5, 0.5, 0), null, new(0.5, 0.75, 0.25), "W|U")]);
        Assert.Equal(path, KpointsFile.Parse("p\n40 ! per piece\nline mode\nfractional\n0 0 0 Γ\n0.5 0.5 0 ! X\n\n0.5 0.5 0\n0.5 0.75 0.25 # W|U\n\n// END *****\n").Sampling);
        Assert.Equal(path, KpointsFile.Parse("p\r\n40\r\nL\r\nr\r\n0\t0 0 !Γ\r\n \r\n0.5 0.5 0 X\r\n0.5 0.5 0\r\n0.5 0.75 0.25 W|U").Sampling);
    }

    [Fact]
    public void Every_form_is_written_in_the_same_way_each_time()
    {
        Assert.Equal("k-point automatic mesh\n0\nAuto\n12.5\n", new AutomaticMesh(12.5).ToText());
        Assert.Equal("a b\n0\nCartesian\n0.25 0 0\n0 0.25 0\n0 0 0.25\n0.5 0 0\n",
            new GeneralisedMesh(KpointCoordinates.Cartesian, new(0.25, 0, 0), new(0, 0.25, 0), new(0, 0, 0.25), new(0.5, 0, 0)).ToText("a\nb"));
        Assert.Equal("k-point list\n2\nReciprocal\n0 0 0 1\n0.1 0 0.3333333333333333 0.5 ! X\nTetrahedra\n1 0.25\n6 1 2 2 2\n",
            new KpointList(KpointCoordinates.Reciprocal, [new(default, 1), new(new(0.1, 0, 1 / 3.0), 0.5, "X")], [new(6, 1, 2, 2, 2)], 0.25).ToText());
        Assert.Equal("k-point path\n20\nLine-mode\nReciprocal\n0 0 0 ! Γ\n0.5 0 0\n\n0.5 0 0\n0 0 0.5 ! Z\n",
            new KpointPath(KpointCoordinates.Reciprocal, 20, [new(default, "Γ", new(0.5, 0, 0), null), new(new(0.5, 0, 0), null, new(0, 0, 0.5), "Z")]).ToText());
    }

    [Fact]
    public void Every_form_is_written_and_read_back()
    {
        var number = Gen.Double[-2, 2];
        var vector = Gen.Select(number, number, number).Select(v => new Vector3D(v.Item1, v.Item2, v.Item3));
        var coordinates = Gen.Bool.Select(cartesian => cartesian ? KpointCoordinates.Cartesian : KpointCoordinates.Reciprocal);
        var label = Gen.Int[0, 4].Select(i => ((string?[])[null, "X", "\\Gamma", "K|U", "a b"])[i]);
        var form = Gen.OneOf<KpointSampling>(
            Gen.Select(Gen.Int[1, 1000].Array[3], vector, Gen.Bool).Select(m => (KpointSampling)new Kpoints(m.Item3 ? MeshScheme.Gamma : MeshScheme.MonkhorstPack, m.Item1[0], m.Item1[1], m.Item1[2], m.Item2)),
            Gen.Double[1e-3, 1e3].Select(length => (KpointSampling)new AutomaticMesh(length)),
            Gen.Select(coordinates, vector.Array[4]).Select(m => (KpointSampling)new GeneralisedMesh(m.Item1, m.Item2[0], m.Item2[1], m.Item2[2], m.Item2[3])),
            Gen.Select(coordinates, Gen.Select(vector, number, label).Array[1, 9], Gen.Select(Gen.Int[0, 48], Gen.Int[1, 1]).Array[0, 5]).Select(m => (KpointSampling)new KpointList(m.Item1,
                [.. m.Item2.Select(point => new ListedKpoint(point.Item1, point.Item2, point.Item3))], [.. m.Item3.Select(t => new Tetrahedron(t.Item1, 1, 1, 1, t.Item2))], m.Item3.Length > 0 ? 0.125 : null)),
            Gen.Select(coordinates, Gen.Int[1, 100], Gen.Select(vector, label, vector, label).Array[1, 9]).Select(m => (KpointSampling)new KpointPath(m.Item1, m.Item2,
                [.. m.Item3.Select(s => new PathSegment(s.Item1, s.Item2, s.Item3, s.Item4))])));
        form.Sample(sampling => KpointsFile.Parse(sampling.ToText("x")) == new KpointsFile(sampling, "x") && KpointsFile.Parse(sampling.ToText()).Sampling.ToText() == sampling.ToText());
    }

    [Theory]
    [InlineData("x\n0\nAuto\n-1", 4)]
    [InlineData("x\n0\nReciprocal\n1 0 0\n0 1 0\n", 6)]
    [InlineData("x\n0\nReciprocal\n1 0 0\n0 1\n0 0 1\n", 5)]
    [InlineData("x\n2\nReciprocal\n0 0 0 1\n", 5)]
    [InlineData("x\n2\nReciprocal\n0 0 0 1\n0 0 0\n", 5)]
    [InlineData("x\n1000000000\nReciprocal\n0 0 0 1\n", 5)]
    [InlineData("x\n1\nReciprocal\n0 0 0 1\nTetra\n1000000000 1\n1 1 1 1 1\n", 8)]
    [InlineData("x\n1\nReciprocal\n0 0 0 1\nTetra\n1 1\n1 1 1 1 2\n", 7)]
    [InlineData("x\n10\nLine\nReciprocal\n0 0 0\n", 6)]
    [InlineData("x\n10\nLine\nReciprocal\nG\n", 5)]
    [InlineData("x\n10\n0 0 0 1\n", 3)]
    public void Says_which_line_of_another_form_is_wrong(string text, int line)
    {
        var error = Assert.Throws<DftFlowException>(() => KpointsFile.Parse(text));
        Assert.Equal(("DF1250", line), (error.Code, error.Line));
    }

    [Theory]
    [InlineData(MeshScheme.Gamma, 2, 2, 1, 4)]
    [InlineData(MeshScheme.MonkhorstPack, 2, 2, 1, 2)]
    [InlineData(MeshScheme.Gamma, 3, 3, 3, 14)]
    [InlineData(MeshScheme.MonkhorstPack, 3, 3, 3, 14)]
    [InlineData(MeshScheme.Gamma, 4, 4, 4, 36)]
    [InlineData(MeshScheme.MonkhorstPack, 4, 4, 4, 32)]
    public void Counts_points_without_their_opposites(MeshScheme scheme, int n1, int n2, int n3, long count) =>
        Assert.Equal(count, new Kpoints(scheme, n1, n2, n3).CountWithTimeReversal);

    [Fact]
    public void Counts_the_same_as_pairing_the_points_one_by_one()
    {
        foreach (var scheme in Enum.GetValues<MeshScheme>())
            foreach (var shift in (double[])[0, 0.5, 1, 0.25])
                for (var n = 1; n < 6; n++)
                {
                    var mesh = new Kpoints(scheme, n, 2, 1, new(shift, 0, 0));
                    Assert.Equal(Paired(mesh), mesh.CountWithTimeReversal);
                }
    }

    [Fact]
    public void Refuses_a_line_without_end() =>
        Assert.Equal(("DF1250", 4), Assert.Throws<DftFlowException>(() => KpointsFile.Parse("mesh\n0\nGamma\n4 4 4" + new string(' ', 100_000))) is var error ? (error.Code, error.Line) : default);

    [Fact]
    public void Damaged_files_give_no_other_error() =>
        Mutated.OnlyFailsWithItsOwnError(text => Assert.NotEmpty(KpointsFile.Parse(text).Sampling.ToText()), "mesh\n0\nGamma\n4 4 4\n0 0.5 0\n", "a\n0\nAuto\n10",
            "g\n0\nCart\n0.25 0 0\n0 0.25 0\n0 0 0.25\n0.5 0 0\n", "l\n2\nReciprocal\n0 0 0 1\n0 0 .5 2 X\nTetrahedra\n1 0.25\n6 1 2 2 2\n",
            "p\n20\nLine-mode\nReciprocal\n0 0 0 ! G\n0.5 0 0\n\n0.5 0 0 X\n0 0 0.5 # Z\n");

    private static int Paired(Kpoints mesh)
    {
        static double Wrapped(double x) => Math.Round(x - Math.Floor(x + 1e-9), 6) + 0.0;
        var points = new HashSet<(double, double, double)>();
        double Offset(int axis) => mesh.Shift[axis] + (mesh.Scheme == MeshScheme.MonkhorstPack && mesh[axis] % 2 == 0 ? 0.5 : 0);
        for (var i = 0; i < mesh.N1; i++)
            for (var j = 0; j < mesh.N2; j++)
                for (var k = 0; k < mesh.N3; k++)
                {
                    var point = new Vector3D((i + Offset(0)) / mesh.N1, (j + Offset(1)) / mesh.N2, (k + Offset(2)) / mesh.N3);
                    if (!points.Contains((Wrapped(-point.X), Wrapped(-point.Y), Wrapped(-point.Z)))) points.Add((Wrapped(point.X), Wrapped(point.Y), Wrapped(point.Z)));
                }
        return points.Count;
    }
}
