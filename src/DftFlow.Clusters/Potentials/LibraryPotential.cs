using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace DftFlow.Clusters.Potentials;

/// <summary>A potential of a cluster's library: what its header says of itself, and its hash. Nothing else of it is ever read here.</summary>
public sealed partial record LibraryPotential
{
    /// <summary>As the library calls it: <c>Mn_pv</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its file, relative to the library: <c>Mn_pv/POTCAR.gz</c>.</summary>
    public required string Place { get; init; }

    /// <summary><c>PAW_PBE Mn_pv 02Aug2007</c>.</summary>
    public required string Titel { get; init; }

    /// <summary>The functional that it was made with: PE, CA, 91.</summary>
    public required string Lexch { get; init; }

    /// <summary>The atom's reference configuration, as the header words it; null where it does not say.</summary>
    public string? Vrhfin { get; init; }

    /// <summary>Electrons that are not in the core.</summary>
    public required double Zval { get; init; }

    public required double EnmaxEv { get; init; }

    /// <summary>Null where the header does not say.</summary>
    public double? EnminEv { get; init; }

    /// <summary>Of the file unpacked.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>SHA-256 of the file unpacked, byte by byte, in small hexadecimal digits; null where the cluster has no program that makes it.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The element of a potential's name (Mn_pv, H.5, H1.25); null where the word is no such name.</summary>
    internal static string? ElementOf(string name) =>
        name.Length <= LongestName && NameShape().Match(name) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>Whether it is the path of this potential's file: in the library, or in a folder of it.</summary>
    internal static bool IsPlace(string place, string name) =>
        place.Split('/') is [.., var folder, "POTCAR" or "POTCAR.gz" or "POTCAR.Z" or "POTCAR.bz2"] parts && folder == name
        && parts.Length is 2 or 3 && parts[0] is not ("" or "." or "..") && !place.Any(char.IsControl);

    private const int LongestName = 40;

    [GeneratedRegex(@"\A([A-Z][a-z]?)(?![A-Za-z])[A-Za-z0-9_.+-]*\z")]
    private static partial Regex NameShape();
}

/// <summary>What a library has of the potentials that were asked for.</summary>
/// <param name="Found">Name → potential, of those without fault.</param>
/// <param name="Findings">Faults: DF4502 to DF4507.</param>
public sealed record PotentialCheck(ImmutableSortedDictionary<string, LibraryPotential> Found, ImmutableArray<Finding> Findings)
{
    /// <summary>The potentials of one POTCAR, in the order of POSCAR's elements.</summary>
    /// <exception cref="DftFlowException">The check found a fault: the first, with the others in its message.</exception>
    /// <exception cref="KeyNotFoundException">A name was not asked for.</exception>
    public ImmutableArray<LibraryPotential> InOrder(IEnumerable<string> names) =>
        Findings is [var first, ..]
            ? throw new DftFlowException(first.Code, string.Join('\n', Findings.Select(finding => finding.Message)), first.Hint)
            : [.. names.Select(name => Found[name])];
}

/// <summary>A POTCAR that was put together on a cluster.</summary>
/// <param name="Potentials">In its order.</param>
/// <param name="Sha256">Of the whole file, in small hexadecimal digits; null where the cluster has no program that makes it.</param>
public sealed record AssembledPotcar(ImmutableArray<LibraryPotential> Potentials, long SizeBytes, string? Sha256)
{
    public bool Equals(AssembledPotcar? other) =>
        other is not null && (SizeBytes, Sha256) == (other.SizeBytes, other.Sha256) && Potentials.SequenceEqual(other.Potentials);

    public override int GetHashCode() => HashCode.Combine(SizeBytes, Sha256);
}
