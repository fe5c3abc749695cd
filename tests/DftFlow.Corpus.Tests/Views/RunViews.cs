using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Corpus.Views;

internal static class RunViews
{
    private static readonly string[] Axes = ["x", "y", "z"];

    public static Found Outcar(Stream stream)
    {
        var outcar = DftFlow.Vasp.Outputs.Outcar.Read(stream, OutcarContent.All);
        var moments = new Found();
        foreach (var (axis, table) in Axes.Zip(outcar.SiteMagnetizations)) moments[axis] = table.Totals;
        return new Found
        {
            ["first_version_line"] = outcar.Program,
            ["raw_text"] = RawText(outcar),
            ["last_magnetization_tot_own_reader"] = moments,
            ["pymatgen"] = AsPymatgen(outcar),
        };
    }

    private static Found RawText(Outcar outcar)
    {
        var found = new Found
        {
            ["n_free_energy_TOTEN_ionic"] = outcar.IonicSteps.Length,
            ["n_energy_without_entropy_ionic"] = outcar.IonicSteps.Length,
            ["n_position_force_tables"] = outcar.IonicSteps.Count(step => step.Geometry is not null),
            ["last_free_energy_TOTEN"] = outcar.LastStep?.Energies.FreeEnergyEv,
            ["last_energy_without_entropy_and_sigma0"] = outcar.LastStep is { Energies: var last } ? new[] { last.EnergyWithoutEntropyEv, last.EnergyEv } : null,
            ["reached_required_accuracy"] = outcar.ReachedRequiredAccuracy ? 1 : 0,
            ["has_timing_block"] = outcar.Complete,
            ["E_fermi_all_count"] = outcar.FermiEnergiesEv.Length,
            ["E_fermi_last"] = outcar.FermiEnergyEv,
            ["ZVAL_by_potential"] = outcar.AtomTypes.Select(type => type.ValenceElectrons),
            ["ions_per_type"] = outcar.AtomTypes.All(type => type.Count == 0) ? null : outcar.AtomTypes.Select(type => type.Count),
            ["NIONS"] = outcar.AtomCount,
            ["NELECT"] = outcar.ElectronCount,
        };
        foreach (var tag in (string[])["ISPIN", "ISMEAR", "LORBIT", "NELM", "NSW", "IBRION"]) found[tag] = outcar.Parameters.Number(tag);
        foreach (var tag in (string[])["LNONCOLLINEAR", "LSORBIT"]) found[tag] = outcar.Parameters.Flag(tag);
        return found;
    }

    private static Found AsPymatgen(Outcar outcar)
    {
        var timing = outcar.Timing;
        // It takes the last energies printed: of an electronic step, where the ionic step is not finished.
        var last = outcar.UnfinishedStep is { ElectronicSteps: > 0 } unfinished ? unfinished : outcar.LastStep?.Energies;
        var found = new Found
        {
            ["final_energy"] = last?.EnergyEv,
            ["final_energy_wo_entrp"] = outcar.LastStep?.Energies.EnergyWithoutEntropyEv,
            ["final_fr_energy"] = outcar.LastStep?.Energies.FreeEnergyEv,
            ["efermi"] = outcar.FermiEnergyEv,
            ["nelect"] = outcar.ElectronsOnGrid ?? outcar.ElectronCount,
            ["total_mag"] = outcar.MagnetizationMub is [var moment, ..] ? moment : null,
            ["is_stopped"] = outcar.StoppedByUser,
            ["cores"] = outcar.MpiRankCount,
            ["run_stats"] = new Found
            {
                ["Average memory used (kb)"] = timing.AverageMemoryKb,
                ["Maximum memory used (kb)"] = timing.MaximumMemoryKb,
                ["Elapsed time (sec)"] = timing.ElapsedSeconds,
                ["System time (sec)"] = timing.SystemSeconds,
                ["User time (sec)"] = timing.UserSeconds,
                ["Total CPU time used (sec)"] = timing.CpuSeconds,
            },
            ["charge_tot"] = outcar.SiteCharges?.Totals,
            ["charge_n"] = outcar.SiteCharges?.Rows.Length,
            ["magnetization_n"] = outcar.SiteMagnetizations is [var one, ..] ? one.Rows.Length : null,
        };
        if (outcar.SiteMagnetizations is not [var table, ..]) return found;
        found["magnetization_tot"] = table.Totals;
        found["magnetization_tot_vectors"] = Enumerable.Range(0, table.Rows.Length).Select(site => outcar.SiteMagnetizations.Select(component => component.Totals[site]));
        var byOrbital = new Found();
        foreach (var (column, value) in table.Columns.Zip(table.Rows[0])) byOrbital[column] = value;
        found["magnetization_first_by_orbital"] = byOrbital;
        return found;
    }

    public static Found Oszicar(Stream stream)
    {
        var oszicar = DftFlow.Vasp.Outputs.Oszicar.Read(stream);
        var loops = oszicar.ElectronicSteps.CountBy(step => step.IonicStep).Select(loop => loop.Value).ToArray();
        return new Found
        {
            ["raw_text"] = new Found
            {
                ["n_F_lines"] = oszicar.IonicSteps.Count,
                ["n_electronic_lines"] = oszicar.ElectronicSteps.Count,
                ["algos"] = oszicar.ElectronicSteps.Select(step => step.Algorithm).Distinct().Order(StringComparer.Ordinal),
            },
            ["n_ionic_steps"] = oszicar.IonicSteps.Count,
            ["n_electronic_blocks"] = loops.Length,
            ["n_electronic_per_block_first_last"] = new[] { loops[0], loops[^1] },
            ["first_ionic_step"] = Step(oszicar.IonicSteps is [var first, ..] ? first : null),
            ["last_ionic_step"] = Step(oszicar.IonicSteps is [.., var last] ? last : null),
            ["final_energy"] = oszicar.IonicSteps is [.., var final] ? final.EnergyEv : null,
        };
    }

    private static Found? Step(OszicarIonicStep? step) => step is null ? null : new Found
    {
        ["F"] = step.FreeEnergyEv,
        ["E0"] = step.EnergyEv,
        ["dE"] = step.EnergyChangeEv,
        ["mag"] = step.MagnetizationMub is [var moment, ..] ? moment : null,
    };
}
