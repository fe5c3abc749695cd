using System.Collections.Immutable;
using System.Text;
using CsCheck;
using DftFlow.Vasp.Diagnoses;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Diagnoses;

public class DiagnosesTests
{
    public static TheoryData<string, string> Messages => [.. KnownDiagnoses.All.SelectMany(known => known.Messages.Select(message => new TheoryDataRow<string, string>(known.Id, message)))];

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_known_message_is_found_in_a_line_and_broken_in_a_box(string id, string message)
    {
        Assert.Equal(id, Assert.Single(Said($" 12 {message} 34\n").Diagnoses).Id);
        var box = string.Concat(message.Split(' ').Select(word => $"|     {word}     |\n"));
        var found = Assert.Single(Said($" -------------------------------\n{box} -------------------------------\n").Diagnoses);
        Assert.Equal((id, message), (found.Id, found.Evidence));
    }

    [Fact]
    public void Every_id_is_there_once_in_small_letters_and_explained()
    {
        Assert.Equal(KnownDiagnoses.All.Length, KnownDiagnoses.All.Select(known => known.Id).Distinct().Count());
        Assert.All(KnownDiagnoses.All, known =>
        {
            Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", known.Id);
            Assert.EndsWith(".", known.Meaning, StringComparison.Ordinal);
            Assert.EndsWith(".", known.Remedy, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_documentation_lists_every_diagnosis_as_the_code_has_it()
    {
        var page = File.ReadAllText(Path.Combine(TestPaths.Repository, "docs", "diagnoses.md"));
        var table = string.Concat(KnownDiagnoses.All.Select(known =>
            $"| `{known.Id}` | {known.Class.ToString().ToLowerInvariant()} | {string.Join("<br>", known.Messages.Select(message => $"`{message}`"))} | {known.Meaning} | {known.Remedy} |\n"));
        Assert.True(page.EndsWith(table, StringComparison.Ordinal), "docs/diagnoses.md must end with this table:\n" + table);
    }

    [Fact]
    public void A_message_said_a_thousand_times_is_one_diagnosis_and_the_first_is_the_evidence()
    {
        var found = Said(string.Concat(Enumerable.Range(1, 1000).Select(i => FormattableString.Invariant($" BRMIX: very serious problems {i}\n"))));
        Assert.Equal(new Diagnosis("brmix", DiagnosisClass.Numerics, "BRMIX: very serious problems 1"), Assert.Single(found.Diagnoses));
    }

    [Fact]
    public void An_ordinary_output_holds_no_diagnosis() =>
        Assert.Empty(Said(" BZINTS: Fermi energy:  2.932574;384.000000 electrons\n POSCAR, INCAR and KPOINTS ok, starting setup\n writing wavefunctions\n").Diagnoses);

    [Fact]
    public void An_energy_that_swings_and_does_not_settle_is_told_from_one_that_converges()
    {
        var swinging = Loop(Enumerable.Range(0, 40).Select(i => -10 + 0.2 * (i % 2)));
        var settling = Loop(Enumerable.Range(0, 40).Select(i => -10 + Math.Pow(-0.6, i)));
        var falling = Loop(Enumerable.Range(0, 40).Select(i => -10 - 0.2 * i));
        Assert.Equal("scf-oscillating cut-off", Ids(new RunState { LastLoop = swinging }));
        Assert.Equal("cut-off", Ids(new RunState { LastLoop = settling }));
        Assert.Equal("cut-off", Ids(new RunState { LastLoop = falling }));
        Assert.Equal("electronic-unconverged scf-oscillating", Ids(new RunState { Complete = true, ElectronicConverged = false, EnergyEv = -10, LastLoop = swinging }));
        Assert.Equal("", Ids(new RunState { Complete = true, ElectronicConverged = true, EnergyEv = -10, LastLoop = swinging }));
    }

    [Theory]
    [InlineData(-30.0, "")]
    [InlineData(0.5, "positive-energy")]
    [InlineData(-1e5, "runaway-energy")]
    [InlineData(1e5, "runaway-energy")]
    [InlineData(double.NaN, "runaway-energy")]
    public void An_energy_that_no_two_atoms_can_have_is_found(double energy, string expected) =>
        Assert.Equal(expected, Ids(new RunState { Complete = true, AtomCount = 2, EnergyEv = energy }));

    [Fact]
    public void A_single_atom_which_has_nothing_to_be_bound_to_may_have_a_positive_energy() =>
        Assert.Equal("", Ids(new RunState { Complete = true, AtomCount = 1, EnergyEv = 0.5 }));

    [Fact]
    public void The_first_steps_of_a_loop_may_have_any_energy() =>
        Assert.Equal("cut-off", Ids(new RunState { AtomCount = 2, LastLoop = Loop([1e5, 1e4, 100]) }));

    [Fact]
    public void That_the_files_end_early_is_no_news_where_the_reason_is_known()
    {
        var timeLimit = Said("slurmstepd: error: *** JOB 1 ON node CANCELLED AT 2024-01-02T03:04:05 DUE TO TIME LIMIT ***\n").Diagnoses;
        Assert.Equal("time-limit", string.Join(' ', new RunState().Diagnose(timeLimit).Select(diagnosis => diagnosis.Id)));
        Assert.Equal("", Ids(new RunState { SaidWhy = true }));
        Assert.Equal("cut-off", Ids(new RunState { IonicStepCount = 3 }));
    }

    [Fact]
    public void The_evidence_gives_the_numbers()
    {
        var state = new RunState { Complete = true, ElectronicConverged = false, IonicStepCount = 1, ElectronicStepLimit = 3, LastLoop = Loop([-9, -10, -10.25]) };
        Assert.Equal(
            [new("electronic-unconverged", DiagnosisClass.Numerics, "ionic step 1 ended after 3 electronic steps (NELM = 3), the last of which changed the energy by -2.5E-01 eV")],
            state.Diagnose([]));
    }

    [Fact]
    public void Standard_output_gives_the_steps_and_the_last_words()
    {
        var output = Said(
            """
             running on    1 total cores
             vasp.6.4.2 sample
                   N       E                     dE             d eps       ncg     rms          rms(c)
            DAV:   1    -0.100000000000E+02   -0.10000E+02   -0.46618E+04   296   0.139E+03
               1 F= -.10000000E+02 E0= -.10000000E+02  d E =-.100000E+02
             reached required accuracy - stopping structural energy minimisation

            """);
        Assert.Equal(("vasp.6.4.2 sample", true, true), (output.Program, output.Finished, output.ReachedRequiredAccuracy));
        Assert.Equal(-10, Assert.Single(output.Steps.IonicSteps).EnergyEv);
    }

    [Fact]
    public void Any_standard_output_is_taken() =>
        Gen.Char["|-E RO!:\n\u00e9\0DAVF=1."].Array.Sample(text => Said(new string(text)).Diagnoses.Length == 0, iter: Effort.Iterations(5_000));

    private static StandardOutput Said(string text) =>
        StandardOutput.Read(new MemoryStream(Encoding.Latin1.GetBytes(text)), TestContext.Current.CancellationToken);

    private static string Ids(RunState state) => string.Join(' ', state.Diagnose([]).Select(diagnosis => diagnosis.Id));

    private static ImmutableArray<OszicarElectronicStep> Loop(IEnumerable<double> energies)
    {
        var previous = 0.0;
        var steps = ImmutableArray.CreateBuilder<OszicarElectronicStep>();
        foreach (var energy in energies)
        {
            steps.Add(new(1, steps.Count + 1, "DAV", energy, energy - previous));
            previous = energy;
        }
        return steps.ToImmutable();
    }
}
