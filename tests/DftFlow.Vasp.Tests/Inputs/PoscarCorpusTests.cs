using System.Text.Json;
using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;

namespace DftFlow.Tests.Vasp.Inputs;

/// <summary>Every POSCAR and CONTCAR of the corpus against the values stated for it.</summary>
public class PoscarCorpusTests
{
    [Fact]
    public void Finds_the_stated_values_in_every_file()
    {
        var problems = new List<string>();
        var files = 0;
        foreach (var (caseName, name, expected) in VaspCorpus.FilesOfKind("POSCAR"))
        {
            files++;
            void Check(string what, bool holds)
            {
                if (!holds) problems.Add($"{caseName}/{name}: {what}");
            }

            using var stream = VaspCorpus.Open(caseName, name);
            var file = Poscar.Inspect(stream, TestContext.Current.CancellationToken);
            // pymatgen makes up names for files without any; so do we not.
            var named = expected.At("true_names")?.GetBoolean() ?? true;
            Check("elements", file.HasElements == named);
            if (named)
            {
                Check("site_symbols", expected.GetProperty("site_symbols").EnumerateArray().Select(x => x.GetString()).SequenceEqual(file.Blocks.Select(block => block.Element!.Symbol)));
                Check("species_runs", expected.GetProperty("species_runs").EnumerateArray().Select(run => (run[0].GetString(), run[1].GetInt32()))
                    .SequenceEqual(Poscar.Blocks(file.Structure).Select(block => ((string?)block.Element.Symbol, block.Count))));
                Check("formula", Composition.Parse(expected.GetProperty("formula").GetString()!).Equals(file.Structure.Composition));
                Check("positions of the structure", file.Structure.Sites.Select(site => site.Fractional).SequenceEqual(file.Positions));
            }
            if (expected.At("comment") is { } comment) Check("comment", comment.GetString() == file.Comment);
            Check("natoms", expected.GetProperty("natoms").EnumerateArray().Select(x => x.GetInt32()).SequenceEqual(file.Blocks.Select(block => block.Count)));
            Check("n_sites", expected.GetProperty("n_sites").GetInt32() == file.Positions.Length);
            for (var axis = 0; axis < 3; axis++) Check("lattice", Near(expected.GetProperty("lattice")[axis], file.Lattice[axis]));
            Check("volume", Math.Abs(expected.GetProperty("volume").GetDouble() - file.Lattice.Volume) < 1e-9 * file.Lattice.Volume);
            foreach (var (stated, place) in expected.GetProperty("first_frac_coords").EnumerateArray().Zip(file.Positions)) Check("first_frac_coords", Near(stated, place));
            Check("last_frac_coords", Near(expected.GetProperty("last_frac_coords"), file.Positions[^1]));
            CheckSelectiveDynamics(Check, expected.At("selective_dynamics"), file);
            // Where pymatgen fails: the same rows, read by hand.
            if (expected.At("has_velocities") is { } velocities) Check("has_velocities", velocities.GetBoolean() == !file.VelocitiesAPerFs.IsEmpty);
            if (expected.At("velocities_first") is { } first) Check("velocities_first", Near(first, file.VelocitiesAPerFs[0]));
            if (expected.At("has_predictor_corrector") is { } predictor) Check("has_predictor_corrector", predictor.GetBoolean() == file.PredictorCorrector is not null);
            Check("findings: " + string.Join(' ', file.Findings), file.Findings.IsEmpty);
        }
        Assert.True(problems.Count == 0, string.Join('\n', problems.Take(40)));
        Assert.True(files >= 50, $"only {files} files were found");
    }

    [Fact]
    public void Every_file_is_written_and_read_back()
    {
        foreach (var (caseName, name, _) in VaspCorpus.FilesOfKind("POSCAR"))
        {
            using var stream = VaspCorpus.Open(caseName, name);
            var file = Poscar.Inspect(stream, TestContext.Current.CancellationToken);
            if (!file.HasElements) continue;
            var again = Poscar.Read(Poscar.Write(file));
            Assert.Equal(file.Structure, again.Structure);
            Assert.Equal(file.VelocitiesAPerFs, again.VelocitiesAPerFs);
            Assert.Equal(file.PredictorCorrector, again.PredictorCorrector);
            Assert.Equal(Poscar.Write(file), Poscar.Write(again));
        }
    }

    // The file's end was shortened by its owners: two of fifteen rows are left of what would be the predictor's part, without its head.
    [Fact]
    public void A_contcar_on_which_pymatgen_fails_gives_its_velocities()
    {
        using var stream = VaspCorpus.Open("poscar-variants-a", "CONTCAR_Mg");
        var file = Poscar.Read(stream, null, TestContext.Current.CancellationToken);
        Assert.Equal(5, file.VelocitiesAPerFs.Length);
        Assert.Equal(new Vector3D(0.5, 0.66666667, 0.71608185), file.VelocitiesAPerFs[^1]);
        Assert.Null(file.PredictorCorrector);
    }

    private static void CheckSelectiveDynamics(Action<string, bool> check, JsonElement? stated, PoscarFile file)
    {
        check("selective_dynamics", stated is null == file.Free.IsEmpty);
        if (stated is not { } flags) return;
        check("selective_dynamics n", flags.GetProperty("n").GetInt32() == file.Free.Length);
        var first = flags.GetProperty("first");
        check("selective_dynamics first", file.Free[0] == new SelectiveDynamics(first[0].GetBoolean(), first[1].GetBoolean(), first[2].GetBoolean()));
        check("n_fully_fixed", flags.GetProperty("n_fully_fixed").GetInt32() == file.Free.Count(free => free == new SelectiveDynamics(false, false, false)));
        check("n_free", flags.GetProperty("n_free").GetInt32() == file.Free.Count(free => free == new SelectiveDynamics(true, true, true)));
    }

    private static bool Near(JsonElement stated, Vector3D found) => Enumerable.Range(0, 3).All(axis => Math.Abs(stated[axis].GetDouble() - found[axis]) < 1e-12);
}
