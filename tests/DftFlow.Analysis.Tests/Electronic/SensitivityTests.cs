using DftFlow.Analysis.Electronic;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Analysis.Electronic;

public class SensitivityTests
{
    private static readonly ProjectedDosSelection OxygenP = new(Element.Parse("O"), "p");

    // O 2s about −20, O 2p from −6 to −2, nothing else; the band edges at −2 and 3.
    private static DosRun Oxide(double rigidShiftEv, double fermiEv) => Vasprun.Read(new SampleVasprun
    {
        EnergiesEv = [.. Enumerable.Range(0, 301).Select(i => -25 + i * 0.1)],
        FermiEnergyEv = fermiEv,
        Bands = [[[(-2 + rigidShiftEv, 1), (3 + rigidShiftEv, 0)]]],
        Projected = (site, _, orbital, energy) => (site, orbital, energy - rigidShiftEv) switch { (1, "s", > -20.51 and < -19.49) => 1, (1, "px", > -6.01 and < -1.99) => 1, _ => 0 },
    }.Stream(), VasprunContent.All, TestContext.Current.CancellationToken);

    [Fact]
    public void Every_window_meets_every_zero_and_what_cannot_be_had_is_null_with_a_reason()
    {
        var cells = Sensitivity.Of(Oxide(0, 0), new BandCentreRequest(OxygenP, EnergyWindow.Occupied));
        Assert.Equal(4 * Enum.GetValues<EnergyZero>().Length, cells.Length);
        Assert.All(cells, cell => Assert.True(cell.BandCentreEv is null == cell.Reason is not null));
        Assert.All(cells.Where(cell => cell.Zero is EnergyZero.Vacuum or EnergyZero.Core), cell => Assert.Null(cell.BandCentreEv));
        Assert.Contains("LOCPOT", cells.First(cell => cell.Zero == EnergyZero.Vacuum).Reason, StringComparison.Ordinal);
        Assert.Equal(-4, Cell(cells, "valence", EnergyZero.Fermi).BandCentreEv!.Value, 9);
        Assert.Equal(-2, Cell(cells, "manifold", EnergyZero.Vbm).BandCentreEv!.Value, 9);
        Assert.Equal(16, Cell(cells, "occupied", EnergyZero.Semicore).BandCentreEv!.Value, 9);
    }

    [Fact]
    public void A_rigid_shift_of_the_scale_is_seen_from_the_Fermi_level_alone()
    {
        // All bands 0.5 eV higher, the Fermi level where it was.
        var request = new BandCentreRequest(OxygenP, EnergyWindow.Valence);
        var cells = Sensitivity.Of(Oxide(0.5, 0), request, (Oxide(0, 0), request));
        Assert.Equal(0.5, Cell(cells, "valence", EnergyZero.Fermi).ShiftEv!.Value, 9);
        Assert.Equal(0, Cell(cells, "valence", EnergyZero.Vbm).ShiftEv!.Value, 9);
        Assert.Equal(0, Cell(cells, "valence", EnergyZero.Semicore).ShiftEv!.Value, 9);
        Assert.Equal(-3.5, Cell(cells, "valence", EnergyZero.None).BandCentreEv!.Value, 9);
        Assert.Equal(-4, Cell(cells, "valence", EnergyZero.None).MinusBandCentreEv!.Value, 9);
    }

    [Fact]
    public void Limits_hold_the_same_states_from_every_zero()
    {
        var cells = Sensitivity.Of(Oxide(0, -1), new BandCentreRequest(OxygenP, new EnergyWindow(-4, 0)));
        // From −5 to −1 on the file's scale: the states from −5 to −2, about −3.5 but for the flank at −2.
        var file = Cell(cells, "-4:0", EnergyZero.None).BandCentreEv!.Value;
        Assert.Equal(-3.5, file, 1);
        Assert.Equal(file + 1, Cell(cells, "-4:0", EnergyZero.Fermi).BandCentreEv!.Value, 9);
        Assert.Equal(file + 2, Cell(cells, "-4:0", EnergyZero.Vbm).BandCentreEv!.Value, 9);
        Assert.Equal(file + 20, Cell(cells, "-4:0", EnergyZero.Semicore).BandCentreEv!.Value, 9);
    }

    private static SensitivityCell Cell(IEnumerable<SensitivityCell> cells, string window, EnergyZero zero) => cells.Single(cell => cell.Window == window && cell.Zero == zero);
}
