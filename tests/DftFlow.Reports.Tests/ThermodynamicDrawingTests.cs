using System.Globalization;
using System.Xml.Linq;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;
using DftFlow.Engine;
using DftFlow.Reports.Figures;
using SkiaSharp;

namespace DftFlow.Tests.Reports;

public class ThermodynamicDrawingTests
{
    private const string Electrolyte = "Li2.6In0.8Ta0.2Cl6";

    private static readonly Lazy<PhaseDiagram> Reference = new(() =>
    {
        using var reader = File.OpenText(Path.Combine(TestPaths.Repository, "workflows", "reference-energies", "mp2020-gga.csv"));
        return new PhaseDiagram(EntryTable.Read(reader).Entries);
    });

    private static readonly PhaseDiagram NoCompounds = Diagram();

    private static PhaseDiagram Diagram(params (string Formula, double EnergyEv)[] compounds) => new(
    [
        .. ((string[])["Li", "Mn", "O2", "F2"]).Select(element => new Entry(element, Composition.Parse(element), 0)),
        .. compounds.Select((phase, i) => new Entry($"{i}", Composition.Parse(phase.Formula), phase.EnergyEv)),
    ]);

    private static PhaseRegions Regions(PhaseDiagram diagram, string system) =>
        PhaseRegions.Create(diagram, system.Split('-').Select(Element.Parse), cancellation: TestContext.Current.CancellationToken);

    private static PhaseStability[] Asked(params string[] formulas) => [.. formulas.Select(formula => Reference.Value.Stability(Composition.Parse(formula)))];

    private static InterfaceCurve Curve(string first, string second, double? expectedEv = null) => new(first, second,
        InterfaceReaction.Calculate(Reference.Value, Composition.Parse(first), Composition.Parse(second), cancellation: TestContext.Current.CancellationToken), expectedEv);

    private static WindowBar Bar(string phase, double? expectedOxidationV = null) => new(phase,
        ElectrochemicalWindow.Calculate(Reference.Value, Composition.Parse(phase), Element.Parse("Li"), cancellation: TestContext.Current.CancellationToken), null, expectedOxidationV);

    // Subscripts are texts of their own, without the spaces about them: together they read as one.
    private static string Words(string svg) => string.Concat(XDocument.Parse(svg).Descendants().Where(element => element.Name.LocalName == "text").SelectMany(element => element.Value.Where(letter => letter != ' ')));

    private static void AssertShows(string words, params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts) Assert.Contains(text.Replace(" ", "", StringComparison.Ordinal), words, StringComparison.Ordinal);
    }

    private static void AssertLegible(IReadOnlyList<LabelPlace> labels, string svg)
    {
        var box = XDocument.Parse(svg).Root!.Attribute("viewBox")!.Value.Split(' ').Select(number => float.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        var page = new SKRect(0, 0, box[2], box[3]);
        Assert.All(labels, label => Assert.True(page.Contains(label.Box), label.Text));
        for (var i = 0; i < labels.Count; i++)
            for (var k = 0; k < i; k++)
                Assert.False(labels[i].Box.IntersectsWith(labels[k].Box), $"{labels[i].Text} covers {labels[k].Text}");
    }

    [Theory]
    [InlineData("Mn-O")]
    [InlineData("Li-Mn-O")]
    [InlineData("Li-Sc-F")]
    [InlineData("Li-In-Cl")]
    [InlineData("Li-In-Ta-Cl")]
    [InlineData("Li-Mn-O-F")]
    public void Every_stable_phase_of_a_real_system_is_named_and_no_label_covers_another(string system)
    {
        var regions = Regions(Reference.Value, system);
        var drawing = new PhaseDiagramDrawing(regions);
        var svg = drawing.Svg();
        AssertLegible(drawing.Labels, svg);
        Assert.Equal(0, drawing.Unlabelled);
        var words = Words(svg);
        Assert.All(regions.Phases.Where(phase => phase.Stable), phase => AssertShows(words, phase.Entry.Formula));
        Assert.Equal("85mm", XDocument.Parse(svg).Root!.Attribute("width")!.Value);
        Assert.StartsWith("Phase diagram of " + system.Replace('-', '–'), drawing.Title, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_that_stands_as_near_to_another_phase_is_led_to_its_own()
    {
        // Mn2O3 lies close to Mn3O4, on the side of the triangle where both have room.
        var drawing = new PhaseDiagramDrawing(Regions(Reference.Value, "Li-Mn-O"), Asked("Li2MnO3", "LiMnO2"));
        Assert.NotNull(Assert.Single(drawing.Labels, label => label.Text == "Mn2O3").Leader);
    }

    [Fact]
    public void A_table_has_the_phases_that_are_drawn_and_those_that_they_coexist_with()
    {
        var rows = new PhaseDiagramDrawing(Regions(Reference.Value, "Li-Sc-F"), cutoffEv: 0.005).Csv().Split('\n');
        Assert.Equal("entry_id,formula,x_Li,x_Sc,x_F,formation_energy_ev_per_atom,energy_above_hull_ev_per_atom,stable,coexists_with", rows[0]);
        var fluoride = Assert.Single(rows, row => row.Contains(",ScF3,", StringComparison.Ordinal)).Split(',');
        Assert.Equal(["0", "0.25", "0.75"], fluoride[2..5]);
        Assert.Equal(["F2", "LiF", "Sc"], fluoride[8].Split(' ').Order(StringComparer.Ordinal));
        // 6.03 meV/atom above the hull.
        Assert.DoesNotContain(rows, row => row.Contains("Li3ScF6", StringComparison.Ordinal));
        Assert.Contains(new PhaseDiagramDrawing(Regions(Reference.Value, "Li-Sc-F"), cutoffEv: 0.0061).Csv().Split('\n'), row => row.Contains("Li3ScF6", StringComparison.Ordinal));
    }

    [Fact]
    public void A_phase_that_is_asked_for_is_drawn_with_its_height_however_far_above_the_hull()
    {
        var drawing = new PhaseDiagramDrawing(Regions(Reference.Value, "Li-Sc-F"), Asked("Li3ScF6"), cutoffEv: 0);
        Assert.Contains(drawing.Labels, label => label.Text == "Li3ScF6 +6.0 meV/atom");
        Assert.Contains("Li3ScF6", drawing.Csv(), StringComparison.Ordinal);
        AssertShows(Words(drawing.Svg()), "asked for");
        Assert.DoesNotContain("askedfor", Words(new PhaseDiagramDrawing(Regions(Reference.Value, "Li-Sc-F")).Svg()), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_polymorphs_the_one_that_was_asked_for_is_marked()
    {
        var polymorph = Reference.Value.Stability(ChosenPhase.Find(Reference.Value, "mp-556415"));
        var drawing = new PhaseDiagramDrawing(Regions(Reference.Value, "Li-Mn-O"), [polymorph]);
        Assert.Contains(drawing.Labels, label => label.Text == "LiMnO2 +1.9 meV/atom");
        Assert.Contains(drawing.Labels, label => label.Text == "LiMnO2");
    }

    [Theory]
    [InlineData("Sc-F", "ScF", 2)]
    [InlineData("Li-Sc-F", "LiSc2F7", 3)]
    [InlineData("Li-In-Ta-Cl", "LiTaCl6", 4)]
    public void A_composition_without_an_entry_stands_on_the_hull(string system, string formula, int elements)
    {
        var drawing = new PhaseDiagramDrawing(Regions(Reference.Value, system), Asked(formula));
        AssertLegible(drawing.Labels, drawing.Svg());
        Assert.Contains(drawing.Labels, label => label.Text == formula);
        AssertShows(Words(drawing.Svg()), "on the hull, without an entry");
        var row = Assert.Single(drawing.Csv().Split('\n'), row => row.StartsWith($",{formula},", StringComparison.Ordinal)).Split(',');
        Assert.Equal(Asked(formula)[0].FormationEnergyEvPerAtom, double.Parse(row[2 + elements], CultureInfo.InvariantCulture), 1e-9);
        Assert.Equal(["0", "false", ""], row[^3..]);
    }

    [Theory]
    [InlineData("Li-Mn-O", 1, 25)]
    [InlineData("Li-Mn-O-F", 0, 0)]
    public void Metastable_phases_are_no_crowd_unless_a_limit_is_given(string system, int least, int most)
    {
        Assert.InRange(Metastable(null), least, most);
        Assert.True(Metastable(0.1) > 60);

        int Metastable(double? cutoff) => new PhaseDiagramDrawing(Regions(Reference.Value, system), cutoffEv: cutoff).Csv().Split('\n').Count(row => row.Contains(",false,", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Li-Mn", 2)]
    [InlineData("Li-Mn-O", 3)]
    [InlineData("Li-Mn-O-F", 4)]
    public void A_system_without_compounds_is_its_elements(string system, int phases)
    {
        var drawing = new PhaseDiagramDrawing(Regions(NoCompounds, system));
        Assert.Equal(phases + 2, drawing.Csv().Split('\n').Length);
        AssertLegible(drawing.Labels, drawing.Svg());
        using var picture = SKBitmap.Decode(drawing.Png());
        Assert.Equal(1004, picture.Width);
    }

    [Fact]
    public void One_element_is_no_diagram() =>
        Assert.Equal("DF3180", Assert.Throws<DftFlowException>(() => new PhaseDiagramDrawing(Regions(NoCompounds, "Li"))).Code);

    [Fact]
    public void Sixty_phases_in_a_triangle_are_named_or_numbered_with_a_key()
    {
        // All on the hull, as on a bowl.
        var compounds = from li in Enumerable.Range(1, 8)
                        from mn in Enumerable.Range(1, 8)
                        let o = 3 + (3 * li + 5 * mn) % 9
                        let atoms = (double)(li + mn + o)
                        select ($"Li{li}Mn{mn}O{o}", 2 * ((li * li + mn * mn + o * o) / (atoms * atoms) - 1));
        var regions = Regions(Diagram([.. compounds.Take(60)]), "Li-Mn-O");
        var stable = regions.Phases.Count(phase => phase.Stable);
        Assert.InRange(stable, 45, 63);
        var drawing = new PhaseDiagramDrawing(regions);
        AssertLegible(drawing.Labels, drawing.Svg());
        // More than so many are crowded out by nothing but their own number; the figure says how many.
        Assert.InRange(drawing.Unlabelled, 0, 10);
        if (drawing.Unlabelled > 0) AssertShows(Words(drawing.Svg()), $"and {drawing.Unlabelled} more, in the table");
        var numbers = drawing.Labels.Where(label => label.Text.All(char.IsAsciiDigit)).Select(label => int.Parse(label.Text, CultureInfo.InvariantCulture)).Order().ToArray();
        Assert.NotEmpty(numbers);
        Assert.Equal(Enumerable.Range(1, numbers.Length), numbers);
        // The three corners have labels of their own.
        Assert.Equal(stable - 3, drawing.Labels.Count + drawing.Unlabelled);
    }

    [Fact]
    public void An_open_system_is_drawn_over_its_closed_elements()
    {
        var regions = PhaseRegions.Create(Reference.Value, [Element.Parse("Li"), Element.Parse("Mn")], new Dictionary<Element, double> { [Element.Parse("O")] = -0.5 }, TestContext.Current.CancellationToken);
        var drawing = new PhaseDiagramDrawing(regions);
        Assert.Contains("open to O at −0.500 eV", drawing.Title, StringComparison.Ordinal);
        AssertShows(Words(drawing.Svg()), "Grand formation energy (eV/atom)", "μ(O) − μ°(O) = −0.500 eV");
    }

    [Fact]
    public void Pairs_share_a_panel_with_their_minima_as_numbers()
    {
        var drawing = new InterfaceDrawing([Curve("Li2MnO3", Electrolyte), Curve("Li2MnO3", "Li3ScF6"), Curve("LiMnO2", "Li3ScF6"), Curve("Li3ScF6", Electrolyte)]);
        var svg = drawing.Svg();
        AssertLegible(drawing.Labels, svg);
        Assert.Equal(["−15.1", "−26.1", "−44.3", "−55.5"], drawing.Labels.Select(label => label.Text).Order(StringComparer.Ordinal));
        var words = Words(svg);
        AssertShows(words, "Li2MnO3 | Li2.6In0.8Ta0.2Cl6", "−55.5 at x = 0.467", "Reaction energy (meV/atom)", "Atomic fraction x of the first phase", "mutual: without own decomposition");
        Assert.Equal("first,second,x,x_mole,energy_ev_per_atom,mutual_energy_ev_per_atom,reaction", drawing.Csv().Split('\n')[0]);
        Assert.Contains("0.4666666666666", drawing.Csv(), StringComparison.Ordinal);
    }

    [Fact]
    public void More_pairs_than_colours_make_another_panel()
    {
        string[] phases = ["Li2MnO3", "LiMnO2", "MnO2", "Mn2O3", "LiMn2O4", "Li4Mn5O12", "Mn3O4"];
        var drawing = new InterfaceDrawing([.. phases.Select(phase => Curve(phase, "Li3InCl6"))]);
        var words = Words(drawing.Svg());
        Assert.All(phases, phase => AssertShows(words, $"{phase} | Li3InCl6"));
        Assert.Equal(2, words.Split("Reactionenergy(meV/atom)").Length - 1);
        AssertLegible(drawing.Labels, drawing.Svg());
    }

    [Fact]
    public void A_pair_alone_has_its_molar_fraction_and_what_was_expected()
    {
        var drawing = new InterfaceDrawing([Curve("Li2MnO3", Electrolyte, -0.0196)]);
        Assert.Equal(["expected −19.6", "−55.5 at x = 0.467"], drawing.Labels.Select(label => label.Text).Order(StringComparer.Ordinal));
        var words = Words(drawing.Svg());
        AssertShows(words, "Molar fraction");
        AssertShows(words, "Atomic fraction x of Li2MnO3");
        AssertLegible(drawing.Labels, drawing.Svg());
    }

    [Fact]
    public void Phases_that_do_not_react_say_so()
    {
        var words = Words(new InterfaceDrawing([Curve("LiF", "LiCl")]).Svg());
        AssertShows(words, "no mixture gains energy by reacting");
        // Total and mutual energy are one curve.
        Assert.DoesNotContain("mutual", words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Li2MnO3")]
    [InlineData("Li3ScF6")]
    public void A_phase_with_itself_has_nothing_to_react(string phase) =>
        AssertShows(Words(new InterfaceDrawing([Curve(phase, phase)]).Svg()), "one and the same phase: there is nothing to react");

    [Fact]
    public void A_small_matrix_has_its_numbers_in_the_cells_and_a_dash_where_there_is_none()
    {
        var drawing = new InterfaceMatrixDrawing(["Li2MnO3", "LiMnO2"], ["Li3ScF6", "Li2O", "LiF"], new double?[,] { { -0.0261, 0, -0.001 }, { -0.0443, null, -0.0123 } });
        var words = Words(drawing.Svg());
        AssertShows(words, "−26.1", "−44.3", "−12.3", "–", "Li3ScF6", "Reaction energy (meV/atom)");
        Assert.Equal(["row,column,energy_ev_per_atom", "Li2MnO3,Li3ScF6,-0.0261", "Li2MnO3,Li2O,0", "Li2MnO3,LiF,-0.001", "LiMnO2,Li3ScF6,-0.0443", "LiMnO2,Li2O,", "LiMnO2,LiF,-0.0123", ""], drawing.Csv().Split('\n'));
    }

    [Fact]
    public void The_strongest_reaction_is_the_darkest_cell()
    {
        var drawing = new InterfaceMatrixDrawing(["LiF", "LiCl"], ["LiF", "LiCl"], new double?[,] { { 0, -0.05 }, { -0.1, 0 } });
        using var picture = SKBitmap.Decode(drawing.Png());
        var colors = Enumerable.Range(0, picture.Width).SelectMany(x => Enumerable.Range(0, picture.Height / 2).Select(y => picture.GetPixel(x, y))).ToHashSet();
        // Viridis at its ends.
        Assert.Contains(new SKColor(0x44, 0x01, 0x54), colors);
        Assert.Contains(new SKColor(0xFD, 0xE7, 0x24), colors);
    }

    [Theory]
    [InlineData(50, 50, true)]
    [InlineData(3, 50, false)]
    [InlineData(50, 2, false)]
    [InlineData(1, 1, false)]
    public void A_matrix_of_any_size_stays_on_its_page(int rows, int columns, bool same)
    {
        string[] names = [.. Enumerable.Range(1, 110).Select(i => $"Li{i}Mn{i + 1}O{i + 7}")];
        var energies = new double?[rows, columns];
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++) energies[row, column] = -0.001 * ((row * 37 + column * 91) % 180);
        var drawing = new InterfaceMatrixDrawing(names[..rows], same ? names[..columns] : names[50..(50 + columns)], energies);
        var root = XDocument.Parse(drawing.Svg()).Root!;
        var height = double.Parse(root.Attribute("viewBox")!.Value.Split(' ')[3], CultureInfo.InvariantCulture);
        Assert.InRange(height, 60, 700);
        foreach (var text in root.Descendants().Where(element => element.Name.LocalName == "text" && element.Attribute("transform") is null && element.Parent!.Attribute("transform") is null))
            Assert.All(text.Attribute("y")!.Value.Split(", "), y => Assert.InRange(double.Parse(y, CultureInfo.InvariantCulture), 0, height));
        var words = Words(drawing.Svg());
        Assert.All(names[..rows], name => AssertShows(words, name));
        if (!same) Assert.All(names[50..(50 + columns)], name => AssertShows(words, name));
    }

    [Fact]
    public void A_matrix_whose_sizes_do_not_agree_is_refused() =>
        Assert.Throws<ArgumentException>(() => new InterfaceMatrixDrawing(["LiF"], ["LiCl", "LiBr"], new double?[1, 1]));

    [Fact]
    public void Windows_have_their_limits_and_what_forms_beyond_and_an_end_that_is_not_there_says_so()
    {
        var drawing = new WindowDrawing([Bar("Li3ScF6", 6.38), Bar(Electrolyte), Bar("LiF"), Bar("MnO2")]);
        var words = Words(drawing.Svg());
        AssertShows(words, "Li3ScF6", "0.60", "6.33", "← Sc, LiF", "F2, ScF3 →", "2.62", "4.27", "stable against Li", "not oxidised →", "Voltage against Li/Li+ (V)");
        Assert.Contains("MnO2,3.57", drawing.Csv(), StringComparison.Ordinal);
        Assert.StartsWith("phase,reduction_limit_v,oxidation_limit_v,expected_reduction_limit_v,expected_oxidation_limit_v,at_reduction,at_oxidation\nLi3ScF6,0.6029", drawing.Csv(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_names_the_phases_of_each_step_below()
    {
        var window = Bar("Li3ScF6").Window;
        var drawing = new WindowProfileDrawing("Li3ScF6", window);
        AssertLegible(drawing.Labels, drawing.Svg());
        Assert.Equal(["A", "B", "C"], drawing.Labels.Select(label => label.Text));
        var words = Words(drawing.Svg());
        AssertShows(words, "0.00–0.60 V: Sc + 6 LiF", "0.60–6.33 V: 3 LiF + ScF3", "from 6.33 V: 1.5 F2 + ScF3", "Δn(Li) per formula unit");
        var rows = drawing.Csv().Split('\n');
        Assert.Equal(("from_v,to_v,working_ion_change,reaction", window.Profile.Count + 2), (rows[0], rows.Length));
        AssertLegible(new WindowProfileDrawing(Electrolyte, Bar(Electrolyte).Window).Labels, drawing.Svg());
    }

    /// <summary>On paper: Mn takes up one lithium at V1 to LiMn, and a second at V2 to Li2Mn.</summary>
    [Theory]
    [InlineData(0.513, 0.512, "0.512–0.513 V: LiMn")]
    [InlineData(0.5, 0.25, "0.25–0.50 V: LiMn")]
    [InlineData(0.51299, 0.51298, "0.51298–0.51299 V: LiMn")]
    public void A_narrow_step_s_ends_are_told_apart(double first, double second, string shown)
    {
        var diagram = Diagram(("LiMn", -first / 2), ("Li2Mn", -(first + second) / 3));
        var window = ElectrochemicalWindow.Calculate(diagram, Composition.Parse("Mn"), Element.Parse("Li"), cancellation: TestContext.Current.CancellationToken);
        AssertShows(Words(new WindowProfileDrawing("Mn", window).Svg()), shown);
    }

    [Fact]
    public void A_chemical_potential_diagram_names_every_region()
    {
        var regions = ChemicalPotentialRegions.Calculate(Reference.Value, Element.Parse("Li"), Element.Parse("O"), Element.Parse("Mn"), cancellation: TestContext.Current.CancellationToken);
        var drawing = new ChemicalPotentialDrawing(regions);
        AssertLegible(drawing.Labels, drawing.Svg());
        var words = Words(drawing.Svg());
        Assert.All(regions.Regions, region => AssertShows(words, region.Phase.Formula));
        AssertShows(words, "μ(Li) − μ°(Li) (eV)");
        AssertShows(words, "nothing stable: the reservoirs would react or deposit");
        Assert.Equal(1 + regions.Regions.Sum(region => region.Corners.Length) + 1, drawing.Csv().Split('\n').Length);
    }

    [Fact]
    public void A_chemical_potential_that_is_held_is_told()
    {
        var fixedEv = new Dictionary<Element, double> { [Element.Parse("F")] = -4 };
        var regions = ChemicalPotentialRegions.Calculate(Reference.Value, Element.Parse("Li"), Element.Parse("O"), Element.Parse("Mn"), fixedEv, TestContext.Current.CancellationToken);
        AssertShows(Words(new ChemicalPotentialDrawing(regions).Svg()), "μ(F) − μ°(F) = −4.000 eV");
    }

    [Theory]
    [InlineData(-0.8)]
    [InlineData(-1200)]
    public void Numbers_at_the_left_stand_clear_of_the_axis_title(double low)
    {
        var limits = new ScottPlot.CoordinateRect(0, 1, low, 0);
        using var plot = FigureCanvas.NewPlot(limits);
        // The title reaches to 13, a tick and its gap take 7.
        Assert.True(FigureCanvas.LeftOf(limits, 140, 0) - 7 - FigureCanvas.TickWidth(plot, 140) > 13 + 4);
        Assert.Equal(60, FigureCanvas.LeftOf(limits, 140, 60));
    }

    [Fact]
    public void The_same_data_are_the_same_files()
    {
        AssertSame(() => new PhaseDiagramDrawing(Regions(Reference.Value, "Li-In-Ta-Cl")) is var drawing ? (drawing.Svg(), drawing.Png()) : default);
        AssertSame(() => new InterfaceDrawing([Curve("Li2MnO3", "Li3ScF6"), Curve("LiMnO2", "Li3ScF6")]) is var drawing ? (drawing.Svg(), drawing.Png()) : default);
        AssertSame(() => new WindowDrawing([Bar("LiF"), Bar("MnO2")]) is var drawing ? (drawing.Svg(), drawing.Png()) : default);

        static void AssertSame(Func<(string Svg, byte[] Png)> draw)
        {
            var (one, other) = (draw(), draw());
            Assert.Equal(one.Svg, other.Svg);
            Assert.Equal(one.Png, other.Png);
        }
    }

    [Fact]
    public void A_report_has_the_phase_diagram_and_no_picture_of_what_has_none()
    {
        Element[] elements = [Element.Parse("Li"), Element.Parse("Sc"), Element.Parse("F"), Element.Parse("Cl"), Element.Parse("O")];
        var figure = Assert.Single(HullFigure.Draw("phases", new HullDetails(Reference.Value, [.. elements[..3]], [Reference.Value.Stability(Composition.Parse("Li3ScF6"))])));
        Assert.Equal(("phases", "phases.phase-diagram"), (figure.AnalysisId, figure.Name));
        AssertShows(Words(figure.Svg("f1-")), "+6.0 meV/atom");
        Assert.Empty(HullFigure.Draw("phases", new HullDetails(Reference.Value, [.. elements], [])));
        Assert.Empty(HullFigure.Draw("phases", new HullDetails(Reference.Value, [elements[0]], [])));
        var potentials = ChemicalPotentialRegions.Calculate(Reference.Value, elements[0], elements[2], elements[1], cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(["phases.phase-diagram", "phases.chemical-potentials"], HullFigure.Draw("phases", new HullDetails(Reference.Value, [.. elements[..3]], []) { Potentials = potentials }).Select(drawn => drawn.Name));
    }

    [Fact]
    public void A_report_has_several_pairs_together_a_map_of_many_and_each_by_itself()
    {
        string[] cathodes = ["Li2MnO3", "LiMnO2", "MnO2"], others = ["Li3ScF6", "Li3InCl6"];
        var curves = cathodes.SelectMany(_ => others, PairOf).ToArray();
        var details = new InterfaceReactionDetails([.. curves.Select(curve => new Labelled<InterfaceReaction>(Samples.Labels(("pair", curve.Name)), curve.Reaction))]);
        var figures = InterfaceFigure.Draw(Samples.Outcome("interface", "interface-reaction", details), details).ToArray();
        Assert.Equal(["interface.pairs", "interface.map", .. curves.Select(curve => $"interface.{curve.First}-{curve.Second}")], figures.Select(figure => figure.Name));
        Assert.All(figures, figure => Assert.Equal("interface", figure.AnalysisId));

        static InterfaceCurve PairOf(string first, string second) => Curve(first, second);
    }
}
