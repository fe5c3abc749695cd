using System.Collections.Immutable;
using DftFlow.Analysis.Charge;
using DftFlow.Analysis.Electronic;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;
using DftFlow.Crystals.Surfaces;
using DftFlow.Engine;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Reports;

/// <summary>A run as the engine would hand it over, small and made by code.</summary>
internal static class Samples
{
    public static ImmutableSortedDictionary<string, string> Labels(params ReadOnlySpan<(string Axis, string Value)> labels)
    {
        var builder = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (axis, value) in labels) builder[axis] = value;
        return builder.ToImmutable();
    }

    public static RunResult Run(params ReadOnlySpan<AnalysisOutcome> outcomes) => new()
    {
        RunId = "r1",
        Workflow = "quickstart",
        Title = "Lattice oxygen in Li2MnO3",
        Source = "doi:10.1007/s40820-026-02209-5",
        State = RunState.Completed,
        Directory = "/runs/r1",
        StartedAt = new DateTimeOffset(2026, 3, 4, 10, 20, 0, TimeSpan.Zero),
        EndedAt = new DateTimeOffset(2026, 3, 4, 10, 22, 23, TimeSpan.Zero),
        Calculations =
        [
            new CalculationResult
            {
                Id = "electronic.bare", State = CalculationState.Completed, Cached = true, Cluster = "local", Attempts = 1, Corrections = [],
                Directory = "/results/ab12", Fingerprint = new string('a', 64), Formula = "Li2MnO3", FinalEnergyEv = -81.234567890123, ElapsedS = 61.5, Program = "vasp 6.4.1",
            },
        ],
        Analyses = outcomes.ToArray().ToImmutableSortedDictionary(o => o.Id, o => o.Result, StringComparer.Ordinal),
        Definition = "What the workflow asks for.",
        Inputs = [new InputFile("workflow.yaml", new string('e', 64))],
        Warnings = [],
    };

    public static AnalysisOutcome Outcome(string id, string kind, AnalysisDetails? details, params ImmutableArray<AnalysisValue> values) =>
        new(id, new AnalysisResult { Kind = kind, Values = values, Definition = $"What {id} is.", Inputs = [], Warnings = [] }, details);

    public static AnalysisValue Value(double? value, string quantity = "band_centre", string unit = "eV", params ReadOnlySpan<(string, string)> labels) =>
        new() { Labels = Labels(labels), Quantity = quantity, Value = value, Unit = unit };

    /// <summary>A band of the shape of a bell about its centre, with spin.</summary>
    public static BandCentre Bell(double centreEv, double heightPerEv = 5)
    {
        ImmutableArray<double> energies = [.. Enumerable.Range(0, 601).Select(i => -10 + i * 0.025)];
        ImmutableArray<double> density = [.. energies.Select(e => heightPerEv * Math.Exp(-(e - centreEv) * (e - centreEv)))];
        return new BandCentre
        {
            TotalEv = centreEv, UpEv = centreEv, DownEv = centreEv, WidthEv = 0.7, States = 8, SiteCount = 6, WindowMinEv = -10, WindowMaxEv = 0, Zero = EnergyZero.Fermi, ZeroEv = 2,
            Definition = "∫gE/∫g", Selection = new ProjectedDosSelection(Element.Parse("O"), "p"), FermiEv = 0, Curve = new DosCurve(energies, [density, density], 6),
        };
    }

    /// <summary>An ELF, or what else is said, in a plane of a cubic cell with an atom at each corner and in the middle.</summary>
    public static SliceMap Map(Func<Vector3D, double> value, SliceQuantity quantity = SliceQuantity.Elf)
    {
        var lattice = Lattice.FromParameters(4, 4, 4, 90, 90, 90);
        double[] values = [.. from k in Enumerable.Range(0, 8) from j in Enumerable.Range(0, 8) from i in Enumerable.Range(0, 8) select value(new(i / 8.0, j / 8.0, k / 8.0))];
        var atoms = new Structure(lattice, [new(Element.Parse("Mg"), new(0, 0, 0)), new(Element.Parse("O"), new(0.5, 0.5, 0))]);
        return new(GridSlice.Of(new(lattice, new GridDimensions(8, 8, 8), values), quantity, SlicePlane.Of(lattice, new MillerPlane(0, 0, 1), 0, atIsA: false), atoms, 0.05), "ELF", "", null);
    }

    public static AnalysisOutcome BandCentres(string id = "oxygen-band", string model = "bare")
    {
        (string, string)[] Of(string m, string zero) => [("model", m), ("window", "occupied"), ("zero", zero)];
        var cells = from m in (string[])[model, "substituted"] from zero in (string[])["fermi", "semicore"] select (Labels: Of(m, zero), Centre: Bell(m == model ? -3.25 : -2.5));
        return Outcome(id, "band-centre", new BandCentreDetails([.. cells.Select(c => new Labelled<BandCentre>(Labels(c.Labels), c.Centre))]),
            [.. cells.Select(c => Value(c.Centre.TotalEv, labels: c.Labels))]);
    }

    private static readonly PhaseDiagram Phases = new(EntryTable.Read(new StringReader("""
        entry_id,composition,formation_energy_per_atom_ev
        1,Li,0
        2,Cl2,0
        3,Mn,0
        4,O2,0
        5,LiCl,-2.1
        6,MnO2,-1.9
        7,Li2O,-2.05
        8,Li2MnO3,-2.0
        9,MnCl2,-1.6
        10,LiMnO2,-1.95
        """)).Entries);

    public static AnalysisOutcome Interface(double? expectedEv = null)
    {
        var labels = Labels(("pair", "Li2MnO3 | MnCl2"));
        var reaction = InterfaceReaction.Calculate(Phases, Composition.Parse("Li2MnO3"), Composition.Parse("MnCl2"));
        return Outcome("interface", "interface-reaction", new InterfaceReactionDetails([new(labels, reaction)]),
            new AnalysisValue
            {
                Labels = labels, Quantity = "reaction_energy", Value = reaction.Minimum.EnergyEvPerAtom, Unit = "eV/atom", Note = reaction.Minimum.Reaction.ToString(),
                Expected = expectedEv, Deviation = reaction.Minimum.EnergyEvPerAtom - expectedEv, Source = expectedEv is null ? null : "a table",
            });
    }

    public static AnalysisOutcome Window()
    {
        var window = ElectrochemicalWindow.Calculate(Phases, Composition.Parse("Li2MnO3"), Element.Parse("Li"));
        var labels = Labels(("phase", "Li2MnO3"));
        return Outcome("stability", "window", new WindowDetails([new(labels, window)]),
            new AnalysisValue { Labels = labels, Quantity = "oxidation_limit", Value = window.OxidationLimitV, Unit = "V" },
            new AnalysisValue { Labels = labels, Quantity = "reduction_limit", Value = window.ReductionLimitV, Unit = "V" });
    }
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("dftflow-reports-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
