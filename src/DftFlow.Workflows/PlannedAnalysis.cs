using System.Collections.Immutable;
using DftFlow.Analysis.Electronic;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Analysis.Thermodynamics.Sources;
using DftFlow.Crystals;
using DftFlow.Yaml;

namespace DftFlow.Workflows;

/// <summary>A number that an analysis gives, and its unit.</summary>
/// <param name="Dimension">Null for a number without a unit, or with one that expected values are not given in.</param>
/// <param name="OtherUnit">Of a number without dimension: e/Å³.</param>
public sealed record QuantityKind(string Name, Dimension? Dimension, string? OtherUnit = null)
{
    public string Unit => Dimension is { } dimension ? Quantities.BaseUnit(dimension) : OtherUnit ?? "1";
}

/// <summary>A published or earlier value, in the base unit of its quantity.</summary>
public sealed record Expectation(ImmutableSortedDictionary<string, string> Labels, string Quantity, double Value, double? Tolerance, string Source);

/// <summary>An analysis of a plan. Its numbers lie in cells, which their labels tell apart.</summary>
public abstract record PlannedAnalysis(string Id)
{
    public ImmutableArray<Expectation> Expectations { get; init; } = [];

    /// <summary>The name of the kind, as the workflow writes it.</summary>
    public abstract string Kind { get; }

    /// <summary>The labels of every cell.</summary>
    public abstract IEnumerable<ImmutableSortedDictionary<string, string>> Cells { get; }

    /// <summary>What is computed in each cell, the chief one first.</summary>
    public abstract ImmutableArray<QuantityKind> Quantities { get; }

    /// <summary>The calculations and analyses that must be there first.</summary>
    public virtual IEnumerable<string> Needs => [];
}

/// <summary>A band centre's window and what tables call it: full, occupied, valence, manifold, or its limits.</summary>
public sealed record BandWindow(string Name, EnergyWindow Window)
{
    public static BandWindow Full { get; } = new("full", EnergyWindow.Full);

    public static BandWindow Occupied { get; } = new("occupied", EnergyWindow.Occupied);

    public static BandWindow Valence { get; } = new("valence", EnergyWindow.Valence);

    public static BandWindow Manifold { get; } = new("manifold", EnergyWindow.Manifold);
}

/// <param name="Members">The calculations, with their labels.</param>
/// <param name="Semicore">The element and shell (s, p, d or f) whose centre is the semicore zero.</param>
public sealed record PlannedBandCentre(
    string Id,
    ImmutableArray<PlannedCalculation> Members,
    Element Element,
    string? Orbital,
    ImmutableArray<int>? Sites,
    ImmutableArray<BandWindow> Windows,
    ImmutableArray<EnergyZero> Zeros,
    (Element Element, char Shell) Semicore) : PlannedAnalysis(Id)
{
    public override string Kind => "band-centre";

    /// <summary>Which core level is the zero <c>core</c>.</summary>
    public CoreLevelChoice Core { get; init; } = new();

    /// <summary>Of each member, by its id: all sites first, named after the element, then those that have a centre of their own; none where all are meant.</summary>
    public ImmutableDictionary<string, ImmutableArray<AtomGroup>> Groups { get; init; } = ImmutableDictionary<string, ImmutableArray<AtomGroup>>.Empty;

    public override ImmutableArray<QuantityKind> Quantities { get; } =
    [
        new("band_centre", Dimension.Energy), new("band_centre_up", Dimension.Energy), new("band_centre_down", Dimension.Energy), new("band_width", Dimension.Energy),
    ];

    public override IEnumerable<ImmutableSortedDictionary<string, string>> Cells => Members.SelectMany(CellsOf);

    public IEnumerable<ImmutableSortedDictionary<string, string>> CellsOf(PlannedCalculation member) =>
        from window in Windows
        from zero in Zeros
        from atoms in GroupsOf(member)
        select LabelsOf(member, window, zero, atoms);

    public override IEnumerable<string> Needs => Members.Select(m => m.Id);

    /// <summary>The member's groups; one that is null where there are none.</summary>
    public ImmutableArray<AtomGroup?> GroupsOf(PlannedCalculation member) => Groups.TryGetValue(member.Id, out var groups) ? [.. groups] : [null];

    public static ImmutableSortedDictionary<string, string> LabelsOf(PlannedCalculation member, BandWindow window, EnergyZero zero, AtomGroup? group)
    {
        var labels = member.Labels.SetItem("window", window.Name).SetItem("zero", BlockShape.Kebab(zero.ToString()));
        return group is null ? labels : labels.SetItem("atoms", group.Name);
    }
}

public sealed record PlannedDifference(string Id, PlannedAnalysis Of, ImmutableSortedDictionary<string, string> Minus) : PlannedAnalysis(Id)
{
    public override string Kind => "difference";

    public override ImmutableArray<QuantityKind> Quantities { get; } = [.. Of.Quantities.Select(q => q with { Name = q.Name + "_difference" })];

    public override IEnumerable<ImmutableSortedDictionary<string, string>> Cells =>
        Of.Cells.Where(cell => !Minus.All(m => cell.GetValueOrDefault(m.Key) == m.Value));

    public override IEnumerable<string> Needs => [Of.Id];
}

/// <summary>What the numbers are computed with besides, to show what they depend on.</summary>
public sealed record PlannedVariations(ImmutableArray<PlannedEntries> Entries, ImmutableArray<OwnEnergy> OwnEnergies)
{
    public static PlannedVariations None { get; } = new([], []);

    public IEnumerable<string> Needs => Entries.SelectMany(entries => entries.Needs);
}

/// <param name="Elements">Of the phase diagram that is drawn.</param>
public sealed record PlannedHull(string Id, PlannedEntries Entries, ImmutableArray<(Composition Composition, string Name)> Phases, ImmutableArray<Element> Elements) : PlannedAnalysis(Id)
{
    /// <summary>Of the figures: chemical potentials of elements that are exchanged, relative to their references.</summary>
    public ImmutableSortedDictionary<Element, double> OpenEv { get; init; } = ImmutableSortedDictionary<Element, double>.Empty;

    /// <summary>The elements over whose chemical potentials phases of the third are drawn.</summary>
    public (Element X, Element Y, Element Host)? Potentials { get; init; }

    public override string Kind => "hull";

    public override ImmutableArray<QuantityKind> Quantities { get; } =
        [new("energy_above_hull", Dimension.EnergyPerAtom), new("formation_energy", Dimension.EnergyPerAtom), new("phase_separation_energy", Dimension.EnergyPerAtom)];

    public override IEnumerable<string> Needs => Entries.Needs;

    public override IEnumerable<ImmutableSortedDictionary<string, string>> Cells => Phases.Select(phase => PlannedWindow.LabelsOf(phase.Name));
}

/// <summary>The computed phases of a phase diagram.</summary>
/// <param name="Files">Full paths.</param>
/// <param name="Calculations">Each is an entry once it is finished.</param>
/// <param name="Reading">How they are brought to one scale.</param>
public sealed record PlannedEntries(ImmutableArray<string> Files, ImmutableArray<PlannedCalculation> Calculations, EntryReading Reading)
{
    /// <summary>In a few words.</summary>
    public string Name => string.Join(", ", [.. EntryFiles.ShortNames(Files), .. Calculations.Select(calculation => calculation.Name).Distinct()]);

    public IEnumerable<string> Needs => Calculations.Select(calculation => calculation.Id);
}

public sealed record PlannedInterfaceReaction(
    string Id,
    PlannedEntries Entries,
    ImmutableArray<(Composition First, Composition Second, string FirstName, string SecondName)> Pairs,
    ReactantEnergyKind ReactantEnergy,
    ImmutableArray<KeyValuePair<Element, double>> OpenEv) : PlannedAnalysis(Id)
{
    public override string Kind => "interface-reaction";

    /// <summary>What made the chemical potentials, where they were not given as such.</summary>
    public ImmutableArray<string> Conditions { get; init; } = [];

    public PlannedVariations Treatment { get; init; } = PlannedVariations.None;

    public override ImmutableArray<QuantityKind> Quantities { get; } =
    [
        new("reaction_energy", Dimension.EnergyPerAtom), new("mixing_ratio", null), new("mutual_reaction_energy", Dimension.EnergyPerAtom),
    ];

    public override IEnumerable<string> Needs => Entries.Needs.Union(Treatment.Needs);

    public override IEnumerable<ImmutableSortedDictionary<string, string>> Cells => Pairs.Select(pair => LabelsOf(pair.FirstName, pair.SecondName));

    public static ImmutableSortedDictionary<string, string> LabelsOf(string first, string second) =>
        ImmutableSortedDictionary<string, string>.Empty.Add("pair", $"{first} | {second}");
}

public sealed record PlannedWindow(
    string Id,
    PlannedEntries Entries,
    ImmutableArray<(Composition Phase, string Name)> Phases,
    Element WorkingIon,
    ReactantEnergyKind ReactantEnergy) : PlannedAnalysis(Id)
{
    public override string Kind => "window";

    public PlannedVariations Treatment { get; init; } = PlannedVariations.None;

    public override ImmutableArray<QuantityKind> Quantities { get; } =
        [new("oxidation_limit", Dimension.Voltage), new("reduction_limit", Dimension.Voltage)];

    public override IEnumerable<string> Needs => Entries.Needs.Union(Treatment.Needs);

    public override IEnumerable<ImmutableSortedDictionary<string, string>> Cells =>
        Phases.Select(phase => LabelsOf(phase.Name));

    public static ImmutableSortedDictionary<string, string> LabelsOf(string phase) => ImmutableSortedDictionary<string, string>.Empty.Add("phase", phase);
}
