using System.Globalization;
using System.Text;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Analysis.Thermodynamics.Sources;
using DftFlow.Crystals;

namespace DftFlow.Tests.Analysis.Thermodynamics;

public class EntryTableTests
{
    [Fact]
    public void Reads_quoted_fields_CRLF_and_a_header_with_eV()
    {
        var table = Read("\uFEFFnote,composition,Energy_Per_Atom_eV,entry_id\r\n\"a, \"\"b\"\"\",Li4 Mn2 O6,-6.25,mp-1\r\n\r\n,\"Li\",-1.9e0,el-Li\r\n");
        Assert.Equal([new Entry("mp-1", Composition.Parse("Li4Mn2O6"), -6.25), new Entry("el-Li", Composition.Parse("Li"), -1.9)], table.Entries);
        Assert.Equal("Li2MnO3", table.Entries[0].Formula);
        Assert.Empty(table.Warnings);
    }

    [Fact]
    public void Reads_a_stream_whose_last_line_does_not_end()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes("entry_id,composition,formation_energy_per_atom_ev\na,LiF,-3.1"));
        Assert.Equal(-3.1, EntryTable.Read(stream).Entries.Single().EnergyPerAtomEv);
    }

    [Fact]
    public void Takes_the_total_energy_where_both_stand() =>
        Assert.Equal(-5, Read("entry_id,composition,formation_energy_per_atom_ev,energy_per_atom_ev\na,LiF,-3,-5").Entries.Single().EnergyPerAtomEv);

    [Theory]
    [InlineData("", "DF3101", null, null)]
    [InlineData("\n\n", "DF3101", null, null)]
    [InlineData("entry_id,composition,energy_per_atom_ev\n", "DF3101", 1, null)]
    [InlineData("entry_id,energy_per_atom_ev\na,1", "DF3102", 1, 1)]
    [InlineData("entry_id;composition;energy_per_atom_ev\na;LiF;1", "DF3102", 1, 1)]
    [InlineData("entry_id,composition,energy_ev\na,LiF,1", "DF3102", 1, 1)]
    [InlineData("entry_id,composition,energy_per_atom_eV,energy_per_atom_ev\na,LiF,1,2", "DF3102", 1, 41)]
    [InlineData("entry_id,composition,energy_per_atom_ev\na,LiF,-3,1", "DF3103", 2, 1)]
    [InlineData("entry_id,composition,energy_per_atom_ev\na,LiF", "DF3103", 2, 1)]
    [InlineData("entry_id,composition,energy_per_atom_ev\na,\"LiF,-3\nb,Li,-1", "DF3103", 2, 3)]
    [InlineData("entry_id,composition,energy_per_atom_ev\na,\"LiF\"x,-3", "DF3103", 2, 8)]
    [InlineData("entry_id,composition,energy_per_atom_ev\na,LiF,-3\nb,LiQq,-3", "DF3104", 3, 3)]
    [InlineData("entry_id,composition,energy_per_atom_ev\na,Li(F,-3", "DF3104", 2, 3)]
    [InlineData("entry_id,composition,energy_per_atom_ev\na,,-3", "DF3104", 2, 3)]
    [InlineData("entry_id,composition,energy_per_atom_ev\na,LiF,nan", "DF3105", 2, 7)]
    [InlineData("entry_id,composition,energy_per_atom_ev\na,LiF,Infinity", "DF3105", 2, 7)]
    [InlineData("entry_id,composition,energy_per_atom_ev\na,LiF,1e999", "DF3105", 2, 7)]
    [InlineData("entry_id,composition,energy_per_atom_ev\na,LiF,-1e308", "DF3105", 2, 7)]
    [InlineData("entry_id,composition,energy_per_atom_ev\na,LiF,\"-3,1\"", "DF3105", 2, 7)]
    [InlineData("entry_id,composition,energy_per_atom_ev\na,LiF,", "DF3105", 2, 7)]
    [InlineData("entry_id,composition,energy_per_atom_ev\na,LiF,-3\na,LiCl,-2", "DF3106", 3, 1)]
    [InlineData("entry_id,composition,energy_per_atom_ev\n ,LiF,-3", "DF3106", 2, 1)]
    public void Says_what_is_wrong_and_where(string csv, string code, int? line, int? column)
    {
        var error = Assert.Throws<DftFlowException>(() => Read(csv));
        Assert.Equal((code, line, column), (error.Code, error.Line, error.Column));
        Assert.NotNull(error.Hint);
        Assert.True(File.Exists(Path.Combine(TestPaths.Repository, "docs", "errors", code + ".md")));
    }

    [Fact]
    public void Stops_at_a_quote_left_open_before_reading_all_of_the_file()
    {
        var reader = new StringReader("entry_id,composition,energy_per_atom_ev\na,\"" + new string('x', 1_000_000));
        Assert.Equal("DF3103", Assert.Throws<DftFlowException>(() => EntryTable.Read(reader)).Code);
        Assert.Equal('x', reader.Peek());
    }

    [Fact]
    public void Warns_of_energies_that_no_solid_has()
    {
        var table = Read("entry_id,composition,energy_per_atom_ev\nl,Li,-2\nf,F,-2\nbad,Li4F4,1000\ncell,LiF,-40\ngood,LiF,-5");
        Assert.Equal(5, table.Entries.Count);
        Assert.Collection(table.Warnings,
            warning => Assert.StartsWith("Line 4: bad (LiF) has 1000 eV/atom", warning, StringComparison.Ordinal),
            warning => Assert.StartsWith("Line 5: cell (LiF) lies 38 eV/atom below", warning, StringComparison.Ordinal));
    }

    [Fact]
    public void Does_not_repeat_a_warning_without_end_where_an_element_is_wrong()
    {
        var rows = string.Concat(Enumerable.Range(1, 50).Select(i => $"e{i},Li{i}F,-5\n"));
        var table = Read("entry_id,composition,energy_per_atom_ev\nl,Li,-2000\nf,F,-2\n" + rows);
        Assert.Equal(21, table.Warnings.Count);
        Assert.Contains("above its elements", table.Warnings[0], StringComparison.Ordinal);
        Assert.StartsWith("30 more entries", table.Warnings[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_numbers_alike_where_the_comma_is_decimal()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(-3.25, Read("entry_id,composition,energy_per_atom_ev\na,LiF,-3.25").Entries[0].EnergyPerAtomEv);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Damaged_tables_are_read_or_refused_and_nothing_else() => Mutated.OnlyFailsWithItsOwnError(
        text => EntryFiles.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "run", "table.csv", new(), TestContext.Current.CancellationToken),
        "entry_id,composition,energy_per_atom_ev,functional,scheme\na,\"Li4 Mn2 O6\",-6.25,PBE,none\nl,Li,-1.9,PBE,none\n",
        "entry_id,composition,formation_energy_per_atom_eV\r\nm,Li(MnO2)2,-2\r\nl,Li,0\r\n");

    private static EntryTable Read(string csv) => EntryTable.Read(new StringReader(csv));
}
