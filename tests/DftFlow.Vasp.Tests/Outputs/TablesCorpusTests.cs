using System.Text.Json;
using DftFlow.Vasp.Outputs;
using DftFlow.Vasp.Outputs.Bader;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>Tables of the corpus against each other: the values that are stated for them are held in DftFlow.Corpus.Tests.</summary>
public class TablesCorpusTests
{
    private readonly List<string> problems = [];
    private string file = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_DOSCAR_is_whole_and_agrees_with_the_vasprun_of_its_run() => CheckAll("DOSCAR", 16, (caseName, stated, stream) =>
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
        if (!caseName.StartsWith("doscar-aiida", StringComparison.Ordinal)) CheckAgainstVasprun(caseName, doscar, doscar.Dos!);
    });

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
    public void The_three_tables_of_the_Bader_program_agree()
    {
        CheckAll("ACF", 2, (caseName, stated, stream) =>
        {
            var acf = AcfDat.Read(stream, Cancellation);
            That("complete", true, acf.Complete && acf.Warnings.IsEmpty);
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

    private static double Integral(double[] x, double[] y)
    {
        var sum = 0.0;
        for (var i = 1; i < x.Length; i++) sum += (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2;
        return sum;
    }

    private void That<T>(string what, T expected, T found)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, found)) problems.Add($"{file}: {what}: {expected} expected, {found} found");
    }

    private void Close(string what, double expected, double? found, double tolerance)
    {
        if (found is not { } number || !(Math.Abs(number - expected) <= tolerance * Math.Max(1, Math.Abs(expected)))) problems.Add($"{file}: {what}: {expected:R} expected, {found:R} found");
    }
}
