using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Crystals;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Inputs;

/// <summary>What the coordinates of k-points, or of vectors that generate them, are multiples of.</summary>
public enum KpointCoordinates
{
    /// <summary>The reciprocal lattice vectors.</summary>
    Reciprocal,

    /// <summary>2π/a along x, y and z, with a the scale factor of POSCAR in Å.</summary>
    Cartesian,
}

/// <summary>
/// The ways to say which k-points are used (VASP wiki: KPOINTS): <see cref="Kpoints"/>, a regular mesh; <see cref="AutomaticMesh"/>;
/// <see cref="GeneralisedMesh"/>; <see cref="KpointList"/>; <see cref="KpointPath"/>.
/// </summary>
public abstract record KpointSampling
{
    private protected KpointSampling()
    {
    }

    /// <summary>The text of the file. Equal samplings and comments give equal bytes.</summary>
    /// <param name="comment">The first line.</param>
    public string ToText(string? comment = null) => $"{InputText.OneLine(comment ?? $"k-point {Kind}")}\n{Body()}";

    /// <summary>In a word or two, for messages: mesh, path.</summary>
    internal abstract string Kind { get; }

    /// <summary>The file's lines after the comment.</summary>
    private protected abstract string Body();

    private protected static string Row(Vector3D v) => $"{FortranNumber.Text(v.X)} {FortranNumber.Text(v.Y)} {FortranNumber.Text(v.Z)}";

    private protected static string Comment(string? label) => label is null ? "" : $" ! {InputText.OneLine(label)}";
}

/// <summary>A Γ-centred mesh whose divisions follow from the cell and one length.</summary>
/// <param name="LengthA">In Å; 10 suits insulators with a large gap, 100 d metals (VASP wiki: KPOINTS).</param>
public sealed record AutomaticMesh(double LengthA) : KpointSampling
{
    /// <summary>
    /// The mesh for a cell: along each reciprocal vector int(max(1, l·|b| + 0.5)) divisions, |b| without the factor 2π
    /// (VASP wiki: KPOINTS).
    /// </summary>
    /// <exception cref="DftFlowException">DF1250: more divisions than a mesh can have.</exception>
    public Kpoints For(Lattice lattice)
    {
        return new Kpoints(MeshScheme.Gamma, Divisions(0), Divisions(1), Divisions(2));

        int Divisions(int axis)
        {
            var reciprocal = lattice[(axis + 1) % 3].Cross(lattice[(axis + 2) % 3]).Length / lattice.Volume;
            return (int)Math.Min(Math.Max(1, LengthA * reciprocal + 0.5), int.MaxValue);
        }
    }

    internal override string Kind => "automatic mesh";

    private protected override string Body() => $"0\nAuto\n{FortranNumber.Text(LengthA)}\n";
}

/// <summary>A mesh spanned by any three vectors (generalised regular mesh).</summary>
/// <param name="Shift">In multiples of the three vectors.</param>
public sealed record GeneralisedMesh(KpointCoordinates Coordinates, Vector3D First, Vector3D Second, Vector3D Third, Vector3D Shift = default) : KpointSampling
{
    internal override string Kind => "generalised mesh";

    private protected override string Body() => $"0\n{Coordinates}\n{Row(First)}\n{Row(Second)}\n{Row(Third)}\n{Row(Shift)}\n";
}

/// <summary>A k-point of a list.</summary>
/// <param name="Weight">How much it counts; VASP divides by the sum. Zero for points of a band structure.</param>
public readonly record struct ListedKpoint(Vector3D Place, double Weight, string? Label = null);

/// <summary>A tetrahedron between k-points of a list.</summary>
/// <param name="Weight">How many equivalent ones it stands for.</param>
/// <param name="A">The first corner: the number of a point in the list, from 1.</param>
public readonly record struct Tetrahedron(int Weight, int A, int B, int C, int D);

/// <summary>k-points one by one, each with its weight, and where given the tetrahedra between them.</summary>
/// <param name="TetrahedronVolume">The volume of one tetrahedron in units of the Brillouin zone's; null without tetrahedra.</param>
public sealed record KpointList(KpointCoordinates Coordinates, ImmutableArray<ListedKpoint> Points, ImmutableArray<Tetrahedron> Tetrahedra, double? TetrahedronVolume = null) : KpointSampling
{
    internal override string Kind => "list";

    private protected override string Body()
    {
        var points = string.Concat(Points.Select(point => $"{Row(point.Place)} {FortranNumber.Text(point.Weight)}{Comment(point.Label)}\n"));
        var tetrahedra = TetrahedronVolume is not { } volume ? ""
            : string.Create(CultureInfo.InvariantCulture, $"Tetrahedra\n{Tetrahedra.Length} {FortranNumber.Text(volume)}\n")
            + string.Concat(Tetrahedra.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Weight} {t.A} {t.B} {t.C} {t.D}\n")));
        return string.Create(CultureInfo.InvariantCulture, $"{Points.Length}\n{Coordinates}\n{points}{tetrahedra}");
    }

    public bool Equals(KpointList? other) => other is not null && Coordinates == other.Coordinates && TetrahedronVolume == other.TetrahedronVolume
        && Points.SequenceEqual(other.Points) && Tetrahedra.SequenceEqual(other.Tetrahedra);

    public override int GetHashCode() => HashCode.Combine(Coordinates, Points.Length, Tetrahedra.Length, TetrahedronVolume);
}

/// <summary>A straight piece of a path, from one named point to another.</summary>
public readonly record struct PathSegment(Vector3D From, string? FromLabel, Vector3D To, string? ToLabel);

/// <summary>A path through the Brillouin zone for a band structure (line mode).</summary>
/// <param name="PointsPerSegment">k-points on each piece, its ends included.</param>
public sealed record KpointPath(KpointCoordinates Coordinates, int PointsPerSegment, ImmutableArray<PathSegment> Segments) : KpointSampling
{
    internal override string Kind => "path";

    private protected override string Body() => string.Create(CultureInfo.InvariantCulture, $"{PointsPerSegment}\nLine-mode\n{Coordinates}\n")
        + string.Join('\n', Segments.Select(s => $"{Row(s.From)}{Comment(s.FromLabel)}\n{Row(s.To)}{Comment(s.ToLabel)}\n"));

    public bool Equals(KpointPath? other) => other is not null && Coordinates == other.Coordinates && PointsPerSegment == other.PointsPerSegment && Segments.SequenceEqual(other.Segments);

    public override int GetHashCode() => HashCode.Combine(Coordinates, PointsPerSegment, Segments.Length);
}
