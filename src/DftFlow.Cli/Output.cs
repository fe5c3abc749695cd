using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DftFlow.Engine;
using DftFlow.Vasp.Inspection;
using DftFlow.Yaml;

namespace DftFlow.Cli;

/// <summary>What goes to standard output (one JSON document, or the answer) and what to standard error (everything else).</summary>
internal static class Output
{
    public static int Fail(bool json, DftFlowException error, int status = ExitStatus.BadRequest)
    {
        Tell(error);
        try
        {
            if (json) Json(new ErrorAnswer(ErrorDocument.Of(error)), CliJson.Default.ErrorAnswer);
        }
        catch (IOException)
        {
            // Standard output itself may be what cannot be written; it has been said on the other one.
        }
        return status;
    }

    /// <summary>On standard error, with its place in the form that editors know how to jump to.</summary>
    public static void Tell(DftFlowException error)
    {
        var place = error.File is { } file ? error.Line is { } line ? $"{file}:{line}:{error.Column ?? 1}: " : $"{file}: " : "";
        Say(Printable($"dftflow: {place}{error.Code}: {error.Message}{(error.Hint is null ? "" : $" {error.Hint}")}"));
    }

    /// <summary>Lines on standard error, made printable. Where that is closed or full, nobody can be told, and the exit status has to do.</summary>
    public static void Say(string lines)
    {
        try
        {
            Console.Error.WriteLine(string.Join('\n', lines.Split('\n').Select(Printable)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Text that comes out of files, or names them, without what a terminal would obey: control characters, and those that turn the writing round.</summary>
    public static string Printable(string text) => string.Concat(text.Select(c =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? ' ' : c));

    /// <summary>All problems in words; the first error is the document.</summary>
    public static int Fail(bool json, ImmutableArray<Diagnostic> diagnostics)
    {
        if (json) Json(new ErrorAnswer(DiagnosticDocument.FirstError(diagnostics)!), CliJson.Default.ErrorAnswer);
        Tell(diagnostics, infos: false);
        return ExitStatus.BadRequest;
    }

    /// <summary>One document on standard output.</summary>
    public static void Json<T>(T document, JsonTypeInfo<T> type) => Json(JsonSerializer.SerializeToUtf8Bytes(document, type));

    public static void Json(ReadOnlySpan<byte> document)
    {
        using var stream = Console.OpenStandardOutput();
        stream.Write(document);
        stream.Write("\n"u8);
    }

    public static string Count(int count, string noun) => Spelling.Count(count, noun);

    /// <summary>Diagnostics in the form that editors know how to jump to.</summary>
    public static void Tell(ImmutableArray<Diagnostic> diagnostics, bool infos)
    {
        foreach (var diagnostic in diagnostics.Where(d => infos || d.Severity != Severity.Info))
            Say(diagnostic.ToString());
        var errors = diagnostics.Count(d => d.Severity == Severity.Error);
        if (errors > 0) Say(Count(errors, "error"));
    }
}

/// <summary>A file that a result was computed from.</summary>
internal sealed record InputDocument(string File, string Sha256)
{
    public static InputDocument Of<T>(ReadFile<T> read) => new(read.Path, read.Sha256);
}

internal sealed record ErrorAnswer(ErrorDocument Error);

internal sealed record ValidateAnswer(bool Valid, ImmutableArray<DiagnosticDocument> Diagnostics, ErrorDocument? Error);

internal sealed record PlanAnswer(
    bool Valid,
    ImmutableArray<DiagnosticDocument> Diagnostics,
    ErrorDocument? Error,
    ImmutableArray<ModelDocument> Structures,
    ImmutableArray<PlannedCalculationDocument> Calculations,
    ImmutableArray<PlannedAnalysisDocument> Analyses,
    ImmutableArray<EdgeDocument> Edges);

internal sealed record DiagnosticDocument(string Code, Severity Severity, string Message, string File, int Line, int Column, string? Hint)
{
    public static ImmutableArray<DiagnosticDocument> Of(ImmutableArray<Diagnostic> diagnostics) =>
        [.. diagnostics.Select(d => new DiagnosticDocument(d.Code, d.Severity, d.Message, d.File, d.Line, d.Column, d.Hint))];

    /// <summary>The first error, as commands answer it that could not begin.</summary>
    public static ErrorDocument? FirstError(ImmutableArray<Diagnostic> diagnostics) =>
        diagnostics.FirstOrDefault(d => d.Severity == Severity.Error) is { } d ? new ErrorDocument(d.Code, d.Message, d.File, d.Line, d.Column, d.Hint) : null;
}

internal sealed record PlannedCalculationDocument(
    string Id,
    string InputFingerprint,
    bool? Cached,
    string Formula,
    int NAtoms,
    KpointsDocument Kpoints,
    double? EstimatedCoreHours,
    ImmutableArray<string> Files,
    ImmutableArray<string> ProvisionalFiles,
    string Engine,
    string Cluster,
    ImmutableArray<IncarTagDocument> Incar);

internal sealed record KpointsDocument(string Scheme, ImmutableArray<int> Mesh, ImmutableArray<double> Shift);

internal sealed record IncarTagDocument(string Name, string Value, string? Origin);

internal sealed record PlannedAnalysisDocument(string Id, string Kind, ImmutableArray<string> Quantities);

internal sealed record EdgeDocument(string From, string To);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(ValidateAnswer))]
[JsonSerializable(typeof(PlanAnswer))]
[JsonSerializable(typeof(StructureInfoAnswer))]
[JsonSerializable(typeof(StructureBuildAnswer))]
internal sealed partial class CliJson : JsonSerializerContext;
