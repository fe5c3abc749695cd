using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>OSZICARs of runs that broke off: the values that are stated for all files are held in DftFlow.Corpus.Tests.</summary>
public class OszicarCorpusTests
{
    [Theory]
    [InlineData("truncated-mno2-afm-relax", "OSZICAR", 38, 1)]
    [InlineData("aborted-job-nbtini-large", "OSZICAR", 1, 10)]
    public void Tells_in_which_step_a_run_broke_off(string caseName, string file, int ionicStep, int electronicSteps)
    {
        using var stream = VaspCorpus.Open(caseName, file);
        var truncated = Oszicar.Read(stream, TestContext.Current.CancellationToken).Truncated!;
        Assert.Equal((stream.Length, ionicStep, electronicSteps), (truncated.Byte, truncated.IonicStep, truncated.ElectronicSteps));
    }
}
