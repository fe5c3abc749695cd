using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>
/// The DOSCAR and EIGENVAL that gpaw-vasp wrote of an oxygen molecule (spin-polarised, LORBIT = 11, NEDOS = 20, two k-points). The values are
/// those of the vasprun.xml of the same run as pymatgen reads it.
/// </summary>
public class TablesOfGpawVaspTests
{
    [Fact]
    public void Reads_the_DOSCAR_of_gpaw_vasp()
    {
        using var stream = Open("DOSCAR");
        var doscar = Doscar.Read(stream, cancellation: TestContext.Current.CancellationToken);
        Assert.True(doscar.Complete);
        Assert.Empty(doscar.Warnings);
        Assert.StartsWith("oxygen molecule [gpaw-vasp", doscar.Header.System, StringComparison.Ordinal);
        Assert.Equal((2, 20, -2.60453231), (doscar.Header.IonCount, doscar.StatedGridPoints, doscar.FermiEnergyEv));
        Assert.Equal([4.2736, 4.2736], new[] { doscar.Dos!.Density[0].Sum(), doscar.Dos.Density[1].Sum() }.Select(sum => Math.Round(sum, 4)));
        var projected = doscar.Dos.Projected!;
        Assert.Equal((2, 2, 9), (projected.SiteCount, projected.ComponentCount, projected.Orbitals.Length));
        Assert.Equal(0.1709, Math.Round(Sum(projected[1, 1, projected.Orbitals.IndexOf("px")]), 4));
    }

    [Fact]
    public void Reads_the_EIGENVAL_of_gpaw_vasp()
    {
        using var stream = Open("EIGENVAL");
        var eigenval = Eigenval.Read(stream, TestContext.Current.CancellationToken);
        Assert.True(eigenval is { Complete: true, HasOccupations: true, ElectronCount: 12 });
        Assert.Equal([0.5, 0.5], eigenval.KPoints.Select(point => point.Weight));
        Assert.Equal((2, 2, 9), (eigenval.Eigenvalues!.SpinCount, eigenval.Eigenvalues.KPointCount, eigenval.Eigenvalues.BandCount));
        var edges = BandEdges.Of(eigenval.Eigenvalues)!;
        Assert.Equal((-3.4984, -1.7107), (Math.Round(edges.HighestOccupiedEv, 4), Math.Round(edges.LowestUnoccupiedEv, 4)));
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum;
    }

    private static FileStream Open(string name) =>
        File.OpenRead(Path.Combine(TestPaths.Repository, "tests", "DftFlow.Vasp.Tests", "Outputs", "Samples", "oxygen-molecule", name));
}
