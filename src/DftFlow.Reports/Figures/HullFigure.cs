using DftFlow.Analysis.Thermodynamics;
using DftFlow.Engine;

namespace DftFlow.Reports.Figures;

/// <summary>An analysis' phase diagram, of two to four elements; others have a table only.</summary>
internal static class HullFigure
{
    public static IEnumerable<Figure> Draw(string analysisId, HullDetails details)
    {
        if (details.Elements.Length is < 2 or > PhaseRegions.MostElements) yield break;
        var regions = PhaseRegions.Create(details.Diagram, details.Elements, details.ChemicalPotentialsEv);
        if (regions.Elements.Length < 2) yield break;
        yield return new PhaseDiagramDrawing(regions, [.. details.Phases.Select(phase => phase.Formula)]).As(analysisId, $"{analysisId}.phase-diagram");
    }
}
