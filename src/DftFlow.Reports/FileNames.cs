using System.Globalization;

namespace DftFlow.Reports;

/// <summary>Names for files, made from names that users gave: one path segment each, safe in every shell, none twice.</summary>
internal sealed class FileNames
{
    private const int Longest = 80;

    private readonly HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);

    public string Unique(string hint)
    {
        var safe = string.Concat(hint.Take(Longest).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '+' or '-' ? c : '-')).Trim('.', '-');
        if (safe.Length == 0) safe = "figure";
        var name = safe;
        for (var number = 2; !taken.Add(name); number++) name = safe + "-" + number.ToString(CultureInfo.InvariantCulture);
        return name;
    }
}
