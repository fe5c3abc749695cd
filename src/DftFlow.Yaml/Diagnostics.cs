using System.Collections.Immutable;

namespace DftFlow.Yaml;

/// <summary>A problem at a place in a file.</summary>
public sealed record Diagnostic(string Code, Severity Severity, string Message, string File, int Line, int Column, string? Hint = null)
{
    public override string ToString() =>
        $"{File}:{Line}:{Column}: {Severity.ToString().ToLowerInvariant()} {Code}: {Message}{(Hint is null ? "" : $" {Hint}")}";
}

/// <summary>Collects what is wrong with a document, so that all problems are told at once; each is told once.</summary>
public sealed class Diagnostics
{
    private readonly List<Diagnostic> all = [];
    private readonly HashSet<Diagnostic> seen = [];

    public bool HasErrors => ErrorCount > 0;

    public int ErrorCount => all.Count(d => d.Severity == Severity.Error);

    /// <summary>By file and place.</summary>
    public ImmutableArray<Diagnostic> ToSorted() =>
        [.. all.OrderBy(d => d.File, StringComparer.Ordinal).ThenBy(d => d.Line).ThenBy(d => d.Column)];

    public void Error(string code, Mark at, string message, string? hint = null) => Add(Severity.Error, code, at, message, hint);

    public void Warning(string code, Mark at, string message, string? hint = null) => Add(Severity.Warning, code, at, message, hint);

    public void Add(Severity severity, string code, Mark at, string message, string? hint = null)
    {
        var diagnostic = new Diagnostic(code, severity, message, at.File, at.Line, at.Column, hint);
        if (seen.Add(diagnostic)) all.Add(diagnostic);
    }

    /// <summary>A thrown error, at the file, line and column that it names, else at <paramref name="at"/>.</summary>
    public void Add(DftFlowException error, Mark at)
    {
        var place = error.File is { } file ? new Mark(file, error.Line ?? 1, error.Column ?? 1) : at;
        Add(Severity.Error, error.Code, place, error.Message, error.Hint);
    }

    /// <summary>"did you mean …?" for a word that is close to one of the candidates, else the list of them.</summary>
    public static string Suggest(string word, IReadOnlyCollection<string> candidates) =>
        Spelling.Closest(word, candidates) is { } closest ? $"Did you mean '{closest}'?"
        : candidates.Count == 0 ? "There is none here."
        : $"Known here: {string.Join(", ", candidates.Take(20))}{(candidates.Count > 20 ? ", …" : "")}.";
}
