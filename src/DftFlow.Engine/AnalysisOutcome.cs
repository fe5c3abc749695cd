using System.Collections.Immutable;
using DftFlow.Analysis.Charge;
using DftFlow.Analysis.Charge.Bader;
using DftFlow.Analysis.Electronic;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;
using DftFlow.Workflows;

namespace DftFlow.Engine;

/// <summary>An analysis' numbers, and what its figures are drawn from.</summary>
public sealed record AnalysisOutcome(string Id, AnalysisResult Result, AnalysisDetails? Details);

/// <summary>What an analysis knows beyond its table.</summary>
public abstract record AnalysisDetails;

/// <summary>The band centres with their curves, each with its labels (among them window and zero).</summary>
public sealed record BandCentreDetails(ImmutableArray<Labelled<BandCentre>> Centres) : AnalysisDetails
{
    /// <summary>Of each member the whole density of states, with the centre over the first window from the first zero.</summary>
    public ImmutableArray<Labelled<DosOfMember>> Members { get; init; } = [];
}

public sealed record DosOfMember(DosRun Run, BandCentreRequest Request, BandCentre Centre);

/// <summary>A phase diagram, and the phases that were asked for.</summary>
/// <param name="Elements">Of the diagram, open ones left out; two to four of them are drawn.</param>
/// <param name="Phases">Marked in the figure; none: all are drawn alike.</param>
public sealed record HullDetails(PhaseDiagram Diagram, ImmutableArray<Element> Elements, ImmutableArray<PhaseStability> Phases) : AnalysisDetails
{
    /// <summary>Of each open element, eV relative to its reference.</summary>
    public ImmutableSortedDictionary<Element, double> ChemicalPotentialsEv { get; init; } = ImmutableSortedDictionary<Element, double>.Empty;

    /// <summary>Drawn besides, if asked for.</summary>
    public ChemicalPotentialRegions? Potentials { get; init; }
}

/// <summary>The reaction curves; the label is the pair.</summary>
public sealed record InterfaceReactionDetails(ImmutableArray<Labelled<InterfaceReaction>> Reactions) : AnalysisDetails;

/// <summary>The windows; the label is the phase.</summary>
public sealed record WindowDetails(ImmutableArray<Labelled<ElectrochemicalWindow>> Windows) : AnalysisDetails;

/// <summary>The charges of each member's atoms, and the groups that the table has.</summary>
public sealed record BaderDetails(ImmutableArray<Labelled<BaderMember>> Members) : AnalysisDetails;

public sealed record BaderMember(BaderCharges Charges, ImmutableArray<AtomGroup> Groups);

/// <summary>The curves along bonds: the labels are the member's and the pair.</summary>
public sealed record ElfDetails(ImmutableArray<Labelled<ElfPair>> Pairs) : AnalysisDetails;

/// <param name="Profiles">Of each bond: how far from the first atom, as a part of its length; the ELF; whether that is within a core.</param>
public sealed record ElfPair(string Pair, ImmutableArray<ImmutableArray<(double Part, double Elf, bool InCore)>> Profiles);

/// <summary>The maps, with what they show.</summary>
public sealed record SliceDetails(ImmutableArray<Labelled<SliceMap>> Maps) : AnalysisDetails;

/// <param name="Unit">Empty for a number without unit.</param>
public sealed record SliceMap(GridSlice Slice, string Name, string Unit, (double Min, double Max)? Range);

/// <summary>The differences, averaged over planes, and their maps.</summary>
public sealed record ChargeDifferenceDetails(ImmutableArray<Labelled<AveragedDifference>> Differences) : AnalysisDetails;

/// <param name="FromA">The height that the integral is counted from.</param>
/// <param name="Axis">0, 1 or 2.</param>
/// <param name="Map">Null where none is asked for.</param>
public sealed record AveragedDifference(PlanarAverage Average, double FromA, double? MacroscopicA, PlanarAverage? Magnetization, Structure? Structure, int Axis, SliceMap? Map);

public sealed record Labelled<T>(ImmutableSortedDictionary<string, string> Labels, T Value);
