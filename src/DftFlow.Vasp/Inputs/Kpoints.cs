using System.Globalization;
using DftFlow.Crystals;

namespace DftFlow.Vasp.Inputs;

public enum MeshScheme
{
    /// <summary>The mesh holds the Γ point.</summary>
    Gamma,

    /// <summary>Monkhorst and Pack's mesh, Phys. Rev. B 13, 5188 (1976): even divisions lie off Γ by half a step.</summary>
    MonkhorstPack,
}

/// <summary>A regular mesh of k-points (VASP wiki: KPOINTS).</summary>
/// <exception cref="DftFlowException">DF1250: divisions are not from 1 to 1000.</exception>
/// <param name="N1">Divisions along the first reciprocal lattice vector.</param>
/// <param name="N2">Divisions along the second.</param>
/// <param name="N3">Divisions along the third.</param>
/// <param name="Shift">In steps of the mesh.</param>
public sealed record Kpoints(MeshScheme Scheme, int N1, int N2, int N3, Vector3D Shift = default) : KpointSampling
{
    internal const int MostDivisions = 1000;
    internal static readonly string DivisionsHint = FormattableString.Invariant($"Three whole numbers from 1 to {MostDivisions}.");

    public int N1 { get; } = Checked(N1);

    public int N2 { get; } = Checked(N2);

    public int N3 { get; } = Checked(N3);

    /// <summary>Divisions along an axis, 0 to 2.</summary>
    public int this[int axis] => axis switch
    {
        0 => N1,
        1 => N2,
        2 => N3,
        _ => throw new ArgumentOutOfRangeException(nameof(axis), axis, "An axis is 0, 1 or 2."),
    };

    /// <summary>All points of the mesh.</summary>
    public long Count => (long)N1 * N2 * N3;

    /// <summary>Points that are left when k and −k count as one, as VASP counts them unless ISYM is −1. Symmetry leaves fewer.</summary>
    public long CountWithTimeReversal
    {
        get
        {
            long ownOpposite = 1;
            for (var axis = 0; axis < 3; axis++)
            {
                var offset = Shift[axis] + (Scheme == MeshScheme.MonkhorstPack && this[axis] % 2 == 0 ? 0.5 : 0);
                var twice = Math.Round(2 * offset);
                // Other offsets take −k off the mesh.
                if (Math.Abs(2 * offset - twice) > 1e-6) return Count;
                // Points i with 2i + 2·offset a multiple of the divisions.
                ownOpposite *= this[axis] % 2 == 1 ? 1 : twice % 2 == 0 ? 2 : 0;
            }
            return (Count + ownOpposite) / 2;
        }
    }

    internal override string Kind => "mesh";

    private protected override string Body() =>
        string.Create(CultureInfo.InvariantCulture, $"0\n{(Scheme == MeshScheme.Gamma ? "Gamma" : "Monkhorst-Pack")}\n{N1} {N2} {N3}\n{Row(Shift)}\n");

    /// <summary>Reads a KPOINTS file that describes a regular mesh.</summary>
    /// <exception cref="DftFlowException">DF1250: not a KPOINTS file; DF1251: a form other than a Gamma or Monkhorst–Pack mesh.</exception>
    public static Kpoints Parse(string text) => KpointsFile.Parse(text).Sampling switch
    {
        Kpoints mesh => mesh,
        var other => throw new DftFlowException("DF1251", $"What the KPOINTS file describes is no regular mesh: {other.Kind}.", "Give a Gamma or Monkhorst-Pack mesh.", 3),
    };

    private static int Checked(int divisions) => divisions is >= 1 and <= MostDivisions ? divisions
        : throw new DftFlowException("DF1250", FormattableString.Invariant($"A mesh of k-points cannot have {divisions} divisions."), DivisionsHint);
}
