using System.Collections.Immutable;
using System.Numerics;
using DftFlow.Crystals;

namespace DftFlow.Vasp.Outputs.Grids;

/// <summary>What the values of a volumetric file are, which its name says and its text does not.</summary>
public enum GridKind
{
    /// <summary>CHGCAR, CHG, AECCAR0–2, PARCHG: densities times the volume of the cell, so that their mean is a number of electrons.</summary>
    Density,

    /// <summary>ELFCAR: the electron localisation function, between 0 and 1.</summary>
    Elf,

    /// <summary>LOCPOT: the local potential in eV.</summary>
    Potential,
}

/// <summary>What one block of a volumetric file holds.</summary>
public enum GridMeaning
{
    Total,

    /// <summary>Density of spin up minus spin down, of a collinear calculation.</summary>
    Magnetization,
    Mx,
    My,
    Mz,

    /// <summary>The ELF of spin up; of a calculation without spin, of either spin.</summary>
    ElfUp,
    ElfDown,
    Potential,
}

/// <summary>Points along the three lattice vectors.</summary>
public readonly record struct GridDimensions(int X, int Y, int Z)
{
    public long Count => (long)X * Y * Z;

    /// <summary>Where the value of a point (from 0) stands: x runs fastest.</summary>
    public int Index(int i, int j, int k) => i + X * (j + Y * k);
}

/// <summary>Atoms of one element, in the order of the file.</summary>
/// <param name="Element">Null where the file does not name it (VASP 4) and it was not given.</param>
public readonly record struct GridSpecies(Element? Element, int Count);

/// <summary>One block of values.</summary>
/// <param name="Values">x fastest; empty where only the statistics were asked for.</param>
/// <param name="Min">Of the values that are numbers.</param>
/// <param name="Max">Of the values that are numbers.</param>
/// <param name="Mean">NaN where a value is none.</param>
public sealed record GridBlock<T>(GridMeaning Meaning, T[] Values, double Min, double Max, double Mean) where T : struct, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Values computed elsewhere.</summary>
    public GridBlock(GridMeaning meaning, T[] values) : this(meaning, values, GridStatistics.Of(values)) { }

    private GridBlock(GridMeaning meaning, T[] values, GridStatistics all) : this(meaning, values, all.Min, all.Max, all.Sum / values.Length) { }

    /// <summary>
    /// Of a density: electrons in the cell, the sum of the values over their number; of a magnetisation, the moment in µB. Null for
    /// ELF and potential.
    /// </summary>
    public double? IntegralElectrons => Meaning is GridMeaning.ElfUp or GridMeaning.ElfDown or GridMeaning.Potential ? null : Mean;

    /// <summary>How many sets of PAW occupancies follow the values: as a rule one for each atom, in CHGCAR alone.</summary>
    public int AugmentationCount { get; init; }

    /// <summary>
    /// What stands between the values and the next block, as it stands: PAW occupancies, and the moments of the atoms before a
    /// magnetisation. Null unless asked for.
    /// </summary>
    public string? AugmentationText { get; init; }
}

/// <summary>A volumetric file: a structure, and values on a grid that spans its cell.</summary>
/// <typeparam name="T">double, or float for half the memory; statistics are of the numbers as kept, summed in double precision.</typeparam>
public sealed record VolumetricData<T> where T : struct, IBinaryFloatingPointIeee754<T>
{
    public string Comment { get; init; } = "";

    public required Lattice Lattice { get; init; }

    public ImmutableArray<GridSpecies> Species { get; init; } = [];

    /// <summary>Fractional coordinates, in the order of <see cref="Species"/>.</summary>
    public ImmutableArray<Vector3D> Positions { get; init; } = [];

    public required GridKind Kind { get; init; }

    /// <summary>Zeros where the text ends before it says.</summary>
    public GridDimensions Dimensions { get; init; }

    /// <summary>The blocks that are complete.</summary>
    public ImmutableArray<GridBlock<T>> Blocks { get; init; } = [];

    /// <summary>How many values of the block that the text breaks off in were read; they are not kept.</summary>
    public long UnfinishedValues { get; init; }

    public Truncation? Truncated { get; init; }

    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Null where an element is unknown.</summary>
    public Structure? Structure
    {
        get
        {
            var elements = Species.SelectMany(species => Enumerable.Repeat(species.Element, species.Count));
            return Species.All(species => species.Element is not null)
                ? new Structure(Lattice, [.. elements.Zip(Positions, (element, position) => new Site(element!, position))])
                : null;
        }
    }
}

/// <summary>How a volumetric file is read.</summary>
public sealed record VolumetricOptions
{
    /// <summary>Null: guessed from the values, with a warning. See <see cref="VolumetricFile.KindOf"/>.</summary>
    public GridKind? Kind { get; init; }

    /// <summary>Stops behind the first block: the total density of a CHGCAR with spin.</summary>
    public bool FirstBlockOnly { get; init; }

    /// <summary>False: only the statistics, in little memory.</summary>
    public bool KeepValues { get; init; } = true;

    public bool KeepAugmentation { get; init; }

    /// <summary>For a file of VASP 4, which does not name them: one for each number of atoms.</summary>
    public IReadOnlyList<Element>? Elements { get; init; }

    /// <summary>How many processors a plain file is read with.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
