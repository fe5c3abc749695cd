using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;

namespace DftFlow.Tests.Analysis.Thermodynamics;

/// <summary>
/// The reference energies that the project carries. The expected numbers were computed from the same file with pymatgen
/// 2022.11.7 (PhaseDiagram, InterfacialReactivity, get_element_profile).
/// </summary>
public class ReferenceEnergiesTests
{
    private static readonly PhaseDiagram Diagram = Load();

    [Fact]
    public void The_file_holds_one_scale_with_eight_elements_and_nothing_suspicious()
    {
        var table = Read();
        Assert.Equal(1685, table.Entries.Count);
        Assert.Empty(table.Warnings);
        Assert.Equal(8, table.Entries.Count(entry => entry.EntryId.StartsWith("el-", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("LiF", -3.166415781250, 0)]
    [InlineData("Li2MnO3", -2.180748876808, 0)]
    [InlineData("Li3ScF6", -3.618825734500, 0.006026926500)]
    [InlineData("Li2.6In0.8Ta0.2Cl6", -1.881976365521, 0)]
    public void Hull_energies(string formula, double hullEv, double aboveHullEv)
    {
        var phase = Diagram.Stability(Composition.Parse(formula));
        Assert.Equal(hullEv, phase.FormationEnergyEvPerAtom - phase.EnergyAboveHullEvPerAtom, 1e-6);
        Assert.Equal(aboveHullEv, phase.EnergyAboveHullEvPerAtom, 1e-6);
    }

    [Fact]
    public void Li2MnO3_with_the_halide_electrolyte()
    {
        var reaction = Toy.React(Diagram, Composition.Parse("Li2MnO3"), Composition.Parse("Li2.6In0.8Ta0.2Cl6"));
        (double X, double EnergyEv)[] expected =
        [
            (0, 0), (0.111111111111, -0.022595539028), (0.238095238095, -0.045662036567), (0.448275862069, -0.054933721691),
            (0.466666666667, -0.055540647620), (0.576470588235, -0.055077420856), (0.623036649215, -0.051418634713),
            (0.639097744361, -0.049977782193), (0.652173913043, -0.048489969903), (1, 0),
        ];
        Assert.Equal(expected.Length, reaction.Kinks.Count);
        foreach (var (want, kink) in expected.Zip(reaction.Kinks))
        {
            Assert.Equal(want.X, kink.X, 1e-6);
            Assert.Equal(want.EnergyEv, kink.EnergyEvPerAtom, 1e-6);
        }
        Assert.Equal(reaction.Kinks[4].Reaction, reaction.Minimum.Reaction);
        Assert.Equal(["InClO", "LiCl", "MnO2", "TaInO4"], reaction.Minimum.Reaction.Products.Select(term => term.Formula).Order(StringComparer.Ordinal));
        Assert.Equal("mp-18988", reaction.First.EntryId);
        Assert.Contains("Li3InCl6", Assert.Single(reaction.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Li2MnO3", "Li3ScF6", -0.026080363650, -0.023669593050)]
    [InlineData("LiMnO2", "Li3ScF6", -0.044252401662, -0.041512889616)]
    [InlineData("LiMnO2", "Li2.6In0.8Ta0.2Cl6", -0.075238298796, -0.075238298796)]
    public void Least_reaction_energies(string first, string second, double energyEv, double mutualEv)
    {
        var reaction = Toy.React(Diagram, Composition.Parse(first), Composition.Parse(second));
        Assert.Equal(energyEv, reaction.Minimum.EnergyEvPerAtom, 1e-6);
        Assert.Equal(mutualEv, reaction.MutualMinimum.EnergyEvPerAtom, 1e-6);
    }

    [Theory]
    [InlineData("mp2020-gga.csv", 1685, "GGA/GGA+U, MP2020")]
    [InlineData("mp-legacy2019.csv", 449, "GGA/GGA+U, MP legacy")]
    [InlineData("mp-r2scan-li-sc-f.csv", 19, "r2SCAN, no corrections")]
    public void Each_file_names_its_scale_and_has_nothing_suspicious(string file, int count, string scale)
    {
        var table = Read(file);
        Assert.Equal((count, scale), (table.Entries.Count, table.ScaleText));
        Assert.Empty(table.Warnings);
    }

    [Theory]
    [InlineData("mp-legacy2019.csv", "Li3ScF6", 0.602910676667, 6.361760396190)]
    [InlineData("mp-legacy2019.csv", "Li2.6In0.8Ta0.2Cl6", 2.621378847083, 4.255206298260)]
    [InlineData("mp-r2scan-li-sc-f.csv", "Li3ScF6", 0.748546362222, 6.385786081944)]
    [InlineData("mp-r2scan-li-sc-f.csv", "LiF", 0, 6.380264014167)]
    public void Windows_on_the_other_scales(string file, string phase, double reductionV, double oxidationV)
    {
        var window = Toy.Window(new PhaseDiagram(Read(file).Entries), Composition.Parse(phase), Element.Parse("Li"));
        Assert.Equal(reductionV, window.ReductionLimitV, 1e-6);
        Assert.Equal(oxidationV, window.OxidationLimitV!.Value, 1e-6);
    }

    [Theory]
    [InlineData("Li3ScF6", 0.602910676667, 6.332831562500)]
    [InlineData("Li2.6In0.8Ta0.2Cl6", 2.624836077083, 4.274520615000)]
    [InlineData("LiF", 0, 6.332831562500)]
    [InlineData("Li2MnO3", 1.743597218333, 3.703077476000)]
    public void Windows_on_the_hull(string phase, double reductionV, double oxidationV)
    {
        var window = Toy.Window(Diagram, Composition.Parse(phase), Element.Parse("Li"));
        Assert.Equal(reductionV, window.ReductionLimitV, 1e-6);
        Assert.Equal(oxidationV, window.OxidationLimitV!.Value, 1e-6);
    }

    private static PhaseDiagram Load() => new(Read().Entries);

    private static EntryTable Read(string file = "mp2020-gga.csv")
    {
        using var reader = File.OpenText(Path.Combine(TestPaths.Repository, "workflows", "reference-energies", file));
        return EntryTable.Read(reader);
    }
}
