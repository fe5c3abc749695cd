using System.Text.Json;
using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;

namespace DftFlow.Tests.Vasp.Inputs;

/// <summary>What another reader finds in the files that are written here.</summary>
public class PymatgenReadsOurFilesTests
{
    [Fact]
    public async Task INCAR()
    {
        var incar = Incar.Of(new IncarTag("SYSTEM", "li mn o [a]", "line 1"), new IncarTag("ENCUT", 520), new IncarTag("EDIFF", 1.5e-7, "preset"), new IncarTag("ISMEAR", -5), new IncarTag("LWAVE", false),
            new IncarTag("LREAL", "Auto"), new IncarTag("ALGO", "Fast"), new IncarTag("MAGMOM", (double[])[0, 0, 4.5, -4.5, 0.6, 0.6, 0.6]), new IncarTag("LDAUU", (double[])[0, 3.9, 0]), new IncarTag("LDAUL", (int[])[-1, 2, -1]), new IncarTag("MYTAG", 1.5));
        const string script = "from pymatgen.io.vasp import Incar\nanswer = [dict(Incar.from_string(t)) for t in json.loads(text)]";
        foreach (var theirs in (await OtherReader.AskAsync("pymatgen.io.vasp", script, JsonSerializer.Serialize((string[])[incar.ToText(), incar.ToText(withOrigins: true)]))).EnumerateArray())
        {
            Assert.Equal(incar.Tags.Select(tag => tag.Name).Order(), theirs.EnumerateObject().Select(p => p.Name).Order());
            Assert.Equal("li mn o [a]", theirs.GetProperty("SYSTEM").GetString(), ignoreCase: true);
            Assert.Equal((520, 1.5e-7, -5), (theirs.GetProperty("ENCUT").GetDouble(), theirs.GetProperty("EDIFF").GetDouble(), theirs.GetProperty("ISMEAR").GetInt32()));
            Assert.Equal(("Auto", "Fast", false), (theirs.GetProperty("LREAL").GetString(), theirs.GetProperty("ALGO").GetString(), theirs.GetProperty("LWAVE").GetBoolean()));
            Assert.Equal(incar.Numbers("MAGMOM")!.Value, Numbers(theirs.GetProperty("MAGMOM")));
            Assert.Equal(incar.Numbers("LDAUU")!.Value, Numbers(theirs.GetProperty("LDAUU")));
            Assert.Equal(incar.Numbers("LDAUL")!.Value, Numbers(theirs.GetProperty("LDAUL")));
            // A tag that it does not know stays text with pymatgen.
            Assert.StartsWith("1.5", theirs.GetProperty("MYTAG").ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task KPOINTS()
    {
        const string script = """
            from pymatgen.io.vasp import Kpoints
            def read(t):
                k = Kpoints.from_string(t)
                return {'style': k.style.name, 'n': k.num_kpts, 'kpts': [list(p) for p in k.kpts], 'shift': list(k.kpts_shift), 'weights': k.kpts_weights, 'labels': k.labels, 'coord': k.coord_type, 'tet': [k.tet_number, k.tet_weight, k.tet_connections]}
            answer = [read(t) for t in json.loads(text)]
            """;
        KpointSampling[] samplings =
        [
            new Kpoints(MeshScheme.MonkhorstPack, 3, 2, 1, new(0, 0.5, 0)),
            new AutomaticMesh(25),
            new GeneralisedMesh(KpointCoordinates.Cartesian, new(0.25, 0, 0), new(0, 0.25, 0), new(0, 0, 0.25), new(0.5, 0.5, 0)),
            new KpointList(KpointCoordinates.Reciprocal, [new(default, 1), new(new(0.1, 0, 0.5), 2.5), new(new(0.5, 0.5, 0.5), 1), new(new(0, 0.5, 0.5), 1)], [new(6, 1, 2, 3, 4)], 0.25),
            new KpointPath(KpointCoordinates.Reciprocal, 40, [new(default, "G", new(0.5, 0.5, 0), "X"), new(new(0.5, 0.5, 0), "X", new(0.5, 0.75, 0.25), "W")]),
        ];
        var theirs = await OtherReader.AskAsync("pymatgen.io.vasp", script, JsonSerializer.Serialize(samplings.Select(sampling => sampling.ToText())));
        var (mesh, automatic, general, list, path) = (theirs[0], theirs[1], theirs[2], theirs[3], theirs[4]);
        Assert.Equal(("Monkhorst", "[[3,2,1]]", "[0.0,0.5,0.0]"), (mesh.GetProperty("style").GetString(), Condensed(mesh, "kpts"), Condensed(mesh, "shift")));
        Assert.Equal(("Automatic", "[[25]]"), (automatic.GetProperty("style").GetString(), Condensed(automatic, "kpts")));
        Assert.Equal(("Cartesian", "[[0.25,0.0,0.0],[0.0,0.25,0.0],[0.0,0.0,0.25]]", "[0.5,0.5,0.0]"), (general.GetProperty("style").GetString(), Condensed(general, "kpts"), Condensed(general, "shift")));
        Assert.Equal(("Reciprocal", 4, "[1.0,2.5,1.0,1.0]", "[1,0.25,[[6,[1,2,3,4]]]]"), (list.GetProperty("style").GetString(), list.GetProperty("n").GetInt32(), Condensed(list, "weights"), Condensed(list, "tet")));
        Assert.Equal(("Line_mode", 40, "Reciprocal", "[\"G\",\"X\",\"X\",\"W\"]"), (path.GetProperty("style").GetString(), path.GetProperty("n").GetInt32(), path.GetProperty("coord").GetString(), Condensed(path, "labels")));
        Assert.Equal("[[0.0,0.0,0.0],[0.5,0.5,0.0],[0.5,0.5,0.0],[0.5,0.75,0.25]]", Condensed(path, "kpts"));
    }

    [Fact]
    public async Task POSCAR()
    {
        var structure = new Structure(new Lattice(new(4.1, 0.2, -1e-5), new(-1 / 3.0, 5.3, 0.7), new(0.4, 0.1, 6.01)),
            [new(Element.Parse("Mn"), new(1e-7, 0.1, 1 / 3.0), new(true, false, true)), new(Element.Parse("O"), new(0.5, 0.7000000000000001, -0.25)), new(Element.Parse("Mn"), new(0.5, 0.1, 0.2))]);
        var moving = Poscar.Read(Poscar.Write(structure, "a comment")) with
        {
            VelocitiesAPerFs = [new(0.1, 1e-9, 1 / 3.0), default, new(-1, 2, 3)],
            PredictorCorrector = "1\n2.0\n0.1 0.2 0 0\n" + string.Concat(Enumerable.Repeat("1 2 3\n", 9)).TrimEnd(),
        };
        const string script = """
            from pymatgen.io.vasp import Poscar
            p = Poscar.from_string(text)
            answer = {'comment': p.comment, 'symbols': p.site_symbols, 'n': p.natoms, 'lattice': p.structure.lattice.matrix.tolist(), 'places': p.structure.frac_coords.tolist(), 'free': p.selective_dynamics, 'velocities': p.velocities, 'predictor': p.predictor_corrector}
            """;
        var theirs = await OtherReader.AskAsync("pymatgen.io.vasp", script, Poscar.Write(moving));
        Assert.Equal(("a comment", "[\"Mn\",\"O\",\"Mn\"]", "[1,1,1]"), (theirs.GetProperty("comment").GetString(), Condensed(theirs, "symbols"), Condensed(theirs, "n")));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(Vector(structure.Lattice[i]), Numbers(theirs.GetProperty("lattice")[i]));
            Assert.Equal(Vector(structure.Sites[i].Fractional), Numbers(theirs.GetProperty("places")[i]));
            Assert.Equal(Vector(moving.VelocitiesAPerFs[i]), Numbers(theirs.GetProperty("velocities")[i]));
        }
        Assert.Equal("[[true,false,true],[true,true,true],[true,true,true]]", Condensed(theirs, "free"));
        Assert.Equal(3, theirs.GetProperty("predictor").GetArrayLength());
    }

    private static double[] Vector(Vector3D v) => [v.X, v.Y, v.Z];

    private static IEnumerable<double> Numbers(JsonElement array) => array.EnumerateArray().Select(x => x.GetDouble());

    private static string Condensed(JsonElement element, string name) => element.GetProperty(name).GetRawText().Replace(" ", "", StringComparison.Ordinal);
}
