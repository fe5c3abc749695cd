using System.IO.Compression;
using System.Text;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Analysis.Thermodynamics.Corrections;
using DftFlow.Analysis.Thermodynamics.Sources;

namespace DftFlow.Tests.Analysis.Thermodynamics;

/// <summary>Lists as pymatgen and the Materials Project's interfaces write them; the energies are made up.</summary>
public class EntryJsonTests
{
    private const string Computed = """
        [{"@module": "pymatgen.entries.computed_entries", "@class": "ComputedEntry", "energy": -20.0, "composition": {"Li": 2.0, "Mn": 1.0, "O": 3.0},
          "entry_id": "mp-1-GGA+U", "correction": -3.729,
          "energy_adjustments": [
            {"@class": "CompositionEnergyAdjustment", "adj_per_atom": -0.687, "n_atoms": 3.0, "name": "MP2020 anion correction (oxide)"},
            {"@class": "CompositionEnergyAdjustment", "adj_per_atom": -1.668, "n_atoms": 1.0, "name": "MP2020 GGA/GGA+U mixing correction (Mn)"}],
          "parameters": {"run_type": "GGA+U", "hubbards": {"Mn": 3.9, "O": 0}, "potcar_symbols": ["PBE Li_sv", "PBE Mn_pv", "PBE O"]}, "data": {"oxide_type": "oxide"}},
         {"@class": "ComputedEntry", "energy": -3.8, "composition": {"Li": 2.0}, "entry_id": "mp-2", "correction": 0.0, "energy_adjustments": [], "parameters": {"run_type": "GGA"}, "data": {}}]
        """;

    private const string Thermo = """
        {"source": "Materials Project", "database_version": "2025.06.09", "retrieved": "2026-01-02", "data": [
          {"material_id": "mp-1138", "thermo_id": "mp-1138_GGA_GGA+U", "thermo_type": "GGA_GGA+U", "energy_type": "GGA", "formula_pretty": "LiF", "composition": {"Li": 1.0, "F": 1.0},
           "energy_per_atom": -4.845, "uncorrected_energy_per_atom": -4.614, "formation_energy_per_atom": -3.166, "energy_above_hull": 0.0, "deprecated": false, "warnings": []},
          {"material_id": "mp-1018134", "thermo_id": "mp-1018134_GGA_GGA+U", "thermo_type": "GGA_GGA+U", "energy_type": "GGA", "formula_pretty": "Li", "composition": {"Li": 3.0},
           "energy_per_atom": -1.909, "uncorrected_energy_per_atom": -1.909, "formation_energy_per_atom": 0.0}], "meta": {"total_doc": 2}}
        """;

    private const string Summary = """[{"material_id": "mp-1138", "formula_pretty": "LiF", "composition_reduced": {"Li": 1.0, "F": 1.0}, "energy_per_atom": -4.845, "uncorrected_energy_per_atom": -4.614, "formation_energy_per_atom": -3.166}]""";

    private const string Legacy = """
        {"valid_response": true, "response": [{"material_id": "mp-1138", "pretty_formula": "LiF", "unit_cell_formula": {"Li": 2.0, "F": 2.0}, "energy": -19.0, "energy_per_atom": -4.75,
          "is_hubbard": false, "hubbards": {}, "formation_energy_per_atom": -3.1, "e_above_hull": 0, "oxide_type": "None"}]}
        """;

    private const string Structured = """
        [{"@class": "ComputedStructureEntry", "energy": -15.0, "composition": {"Mg": 1.0, "O": 2.0}, "entry_id": "x", "parameters": {"run_type": "GGA", "potcar_spec": [{"titel": "PAW_PBE Mg_pv 13Apr2007"}, {"titel": "PAW_PBE O 08Apr2002"}]},
          "structure": {"lattice": {"matrix": [[5, 0, 0], [0, 5, 0], [0, 0, 5]]}, "sites": [
            {"species": [{"element": "Mg", "occu": 1}], "abc": [0.5, 0.5, 0.5]}, {"species": [{"element": "O", "occu": 1}], "abc": [0, 0, 0]}, {"species": [{"element": "O", "occu": 1}], "abc": [0.3, 0, 0]}]}}]
        """;

    [Fact]
    public void Computed_entries_of_pymatgen()
    {
        var table = Read(Computed);
        Assert.Equal(["mp-1-GGA+U", "mp-2"], table.Entries.Select(entry => entry.EntryId));
        Assert.Equal((-20 - 3.729) / 6, table.Entries[0].EnergyPerAtomEv, 1e-12);
        Assert.Equal(-1.9, table.Entries[1].EnergyPerAtomEv, 1e-12);
        Assert.Equal(new EnergyScale("GGA/GGA+U", "MP2020"), table.Scale);
        Assert.Equal(["MP2020 anion correction (oxide)", "MP2020 GGA/GGA+U mixing correction (Mn)"], table.Entries[0].Adjustments.Select(adjustment => adjustment.Name));
        Assert.Equal(["Li_sv", "Mn_pv", "O"], table.Entries[0].Settings!.Potentials.OrderBy(pair => pair.Key.AtomicNumber).Select(pair => pair.Value).Order(StringComparer.Ordinal));
        Assert.Empty(table.Warnings);
    }

    [Fact]
    public void Corrections_can_be_made_anew()
    {
        var table = Read(Computed.Replace("-0.687", "-0.5", StringComparison.Ordinal), new(CorrectionScheme.Mp2020));
        Assert.Equal((-20 - 3.729) / 6, table.Entries[0].EnergyPerAtomEv, 1e-12);
    }

    [Fact]
    public void Thermo_documents_of_the_Materials_Project()
    {
        var table = Read(Thermo);
        Assert.Equal(["mp-1138_GGA_GGA+U", "mp-1018134_GGA_GGA+U"], table.Entries.Select(entry => entry.EntryId));
        Assert.Equal([-4.845, -1.909], table.Entries.Select(entry => entry.EnergyPerAtomEv));
        Assert.Equal(new EnergyScale("GGA/GGA+U", "MP2020"), table.Scale);
        Assert.Equal(-0.231, table.Entries[0].Adjustments.Single().EnergyEvPerAtom, 1e-12);
        Assert.Equal(["Materials Project, database 2025.06.09, fetched 2026-01-02"], table.Provenance);
    }

    [Fact]
    public void Thermo_documents_on_two_functionals_are_not_one_table()
    {
        var error = Assert.Throws<DftFlowException>(() => Read(Thermo.Replace("\"energy_type\": \"GGA\", \"formula_pretty\": \"Li\"", "\"energy_type\": \"R2SCAN\", \"formula_pretty\": \"Li\"", StringComparison.Ordinal)));
        Assert.Equal("DF3150", error.Code);
        Assert.Contains("r2SCAN, no corrections (mp-1018134_GGA_GGA+U)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_documents_do_not_say_their_functional_and_that_is_told()
    {
        var table = Read(Summary);
        Assert.Null(table.Scale);
        Assert.Contains("do not say which functional", Assert.Single(table.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Documents_of_the_older_interface_hold_uncorrected_energies()
    {
        Assert.Equal(new EnergyScale("PBE", "none"), Read(Legacy).Scale);
        var corrected = Read(Legacy, new(CorrectionScheme.Mp2020)).Entries.Single();
        Assert.Equal(-4.75 - 0.231, corrected.EnergyPerAtomEv, 1e-12);
    }

    [Fact]
    public void The_structure_of_an_entry_tells_a_peroxide()
    {
        var entry = Read(Structured, new(CorrectionScheme.Mp2020)).Entries.Single();
        Assert.Equal("MP2020 anion correction (peroxide)", entry.Adjustments.Single().Name);
        Assert.Equal("Mg_pv", entry.Settings!.Potentials[DftFlow.Crystals.Element.Parse("Mg")]);
    }

    [Fact]
    public async Task A_packed_file_is_read_as_it_is_and_half_of_one_is_refused()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("dftflow-entries-").FullName, "entries.json.gz");
        using (var file = File.Create(path))
        using (var gzip = new GZipStream(file, CompressionLevel.Optimal))
            gzip.Write(Encoding.UTF8.GetBytes(Computed));
        var whole = await EntryFiles.ReadAsync([path], new(), TestContext.Current.CancellationToken);
        Assert.Equal(2, whole.Table.Entries.Count);
        Assert.Equal(path, whole.Inputs.Single().File);
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(path, bytes[..(bytes.Length / 2)], TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<DftFlowException>(() => EntryFiles.ReadAsync([path], new(), TestContext.Current.CancellationToken));
        Assert.Equal(path, error.File);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void A_long_list_is_read_in_pieces()
    {
        var item = """{"energy": -4.0, "composition": {"Li": 1, "F": 1}, "entry_id": "ID", "data": {"note": "NOTE"}}""".Replace("NOTE", new string('x', 5000), StringComparison.Ordinal);
        var text = $"{{\"meta\": {{\"a\": [1, 2]}}, \"data\": [{string.Join(",\n", Enumerable.Range(0, 500).Select(i => item.Replace("ID", $"e{i}", StringComparison.Ordinal)))}]}}";
        Assert.Equal(500, EntryFiles.Read(new Trickle(Encoding.UTF8.GetBytes(text)), "", "x.json", new(), TestContext.Current.CancellationToken).Entries.Count);
    }

    [Theory]
    [InlineData("", "DF3101")]
    [InlineData("[]", "DF3101")]
    [InlineData("{}", "DF3151")]
    [InlineData("{\"data\": 1}", "DF3151")]
    [InlineData("[{\"energy\": NaN}]", "DF3151")]
    [InlineData("[{\"energy\": -1, \"composition\": {\"Li\": 1}}", "DF3151")]
    [InlineData("[1]", "DF3152")]
    [InlineData("[{}]", "DF3152")]
    [InlineData("[{\"energy\": \"low\", \"composition\": {\"Li\": 1}}]", "DF3152")]
    [InlineData("[{\"energy\": -1, \"composition\": {\"Qq\": 1}}]", "DF3152")]
    [InlineData("[{\"energy\": -1, \"composition\": {}}]", "DF3152")]
    [InlineData("[{\"energy\": -1, \"composition\": {\"Li\": -1}}]", "DF3152")]
    [InlineData("[{\"energy\": -1, \"composition\": \"Li(\"}]", "DF3152")]
    [InlineData("[{\"@class\": \"Structure\"}]", "DF3152")]
    [InlineData("[{\"energy\": 1e999, \"composition\": {\"Li\": 1}}]", "DF3152")]
    [InlineData("[{\"energy\": -1e99, \"composition\": {\"Li\": 1}}]", "DF3152")]
    [InlineData("[{\"energy\": -1, \"composition\": {\"Li\": 1}}]\n[]", "DF3151")]
    [InlineData("{\"data\": [{\"energy\": -1, \"composition\": {\"Li\": 1}}]} and more", "DF3151")]
    [InlineData("[{\"energy\": -1, \"composition\": {\"Li\": 1}, \"entry_id\": \"a\"}, {\"energy\": -1, \"composition\": {\"Li\": 1}, \"entry_id\": \"a\"}]", "DF3106")]
    public void Says_what_is_wrong(string json, string code)
    {
        var error = Assert.Throws<DftFlowException>(() => Read(json));
        Assert.Equal(code, error.Code);
        Assert.True(File.Exists(Path.Combine(TestPaths.Repository, "docs", "errors", code + ".md")));
    }

    [Fact]
    public void Damaged_lists_are_read_or_refused_and_nothing_else() =>
        Mutated.OnlyFailsWithItsOwnError(text => Read(text, new(CorrectionScheme.Mp2020)), Computed, Thermo, Summary, Legacy, Structured);

    private static EntryTable Read(string json, EntryReading? reading = null) =>
        EntryFiles.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)), "run", "entries.json", reading ?? new(), TestContext.Current.CancellationToken);

    /// <summary>Gives few bytes at a time.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 777)]);
    }
}
