using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using DftFlow.Crystals;
using DftFlow.Workflows;

namespace DftFlow.Cli;

/// <summary>A structure model for programs.</summary>
/// <param name="VacuumA">The widest layer without an atom's centre along each lattice vector.</param>
/// <param name="MinimumDistancesA">By pair of elements, periodic images included: <c>Mn-O</c>.</param>
/// <param name="Steps">How it was made: what was chosen in each build step.</param>
internal sealed record ModelDocument(
    string Name,
    string Formula,
    string ReducedFormula,
    int NAtoms,
    ImmutableArray<double> LengthsA,
    ImmutableArray<double> AnglesDeg,
    double VolumeA3,
    ImmutableArray<double> VacuumA,
    SortedDictionary<string, double> MinimumDistancesA,
    ImmutableArray<ModelStepDocument> Steps,
    ImmutableArray<string> Warnings)
{
    public static ModelDocument Of(Model model)
    {
        var structure = model.Structure;
        return new ModelDocument(model.Name, structure.Composition.Formula, structure.Composition.ReducedFormula, structure.Sites.Length,
            Three(structure.Lattice.LengthsA), Three(structure.Lattice.AnglesDegrees), structure.Lattice.Volume, Three(Vacuum.AlongAxes(structure)),
            new SortedDictionary<string, double>(Distances(structure).ToDictionary(pair => $"{pair.First}-{pair.Second}", pair => pair.DistanceA), StringComparer.Ordinal),
            ModelStepDocument.Of(model),
            [.. model.Findings.Select(finding => finding.Message)]);
    }

    /// <summary>None where atoms lie on each other, which has been told.</summary>
    public static ImmutableArray<PairDistance> Distances(Structure structure)
    {
        try
        {
            return MinimumDistances.ByElementPair(structure);
        }
        catch (DftFlowException)
        {
            return [];
        }
    }

    private static ImmutableArray<double> Three(Vector3D vector) => [vector.X, vector.Y, vector.Z];
}

/// <summary>A step of a model's making, for programs.</summary>
internal sealed record ModelStepDocument(string Step, string Summary, JsonObject Facts)
{
    public static ImmutableArray<ModelStepDocument> Of(Model model) => [.. model.Steps.Select(step => new ModelStepDocument(step.Name, step.Summary, step.Facts))];
}

/// <summary>The models of a plan for people.</summary>
internal static class PlanModels
{
    // Wider than the gaps between the layers of crystals.
    private const double VacuumA = 7;

    public static void Print(ImmutableArray<Model> models)
    {
        if (models.IsEmpty) return;
        Console.WriteLine();
        Console.WriteLine($"structures: {Output.Count(models.Length, "model")}");
        var width = models.Max(model => model.Name.Length);
        foreach (var model in models)
        {
            var structure = model.Structure;
            var (lengths, angles, gaps) = (structure.Lattice.LengthsA, structure.Lattice.AnglesDegrees, Vacuum.AlongAxes(structure));
            var vacuum = string.Concat(Enumerable.Range(0, 3).Where(axis => gaps[axis] > VacuumA).Select(axis => Text($"  vacuum {gaps[axis]:0.0} Å along {"abc"[axis]}")));
            Console.WriteLine(Text($"  {model.Name.PadRight(width)}  {structure.Composition.Formula}  {Output.Count(structure.Sites.Length, "atom")}  {lengths.X:0.00} × {lengths.Y:0.00} × {lengths.Z:0.00} Å  {angles.X:0.#}° {angles.Y:0.#}° {angles.Z:0.#}°{vacuum}"));
            var indent = new string(' ', width + 4);
            // Alternatives differ in their last choice alone.
            var isAlternative = model.Alternatives > 1 && !model.Name.EndsWith(".1", StringComparison.Ordinal);
            if (model.From is { } from && !isAlternative) Console.WriteLine($"{indent}from {from}");
            foreach (var step in model.Steps.Skip(isAlternative ? model.Steps.Length - 1 : model.InheritedSteps)) Console.WriteLine($"{indent}{step.Name}: {step.Summary}");
            if (ModelDocument.Distances(structure) is { IsEmpty: false } distances && !isAlternative)
                Console.WriteLine($"{indent}closest: {string.Join(", ", distances.OrderBy(pair => pair.DistanceA).Take(MostPairs).Select(pair => Text($"{pair.First}–{pair.Second} {pair.DistanceA:0.00}")))} Å");
        }
    }

    private const int MostPairs = 6;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
