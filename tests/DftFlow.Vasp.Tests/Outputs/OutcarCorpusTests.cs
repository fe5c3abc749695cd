using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>What real OUTCARs hold beyond the values that are stated for them, which DftFlow.Corpus.Tests holds.</summary>
public class OutcarCorpusTests
{
    [Fact]
    public void Gives_the_bands_and_the_gap_that_the_vasprun_of_the_same_run_gives()
    {
        var runs = 0;
        foreach (var (caseName, outcarName, vasprunName) in (ReadOnlySpan<(string, string, string)>)
            [
                ("exit-status-set-si", "converged__OUTCAR", "converged__vasprun.xml"),
                ("exit-status-set-si", "ionic-unconverged__OUTCAR.gz", "ionic-unconverged__vasprun.xml"),
                ("dos-spin-mno2-fm-relax", "OUTCAR.gz", "vasprun.xml.gz"),
                ("soc-no-molecule-relax-vasp643", "OUTCAR.gz", "vasprun.xml"),
                ("static-mno2-afm-r2scan", "OUTCAR.gz", "vasprun.xml.gz"),
            ])
        {
            using var text = VaspCorpus.Open(caseName, outcarName);
            using var xml = VaspCorpus.Open(caseName, vasprunName);
            var outcar = Outcar.Read(text, OutcarContent.Eigenvalues, TestContext.Current.CancellationToken);
            var vasprun = Vasprun.Read(xml, VasprunContent.Eigenvalues, TestContext.Current.CancellationToken);
            var (ours, theirs) = (outcar.Eigenvalues!, vasprun.Eigenvalues!);
            Assert.Equal((theirs.SpinCount, theirs.KPointCount, theirs.BandCount), (ours.SpinCount, ours.KPointCount, ours.BandCount));
            for (var spin = 0; spin < theirs.SpinCount; spin++)
                for (var k = 0; k < theirs.KPointCount; k++)
                    for (var band = 0; band < theirs.BandCount; band++)
                    {
                        Assert.Equal(theirs.EnergiesEv(spin, k)[band], ours.EnergiesEv(spin, k)[band], 1e-4);
                        Assert.Equal(theirs.Occupations(spin, k)[band], ours.Occupations(spin, k)[band], 1e-4);
                    }
            Assert.Equal(BandEdges.Of(theirs)!.GapEv, BandEdges.Of(ours)!.GapEv, 2e-4);
            Assert.Equal(vasprun.IonicSteps.Select(step => step.ElectronicSteps), outcar.IonicSteps.Select(step => step.Energies.ElectronicSteps));
            Assert.Equal(vasprun.ElectronicConverged, outcar.ElectronicConverged);
            Assert.Equal(vasprun.AtomTypes, outcar.AtomTypes);
            runs++;
        }
        Assert.Equal(5, runs);
    }

    [Theory]
    [InlineData("converged__OUTCAR", OutcarEnding.Finished, true)]
    [InlineData("elec-unconverged__OUTCAR", OutcarEnding.Finished, false)]
    [InlineData("ionic-unconverged__OUTCAR.gz", OutcarEnding.StepsUsedUp, true)]
    [InlineData("unfinished__OUTCAR", OutcarEnding.CutOff, null)]
    public void Tells_how_a_run_ended(string file, OutcarEnding ending, bool? converged)
    {
        using var stream = VaspCorpus.Open("exit-status-set-si", file);
        var outcar = Outcar.Read(stream, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((ending, converged), (outcar.Ending, outcar.ElectronicConverged));
    }

    [Theory]
    [InlineData("truncated-outcar-and-vasprun", "OUTCAR.stopped.gz", OutcarEnding.Stopped)]
    [InlineData("truncated-outcar-and-vasprun", "OUTCAR.crashed", OutcarEnding.CutOff)]
    [InlineData("aborted-job-nbtini-large", "OUTCAR", OutcarEnding.Error)]
    [InlineData("dos-spin-mno2-fm-relax", "OUTCAR.gz", OutcarEnding.RequiredAccuracy)]
    public void Tells_a_stop_from_a_crash_and_from_an_error(string caseName, string file, OutcarEnding ending)
    {
        using var stream = VaspCorpus.Open(caseName, file);
        Assert.Equal(ending, Outcar.Read(stream, cancellation: TestContext.Current.CancellationToken).Ending);
    }

    [Fact]
    public void A_snapshot_of_a_running_relaxation_is_read_up_to_where_it_ends()
    {
        using var stream = VaspCorpus.Open("truncated-mno2-afm-relax", "OUTCAR.gz");
        var outcar = Outcar.Read(stream, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((1368274, 38, 1), (outcar.Truncated!.Byte, outcar.Truncated.IonicStep, outcar.Truncated.ElectronicSteps));
        Assert.Equal(-92.4627482, outcar.UnfinishedStep!.EnergyEv);
    }

    [Fact]
    public void Reads_the_block_of_a_Hubbard_U()
    {
        using var stream = VaspCorpus.Open("nio-ldau-static-vasp641", "OUTCAR.gz");
        var hubbard = Outcar.Read(stream, cancellation: TestContext.Current.CancellationToken).Hubbard!;
        Assert.Equal(2, hubbard.Type);
        Assert.Equal([2, 0], hubbard.Orbitals);
        Assert.Equal([6.2, 0], hubbard.UEv);
        Assert.Equal([0, 0], hubbard.JEv);
    }
}
