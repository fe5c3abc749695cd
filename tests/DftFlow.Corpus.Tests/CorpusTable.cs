using System.Text.Json;
using DftFlow.Tests.Corpus.Views;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Corpus;

/// <summary>Every file of every case, read and held against what is stated for it.</summary>
internal static class CorpusTable
{
    private static readonly Dictionary<string, Func<CorpusFile, Found>> Views = new()
    {
        ["ACF"] = file => TableViews.Acf(file.Open()),
        ["DOSCAR"] = file => TableViews.Doscar(file.Open(), file.Stated.TryGetProperty("species_taken_from", out _) ? file.Atoms() : null),
        ["EIGENVAL"] = file => TableViews.Eigenval(file.Open()),
        ["INCAR"] = file => InputViews.Incar(file.Open()),
        ["KPOINTS"] = file => InputViews.Kpoints(file.Open(), file.Stated.GetProperty("kpts").GetArrayLength()),
        ["OSZICAR"] = file => RunViews.Oszicar(file.Open()),
        ["OUTCAR"] = file => RunViews.Outcar(file.Open()),
        ["POSCAR"] = file => InputViews.Poscar(file.Open(), file.Stated.TryGetProperty("first_frac_coords", out var sites) ? sites.GetArrayLength() : 0),
        ["PROCAR"] = file => TableViews.Procar(file.Open),
        ["vasprun"] = file => VasprunView.Of(Vasprun.Read(file.Open(), VasprunContent.All)),
        ["volumetric"] = file => GridView.Of(file.Name, file.Open()),
    };

    private sealed record CorpusFile(string Case, string Name, JsonElement Stated)
    {
        public Stream Open() => VaspCorpus.Open(Case, Name);

        /// <summary>The element of each atom, from the run's vasprun.xml.</summary>
        public string[]? Atoms()
        {
            if (VaspCorpus.Case(Case).GetProperty("files").EnumerateArray().FirstOrDefault(entry => entry.GetProperty("kind").GetString() == "vasprun") is not { ValueKind: JsonValueKind.Object } entry) return null;
            var run = Vasprun.Read(VaspCorpus.Open(Case, entry.GetProperty("file").GetString()!));
            return [.. run.Atoms.Select(type => run.AtomTypes[type].Element!.Symbol)];
        }
    }

    public static List<Row> Rows(CancellationToken cancellation)
    {
        var rows = new List<Row>();
        foreach (var folder in Directory.EnumerateDirectories(TestPaths.Shared("vasp-corpus")).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(folder);
            var all = VaspCorpus.Case(name);
            foreach (var entry in all.GetProperty("files").EnumerateArray())
            {
                cancellation.ThrowIfCancellationRequested();
                var (file, kind) = (entry.GetProperty("file").GetString()!, entry.GetProperty("kind").GetString()!);
                // What is wrong with a run is labelled, not measured: DiagnosesCorpusTests holds the logs against their labels.
                if (kind == "log" || !all.GetProperty("expected").TryGetProperty(file, out var stated)) continue;
                var comparison = new Comparison(name, file, kind);
                comparison.Compare(stated, Views[kind](new CorpusFile(name, file, stated)));
                rows.AddRange(comparison.Rows);
            }
        }
        return rows;
    }
}
