using DftFlow.Vasp.Diagnoses;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Diagnoses;

/// <summary>The messages in the corpus' logs, labelled there with the names of custodian's handlers.</summary>
public class DiagnosesCorpusTests
{
    /// <summary>What a label of custodian's is here. Labels that are not named have the same name, or do not occur in the corpus.</summary>
    private static readonly Dictionary<string, string> Names = new()
    {
        ["algo_tet"] = "algo-tetrahedron",
        ["grad_not_orth"] = "gradient-not-orthogonal",
        ["mesh_symmetry"] = "mesh-symmetry",
        ["ksymm"] = "kpoint-symmetry",
        ["nicht_konv"] = "sbesseliter",
        ["point_group"] = "point-group",
        ["read_error"] = "incar-read",
        ["rot_matrix"] = "rotation-matrix",
        ["subspacematrix"] = "subspace-matrix",
        ["tet"] = "tetrahedron-kpoints",
        ["inv_rot_mat"] = "inverse-rotation",
        ["coef"] = "wavecar-read",
        ["pssyevx"] = "subspace-rotation",
        ["kpoints_trans"] = "kpoints-trans",
        ["auto_nbands"] = "nbands-changed",
    };

    [Fact]
    public void Finds_in_every_log_what_it_is_labelled_with_and_nothing_else()
    {
        var files = 0;
        foreach (var (caseName, file, expected) in VaspCorpus.FilesOfKind("log"))
        {
            using var stream = VaspCorpus.Open(caseName, file);
            var found = StandardOutput.Read(stream, TestContext.Current.CancellationToken).Diagnoses.Select(diagnosis => diagnosis.Id).Order(StringComparer.Ordinal);
            var labels = expected.GetProperty("custodian_error_labels").EnumerateObject()
                .SelectMany(handler => handler.Value.EnumerateArray()).Select(label => label.GetString()!)
                .Select(label => Names.GetValueOrDefault(label, label)).Order(StringComparer.Ordinal);
            Assert.True(labels.SequenceEqual(found), $"{caseName}/{file}: found [{string.Join(' ', found)}], labelled [{string.Join(' ', labels)}]");
            files++;
        }
        Assert.True(files >= 32, $"only {files} logs were found");
    }

    [Fact]
    public void Finds_in_all_OUTCARs_but_four_no_message_and_in_those_the_right_one()
    {
        var messages = new List<string>();
        foreach (var (caseName, file, _) in VaspCorpus.FilesOfKind("OUTCAR"))
        {
            using var stream = VaspCorpus.Open(caseName, file);
            foreach (var diagnosis in Outcar.Read(stream, cancellation: TestContext.Current.CancellationToken).Diagnoses)
                messages.Add($"{caseName}: {diagnosis.Id}");
        }
        Assert.Equal(
            ["aborted-job-nbtini-large: edddav", "bader-acf-lif: nbands-changed", "numbers-run-together-a: nbands-changed", "soc-no-molecule-chgcar: nbands-changed"],
            messages);
    }

    [Fact]
    public void Puts_together_a_message_that_a_box_has_broken()
    {
        using var stream = VaspCorpus.Open("errors-stdout-set-a", "vasp6.bzint");
        var output = StandardOutput.Read(stream, TestContext.Current.CancellationToken);
        const string Message = "VERY BAD NEWS! internal error in subroutine BZINTS: Tetrahedron method fails (number of k-points < 4) 3";
        Assert.Equal([new Diagnosis("tetrahedron-kpoints", DiagnosisClass.Physics, Message)], output.Diagnoses);
        Assert.Equal((Message, false), (output.StopMessage, output.Finished));
    }

    [Theory]
    [InlineData("exit-status-set-si", "converged__vasp_output", null)]
    [InlineData("dos-spin-mno2-fm-relax", "stdout.log", true)]
    [InlineData("soc-no-molecule-chgcar", "stdout.log", true)]
    [InlineData("errors-stdout-set-a", "vasp.pricelv", false)]
    public void Tells_from_the_last_words_whether_a_run_finished(string caseName, string file, bool? finished)
    {
        using var stream = VaspCorpus.Open(caseName, file);
        Assert.Equal(finished, StandardOutput.Read(stream, TestContext.Current.CancellationToken).Finished);
    }

    [Theory]
    [InlineData("exit-status-set-si", "converged__OUTCAR", "")]
    [InlineData("exit-status-set-si", "elec-unconverged__OUTCAR", "electronic-unconverged")]
    [InlineData("exit-status-set-si", "ionic-unconverged__OUTCAR.gz", "ionic-unconverged")]
    [InlineData("exit-status-set-si", "unfinished__OUTCAR", "cut-off")]
    [InlineData("truncated-mno2-afm-relax", "OUTCAR.gz", "cut-off")]
    [InlineData("truncated-outcar-and-vasprun", "OUTCAR.stopped.gz", "electronic-unconverged stopped")]
    [InlineData("aborted-job-nbtini-large", "OUTCAR", "edddav")]
    public void Tells_from_the_numbers_what_no_message_says(string caseName, string file, string expected)
    {
        using var stream = VaspCorpus.Open(caseName, file);
        var outcar = Outcar.Read(stream, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(expected, string.Join(' ', RunState.Of(outcar, null).Diagnose(outcar.Diagnoses).Select(diagnosis => diagnosis.Id)));
    }

    [Theory]
    [InlineData("error-positive-energy", "positive-energy")]
    [InlineData("error-nonconverging-scf", "electronic-unconverged")]
    public void Tells_from_the_course_of_the_energy_that_a_run_went_astray(string caseName, string expected)
    {
        using var stream = VaspCorpus.Open(caseName, "OSZICAR");
        var oszicar = Oszicar.Read(stream, TestContext.Current.CancellationToken);
        // These cases hold no OUTCAR: NELM is the 10 steps that every ionic step of the second one takes.
        var state = RunState.Of(null, oszicar.ElectronicSteps) with
        {
            Complete = true,
            EnergyEv = oszicar.IonicSteps[^1].FreeEnergyEv,
            ElectronicConverged = oszicar.ElectronicSteps[^1].Step < 10,
        };
        Assert.Equal(expected, string.Join(' ', state.Diagnose([]).Select(diagnosis => diagnosis.Id)));
    }
}
