using System.Text.Json.Serialization;

namespace DftFlow;

/// <summary>How much a finding matters: information, a doubt, or a reason not to run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    [JsonStringEnumMemberName("info")] Info,
    [JsonStringEnumMemberName("warning")] Warning,
    [JsonStringEnumMemberName("error")] Error,
}

/// <summary>Something found while looking at input: what is noteworthy, doubtful or wrong in it.</summary>
/// <param name="Code">Stable: DF and four digits; leads to a page in <c>docs/errors</c>.</param>
/// <param name="Hint">What to do about it.</param>
/// <param name="Tag">The INCAR tag concerned, or KPOINTS; null where it is neither.</param>
public sealed record Finding(string Code, Severity Severity, string Message, string? Hint = null, string? Tag = null);
