using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Crystals.Surfaces;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Crystals.Interfaces;

/// <summary>The planes of a coating, cut and held against the substrate's surface.</summary>
internal sealed class CoatingSearch
{
    private const double CutVacuumA = 15;

    private readonly Coating settings;
    private readonly PlaneLattice substrate;
    private readonly CancellationToken cancellation;
    private readonly List<Candidate> candidates = [];

    public CoatingSearch(Coating settings, PlaneLattice substrate, CancellationToken cancellation)
    {
        (this.settings, this.substrate, this.cancellation) = (settings, substrate, cancellation);
        var planes = settings.Planes.IsEmpty ? DistinctPlanes.UpTo(settings.MaxIndex, settings.Crystal) : settings.Planes;
        DftFlowException? refused = null;
        foreach (var plane in planes)
            try
            {
                candidates.Add(Cut(plane));
            }
            // Among several planes one without the termination asked for, or without a slab that is as demanded, is passed over.
            catch (DftFlowException error) when (planes.Length > 1 && error.Code is "DF1612" or "DF1613")
            {
                refused ??= error;
                Skipped = Skipped.Add(new(plane, error.Message));
            }
        if (candidates.Count == 0) throw refused!;

        var found = candidates.SelectMany((candidate, order) => Search.Find(substrate, candidate.Layer.Lattice, cancellation).Select(match => (candidate, order, match)))
            .OrderBy(one => one.match.Substrate.Multiple).ThenBy(one => Math.Round(one.match.Misfit.VonMisesStrain, 7)).ThenBy(one => one.order).ToArray();
        if (found.Length == 0) throw NothingMatches();
        if (settings.Match > found.Length)
            throw new DftFlowException("DF1620", Text($"There is no match {settings.Match}: within the limits there are {found.Length}."), "Ask for one of them, or raise the limits of area or strain.") { Setting = nameof(settings.Match) };
        Matches = [.. found.Take(Search.Most).Select(one => new PlaneMatch(one.candidate.Plane, one.match))];
        var chosen = found[settings.Match - 1];
        Chosen = (chosen.candidate.Plane, chosen.candidate.Slab, chosen.candidate.Layer, chosen.match);
    }

    public (MillerPlane Plane, BuiltSlab Slab, PlaneLayer Layer, LatticeMatch Match) Chosen { get; }

    public ImmutableArray<PlaneMatch> Matches { get; }

    public ImmutableArray<SkippedPlane> Skipped { get; } = [];

    private LatticeMatchSearch Search => new() { MaxAreaA2 = settings.MaxAreaA2, MaxStrain = settings.MaxStrain, Most = Math.Max(100, settings.Match) };

    // Cut with the normal towards the substrate, so that the termination asked for is on top, then turned over.
    private Candidate Cut(MillerPlane plane)
    {
        var opposite = plane.HasFourIndices ? MillerPlane.Of([-plane.H, -plane.K, plane.H + plane.K, -plane.L]) : new(-plane.H, -plane.K, -plane.L);
        BuiltSlab slab;
        try
        {
            slab = new Slab(opposite)
            {
                Layers = settings.Layers,
                ThicknessA = settings.ThicknessA,
                Termination = settings.Termination,
                Stoichiometric = settings.Stoichiometric,
                KeptBonds = settings.KeptBonds,
                Charges = settings.Charges,
                VacuumA = CutVacuumA,
            }.Build(settings.Crystal);
        }
        catch (DftFlowException error) when (error.Message.Contains(opposite.ToString(), StringComparison.Ordinal))
        {
            // Told of the plane as it was asked for: its face that lies on the substrate is meant.
            throw new DftFlowException(error.Code, error.Message.Replace(opposite.ToString(), plane.ToString(), StringComparison.Ordinal), error.Hint, inner: error);
        }
        return new(plane, slab, PlaneLayer.Of(slab.Structure, AtomicLayers.Of(slab.Structure), SpaceGroup.Of(slab.Structure)).TurnedOver());
    }

    private DftFlowException NothingMatches()
    {
        var message = Text($"No common cell of at most {settings.MaxAreaA2} Å² and {settings.MaxStrain * 100:0.###} % strain was found ({Spelling.Count(candidates.Count, "plane")} of the coating).");
        var strained = candidates.Select(candidate => (candidate.Plane, Match: Search.NearestMiss(substrate, candidate.Layer.Lattice, cancellation)))
            .Where(one => one.Match is not null).OrderBy(one => Math.Round(one.Match!.Misfit.LargestStrain, 7)).FirstOrDefault();
        if (strained.Match is not null) message += $" The nearest miss: {strained.Plane} with {strained.Match}.";
        var larger = Larger();
        var hints = new List<string>();
        if (strained.Match is { } miss) hints.Add(Text($"raise the largest strain to {Math.Ceiling(miss.Misfit.LargestStrain * 1000) / 10:0.0} %"));
        if (larger is { } wide) hints.Add(Text($"raise the largest area to {Math.Ceiling(wide.Match.AreaA2)} Å² ({wide.Plane} with {wide.Match})"));
        hints.Add("allow other planes");
        var hint = string.Join("; or ", hints) + ".";
        return new("DF1622", message, char.ToUpperInvariant(hint[0]) + hint[1..]);
    }

    /// <summary>The smallest common cell at the strain asked for, up to four times the area asked for.</summary>
    private (MillerPlane Plane, LatticeMatch Match)? Larger()
    {
        for (var factor = 2; factor <= 4; factor += 2)
        {
            var search = Search with { MaxAreaA2 = settings.MaxAreaA2 * factor, Most = 1 };
            var found = candidates
                .Where(candidate => search.MaxAreaA2 <= LatticeMatchSearch.MostCells * Math.Min(substrate.AreaA2, candidate.Layer.Lattice.AreaA2))
                .SelectMany(candidate => search.Find(substrate, candidate.Layer.Lattice, cancellation).Select(match => (candidate.Plane, match)))
                .OrderBy(one => one.match.AreaA2).ToArray();
            if (found.Length > 0) return found[0];
        }
        return null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Candidate(MillerPlane Plane, BuiltSlab Slab, PlaneLayer Layer);
}
