using System.Text.Json;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>Every vasprun.xml of the corpus against the values stated for it.</summary>
public class VasprunCorpusTests
{
    [Fact]
    public void Finds_the_stated_values_in_every_file()
    {
        var problems = new List<string>();
        var files = 0;
        foreach (var (caseName, file, expected) in VaspCorpus.FilesOfKind("vasprun"))
        {
            files++;
            using var stream = VaspCorpus.Open(caseName, file);
            var run = Vasprun.Read(stream, VasprunContent.All, TestContext.Current.CancellationToken);
            var check = new Check($"{caseName}/{file}", expected, problems);
            check.That("complete", expected.At("raw_text", "well_formed_end")?.GetBoolean(), run.Complete);
            if (expected.At("n_ionic_steps") is null) continue;
            check.Same("vasp_version", run.Version);
            check.Number("final_energy", run.LastStep!.EnergyEv, 1e-9);
            check.Number("efermi", run.FermiEnergyEv, 0);
            check.Integer("n_ionic_steps", run.IonicSteps.Length);
            check.Integer("n_kpoints", run.KPoints.Length);
            check.Number("kpoint_weight_sum", run.KPoints.Sum(k => k.Weight), 1e-9);
            check.That("spin", expected.At("is_spin")?.GetBoolean(), run.SpinPolarized);
            check.That("converged_electronic", expected.At("converged_electronic")?.GetBoolean(), run.ElectronicConverged);
            // Molecular dynamics relaxes nothing, and of a file that is cut off nothing is claimed: there the corpus says otherwise.
            if (run.Complete && run.Parameters.Whole("IBRION") != 0)
                check.That("converged_ionic", expected.At("converged_ionic")?.GetBoolean(), run.IonicConverged);
            CheckParameters(check, expected, run);
            CheckSteps(check, expected, run);
            CheckStructures(check, expected, run);
            CheckEigenvalues(check, expected, run);
            CheckDos(check, expected, run);
        }
        Assert.True(problems.Count == 0, string.Join('\n', problems.Take(40)));
        Assert.True(files >= 40, $"only {files} files were found");
    }

    private static void CheckParameters(Check check, JsonElement expected, Vasprun run)
    {
        foreach (var parameter in expected.GetProperty("parameters").EnumerateObject())
        {
            var found = run.Parameters.All.GetValueOrDefault(parameter.Name);
            var agrees = (parameter.Value.ValueKind, found) switch
            {
                (JsonValueKind.Null, null) => true,
                (JsonValueKind.Number, ParameterValue.Whole { Value: var value }) => value == parameter.Value.GetDouble(),
                (JsonValueKind.Number, ParameterValue.Real { Value: var value }) => value == parameter.Value.GetDouble(),
                (JsonValueKind.True or JsonValueKind.False, ParameterValue.Flag { Value: var value }) => value == parameter.Value.GetBoolean(),
                (JsonValueKind.String, ParameterValue.Text { Value: var value }) => value == parameter.Value.GetString(),
                _ => false,
            };
            check.That(parameter.Name + " = " + parameter.Value + " against " + found, true, agrees);
        }
        check.That("potentials", expected.At("potcar_titles")?.ToString(), JsonSerializer.Serialize(run.AtomTypes.Select(type => type.Potential)), Condense);
        var symbols = run.Atoms.Select(type => run.AtomTypes[type].Element!.Symbol).ToList();
        var runs = new List<object[]>();
        foreach (var symbol in symbols)
        {
            if (runs is [.., [string s, int n]] && s == symbol) runs[^1][1] = n + 1;
            else runs.Add([symbol, 1]);
        }
        check.That("atoms", expected.At("atomic_symbols_runs")?.ToString(), JsonSerializer.Serialize(runs), Condense);
    }

    private static void CheckSteps(Check check, JsonElement expected, Vasprun run)
    {
        foreach (var step in expected.GetProperty("ionic_steps").EnumerateArray())
        {
            var found = run.IonicSteps[step.GetProperty("index").GetInt32()];
            check.That("n_electronic", step.At("n_electronic")?.GetInt32(), found.ElectronicSteps);
            check.That("e_fr_energy", step.At("e_fr_energy")?.GetDouble(), found.FreeEnergyEv);
        }
        if (expected.GetProperty("ionic_steps").EnumerateArray().Last().At("max_force_norm") is { ValueKind: JsonValueKind.Number } force)
            check.Close("max_force_norm", force.GetDouble(), run.ForcesEvPerA.Max(f => f.Length), 1e-12);
    }

    private static void CheckStructures(Check check, JsonElement expected, Vasprun run)
    {
        foreach (var (name, structure) in new[] { ("initial_structure", run.InitialStructure), ("final_structure", run.FinalStructure) })
        {
            if (expected.At(name) is not { } stated || (!run.Complete && name == "final_structure")) continue;
            check.That(name, true, structure is not null);
            if (structure is null) continue;
            check.That(name + " n_sites", stated.GetProperty("n_sites").GetInt32(), structure.Sites.Length);
            check.Close(name + " volume", stated.GetProperty("volume").GetDouble(), structure.Lattice.Volume, 1e-9);
            var lastPosition = stated.GetProperty("last_frac_coords").EnumerateArray().Select(x => x.GetDouble()).ToArray();
            for (var axis = 0; axis < 3; axis++) check.Close(name + " position", lastPosition[axis], structure.Sites[^1].Fractional[axis], 1e-12);
        }
    }

    private static void CheckEigenvalues(Check check, JsonElement expected, Vasprun run)
    {
        if (expected.At("eigenvalues") is not { } stated) return;
        check.That("eigenvalues", true, run.Eigenvalues is not null);
        if (run.Eigenvalues is not { } eigenvalues) return;
        foreach (var (name, spin) in new[] { ("1", 0), ("-1", 1) })
        {
            if (stated.At(name) is not { } channel) continue;
            var shape = channel.GetProperty("shape").EnumerateArray().Select(x => x.GetInt32()).ToArray();
            check.That("eigenvalue k-points", shape[0], eigenvalues.KPointCount);
            check.That("eigenvalue bands", shape[1], eigenvalues.BandCount);
            check.That("first eigenvalue", channel.GetProperty("first").GetDouble(), eigenvalues.EnergiesEv(spin, 0)[0]);
            check.That("last eigenvalue", channel.GetProperty("last").GetDouble(), eigenvalues.EnergiesEv(spin, shape[0] - 1)[^1]);
            var occupied = 0.0;
            for (var k = 0; k < shape[0]; k++)
                foreach (var occupation in eigenvalues.Occupations(spin, k)) occupied += occupation * run.KPoints[k].Weight;
            // The stated sum is of the copy in <projected>, whose occupations differ in the last digits from the ordinary ones in two files.
            check.Close("occupations", channel.GetProperty("occupation_sum_weighted").GetDouble(), occupied, 3e-3);
        }
        if (expected.At("eigenvalue_band_properties") is not { } bands) return;
        var edges = BandEdges.Of(eigenvalues)!;
        check.Close("vbm", bands.GetProperty("vbm").GetDouble(), edges.HighestOccupiedEv, 1e-12);
        check.Close("cbm", bands.GetProperty("cbm").GetDouble(), edges.LowestUnoccupiedEv, 1e-12);
        if (edges.IsMetal) return;
        check.Close("gap", bands.GetProperty("gap").GetDouble(), edges.GapEv, 1e-9);
        check.That("direct", bands.GetProperty("is_direct").GetBoolean(), edges.IsDirect);
    }

    private static void CheckDos(Check check, JsonElement expected, Vasprun run)
    {
        if (expected.At("total_dos") is not { } stated) return;
        check.That("DOS", true, run.Dos is not null);
        if (run.Dos is not { } dos) return;
        check.That("DOS points", stated.GetProperty("n_points").GetInt32(), dos.EnergiesEv.Length);
        check.Close("DOS begin", stated.GetProperty("energy_first").GetDouble(), dos.EnergiesEv[0], 0);
        foreach (var (name, spin) in new[] { ("up", 0), ("down", 1) })
        {
            if (spin >= dos.Density.Length) continue;
            if (stated.At("sum_total_" + name) is { } sum) check.Close("DOS sum " + name, sum.GetDouble(), dos.Density[spin].Sum(), 1e-6);
            if (stated.At("integrated_last_" + name) is { } last) check.Close("DOS integral " + name, last.GetDouble(), dos.Integrated[spin][^1], 0);
        }
        if (expected.At("pdos_n_sites") is { } sites)
        {
            check.That("PDOS sites", sites.GetInt32(), dos.Projected?.SiteCount);
            check.That("PDOS orbitals", expected.At("pdos_orbitals")?.GetArrayLength(), dos.Projected?.Orbitals.Length);
        }
        check.That("PDOS", expected.At("raw_text", "has_partial_dos")?.GetBoolean(), dos.Projected is not null);
    }

    private static string Condense(string json) => json.Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);

    private sealed class Check(string file, JsonElement expected, List<string> problems)
    {
        public void That<T>(string what, T expectedValue, T value)
        {
            if (!EqualityComparer<T>.Default.Equals(expectedValue, value)) problems.Add($"{file}: {what}: {expectedValue} expected, {value} found");
        }

        public void That(string what, string? expectedValue, string value, Func<string, string> normalise) =>
            That(what, expectedValue is null ? null : normalise(expectedValue), normalise(value));

        public void Close(string what, double expectedValue, double? value, double tolerance)
        {
            if (value is not { } number || !(Math.Abs(number - expectedValue) <= tolerance)) problems.Add($"{file}: {what}: {expectedValue:R} expected, {value:R} found");
        }

        public void Number(string name, double? value, double tolerance)
        {
            if (expected.At(name) is not { } stated) That(name, null, value);
            else Close(name, stated.GetDouble(), value, tolerance);
        }

        public void Integer(string name, int value) => That(name, expected.At(name)?.GetInt32(), value);

        public void Same(string name, string? value) => That(name, expected.At(name)?.GetString(), value);
    }
}
