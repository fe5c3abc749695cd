using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using DftFlow.Engine;
using DftFlow.Reports.Figures;

namespace DftFlow.Reports;

/// <summary>A figure with its file's name (without ending) and its SVG.</summary>
internal sealed record DrawnFigure(Figure Figure, string Name, string Svg);

/// <summary>report.html: one file, without script or anything from elsewhere.</summary>
internal sealed partial class ReportPage
{
    private static readonly Html Style = new(LoadStyle());

    // Only this style sheet, no script, nothing from the network: even if something hostile stood in the page.
    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style.Markup)))}'; base-uri 'none'; form-action 'none'";

    private readonly RunResult result;
    private readonly ImmutableArray<DrawnFigure> figures;
    private readonly string folder;
    private readonly ImmutableArray<(string Id, AnalysisResult Result)> analyses;

    private ReportPage(RunResult result, IEnumerable<string> order, ImmutableArray<DrawnFigure> figures, string folder)
    {
        (this.result, this.figures, this.folder) = (result, figures, folder);
        analyses = [.. order.Where(result.Analyses.ContainsKey).Concat(result.Analyses.Keys).Distinct(StringComparer.Ordinal).Select(id => (id, result.Analyses[id]))];
    }

    /// <param name="order">The analyses as the workflow has them; others follow.</param>
    /// <param name="folder">Where the page will lie: links are relative to it.</param>
    public static string Write(RunResult result, IEnumerable<string> order, ImmutableArray<DrawnFigure> figures, string folder) =>
        new ReportPage(result, order, figures, folder).Page().Markup;

    private static string LoadStyle()
    {
        using var stream = typeof(ReportPage).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private Html Page() => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="{Policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{result.Title ?? result.Workflow}</title>
        <style>{Style}</style>
        </head>
        <body>
        {Heading()}
        <main>
        {Failures()}
        {Comparison()}
        {analyses.Select(a => Analysis(a.Id, a.Result))}
        {Calculations()}
        {Warnings()}
        {Inputs()}
        </main>
        <footer><p>The numbers in full: {FileLink("results.json")}, {FileLink("results.csv")}. Hover over a number to see all its digits.</p></footer>
        </body>
        </html>

        """);

    private Html Heading() => Html.Of($"""
        <header>
        <h1>{RichText.Formulas(result.Title ?? result.Workflow)}</h1>
        {(result.Description is { Length: > 0 } description ? Paragraphs(description) : Html.Empty)}
        <dl class="facts">
        <div><dt>State</dt><dd><span class="badge {StateOf(result.State.ToString())}">{Word(result.State.ToString())}</span></dd></div>
        <div><dt>Workflow</dt><dd>{result.Workflow}</dd></div>
        {(result.Source is { Length: > 0 } source ? Html.Of($"<div><dt>Source</dt><dd>{SourceLink(source)}</dd></div>") : Html.Empty)}
        <div><dt>Started</dt><dd>{Time(result.StartedAt)}</dd></div>
        <div><dt>Took</dt><dd>{Numbers.Elapsed(Math.Max(0, (result.EndedAt - result.StartedAt).TotalSeconds))}</dd></div>
        <div><dt>Calculations</dt><dd>{Counts()}</dd></div>
        <div><dt>Run</dt><dd><code>{result.RunId}</code></dd></div>
        <div><dt>Folder</dt><dd><code>{result.Directory}</code></dd></div>
        </dl>
        <p class="definition">{result.Definition}</p>
        </header>
        """);

    private string Counts()
    {
        var total = result.Calculations.Length;
        var cached = result.Calculations.Count(c => c.Cached);
        var states = result.Calculations.GroupBy(c => c.State).OrderBy(g => g.Key).Select(g => FormattableString.Invariant($"{g.Count()} {Word(g.Key.ToString())}"));
        return total == 0 ? "none" : string.Join(", ", states) + (cached > 0 ? FormattableString.Invariant($" ({cached} taken from earlier runs)") : "");
    }

    private Html Failures()
    {
        Html[] items =
        [
            .. result.Calculations.Where(c => c.Error is not null || c.State is CalculationState.Failed).Select(c => Html.Of($"""
                <li><h3>Calculation <code>{c.Id}</code></h3>{Error(c.Error)}
                {(c.Directory is { } directory ? Html.Of($"<p>Its files are in {FolderLink(directory)}.</p>") : Html.Empty)}</li>
                """)),
            .. analyses.Where(a => a.Result.Error is not null).Select(a => Html.Of($"<li><h3>Analysis <code>{a.Id}</code></h3>{Error(a.Result.Error)}</li>")),
        ];
        return items.Length == 0 ? Html.Empty : Html.Of($"<section class=\"failures\" aria-labelledby=\"failures\"><h2 id=\"failures\">What failed</h2><ul>{items}</ul></section>");
    }

    private static Html Error(ErrorDocument? error) => error is null ? Html.Empty : Html.Of($"""
        <p><strong>{error.Code}</strong> <span class="message">{error.Message}</span></p>
        {(error.File is { } file ? Html.Of($"<p>At <code>{file}{(error.Line is { } line ? FormattableString.Invariant($", line {line}") : "")}</code></p>") : Html.Empty)}
        {(error.Hint is { } hint ? Html.Of($"<p>{hint}</p>") : Html.Empty)}
        """);

    /// <summary>Ours beside published or earlier values, of all analyses together.</summary>
    private Html Comparison()
    {
        var rows = analyses.SelectMany(a => a.Result.Values.Where(v => v.Expected is not null).Select(v => (a.Id, Value: v))).ToArray();
        return rows.Length == 0 ? Html.Empty : Html.Of($"""
            <section aria-labelledby="comparison"><h2 id="comparison">Beside expected values</h2>
            {Scrolling("Computed and expected values", Html.Of($"""
                <table><thead><tr><th scope="col">Quantity</th><th scope="col">Of</th><th scope="col" class="number">Computed</th><th scope="col" class="number">Expected</th>
                <th scope="col" class="number">Deviation</th><th scope="col" class="number">Tolerance</th><th scope="col">Unit</th><th scope="col">Met</th><th scope="col">Source of the expected value</th></tr></thead>
                <tbody>{rows.Select(row => Html.Of($"""
                    <tr><th scope="row">{Name(row.Value.Quantity)}</th><td>{Labels(row.Id, row.Value)}</td>{Number(row.Value.Value, row.Value.Unit)}{Number(row.Value.Expected, row.Value.Unit)}
                    {Number(row.Value.Deviation, row.Value.Unit, signed: true)}{Number(row.Value.Tolerance, row.Value.Unit)}<td>{row.Value.Unit}</td><td>{Met(row.Value.Met)}</td><td>{SourceLink(row.Value.Source ?? "")}</td></tr>

                    """))}</tbody></table>
                """))}
            </section>
            """);
    }

    private static Html Met(bool? met) => met switch
    {
        true => Html.Of($"<span class=\"badge good\">yes</span>"),
        false => Html.Of($"<span class=\"badge attention\">no</span>"),
        null => Html.Of($"<span title=\"No tolerance was given\">–</span>"),
    };

    /// <summary>A table with a row for each set of labels and a column for each quantity.</summary>
    private Html Analysis(string id, AnalysisResult analysis)
    {
        ImmutableArray<string> axes = [.. analysis.Values.SelectMany(v => v.Labels.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        ImmutableArray<(string Quantity, string Unit)> quantities = [.. analysis.Values.Select(v => (v.Quantity, v.Unit)).Distinct()];
        // The values come row by row, in the workflow's order, which is worth keeping.
        var rows = analysis.Values.GroupBy(v => string.Join('\n', axes.Select(axis => v.Labels.GetValueOrDefault(axis)))).Select(g => g.ToArray()).ToArray();
        var notes = analysis.Values.Any(v => v.Note is { Length: > 0 });
        var table = rows.Length == 0 ? Html.Empty : Scrolling("Values of " + id, Html.Of($"""
            <table><thead><tr>{axes.Select(axis => Html.Of($"<th scope=\"col\">{Name(axis)}</th>"))}{quantities.Select(q => Html.Of($"<th scope=\"col\" class=\"number\">{Name(q.Quantity)}{(q.Unit == "1" ? "" : $" ({q.Unit})")}</th>"))}{(notes ? Html.Of($"<th scope=\"col\">Note</th>") : Html.Empty)}</tr></thead>
            <tbody>{rows.Select(row => Html.Of($"""
                <tr>{axes.Select(axis => Html.Of($"<th scope=\"row\">{Label(axis, row[0].Labels.GetValueOrDefault(axis))}</th>"))}{quantities.Select(q => row.FirstOrDefault(v => (v.Quantity, v.Unit) == q) is { } value ? Number(value.Value, value.Unit) : Html.Of($"<td></td>"))}{(notes ? Html.Of($"<td>{Notes(row)}</td>") : Html.Empty)}</tr>

                """))}</tbody></table>
            """));
        var anchor = "analysis-" + id;
        return Html.Of($"""
            <section aria-labelledby="{anchor}"><h2 id="{anchor}">{Name(id)} <span class="kind">{analysis.Kind}</span></h2>
            {table}
            {Sensitivity(analysis)}
            {Variations(analysis)}
            {(analysis.Error is null ? Html.Empty : Error(analysis.Error))}
            {Definition(analysis.Definition)}
            {List("warnings", analysis.Warnings)}
            {Written(analysis.Files)}
            <div class="figures">{figures.Where(f => f.Figure.AnalysisId == id).Select(Figure)}</div>
            </section>
            """);
    }

    /// <summary>A shift over every window (rows) from every zero (columns), for each member.</summary>
    private static Html Sensitivity(AnalysisResult analysis) => Html.Join(analysis.Sensitivity.GroupBy(cell => string.Join(", ", cell.Labels.Select(label => label.Value))).Select(member =>
    {
        var zeros = member.Select(cell => cell.Zero).Distinct().ToArray();
        var windows = member.Select(cell => cell.Window).Distinct().Count();
        var reasons = member.Where(cell => cell.Reason is not null).GroupBy(cell => cell.Reason!)
            .Select(reason => $"{string.Join(", ", reason.GroupBy(cell => cell.Zero).Select(zero => zero.Count() == windows ? zero.Key : $"{string.Join(" and ", zero.Select(cell => cell.Window))} from {zero.Key}"))}: {reason.Key}");
        var name = $"The shift{(member.Key.Length > 0 ? $" of {member.Key}" : "")} by window and zero (eV)";
        return Html.Of($"""
            <h3>{RichText.Formulas(name)}</h3>
            {Scrolling(name, Html.Of($"""
                <table><thead><tr><th scope="col">Window</th>{zeros.Select(zero => Html.Of($"<th scope=\"col\" class=\"number\">{zero}</th>"))}</tr></thead>
                <tbody>{member.GroupBy(cell => cell.Window).Select(row => Html.Of($"<tr><th scope=\"row\">{row.Key.Replace('-', '−')}</th>{row.Select(cell => Number(cell.ShiftEv, "eV", signed: true))}</tr>\n"))}</tbody></table>
                """))}
            {List("reasons", [.. reasons])}
            """);
    }));

    /// <summary>The same numbers with one thing done otherwise (rows), for each pair or phase.</summary>
    private static Html Variations(AnalysisResult analysis) => Html.Join(analysis.Variations.GroupBy(row => string.Join(", ", row.Labels.Select(label => label.Value))).Select(cell =>
    {
        var quantities = cell.Select(row => (row.Quantity, row.Unit)).Distinct().ToArray();
        var reasons = cell.Where(row => row.Reason is not null).Select(row => $"{row.Variation}: {row.Reason}").Distinct();
        var name = $"What the numbers of {cell.Key} depend on";
        return Html.Of($"""
            <h3>{RichText.Formulas(name)}</h3>
            {Scrolling(name, Html.Of($"""
                <table><thead><tr><th scope="col">Done otherwise</th>{quantities.Select(quantity => Html.Of($"<th scope=\"col\" class=\"number\">{quantity.Quantity.Replace('_', ' ')}, {quantity.Unit}</th>"))}<th scope="col">Reaction</th></tr></thead>
                <tbody>{cell.GroupBy(row => row.Variation).Select(row => Html.Of($"<tr><th scope=\"row\">{RichText.Formulas(row.Key)}</th>{quantities.Select(quantity => Number(row.First(one => one.Quantity == quantity.Quantity).Value, quantity.Unit))}<td>{RichText.Formulas(row.First().Note ?? "")}</td></tr>\n"))}</tbody></table>
                """))}
            {List("reasons", [.. reasons])}
            """);
    }));

    private Html Written(ImmutableArray<string> files) => files.IsDefaultOrEmpty ? Html.Empty
        : Html.Of($"<p class=\"definition\">Grids for viewers: {Html.Join(files.Select(file => Html.Of($"{FolderLink(file, Path.GetFileName(file))} ")))}</p>");

    // One line for each kind of number; many of them fold away.
    private static Html Definition(string definition)
    {
        var lines = definition.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length <= 2 ? Html.Join(lines.Select(line => Html.Of($"<p class=\"definition\">{RichText.Formulas(line)}</p>")))
            : Html.Of($"<details class=\"definition\"><summary>How these numbers were computed</summary><ul>{lines.Select(line => Html.Of($"<li>{RichText.Formulas(line)}</li>"))}</ul></details>");
    }

    private static Html Notes(AnalysisValue[] row)
    {
        var notes = row.Where(v => v.Note is { Length: > 0 }).GroupBy(v => v.Note!).ToArray();
        return Html.Join(notes.Select(note =>
            Html.Of($"<div>{(row.Length > 1 ? Html.Of($"<span class=\"kind\">{string.Join(", ", note.Select(v => Name(v.Quantity)))}:</span> ") : Html.Empty)}{RichText.Formulas(note.Key)}</div>")));
    }

    private static Html Figure(DrawnFigure drawn) => Html.Of($"""
        <figure>{new Html(drawn.Svg)}<figcaption>{drawn.Figure.Caption} <span class="files">{FileLink($"figures/{drawn.Name}.svg", "SVG")} {FileLink($"figures/{drawn.Name}.png", "PNG")} {FileLink($"figures/{drawn.Name}.csv", "data")}</span></figcaption></figure>
        """);

    private Html Calculations() => result.Calculations.IsEmpty ? Html.Empty : Html.Of($"""
        <section aria-labelledby="calculations"><h2 id="calculations">Calculations</h2>
        {Scrolling("Calculations", Html.Of($"""
            <table><thead><tr><th scope="col">Id</th><th scope="col">State</th><th scope="col">Formula</th><th scope="col" class="number">E(σ → 0) (eV per cell)</th><th scope="col">Program</th>
            <th scope="col" class="number">Wall time</th><th scope="col">Cluster</th><th scope="col">Files</th><th scope="col">Fingerprint</th></tr></thead>
            <tbody>{result.Calculations.Select(c => Html.Of($"""
                <tr><th scope="row">{c.Id}</th><td><span class="badge {StateOf(c.State.ToString())}">{Word(c.State.ToString())}</span>{(c.Cached ? " cached" : "")}{(c.Attempts > 1 ? FormattableString.Invariant($" {c.Attempts} attempts") : "")}{(c.Corrections.IsDefaultOrEmpty ? "" : "; corrected: " + string.Join(", ", c.Corrections))}</td>
                <td>{RichText.Formulas(c.Formula ?? "–")}</td>{Number(c.FinalEnergyEv, "eV")}<td>{c.Program ?? "–"}</td><td class="number">{(c.ElapsedS is { } seconds ? Numbers.Elapsed(seconds) : "–")}</td>
                <td>{c.Cluster}</td><td>{(c.Directory is { } directory ? FolderLink(directory, "folder") : Html.Of($"–"))}</td><td><code title="{c.Fingerprint}">{(c.Fingerprint.Length > 10 ? c.Fingerprint[..10] + "…" : c.Fingerprint)}</code></td></tr>

                """))}</tbody></table>
            """))}
        <p class="definition">E(σ → 0): energy without entropy extrapolated to no smearing, of the last ionic step and the whole cell; energies of different programs do not compare. Wall time: of the run that made the result. Fingerprint: SHA-256 of the inputs; the same inputs are not computed again.</p>
        </section>
        """);

    private Html Warnings() => result.Warnings.IsDefaultOrEmpty ? Html.Empty
        : Html.Of($"<section aria-labelledby=\"warnings\"><h2 id=\"warnings\">Warnings</h2>{List("warnings", result.Warnings)}</section>");

    private Html Inputs()
    {
        var inputs = result.Inputs.Concat(analyses.SelectMany(a => a.Result.Inputs)).Distinct().ToArray();
        return inputs.Length == 0 ? Html.Empty : Html.Of($"""
            <section aria-labelledby="inputs"><h2 id="inputs">Files that the numbers come from</h2>
            {Scrolling("Input files", Html.Of($"""
                <table><thead><tr><th scope="col">File</th><th scope="col">SHA-256</th></tr></thead>
                <tbody>{inputs.Select(input => Html.Of($"<tr><th scope=\"row\" class=\"path\">{input.File}</th><td class=\"path\"><code>{input.Sha256}</code></td></tr>\n"))}</tbody></table>
                """))}
            </section>
            """);
    }

    private static Html List(string kind, ImmutableArray<string> items) => items.IsDefaultOrEmpty ? Html.Empty
        : Html.Of($"<ul class=\"{kind}\">{items.Select(item => Html.Of($"<li>{RichText.Formulas(item)}</li>"))}</ul>");

    // Wide tables scroll by themselves, with the keyboard too.
    private static Html Scrolling(string label, Html table) => Html.Of($"<div class=\"table\" role=\"region\" aria-label=\"{label}\" tabindex=\"0\">{table}</div>");

    private static Html Number(double? value, string unit, bool signed = false) => value is { } number
        ? Html.Of($"<td class=\"number\" title=\"{Numbers.Full(number)} {(unit == "1" ? "" : unit)}\">{Numbers.Show(number, unit, signed)}</td>")
        : Html.Of($"<td class=\"number\">–</td>");

    private static bool IsFormula(string axis) => axis is "pair" or "phase";

    private static RichText Label(string axis, string? value) => IsFormula(axis) ? RichText.Formulas(value ?? "") : value ?? "";

    private static Html Labels(string id, AnalysisValue value) => Html.Of($"{Name(id)}{Html.Join(value.Labels.Select(label => Html.Of($"; {(IsFormula(label.Key) ? "" : label.Key + " ")}{Label(label.Key, label.Value)}")))}");

    private static Html Paragraphs(string text) =>
        Html.Join(text.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(paragraph => Html.Of($"<p>{RichText.Formulas(paragraph)}</p>\n")));

    private static Html Time(DateTimeOffset time)
    {
        var utc = time.ToUniversalTime();
        return Html.Of($"<time datetime=\"{utc.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}\">{utc.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC</time>");
    }

    /// <summary>A DOI becomes a link, and what is said behind it stays text.</summary>
    private static Html SourceLink(string source) =>
        Doi().Match(source) is { Success: true, Value: var doi } ? Html.Of($"<a href=\"https://doi.org/{doi[4..]}\">{doi}</a>{source[doi.Length..]}")
        : source.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && !source.Contains(' ', StringComparison.Ordinal) ? Html.Of($"<a href=\"{source}\">{source}</a>")
        : Html.Of($"{source}");

    [GeneratedRegex(@"^doi:10\.[^\s;,]+[^\s;,.)]", RegexOptions.IgnoreCase)]
    private static partial Regex Doi();

    private Html FolderLink(string directory, string? text = null)
    {
        var relative = Path.GetRelativePath(folder, directory);
        return Path.IsPathRooted(relative) ? Html.Of($"<code>{directory}</code>") : FileLink(relative, text ?? directory);
    }

    // Begins with ./, so that no name is taken for a scheme.
    private static Html FileLink(string relative, string? text = null) =>
        Html.Of($"<a href=\"./{string.Join('/', relative.Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString))}\">{text ?? relative}</a>");

    private static string StateOf(string state) => state switch
    {
        nameof(RunState.Completed) => "good",
        nameof(RunState.Failed) => "bad",
        nameof(RunState.Running) or nameof(CalculationState.Pending) => "underway",
        _ => "attention",
    };

    /// <summary>A name as prose: <c>band_centre_up</c> is Band centre up.</summary>
    private static string Name(string name)
    {
        var words = name.Replace('_', ' ');
        return words is [var first, ..] && char.IsAsciiLetterLower(first) ? char.ToUpperInvariant(first) + words[1..] : words;
    }

    private static string Word(string state) => state.ToLowerInvariant();
}
