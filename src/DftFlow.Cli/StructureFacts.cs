using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Crystals.Cells;
using DftFlow.Crystals.Symmetry;
using DftFlow.Vasp.Inspection;

namespace DftFlow.Cli;

/// <summary>What is told of a structure. What cannot be known of it is null, and <see cref="Warnings"/> say why.</summary>
internal sealed record StructureFacts
{
    // Unified atomic mass units in a cubic Å, as g/cm³ (CODATA 2018).
    private const double GramsPerCm3 = 1.66053906660;

    // Farther than this nothing is a neighbour.
    private const double NearestWithinA = 5;

    public required StructureFile File { get; init; }

    public required Composition Composition { get; init; }

    public required Lattice Lattice { get; init; }

    public required int SiteCount { get; init; }

    public required double DensityGPerCm3 { get; init; }

    /// <summary>The atoms' electrons, of a neutral cell. Cores are even: the valence electrons are odd where these are.</summary>
    public int? Electrons { get; init; }

    /// <summary>See <see cref="Vacuum.AlongAxes"/>.</summary>
    public Vector3D? VacuumA { get; init; }

    public SpaceGroup? SpaceGroup { get; init; }

    public ImmutableArray<PairDistance> Nearest { get; init; } = [];

    public CoordinationTable? Coordination { get; init; }

    public int Fixed { get; init; }

    public int PartlyFixed { get; init; }

    public required ImmutableArray<string> Warnings { get; init; }

    public static StructureFacts Of(StructureFile file, double symprecA, CancellationToken cancellation)
    {
        var warnings = file.Findings.Select(finding => $"{finding.Code}: {finding.Message}").ToList();
        var (composition, lattice, count) = file.Structure is { } whole ? (whole.Composition, whole.Lattice, whole.Sites.Length)
            : (file.Disordered!.Composition, file.Disordered.Lattice, file.Disordered.Sites.Length);
        var facts = new StructureFacts
        {
            File = file,
            Composition = composition,
            Lattice = lattice,
            SiteCount = count,
            DensityGPerCm3 = composition.Amounts.Sum(pair => pair.Key.AtomicWeight * pair.Value) / lattice.Volume * GramsPerCm3,
            Warnings = [.. warnings],
        };
        if (file.Structure is not { } structure)
        {
            var shared = file.Disordered!.Sites.Count(site => !site.IsOrdered);
            return facts with { Warnings = [.. warnings, $"{Output.Count(shared, "site")} of {count} {(shared == 1 ? "is" : "are")} shared or partly vacant: distances, bonds and symmetry are those of no one arrangement, and are not told."] };
        }
        // Atoms on each other leave no distances to speak of; else the closest are named below.
        warnings.AddRange(MinimumDistances.Check(structure).Select(finding => $"{finding.Code}: {finding.Message}"));
        cancellation.ThrowIfCancellationRequested();
        var nearest = Known(() => MinimumDistances.ByElementPair(structure, NearestWithinA));
        cancellation.ThrowIfCancellationRequested();
        var coordination = Known(() => new Coordination().Of(structure));
        cancellation.ThrowIfCancellationRequested();
        var group = Known(() =>
        {
            var found = SpaceGroup.Of(structure, symprecA, elementsOnly: true);
            _ = found.Type;
            return found;
        });
        return facts with
        {
            Electrons = structure.Sites.Sum(site => site.Element.AtomicNumber),
            VacuumA = Vacuum.AlongAxes(structure),
            SpaceGroup = group,
            Nearest = nearest.IsDefault ? [] : nearest,
            Coordination = coordination,
            Fixed = structure.Sites.Count(site => site.Free is { X: false, Y: false, Z: false }),
            PartlyFixed = structure.Sites.Count(site => site.Free is { } free && (free.X, free.Y, free.Z) is not ((true, true, true) or (false, false, false))),
            Warnings = [.. warnings.Distinct()],
        };

        T? Known<T>(Func<T> find)
        {
            try
            {
                return find();
            }
            catch (DftFlowException error)
            {
                warnings.Add($"{error.Code}: {error.Message}");
                return default;
            }
        }
    }
}
