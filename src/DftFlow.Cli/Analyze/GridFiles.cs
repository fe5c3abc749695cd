using System.Collections.Immutable;
using System.CommandLine;
using DftFlow.Analysis;
using DftFlow.Analysis.Charge;
using DftFlow.Vasp.Inspection;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Cli.Analyze;

/// <summary>What the analyses of grids have in common: finding the files, reading them, and keeping what they write apart from them.</summary>
internal static class GridFiles
{
    public static Option<string?> SpinOption() => new("--spin") { Description = "up, down or both [default: both].", HelpName = "SPIN" };

    /// <summary>The file itself, or the one of that name in a run's directory.</summary>
    public static string Find(string path, string name)
    {
        AnalyzeCommand.RefuseNoPath(path);
        if (!Directory.Exists(path)) return path;
        return RunFiles.Of(path).Find(name) ?? (File.Exists(Path.Combine(path, name)) ? Path.Combine(path, name) : throw new DftFlowException("DF3235", $"The directory holds no {name}.", name switch
        {
            "ELFCAR" => "VASP writes it with LELF = .TRUE. in INCAR.",
            "LOCPOT" => "VASP writes it with LVHAR = .TRUE. or LVTOT = .TRUE. in INCAR.",
            "CHGCAR" => "VASP writes it unless LCHARG = .FALSE. is set in INCAR.",
            _ => "Is the name right, and did the run come to its end?",
        }, file: path));
    }

    public static GridSpin? Spin(string? text) => text?.ToLowerInvariant() switch
    {
        null => null,
        "up" => GridSpin.Up,
        "down" => GridSpin.Down,
        "both" => GridSpin.Both,
        _ => throw new DftFlowException("DF3234", $"'{text}' is no spin.", "Give up, down or both."),
    };

    public static int Axis(string text) => text is [var letter] && "abc".IndexOf(char.ToLowerInvariant(letter), StringComparison.Ordinal) is >= 0 and var axis
        ? axis : throw new DftFlowException("DF3233", $"'{text}' is no axis.", "Give a, b or c.");

    /// <summary>No output may take the place of an input, or of another output.</summary>
    public static void CheckOutputs(IEnumerable<string?> outputs, IEnumerable<string> inputs)
    {
        var places = inputs.Select(Place).ToHashSet(StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var output in outputs.OfType<string>())
        {
            // Of `--csv= --json` the second is taken for the value of the first.
            if (string.IsNullOrWhiteSpace(output) || output.StartsWith("--", StringComparison.Ordinal)) throw new DftFlowException("DF3236", $"'{output}' is not the name of a file to write.", "Give each output a name.");
            if (places.Contains(Place(output))) throw new DftFlowException("DF3236", "An output would take the place of a file that is read.", "Give it another name.", file: output);
            if (!taken.Add(Place(output))) throw new DftFlowException("DF3236", "Two outputs have one name.", "Give each its own.", file: output);
        }

        static string Place(string path) => new FileInfo(path) is { Exists: true, LinkTarget: not null } link && link.ResolveLinkTarget(returnFinalTarget: true) is { } target ? target.FullName : Path.GetFullPath(path);
    }

    public static IEnumerable<string> Warnings(ReadFile<VolumetricData<double>> read) =>
        read.Warnings.Concat(read.Content.Warnings).Select(warning => $"{Path.GetFileName(read.Path)}: {warning}");

    public static (string, Func<Stream, Task>) Cube(string path, VolumetricData<double> data, GridBlock<double> block, string title, IProgress<AnalysisStep> progress, CancellationToken cancellation) => (path, stream =>
    {
        progress.Report(new($"writing {Path.GetFileName(path)}"));
        return Task.Run(() => CubeFile.Write(stream, data, block, title, cancellation), cancellation);
    });

    public static (string, Func<Stream, Task>) Bytes(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => (path, stream => stream.WriteAsync(bytes, cancellation).AsTask());

    public static ImmutableArray<int> Sizes(GridDimensions grid) => [grid.X, grid.Y, grid.Z];
}
