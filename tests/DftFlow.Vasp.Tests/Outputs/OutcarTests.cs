using System.Text;
using CsCheck;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

public class OutcarTests
{
    private static readonly string[] Pieces =
        [" average (electrostatic) potential at core", "\n", "1-", "|", "----", " E-fermi :", "NELECT =", "*", "1 2.5", "VERY BAD NEWS:", "EEEEEEE", "\u00e9\0"];

    [Fact]
    public void Reads_the_core_potentials_though_they_have_run_together()
    {
        var outcar = Read(
            """
             vasp.6.4.1 sample
             average (electrostatic) potential at core
              the test charge radii are     0.9577  0.7215
              (the norm of the test charge is              1.0000)
                   1 -71.4765       2-171.4764       3 -71.4772       4 -71.4775       5 -71.4703
                   6 -70.9053

             E-fermi :   4.4683     XC(G=0): -11.0287     alpha+bet :-11.2923
            """);
        Assert.Equal([-71.4765, -171.4764, -71.4772, -71.4775, -71.4703, -70.9053], outcar.CorePotentialsEv);
        Assert.Equal(4.4683, outcar.FermiEnergyEv);
        Assert.Equal("vasp.6.4.1 sample", outcar.Program);
        Assert.False(outcar.Complete);
    }

    [Fact]
    public void The_last_loop_tells_whether_the_electrons_converged()
    {
        const string Reached = "------------------------ aborting loop because EDIFF is reached -----\n";
        const string Missed = "------------------------ aborting loop EDIFF was not reached (unconverged) -----\n";
        Assert.True(Read("x\n" + Missed + Reached).ElectronicConverged);
        Assert.False(Read("x\n" + Reached + Missed).ElectronicConverged);
        Assert.Null(Read("x\n").ElectronicConverged);
    }

    [Theory]
    [InlineData("vasp6.bzint", "VERY BAD NEWS! internal error in subroutine BZINTS: Tetrahedron method fails (number of k-points < 4) 3")]
    [InlineData("vasp.pricelv", "PRICELV: current lattice and primitive lattice are incommensurate within SYMPREC.")]
    [InlineData("vasp.edddav", "Error EDDDAV: Call to ZHEGV failed. Returncode = 7 1 8")]
    [InlineData("vasp.zbrent", "ZBRENT: fatal error in bracketing")]
    public void Finds_why_a_run_stopped(string file, string expected)
    {
        using var stream = VaspCorpus.Open("errors-stdout-set-a", file);
        Assert.Equal(expected, StopMessage.Find(stream, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Finds_why_gpaw_vasp_stopped()
    {
        const string Box =
            """
             -----------------------------------------------------------------------------
            | Error in the input of gpaw-vasp 1.0.0, GPAW 22.8.0:
            |   INCAR: LORBIT = 5 is not supported.
             -----------------------------------------------------------------------------
            """;
        Assert.Equal("Error in the input of gpaw-vasp 1.0.0, GPAW 22.8.0: INCAR: LORBIT = 5 is not supported.", Read(Box).StopMessage);
    }

    [Fact]
    public void A_warning_or_advice_in_a_box_is_no_reason_to_stop()
    {
        const string Box =
            """
             -----------------------------------------------------------------------------
            |     W    W    AA    RRRRR   N    N  II  N    N   GGGG   !!!     |
            |     The number of bands was changed.  An ERROR it is not.       |
             -----------------------------------------------------------------------------
            """;
        Assert.Null(Read(Box).StopMessage);
    }

    [Fact]
    public void Any_text_is_taken_without_complaint() =>
        Gen.OneOf(Pieces.Select(Gen.Const).ToArray()).Array
            .Sample(parts => Read(string.Concat(parts)).Complete == false, iter: Effort.Iterations(5_000));

    private static Outcar Read(string text) => Outcar.Read(new MemoryStream(Encoding.UTF8.GetBytes(text + "\n")), OutcarContent.All, TestContext.Current.CancellationToken);
}
