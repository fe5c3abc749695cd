using System.Collections.Concurrent;
using System.Globalization;
using CsCheck;
using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;
using DftFlow.Workflows;

namespace DftFlow.Tests.Workflows.RandomModels;

public sealed class RandomModelTests
{
    // What a step may rightly refuse: atoms too near, too few sites, nothing to guess charges from, an odd number of layers, no such slab, region or match.
    private static readonly Dictionary<string, string[]> Refusals = new()
    {
        ["DF1220"] = [""],
        ["DF1230"] = ["substitute"],
        ["DF1231"] = ["substitute", "order"],
        ["DF1234"] = ["substitute", "order"],
        ["DF1289"] = ["magnetic-order"],
        ["DF1611"] = ["slab"],
        ["DF1613"] = ["slab"],
        ["DF1614"] = ["freeze", "substitute"],
        ["DF1620"] = ["coat"],
        ["DF1622"] = ["coat"],
        ["DF1623"] = ["coat"],
        ["DF1624"] = ["coat"],
    };

    [Fact]
    public void Whatever_is_built_holds_what_was_declared_and_told()
    {
        var codes = new ConcurrentDictionary<string, int>();
        RandomModels.All.Sample(models =>
        {
            using var folder = new WorkflowFolder();
            var loaded = folder.Load(models.Yaml);
            var errors = loaded.Diagnostics.Where(diagnostic => diagnostic.Severity == Severity.Error).ToArray();
            codes.AddOrUpdate(errors.Select(error => error.Code).FirstOrDefault("built"), 1, (_, count) => count + 1);
            Assert.Equal(loaded.Plan is null, errors.Length > 0);
            var lines = models.Yaml.Split('\n');
            Assert.All(errors, error => Assert.True(Refusals.TryGetValue(error.Code, out var steps) && steps.Any(step => lines[error.Line - 1].Contains(step, StringComparison.Ordinal)), error.ToString()));
            if (loaded.Plan is not { } plan) return;

            Assert.Equal(Told(loaded), Told(InCulture("de-DE", () => folder.Load(models.Yaml))));
            var byName = plan.Models.ToDictionary(model => model.Name);
            if (models.Formula is { } formula) Assert.Equal(Composition.Parse(formula), byName["m0"].Structure.Composition.Reduced());
            for (var i = 0; i < models.Steps.Length; i++)
            {
                var (before, after) = (byName[$"m{i}"], byName[$"m{i + 1}"]);
                Assert.StartsWith(after.Steps[^1].Name, models.Steps[i], StringComparison.Ordinal);
                StepInvariants.Check(before.Structure, after.Structure, after.Steps[^1]);
            }
            // All steps at once are the steps one after the other.
            if (models.Steps.Length > 0)
            {
                Assert.Equal(byName[$"m{models.Steps.Length}"].Structure, byName["whole"].Structure);
                Assert.Equal(byName[$"m{models.Steps.Length}"].Steps.Select(step => step.Facts.ToJsonString()), byName["whole"].Steps.Select(step => step.Facts.ToJsonString()));
            }
            Distances(byName["whole"].Structure);
            ReadBack(byName["whole"].Structure);
        }, iter: Effort.Iterations(150));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", codes.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} {pair.Value}")));
        Assert.True(codes["built"] > codes.Values.Sum() / 2, string.Join(", ", codes));
    }

    private static void Distances(Structure structure)
    {
        const double withinA = 3.5;
        var shortest = BruteForce.Shortest(structure, withinA + 0.01);
        var told = MinimumDistances.ByElementPair(structure, withinA).ToDictionary(pair => (pair.First.Symbol, pair.Second.Symbol));
        foreach (var (pair, distance) in told.Values.Select(pair => ((pair.First.Symbol, pair.Second.Symbol), pair.DistanceA))) Assert.Equal(shortest[pair], distance, 1e-5);
        foreach (var ((first, second), distance) in shortest)
            if (distance < withinA - 1e-6) Assert.True(told.ContainsKey((first, second)) || told.ContainsKey((second, first)), $"{first}-{second} {distance}");
    }

    private static void ReadBack(Structure structure)
    {
        var sent = structure.GroupedByElement();
        var poscar = Poscar.Write(sent, "random");
        var read = Poscar.Read(poscar).Structure;
        Assert.Equal(sent.Lattice, read.Lattice);
        Assert.Equal(sent.Sites.Select(site => site with { MomentMuB = null, Part = null }), read.Sites);
        Assert.Equal(poscar, Poscar.Write(read, "random"));
        // A CIF has no orientation, and a left-handed cell is inverted.
        var cif = Cif.Read(Cif.Write(sent)).Structure;
        Assert.Equal(sent.Sites.Select(site => site.Element), cif.Sites.Select(site => site.Element));
        for (var axis = 0; axis < 3; axis++)
        {
            Assert.Equal(sent.Lattice.LengthsA[axis], cif.Lattice.LengthsA[axis], 1e-9);
            Assert.Equal(sent.Lattice.AnglesDegrees[axis], cif.Lattice.AnglesDegrees[axis], 1e-9);
        }
        for (var i = 1; i < sent.Sites.Length; i++) Assert.Equal(sent.DistanceA(0, i), cif.DistanceA(0, i), 1e-6);
    }

    private static string Told(LoadedWorkflow loaded) => string.Join('\n', (string[])
    [
        .. loaded.Diagnostics.Select(diagnostic => diagnostic.ToString()),
        .. loaded.Plan!.Models.Select(model => Poscar.Write(model.Structure.GroupedByElement(), model.Name)),
        .. loaded.Plan.Models.SelectMany(model => model.Steps).Select(step => $"{step.Summary}\n{step.Facts.ToJsonString()}"),
        .. loaded.Plan.Calculations.Select(calculation => calculation.InputFingerprint),
    ]);

    private static T InCulture<T>(string name, Func<T> load)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(name);
            return load();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
