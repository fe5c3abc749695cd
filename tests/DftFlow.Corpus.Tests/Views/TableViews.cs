using System.Globalization;
using DftFlow.Vasp.Outputs;
using DftFlow.Vasp.Outputs.Bader;

namespace DftFlow.Tests.Corpus.Views;

internal static class TableViews
{
    public static Found Doscar(Stream stream, string[]? atoms)
    {
        var doscar = DftFlow.Vasp.Outputs.Doscar.Read(stream);
        var found = new Found
        {
            ["system"] = doscar.Header.System,
            ["emax"] = doscar.MaximumEnergyEv,
            ["emin"] = doscar.MinimumEnergyEv,
            ["nedos"] = doscar.StatedGridPoints,
            ["efermi"] = doscar.FermiEnergyEv,
            ["weight"] = doscar.Weight,
            ["n_projected_blocks"] = doscar.Dos?.Projected?.SiteCount ?? 0,
            ["empty_or_header_only"] = doscar.Dos is null,
        };
        if (doscar.Dos is not { } dos) return found;
        found["total_columns"] = dos.Density.Length == 2 ? 5 : 3;
        found["energy_first"] = dos.EnergiesEv[0];
        found["energy_last"] = dos.EnergiesEv[^1];
        foreach (var (spin, density) in dos.Density.Index())
        {
            var name = dos.Density.Length == 1 ? "total" : spin == 0 ? "up" : "down";
            found["trapz_" + name] = DosView.Integral(dos.EnergiesEv, density);
            found["sum_" + name] = density.Sum();
            found["max_" + name] = density.Max();
            found["integrated_last_" + name] = dos.Integrated[spin][^1];
        }
        if (dos.Projected is not { } projected) return found;
        var orbitals = projected.Orbitals.Length;
        found["projected_columns_without_energy"] = orbitals * projected.ComponentCount;
        found["n_orbital_columns"] = orbitals;
        found["n_spin_components"] = projected.ComponentCount;
        found["block_column_sums_first"] = ColumnSums(projected, 0);
        found["block_column_sums_last"] = ColumnSums(projected, projected.SiteCount - 1);
        if (atoms is not null) found["by_element_p"] = ByElement(doscar, dos, projected, atoms);
        return found;
    }

    private static IEnumerable<double> ColumnSums(ProjectedDos projected, int site) =>
        from orbital in Enumerable.Range(0, projected.Orbitals.Length)
        from component in Enumerable.Range(0, projected.ComponentCount)
        select projected[site, component, orbital].ToArray().Sum();

    private static Found ByElement(Doscar doscar, DensityOfStates dos, ProjectedDos projected, string[] atoms)
    {
        var elements = new Found();
        var fermi = doscar.FermiEnergyEv!.Value;
        foreach (var element in atoms.Distinct())
        {
            var channels = Enumerable.Range(0, projected.ComponentCount == 2 ? 2 : 1).Select(spin => SumOfP(projected, atoms, element, spin)).ToArray();
            var total = channels.Length == 1 ? channels[0] : channels[0].Zip(channels[1], (up, down) => up + down).ToArray();
            var found = new Found
            {
                ["trapz_p"] = DosView.Integral(dos.EnergiesEv, total),
                ["p_band_centre_full_range"] = Centre(dos.EnergiesEv, total, fermi),
                ["p_band_centre_occupied_E<=Ef"] = Centre([.. dos.EnergiesEv.TakeWhile(energy => energy <= fermi)], total, fermi),
            };
            foreach (var (spin, name) in new[] { (0, "up"), (1, "down") }.Take(channels.Length == 2 ? 2 : 0))
            {
                found["trapz_p_" + name] = DosView.Integral(dos.EnergiesEv, channels[spin]);
                found["p_band_centre_full_range_" + name] = Centre(dos.EnergiesEv, channels[spin], fermi);
            }
            elements[element] = found;
        }
        return elements;
    }

    private static double[] SumOfP(ProjectedDos projected, string[] atoms, string element, int spin)
    {
        double[]? sum = null;
        foreach (var (site, atom) in atoms.Index())
            foreach (var (orbital, name) in projected.Orbitals.Index())
            {
                if (atom != element || !name.StartsWith('p')) continue;
                var density = projected[site, spin, orbital];
                sum ??= new double[density.Length];
                for (var i = 0; i < sum.Length; i++) sum[i] += density[i];
            }
        return sum!;
    }

    private static double Centre(double[] energies, double[] density, double fermi) =>
        DosView.Integral(energies, [.. energies.Select((energy, i) => (energy - fermi) * density[i])]) / DosView.Integral(energies, density.AsSpan(0, energies.Length));

    public static Found Eigenval(Stream stream)
    {
        var file = DftFlow.Vasp.Outputs.Eigenval.Read(stream);
        var found = new Found { ["ispin"] = file.SpinCount, ["nelect"] = file.ElectronCount, ["nkpt"] = file.StatedKPoints, ["nbands"] = file.StatedBands };
        if (file.Eigenvalues is not { } eigenvalues || BandEdges.Of(eigenvalues) is not { } edges) return found;
        found["gap"] = edges.GapEv;
        found["cbm"] = edges.LowestUnoccupiedEv;
        found["vbm"] = edges.HighestOccupiedEv;
        found["is_direct"] = edges.IsDirect;
        return found;
    }

    public static Found Procar(Func<Stream> open)
    {
        var procar = DftFlow.Vasp.Outputs.Procar.Read(open(), new ProcarSelection { Phases = true });
        var values = procar.Eigenvalues!;
        var projections = procar.Projections!;
        var (spins, points, bands) = (values.SpinCount, values.KPointCount, values.BandCount);
        var all = (from spin in Enumerable.Range(0, spins) from k in Enumerable.Range(0, points) from energy in values.EnergiesEv(spin, k).ToArray() select energy).ToArray();
        var sums = Enumerable.Range(0, spins).Select(spin => Enumerable.Range(0, points * bands).Sum(i => projections[spin, i / bands, i % bands].ToArray().Sum(value => (double)value))).ToArray();
        return new Found
        {
            ["headers_nk_nb_nions"] = Enumerable.Repeat(new[] { procar.StatedKPoints, procar.StatedBands, procar.IonCount }, spins),
            ["n_spin_sections"] = spins,
            ["orbitals"] = procar.Orbitals,
            ["n_kpoint_headers"] = spins * points,
            ["n_band_headers"] = spins * points * bands,
            ["kpoint_weight_sum_first_section"] = procar.KPoints.Sum(k => k.Weight),
            ["energy_first"] = all[0],
            ["energy_last"] = all[^1],
            ["energy_min"] = all.Min(),
            ["energy_max"] = all.Max(),
            ["occupation_sum"] = Enumerable.Range(0, spins * points).Sum(i => values.Occupations(i / points, i % points).ToArray().Sum()),
            ["n_tables_first_band"] = projections.ComponentCount + (procar.Phases is null ? 0 : 1),
            ["first_band_first_table_rows"] = FirstRows(open(), procar),
            ["sum_of_projections_first_table_over_all_bands"] = Math.Round(sums.Sum(), 3),
            ["pymatgen"] = new Found
            {
                ["nkpoints"] = points,
                ["nbands"] = bands,
                ["nions"] = procar.IonCount,
                ["orbitals"] = procar.Orbitals,
                ["weights_sum"] = procar.KPoints.Sum(k => k.Weight),
                ["sum_by_spin"] = new Found { ["up"] = Math.Round(sums[0], 3), ["down"] = Math.Round(sums[^1], 3) },
            },
        };
    }

    // The first rows of the first table as printed: number, orbitals and their sum; behind the ions the sum over them.
    private static IEnumerable<object> FirstRows(Stream stream, Procar procar)
    {
        string[] columns = [.. procar.Orbitals, "tot"];
        var printed = DftFlow.Vasp.Outputs.Procar.Read(stream, new ProcarSelection { Orbitals = [.. columns] }).Projections![0, 0, 0].ToArray();
        var rows = Enumerable.Range(0, procar.IonCount!.Value).Select(ion => Rounded(Enumerable.Range(0, columns.Length).Select(column => printed[ion * columns.Length + column]))).ToArray();
        var sums = Rounded(Enumerable.Range(0, columns.Length).Select(column => rows.Sum(row => (float)row[column])));
        return rows.Index().Select(row => (object)new object[] { (row.Index + 1).ToString(CultureInfo.InvariantCulture), row.Item }).Concat(rows.Length > 1 ? [new object[] { "tot", sums }] : []).Take(4);

        static double[] Rounded(IEnumerable<float> values) => [.. values.Select(value => Math.Round((double)value, 3))];
    }

    public static Found Acf(Stream stream)
    {
        var acf = AcfDat.Read(stream);
        return new Found
        {
            ["n_atoms"] = acf.Atoms.Length,
            ["charges"] = acf.Atoms.Select(atom => atom.Electrons),
            ["min_dist"] = acf.Atoms.Select(atom => atom.MinimumDistanceA),
            ["atomic_vol"] = acf.Atoms.Select(atom => atom.VolumeA3),
            ["coords"] = acf.Atoms.Select(atom => atom.PositionA),
            ["sum_charges"] = acf.Atoms.Sum(atom => atom.Electrons),
            ["footer"] = new Found { ["vacuum_charge"] = acf.VacuumElectrons, ["vacuum_volume"] = acf.VacuumVolumeA3, ["number_of_electrons"] = acf.ElectronCount },
        };
    }
}
