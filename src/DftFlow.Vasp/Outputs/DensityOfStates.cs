using System.Collections.Immutable;

namespace DftFlow.Vasp.Outputs;

/// <summary>The density of states on the file's own grid of energies.</summary>
/// <param name="EnergiesEv">On the file's own scale, ascending.</param>
/// <param name="Density">States/eV in the cell, one array a spin channel. A non-collinear run has one: its magnetisation densities are left out.</param>
/// <param name="Integrated">The code's own integral of <paramref name="Density"/>, which is finer than one over the grid.</param>
/// <param name="Projected">Null unless asked for and in the file (LORBIT = 10 or more).</param>
public sealed record DensityOfStates(
    double[] EnergiesEv, ImmutableArray<double[]> Density, ImmutableArray<double[]> Integrated, ProjectedDos? Projected);

/// <summary>The density of states projected on sites and orbitals.</summary>
public sealed class ProjectedDos
{
    private readonly ImmutableArray<double[][]> sites;
    private readonly int gridPoints;

    internal ProjectedDos(ImmutableArray<string> orbitals, ImmutableArray<double[][]> sites, int gridPoints)
    {
        Orbitals = orbitals;
        this.sites = sites;
        this.gridPoints = gridPoints;
    }

    /// <summary>
    /// As in VASP 6: s, py, pz, px, dxy, dyz, dz2, dxz, dx2-y2, fy3x2, fxyz, fyz2, fz3, fxz2, fzx2, fx3; or s, p, d, f without
    /// the magnetic quantum number (LORBIT = 10). Their order is the file's.
    /// </summary>
    public ImmutableArray<string> Orbitals { get; }

    public int SiteCount => sites.Length;

    /// <summary>1, 2 (up and down), or 4 for a non-collinear run: total, mx, my, mz, of which only the first is a density.</summary>
    public int ComponentCount => sites.IsEmpty ? 0 : sites[0].Length;

    /// <summary>States/eV on the energies of the DOS.</summary>
    /// <param name="site">From 0, in the order of the POSCAR.</param>
    /// <param name="component">From 0; see <see cref="ComponentCount"/>.</param>
    /// <param name="orbital">An index in <see cref="Orbitals"/>.</param>
    public ReadOnlySpan<double> this[int site, int component, int orbital] =>
        sites[site][component].AsSpan(orbital * gridPoints, gridPoints);

    /// <summary>The one name of an orbital that VASP's versions write in several ways: <c>x2-y2</c>, <c>dx2</c>, <c>f-3</c>.</summary>
    internal static string StandardName(string name) => name switch
    {
        "x2-y2" or "dx2" => "dx2-y2",
        "f-3" => "fy3x2",
        "f-2" => "fxyz",
        "f-1" => "fyz2",
        "f0" => "fz3",
        "f1" => "fxz2",
        "f2" => "fzx2",
        "f3" => "fx3",
        _ => name,
    };
}

/// <summary>Eigenvalues and occupations of every band at every k-point.</summary>
public sealed class Eigenvalues
{
    private readonly double[] energies, occupations;

    internal Eigenvalues(int spins, int kPoints, int bands, double[] energies, double[] occupations)
    {
        (SpinCount, KPointCount, BandCount) = (spins, kPoints, bands);
        (this.energies, this.occupations) = (energies, occupations);
    }

    /// <summary>1 or 2.</summary>
    public int SpinCount { get; }

    public int KPointCount { get; }

    public int BandCount { get; }

    /// <summary>Of all bands at a k-point, ascending, in eV on the file's own scale. Indices from 0.</summary>
    public ReadOnlySpan<double> EnergiesEv(int spin, int kPoint) => energies.AsSpan((spin * KPointCount + kPoint) * BandCount, BandCount);

    /// <summary>Of all bands at a k-point, from 0 to 1 in each spin channel (also without spin). Indices from 0.</summary>
    public ReadOnlySpan<double> Occupations(int spin, int kPoint) => occupations.AsSpan((spin * KPointCount + kPoint) * BandCount, BandCount);
}
