using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Charge.Bader;

/// <summary>How a density is parted.</summary>
public enum BaderMethod
{
    /// <summary>By the flow between Voronoi cells (Yu and Trinkle 2011): <see cref="WeightPartition"/>.</summary>
    Weight,

    /// <summary>By paths along the gradient, corrected for the grid (Tang et al. 2009): <see cref="NearGridPartition"/>.</summary>
    NearGrid,

    /// <summary>By steps to the steepest neighbour (Henkelman et al. 2006): <see cref="OnGridPartition"/>.</summary>
    OnGrid,
}

/// <summary>What belongs to one atom.</summary>
/// <param name="Index">From 1, in the order of the POSCAR.</param>
/// <param name="Element">Null where the files do not name it.</param>
/// <param name="SpinMomentMub">Null without spin, and where spins are not collinear.</param>
/// <param name="MomentMub">The vector of the moment, where spins are not collinear.</param>
/// <param name="ChargeE">Valence electrons of the potential minus <paramref name="Electrons"/>; null where the former are unknown.</param>
/// <param name="MinDistanceA">From the nucleus to the nearest grid point of the atom that has one of another atom among its 26 neighbours; null where there is none.</param>
public sealed record BaderAtom(int Index, Element? Element, Vector3D Fractional, double Electrons, double? SpinMomentMub, Vector3D? MomentMub, double? ChargeE, double VolumeA3, double? MinDistanceA);

/// <summary>A maximum of the reference density that is not at a nucleus.</summary>
/// <param name="DensityPerA3">Of the reference, e/Å³.</param>
/// <param name="Atom">The nearest, from 1, to which the basin was counted.</param>
public sealed record NonNuclearMaximum(Vector3D Fractional, double DensityPerA3, int Atom, double DistanceA, double Electrons, double VolumeA3);

/// <summary>Bader's partition of the electrons among the atoms (R. F. W. Bader, Atoms in Molecules, Oxford 1990), with what speaks for and against it.</summary>
public sealed record BaderCharges
{
    public required BaderMethod Method { get; init; }

    /// <summary>Which density the basins are of.</summary>
    public required string Reference { get; init; }

    public required ImmutableArray<BaderAtom> Atoms { get; init; }

    public required double VacuumElectrons { get; init; }

    public required double VacuumVolumeA3 { get; init; }

    /// <summary>Of the density on the grid: atoms and vacuum together.</summary>
    public required double ElectronsTotal { get; init; }

    /// <summary>NELECT, else the sum of the potentials' valence electrons; null where unknown.</summary>
    public required double? ElectronsExpected { get; init; }

    public required int MaximumCount { get; init; }

    public required ImmutableArray<NonNuclearMaximum> NonNuclearMaxima { get; init; }

    /// <summary>Of AECCAR0, where it is part of the reference.</summary>
    public required double? CoreElectrons { get; init; }

    /// <summary>Atomic numbers minus valence electrons.</summary>
    public required double? CoreElectronsExpected { get; init; }

    public required double GridPointsPerA3 { get; init; }

    /// <summary>NGXF, NGYF, NGZF of a grid that is fine enough; null where this one is.</summary>
    public required ImmutableArray<int>? RecommendedGrid { get; init; }

    public required string Definition { get; init; }

    public required ImmutableArray<string> Warnings { get; init; }
}
