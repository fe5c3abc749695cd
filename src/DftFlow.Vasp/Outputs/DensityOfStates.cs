using System.Collections.Immutable;

namespace DftFlow.Vasp.Outputs;

/// <summary>The density of states on the file's own grid of energies.</summary>
/// <param name="EnergiesEv">On the file's own scale, ascending.</param>
/// <param name="Density">States/eV in the cell, one array a spin channel; one for a non-collinear run.</param>
/// <param name="Integrated">The code's own integral of <paramref name="Density"/>, which is finer than one over the grid.</param>
/// <param name="Projected">Null unless asked for and in the file (LORBIT = 10 or more).</param>
public sealed record DensityOfStates(
    double[] EnergiesEv, ImmutableArray<double[]> Density, ImmutableArray<double[]> Integrated, ProjectedDos? Projected)
{
    /// <summary>Of a non-collinear run the densities of magnetisation mx, my and mz, in μB/eV in the cell, along the axes that SAXIS sets; empty otherwise.</summary>
    public ImmutableArray<double[]> Magnetization { get; init; } = [];
}

/// <summary>The density of states projected on sites and orbitals: on those that were asked for, as far as the file goes.</summary>
public sealed class ProjectedDos
{
    private readonly ImmutableArray<double[][]> sites;
    private readonly int gridPoints;

    /// <param name="sites">For each site its components, of each the orbitals one after the other; nothing for a site that was not read.</param>
    internal ProjectedDos(ImmutableArray<string> orbitals, ImmutableArray<double[][]> sites, int gridPoints)
    {
        Orbitals = orbitals;
        ComponentCount = sites.Select(site => site.Length).FirstOrDefault(count => count > 0);
        this.sites = sites;
        this.gridPoints = gridPoints;
    }

    /// <summary>
    /// As in VASP 6: s, py, pz, px, dxy, dyz, dz2, dxz, dx2-y2, fy3x2, fxyz, fyz2, fz3, fxz2, fzx2, fx3; or s, p, d, f without
    /// the magnetic quantum number (LORBIT = 10). Their order is the file's.
    /// </summary>
    public ImmutableArray<string> Orbitals { get; }

    /// <summary>Of the structure, read or not.</summary>
    public int SiteCount => sites.Length;

    /// <summary>1, 2 (up and down), or 4 for a non-collinear run: total, mx, my, mz, of which only the first is a density.</summary>
    public int ComponentCount { get; }

    /// <summary>Whether the site (from 0) was read: it was asked for, and the file holds it whole.</summary>
    public bool Has(int site) => sites[site].Length > 0;

    /// <summary>States/eV on the energies of the DOS.</summary>
    /// <param name="site">From 0, in the order of the POSCAR.</param>
    /// <param name="component">From 0; see <see cref="ComponentCount"/>.</param>
    /// <param name="orbital">An index in <see cref="Orbitals"/>.</param>
    /// <exception cref="DftFlowException">DF1403: the site was not read (see <see cref="Has"/>).</exception>
    public ReadOnlySpan<double> this[int site, int component, int orbital] => Has(site)
        ? sites[site][component].AsSpan(orbital * gridPoints, gridPoints)
        : throw ProjectionFilter.NotRead("density of states", site);

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
    private readonly Rows<double> energies, occupations;

    internal Eigenvalues(int spins, int kPoints, int bands, double[] energies, double[] occupations)
        : this(spins, kPoints, new Rows<double>(bands, energies), new Rows<double>(bands, occupations))
    {
    }

    /// <param name="energies">The bands of a k-point in a row; all k-points of the first spin, then of the second.</param>
    /// <param name="occupations">The same.</param>
    internal Eigenvalues(int spins, int kPoints, Rows<double> energies, Rows<double> occupations)
    {
        (SpinCount, KPointCount, BandCount) = (spins, kPoints, energies.Length);
        (this.energies, this.occupations) = (energies, occupations);
    }

    /// <summary>1 or 2.</summary>
    public int SpinCount { get; }

    public int KPointCount { get; }

    public int BandCount { get; }

    /// <summary>Of all bands at a k-point, ascending, in eV on the file's own scale. Indices from 0.</summary>
    public ReadOnlySpan<double> EnergiesEv(int spin, int kPoint) => energies[spin * KPointCount + kPoint];

    /// <summary>Of all bands at a k-point, from 0 to 1 in each spin channel (also without spin). Indices from 0. NaN where the file has none.</summary>
    public ReadOnlySpan<double> Occupations(int spin, int kPoint) => occupations[spin * KPointCount + kPoint];
}

/// <summary>What part of each state lies on each site, in each orbital: on those that were asked for, as far as the file goes.</summary>
/// <remarks>The file prints four decimals, which single precision holds.</remarks>
public sealed class ProjectedEigenvalues
{
    private readonly Rows<float> rows;
    private readonly int[] places;

    /// <param name="rows">For each component, k-point and band a row: the orbitals of each site that was read.</param>
    /// <param name="places">For each site its place in a row; -1 where it was not asked for.</param>
    internal ProjectedEigenvalues(ImmutableArray<string> orbitals, int[] places, int components, int kPoints, int bands, Rows<float> rows)
    {
        (Orbitals, ComponentCount, KPointCount, BandCount) = (orbitals, components, kPoints, bands);
        (this.rows, this.places) = (rows, places);
    }

    /// <summary>As <see cref="ProjectedDos.Orbitals"/>.</summary>
    public ImmutableArray<string> Orbitals { get; }

    public int SiteCount => places.Length;

    /// <summary>1, 2 (up and down), or 4 for a non-collinear run: total, mx, my, mz. Of a file that is cut off, as many as it has begun.</summary>
    public int ComponentCount { get; }

    public int KPointCount { get; }

    public int BandCount { get; }

    /// <summary>Whether a projection (indices from 0) was read: its site was asked for, and the file goes that far.</summary>
    public bool Has(int component, int kPoint, int band, int site) => places[site] >= 0 && Row(component, kPoint, band) < rows.Count;

    /// <summary>One number for each of <see cref="Orbitals"/>. Indices from 0.</summary>
    /// <exception cref="DftFlowException">DF1403: it was not read (see <see cref="Has"/>).</exception>
    public ReadOnlySpan<float> this[int component, int kPoint, int band, int site] => Has(component, kPoint, band, site)
        ? rows[Row(component, kPoint, band)].Slice(places[site] * Orbitals.Length, Orbitals.Length)
        : throw ProjectionFilter.NotRead("eigenvalues", site);

    private int Row(int component, int kPoint, int band)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)component, (uint)ComponentCount, nameof(component));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)kPoint, (uint)KPointCount, nameof(kPoint));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)band, (uint)BandCount, nameof(band));
        return (component * KPointCount + kPoint) * BandCount + band;
    }
}
