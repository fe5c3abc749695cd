using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;

namespace DftFlow.Workflows;

/// <summary>One calculation of a plan: a VASP directory to be, and how to run it.</summary>
public sealed record PlannedCalculation
{
    /// <summary>The calculation's name and the values of its axes: <c>electronic.bare</c>. Safe as a folder's name.</summary>
    public required string Id { get; init; }

    /// <summary>The name of the block in the workflow.</summary>
    public required string Name { get; init; }

    /// <summary>Axis → value.</summary>
    public required ImmutableSortedDictionary<string, string> Labels { get; init; }

    /// <summary>The engine's name in the cluster's configuration.</summary>
    public required string Engine { get; init; }

    public required string Cluster { get; init; }

    /// <summary>MPI ranks; null lets the cluster's configuration decide.</summary>
    public int? Ranks { get; init; }

    public TimeSpan? Walltime { get; init; }

    /// <summary>The input files; the POSCAR is provisional where <see cref="StructureFrom"/> is set.</summary>
    public required VaspInput Input { get; init; }

    /// <summary>The calculation whose final structure this one takes; null where the structure is built beforehand.</summary>
    public string? StructureFrom { get; init; }

    /// <summary>The fingerprint of that calculation.</summary>
    public string? StructureFingerprint { get; init; }

    /// <summary>Which of that structure's sites this one has, from 0; null: all.</summary>
    public ImmutableArray<int>? Sites { get; init; }

    /// <summary>
    /// SHA-256 (hexadecimal) of the canonical inputs, the potentials' and the engine's names; of a dependant, its
    /// predecessor's fingerprint stands for the structure.
    /// </summary>
    public required string InputFingerprint { get; init; }

    /// <summary>The input with the structure that the predecessor ended with.</summary>
    public VaspInput InputWith(Structure structure) => Input with { Structure = structure };
}

/// <summary>A workflow, checked and expanded: what will be computed, and what will be made of it.</summary>
public sealed record Plan
{
    public required string Name { get; init; }

    public string? Title { get; init; }

    public string? Source { get; init; }

    public string? Description { get; init; }

    /// <summary>The workflow's file, with its full path.</summary>
    public required string File { get; init; }

    /// <summary>The bytes that the plan was made from; the file may change while it runs.</summary>
    public required ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>The structure models, in the order in which the workflow declares them.</summary>
    public required ImmutableArray<Model> Models { get; init; }

    public required ImmutableArray<PlannedCalculation> Calculations { get; init; }

    public required ImmutableArray<PlannedAnalysis> Analyses { get; init; }

    /// <summary>Who needs whose result: calculations by their ids, analyses by their names.</summary>
    public IEnumerable<(string From, string To)> Edges =>
        Calculations.Where(c => c.StructureFrom is not null).Select(c => (c.StructureFrom!, c.Id))
            .Concat(Analyses.SelectMany(a => a.Needs.Select(need => (need, a.Id))));
}
