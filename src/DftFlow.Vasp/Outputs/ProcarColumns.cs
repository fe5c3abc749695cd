using System.Collections.Immutable;

namespace DftFlow.Vasp.Outputs;

/// <summary>Which columns of a PROCAR's tables go where in the result.</summary>
internal sealed class ProcarColumns
{
    public const int Most = 64;

    /// <summary>The file's, without the sum.</summary>
    public required ImmutableArray<string> FileOrbitals { get; init; }

    /// <summary>Of the result.</summary>
    public required ImmutableArray<string> Orbitals { get; init; }

    /// <summary>How many numbers follow the ion's in a row.</summary>
    public required int Count { get; init; }

    /// <summary>For each orbital of the result the columns that are summed.</summary>
    private int[][] Sources { get; init; } = [];

    private bool Straight { get; init; }

    /// <summary>From the names above a table; what is asked for and not there ends in DF1432.</summary>
    public static ProcarColumns Of(IReadOnlyList<string> names, ImmutableArray<string>? asked)
    {
        var all = names.Select(ProjectedDos.StandardName).ToArray();
        ImmutableArray<string> orbitals = [.. all.Where(name => name != "tot")];
        var wanted = asked ?? orbitals;
        return new ProcarColumns
        {
            FileOrbitals = orbitals,
            Orbitals = wanted,
            Count = all.Length,
            Sources = [.. wanted.Select(name => Columns(all, name))],
            Straight = asked is null && orbitals.AsSpan().SequenceEqual(all.AsSpan(0, orbitals.Length)),
        };
    }

    /// <summary>Adds a row of the file to one of the result.</summary>
    public void AddTo(Span<double> sums, ReadOnlySpan<double> row)
    {
        if (Straight)
        {
            for (var i = 0; i < sums.Length; i++) sums[i] += row[i];
            return;
        }
        for (var i = 0; i < sums.Length; i++)
            foreach (var column in Sources[i]) sums[i] += row[column];
    }

    private static int[] Columns(string[] all, string name)
    {
        var exact = Array.IndexOf(all, name);
        if (exact >= 0) return [exact];
        var shell = name is "p" or "d" or "f" ? Enumerable.Range(0, all.Length).Where(column => all[column].StartsWith(name, StringComparison.Ordinal)).ToArray() : [];
        return shell.Length > 0 ? shell : throw new DftFlowException("DF1432", $"The PROCAR has no orbital {name}.", $"It has {string.Join(", ", all)}.");
    }
}
