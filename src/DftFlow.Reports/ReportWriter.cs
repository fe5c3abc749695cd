using System.Collections.Immutable;
using System.Text;
using DftFlow.Engine;
using DftFlow.Reports.Figures;

namespace DftFlow.Reports;

/// <summary>Writes what a run found: results.json, results.csv, figures/ and report.html.</summary>
public static class ReportWriter
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>
    /// Writes all files of a report into a folder, which is made where it is missing; what was there under the same names is
    /// replaced. Every file is whole or not there: all are written beside their places first and moved there last, the page
    /// behind everything that it shows.
    /// </summary>
    /// <param name="outcomes">What the figures are drawn from; analyses without one appear in the tables only.</param>
    /// <param name="folder">The run's folder.</param>
    /// <returns>The result as written: with the page's path, null for what is no finite number, and a warning for each of these
    /// and for each figure that could not be drawn.</returns>
    /// <exception cref="DftFlowException">DF5101: the folder cannot be written to.</exception>
    public static async Task<RunResult> WriteAsync(
        RunResult result, IReadOnlyList<AnalysisOutcome> outcomes, string folder, CancellationToken cancellation = default)
    {
        folder = Path.GetFullPath(folder);
        result = RunResultJson.Finite(result) with { Report = Path.Combine(folder, "report.html") };
        var files = new List<(string Name, byte[] Bytes)>();
        var drawn = ImmutableArray.CreateBuilder<DrawnFigure>();
        var names = new FileNames();
        foreach (var outcome in outcomes)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                foreach (var figure in Draw(outcome))
                {
                    var name = names.Unique(figure.Name);
                    var svg = figure.Svg(FormattableString.Invariant($"f{drawn.Count}-"));
                    files.Add(($"figures/{name}.svg", Utf8.GetBytes(svg)));
                    files.Add(($"figures/{name}.png", figure.Png()));
                    files.Add(($"figures/{name}.csv", Utf8.GetBytes(figure.Data)));
                    drawn.Add(new DrawnFigure(figure, name, svg));
                }
            }
            // The numbers are worth more than their picture: nothing that happens while drawing may cost the report.
            catch (Exception error) when (error is not OperationCanceledException)
            {
                result = result with { Warnings = result.Warnings.Add($"A figure of {outcome.Id} could not be drawn: {error.Message}") };
            }
        }
        files.Add(("results.csv", Utf8.GetBytes(ResultsTable.Write(result))));
        files.Add(("results.json", RunResultJson.Serialize(result)));
        files.Add(("report.html", Utf8.GetBytes(ReportPage.Write(result, outcomes.Select(o => o.Id), drawn.ToImmutable(), folder))));
        await WriteAll(folder, files, cancellation);
        return result;
    }

    private static IEnumerable<Figure> Draw(AnalysisOutcome outcome) => outcome.Details switch
    {
        BandCentreDetails { Centres.IsEmpty: false } details => DosFigure.Draw(outcome.Id, details).Concat(TotalDosFigure.Draw(outcome.Id, details)),
        BaderDetails details => BaderFigure.Draw(outcome.Id, details),
        ElfDetails details => ElfFigure.Draw(outcome.Id, details),
        SliceDetails details => GridFigures.Draw(outcome.Id, details),
        ChargeDifferenceDetails details => GridFigures.Draw(outcome.Id, details),
        HullDetails details => HullFigure.Draw(outcome.Id, details),
        InterfaceReactionDetails details => InterfaceFigure.Draw(outcome, details),
        WindowDetails { Windows.IsEmpty: false } details => WindowFigure.Draw(outcome, details),
        _ => [],
    };

    private static async Task WriteAll(string folder, List<(string Name, byte[] Bytes)> files, CancellationToken cancellation)
    {
        var written = new List<(string Temporary, string Path)>();
        try
        {
            Directory.CreateDirectory(folder);
            if (files.Any(file => file.Name.StartsWith("figures/", StringComparison.Ordinal))) Directory.CreateDirectory(Path.Combine(folder, "figures"));
            foreach (var (name, bytes) in files)
            {
                var path = Path.Combine(folder, name);
                var temporary = path + ".part";
                written.Add((temporary, path));
                await File.WriteAllBytesAsync(temporary, bytes, cancellation);
            }
            foreach (var (temporary, path) in written) File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Discard(written);
            throw new DftFlowException("DF5101", $"The report cannot be written into {folder}: {error.Message}", "Free some space or choose a folder that you may write to; then run the workflow again, finished calculations are kept.", inner: error);
        }
        catch (OperationCanceledException)
        {
            Discard(written);
            throw;
        }
    }

    private static void Discard(List<(string Temporary, string Path)> written)
    {
        foreach (var (temporary, _) in written)
        {
            try
            {
                File.Delete(temporary);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // What keeps us from writing may keep us from deleting; the first error is the one to tell.
            }
        }
    }
}
