using System.Collections.Immutable;
using DftFlow.Analysis.Electronic;
using DftFlow.Analysis.Thermodynamics;

namespace DftFlow.Engine;

/// <summary>An analysis' numbers, and what its figures are drawn from.</summary>
public sealed record AnalysisOutcome(string Id, AnalysisResult Result, AnalysisDetails? Details);

/// <summary>What an analysis knows beyond its table.</summary>
public abstract record AnalysisDetails;

/// <summary>The band centres with their curves, each with its labels (among them window and zero).</summary>
public sealed record BandCentreDetails(ImmutableArray<Labelled<BandCentre>> Centres) : AnalysisDetails;

/// <summary>The reaction curves; the label is the pair.</summary>
public sealed record InterfaceReactionDetails(ImmutableArray<Labelled<InterfaceReaction>> Reactions) : AnalysisDetails;

/// <summary>The windows; the label is the phase.</summary>
public sealed record WindowDetails(ImmutableArray<Labelled<ElectrochemicalWindow>> Windows) : AnalysisDetails;

public sealed record Labelled<T>(ImmutableSortedDictionary<string, string> Labels, T Value);
