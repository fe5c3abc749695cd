using System.Collections.Immutable;

namespace DftFlow.Crystals.Cells;

/// <summary>Steps along the three lattice vectors.</summary>
public readonly record struct LatticeSteps(int A, int B, int C)
{
    public override string ToString() => FormattableString.Invariant($"({A} {B} {C})");
}

/// <summary>A supercell, and of which site of the source each of its sites is an image.</summary>
/// <param name="SourceSites">For each site of the supercell, the number (from 1) of its source.</param>
public sealed record SupercellResult(Structure Structure, ImmutableArray<int> SourceSites);

/// <summary>
/// Repeats a cell. The new lattice vectors are whole-number combinations of the old ones, one row each, as in pymatgen and VESTA's
/// matrix P read by columns: a' = A.A·a + A.B·b + A.C·c. A negative determinant changes the hand of the cell.
/// </summary>
/// <remarks>
/// The cell holds |determinant| images of each site. They follow one another, site by site, so that blocks of elements stay together;
/// the images of a site are those moved by i·a + j·b + k·c (k runs fastest) and brought into the new cell, where i, j and k run up to
/// the diagonal of the matrix's Hermite normal form; for (n₁ n₂ n₃) simply to n₁, n₂ and n₃.
/// </remarks>
public sealed record Supercell(LatticeSteps A, LatticeSteps B, LatticeSteps C)
{
    public const int MostAtoms = 1_000_000;

    // Products of three stay below 2⁶³.
    private const int LargestStep = 1_000_000;

    /// <summary>The cell repeated along its own vectors.</summary>
    public static Supercell Repeated(int a, int b, int c) => new(new(a, 0, 0), new(0, b, 0), new(0, 0, c));

    /// <exception cref="DftFlowException">DF1285: the determinant is 0, the cell is too flat, or there would be too many atoms.</exception>
    public SupercellResult Build(Structure structure)
    {
        foreach (var steps in (ReadOnlySpan<int>)[A.A, A.B, A.C, B.A, B.B, B.C, C.A, C.B, C.C])
            if (Math.Abs((long)steps) > LargestStep) throw Error(FormattableString.Invariant($"{steps} steps along a lattice vector are too many."), "Supercells have a few steps along each vector.");
        long bc = Minor(B.B, B.C, C.B, C.C), ca = Minor(B.C, B.A, C.C, C.A), ab = Minor(B.A, B.B, C.A, C.B);
        var determinant = A.A * bc + A.B * ca + A.C * ab;
        if (determinant == 0) throw Error($"The rows {A}, {B}, {C} do not span a cell: the determinant is 0.", "Three rows are needed of which none is a combination of the other two.");
        if ((Int128)Math.Abs(determinant) * structure.Sites.Length is var atoms && atoms > MostAtoms)
            throw Error(FormattableString.Invariant($"The supercell would hold {atoms} atoms; up to {MostAtoms} are built."), "Repeat the cell fewer times.");

        var lattice = Spanned(structure.Lattice);
        var (stepsA, stepsB, stepsC) = HermiteDiagonal(Math.Abs(determinant));
        // The columns of the inverse matrix, times the determinant: whole numbers.
        Vector3D toA = new(bc, ca, ab), toB = new(Minor(A.C, A.B, C.C, C.B), Minor(A.A, A.C, C.A, C.C), Minor(A.B, A.A, C.B, C.A)),
            toC = new(Minor(A.B, A.C, B.B, B.C), Minor(A.C, A.A, B.C, B.A), Minor(A.A, A.B, B.A, B.B));
        var sites = ImmutableArray.CreateBuilder<Site>((int)atoms);
        var sources = ImmutableArray.CreateBuilder<int>((int)atoms);
        foreach (var (index, site) in structure.Sites.Index())
            for (long i = 0; i < stepsA; i++)
                for (long j = 0; j < stepsB; j++)
                    for (long k = 0; k < stepsC; k++)
                    {
                        var image = site.Fractional + new Vector3D(i, j, k);
                        sites.Add(site with { Fractional = Wrapping.IntoCell(new(image.Dot(toA) / determinant, image.Dot(toB) / determinant, image.Dot(toC) / determinant)) });
                        sources.Add(index + 1);
                    }
        return new SupercellResult(new Structure(lattice, sites.MoveToImmutable()), sources.MoveToImmutable());
    }

    private Lattice Spanned(Lattice lattice)
    {
        try
        {
            return new Lattice(Vector(A), Vector(B), Vector(C));
        }
        catch (ArgumentException)
        {
            throw Error($"The rows {A}, {B}, {C} make a cell that is almost flat.", "Choose shorter vectors that span the same cell.");
        }

        Vector3D Vector(LatticeSteps steps) => lattice.A * steps.A + lattice.B * steps.B + lattice.C * steps.C;
    }

    /// <summary>
    /// Of all bases of the new lattice the triangular one's diagonal; its products are the greatest common divisors of the matrix's
    /// first column and of the minors of its first two (H. Cohen, A Course in Computational Algebraic Number Theory, 2.4.2, Springer 1993).
    /// </summary>
    private (long A, long B, long C) HermiteDiagonal(long determinant)
    {
        var first = Divisor(A.A, Divisor(B.A, C.A));
        var second = Divisor(Minor(A.A, A.B, B.A, B.B), Divisor(Minor(A.A, A.B, C.A, C.B), Minor(B.A, B.B, C.A, C.B)));
        return (first, second / first, determinant / second);
    }

    private static long Minor(long a, long b, long c, long d) => a * d - b * c;

    private static long Divisor(long a, long b) => b == 0 ? Math.Abs(a) : Divisor(b, a % b);

    private static DftFlowException Error(string message, string hint) => new("DF1285", message, hint);
}
