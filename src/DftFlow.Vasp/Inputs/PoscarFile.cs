using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Vasp.Inputs;

/// <summary>Neighbouring atoms of one element, as the lines of elements and counts list them.</summary>
/// <param name="Element">Null where the file does not say.</param>
public readonly record struct PoscarBlock(Element? Element, int Count);

/// <summary>The part of a CONTCAR that molecular dynamics with a moving cell adds (VASP wiki: POSCAR, lattice velocities).</summary>
/// <param name="State">VASP's initialisation state; 1 says that the vectors below are to be used.</param>
/// <param name="VelocitiesAPerFs">Of the three lattice vectors, in Å/fs.</param>
/// <param name="VectorsA">The three lattice vectors, in Å.</param>
public sealed record LatticeVelocities(int State, ImmutableArray<Vector3D> VelocitiesAPerFs, ImmutableArray<Vector3D> VectorsA);

/// <summary>What a POSCAR or CONTCAR says. Lists of what the file does not have are empty.</summary>
public sealed record PoscarFile
{
    public required string Comment { get; init; }

    /// <summary>The cell, with the scale applied.</summary>
    public required Lattice Lattice { get; init; }

    public required ImmutableArray<PoscarBlock> Blocks { get; init; }

    /// <summary>Of all atoms, in fractions of the lattice vectors.</summary>
    public required ImmutableArray<Vector3D> Positions { get; init; }

    /// <summary>Which coordinates of each atom may move; empty without selective dynamics.</summary>
    public ImmutableArray<SelectiveDynamics> Free { get; init; } = [];

    /// <summary>Cartesian, in Å/fs.</summary>
    public ImmutableArray<Vector3D> VelocitiesAPerFs { get; init; } = [];

    /// <summary>Where the file gives velocities as Direct: in lattice vectors per time step, whose length INCAR has (POTIM).</summary>
    public ImmutableArray<Vector3D> VelocitiesPerStep { get; init; } = [];

    public LatticeVelocities? LatticeVelocities { get; init; }

    /// <summary>VASP's own memory of a molecular-dynamics run, as text: it goes back into the next POSCAR as it is.</summary>
    public string? PredictorCorrector { get; init; }

    /// <summary>What behind the atoms is incomplete or was not expected there (DF1252).</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>Every atom's element is known, so that there is a <see cref="Structure"/>.</summary>
    public bool HasElements => Blocks.All(block => block.Element is not null);

    /// <exception cref="InvalidOperationException">The file does not name its elements.</exception>
    public Structure Structure
    {
        get => field ?? throw new InvalidOperationException("The POSCAR does not name its elements.");
        internal init;
    }
}
