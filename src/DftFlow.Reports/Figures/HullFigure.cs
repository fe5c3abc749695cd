using DftFlow.Analysis.Thermodynamics;
using DftFlow.Engine;

namespace DftFlow.Reports.Figures;

/// <summary>An analysis' phase diagram, of two to four elements (others have a table only), and its regions of chemical potentials.</summary>
internal static class HullFigure
{
    public static IEnumerable<Figure> Draw(string analysisId, HullDetails details)
    {
        if (details.Elements.Except(details.ChemicalPotentialsEv.Keys).Count() is >= 2 and <= PhaseRegions.MostElements)
            yield return new PhaseDiagramDrawing(PhaseRegions.Create(details.Diagram, details.Elements, details.ChemicalPotentialsEv), details.Phases).As(analysisId, $"{analysisId}.phase-diagram");
        if (details.Potentials is { } potentials) yield return new ChemicalPotentialDrawing(potentials).As(analysisId, $"{analysisId}.chemical-potentials");
    }
}
