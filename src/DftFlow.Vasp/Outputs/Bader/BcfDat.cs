using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs.Bader;

/// <summary>A Bader volume: the basin of one maximum of the density.</summary>
/// <param name="MaximumA">Where the maximum is: Cartesian, in Å where the density was VASP's.</param>
/// <param name="Atom">From 1: the atom nearest to it; null where the number did not fit its column.</param>
/// <param name="DistanceA">To that atom.</param>
public sealed record BaderVolume(Vector3D MaximumA, double Electrons, int? Atom, double DistanceA);

/// <summary>BCF.dat of the Henkelman group's program: every Bader volume that holds a charge worth the name.</summary>
public sealed record BcfDat
{
    public ImmutableArray<BaderVolume> Volumes { get; init; } = [];

    public bool Complete => Truncated is null;

    public Truncation? Truncated { get; init; }

    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Reads a BCF.dat from where the stream stands to its end.</summary>
    /// <exception cref="DftFlowException">DF1446: this is no BCF.dat. DF1447: it has more rows than the reader takes.</exception>
    public static BcfDat Read(Stream stream, CancellationToken cancellation = default)
    {
        var table = new BaderTable(stream, "BCF.dat", rowsOfOneLength: true, cancellation);
        table.ReadNames("X", "CHARGE", "ATOM", "DISTANCE");
        var volumes = ImmutableArray.CreateBuilder<BaderVolume>();
        Span<double> row = stackalloc double[7];
        while (table.NextRow())
        {
            if (table.Numbers(row) == row.Length) volumes.Add(new BaderVolume(new Vector3D(row[1], row[2], row[3]), row[4], TableLines.Count(row[5]), row[6]));
            else table.Damage();
        }
        return new BcfDat { Volumes = volumes.ToImmutable(), Truncated = table.Truncated, Warnings = table.OverflowWarning is { } overflow ? [overflow] : [] };
    }
}
