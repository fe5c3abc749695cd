using DftFlow.Crystals;

namespace DftFlow.Tests.Crystals;

public class CifTests
{
    // Cells, counts and distances: pymatgen 2022.11.7, Structure.from_spacegroup with the same parameters.
    [Fact]
    public void Reads_a_monoclinic_conventional_cell()
    {
        var (structure, findings) = Cif.Read(SampleCifs.Li2MnO3);
        Assert.Empty(findings);
        Assert.Equal("Li8Mn4O12", structure.Composition.Formula);
        Assert.Equal(199.77252483858302, structure.Lattice.Volume, 9);
        Assert.Equal(["Mn", "Li", "O"], structure.Elements.Select(element => element.Symbol));
        AssertDistances(structure, ("Mn", "Mn", 2.84527), ("Mn", "Li", 2.84047), ("Mn", "O", 1.90381), ("Li", "Li", 2.74048), ("Li", "O", 2.00927), ("O", "O", 2.54253));
    }

    [Fact]
    public void Reads_labels_without_type_symbols_and_takes_angles_as_right_where_they_are_missing()
    {
        var (structure, findings) = Cif.Read(SampleCifs.LiF);
        Assert.Equal("Li4F4", structure.Composition.Formula);
        Assert.Equal(65.265855264728, structure.Lattice.Volume, 9);
        AssertDistances(structure, ("Li", "Li", 2.84695), ("Li", "F", 2.0131), ("F", "F", 2.84695));
        Assert.Equal(3, findings.Count(finding => finding.Code == "DF1219" && finding.Message.Contains("90°", StringComparison.Ordinal)));
    }

    [Fact]
    public void Puts_rounded_coordinates_onto_the_special_position()
    {
        var structure = Cif.Read(SampleCifs.LiNiO2).Structure;
        Assert.Equal("Li3Ni3O6", structure.Composition.Formula);
        AssertDistances(structure, ("Li", "Li", 2.8784), ("Li", "Ni", 2.89086), ("Li", "O", 2.11286), ("Ni", "Ni", 2.8784), ("Ni", "O", 1.97148), ("O", "O", 2.69477));
        var lithium = structure.Sites[0].Fractional;
        Assert.Equal(1 / 3.0, lithium.X, 12);
        Assert.Equal(2 / 3.0, lithium.Y, 12);
        Assert.Equal(1 / 6.0, lithium.Z, 12);
    }

    [Fact]
    public void Windows_line_ends_change_nothing() =>
        Assert.Equal(Cif.Read(SampleCifs.Li2MnO3).Structure, Cif.Read(SampleCifs.Li2MnO3.ReplaceLineEndings("\r\n")).Structure);

    [Fact]
    public void Reads_tags_with_dots_and_a_block_without_atoms_before_the_structure()
    {
        var text = "data_global\n_audit.author ?\n" + SampleCifs.LiF.Replace("_atom_site_", "_atom_site.", StringComparison.Ordinal).Replace("_cell_", "_cell.", StringComparison.Ordinal);
        Assert.Equal(8, Cif.Read(text).Structure.Sites.Length);
    }

    [Fact]
    public void Partly_occupied_sites_are_refused_by_name()
    {
        var error = Refused("DF1213", SampleCifs.Li2MnO3.Replace("0.5 ?", "0.5 0.98(1)", StringComparison.Ordinal).Replace("0.2273(3) .", "0.2273(3) 0.5", StringComparison.Ordinal));
        Assert.Contains("Li3 0.98, O1 0.5", error.Message, StringComparison.Ordinal);
        Assert.Equal(38, error.Line);
    }

    [Fact]
    public void Keeps_shared_and_partly_vacant_sites_where_they_are_asked_for()
    {
        // Li2 and Ni on one place, Li3 partly vacant.
        var text = SampleCifs.Li2MnO3.Replace("Li2 Li1+ 0 0 0.5 1.0(0)", "Li2 Li1+ 0 0 0.5 0.92(1)\nNi2 Ni2+ 0 0 0.5 0.08", StringComparison.Ordinal)
            .Replace("0.6606(3) 0.5 ?", "0.6606(3) 0.5 0.75", StringComparison.Ordinal);
        var (structure, findings) = Cif.ReadDisordered(text);
        Assert.Equal(24, structure.Sites.Length);
        Assert.False(structure.IsOrdered);
        Assert.Null(structure.Ordered);
        Assert.Equal(["Mn1", "Li1", "Li2", "Li3", "O1", "O2"], structure.Sites.Select(site => site.Label).Distinct());
        var shared = structure.Sites.Where(site => site.Label == "Li2").ToList();
        Assert.Equal(2, shared.Count);
        Assert.All(shared, site => Assert.Equal([("Li", 0.92), ("Ni", 0.08)], site.Species.Select(species => (species.Element.Symbol, Math.Round(species.Occupancy, 12)))));
        Assert.All(shared, site => Assert.Equal(0, site.Vacancy, 12));
        Assert.All(structure.Sites.Where(site => site.Label == "Li3"), site => Assert.Equal(0.25, site.Vacancy, 12));
        // 2 Li1 + 2 × 0.92 Li2 + 4 × 0.75 Li3.
        Assert.Equal("Li6.84Mn4Ni0.16O12", structure.Composition.Formula);
        Assert.Contains("add up to", Assert.Single(findings).Message, StringComparison.Ordinal);
        Assert.Equal("DF1213", Assert.Throws<DftFlowException>(() => Cif.Read(text)).Code);
    }

    [Fact]
    public void A_file_with_whole_atoms_is_ordered_in_either_reading() =>
        Assert.Equal(Cif.Read(SampleCifs.Li2MnO3).Structure, Cif.ReadDisordered(SampleCifs.Li2MnO3).Structure.Ordered);

    [Fact]
    public void One_element_in_two_valences_on_a_site_is_a_whole_atom() =>
        Assert.Equal("Fe4F4", Cif.Read(WithOccupancies("Fe1 0 0 0 0.667\nFe2 0 0 0 0.333")).Structure.Composition.Formula);

    [Fact]
    public void Thirds_that_were_rounded_fill_a_site()
    {
        var text = WithOccupancies("Ni1 0 0 0 0.333\nCo1 0 0 0 0.333\nMn1 0 0 0 0.333");
        var site = Cif.ReadDisordered(text).Structure.Sites[0];
        Assert.Equal(0, site.Vacancy, 12);
        Assert.All(site.Species, species => Assert.Equal(1 / 3.0, species.Occupancy, 12));
    }

    [Fact]
    public void Split_positions_stay_apart_and_are_told()
    {
        var (structure, findings) = Cif.ReadDisordered(WithOccupancies("Li1 0 0 0.04 0.5\nLi2 0 0 -0.04 0.5"));
        Assert.Equal(12, structure.Sites.Length);
        Assert.Contains(findings, finding => finding.Message.StartsWith("Li1 and Li2, partly occupied, are 0.322 Å apart", StringComparison.Ordinal));
    }

    [Fact]
    public void An_atom_of_occupancy_0_is_left_out_and_told()
    {
        var (structure, findings) = Cif.Read(WithOccupancies("Li1 0 0 0 1\nMg1 0 0 0 0"));
        Assert.Equal("Li4F4", structure.Composition.Formula);
        Assert.Contains(findings, finding => finding.Message.StartsWith("Mg1 has the occupancy 0", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("DF1213", "Li1 0 0 0 -0.5")]
    [InlineData("DF1213", "Li1 0 0 0 1.2")]
    [InlineData("DF1213", "Li1 0 0 0 half")]
    [InlineData("DF1213", "Li1 0 0 0 0.7\nNi1 0 0 0 0.5")]
    [InlineData("DF1215", "Li1 0 0 0 1\nNi1 0 0 0 1")]
    [InlineData("DF1215", "Li1 0 0 0 0.7\nNi1 0 0 0.05 0.7")]
    public void Impossible_occupancies_are_refused_in_either_reading(string code, string atoms)
    {
        Refused(code, WithOccupancies(atoms));
        Assert.Equal(code, Assert.Throws<DftFlowException>(() => Cif.ReadDisordered(WithOccupancies(atoms))).Code);
    }

    [Fact]
    public void One_atom_listed_over_and_over_is_refused_soon() =>
        Assert.Equal("DF1216", Assert.Throws<DftFlowException>(() => Cif.ReadDisordered(WithOccupancies(string.Join('\n', Enumerable.Range(0, 20_000).Select(_ => "Li1 0 0 0 0.00001"))))).Code);

    [Fact]
    public void A_space_group_without_operations_is_refused()
    {
        var text = SampleCifs.Li2MnO3;
        var start = text.IndexOf("loop_\n_symmetry", StringComparison.Ordinal);
        var error = Refused("DF1212", text.Remove(start, text.IndexOf("loop_\n_atom", StringComparison.Ordinal) - start));
        Assert.Contains("'C 1 2/m 1'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_any_symmetry_the_atoms_listed_are_all_and_that_is_told()
    {
        var text = SampleCifs.LiF;
        var start = text.IndexOf("loop_\n_space", StringComparison.Ordinal);
        var (structure, findings) = Cif.Read(text.Remove(start, text.IndexOf("loop_\n_atom", StringComparison.Ordinal) - start));
        Assert.Equal(2, structure.Sites.Length);
        Assert.Contains(findings, finding => finding.Message.Contains("P1", StringComparison.Ordinal));
    }

    [Fact]
    public void A_formula_that_the_atoms_do_not_make_is_told() =>
        Assert.Contains(Cif.Read(SampleCifs.Li2MnO3.Replace("'Li2 Mn O3'", "'H2 Li2 Mn O4'", StringComparison.Ordinal)).Findings, finding => finding.Message.Contains("Li2MnO3", StringComparison.Ordinal));

    [Fact]
    public void Sites_that_symmetry_makes_anyway_are_taken_once()
    {
        var (structure, findings) = Cif.Read(SampleCifs.LiF.Replace("F1 0.5 0.5 0.5", "F1 0.5 0.5 0.5\nF2 0.5 0 0", StringComparison.Ordinal));
        Assert.Equal(8, structure.Sites.Length);
        Assert.Contains(findings, finding => finding.Message.StartsWith("F2 lies where", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Mn1", "Mn")]
    [InlineData("O1A", "O")]
    [InlineData("LI2", "Li")]
    [InlineData("Fe3+", "Fe")]
    [InlineData("D1", "H")]
    [InlineData("Ow", "O")]
    public void Reads_the_element_of_a_label(string label, string element) =>
        Assert.Equal(element, Cif.Read(SampleCifs.LiF.Replace("F1 0.5", label + " 0.5", StringComparison.Ordinal)).Structure.Sites[^1].Element.Symbol);

    [Theory]
    [InlineData("DF1210", "_cell_length_a 4.0262", "_cell_length_a '4.0262")]
    [InlineData("DF1210", "F1 0.5 0.5 0.5", "F1 0.5 0.5")]
    [InlineData("DF1210", "_cell_length_a 4.0262", "_cell_length_a\n;4.0262")]
    [InlineData("DF1210", "data_LiF", "LiF")]
    [InlineData("DF1211", "_cell_length_b 4.0262", "_cell_length_b ?")]
    [InlineData("DF1211", "_cell_length_b 4.0262", "_cell_length_b -4.0262")]
    [InlineData("DF1211", "_cell_length_b 4.0262", "_cell_length_b 4,0262")]
    [InlineData("DF1212", "'x,y+1/2,z+1/2'", "'x,y+1/2'")]
    [InlineData("DF1212", "'x,y+1/2,z+1/2'", "'x,x,z'")]
    [InlineData("DF1212", "'x,y+1/2,z+1/2'", "'x-y,x,z'")]
    [InlineData("DF1214", "F1 0.5", "X1 0.5")]
    [InlineData("DF1214", "F1 0.5", "F1 ?")]
    [InlineData("DF1214", "_atom_site_fract_x", "_atom_site_Cartn_x")]
    [InlineData("DF1215", "F1 0.5 0.5 0.5", "F1 0.02 0.02 0.02")]
    public void Says_what_is_wrong(string code, string good, string bad) => Refused(code, SampleCifs.LiF.Replace(good, bad, StringComparison.Ordinal));

    [Fact]
    public void Symmetry_operations_without_end_are_refused() =>
        Refused("DF1216", SampleCifs.LiF.Replace("'x,y,z'", string.Concat(Enumerable.Range(0, 3000).Select(i => FormattableString.Invariant($"'x,y,z+{i}/3000'\n"))), StringComparison.Ordinal));

    [Fact]
    public void A_site_rounded_off_its_special_position_is_refused_not_doubled() =>
        Assert.Contains("Li1", Refused("DF1215", SampleCifs.LiNiO2.Replace("0.3333 0.6667", "0.33 0.67", StringComparison.Ordinal)).Message, StringComparison.Ordinal);

    [Fact]
    public void Damaged_files_give_no_other_error() =>
        Mutated.OnlyFailsWithItsOwnError(text => { Cif.ReadDisordered(text); Cif.Read(text); }, SampleCifs.Li2MnO3, SampleCifs.LiF, SampleCifs.LiNiO2, WithOccupancies("Li1 0 0 0 0.7\nNi1 0 0 0 0.3"));

    private static string WithOccupancies(string atoms) => SampleCifs.LiF.Replace("Li1 0 0 0", atoms, StringComparison.Ordinal)
        .Replace("_atom_site_fract_z", "_atom_site_fract_z\n_atom_site_occupancy", StringComparison.Ordinal).Replace("F1 0.5 0.5 0.5", "F1 0.5 0.5 0.5 1", StringComparison.Ordinal);

    private static DftFlowException Refused(string code, string text)
    {
        var error = Assert.Throws<DftFlowException>(() => Cif.Read(text));
        Assert.Equal(code, error.Code);
        return error;
    }

    private static void AssertDistances(Structure structure, params (string First, string Second, double DistanceA)[] expected)
    {
        var found = MinimumDistances.ByElementPair(structure);
        Assert.Equal(expected.Select(pair => (pair.First, pair.Second)), found.Select(pair => (pair.First.Symbol, pair.Second.Symbol)));
        foreach (var (pair, shortest) in found.Zip(expected)) Assert.Equal(shortest.DistanceA, pair.DistanceA, 5);
    }
}
