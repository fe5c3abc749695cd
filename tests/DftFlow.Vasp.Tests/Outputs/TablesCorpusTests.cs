using System.Globalization;
using System.Text.Json;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;
using DftFlow.Vasp.Outputs.Bader;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>Every DOSCAR, EIGENVAL, PROCAR and Bader table of the corpus against the values stated for it.</summary>
public class TablesCorpusTests
{
    private readonly List<string> problems = [];
    private string file = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Finds_the_stated_values_in_every_DOSCAR() => CheckAll("DOSCAR", 16, (caseName, stated, stream) =>
    {
        var doscar = Doscar.Read(stream, cancellation: Cancellation);
        if (stated.At("empty_or_header_only") is not null)
        {
            That("header only", true, doscar is { Dos: null, Complete: false, Header.IonCount: 253 });
            return;
        }
        // Its authors have taken the projections out and left the header that announces them.
        That("complete", !file.EndsWith("DOSCAR.nopdos", StringComparison.Ordinal), doscar.Complete);
        That("warnings", 0, doscar.Warnings.Length);
        That("system", Text(stated, "system"), doscar.Header.System);
        That("ions", int.Parse(stated.GetProperty("header_line1")[0].GetString()!, CultureInfo.InvariantCulture), doscar.Header.IonCount);
        Close("emax", stated, doscar.MaximumEnergyEv, 0);
        Close("emin", stated, doscar.MinimumEnergyEv, 0);
        Close("efermi", stated, doscar.FermiEnergyEv, 0);
        Close("weight", stated, doscar.Weight, 0);
        That("nedos", stated.At("nedos")?.GetInt32(), doscar.StatedGridPoints);
        var dos = doscar.Dos!;
        That("rows", stated.At("nedos")?.GetInt32(), dos.EnergiesEv.Length);
        Close("energy_first", stated, dos.EnergiesEv[0], 0);
        Close("energy_last", stated, dos.EnergiesEv[^1], 0);
        That("columns", stated.At("total_columns")?.GetInt32(), 1 + 2 * dos.Density.Length);
        foreach (var (suffix, spin) in dos.Density.Length == 2 ? [("_up", 0), ("_down", 1)] : new[] { ("_total", 0) })
        {
            Close("trapz" + suffix, stated, Integral(dos.EnergiesEv, dos.Density[spin]), 1e-11);
            Close("sum" + suffix, stated, dos.Density[spin].Sum(), 1e-9);
            Close("max" + suffix, stated, dos.Density[spin].Max(), 0);
            Close("integrated_last" + suffix, stated, dos.Integrated[spin][^1], 0);
        }
        That("sites", stated.At("n_projected_blocks")?.GetInt32(), dos.Projected?.SiteCount ?? 0);
        if (dos.Projected is { } projected) CheckProjected(caseName, stated, doscar, projected);
        if (!caseName.StartsWith("doscar-aiida", StringComparison.Ordinal)) CheckAgainstVasprun(caseName, doscar, dos);
    });

    private void CheckProjected(string caseName, JsonElement stated, Doscar doscar, ProjectedDos projected)
    {
        That("orbitals", stated.GetProperty("n_orbital_columns").GetInt32(), projected.Orbitals.Length);
        That("components", stated.GetProperty("n_spin_components").GetInt32(), projected.ComponentCount);
        foreach (var (name, site) in new[] { ("block_column_sums_first", 0), ("block_column_sums_last", projected.SiteCount - 1) })
        {
            var sums = stated.GetProperty(name).EnumerateArray().Select(sum => sum.GetDouble()).ToArray();
            for (var column = 0; column < sums.Length; column++)
                Close($"{name} {column}", sums[column], projected[site, column % projected.ComponentCount, column / projected.ComponentCount].ToArray().Sum(), 1e-10);
        }
        if (stated.At("by_element_p") is not { } byElement) return;
        var symbols = AtomsOf(caseName);
        var spins = projected.ComponentCount == 2 ? 2 : 1;
        foreach (var element in byElement.EnumerateObject())
        {
            var density = new double[spins][];
            for (var spin = 0; spin < spins; spin++)
            {
                density[spin] = new double[doscar.Dos!.EnergiesEv.Length];
                for (var site = 0; site < symbols.Length; site++)
                    for (var orbital = 0; orbital < projected.Orbitals.Length && symbols[site] == element.Name; orbital++)
                        for (var i = 0; i < density[spin].Length && projected.Orbitals[orbital][0] == 'p'; i++) density[spin][i] += projected[site, spin, orbital][i];
            }
            var energies = doscar.Dos!.EnergiesEv;
            var fermi = doscar.FermiEnergyEv!.Value;
            var total = density[0].Select((value, i) => density.Sum(channel => channel[i])).ToArray();
            foreach (var (suffix, channel) in spins == 2 ? [("", total), ("_up", density[0]), ("_down", density[1])] : new[] { ("", total) })
            {
                Close("trapz_p" + suffix, element.Value, Integral(energies, channel), 1e-10);
                Close("p_band_centre_full_range" + suffix, element.Value, Centre(energies, channel, fermi, double.PositiveInfinity), 1e-9);
            }
            Close("p_band_centre_occupied_E<=Ef", element.Value, Centre(energies, total, fermi, fermi), 1e-9);
        }
    }

    /// <summary>VASP divides the total DOS of a DOSCAR by NSW; EIGENVAL of the same run says by how much.</summary>
    private void CheckAgainstVasprun(string caseName, Doscar doscar, DensityOfStates dos)
    {
        if (VaspCorpus.Case(caseName).GetProperty("expected").At("cross_check_DOSCAR_vasprun") is not { } cross) return;
        var all = VaspCorpus.Case(caseName).GetProperty("files").EnumerateArray().Select(entry => (Kind: entry.GetProperty("kind").GetString(), Name: entry.GetProperty("file").GetString()!)).ToList();
        var suffix = file.Contains("relax1", StringComparison.Ordinal) ? "relax1" : "";
        using var stream = VaspCorpus.Open(caseName, all.First(entry => entry.Kind == "vasprun" && entry.Name.Contains(suffix, StringComparison.Ordinal)).Name);
        var run = Vasprun.Read(stream, VasprunContent.Dos | VasprunContent.Structures, Cancellation);
        var cell = run.InitialStructure!;
        Close("volume", cell.Lattice.Volume / cell.Sites.Length, doscar.Header.VolumePerIonA3, 1e-6);
        for (var axis = 0; axis < 3; axis++) Close("length", cell.Lattice[axis].Length, doscar.Header.LatticeLengthsA[axis], 1e-6);
        foreach (var (name, spin) in new[] { ("vasprun_total_up/DOSCAR_total", 0), ("vasprun_total_up/DOSCAR_up", 0), ("vasprun_total_down/DOSCAR_down", 1) })
            if (cross.At(name) is { } ratio)
                Close(name, ratio.GetDouble(), Integral(run.Dos!.EnergiesEv, run.Dos.Density[spin]) / Integral(dos.EnergiesEv, dos.Density[spin]), 1e-9);
        if (all.FirstOrDefault(entry => entry.Kind == "EIGENVAL").Name is not { } eigenvalName) return;
        using var eigenval = VaspCorpus.Open(caseName, eigenvalName);
        // NBLOCK·KBLOCK is 1 where nothing is relaxed and NSW is 0.
        That("averaged steps", Math.Max(1, cross.GetProperty("NSW").GetInt32()), Eigenval.Read(eigenval, Cancellation).AveragedSteps);
    }

    [Fact]
    public void Finds_the_stated_values_in_every_EIGENVAL() => CheckAll("EIGENVAL", 7, (caseName, stated, stream) =>
    {
        var eigenval = Eigenval.Read(stream, Cancellation);
        That("ispin", stated.GetProperty("ispin").GetInt32(), eigenval.SpinCount);
        That("nelect", stated.GetProperty("nelect").GetInt32(), eigenval.ElectronCount);
        That("nkpt", stated.GetProperty("nkpt").GetInt32(), eigenval.StatedKPoints);
        That("nbands", stated.GetProperty("nbands").GetInt32(), eigenval.StatedBands);
        That("warnings", 0, eigenval.Warnings.Length);
        if (stated.GetProperty("gap").ValueKind == JsonValueKind.String)
        {
            // The run stopped before it had eigenvalues: the stated gap is infinite, ours is none.
            That("header only", true, eigenval is { Eigenvalues: null, Complete: false });
            return;
        }
        That("complete", true, eigenval.Complete);
        That("k-points", stated.GetProperty("nkpt").GetInt32(), eigenval.Eigenvalues!.KPointCount);
        That("bands", stated.GetProperty("nbands").GetInt32(), eigenval.Eigenvalues.BandCount);
        Close("weights", 1, eigenval.KPoints.Sum(point => point.Weight), 1e-6);
        var edges = BandEdges.Of(eigenval.Eigenvalues);
        That("edges", eigenval.HasOccupations, edges is not null);
        // Without occupations in the file the stated edges are of no meaning (the conduction band's is 40 eV below the valence band's).
        if (edges is null) That("no edges", "fulldir-agac-f-projectors", caseName);
        if (edges is null) return;
        Close("vbm", stated, edges.HighestOccupiedEv, 0);
        Close("cbm", stated, edges.LowestUnoccupiedEv, 0);
        Close("gap", stated, edges.GapEv, 1e-12);
        That("is_direct", stated.GetProperty("is_direct").GetBoolean(), edges.IsDirect);
    });

    [Fact]
    public void Finds_the_stated_values_in_every_PROCAR() => CheckAll("PROCAR", 12, (caseName, stated, stream) =>
    {
        var procar = Procar.Read(stream, new() { Phases = true }, Cancellation);
        That("truncation", null, procar.Truncated);
        That("warnings", 0, procar.Warnings.Length);
        var counts = stated.GetProperty("headers_nk_nb_nions")[0].EnumerateArray().Select(count => (int?)count.GetInt32()).ToArray();
        That("counts", (counts[0], counts[1], counts[2]), (procar.StatedKPoints, procar.StatedBands, procar.IonCount));
        var (values, projections) = (procar.Eigenvalues!, procar.Projections!);
        That("spins", stated.GetProperty("n_spin_sections").GetInt32(), values.SpinCount);
        That("k-points", stated.GetProperty("n_kpoint_headers").GetInt32(), values.SpinCount * values.KPointCount);
        That("bands", stated.GetProperty("n_band_headers").GetInt32(), values.SpinCount * values.KPointCount * values.BandCount);
        That("orbitals", string.Join(' ', stated.GetProperty("orbitals").EnumerateArray().SkipLast(1).Select(name => ProjectedDos.StandardName(name.GetString()!))), string.Join(' ', procar.Orbitals));
        Close("kpoint_weight_sum_first_section", stated, procar.KPoints.Sum(point => point.Weight), 1e-12);
        var phase = stated.GetProperty("first_line").GetString()!.Contains("phase", StringComparison.Ordinal);
        That("phases", phase, procar.Phases is not null);
        That("tables", stated.GetProperty("n_tables_first_band").GetInt32(), projections.ComponentCount + (phase ? 1 : 0));
        Close("energy_first", stated, values.EnergiesEv(0, 0)[0], 0);
        Close("energy_last", stated, values.EnergiesEv(values.SpinCount - 1, values.KPointCount - 1)[^1], 0);
        double lowest = double.PositiveInfinity, highest = double.NegativeInfinity, occupation = 0;
        var sums = new double[2];
        for (var spin = 0; spin < values.SpinCount; spin++)
            for (var k = 0; k < values.KPointCount; k++)
                for (var band = 0; band < values.BandCount; band++)
                {
                    lowest = Math.Min(lowest, values.EnergiesEv(spin, k)[band]);
                    highest = Math.Max(highest, values.EnergiesEv(spin, k)[band]);
                    occupation += values.Occupations(spin, k)[band];
                    foreach (var value in projections[spin, k, band]) sums[spin] += value;
                }
        Close("energy_min", stated, lowest, 0);
        Close("energy_max", stated, highest, 0);
        // Without spin the file has 2 for a full band, and the record 1.
        Close("occupation_sum", stated, occupation * (values.SpinCount == 1 && projections.ComponentCount == 1 && !caseName.StartsWith("procar-variants", StringComparison.Ordinal) ? 2 : 1), 1e-6);
        Close("sum_of_projections_first_table_over_all_bands", stated, sums.Sum(), 1e-3);
        if (stated.At("pymatgen", "sum_by_spin", "up") is { } up) Close("sum up", up.GetDouble(), sums[0], 1e-3);
        if (stated.At("pymatgen", "sum_by_spin", "down") is { } down) Close("sum down", down.GetDouble(), sums[1], 1e-3);
        foreach (var row in stated.GetProperty("first_band_first_table_rows").EnumerateArray())
        {
            if (!int.TryParse(row[0].GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var ion)) continue;
            for (var orbital = 0; orbital < procar.Orbitals.Length; orbital++)
                That($"row {ion}", (float)row[1 + orbital].GetDouble(), projections[0, 0, 0][(ion - 1) * procar.Orbitals.Length + orbital]);
        }
    });

    [Fact]
    public void Finds_the_stated_values_in_every_table_of_the_Bader_program()
    {
        CheckAll("ACF", 2, (caseName, stated, stream) =>
        {
            var acf = AcfDat.Read(stream, Cancellation);
            That("complete", true, acf.Complete && acf.Warnings.IsEmpty);
            That("n_atoms", stated.GetProperty("n_atoms").GetInt32(), acf.Atoms.Length);
            Close("sum_charges", stated, acf.Atoms.Sum(atom => atom.Electrons), 1e-12);
            Close("vacuum_charge", stated.GetProperty("footer"), acf.VacuumElectrons, 0);
            Close("vacuum_volume", stated.GetProperty("footer"), acf.VacuumVolumeA3, 0);
            Close("number_of_electrons", stated.GetProperty("footer"), acf.ElectronCount, 0);
            for (var i = 0; i < acf.Atoms.Length; i++)
            {
                var place = stated.GetProperty("coords")[i];
                That($"atom {i}", new BaderAtom(new Vector3D(place[0].GetDouble(), place[1].GetDouble(), place[2].GetDouble()), stated.GetProperty("charges")[i].GetDouble(), stated.GetProperty("min_dist")[i].GetDouble(), stated.GetProperty("atomic_vol")[i].GetDouble()), acf.Atoms[i]);
            }
            // No values are stated for the two other tables: they are held against this one.
            using var bcfStream = VaspCorpus.Open(caseName, "BCF.dat");
            using var avfStream = VaspCorpus.Open(caseName, "AVF.dat");
            var (bcf, avf) = (BcfDat.Read(bcfStream, Cancellation), AvfDat.Read(avfStream, Cancellation));
            That("BCF and AVF complete", true, bcf.Complete && avf.Complete);
            for (var i = 0; i < acf.Atoms.Length; i++)
            {
                Close("volumes of the atom", acf.Atoms[i].Electrons, avf.VolumesOfAtoms[i].Sum(volume => bcf.Volumes[volume - 1].Electrons), 1e-4);
                That("atom of the volume", i + 1, bcf.Volumes[avf.VolumesOfAtoms[i][0] - 1].Atom);
            }
        });
    }

    [Fact]
    public void Reads_the_reference_tables_of_the_Bader_program()
    {
        var found = 0;
        foreach (var folder in Directory.EnumerateDirectories(TestPaths.Shared("vasp-corpus")).Where(folder => File.Exists(Path.Combine(folder, "reference-ACF-neargrid.dat"))))
        {
            found++;
            file = Path.GetFileName(folder);
            using var stream = VaspCorpus.Open(file, "reference-ACF-neargrid.dat");
            var acf = AcfDat.Read(stream, Cancellation);
            That("complete", true, acf.Complete && acf.Warnings.IsEmpty && acf.Atoms.Length > 0);
            // Charges have six decimals, the sum has four.
            Close("electrons", acf.ElectronCount!.Value, acf.Atoms.Sum(atom => atom.Electrons) + acf.VacuumElectrons!.Value, 1e-4 + 1e-6 * acf.Atoms.Length);
        }
        Assert.True(problems.Count == 0, string.Join('\n', problems));
        Assert.True(found >= 2, $"{found} files were found");
    }

    [Fact]
    public void Reads_the_DOSCAR_of_LOBSTER()
    {
        using var stream = VaspCorpus.Open("bader-acf-lif", "DOSCAR.lobster");
        var doscar = Doscar.Read(stream, cancellation: Cancellation);
        Assert.True(doscar is { Lobster: true, Complete: true, FermiEnergyEv: 0 });
        Assert.Empty(doscar.Warnings);
        Assert.Equal((801, -35.0438, 5.00626), (doscar.Dos!.EnergiesEv.Length, doscar.Dos.EnergiesEv[0], doscar.Dos.EnergiesEv[^1]));
        Assert.Equal(9.99066, doscar.Dos.Integrated[0][^1]);
        Assert.Equal(["s", "py", "pz", "px"], doscar.Dos.Projected!.Orbitals);
        Assert.Equal(2, doscar.Dos.Projected.SiteCount);
        // The p states of F lie at the Fermi level, 2s some 20 eV below: by numpy, sums of the columns of the second site.
        Assert.Equal([37.9558, 36.8523], new[] { 0, 1 }.Select(orbital => Math.Round(doscar.Dos.Projected[1, 0, orbital].ToArray().Sum(), 4)));
    }

    private void CheckAll(string kind, int atLeast, Action<string, JsonElement, Stream> check)
    {
        var files = 0;
        foreach (var (caseName, name, stated) in VaspCorpus.FilesOfKind(kind))
        {
            files++;
            file = $"{caseName}/{name}";
            using var stream = VaspCorpus.Open(caseName, name);
            check(caseName, stated, stream);
        }
        Assert.True(problems.Count == 0, string.Join('\n', problems.Take(40)));
        Assert.True(files >= atLeast, $"only {files} files were found");
    }

    private static string[] AtomsOf(string caseName)
    {
        var vasprun = VaspCorpus.Case(caseName).GetProperty("files").EnumerateArray().First(entry => entry.GetProperty("kind").GetString() == "vasprun").GetProperty("file").GetString()!;
        using var stream = VaspCorpus.Open(caseName, vasprun);
        var run = Vasprun.Read(stream, cancellation: Cancellation);
        return [.. run.Atoms.Select(type => run.AtomTypes[type].Element!.Symbol)];
    }

    private static double Integral(double[] x, double[] y)
    {
        var sum = 0.0;
        for (var i = 1; i < x.Length; i++) sum += (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2;
        return sum;
    }

    private static double Centre(double[] energies, double[] density, double fermi, double highest)
    {
        var inside = energies.TakeWhile(energy => energy <= highest).ToArray();
        return Integral(inside, [.. inside.Select((energy, i) => (energy - fermi) * density[i])]) / Integral(inside, density[..inside.Length]);
    }

    private static string? Text(JsonElement stated, string name) => stated.At(name)?.GetString();

    private void That<T>(string what, T expected, T found)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, found)) problems.Add($"{file}: {what}: {expected} expected, {found} found");
    }

    private void Close(string name, JsonElement stated, double? found, double tolerance) => Close(name, stated.GetProperty(name).GetDouble(), found, tolerance);

    private void Close(string what, double expected, double? found, double tolerance)
    {
        if (found is not { } number || !(Math.Abs(number - expected) <= tolerance * Math.Max(1, Math.Abs(expected)))) problems.Add($"{file}: {what}: {expected:R} expected, {found:R} found");
    }
}
