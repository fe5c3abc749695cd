using System.Text;

namespace DftFlow.Cli.Analyze;

/// <summary>Where a command about phases writes its table and its figure; null where it does not.</summary>
internal sealed record PhaseFiles(string? Csv, string? Svg, string? Png)
{
    public bool Draws => Svg is not null || Png is not null;

    public IEnumerable<string> Names => new[] { Csv, Svg, Png }.OfType<string>();

    /// <summary>What is to be written; nothing is drawn that nobody asked for.</summary>
    public IEnumerable<(string Path, ReadOnlyMemory<byte> Bytes)> Contents(Func<string> table, Func<string> svg, Func<byte[]> png)
    {
        if (Csv is not null) yield return (Csv, Encoding.UTF8.GetBytes(table()));
        if (Svg is not null) yield return (Svg, Encoding.UTF8.GetBytes(svg()));
        if (Png is not null) yield return (Png, png());
    }
}
