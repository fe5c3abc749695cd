using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;

namespace DftFlow.Crystals.Symmetry;

/// <summary>
/// The symmetry of a structure: operations that leave its atoms where they are, and which sites they make equal.
/// </summary>
/// <remarks>
/// Atoms are images of each other where all of the sites is equal but the place: element, selective dynamics, moment, part. Flags and
/// moments are compared as they are; they are not turned with the crystal. A cell that is not primitive has fewer operations than
/// the crystal where its lattice is less symmetric, and more where it holds translations.
/// </remarks>
public sealed class SpaceGroup
{
    /// <summary>How far, in Å, an image may lie from its atom where nothing else is said.</summary>
    public const double DefaultSymprecA = 0.01;

    private const double LargestSymprecA = 0.2;
    private const int MostOperations = 2_000_000;

    // Where operations within the tolerance form no group, the next smaller tolerance decides.
    private const double TighterBy = 0.7;
    private const int MostTightenings = 40;

    private readonly Structure primitive;
    private readonly ImmutableArray<PrimitiveOperation> ownOperations;
    private readonly LatticeCosets cells;
    private readonly (int X, int Y, int Z)[] cellVectors;
    private readonly (int PrimitiveSite, int X, int Y, int Z)[] sites;
    private readonly int[] siteOf;
    private readonly Lazy<ImmutableArray<SymmetryOperation>> operations;
    private readonly Lazy<StandardSetting> setting;

    private SpaceGroup(Lattice lattice, Structure reduced, Structure primitive, int[] primitiveSites, List<PrimitiveOperation> found, double symprecA)
    {
        this.primitive = primitive;
        SymprecA = symprecA;
        // The structure's lattice vectors in terms of the primitive ones, as columns.
        var basis = IntegerMatrix.FromColumns(InPrimitive(lattice.A), InPrimitive(lattice.B), InPrimitive(lattice.C));
        cells = new LatticeCosets([Column(0), Column(1), Column(2)]);
        cellVectors = [.. cells.Representatives()];
        sites = new (int, int, int, int)[primitiveSites.Length];
        siteOf = new int[primitiveSites.Length];
        for (var i = 0; i < sites.Length; i++)
        {
            var cell = InPrimitive(reduced.Lattice.ToCartesian(reduced.Sites[i].Fractional)) - primitive.Sites[primitiveSites[i]].Fractional;
            sites[i] = (primitiveSites[i], (int)Math.Round(cell.X), (int)Math.Round(cell.Y), (int)Math.Round(cell.Z));
            siteOf[Place(sites[i].PrimitiveSite, sites[i].X, sites[i].Y, sites[i].Z)] = i;
        }
        var own = new List<PrimitiveOperation>();
        var inOwnBasis = new List<SymmetryOperation>();
        foreach (var operation in found)
        {
            if (Rebased(operation.Operation.Rotation, basis) is not { } rotation) continue;
            own.Add(operation);
            inOwnBasis.Add(new(rotation, Fractions.Wrapped(lattice.ToFractional(primitive.Lattice.ToCartesian(operation.Operation.Translation)))));
        }
        ownOperations = [.. own];
        PointOperations = [.. inOwnBasis];
        Translations = [.. cellVectors.Select(v => Fractions.Wrapped(lattice.ToFractional(primitive.Lattice.ToCartesian(new(v.X, v.Y, v.Z)))))];
        EquivalentSites = FirstOfEach(primitiveSites, own);
        operations = new(All);
        setting = new(() => StandardSettings.Find(primitive.Lattice, [.. found.Select(operation => operation.Operation)])
            ?? throw new DftFlowException("DF1281", string.Create(CultureInfo.InvariantCulture, $"The {found.Count} operations within {SymprecA} Å are those of no space group."), "Take a smaller tolerance symprecA."));

        Vector3D InPrimitive(Vector3D cartesian) => primitive.Lattice.ToFractional(cartesian);

        long[] Column(int column) => [basis[0, column], basis[1, column], basis[2, column]];
    }

    /// <summary>The tolerance in Å that the operations hold to: the one asked for, or less where those within it formed no group.</summary>
    public double SymprecA { get; }

    /// <summary>One operation for each rotation, in the structure's own basis; the identity first, at most 48.</summary>
    public ImmutableArray<SymmetryOperation> PointOperations { get; }

    /// <summary>The crystal's translations within the cell, as fractions of it, zero first; zero alone in a primitive cell.</summary>
    public ImmutableArray<Vector3D> Translations { get; }

    /// <summary>How many operations the cell has: <see cref="PointOperations"/> times <see cref="Translations"/>.</summary>
    public int OperationCount => PointOperations.Length * Translations.Length;

    /// <summary>All operations of the cell in its own basis, those of one rotation together, pure translations first; translations from 0 to 1.</summary>
    /// <exception cref="DftFlowException">DF1280: the cell repeats so often that they are too many to list.</exception>
    public ImmutableArray<SymmetryOperation> Operations => operations.Value;

    /// <summary>For each site the smallest number, from 0, of the sites that the operations take to it.</summary>
    public ImmutableArray<int> EquivalentSites { get; }

    /// <summary>The type of the crystal's space group, whatever cell it is in.</summary>
    /// <exception cref="DftFlowException">DF1281: the operations fit no type; a smaller tolerance helps.</exception>
    public SpaceGroupType Type => setting.Value.Type;

    /// <summary>Where the standard setting has its lattice vectors and its origin.</summary>
    /// <exception cref="DftFlowException">DF1281: the operations fit no type; a smaller tolerance helps.</exception>
    public StandardSetting Setting => setting.Value;

    /// <summary>The atoms of the primitive cell.</summary>
    internal Structure Primitive => primitive;

    /// <summary>Finds the symmetry of a structure. The effort grows about linearly with the atoms, of large supercells too.</summary>
    /// <param name="symprecA">How far, in Å, an image may lie from its atom.</param>
    /// <param name="elementsOnly">Compare elements alone: the symmetry of the geometry, whatever moments and constraints say.</param>
    /// <exception cref="DftFlowException">DF1280: there are no atoms, two lie on each other, or the tolerance is of no use.</exception>
    public static SpaceGroup Of(Structure structure, double symprecA = DefaultSymprecA, bool elementsOnly = false)
    {
        if (elementsOnly) structure = structure with { Sites = [.. structure.Sites.Select(site => new Site(site.Element, site.Fractional))] };
        var reduced = LatticeReduction.Reduced(structure.Lattice);
        var inReduced = new Structure(reduced, [.. structure.Sites.Select(site => site with { Fractional = Fractions.Wrapped(reduced.ToFractional(structure.Lattice.ToCartesian(site.Fractional))) })]);
        Check(inReduced, symprecA);
        for (var tightening = 0; tightening < MostTightenings; tightening++, symprecA *= TighterBy)
        {
            var (primitive, primitiveSites) = PrimitiveCell.WithSites(inReduced, symprecA);
            if (PrimitiveOperations.Find(primitive, symprecA) is not { } found) continue;
            try
            {
                return new SpaceGroup(structure.Lattice, inReduced, primitive, primitiveSites, found, symprecA);
            }
            catch (OverflowException)
            {
                throw TooSkewed();
            }
        }
        throw Error("The operations form no group at any tolerance.", "Are there atoms that lie nearly on each other?");
    }

    /// <summary>Where an operation takes the sites: site i, from 0, to the place of site <c>[i]</c>.</summary>
    /// <param name="operation">The number of the operation in <see cref="Operations"/>, from 0 to below <see cref="OperationCount"/>.</param>
    public ImmutableArray<int> Permutation(int operation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(operation);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(operation, OperationCount);
        var (found, translation) = (ownOperations[operation / cellVectors.Length], cellVectors[operation % cellVectors.Length]);
        var r = found.Operation.Rotation;
        var images = new int[sites.Length];
        for (var i = 0; i < images.Length; i++)
        {
            var (site, x, y, z) = sites[i];
            var shift = found.Shifts[site];
            images[i] = siteOf[Place(found.Images[site],
                r.M11 * x + r.M12 * y + r.M13 * z + shift.X + translation.X,
                r.M21 * x + r.M22 * y + r.M23 * z + shift.Y + translation.Y,
                r.M31 * x + r.M32 * y + r.M33 * z + shift.Z + translation.Z)];
        }
        return ImmutableCollectionsMarshal.AsImmutableArray(images);
    }

    private int Place(int primitiveSite, int x, int y, int z) => primitiveSite * cellVectors.Length + (int)cells.Number(x, y, z);

    private ImmutableArray<SymmetryOperation> All() => OperationCount <= MostOperations
        ? [.. PointOperations.SelectMany(point => Translations.Select(t => point with { Translation = Fractions.Wrapped(point.Translation + t) }))]
        : throw Error(string.Create(CultureInfo.InvariantCulture, $"The cell has {OperationCount} operations; up to {MostOperations} are listed."), "Take the primitive cell, or the point operations and translations apart.");

    /// <summary>The rotation in the basis whose vectors are the columns; null where it does not leave that basis' lattice as it is.</summary>
    private static IntegerMatrix? Rebased(IntegerMatrix rotation, IntegerMatrix basis)
    {
        // basis⁻¹ · rotation · basis, with the determinant in front until the end.
        var turned = rotation * basis;
        var adjugate = basis.Adjugate;
        var determinant = basis.Determinant;
        var whole = true;
        var rebased = IntegerMatrix.From((row, column) =>
        {
            var sum = (Int128)adjugate[row, 0] * turned[0, column] + (Int128)adjugate[row, 1] * turned[1, column] + (Int128)adjugate[row, 2] * turned[2, column];
            whole &= sum % determinant == 0;
            return (long)(sum / determinant);
        });
        return whole ? rebased : null;
    }

    private ImmutableArray<int> FirstOfEach(int[] primitiveSites, List<PrimitiveOperation> own)
    {
        var firstOfPrimitive = Enumerable.Range(0, primitive.Sites.Length).Select(site => own.Min(operation => operation.Images[site])).ToArray();
        var first = new Dictionary<int, int>();
        var result = ImmutableArray.CreateBuilder<int>(primitiveSites.Length);
        for (var i = 0; i < primitiveSites.Length; i++)
        {
            var orbit = firstOfPrimitive[primitiveSites[i]];
            first.TryAdd(orbit, i);
            result.Add(first[orbit]);
        }
        return result.MoveToImmutable();
    }

    private static void Check(Structure reduced, double symprecA)
    {
        const string hint = "The tolerance symprecA is a length in Å, usually 0.01 (relaxed structures) or 0.001.";
        if (!(symprecA > 0 && symprecA <= LargestSymprecA))
            throw Error(string.Create(CultureInfo.InvariantCulture, $"A tolerance of {symprecA} Å cannot be used: it is above 0 and at most {LargestSymprecA} Å."), hint);
        if (reduced.Sites.IsEmpty) throw Error("The structure has no atoms.", "An empty cell has every symmetry of its lattice and every translation.");
        if (reduced.Lattice.A.Length <= 4 * symprecA) throw Error("The shortest lattice vector is not longer than four tolerances.", hint);
        var places = new SitePlaces(reduced.Lattice, 2 * symprecA);
        foreach (var (i, site) in reduced.Sites.Index())
        {
            if (!site.Fractional.IsFinite) throw Error(string.Create(CultureInfo.InvariantCulture, $"The place of site {i + 1} is not a number."), null);
            if (places.Find(site, site.Fractional) is >= 0 and var other)
                throw Error(string.Create(CultureInfo.InvariantCulture, $"Sites {other + 1} and {i + 1}, both {site.Element}, lie within two tolerances ({2 * symprecA} Å) of each other."), "Remove the atom that is there twice, or take a smaller tolerance.");
            places.Add(site, site.Fractional);
        }
    }

    internal static DftFlowException TooSkewed() =>
        Error("The cell is so skewed that its lattice vectors are millions of primitive ones.", "Give the structure in a reduced cell.");

    internal static DftFlowException Error(string message, string? hint) => new("DF1280", message, hint);
}
