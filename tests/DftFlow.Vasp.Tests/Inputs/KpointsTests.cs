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
    public void Reads_the_meshes_of_the_corpus_and_refuses_its_other_forms()
    {
        var folder = TestPaths.Shared("vasp-corpus", "kpoints-variants-a");
        Assert.Equal(new Kpoints(MeshScheme.MonkhorstPack, 2, 4, 6), Kpoints.Parse(File.ReadAllText(Path.Combine(folder, "KPOINTS"))));
        Assert.Equal(new Kpoints(MeshScheme.Gamma, 4, 4, 4), Kpoints.Parse(File.ReadAllText(Path.Combine(folder, "KPOINTS_gamma"))));
        foreach (var other in (string[])["KPOINTS_Si_bands", "KPOINTS_auto", "KPOINTS_cartesian", "KPOINTS_explicit_tet", "KPOINTS_list"])
            Assert.Equal("DF1251", Assert.Throws<DftFlowException>(() => Kpoints.Parse(File.ReadAllText(Path.Combine(folder, other)))).Code);
    }

    [Fact]
    public void Damaged_files_give_no_other_error() =>
        Mutated.OnlyFailsWithItsOwnError(text => Kpoints.Parse(text), "mesh\n0\nGamma\n4 4 4\n0 0.5 0\n");

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
