namespace DftFlow.Crystals.Symmetry;

/// <summary>
/// The Niggli cell: of all cells of a lattice the one that the International Tables call reduced, with vectors as short as can be
/// (I. Křivý, B. Gruber, Acta Cryst. A32, 297 (1976), compared within a tolerance as in R. W. Grosse-Kunstleve, N. K. Sauter,
/// P. D. Adams, Acta Cryst. A60, 1 (2004)).
/// </summary>
public static class NiggliCell
{
    // In parts of the cube root of the volume, as Grosse-Kunstleve et al. propose.
    private const double Tolerance = 1e-5;
    private const int MostSteps = 10_000;

    /// <summary>The same crystal in the Niggli cell of its lattice: as many atoms, in the same order, not turned in space.</summary>
    /// <remarks>Take <see cref="PrimitiveCell"/> first where the smallest cell is wanted.</remarks>
    public static Structure Of(Structure structure)
    {
        var lattice = Reduce(structure.Lattice).Lattice;
        return new(lattice, [.. structure.Sites.Select(site => site with { Fractional = Fractions.Wrapped(lattice.ToFractional(structure.Lattice.ToCartesian(site.Fractional))) })]);
    }

    /// <summary>
    /// The Niggli-reduced, right-handed lattice vectors, and what they are in terms of the given ones (columns; determinant 1, or −1
    /// where the given ones are left-handed).
    /// </summary>
    /// <exception cref="DftFlowException">DF1280: the lattice is too skewed.</exception>
    public static (Lattice Lattice, IntegerMatrix Basis) Reduce(Lattice lattice)
    {
        // From the shortest vectors on there are few steps left, whatever the lattice was like.
        var (a, b, c) = LatticeReduction.Reduce(new(lattice.A, 1, 0, 0), new(lattice.B, 0, 1, 0), new(lattice.C, 0, 0, 1));
        try
        {
            var numbers = IntegerMatrix.FromColumns(new(a.X, a.Y, a.Z), new(b.X, b.Y, b.Z), new(c.X, c.Y, c.Z));
            numbers *= Steps(new Lattice(a.Cartesian, b.Cartesian, c.Cartesian));
            return (new(lattice.ToCartesian(numbers.Column(0)), lattice.ToCartesian(numbers.Column(1)), lattice.ToCartesian(numbers.Column(2))), numbers);
        }
        catch (OverflowException)
        {
            throw SpaceGroup.TooSkewed();
        }
    }

    private static IntegerMatrix Steps(Lattice lattice)
    {
        var epsilon = Tolerance * Math.Pow(lattice.Volume, 2.0 / 3);
        var basis = IntegerMatrix.Identity;
        for (var step = 0; step < MostSteps; step++)
        {
            Vector3D x = lattice.ToCartesian(basis.Column(0)), y = lattice.ToCartesian(basis.Column(1)), z = lattice.ToCartesian(basis.Column(2));
            double a = x.Dot(x), b = y.Dot(y), c = z.Dot(z), xi = 2 * y.Dot(z), eta = 2 * x.Dot(z), zeta = 2 * x.Dot(y);
            if (Less(b, a) || (Same(a, b) && Less(Math.Abs(eta), Math.Abs(xi))))
                basis *= new IntegerMatrix(0, -1, 0, -1, 0, 0, 0, 0, -1);
            else if (Less(c, b) || (Same(b, c) && Less(Math.Abs(zeta), Math.Abs(eta))))
                basis *= new IntegerMatrix(-1, 0, 0, 0, 0, -1, 0, -1, 0);
            else if (Signs(xi, eta, zeta) is { } signs && signs != IntegerMatrix.Identity)
                basis *= signs;
            else if (Less(b, Math.Abs(xi)) || (Same(b, xi) && Less(2 * eta, zeta)) || (Same(b, -xi) && Less(zeta, 0)))
                basis *= new IntegerMatrix(1, 0, 0, 0, 1, -Math.Sign(xi), 0, 0, 1);
            else if (Less(a, Math.Abs(eta)) || (Same(a, eta) && Less(2 * xi, zeta)) || (Same(a, -eta) && Less(zeta, 0)))
                basis *= new IntegerMatrix(1, 0, -Math.Sign(eta), 0, 1, 0, 0, 0, 1);
            else if (Less(a, Math.Abs(zeta)) || (Same(a, zeta) && Less(2 * xi, eta)) || (Same(a, -zeta) && Less(eta, 0)))
                basis *= new IntegerMatrix(1, -Math.Sign(zeta), 0, 0, 1, 0, 0, 0, 1);
            else if (xi + eta + zeta + a + b is var sum && (Less(sum, 0) || (Same(sum, 0) && Less(0, 2 * (a + eta) + zeta))))
                basis *= new IntegerMatrix(1, 0, 1, 0, 1, 1, 0, 0, 1);
            else
                break;
        }
        return basis;

        bool Less(double left, double right) => left < right - epsilon;

        bool Same(double left, double right) => !Less(left, right) && !Less(right, left);

        // All angles acute, or none: which vectors to turn round.
        IntegerMatrix Signs(double xi, double eta, double zeta)
        {
            int l = Sign(xi), m = Sign(eta), n = Sign(zeta);
            int i = 1, j = 1, k = 1;
            if (l * m * n == 1)
            {
                i = l == -1 ? -1 : 1;
                j = m == -1 ? -1 : 1;
                k = n == -1 ? -1 : 1;
            }
            else if (!(l == -1 && m == -1 && n == -1))
            {
                i = l == 1 ? -1 : 1;
                j = m == 1 ? -1 : 1;
                k = n == 1 ? -1 : 1;
                // An angle of 90° does not care: its vector turns where otherwise the hand would change.
                if (i * j * k == -1)
                {
                    if (n == 0) k = -1;
                    else if (m == 0) j = -1;
                    else i = -1;
                }
            }
            return new(i, 0, 0, 0, j, 0, 0, 0, k);
        }

        int Sign(double value) => Less(value, 0) ? -1 : Less(0, value) ? 1 : 0;
    }
}
