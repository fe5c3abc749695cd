using DftFlow.Analysis.Electronic;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Analysis.Electronic;

/// <summary>Real oxides: the band centres that are stated for them are held in DftFlow.Corpus.Tests.</summary>
public class BandCentreCorpusTests
{
    [Theory]
    [InlineData("vasprun-limno-approxneb", "vasprun.xml.relax1.gz", -20, -15)]
    [InlineData("reaction-energies-mgo", "MgO_Fm-3m_EaH_0.vasprun.xml.gz", -20, -14)]
    [InlineData("vasprun-v2o5-ldau-vasp641", "vasprun.xml.gz", -22, -14)]
    [InlineData("fulldir-ypo4-relax", "vasprun.xml.relax1.gz", -22, -14)]
    public void Finds_the_O_2s_level_of_real_oxides(string caseName, string file, double from, double to)
    {
        using var stream = VaspCorpus.Open(caseName, file);
        var run = Vasprun.Read(stream, VasprunContent.ProjectedDos, TestContext.Current.CancellationToken);
        var level = SemicoreLevel.Find(run, Element.Parse("O"), 's');
        Assert.InRange(level.CentreEv - run.FermiEnergyEv!.Value, from, to);
        Assert.InRange(level.StatesPerAtom, 1, 2.5);
    }
}
