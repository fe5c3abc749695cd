using System.Xml.Linq;
using DftFlow.Analysis.Electronic;
using DftFlow.Crystals;
using DftFlow.Reports.Figures;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Reports;

public class DosDrawingTests
{
    private static readonly ProjectedDosSelection OxygenP = new(Element.Parse("O"), "p");

    private static DosDrawingSystem System(string name, string metal, double fermiEv)
    {
        DosRun run = Vasprun.Read(new SampleVasprun
        {
            Elements = ["Li", metal, "O"], Components = 2, FermiEnergyEv = fermiEv, EnergiesEv = [.. Enumerable.Range(0, 121).Select(i => -8 + i * 0.1)],
            Projected = (site, _, orbital, energy) => (site, orbital) switch { (2, "px") => Math.Exp(-(energy + 3) * (energy + 3)), (1, "s") => 0.5 * Math.Exp(-(energy - 2) * (energy - 2)), _ => 0 },
        }.Stream(), VasprunContent.All, TestContext.Current.CancellationToken);
        var request = new BandCentreRequest(OxygenP, new EnergyWindow(-5, 0));
        return new(name, run, request, BandCentre.Compute(run, request));
    }

    [Fact]
    public void Two_systems_share_a_scale_and_tell_their_alignment_and_shift()
    {
        var drawing = new DosDrawing([System("LiMnO2", "Mn", 0), System("LiScO2", "Sc", 0.4)]);
        var svg = XDocument.Parse(drawing.Svg());
        var text = string.Concat(svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value));
        foreach (var words in (string[])["total", "O 2p", "Li", "Mn", "Sc", "own Fermi level", "shift", "centre", "DOS (states/eV)", "(eV)", "↑", "↓"])
            Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.Equal("85mm", svg.Root!.Attribute("width")!.Value);
        var png = drawing.Png();
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png[..4]);
    }

    [Fact]
    public void The_data_are_what_is_drawn_and_a_curve_that_a_system_has_not_is_empty()
    {
        var lines = new DosDrawing([System("A", "Mn", 0), System("B", "Sc", 0.4)]).Csv().Split('\n');
        var header = lines[0].Split(',');
        Assert.Equal(["system", "energy_ev", "total_up_states_per_ev", "total_down_states_per_ev", "O_2p_up_states_per_ev", "O_2p_down_states_per_ev"], header[..6]);
        var manganese = Array.IndexOf(header, "Mn_up_states_per_ev");
        Assert.Equal((1 + 2 * 121 + 1, "", "-8.4"), (lines.Length, lines[122].Split(',')[manganese], lines[122].Split(',')[1]));
        Assert.NotEqual("", lines[1].Split(',')[manganese]);
    }

    [Fact]
    public void Curves_that_are_named_are_drawn_and_no_others()
    {
        var header = new DosDrawing([System("A", "Mn", 0)], [new(Element.Parse("O"), "s"), new(Element.Parse("Mn"))], (-6, 2)).Csv().Split('\n')[0];
        Assert.Contains("O_2s_up", header, StringComparison.Ordinal);
        Assert.DoesNotContain("Li", header, StringComparison.Ordinal);
        Assert.Equal("DF3204", Assert.Throws<DftFlowException>(() => new DosDrawing([System("A", "Mn", 0)], [new(Element.Parse("Ni"))])).Code);
    }
}
