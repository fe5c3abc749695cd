using System.Globalization;
using System.Text.Json;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>Every vasprun.xml of the corpus against every value stated for it; a value that nothing checks is a failure.</summary>
public partial class VasprunCorpusTests
{
    // Says how a value was found, or what another reader cannot do: no value of the file.
    private static readonly HashSet<string> Remarks = ["call", "how", "_seconds", "pdos_how", "note_noncollinear", "strict", "lenient", "lenient_without_dos_and_eigenvalues"];

    /// <summary>Where ours is another value than the corpus states, and why.</summary>
    private static readonly Dictionary<string, (object Ours, string Why)> Otherwise = new()
    {
        ["md-si-vasp632/vasprun.md.xml.gz converged_ionic"] = (true, Dynamics),
        ["md-si-vasp632/vasprun.md.xml.gz converged"] = (true, Dynamics),
        ["truncated-mno2-afm-relax/vasprun.xml converged_ionic"] = (false, CutOff),
        ["truncated-mno2-afm-relax/vasprun.xml converged"] = (false, CutOff),
        ["truncated-vasprun-bad-xml/vasprun.xml.gz converged_ionic"] = (false, CutOff),
        ["truncated-vasprun-bad-xml/vasprun.bad.xml.gz converged_ionic"] = (false, CutOff),
        ["truncated-vasprun-bad-xml/vasprun.bad.xml.gz converged"] = (false, CutOff),
    };

    private const string Dynamics = "molecular dynamics relaxes nothing, and stops where it was asked to";
    private const string CutOff = "of a relaxation that is cut off nothing says that it had reached EDIFFG";

    [Fact]
    public void Finds_every_stated_value_in_every_file()
    {
        var problems = new List<string>();
        int files = 0, values = 0;
        foreach (var (caseName, file, expected) in VaspCorpus.FilesOfKind("vasprun"))
        {
            files++;
            using var stream = VaspCorpus.Open(caseName, file);
            var check = new FileCheck($"{caseName}/{file}", Vasprun.Read(stream, VasprunContent.All, TestContext.Current.CancellationToken), problems);
            check.All(expected);
            values += check.Values;
        }
        Assert.True(problems.Count == 0, $"{problems.Count} of {values}\n" + string.Join('\n', problems.Take(60)));
        Assert.True(files >= 40 && values > 7000, $"only {files} files and {values} values were found");
    }

    [Theory]
    // As `grep -c` and `head` show them in the text.
    [InlineData("aborted-job-nbtini-large", "vasprun.xml", 253, 0, 1)]
    [InlineData("exit-status-set-si", "unfinished__vasprun.xml", 2, 0, 1)]
    [InlineData("truncated-outcar-and-vasprun", "vasprun.xml", 8, 18, 19)]
    public void Gives_what_is_whole_of_files_that_stop_early_or_hold_stars(string caseName, string file, int atoms, int steps, int begun)
    {
        using var stream = VaspCorpus.Open(caseName, file);
        var run = Vasprun.Read(stream, VasprunContent.All, TestContext.Current.CancellationToken);
        Assert.Equal((atoms, steps, begun), (run.Atoms.Length, run.IonicSteps.Length, run.Truncated!.IonicStep));
        Assert.Equal(atoms, run.InitialStructure!.Sites.Length);
        Assert.All(run.IonicSteps, step => Assert.Equal(atoms, step.Geometry!.ForcesEvPerA.Length));
        Assert.False(run.Converged);
    }

    /// <summary>One file's values against what was read.</summary>
    private sealed partial class FileCheck(string file, Vasprun run, List<string> problems)
    {
        public int Values { get; private set; }

        public void All(JsonElement expected)
        {
            foreach (var (name, value) in Properties(expected))
            {
                switch (name)
                {
                    case "raw_text": RawText(value); break;
                    case "vasp_version": Is(name, value.GetString(), run.Version); break;
                    case "n_ionic_steps": Is(name, value.GetInt32(), run.IonicSteps.Length); break;
                    case "converged": Is(name, value.GetBoolean(), run.Converged); break;
                    case "converged_electronic": Is(name, value.GetBoolean(), run.ElectronicConverged); break;
                    case "converged_ionic": Is(name, value.GetBoolean(), run.IonicConverged); break;
                    case "final_energy": Near(name, value, run.LastStep!.EnergyEv, 1e-9); break;
                    case "efermi": Near(name, value, run.FermiEnergyEv, 0); break;
                    case "is_spin": Is(name, value.GetBoolean(), run.Parameters.Whole("ISPIN") == 2); break;
                    case "is_hubbard": Is(name, value.GetBoolean(), run.Parameters.Flag("LDAU") ?? false); break;
                    case "hubbards": Hubbards(value); break;
                    case "run_type": RunType(value.GetString()!); break;
                    case "parameters": Parameters(name, value, run.Parameters); break;
                    case "incar": Parameters(name, value, run.Incar); break;
                    case "n_kpoints": Is(name, value.GetInt32(), run.KPoints.Length); break;
                    case "kpoint_weight_sum": Near(name, value, run.KPoints.Sum(k => k.Weight), 1e-9); break;
                    case "atomic_symbols_runs": Is(name, Text(value), JsonSerializer.Serialize(Runs(run.Atoms.Select(type => run.AtomTypes[type].Element!.Symbol)))); break;
                    case "potcar_titles": Is(name, Text(value), JsonSerializer.Serialize(run.AtomTypes.Select(type => type.Potential))); break;
                    case "initial_structure": StructureValues(name, value, run.InitialStructure); break;
                    case "final_structure" or "last_complete_step_structure": StructureValues(name, value, run.FinalStructure); break;
                    case "ionic_steps": IonicSteps(value); break;
                    case "eigenvalues": EigenvalueSums(value); break;
                    case "eigenvalue_band_properties": Edges(value); break;
                    case "total_dos": TotalDos(value); break;
                    case "pdos_n_sites": Is(name, value.GetInt32(), run.Dos?.Projected?.SiteCount); break;
                    case "pdos_orbitals": Is(name, Text(value), JsonSerializer.Serialize(run.Dos!.Projected!.Orbitals.Select(OtherName).Order(StringComparer.Ordinal))); break;
                    case "pdos_by_element": ProjectedDosSums(value); break;
                    default: Unchecked(name); break;
                }
            }
        }

        private void RawText(JsonElement stated)
        {
            foreach (var (name, value) in Properties(stated))
            {
                switch (name)
                {
                    case "version_string": Is(name, value.GetString()!.Trim(), run.Version); break;
                    case "well_formed_end": Is(name, value.GetBoolean(), run.Complete); break;
                    case "n_calculation_open_tags": Is(name, value.GetInt32(), run.Truncated?.IonicStep ?? run.IonicSteps.Length); break;
                    case "n_calculation_close_tags": Is(name, value.GetInt32(), run.IonicSteps.Length); break;
                    case "efermi_tags": Is(name, value.EnumerateArray().Select(Number).Cast<double?>().LastOrDefault(), run.FermiEnergyEv); break;
                    case "n_dos_blocks": Is(name, value.GetInt32() > 0, run.Dos is not null); break;
                    case "has_partial_dos": Is(name, value.GetBoolean(), run.Dos?.Projected is not null); break;
                    case "has_projected_eigenvalues": Is(name, value.GetBoolean(), run.ProjectedEigenvalues is not null); break;
                    case "has_star_overflow": Is(name, value.GetBoolean(), run.Warnings.Any(warning => warning.Contains("did not fit", StringComparison.Ordinal))); break;
                    case "last_step_n_scsteps":
                        Is(name, value.GetInt32(), run.LastStep?.ElectronicSteps ?? run.Truncated!.ElectronicSteps);
                        break;
                    case "last_scstep_energy_block":
                        foreach (var (part, energy) in Properties(value)) Is(part, Number(energy), run.LastElectronicEnergies.Single(e => e.Name == part).EnergyEv);
                        break;
                    case "last_step_energy_block":
                        foreach (var (part, energy) in Properties(value)) LastStepEnergy(part, Number(energy));
                        break;
                    default: Unchecked(name); break;
                }
            }
        }

        // VASP 5 labels energy(sigma→0) e_wo_entrp, and the entropy term, or zero, e_0_energy.
        private void LastStepEnergy(string name, double stated)
        {
            var step = run.LastStep!;
            var relabelled = name switch { "e_wo_entrp" => step.EnergyEv, "e_0_energy" => step.FreeEnergyEv - step.EnergyWithoutEntropyEv, _ => double.NaN };
            var ours = name switch
            {
                "e_fr_energy" => step.FreeEnergyEv,
                "e_wo_entrp" => step.EnergyWithoutEntropyEv,
                "e_0_energy" => step.EnergyEv,
                _ => step.OtherEnergies.Single(energy => energy.Name == name).EnergyEv,
            };
            Is(name, true, ours == stated || Math.Abs(relabelled - stated) < 1e-9);
        }

        private void Parameters(string where, JsonElement stated, VaspParameters found)
        {
            foreach (var parameter in stated.EnumerateObject())
                Is($"{where} {parameter.Name} = {parameter.Value} against {found.All.GetValueOrDefault(parameter.Name)}", true, Agree(parameter.Value, found.All.GetValueOrDefault(parameter.Name)));
        }

        private static bool Agree(JsonElement stated, ParameterValue? found) => (stated.ValueKind, found) switch
        {
            (JsonValueKind.Null, null) => true,
            (JsonValueKind.Number, ParameterValue.Whole { Value: var value }) => value == stated.GetDouble(),
            (JsonValueKind.Number, ParameterValue.Real { Value: var value }) => value == stated.GetDouble(),
            (JsonValueKind.True or JsonValueKind.False, ParameterValue.Flag { Value: var value }) => value == stated.GetBoolean(),
            (JsonValueKind.String, ParameterValue.Text { Value: var value }) => value == stated.GetString(),
            (JsonValueKind.Array, ParameterValue.List { Values: var values }) => values.Length == stated.GetArrayLength() && stated.EnumerateArray().Zip(values).All(pair => Agree(pair.First, pair.Second)),
            _ => false,
        };

        // U - J of each kind of atom.
        private void Hubbards(JsonElement stated)
        {
            foreach (var (symbol, value) in Properties(stated))
            {
                var type = run.AtomTypes.ToList().FindIndex(type => type.Element!.Symbol == symbol);
                Near("U of " + symbol, value, Of("LDAUU", type) - Of("LDAUJ", type), 1e-12);
            }

            double Of(string tag, int type) => ((ParameterValue.List)run.Incar.All[tag]).Values[type] is ParameterValue.Real { Value: var value } ? value : double.NaN;
        }

        // A label made from these parameters.
        private void RunType(string stated)
        {
            Is("run_type " + stated + " has U", stated.EndsWith("+U", StringComparison.Ordinal), run.Parameters.Flag("LDAU"));
            Is("run_type " + stated + " has nonlocal correlation", stated.EndsWith("+rVV10", StringComparison.Ordinal), run.Parameters.Flag("LUSE_VDW") ?? false);
            Is("run_type " + stated + " is a hybrid", stated.Contains("HSE", StringComparison.Ordinal) || stated.Contains("Hybrid", StringComparison.Ordinal), run.Parameters.Flag("LHFCALC"));
            var gga = stated.Split('+')[0] switch { "PBE" => "PE", "PBEsol" => "PS", "revPBE" => "RE", "GGA" => "--", _ => null };
            if (gga is not null) Is("run_type " + stated, gga, run.Parameters.Text("GGA")?.ToUpperInvariant());
            else if (stated == "R2SCAN") Is("run_type " + stated, stated, run.Incar.Text("METAGGA")?.ToUpperInvariant());
        }

        private static IEnumerable<(string Name, JsonElement Value)> Properties(JsonElement of) =>
            of.EnumerateObject().Where(property => !Remarks.Contains(property.Name)).Select(property => (property.Name, property.Value));

        private static List<object[]> Runs(IEnumerable<string> symbols)
        {
            var runs = new List<object[]>();
            foreach (var symbol in symbols)
            {
                if (runs is [.., [string same, int count]] && same == symbol) runs[^1][1] = count + 1;
                else runs.Add([symbol, 1]);
            }
            return runs;
        }

        private static string Text(JsonElement element) => JsonSerializer.Serialize(element);

        private static double Number(JsonElement element) => element.ValueKind == JsonValueKind.Number
            ? element.GetDouble()
            : double.TryParse(element.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;

        private void Unchecked(string name) => problems.Add($"{file}: nothing checks {name}");

        private void Is<T>(string what, T stated, T found)
        {
            Values++;
            object? expected = Otherwise.TryGetValue($"{file} {what}", out var other) ? other.Ours : stated;
            if (!Equals(expected, found)) problems.Add($"{file}: {what}: {expected} expected, {found} found");
        }

        private void Near(string what, JsonElement stated, double? found, double tolerance)
        {
            Values++;
            if (stated.ValueKind == JsonValueKind.Null && found is null) return;
            if (found is not { } number || !(Math.Abs(number - Number(stated)) <= tolerance || (double.IsNaN(number) && double.IsNaN(Number(stated))))) problems.Add($"{file}: {what}: {stated} expected, {found:R} found");
        }
    }
}
