using System.Globalization;
using DftFlow.Crystals;
using DftFlow.Vasp.Text;

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
public sealed record Kpoints(MeshScheme Scheme, int N1, int N2, int N3, Vector3D Shift = default)
{
    private const int MostDivisions = 1000;

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

    public string ToText()
    {
        var scheme = Scheme == MeshScheme.Gamma ? "Gamma" : "Monkhorst-Pack";
        return string.Create(CultureInfo.InvariantCulture,
            $"k-point mesh\n0\n{scheme}\n{N1} {N2} {N3}\n{FortranNumber.Text(Shift.X)} {FortranNumber.Text(Shift.Y)} {FortranNumber.Text(Shift.Z)}\n");
    }

    /// <summary>Reads a KPOINTS file that describes a regular mesh.</summary>
    /// <exception cref="DftFlowException">DF1250: not a KPOINTS file; DF1251: a form other than a Gamma or Monkhorst–Pack mesh.</exception>
    public static Kpoints Parse(string text)
    {
        var lines = text.Split('\n');
        var number = Words(lines, 1, "the number of k-points");
        if (!FortranNumber.TryReadInteger(number[0], out var points) || points < 0)
            throw Error("DF1250", $"'{Shortened(number[0])}' is not a number of k-points.", "A regular mesh has 0 on its second line.", 2);
        var form = Words(lines, 2, "the kind of mesh")[0];
        if (points != 0)
            throw Unsupported(form[0] is 'L' or 'l' ? "a band path (line mode)" : "a list of k-points", points == 0 ? 3 : 2);
        var scheme = form[0] switch
        {
            'G' or 'g' => MeshScheme.Gamma,
            'M' or 'm' => MeshScheme.MonkhorstPack,
            'A' or 'a' => throw Unsupported("a fully automatic mesh", 3),
            'C' or 'c' or 'K' or 'k' or 'R' or 'r' or 'D' or 'd' => throw Unsupported("a generalised mesh", 3),
            _ => throw Error("DF1250", $"'{Shortened(form)}' is not a kind of mesh.", "Write Gamma or Monkhorst-Pack.", 3),
        };
        var words = Words(lines, 3, "the divisions");
        Span<int> divisions = stackalloc int[3];
        for (var i = 0; i < 3; i++)
            if (words.Length <= i || !FortranNumber.TryReadInteger(words[i], out divisions[i]) || divisions[i] is < 1 or > MostDivisions)
                throw Error("DF1250", words.Length <= i ? "A mesh needs three divisions." : $"'{Shortened(words[i])}' is not a number of divisions.", FormattableString.Invariant($"Three whole numbers from 1 to {MostDivisions}."), 4);
        Span<double> shift = stackalloc double[3];
        var shifts = lines.Length > 4 ? lines[4].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : [];
        // What is no number there is a comment, and the shift zero.
        if (shifts.Length > 0 && FortranNumber.TryReadReal(shifts[0], out _))
            for (var i = 0; i < 3; i++)
                if (shifts.Length <= i || !FortranNumber.TryReadReal(shifts[i], out shift[i]) || Math.Abs(shift[i]) > MostDivisions)
                    throw Error("DF1250", "The shift of the mesh needs three numbers.", "Write 0 0 0 for none.", 5);
        return new Kpoints(scheme, divisions[0], divisions[1], divisions[2], new(shift[0], shift[1], shift[2]));
    }

    private static int Checked(int divisions) => divisions is >= 1 and <= MostDivisions ? divisions
        : throw new DftFlowException("DF1250", FormattableString.Invariant($"A mesh of k-points cannot have {divisions} divisions."), FormattableString.Invariant($"Three whole numbers from 1 to {MostDivisions}."));

    private static string[] Words(string[] lines, int index, string expected)
    {
        var words = index < lines.Length ? lines[index].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : [];
        return words.Length > 0 ? words : throw Error("DF1250", $"The KPOINTS file ends, or has a blank line, where {expected} is expected.", "It has a comment, 0, the kind of mesh and three divisions, a line each.", Math.Min(index + 1, lines.Length));
    }

    private static DftFlowException Unsupported(string what, int line) =>
        Error("DF1251", $"The KPOINTS file describes {what}; regular meshes alone are supported.", "Give a Gamma or Monkhorst-Pack mesh.", line);

    private static string Shortened(string word) => word.Length <= 40 ? word : word[..37] + "…";

    private static DftFlowException Error(string code, string message, string hint, int line) => new(code, message, hint, line, 1);
}
