using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Corpus.Views;

internal static class VasprunView
{
    public static Found Of(Vasprun run)
    {
        var found = new Found
        {
            ["raw_text"] = RawText(run),
            ["vasp_version"] = run.Version,
            ["n_ionic_steps"] = run.IonicSteps.Length,
            ["converged"] = run.Converged,
            ["converged_electronic"] = run.ElectronicConverged,
            ["converged_ionic"] = run.IonicConverged,
            ["final_energy"] = run.LastStep?.EnergyEv,
            ["efermi"] = run.FermiEnergyEv,
            ["is_spin"] = run.SpinPolarized,
            ["is_hubbard"] = run.Parameters.Flag("LDAU"),
            ["hubbards"] = Hubbard(run),
            ["ionic_steps"] = run.IonicSteps.Select((step, index) => (object?)Step(run, step, index)),
            ["parameters"] = Tags(run.Parameters, absent: ["GGA", "NEDOS", "LORBIT"]),
            ["incar"] = Tags(run.Incar, absent: []),
            ["n_kpoints"] = run.KPoints.Length,
            ["kpoint_weight_sum"] = run.KPoints.Sum(k => k.Weight),
            ["atomic_symbols_runs"] = StructureView.Runs(run.Atoms.Select(type => run.AtomTypes[type].Element!.Symbol)),
            ["potcar_titles"] = run.AtomTypes.Select(type => type.Potential),
            ["initial_structure"] = StructureView.Of(run.InitialStructure, 4),
            ["final_structure"] = StructureView.Of(run.FinalStructure, 4),
            ["last_complete_step_structure"] = StructureView.Of(run.FinalStructure, 4),
        };
        if (run.Eigenvalues is { } eigenvalues) AddEigenvalues(found, run, eigenvalues);
        if (run.Dos is { } dos) found["total_dos"] = DosView.Total(dos);
        if (run.Dos?.Projected is { } projected)
        {
            found["pdos_orbitals"] = projected.Orbitals.Order(StringComparer.Ordinal);
            found["pdos_n_sites"] = projected.SiteCount;
            found["pdos_by_element"] = DosView.ByElement(run);
        }
        return found;
    }

    private static Found RawText(Vasprun run) => new()
    {
        ["version_string"] = run.Version,
        ["well_formed_end"] = run.Complete,
        ["n_calculation_open_tags"] = run.Truncated is { IonicStep: var open } ? Math.Max(open, run.IonicSteps.Length) : run.IonicSteps.Length,
        ["n_calculation_close_tags"] = run.IonicSteps.Length,
        ["has_projected_eigenvalues"] = run.ProjectedEigenvalues is not null,
        ["efermi_tags"] = run.FermiEnergyEv,
        ["last_scstep_energy_block"] = Named(run.LastElectronicEnergies),
        ["last_step_n_scsteps"] = run.LastStep?.ElectronicSteps,
        ["has_partial_dos"] = run.Dos?.Projected is not null,
        ["has_star_overflow"] = run.Warnings.Any(warning => warning.Contains("****", StringComparison.Ordinal)),
        ["last_step_energy_block"] = run.LastStep is { } last ? Energies(run, last) : null,
    };

    private static Found Step(Vasprun run, IonicStep step, int index)
    {
        var found = Energies(run, step);
        found["index"] = index;
        found["n_electronic"] = step.ElectronicSteps;
        found["max_force_norm"] = step.Geometry is { ForcesEvPerA: [_, ..] forces } ? forces.Aggregate(0.0, (largest, force) => Math.Max(largest, force.Length)) : null;
        found["stress_trace_over_3"] = step.Geometry is { StressKbar: [var x, var y, var z] } ? (x.X + y.Y + z.Z) / 3 : null;
        return found;
    }

    // VASP 5 labels energy(sigma→0) e_wo_entrp, and the entropy term, or zero, e_0_energy.
    private static Found Energies(Vasprun run, IonicStep step)
    {
        var relabelled = run.Version?.StartsWith('5') == true;
        var found = Named(step.OtherEnergies);
        found["e_fr_energy"] = step.FreeEnergyEv;
        found["e_wo_entrp"] = relabelled ? step.EnergyEv : step.EnergyWithoutEntropyEv;
        found["e_0_energy"] = relabelled ? step.FreeEnergyEv - step.EnergyWithoutEntropyEv : step.EnergyEv;
        return found;
    }

    private static Found Named(IEnumerable<NamedEnergy> energies)
    {
        var found = new Found();
        foreach (var (name, energy) in energies) found[name] = energy;
        return found;
    }

    // U minus J of each element, as VASP writes them in the INCAR's part of the file.
    private static Found Hubbard(Vasprun run)
    {
        var found = new Found();
        if (Numbers("LDAUU") is not { } u || Numbers("LDAUJ") is not { } j) return found;
        foreach (var (index, type) in run.AtomTypes.Index()) found[type.Element!.Symbol] = u[index] - j[index];
        return found;

        double[]? Numbers(string tag) => run.Incar.All.GetValueOrDefault(tag) switch
        {
            ParameterValue.List { Values: var values } => [.. values.Select(value => value is ParameterValue.Real { Value: var real } ? real : ((ParameterValue.Whole)value).Value)],
            _ => null,
        };
    }

    private static Found Tags(VaspParameters parameters, string[] absent)
    {
        var found = new Found();
        foreach (var name in absent) found[name] = null;
        foreach (var (name, value) in parameters.All) found[name] = Value(value);
        return found;
    }

    private static object Value(ParameterValue value) => value switch
    {
        ParameterValue.Whole { Value: var whole } => whole,
        ParameterValue.Real { Value: var real } => real,
        ParameterValue.Flag { Value: var flag } => flag,
        ParameterValue.Text { Value: var text } => text,
        ParameterValue.List { Values: var values } => values.Select(Value),
        _ => value,
    };

    private static void AddEigenvalues(Found found, Vasprun run, Eigenvalues eigenvalues)
    {
        var channels = new Found();
        foreach (var (name, spin) in new[] { ("1", 0), ("-1", 1) }.Take(eigenvalues.SpinCount))
        {
            var all = Enumerable.Range(0, eigenvalues.KPointCount).SelectMany(k => eigenvalues.EnergiesEv(spin, k).ToArray()).ToArray();
            channels[name] = new Found
            {
                ["shape"] = new[] { eigenvalues.KPointCount, eigenvalues.BandCount, 2 },
                ["first"] = all[0],
                ["last"] = all[^1],
                ["min"] = all.Min(),
                ["max"] = all.Max(),
                ["occupation_sum_weighted"] = Enumerable.Range(0, eigenvalues.KPointCount).Sum(k => run.KPoints[k].Weight * eigenvalues.Occupations(spin, k).ToArray().Sum()),
            };
        }
        found["eigenvalues"] = channels;
        if (BandEdges.Of(eigenvalues) is { } edges)
            found["eigenvalue_band_properties"] = new Found { ["gap"] = edges.GapEv, ["cbm"] = edges.LowestUnoccupiedEv, ["vbm"] = edges.HighestOccupiedEv, ["is_direct"] = edges.IsDirect };
    }
}
