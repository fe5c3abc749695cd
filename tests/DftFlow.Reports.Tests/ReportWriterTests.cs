using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using DftFlow.Engine;
using DftFlow.Reports;

namespace DftFlow.Tests.Reports;

public partial class ReportWriterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Page(string folder) => File.ReadAllText(Path.Combine(folder, "report.html"));

    [Fact]
    public async Task Writes_every_file_of_a_report_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        AnalysisOutcome[] outcomes = [Samples.BandCentres(), Samples.Interface(-0.02), Samples.Window()];
        var written = await ReportWriter.WriteAsync(Samples.Run(outcomes), outcomes, folder.Path, Cancellation);
        Assert.Equal(Path.Combine(folder.Path, "report.html"), written.Report);
        string[] figures = ["interface.Li2MnO3-MnCl2", "oxygen-band.fermi", "oxygen-band.semicore", "stability.Li2MnO3", "stability.windows"];
        string[] expected = ["report.html", "results.csv", "results.json", .. figures.SelectMany(f => (string[])[$"figures/{f}.csv", $"figures/{f}.png", $"figures/{f}.svg"])];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder.Path, f)).Order(StringComparer.Ordinal));
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder.Path, "results.json")));
        Assert.Equal(written.Report, document.RootElement.GetProperty("report").GetString());
        Assert.Empty(written.Warnings);
    }

    [Fact]
    public async Task The_page_needs_nothing_from_elsewhere()
    {
        using var folder = new TemporaryFolder();
        AnalysisOutcome[] outcomes = [Samples.BandCentres(), Samples.Interface()];
        await ReportWriter.WriteAsync(Samples.Run(outcomes), outcomes, folder.Path, Cancellation);
        var page = Page(folder.Path);
        Assert.Contains("default-src &#x27;none&#x27;; style-src &#x27;sha256-", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex(@"<(script|link|iframe|object|embed|img|base|form)\b|@import|\bsrc=|\bon[a-z]+=|url\((?!#)", RegexOptions.IgnoreCase), page);
        // Links lead to the run's own files, or to the source that the workflow names.
        Assert.All(Href().Matches(page), href => Assert.True(href.Groups[1].Value.StartsWith("./", StringComparison.Ordinal) || href.Groups[1].Value == "https://doi.org/10.1007/s40820-026-02209-5", href.Value));
        foreach (Match href in Href().Matches(page))
            if (href.Groups[1].Value is ['.', '/', not '.', ..] link)
                Assert.True(File.Exists(Path.Combine(folder.Path, Uri.UnescapeDataString(link))), link);
    }

    [Fact]
    public async Task Ids_of_figures_do_not_meet_on_one_page()
    {
        using var folder = new TemporaryFolder();
        AnalysisOutcome[] outcomes = [Samples.BandCentres(), Samples.Interface()];
        await ReportWriter.WriteAsync(Samples.Run(outcomes), outcomes, folder.Path, Cancellation);
        var page = Page(folder.Path);
        var ids = Id().Matches(page).Select(m => m.Groups[1].Value).ToArray();
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(Reference().Matches(page), reference => Assert.Contains(reference.Groups[1].Value, ids));
    }

    [Fact]
    public async Task Hostile_names_stay_text_and_stay_in_the_folder()
    {
        using var folder = new TemporaryFolder();
        var inner = Path.Combine(folder.Path, "a", "b");
        const string hostile = "../../\"><script>alert('x')</script>";
        AnalysisOutcome[] outcomes = [Samples.BandCentres(hostile, model: hostile)];
        var run = Samples.Run(outcomes);
        run = run with
        {
            Workflow = hostile, Title = hostile, Description = hostile, Source = "javascript:alert(1)", RunId = hostile, Definition = hostile, Warnings = [hostile],
            Inputs = [new InputFile(hostile, hostile)],
            Calculations = [run.Calculations[0] with { Id = hostile, Formula = hostile, Program = hostile, Cluster = hostile, Fingerprint = hostile, Directory = "javascript:alert(1)", State = CalculationState.Failed, Error = new ErrorDocument(hostile, hostile, hostile, 1, 1, hostile) }],
        };
        await ReportWriter.WriteAsync(run, outcomes, inner, Cancellation);
        var page = Page(inner);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(new Regex("href=\"(?!\\./|https://doi\\.org/)", RegexOptions.IgnoreCase), page);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        Assert.All(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories), file => Assert.StartsWith(inner, file, StringComparison.Ordinal));
        Assert.All(Directory.EnumerateFiles(Path.Combine(inner, "figures")), file => Assert.Matches("^[A-Za-z0-9][A-Za-z0-9._+-]*$", Path.GetFileName(file)));
    }

    [Fact]
    public async Task A_failed_run_has_a_report_that_says_what_failed_and_where_the_files_are()
    {
        using var folder = new TemporaryFolder();
        var outcome = Samples.Outcome("oxygen-band", "band-centre", null);
        outcome = outcome with { Result = outcome.Result with { Error = new ErrorDocument("DF3301", "'oxygen-band' has nothing to work on.", null, null, null, "See why.") } };
        var run = Samples.Run(outcome);
        run = run with
        {
            State = RunState.Failed,
            Calculations = [run.Calculations[0] with { State = CalculationState.Failed, FinalEnergyEv = null, Program = null, Directory = Path.Combine(folder.Path, "attempt 1"), Error = new ErrorDocument("DF4102", "It was killed (SIGKILL).", "OSZICAR", 7, null, "Use fewer ranks.") }],
        };
        await ReportWriter.WriteAsync(run, [outcome], folder.Path, Cancellation);
        var page = Page(folder.Path);
        foreach (var words in (string[])["What failed", "DF4102", "It was killed (SIGKILL).", "OSZICAR, line 7", "Use fewer ranks.", "href=\"./attempt%201\"", "DF3301", "nothing to work on"])
            Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "figures")));
    }

    [Fact]
    public async Task Shows_values_beside_what_was_expected_with_all_digits_at_hand()
    {
        using var folder = new TemporaryFolder();
        var outcome = Samples.Outcome("shift", "difference", null,
            Samples.Value(-0.3214159265358979, "band_centre_difference", labels: ("model", "coated")) with { Expected = -0.1, Tolerance = 0.05, Deviation = -0.2214159265358979, Met = false, Source = "Table 2" });
        await ReportWriter.WriteAsync(Samples.Run(outcome), [outcome], folder.Path, Cancellation);
        var page = Page(folder.Path);
        foreach (var words in (string[])["title=\"-0.3214159265358979 eV\">−0.321<", ">−0.100<", ">−0.221<", ">no<", "Table 2", "Band centre difference", "What shift is."])
            Assert.Contains(words, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shift_of_band_centres_has_its_sensitivity_beside_it()
    {
        using var folder = new TemporaryFolder();
        var outcome = Samples.Outcome("shift", "difference", null, Samples.Value(-0.3214, "band_centre_difference", labels: ("model", "coated")));
        SensitivityValue Cell(string window, string zero, double? shift, string? reason = null) => new(Samples.Labels(("model", "coated")), window, zero, -3, -3 - shift, shift, reason);
        outcome = outcome with { Result = outcome.Result with { Sensitivity = [Cell("full", "fermi", 0.25), Cell("full", "vbm", null, "A metal has none."), Cell("-8..0 eV", "fermi", -0.125), Cell("-8..0 eV", "vbm", null, "A metal has none.")] } };
        await ReportWriter.WriteAsync(Samples.Run(outcome), [outcome], folder.Path, Cancellation);
        var page = Page(folder.Path);
        foreach (var words in (string[])["The shift of coated by window and zero (eV)", "<th scope=\"col\" class=\"number\">vbm</th>", "&#x2B;0.250<", "−0.125<", "−8..0 eV<", "count from the analysis' first zero", "vbm: A metal has none."])
            Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.Contains("\"minus_band_centre_ev\": -3.25", await File.ReadAllTextAsync(Path.Combine(folder.Path, "results.json"), Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_map_is_seen_on_the_page_and_is_from_nowhere_else()
    {
        using var folder = new TemporaryFolder();
        AnalysisOutcome[] outcomes = [Samples.Outcome("map", "slice", new SliceDetails([new(Samples.Labels(("model", "bare")), Samples.Map(_ => 0.4))]), Samples.Value(0.4, "maximum", "1"))];
        await ReportWriter.WriteAsync(Samples.Run(outcomes), outcomes, folder.Path, Cancellation);
        var page = Page(folder.Path);
        // Its colours are a picture within the page, which the page's own policy has to allow.
        Assert.Contains("href=\"data:image/png;base64,", page, StringComparison.Ordinal);
        Assert.Contains("img-src data:; ", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_of_quantities_and_windows_are_written_as_in_prose()
    {
        using var folder = new TemporaryFolder();
        AnalysisOutcome[] outcomes =
        [
            Samples.Outcome("bonds", "elf", null, Samples.Value(0.25, "elf_max", "1", ("pair", "Mg-O"))),
            Samples.Outcome("band", "band-centre", null, Samples.Value(-3, labels: ("window", "-6..0 eV"))),
        ];
        await ReportWriter.WriteAsync(Samples.Run(outcomes), outcomes, folder.Path, Cancellation);
        foreach (var words in (string[])[">ELF max<", ">0.2500</td>", ">−6..0 eV<"]) Assert.Contains(words, Page(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reaction_has_what_it_depends_on_beside_it()
    {
        using var folder = new TemporaryFolder();
        var outcome = Samples.Interface();
        VariationValue Row(string kind, string variation, string quantity, double? value, string? note, string? reason = null) =>
            new(Samples.Labels(("pair", "Li2MnO3 | MnCl2")), kind, variation, quantity, value, "eV/atom", value + 0.0555, note, reason);
        outcome = outcome with { Result = outcome.Result with { Variations =
        [
            Row("without-phase", "without LiCl", "reaction_energy", -0.0123, "A -> B"), Row("without-phase", "without LiCl", "mutual_reaction_energy", -0.0111, "A -> B"),
            Row("entries", "other.csv", "reaction_energy", null, null, "It holds no Mn."), Row("entries", "other.csv", "mutual_reaction_energy", null, null, "It holds no Mn."),
        ] } };
        await ReportWriter.WriteAsync(Samples.Run(outcome), [outcome], folder.Path, Cancellation);
        var page = Page(folder.Path);
        foreach (var words in (string[])["Done otherwise", "mutual reaction energy, eV/atom", "title=\"-0.0123 eV/atom\"", "other.csv: It holds no Mn."])
            Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.Contains("\"kind\": \"without-phase\"", await File.ReadAllTextAsync(Path.Combine(folder.Path, "results.json"), Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_that_is_not_finite_is_a_dash_with_a_warning()
    {
        using var folder = new TemporaryFolder();
        var outcome = Samples.Outcome("band", "band-centre", null, Samples.Value(double.NaN));
        var written = await ReportWriter.WriteAsync(Samples.Run(outcome), [outcome], folder.Path, Cancellation);
        Assert.Null(written.Analyses["band"].Values[0].Value);
        Assert.Contains("band_centre is not a finite number (NaN).", Page(folder.Path), StringComparison.Ordinal);
        Assert.DoesNotContain("NaN</td>", Page(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_figure_that_cannot_be_drawn_costs_no_number()
    {
        using var folder = new TemporaryFolder();
        var bell = Samples.Bell(-3);
        var empty = bell with { Curve = bell.Curve with { EnergiesEv = [], Density = [] } };
        AnalysisOutcome[] outcomes = [Samples.Outcome("band", "band-centre", new BandCentreDetails([new(Samples.Labels(), empty)]), Samples.Value(-3))];
        var written = await ReportWriter.WriteAsync(Samples.Run(outcomes), outcomes, folder.Path, Cancellation);
        Assert.StartsWith("A figure of band could not be drawn", Assert.Single(written.Warnings), StringComparison.Ordinal);
        Assert.Contains("−3.000", Page(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writes_the_same_bytes_again_and_in_every_culture()
    {
        using var first = new TemporaryFolder();
        AnalysisOutcome[] outcomes = [Samples.BandCentres(), Samples.Interface(-0.02), Samples.Window()];
        await ReportWriter.WriteAsync(Samples.Run(outcomes), outcomes, first.Path, Cancellation);
        var before = Bytes(first.Path);
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture.Name == "de-DE" ? "en-US" : "de-DE");
        try
        {
            await ReportWriter.WriteAsync(Samples.Run(outcomes), outcomes, first.Path, Cancellation);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
        Assert.All(Bytes(first.Path), file => Assert.True(file.Value == before[file.Key], file.Key));

        static Dictionary<string, string> Bytes(string folder) =>
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(f => f, f => Convert.ToBase64String(File.ReadAllBytes(f)));
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_to_leaves_no_half_file()
    {
        using var folder = new TemporaryFolder();
        // A folder stands where the page's temporary file is to be.
        Directory.CreateDirectory(Path.Combine(folder.Path, "report.html.part"));
        var error = await Assert.ThrowsAsync<DftFlowException>(() => ReportWriter.WriteAsync(Samples.Run(), [], folder.Path, Cancellation));
        Assert.Equal("DF5101", error.Code);
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    [Fact]
    public async Task Stops_when_it_is_told_to_and_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        AnalysisOutcome[] outcomes = [Samples.Interface()];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReportWriter.WriteAsync(Samples.Run(outcomes), outcomes, folder.Path, stopped.Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [GeneratedRegex("href=\"([^\"]*)\"")]
    private static partial Regex Href();

    [GeneratedRegex("\\sid=\"([^\"]*)\"")]
    private static partial Regex Id();

    [GeneratedRegex("url\\(#([^)]*)\\)")]
    private static partial Regex Reference();
}
