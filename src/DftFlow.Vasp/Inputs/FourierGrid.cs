using DftFlow.Crystals;

namespace DftFlow.Vasp.Inputs;

/// <summary>
/// Grids as VASP chooses them (VASP wiki: PREC, NGX, NGXF). The wave functions' grid has ⌊w Gcut a/2π + ½⌋ points along a lattice
/// vector of length a, where Gcut² is ENCUT and w is 4 for PREC = Accurate or High, else 3, made the next even number without prime factors
/// beyond 7; that of densities has twice as many, with PREC = Single as many.
/// </summary>
public static class FourierGrid
{
    // As VASP has them, since the number is rounded.
    private const double RydbergEv = 13.605826, BohrA = 0.529177249;

    /// <summary>The next even number without prime factors beyond 7, from this on.</summary>
    public static int AtLeast(double points)
    {
        for (var n = Math.Max(2, (int)Math.Ceiling(points)); ; n++)
        {
            var rest = n;
            foreach (var prime in (int[])[2, 3, 5, 7])
                while (rest % prime == 0) rest /= prime;
            if (rest == 1 && n % 2 == 0) return n;
        }
    }

    /// <summary>NGXF, NGYF, NGZF of these settings in this cell; null where there is no ENCUT. What the settings give outright stays.</summary>
    public static (int X, int Y, int Z)? OfDensities(Incar incar, Lattice lattice)
    {
        if (incar.Real("ENCUT") is not (> 0 and var cutoff)) return null;
        var precision = char.ToLowerInvariant((incar.Text("PREC") ?? "Normal").FirstOrDefault('n'));
        return (Along(0, "NGX"), Along(1, "NGY"), Along(2, "NGZ"));

        int Along(int axis, string tag)
        {
            if (incar.Whole(tag + "F") is { } fine) return fine;
            var wave = Math.Sqrt(cutoff / RydbergEv) * lattice[axis].Length / BohrA / (2 * Math.PI);
            var coarse = incar.Whole(tag) ?? AtLeast(Math.Floor((precision is 'a' or 'h' ? 4 : 3) * wave + 0.5));
            return precision == 's' ? coarse : 2 * coarse;
        }
    }

    /// <summary>The coarsest such grid whose points are not farther apart than this along the lattice vectors.</summary>
    public static (int X, int Y, int Z) WithSpacing(Lattice lattice, double spacingA)
    {
        return (Along(0), Along(1), Along(2));

        int Along(int axis) => AtLeast(lattice[axis].Length / spacingA - 1e-9);
    }
}
