using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;

namespace DftFlow.Tests.Analysis.Thermodynamics;

/// <summary>Phase diagrams from total energies of cells, as one writes them on paper.</summary>
internal static class Toy
{
    public static readonly Element Li = Element.Parse("Li");

    public static PhaseDiagram Diagram(params (string Cell, double EnergyEv)[] cells) =>
        new([.. cells.Select((cell, index) =>
        {
            var composition = Composition.Parse(cell.Cell);
            return new Entry($"{index}-{cell.Cell}", composition, cell.EnergyEv / composition.AtomCount);
        })]);

    public static InterfaceReaction React(
        PhaseDiagram diagram, Composition first, Composition second, ReactantEnergyKind kind = ReactantEnergyKind.Own, params (Element Element, double PotentialEv)[] open) =>
        InterfaceReaction.Calculate(diagram, first, second, kind, open.ToDictionary(item => item.Element, item => item.PotentialEv), TestContext.Current.CancellationToken);

    public static ElectrochemicalWindow Window(PhaseDiagram diagram, Composition phase, Element ion, ReactantEnergyKind kind = ReactantEnergyKind.Hull) =>
        ElectrochemicalWindow.Calculate(diagram, phase, ion, kind, TestContext.Current.CancellationToken);

    public static Composition Formula(string formula) => Composition.Parse(formula);
}

/// <summary>The reference energies that the project carries.</summary>
internal static class Carried
{
    public static PhaseDiagram Mp2020 { get; } = Read("mp2020-gga.csv");

    public static PhaseDiagram Read(string name)
    {
        using var reader = File.OpenText(Path.Combine(TestPaths.Repository, "workflows", "reference-energies", name));
        return new PhaseDiagram(EntryTable.Read(reader).Entries);
    }
}
