using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>Files of the corpus that stop early: the values that are stated for all files are held in DftFlow.Corpus.Tests.</summary>
public class VasprunCorpusTests
{
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
}
