using System.Collections.Immutable;
using DftFlow.Crystals.Surfaces;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Crystals.Interfaces;

/// <summary>
/// Lays a second crystal on a slab: in a cell that both have in common (<see cref="LatticeMatchSearch"/>), strained to fit, at a
/// stated distance and registry.
/// </summary>
/// <remarks>
/// The slab's atoms stay where they are, but for its share of the strain; the cell grows along c, and the whole lies in its middle.
/// The coating is cut by <see cref="Slab"/>, turned as the match says, and strained in the plane only: its thickness stays.
/// </remarks>
/// <param name="Crystal">The coating, in the cell that its planes' indices refer to.</param>
public sealed record Coating(Structure Crystal)
{
    /// <summary>Planes of the coating that may lie on the substrate, their normals pointing away from it; where empty, all up to <see cref="MaxIndex"/>.</summary>
    public ImmutableArray<MillerPlane> Planes { get; init; } = [];

    /// <summary>The largest Miller index where no planes are given.</summary>
    public int MaxIndex { get; init; } = 1;

    /// <inheritdoc cref="LatticeMatchSearch.MaxAreaA2"/>
    public double MaxAreaA2 { get; init; } = 200;

    /// <inheritdoc cref="LatticeMatchSearch.MaxStrain"/>
    public double MaxStrain { get; init; } = 0.05;

    /// <summary>Which of the matches, from 1, the best first.</summary>
    public int Match { get; init; } = 1;

    /// <summary>The number of atomic layers; this or <see cref="ThicknessA"/>.</summary>
    public int? Layers { get; init; }

    /// <summary>The least distance in Å between the lowest and the highest atom's centre; this or <see cref="Layers"/>.</summary>
    public double? ThicknessA { get; init; }

    /// <summary>What touches the substrate: as <see cref="Slab.Termination"/>, of the coating's face below. Where not given, as <see cref="Slab"/> chooses.</summary>
    public string? Termination { get; init; }

    /// <inheritdoc cref="Slab.Stoichiometric"/>
    public bool Stoichiometric { get; init; } = true;

    /// <inheritdoc cref="Slab.KeptBonds"/>
    public ImmutableArray<(Element, Element)> KeptBonds { get; init; } = [];

    /// <inheritdoc cref="Slab.Charges"/>
    public IReadOnlyDictionary<Element, double>? Charges { get; init; }

    /// <summary>Between the centres of the substrate's outermost atom and the coating's lowest, in Å; where not given, so that no two atoms are nearer than <see cref="Radii"/> say.</summary>
    public double? GapA { get; init; }

    /// <summary>For the gap and the registry where they are not given; null: ionic where both crystals are.</summary>
    public ContactRadii? Radii { get; init; }

    /// <summary>Where the coating lies in the plane; null: the first place of a grid with the smallest gap, or, where the gap is given, with the atoms farthest apart.</summary>
    public Registry? Registry { get; init; }

    /// <summary>The part of the strain that the substrate takes: 0, none; 1, all.</summary>
    public double StrainOnSubstrate { get; init; }

    /// <summary>Also below, by the operation of the slab's symmetry that exchanges its sides.</summary>
    public bool BothSides { get; init; }

    /// <summary>Between the outermost atoms of the whole and of its image, in Å; null: as wide as the slab's was.</summary>
    public double? VacuumA { get; init; }

    /// <summary>
    /// The slab with its coating; all sites of the one first, each with its part (<c>substrate</c>, <c>coating</c>). Sites of the
    /// substrate keep their selective dynamics; where there are any, those of the coating are free.
    /// </summary>
    /// <param name="substrate">A slab: its surface spanned by a and b, and vacuum along c.</param>
    /// <exception cref="DftFlowException">
    /// DF1620: a setting. DF1621: not a slab. DF1622: nothing matches. DF1623: atoms too close. DF1624: the sides are not alike. DF1625:
    /// too large. DF1610–DF1613: the coating cannot be cut so. DF1280, DF1220: atoms lie on each other.
    /// </exception>
    public CoatedSlab Build(Structure substrate, CancellationToken cancellation = default)
    {
        CoatingChecks.Settings(this);
        var layers = CoatingChecks.Layers(substrate);
        var group = SpaceGroup.Of(substrate);
        var bottom = PlaneLayer.Of(substrate, layers, group);
        var search = new CoatingSearch(this, bottom.Lattice, cancellation);
        var chosen = search.Chosen;
        CoatingChecks.Size(substrate.Sites.Length, chosen.Match.Substrate.Multiple, chosen.Slab.Structure.Sites.Length, chosen.Match.Coating.Multiple, BothSides);

        var match = WithHandOf(chosen.Match);
        var onCoating = StrainOnSubstrate == 0 ? match.Misfit : match.Misfit.WithStretch(1 - StrainOnSubstrate);
        var onSubstrate = StrainOnSubstrate == 0 ? PlaneDeformation.None : onCoating * match.Misfit.Inverse;
        var basis = bottom.Lattice.Basis(match.Substrate);
        var cell = (A: onSubstrate.Apply(basis.A), B: onSubstrate.Apply(basis.B));
        var registry = new RegistrySearch(match, cell, bottom, chosen.Layer, onSubstrate, onCoating, Radii ?? Contacts.Usual(substrate.Elements, Crystal.Elements));
        Vector2D a = onSubstrate.Apply(bottom.Lattice.A), b = onSubstrate.Apply(bottom.Lattice.B);
        var shift = Registry is { } given ? a * given.AlongA + b * given.AlongB : registry.Best(GapA, cancellation);
        var gap = GapA ?? registry.ContactGapA(shift);

        var top = chosen.Layer.AtomsOf(match.Coating)
            .Select(atom => atom with { Place = onCoating.Apply(atom.Place) + registry.Anchor + shift, HeightA = bottom.ThicknessA + gap + atom.HeightA }).ToArray();
        var exchange = BothSides ? SideExchange.Of(substrate, bottom, group, match.Substrate, onSubstrate) : null;
        LayerAtom[] below = exchange is null ? [] : [.. top.Select(exchange.Apply)];
        var own = bottom.AtomsOf(match.Substrate).Select(atom => atom with { Place = onSubstrate.Apply(atom.Place) });
        var assembly = new CoatingAssembly(substrate.Lattice, bottom.Lattice, cell, match.Substrate == PlaneSupercell.Identity && StrainOnSubstrate == 0, VacuumA ?? layers.VacuumA);
        var structure = assembly.Of([.. own], top, below);
        var contacts = CoatingChecks.Contacts(structure, substrate.Sites.Length * match.Substrate.Multiple, top.Length, gap);

        var coated = new CoatedSlab
        {
            Structure = structure,
            Plane = chosen.Plane,
            Coating = chosen.Slab,
            Match = match,
            MatchNumber = Match,
            Matches = search.Matches,
            SkippedPlanes = search.Skipped,
            CoatingStrain = onCoating,
            SubstrateStrain = onSubstrate,
            Registry = new(Fraction(shift.Cross(b) / a.Cross(b)), Fraction(a.Cross(shift) / a.Cross(b))),
            GapA = gap,
            Contacts = contacts,
            SubstrateAtoms = substrate.Sites.Length * match.Substrate.Multiple,
            CoatingAtoms = top.Length + below.Length,
            AreaA2 = Math.Abs(cell.A.Cross(cell.B)),
            CoatingThicknessA = chosen.Layer.ThicknessA,
            VacuumA = VacuumA ?? layers.VacuumA,
            SidesExchangedBy = exchange?.Name,
            Findings = [],
        };
        return coated with { Findings = [.. CoatingChecks.Findings(coated)] };

        static double Fraction(double value) => Fractions.Wrapped(Math.Round(value, 9));
    }

    /// <summary>The same match with the vectors of the common cell in the order that the slab's cell has: of one hand.</summary>
    private static LatticeMatch WithHandOf(LatticeMatch match)
    {
        if (match.Substrate.Determinant > 0) return match;
        PlaneSupercell s = match.Substrate, t = match.Coating;
        return match with { Substrate = s with { Ba = -s.Ba, Bb = -s.Bb }, Coating = t with { Ba = -t.Ba, Bb = -t.Bb } };
    }
}
