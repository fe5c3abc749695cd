using System.Text;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>Ionic steps: their geometry, their convergence, and what molecular dynamics and responses add to them.</summary>
public class VasprunStepsTests
{
    private const string Relaxation = """<i type="int" name="NELM">60</i><i type="int" name="NSW">3</i><i type="int" name="IBRION">2</i>""";

    private static readonly (string, string, string) Energies = ("-1", "-1", "-1");

    [Fact]
    public void Reads_every_step_on_request()
    {
        var sample = new SampleVasprun { Steps = [Energies, Energies, Energies] };
        var run = Read(sample, VasprunContent.Trajectory);
        Assert.Equal([1, 2, 3], run.IonicSteps.Select(step => step.Geometry!.StressKbar[0].X));
        Assert.All(run.IonicSteps, step => Assert.Equal(new Vector3D(0, 0, -0.5), step.Geometry!.ForcesEvPerA[1]));
        Assert.Equal(64, run.IonicSteps[1].Geometry!.Lattice!.Volume);
        Assert.Equal(run.FinalStructure, run.StructureAt(1));
        Assert.Equal(3, run.StressKbar[0].X);

        var without = Read(sample, VasprunContent.Structures);
        Assert.All(without.IonicSteps, step => Assert.Null(step.Geometry));
        Assert.Null(without.StructureAt(0));
        Assert.Equal(3, without.StressKbar[0].X);
        Assert.Empty(Read(sample, VasprunContent.Energies).StressKbar);
    }

    [Fact]
    public void A_step_whose_cell_has_no_volume_has_no_lattice()
    {
        var run = Read(new SampleVasprun().ToString().Replace("0.0 0.0 4.0", "0.0 4.0 0.0", StringComparison.Ordinal), VasprunContent.Trajectory);
        Assert.Null(run.IonicSteps[0].Geometry!.Lattice);
        Assert.Null(run.StructureAt(0));
        Assert.Null(run.FinalStructure);
        Assert.Contains(run.Warnings, warning => warning.Contains("no volume", StringComparison.Ordinal));
    }

    [Fact]
    public void Molecular_dynamics_has_more_energies()
    {
        var text = new SampleVasprun { ElectronicStep = "" }.ToString().Replace(
            "</energy>", """<i name="kinetic"> 16.25 </i><i name="nosepot"> -9.5 </i><i name="total"> -3.2 </i></energy>""", StringComparison.Ordinal);
        Assert.Equal([new("kinetic", 16.25), new("nosepot", -9.5), new("total", -3.2)], Read(text, VasprunContent.Energies).LastStep!.OtherEnergies);
    }

    [Fact]
    public void Steps_of_a_machine_learnt_force_field_are_told_and_left_out()
    {
        var text = new SampleVasprun().ToString().Replace("</modeling>", """<structure><crystal></crystal></structure><energy><i name="e_fr_energy">-1</i></energy></modeling>""", StringComparison.Ordinal);
        var run = Read(text, VasprunContent.All);
        Assert.Equal(-9.95, Assert.Single(run.IonicSteps).EnergyEv);
        Assert.Contains("machine-learnt", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    // As VASP lists them: all contributions with the first and the last step of a loop, the sums alone with those between.
    [InlineData("LEPSILON", "fsfsss", 3)]
    [InlineData("LCHIMAG", "ffss", 2)]
    [InlineData("LCALCEPS", "fssss", 5)]
    [InlineData("LASPH", "fsfsss", 6)]
    public void The_steps_of_a_response_are_not_steps_of_the_density(string flag, string steps, int expected)
    {
        const string Sums = """<i name="e_fr_energy">-1</i><i name="e_wo_entrp">-1</i><i name="e_0_energy">-1</i>""";
        var electronic = string.Concat(steps.Select(step => $"""<scstep><energy>{(step == 'f' ? """<i name="alphaZ">1</i><i name="ewald">2</i>""" : "")}{Sums}</energy></scstep>"""));
        var parameters = $"""<i type="int" name="NELM">5</i><i type="int" name="NSW">0</i><i type="logical" name="{flag}"> T </i>""";
        var run = Read(new SampleVasprun { Parameters = parameters, ElectronicStep = electronic }, VasprunContent.Energies);
        Assert.Equal(expected, run.LastStep!.ElectronicSteps);
        Assert.Equal(expected < 5, run.ElectronicConverged);
    }

    [Theory]
    [InlineData(Relaxation, 2, true, false, true)]
    [InlineData(Relaxation, 2, false, false, true)]
    [InlineData(Relaxation, 2, false, true, false)] // a STOPCAR, not the forces, ended it
    [InlineData(Relaxation, 3, false, false, false)]
    [InlineData(Relaxation, 3, true, false, true)] // the forces were small enough with the very last step
    [InlineData("""<i type="int" name="NELM">60</i><i type="int" name="NSW">0</i>""", 1, false, true, true)] // nothing was to be relaxed
    public void OUTCAR_knows_better_why_a_relaxation_ended(string parameters, int steps, bool reached, bool stopped, bool converged)
    {
        var run = Read(new SampleVasprun { Parameters = parameters, Steps = [.. Enumerable.Repeat(Energies, steps)] }, VasprunContent.Energies);
        Assert.Equal(converged, run.IonicConvergedWith(new Outcar { ReachedRequiredAccuracy = reached, StoppedByUser = stopped }));
    }

    [Fact]
    public void Tells_how_the_k_points_were_chosen()
    {
        const string Auto = """
            <generation param="Auto"><i name="subdivisionlength">     25.00000000 </i><v type="int" name="divisions">      11       9       7 </v>
            <v name="usershift">      0.00000000       0.00000000       0.50000000 </v><v name="genvec1">      0.09090909       0.00000000      -0.00000000 </v><v name="shift">      0.50000000       0.50000000       0.00000000 </v></generation>
            """;
        var mesh = Read(new SampleVasprun { KPointGeneration = Auto }, VasprunContent.Energies).KPointGeneration!;
        Assert.Equal(("Auto", 25.0), (mesh.Scheme, mesh.SubdivisionLengthA));
        Assert.Equal([11, 9, 7], mesh.Divisions);
        Assert.Equal((new Vector3D(0, 0, 0.5), new Vector3D(0.5, 0.5, 0)), (mesh.UserShift, mesh.Shift));
        Assert.Empty(mesh.PathPoints);

        const string Lines = """<generation param="listgenerated"><i name="divisions" type="int">      16 </i><v>       0.00000000       0.00000000       0.00000000 </v><v>       0.50000000       0.00000000       0.50000000 </v></generation>""";
        var path = Read(new SampleVasprun { KPointGeneration = Lines }, VasprunContent.Energies).KPointGeneration!;
        Assert.Equal(("listgenerated", 16), (path.Scheme, path.Divisions[0]));
        Assert.Equal([default, new Vector3D(0.5, 0, 0.5)], path.PathPoints);

        Assert.Null(Read(new SampleVasprun(), VasprunContent.Energies).KPointGeneration);
    }

    private static Vasprun Read(SampleVasprun sample, VasprunContent content) => Read(sample.ToString(), content);

    private static Vasprun Read(string text, VasprunContent content) =>
        Vasprun.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), content, TestContext.Current.CancellationToken);
}
