using DftFlow.Reports;

namespace DftFlow.Cli;

/// <summary><c>dftflow inspect --csv</c>: one row a run, numbers in full.</summary>
internal static class InspectTable
{
    public static string Header { get; } = Csv.Line(
        "path", "state", "formula", "n_atoms", "program", "version", "final_energy_ev", "final_energy_ev_per_atom", "free_energy_ev", "fermi_energy_ev",
        "n_ionic_steps", "n_electronic_steps_last", "electronic_converged", "ionic_converged", "converged", "complete", "spin_polarized", "noncollinear",
        "n_kpoints", "n_bands", "band_gap_ev", "vbm_ev", "cbm_ev", "gap_is_direct", "total_magnetization_mub", "diagnoses", "n_warnings", "error");

    public static string Row(InspectedPath one)
    {
        if (one.Inspection is not { } inspection)
            return Csv.Line([one.Path, .. Enumerable.Repeat<object?>(null, 26), $"{one.Error!.Code}: {one.Error.Message}"]);
        var facts = inspection.Facts;
        return Csv.Line(
            one.Path, InspectState.Of(inspection), facts.Composition?.ReducedFormula, facts.AtomCount, facts.Program, facts.Version,
            facts.Steps?.FinalEnergyEv, facts.Steps?.FinalEnergyEv / facts.AtomCount, facts.Steps?.FreeEnergyEv, facts.FermiEnergyEv,
            facts.Steps?.Count, facts.Steps?.ElectronicStepsInLast, facts.Steps?.ElectronicConverged, facts.Steps?.IonicConverged, facts.Converged, facts.Complete,
            facts.SpinPolarized, facts.Noncollinear, facts.KPointCount, facts.BandCount, facts.Edges?.GapEv, facts.Edges?.VbmEv, facts.Edges?.CbmEv,
            facts.Edges is { IsMetal: false } edges ? edges.IsDirect : null,
            // Of three components, the length.
            facts.TotalMagnetizationMub.IsEmpty ? null : facts.TotalMagnetizationMub is [var only] ? only + 0.0 : Math.Sqrt(facts.TotalMagnetizationMub.Sum(m => m * m)),
            string.Join(' ', facts.Diagnoses.Select(diagnosis => diagnosis.Id)), inspection.Warnings.Length, null);
    }
}
