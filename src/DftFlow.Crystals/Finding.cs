using System.Text.Json.Serialization;

namespace DftFlow;

/// <summary>How bad a finding is: an error stops the work, a warning wants a look, an info tells what was assumed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    [JsonStringEnumMemberName("error")] Error,
    [JsonStringEnumMemberName("warning")] Warning,
    [JsonStringEnumMemberName("info")] Info,
}

/// <summary>Something that a check found in inputs that have no position in a file.</summary>
/// <param name="Code">Leads to a page in <c>docs/errors</c>.</param>
/// <param name="Tag">The INCAR tag concerned, where there is one.</param>
public sealed record Finding(string Code, Severity Severity, string Message, string? Hint = null, string? Tag = null);
