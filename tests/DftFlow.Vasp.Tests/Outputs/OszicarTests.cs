using System.Globalization;
using System.Text;
using CsCheck;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

public class OszicarTests
{
    private const string Text =
        """
               N       E                     dE             d eps       ncg     rms          rms(c)
        DAV:   1     0.123933430697E+04    0.12393E+04   -0.46618E+04   296   0.139E+03
        RMM:   2    -0.929138231423E+02    0.41998E-05   -0.12025E-05   189   0.163E-02
           1 F= -.92913823E+02 E0= -.92913800E+02  d E =-.913809E-04  mag=    12.0000
               N       E                     dE             d eps       ncg     rms          rms(c)
        DAV:   1    -0.930000000000E+02   -0.10000E-02    0.00000E+00   296   0.139E+03

        """;

    [Fact]
    public void Follows_the_file_as_it_grows()
    {
        var reader = new OszicarReader();
        foreach (var character in Text) reader.Append([character]);
        Assert.Equal(
            [
                new(1, 1, "DAV", 1239.33430697, 1239.3) { BandEnergyChangeEv = -4661.8, HamiltonianCount = 296, ResidualEv = 139 },
                new(1, 2, "RMM", -92.9138231423, 0.41998e-5) { BandEnergyChangeEv = -0.12025e-5, HamiltonianCount = 189, ResidualEv = 0.163e-2 },
                new(2, 1, "DAV", -93, -1e-3) { BandEnergyChangeEv = 0, HamiltonianCount = 296, ResidualEv = 139 },
            ],
            reader.ElectronicSteps);
        var step = Assert.Single(reader.IonicSteps);
        Assert.Equal((1, -92.913823, -92.9138, -0.913809e-4), (step.Step, step.FreeEnergyEv, step.EnergyEv, step.EnergyChangeEv!.Value));
        Assert.Equal([12], step.MagnetizationMub);
    }

    [Fact]
    public void Takes_no_number_from_a_line_that_is_half_written()
    {
        var reader = new OszicarReader();
        reader.Append("DAV:   1     0.1239");
        Assert.Empty(reader.ElectronicSteps);
        reader.Append("33430697E+04    0.12393E+04\n");
        Assert.Equal(1239.33430697, Assert.Single(reader.ElectronicSteps).EnergyEv);
    }

    [Theory]
    [InlineData("   1 F= -.96406476E+01 E0= -.96406476E+01  d E =-.442728-253", -0.442728e-253, 0)]
    [InlineData("   7 F= -.11035632E+02 E0= -.11036598E+02  d E =-.107462E+00  mag=     0.5745     0.5770     0.5804", -0.107462, 3)]
    [InlineData("  10 T=   300. E= -.32192482E+03 F= -.32776428E+03 E0= -.32773014E+03  EK= 0.10046E+02 SP= -.91E+01 SK= 0.49E+01", null, 0)]
    [InlineData("**** F= -.1E+01 E0= -.1E+01  d E =********", double.NaN, 0)]
    public void Reads_the_forms_that_ionic_steps_take(string line, double? change, int moments)
    {
        var step = Assert.Single(OszicarReader.Parse(line + "\n").IonicSteps);
        Assert.Equal(change, step.EnergyChangeEv);
        Assert.Equal(moments, step.MagnetizationMub.Length);
    }

    [Theory]
    [InlineData("-.442728-253", -0.442728e-253)]
    [InlineData("0.1E+03", 100)]
    [InlineData("-0.25D-02", -0.0025)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("123456789012345678901234567890", 1.2345678901234568e29)]
    [InlineData("4.9E-324", 4.9e-324)]
    [InlineData("1E999", double.PositiveInfinity)]
    [InlineData("NaN", double.NaN)]
    public void Reads_numbers_as_Fortran_prints_them(string number, double expected) =>
        Assert.Equal(expected, OszicarReader.Parse($"DAV: 1 {number} 0.0\n").ElectronicSteps[0].EnergyEv);

    [Fact]
    public void Parts_numbers_that_have_run_together()
    {
        var step = OszicarReader.Parse("DAV: 1 -0.162E-04-0.854E-05\nDAV: 2 10.5-20.25\n").ElectronicSteps;
        Assert.Equal((-0.162e-4, -0.854e-5), (step[0].EnergyEv, step[0].EnergyChangeEv));
        Assert.Equal((10.5, -20.25), (step[1].EnergyEv, step[1].EnergyChangeEv));
    }

    [Fact]
    public void Every_number_is_the_double_nearest_to_its_digits() =>
        Gen.OneOf(Gen.Double, Gen.Double[-1e4, 1e4], Gen.Double[-1, 1]).Sample(number =>
            new[] { "R", "E8", "F4", "E16" }.All(format =>
            {
                var text = number.ToString(format, CultureInfo.InvariantCulture);
                if (!double.IsFinite(number) || text.Length > 60) return true;
                return OszicarReader.Parse($"DAV: 1 {text} 0.0\n").ElectronicSteps[0].EnergyEv == double.Parse(text, CultureInfo.InvariantCulture);
            }), iter: Effort.Iterations(20_000));

    [Fact]
    public void Reads_a_step_of_molecular_dynamics()
    {
        var step = OszicarReader.Parse("  10 T=   300. E= -.32192482E+03 F= -.32776428E+03 E0= -.32773014E+03  EK= 0.10046E+02 SP= -.91E+01 SK= 0.49E+01 mag= 2.0\n").IonicSteps[0];
        Assert.Equal(new OszicarDynamics(300, -321.92482, 10.046, -9.1, 4.9), step.Dynamics);
        Assert.Equal((10, -327.76428, -327.73014, null), (step.Step, step.FreeEnergyEv, step.EnergyEv, step.EnergyChangeEv));
        Assert.Equal([2], step.MagnetizationMub);
    }

    [Fact]
    public void Reads_an_energy_that_ran_away()
    {
        var step = OszicarReader.Parse("RMM:  12   ********************   -0.31E+25    0.10E+00  4769   NaN\n").ElectronicSteps[0];
        Assert.Equal((double.NaN, -0.31e25, 0.1, 4769.0, double.NaN), (step.EnergyEv, step.EnergyChangeEv, step.BandEnergyChangeEv, step.HamiltonianCount, step.ResidualEv));
    }

    [Fact]
    public void Tells_where_the_text_ends()
    {
        var oszicar = Read(Text);
        Assert.Equal(new Truncation(Text.Length, 2, 1, "it ends before the ionic step does"), oszicar.Truncated);
        var firstStep = Text[..Text.LastIndexOf("       N ", StringComparison.Ordinal)];
        Assert.Null(Read(firstStep).Truncated);
        Assert.Equal(new Truncation(firstStep.Length - 1, 1, 2, "it ends within a line"), Read(firstStep[..^1]).Truncated);
        Assert.Equal(new Truncation(0, 0, 0, "the file is empty"), Read("").Truncated);
    }

    [Fact]
    public void At_every_byte_a_cut_leaves_the_lines_that_are_whole()
    {
        for (var length = 0; length <= Text.Length; length++)
        {
            var (cut, lines) = (Read(Text[..length]), Text[..length].Split('\n')[..^1]);
            Assert.Equal(lines.Count(line => line.Contains(':', StringComparison.Ordinal)), cut.ElectronicSteps.Count);
            Assert.Equal(lines.Count(line => line.Contains("F=", StringComparison.Ordinal)), cut.IonicSteps.Count);
        }
    }

    /// <summary>The sample is gpaw-vasp's own (two Li atoms); the values are pymatgen's reading of it.</summary>
    [Fact]
    public void Reads_what_gpaw_vasp_writes()
    {
        using var stream = File.OpenRead(Path.Combine(TestPaths.Repository, "tests", "DftFlow.Vasp.Tests", "Samples", "gpaw-vasp-OSZICAR"));
        var oszicar = Oszicar.Read(stream, TestContext.Current.CancellationToken);
        Assert.Equal((14, null), (oszicar.ElectronicSteps.Count, oszicar.Truncated));
        Assert.Equal([(-4.4502737, -4.4434622, 1.3985), (-4.5675425, -4.5539913, 0.5)], oszicar.IonicSteps.Select(step => (step.FreeEnergyEv, step.EnergyEv, step.MagnetizationMub[0])));
    }

    [Fact]
    public void Another_text_is_refused() =>
        Assert.Equal("DF1420", Assert.Throws<DftFlowException>(() => Read("Fe O\n1.0\n3 0 0\n")).Code);

    [Fact]
    public void More_steps_than_any_run_makes_are_refused() =>
        Assert.Equal("DF1421", Assert.Throws<DftFlowException>(() => Oszicar.Read(new RepeatedText("DAV: 1 1 1\n", 3_000_000), TestContext.Current.CancellationToken)).Code);

    [Fact]
    public void A_damaged_file_is_read_or_refused_and_nothing_else() =>
        Mutated.OnlyFailsWithItsOwnError(text => Read(text), Text);

    [Fact]
    public void Any_text_is_taken_without_complaint() =>
        Gen.Char["DAVRM:F=E0-+.*19 \n\u00e9"].Array.Sample(text => OszicarReader.Parse(text).ElectronicSteps.Count >= 0, iter: Effort.Iterations(5_000));

    private static Oszicar Read(string text) => Oszicar.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), TestContext.Current.CancellationToken);
}
