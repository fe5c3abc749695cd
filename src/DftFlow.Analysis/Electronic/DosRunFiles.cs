using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Vasp.Inspection;
using DftFlow.Vasp.Outputs;
using DftFlow.Vasp.Outputs.Grids;
using DftFlow.Vasp.Text;

namespace DftFlow.Analysis.Electronic;

/// <summary>Which of a run's files are read beside the one with the DOS, and which projections are kept of it.</summary>
/// <param name="Keep">Given a site (from 0) and its element (null where not known), whether its projections are needed. Null: all are.</param>
/// <param name="Levels">Read the OUTCAR for core levels, and of a slab the LOCPOT for the vacuum level, where they are there.</param>
public sealed record DosReading(Func<int, Element?, bool>? Keep = null, bool Levels = true);

/// <summary>A run's density of states as its files hold it.</summary>
/// <param name="Warnings">What is doubtful about the files.</param>
public sealed record DosRunFiles(DosRun Run, ImmutableArray<AnalysedFile> Inputs, ImmutableArray<string> Warnings)
{
    /// <summary>
    /// Reads the DOS of a run: from its directory (vasprun.xml, else DOSCAR), from a vasprun.xml or from a DOSCAR. What these lack
    /// comes from files beside them: core levels from OUTCAR, the potential from LOCPOT; for a DOSCAR band edges from EIGENVAL, and
    /// elements and places from CONTCAR or POSCAR.
    /// </summary>
    /// <exception cref="DftFlowException">DF3201: there is no such file, or this is another one. Others as readers of the files throw.</exception>
    public static async Task<DosRunFiles> ReadAsync(string path, DosReading reading, IProgress<AnalysisStep>? progress = null, CancellationToken cancellation = default)
    {
        var (main, files) = Find(path);
        var read = new Reading(files, reading, progress, cancellation);
        var isVasprun = KindOf(main, cancellation) switch
        {
            FileKind.Vasprun => true,
            FileKind.Doscar => false,
            var other => throw new DftFlowException("DF3201", $"There is no density of states in this file{(other is null ? "" : $" ({other.ToString()!.ToLowerInvariant()})")}.", "Give the directory of the run, its vasprun.xml or its DOSCAR.", file: main),
        };
        var core = read.CoreAsync();
        DosRun run;
        try
        {
            run = isVasprun ? await read.VasprunAsync(main) : await read.DoscarAsync(main);
        }
        finally
        {
            // Nobody reads on for a run that has no DOS; and nobody leaves a file open.
            await core.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
        var (potential, noPotential) = await read.PotentialAsync(run.Structure);
        return new(run.With(await core, potential, noPotential), read.Inputs, read.Warnings);
    }

    private static (string Main, RunFiles? Files) Find(string path)
    {
        if (Directory.Exists(path))
        {
            var files = RunFiles.Of(path);
            var main = files.Find("vasprun.xml") ?? files.Find("DOSCAR")
                ?? throw new DftFlowException("DF3201", "The directory has neither a vasprun.xml nor a DOSCAR, which hold the density of states.", "Give the directory of a run that came to its end.", file: path);
            // A vasprun.xml of no length is left behind where a disk was full.
            if (new FileInfo(main).Length == 0 && files.Find("DOSCAR") is { } doscar) main = doscar;
            return (main, files);
        }
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var plain = FileNames.WithoutCompression(Path.GetFileName(path));
        foreach (var name in (string[])["vasprun.xml", "DOSCAR"])
            if (plain.StartsWith(name, StringComparison.Ordinal) && Directory.Exists(folder))
                return (path, new RunFiles(folder, plain[name.Length..], [], [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)]));
        return (path, null);
    }

    private static FileKind? KindOf(string path, CancellationToken cancellation)
    {
        using var stream = TextFile.Open(path, cancellation: cancellation);
        var head = new byte[FileRecognition.HeadBytes];
        try
        {
            var length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            return length == 0 ? throw new DftFlowException("DF1456", "The file is empty.", "Did the run start at all? Its standard output says why.", file: path) : FileRecognition.KindOf(head.AsSpan(0, length), path);
        }
        catch (InvalidDataException)
        {
            // Damaged from the start: its reader tells.
            return FileNames.KindOf(path);
        }
    }

    private sealed class Reading(RunFiles? files, DosReading reading, IProgress<AnalysisStep>? progress, CancellationToken cancellation)
    {
        private readonly List<AnalysedFile> inputs = [];
        private readonly List<string> warnings = [];

        public ImmutableArray<AnalysedFile> Inputs => [.. inputs.OrderBy(input => input.File, StringComparer.Ordinal)];

        public ImmutableArray<string> Warnings => [.. warnings];

        public async Task<DosRun> VasprunAsync(string path)
        {
            var filter = new ProjectionFilter(reading.Keep is { } keep ? (site, type) => keep(site, type?.Element) : null);
            var run = await ReadAsync(path, stream => Vasprun.Read(stream, VasprunContent.ProjectedDos | VasprunContent.Eigenvalues | VasprunContent.Structures, filter, cancellation));
            Note(path, run.Warnings);
            if (run.Dos is null && run.Truncated is { } truncated)
                throw new DftFlowException("DF3201", FormattableString.Invariant($"The vasprun.xml stops at byte {truncated.Byte} ({truncated.Reason}), before its density of states."), "The run did not come to its end: let it finish.", file: path);
            return run;
        }

        public async Task<DosRun> DoscarAsync(string path)
        {
            var doscar = await ReadAsync(path, stream => Doscar.Read(stream, cancellation: cancellation));
            Note(path, doscar.Warnings);
            if (doscar.Truncated is { } truncated) warnings.Add(FormattableString.Invariant($"{Path.GetFileName(path)}: the file stops at byte {truncated.Byte} ({truncated.Reason})."));
            var eigenval = await FindAsync("EIGENVAL", stream => Eigenval.Read(stream, cancellation));
            if (eigenval?.AveragedSteps is > 0 and var steps) doscar = doscar.TotalTimes(steps);
            else if (!doscar.Lobster) warnings.Add("A DOSCAR's total DOS is divided by NBLOCK·KBLOCK (NSW of a relaxation), and the EIGENVAL that tells this number is not there: where it is not 1, the total DOS is too small. Its centres and the projected DOS are not touched.");
            var structure = Structure(doscar.Header.IonCount);
            var sites = structure?.Sites.Select(site => (Element?)site.Element) ?? Enumerable.Repeat((Element?)null, doscar.Header.IonCount ?? doscar.Dos?.Projected?.SiteCount ?? 0);
            return new DosRun
            {
                Dos = doscar.Dos,
                FermiEnergyEv = doscar.FermiEnergyEv,
                Sites = [.. sites],
                Structure = structure,
                Edges = eigenval is { HasOccupations: true, Eigenvalues: { } eigenvalues } ? BandEdges.Of(eigenvalues) : null,
                Truncated = doscar.Truncated,
            };
        }

        public async Task<CoreLevels?> CoreAsync() =>
            reading.Levels && await FindAsync("OUTCAR", stream => Outcar.Read(stream, cancellation: cancellation)) is { } outcar ? CoreLevels.Of(outcar) : null;

        public async Task<(PotentialProfile?, DftFlowException?)> PotentialAsync(Structure? structure)
        {
            if (!reading.Levels || files?.Find("LOCPOT") is not { } path) return default;
            // A bulk crystal's potential is large, and tells nothing here.
            if (structure is not null && PotentialProfile.VacuumAxis(structure.Lattice, structure.Sites.Select(site => site.Fractional)) is null) return (null, PotentialProfile.NoVacuum());
            try
            {
                progress?.Report(new("reading LOCPOT"));
                var file = await ReadFile.ReadAsync(path, stream => VolumetricFile.Read<float>(stream, new() { Kind = GridKind.Potential, FirstBlockOnly = true }, cancellation), cancellation);
                Took(file);
                return (PotentialProfile.Of(file.Content), null);
            }
            catch (DftFlowException error)
            {
                return (null, error.Code == "DF3206" ? error : new("DF3206", $"The zero of energy cannot be placed at the vacuum level: the LOCPOT cannot be read. {error.Message}", error.Hint, file: path, inner: error));
            }
        }

        // What is only of use to some of the answers may fail without the others.
        private async Task<T?> FindAsync<T>(string name, Func<Stream, T> read) where T : class
        {
            if (files?.Find(name) is not { } path) return null;
            try
            {
                return await ReadAsync(path, read, quietly: true);
            }
            catch (DftFlowException error)
            {
                lock (warnings) warnings.Add($"{Path.GetFileName(path)} is left out: {error.Message}");
                return null;
            }
        }

        private async Task<T> ReadAsync<T>(string path, Func<Stream, T> read, bool quietly = false)
        {
            var doing = $"reading {Path.GetFileName(path)}";
            var file = await ReadFile.ReadAsync(path, stream =>
            {
                if (progress is null || quietly) return read(stream);
                using var watched = new WatchedStream(stream, doing, progress);
                return read(watched);
            }, cancellation);
            Took(file);
            return file.Content;
        }

        private void Took<T>(ReadFile<T> file)
        {
            lock (inputs) inputs.Add(new(file.Path, file.Sha256));
            Note(file.Path, file.Warnings);
        }

        private void Note(string path, ImmutableArray<string> found)
        {
            lock (warnings) warnings.AddRange(found.Select(warning => $"{Path.GetFileName(path)}: {warning}"));
        }

        private Structure? Structure(int? count)
        {
            if (files?.FindStructure() is not { } path) return null;
            try
            {
                var file = StructureFile.Read(path, cancellation);
                if (file.Structure is { } structure && structure.Sites.Length == count)
                {
                    lock (inputs) inputs.Add(new(path, file.Sha256));
                    return structure;
                }
                warnings.Add(FormattableString.Invariant($"{Path.GetFileName(path)} is left out: it has {file.Structure?.Sites.Length} atoms, the DOSCAR {count}."));
            }
            catch (DftFlowException error)
            {
                warnings.Add($"{Path.GetFileName(path)} is left out: {error.Message}");
            }
            return null;
        }
    }
}
