using System.Globalization;

namespace DftFlow.Vasp.Outputs;

/// <summary>What is read beside what every reading gives: program, parameters, atoms, k-points, energies and the Fermi level.</summary>
[Flags]
public enum VasprunContent
{
    Energies = 0,

    /// <summary>The first and the last structure, and the forces and the stress of the last ionic step.</summary>
    Structures = 1,
    Eigenvalues = 2,
    Dos = 4,

    /// <summary>The DOS with its projections on sites and orbitals.</summary>
    ProjectedDos = 8 | Dos,

    /// <summary>Cell, places, forces and stress of every ionic step.</summary>
    Trajectory = 16 | Structures,

    /// <summary>Eigenvalues with their projections on sites and orbitals.</summary>
    ProjectedEigenvalues = 32 | Eigenvalues,

    /// <summary>What is asked for, also of the points of KPOINTS_OPT.</summary>
    KPointsOpt = 64,
    All = Structures | Eigenvalues | ProjectedDos | Trajectory | ProjectedEigenvalues | KPointsOpt,
}

/// <summary>Which projections are kept of the DOS and of the eigenvalues, so that memory grows with these alone.</summary>
/// <param name="Site">Given a site (from 0, in the order of the POSCAR) and its type, whether to keep it. Null: all sites. The type is null where the file does not tell it.</param>
/// <param name="Orbital">Given an orbital's name (see <see cref="ProjectedDos.Orbitals"/>), whether to keep it. Null: all.</param>
public sealed record ProjectionFilter(Func<int, AtomType?, bool>? Site = null, Func<string, bool>? Orbital = null)
{
    internal static DftFlowException NotRead(string what, int site) => new(
        "DF1403", string.Create(CultureInfo.InvariantCulture, $"The projection of the {what} on site {site + 1} was not read."),
        "Either the file stops before it, or only other sites were asked for.");
}
