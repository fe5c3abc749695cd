using System.Text.Json;
using DftFlow.Analysis.Electronic;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Analysis.Electronic;

/// <summary>Every band centre stated for a vasprun.xml of the corpus.</summary>
public class BandCentreCorpusTests
{
    [Fact]
    public void Finds_every_stated_band_centre()
    {
        var problems = new List<string>();
        var centres = 0;
        foreach (var (caseName, file, expected) in VaspCorpus.FilesOfKind("vasprun"))
        {
            if (expected.At("pdos_by_element") is not { ValueKind: JsonValueKind.Object } byElement) continue;
            using var stream = VaspCorpus.Open(caseName, file);
            var run = Vasprun.Read(stream, VasprunContent.ProjectedDos, TestContext.Current.CancellationToken);
            foreach (var element in byElement.EnumerateObject())
                foreach (var shell in "spdf")
                    if (element.Value.At($"{shell}_band_centre_relative_to_efermi") is { } stated)
                        foreach (var centre in stated.EnumerateObject())
                        {
                            // Without spin the corpus repeats the total as "up".
                            if (!run.SpinPolarized && (centre.Name.EndsWith("_up", StringComparison.Ordinal) || centre.Name.EndsWith("_down", StringComparison.Ordinal))) continue;
                            centres++;
                            var found = Compute(run, new(Element.Parse(element.Name), shell.ToString()), centre.Name);
                            if (Agree(centre.Value, found)) continue;
                            problems.Add($"{caseName}/{file} {element.Name} {shell} {centre.Name}: {centre.Value} expected, {found:R} found");
                        }
        }
        Assert.True(problems.Count == 0, string.Join('\n', problems.Take(40)));
        Assert.True(centres >= 100, $"only {centres} centres were found");
    }

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

    private static bool Agree(JsonElement stated, double? found) => stated.ValueKind switch
    {
        JsonValueKind.Number => found is { } value && Math.Abs(value - stated.GetDouble()) < 1e-9,
        _ => found is null,
    };

    private static double? Compute(Vasprun run, ProjectedDosSelection selection, string name)
    {
        var spin = name.EndsWith("_up", StringComparison.Ordinal) ? "up" : name.EndsWith("_down", StringComparison.Ordinal) ? "down" : null;
        var window = name switch
        {
            _ when name.StartsWith("full", StringComparison.Ordinal) || name == "pymatgen_get_band_center" => EnergyWindow.Full,
            _ when name.StartsWith("occupied", StringComparison.Ordinal) => EnergyWindow.Occupied,
            "window_-8_to_0" => EnergyWindow.Parse("-8:0"),
            "window_-10_to_5" => EnergyWindow.Parse("-10:5"),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "not a window of the corpus"),
        };
        try
        {
            var centre = BandCentre.Compute(run, new(selection, window));
            return spin switch { "up" => centre.UpEv, "down" => centre.DownEv, _ => centre.TotalEv };
        }
        catch (DftFlowException error) when (error.Code == "DF3202")
        {
            return null;
        }
    }
}
