using System.Collections.Immutable;
using System.Text.Json.Nodes;
using DftFlow.Crystals;

namespace DftFlow.Workflows;

/// <summary>A structure model of a workflow, and how it came about.</summary>
public sealed record Model(string Name, Structure Structure)
{
    /// <summary>The structure of the workflow that it is made from; null where it begins with a file, a prototype or a cell.</summary>
    public string? From { get; init; }

    /// <summary>From the beginning on, those of <see cref="From"/> first.</summary>
    public ImmutableArray<ModelStep> Steps { get; init; } = [];

    /// <summary>How many of the steps are those of <see cref="From"/>.</summary>
    public int InheritedSteps { get; init; }

    /// <summary>How many arrangements it was chosen from, models NAME.1 to NAME.n, where a step gives all that symmetry leaves; otherwise null.</summary>
    public int? Alternatives { get; init; }

    /// <summary>As the workflow gives them, for this model or those that it is made from.</summary>
    public ImmutableDictionary<Element, double> OxidationStates { get; init; } = ImmutableDictionary<Element, double>.Empty;

    /// <summary>What is doubtful about it: distances, a polar surface, a thin vacuum.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];
}

/// <summary>A step of a model's making.</summary>
/// <param name="Name">As the workflow calls it: <c>slab</c>.</param>
/// <param name="Summary">What was chosen, in a line.</param>
/// <param name="Facts">The same and more, for programs; units stand in the keys.</param>
public sealed record ModelStep(string Name, string Summary, JsonObject Facts);
