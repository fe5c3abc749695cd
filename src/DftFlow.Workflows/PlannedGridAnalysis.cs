using System.Collections.Immutable;
using DftFlow.Analysis.Charge;
using DftFlow.Analysis.Charge.Bader;
using DftFlow.Crystals;
using DftFlow.Crystals.Surfaces;
using DftFlow.Yaml;

namespace DftFlow.Workflows;

/// <summary>An analysis of files with values on a grid, of each of its members by itself.</summary>
public abstract record PlannedGridAnalysis(string Id, ImmutableArray<PlannedCalculation> Members) : PlannedAnalysis(Id)
{
    public override IEnumerable<string> Needs => Members.Select(m => m.Id);

    public override IEnumerable<ImmutableSortedDictionary<string, string>> Cells => Members.SelectMany(CellsOf);

    public virtual IEnumerable<ImmutableSortedDictionary<string, string>> CellsOf(PlannedCalculation member) => [member.Labels];
}

/// <summary>Sites of one calculation, numbered from 0 in its POSCAR.</summary>
public sealed record AtomGroup(string Name, ImmutableArray<int> Sites);

/// <param name="Groups">Of each member, by its id: a group for each element, then those of the workflow.</param>
public sealed record PlannedBader(
    string Id, ImmutableArray<PlannedCalculation> Members, ImmutableDictionary<string, ImmutableArray<AtomGroup>> Groups, BaderMethod Method, double? VacuumPerA3) : PlannedGridAnalysis(Id, Members)
{
    public override string Kind => "bader";

    /// <summary>Per atom in the mean, and how far atoms differ; moments where there is spin.</summary>
    public override ImmutableArray<QuantityKind> Quantities { get; } =
    [
        new("charge", Dimension.Charge), new("charge_min", Dimension.Charge), new("charge_max", Dimension.Charge), new("charge_sum", Dimension.Charge), new("electrons", Dimension.Charge), new("spin_moment", Dimension.Moment),
    ];

    public override IEnumerable<ImmutableSortedDictionary<string, string>> CellsOf(PlannedCalculation member) => Groups[member.Id].Select(group => LabelsOf(member, group));

    public static ImmutableSortedDictionary<string, string> LabelsOf(PlannedCalculation member, AtomGroup group) => member.Labels.SetItem("atoms", group.Name);
}

/// <param name="Pairs">Of each member, by its id: those of the pairs whose elements it has.</param>
public sealed record PlannedElf(
    string Id, ImmutableArray<PlannedCalculation> Members, ImmutableDictionary<string, ImmutableArray<(Element First, Element Second)>> Pairs, double? MaxDistanceA, GridSpin Spin) : PlannedGridAnalysis(Id, Members)
{
    public override string Kind => "elf";

    /// <summary>Means over the bonds of a pair.</summary>
    public override ImmutableArray<QuantityKind> Quantities { get; } =
        [new("elf_max", null), new("elf_min", null), new("elf_mid", null), new("distance", Dimension.Length), new("bonds", null)];

    public override IEnumerable<ImmutableSortedDictionary<string, string>> CellsOf(PlannedCalculation member) => Pairs[member.Id].Select(pair => LabelsOf(member, $"{pair.First}-{pair.Second}"));

    public static ImmutableSortedDictionary<string, string> LabelsOf(PlannedCalculation member, string pair) => member.Labels.SetItem("pair", pair);
}

/// <summary>A plane and how it is drawn: one of three ways to say where it lies.</summary>
/// <param name="Through">Three sites, from 1.</param>
/// <param name="At">A part of the distance to the next plane, or in Å.</param>
public sealed record PlannedCut(ImmutableArray<int>? Through, MillerPlane? Plane, int? Axis, double At, bool AtIsA)
{
    public const double DefaultStepA = 0.05;

    public double? WidthA { get; init; }

    public double? HeightA { get; init; }

    public double StepA { get; init; } = DefaultStepA;

    public double AtomsWithinA { get; init; } = GridSlice.DefaultAtomsWithinA;

    public (double Min, double Max)? Range { get; init; }

    public bool Smooth { get; init; }

    /// <exception cref="DftFlowException">DF3233, DF1611: there is no such plane, or the step is none.</exception>
    public SlicePlane In(Structure structure)
    {
        var plane = Through is { } sites ? SlicePlane.Through(structure, sites)
            : Plane is { } miller ? SlicePlane.Of(structure.Lattice, miller, At, AtIsA)
            : SlicePlane.Across(structure.Lattice, Axis!.Value, At, AtIsA);
        plane = plane.Sized(WidthA, HeightA);
        _ = GridSlice.StepOf(plane, StepA, AtomsWithinA);
        return plane;
    }
}

/// <param name="File">As VASP calls it: ELFCAR.</param>
/// <param name="Block">Of a density; null for the total.</param>
public sealed record PlannedSlice(string Id, ImmutableArray<PlannedCalculation> Members, string File, PlannedCut Cut, GridSpin? Spin, string? Block) : PlannedGridAnalysis(Id, Members)
{
    public override string Kind => "slice";

    /// <summary>Of what is shown.</summary>
    public override ImmutableArray<QuantityKind> Quantities { get; } = File switch
    {
        "ELFCAR" => [new("minimum", null), new("maximum", null)],
        "LOCPOT" => [new("minimum", Dimension.Energy), new("maximum", Dimension.Energy)],
        _ => [new("minimum", null, Block == "magnetization" ? "µB/Å³" : "e/Å³"), new("maximum", null, Block == "magnetization" ? "µB/Å³" : "e/Å³")],
    };
}

/// <param name="Fragments">Of each member, by its id: the calculations of its parts.</param>
/// <param name="Axis">0, 1 or 2.</param>
public sealed record PlannedChargeDifference(
    string Id, ImmutableArray<PlannedCalculation> Members, ImmutableDictionary<string, ImmutableArray<PlannedCalculation>> Fragments, int Axis, double? MacroscopicA, PlannedCut? Map) : PlannedGridAnalysis(Id, Members)
{
    public override string Kind => "charge-difference";

    public override ImmutableArray<QuantityKind> Quantities { get; } =
    [
        new("moved_electrons", Dimension.Charge), new("integral_electrons", Dimension.Charge), new("planar_integral_min", Dimension.Charge), new("planar_integral_max", Dimension.Charge),
    ];

    public override IEnumerable<string> Needs => Members.SelectMany(member => Fragments[member.Id].Prepend(member)).Select(calculation => calculation.Id);
}
