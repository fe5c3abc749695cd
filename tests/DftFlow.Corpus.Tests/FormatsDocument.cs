using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace DftFlow.Tests.Corpus;

/// <summary>The generated part of docs/formats.md: what was found in every file of the corpus beside what is stated for it.</summary>
internal static partial class FormatsDocument
{
    private const string Begin = "<!-- generated from the corpus: begin -->", End = "<!-- generated from the corpus: end -->";

    public static string Path { get; } = System.IO.Path.Combine(TestPaths.Repository, "docs", "formats.md");

    public static string With(string document, IReadOnlyList<Row> rows)
    {
        var begin = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = document.IndexOf(End, StringComparison.Ordinal);
        return document[..begin] + "\n" + Generated(rows) + document[end..];
    }

    private static string Generated(IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder();
        text.Append("\n| files | values stated | met | explained below |\n|---|---:|---:|---:|\n");
        foreach (var kind in rows.GroupBy(row => row.Kind).OrderBy(group => group.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"| {kind.Select(row => (row.Case, row.File)).Distinct().Count()} {kind.Key} | {kind.Count()} | {kind.Count(row => row.Outcome == Outcome.Met)} | {kind.Count(row => row.Outcome == Outcome.Explained)} |\n");
        text.Append("\nWhere ours is another value:\n\n");
        foreach (var (kind, reason) in KnownDifferences.Listed(rows))
        {
            var concerned = rows.Where(row => row.Kind == kind && row.Reason == reason).ToList();
            var paths = concerned.Select(row => Index().Replace(row.Path, "").Split('/')[^1]).Distinct().ToList();
            text.Append(CultureInfo.InvariantCulture, $"- **{kind}**, {concerned.Count} values in {concerned.Select(row => (row.Case, row.File)).Distinct().Count()} files (`{string.Join("`, `", paths.Take(4))}`{(paths.Count > 4 ? ", …" : "")}): {reason}\n");
        }
        foreach (var kind in rows.GroupBy(row => row.Kind).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### {kind.Key}\n\n| case / file | value | ours | stated | deviation |\n|---|---|---|---|---:|\n");
            foreach (var file in kind.GroupBy(row => (row.Case, row.File)))
            {
                var first = true;
                foreach (var line in Lines(file))
                {
                    text.Append(first ? $"| {file.Key.Case} / {file.Key.File} " : "| ").Append(line).Append(" |\n");
                    first = false;
                }
            }
        }
        return text.Append('\n').ToString();
    }

    /// <summary>Values one by one at the top and where they matter most; what lies below them, as far as it is met, in one line.</summary>
    private static IEnumerable<string> Lines(IEnumerable<Row> rows)
    {
        foreach (var group in rows.GroupBy(row => Top().Match(row.Path).Value))
        {
            var together = group.Where(row => row.Path != group.Key && row.Outcome == Outcome.Met && !WorthALine().IsMatch(row.Path)).ToList();
            foreach (var row in group.Except(together))
                yield return $"| {Cell(row.Path)} | {Cell(row.Ours)} | {Cell(row.Stated)} | {(row.Outcome == Outcome.Met ? Deviation(row.Deviation) : "explained")}";
            if (together.Count > 0)
                yield return FormattableString.Invariant($"| {Cell(group.Key)}: {together.Count} values | met | | {Deviation(together.Max(row => row.Deviation))}");
        }
    }

    private static string Deviation(double? deviation) => deviation switch
    {
        null => "",
        0 => "0",
        { } value => value.ToString("0.0e+0", CultureInfo.InvariantCulture),
    };

    private static string Cell(string text) => (text.Length > 60 ? text[..57] + "…" : text).Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal).ReplaceLineEndings(" ");

    [GeneratedRegex(@"^[^/\[]+")]
    private static partial Regex Top();

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Index();

    [GeneratedRegex("(final_energy|efermi|nelect|total_mag|E0|gap|integral_electrons_or_moment.*|full_range|occupied_E<=Ef|number_of_electrons)$")]
    private static partial Regex WorthALine();
}
