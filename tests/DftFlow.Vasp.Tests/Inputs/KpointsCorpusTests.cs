using System.Text.Json;
using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;

namespace DftFlow.Tests.Vasp.Inputs;

/// <summary>Every KPOINTS file of the corpus against the values stated for it.</summary>
public class KpointsCorpusTests
{
    [Fact]
    public void Finds_the_stated_values_in_every_file()
    {
        var forms = new Dictionary<string, int>();
        foreach (var (caseName, name, expected) in VaspCorpus.FilesOfKind("KPOINTS"))
        {
            var file = Read(caseName, name);
            // For meshes pymatgen puts a comment of its own in the place of the file's.
            var comment = expected.GetProperty("comment").GetString();
            if (comment is not ("Automatic kpoint scheme" or "Fully automatic kpoint scheme")) Assert.Equal(comment, file.Comment);
            var style = expected.GetProperty("style").GetString()!;
            var places = expected.GetProperty("kpts").EnumerateArray().ToArray();
            var shift = expected.GetProperty("kpts_shift");
            var count = expected.GetProperty("num_kpts").GetInt32();
            forms[file.Sampling.GetType().Name] = forms.GetValueOrDefault(file.Sampling.GetType().Name) + 1;
            switch (file.Sampling)
            {
                case Kpoints mesh:
                    Assert.Equal((style, 0), (mesh.Scheme == MeshScheme.Gamma ? "Gamma" : "Monkhorst", count));
                    Assert.Equal(places[0].EnumerateArray().Select(x => x.GetInt32()), [mesh.N1, mesh.N2, mesh.N3]);
                    Assert.Equal(Vector(shift), mesh.Shift);
                    break;
                case AutomaticMesh automatic:
                    Assert.Equal(("Automatic", places[0][0].GetDouble()), (style, automatic.LengthA));
                    break;
                case GeneralisedMesh general:
                    Assert.Equal((style, 0), (general.Coordinates.ToString(), count));
                    Assert.Equal([.. places.Select(Vector), Vector(shift)], new[] { general.First, general.Second, general.Third, general.Shift });
                    break;
                case KpointList list:
                    Assert.Equal((style, count), (list.Coordinates.ToString(), list.Points.Length));
                    Assert.Equal(expected.GetProperty("weights_sum").GetDouble(), list.Points.Sum(point => point.Weight), 1e-12);
                    // The corpus keeps the first points of long lists.
                    Assert.Equal(places.Select(Vector), list.Points.Take(places.Length).Select(point => point.Place));
                    var weights = expected.GetProperty("weights").EnumerateArray().Select(x => x.GetDouble()).ToArray();
                    Assert.Equal(weights, list.Points.Take(weights.Length).Select(point => point.Weight));
                    Assert.All(expected.GetProperty("labels").EnumerateArray(), label => Assert.Equal(JsonValueKind.Null, label.ValueKind));
                    Assert.All(list.Points, point => Assert.Null(point.Label));
                    Assert.Equal(expected.At("tet_weight")?.GetDouble(), list.TetrahedronVolume);
                    Assert.Equal(expected.At("tet_number")?.GetInt32() ?? 0, list.Tetrahedra.Length);
                    foreach (var (stated, found) in expected.At("tet_connections")?.EnumerateArray().Zip(list.Tetrahedra) ?? [])
                        Assert.Equal(new Tetrahedron(stated[0].GetInt32(), stated[1][0].GetInt32(), stated[1][1].GetInt32(), stated[1][2].GetInt32(), stated[1][3].GetInt32()), found);
                    break;
                case KpointPath path:
                    Assert.Equal(("Line_mode", count), (style, path.PointsPerSegment));
                    Assert.Equal(expected.GetProperty("coord_type").GetString(), path.Coordinates.ToString());
                    Assert.Equal(expected.GetProperty("n_kpts_listed").GetInt32(), 2 * path.Segments.Length);
                    Assert.Equal(places.Select(Vector), path.Segments.SelectMany(segment => new[] { segment.From, segment.To }));
                    Assert.Equal(expected.GetProperty("labels").EnumerateArray().Select(x => x.GetString()), path.Segments.SelectMany(segment => new[] { segment.FromLabel, segment.ToLabel }));
                    break;
            }
            var again = KpointsFile.Parse(file.Sampling.ToText(file.Comment));
            Assert.Equal(file, again);
        }
        Assert.Equal(5, forms.Count);
        Assert.True(forms.Values.Sum() >= 21);
    }

    [Fact]
    public void Where_a_mesh_is_wanted_the_other_forms_are_refused()
    {
        foreach (var other in (string[])["KPOINTS_Si_bands", "KPOINTS_auto", "KPOINTS_cartesian", "KPOINTS_explicit_tet", "KPOINTS_list"])
            Assert.Equal("DF1251", Assert.Throws<DftFlowException>(() => Kpoints.Parse(File.ReadAllText(TestPaths.Shared("vasp-corpus", "kpoints-variants-a", other)))).Code);
    }

    // N = int(max(1, 25·|b| + 0.5)) for the primitive cell of LiF, a = 4.0576 Å / √2 a side, |b| = √3 / 4.0576 Å⁻¹; the OUTCAR of this run has 11 x 11 x 11.
    [Fact]
    public void The_automatic_mesh_is_the_one_that_VASP_made()
    {
        using var poscar = VaspCorpus.Open("bader-acf-lif", "POSCAR");
        var automatic = Assert.IsType<AutomaticMesh>(Read("bader-acf-lif", "KPOINTS").Sampling);
        Assert.Equal(new Kpoints(MeshScheme.Gamma, 11, 11, 11), automatic.For(Poscar.Read(poscar, null, TestContext.Current.CancellationToken).Lattice));
    }

    private static KpointsFile Read(string caseName, string name)
    {
        using var stream = VaspCorpus.Open(caseName, name);
        return KpointsFile.Read(stream, TestContext.Current.CancellationToken);
    }

    private static Vector3D Vector(JsonElement numbers) => new(numbers[0].GetDouble(), numbers[1].GetDouble(), numbers[2].GetDouble());
}
