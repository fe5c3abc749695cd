using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using DftFlow.Analysis.Charge;
using DftFlow.Analysis.Charge.Bader;
using DftFlow.Crystals;
using DftFlow.Engine;
using DftFlow.Reports.Figures;
using DftFlow.Workflows;

namespace DftFlow.Tests.Reports;

/// <summary>The figures of workflows' Bader and ELF analyses.</summary>
public class GridFigureTests
{
    [Fact]
    public void Bader_charges_have_a_mark_for_each_atom_and_a_key_to_the_models()
    {
        var figure = Assert.Single(BaderFigure.Draw("charges", new BaderDetails([Member("bare", 1.8, -1.2, -1.1), Member("coated", 1.7, -1.3, -1.0)])));
        Assert.Equal("charges.charges", figure.Name);
        string[] lines = figure.Data.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("member,atoms,index,element,charge_e", lines[0]);
        Assert.Equal(["bare,Mn,1,Mn,1.8", "bare,O,2,O,-1.2", "bare,O,3,O,-1.1", "bare,surface,3,O,-1.1", "coated,Mn,1,Mn,1.7", "coated,O,2,O,-1.3", "coated,O,3,O,-1", "coated,surface,3,O,-1"], lines[1..]);
        var words = Words(figure);
        foreach (var word in (string[])["Mn", "O", "surface", "bare", "coated", "Bader charge (e)"]) Assert.Contains(word, words);
    }

    [Fact]
    public void Names_of_many_groups_do_not_run_into_each_other()
    {
        var member = Member("bare", 1.8, -1.2, -1.1);
        string[] names = ["Mn", "O", "substrate", "coating", "first-layer", "second-layer", "third-layer", "bulk"];
        member = member with { Value = member.Value with { Groups = [.. names.Select(name => new AtomGroup(name, [1]))] } };
        var figure = Assert.Single(BaderFigure.Draw("charges", new BaderDetails([member])));
        var few = Assert.Single(BaderFigure.Draw("charges", new BaderDetails([Member("bare", 1.8, -1.2, -1.1)])));
        Assert.True(figure.Height > few.Height);
        var labels = XDocument.Parse(figure.Svg("x")).Descendants().Where(element => element.Name.LocalName == "text" && names.Contains(element.Value)).ToDictionary(element => element.Value, Ends);
        Assert.Equal(names.Length, labels.Count);
        for (var i = 0; i + 2 < names.Length; i++) Assert.True(labels[names[i]].Right < labels[names[i + 2]].Left, names[i]);

        // Each glyph's place stands in x; the last one is no wider than 8 pixels.
        static (double Left, double Right) Ends(XElement element)
        {
            double[] places = [.. element.Attribute("x")!.Value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(place => double.Parse(place, CultureInfo.InvariantCulture))];
            var shift = element.AncestorsAndSelf().Select(of => of.Attribute("transform")?.Value).OfType<string>().Sum(text => double.Parse(text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..].Split(',', ' ', ')')[0], CultureInfo.InvariantCulture));
            return (shift + places[0], shift + places[^1]);
        }
    }

    [Fact]
    public void Charges_that_are_not_known_are_not_drawn()
    {
        var unknown = Member("bare", 1, -1, 0);
        unknown = unknown with { Value = unknown.Value with { Charges = unknown.Value.Charges with { Atoms = [.. unknown.Value.Charges.Atoms.Select(atom => atom with { ChargeE = null })] } } };
        Assert.Empty(BaderFigure.Draw("charges", new BaderDetails([unknown])));
    }

    [Fact]
    public void ELF_along_bonds_has_a_panel_for_each_model_and_a_figure_for_each_pair()
    {
        ImmutableArray<(double, double, bool)> profile = [(0, 0.1, true), (0.3, 0.2, false), (0.6, 0.8, false), (1, 0.3, true)];
        var details = new ElfDetails([Pair("bare", "Mn-O", [profile]), Pair("coated", "Mn-O", [profile, profile]), Pair("coated", "Sc-O", [profile])]);
        var figures = ElfFigure.Draw("bonds", details).ToArray();
        Assert.Equal(["bonds.Mn-O", "bonds.Sc-O"], figures.Select(figure => figure.Name));
        Assert.True(figures[0].Height > figures[1].Height);
        Assert.Equal(1 + 4 + 8, figures[0].Data.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("coated,2,0.6,0.8,false", figures[0].Data, StringComparison.Ordinal);
        foreach (var word in (string[])["bare · 1 bond", "coated · 2 bonds", "Mn", "O", "ELF"]) Assert.Contains(word, Words(figures[0]));
    }

    [Fact]
    public void A_colour_means_the_same_in_all_maps_of_an_analysis()
    {
        var details = new SliceDetails([
            new(Samples.Labels(("model", "bare")), Samples.Map(f => f.X, SliceQuantity.Density)),
            new(Samples.Labels(("model", "coated")), Samples.Map(f => 7 * f.X, SliceQuantity.Density))]);
        var figures = GridFigures.Draw("map", details).ToArray();
        Assert.Equal(["map.bare", "map.coated"], figures.Select(figure => figure.Name));
        string[] Ticks(Figure figure) => [.. Words(figure).Where(word => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _))];
        Assert.Equal(Ticks(figures[1]), Ticks(figures[0]));
        Assert.NotEqual(Ticks(figures[0]), Ticks(GridFigures.Draw("map", new SliceDetails([details.Maps[0]])).Single()));
    }

    private static string[] Words(Figure figure) => [.. XDocument.Parse(figure.Svg("x")).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)];

    private static Labelled<ElfPair> Pair(string model, string pair, ImmutableArray<ImmutableArray<(double, double, bool)>> profiles) => new(Samples.Labels(("model", model), ("pair", pair)), new(pair, profiles));

    private static Labelled<BaderMember> Member(string model, params double[] charges)
    {
        var charged = new BaderCharges
        {
            Method = BaderMethod.Weight, Reference = "AECCAR0 + AECCAR2", VacuumElectrons = 0, VacuumVolumeA3 = 0, ElectronsTotal = 19, ElectronsExpected = 19, MaximumCount = 3, NonNuclearMaxima = [],
            CoreElectrons = null, CoreElectronsExpected = null, GridPointsPerA3 = 9000, RecommendedGrid = null, Definition = "", Warnings = [],
            Atoms = [.. charges.Select((charge, i) => new BaderAtom(i + 1, Element.Parse(i == 0 ? "Mn" : "O"), default, 7, null, null, charge, 10, 1))],
        };
        return new(Samples.Labels(("model", model)), new(charged, [new AtomGroup("Mn", [0]), new AtomGroup("O", [1, 2]), new AtomGroup("surface", [2])]));
    }
}
