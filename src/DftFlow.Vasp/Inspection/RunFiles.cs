using System.Collections.Immutable;
using System.Text;

namespace DftFlow.Vasp.Inspection;

/// <summary>The files of one run in a directory, which may be compressed, and may carry the name of a stage: <c>OUTCAR.relax2.gz</c>.</summary>
/// <param name="Stage">What stands behind the names, as in <c>.relax2</c>; empty for plain names.</param>
/// <param name="OtherStages">Stages that the directory holds too.</param>
public sealed record RunFiles(string Folder, string Stage, ImmutableArray<string> OtherStages, ImmutableArray<string> Names)
{
    private const int MostEntries = 100_000, MostExamined = 2000;

    private static readonly string[] Outputs = ["vasprun.xml", "OUTCAR", "OSZICAR", "DOSCAR", "EIGENVAL"];
    private static readonly string[] Structures = ["CONTCAR", "POSCAR"];
    private static readonly string[] Inputs = ["INCAR", "KPOINTS", "POTCAR"];
    private static readonly string[] Grids = ["CHGCAR", "CHG", "AECCAR0", "AECCAR1", "AECCAR2", "PARCHG", "LOCPOT", "ELFCAR"];
    private static readonly string[] StandardOutputs = ["vasp.out", "vasp_out", "stdout", "stdout.log", "std_out", "vasp.log"];

    // Behind a name these make another kind of file, or a copy that somebody put aside.
    private static readonly string[] NoStages = [".lobster", ".bak", ".orig", ".old", ".tmp", ".swp", ".save", ".json", ".yaml", ".txt", ".png", ".svg", ".h5"];

    /// <summary>Of the stages that a directory holds, the one with plain names, else the last by name (numbers as numbers).</summary>
    /// <exception cref="DftFlowException">DF1455: there is no file of a run.</exception>
    public static RunFiles Of(string folder)
    {
        var names = Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Take(MostEntries).Order(StringComparer.Ordinal).ToArray();
        var stages = names.Select(StageOf).OfType<string>().Distinct(StringComparer.Ordinal).OrderBy(InOrder, StringComparer.Ordinal).ToArray();
        if (stages.Length == 0 && !names.Any(IsOfRun)) throw Empty(folder, names);
        var stage = stages.Length == 0 || stages.Contains("", StringComparer.Ordinal) ? "" : stages[^1];
        return new(folder, stage, [.. stages.Where(other => other != stage)], [.. names]);
    }

    /// <summary>The path of a file by its plain name; null where it is not there.</summary>
    public string? Find(string name)
    {
        // The file as the run wrote it before a packed copy of it.
        var found = Names.Where(candidate => FileNames.WithoutCompression(candidate) == name + Stage).OrderBy(candidate => candidate.Length).FirstOrDefault();
        return found is null ? null : Path.Combine(Folder, found);
    }

    public string? FindStructure() => Structures.Select(Find).FirstOrDefault(path => path is not null && new FileInfo(path).Length > 0);

    public string? FindStandardOutput() => StandardOutputs.Select(Find).FirstOrDefault(path => path is not null);

    public IEnumerable<string> FindGrids() => Grids.Select(Find).OfType<string>();

    private static bool IsOfRun(string name) =>
        FileNames.WithoutCompression(name) is var plain && (Structures.Contains(plain) || Inputs.Contains(plain) || Grids.Contains(plain) || StandardOutputs.Contains(plain));

    // Of the files that a run always writes; null for others.
    private static string? StageOf(string name)
    {
        var plain = FileNames.WithoutCompression(name);
        foreach (var output in Outputs)
            if (plain == output) return "";
            else if (plain.StartsWith(output, StringComparison.Ordinal) && plain[output.Length] is '.' or '_' or '-' && !NoStages.Any(ending => plain.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
                return plain[output.Length..];
        return null;
    }

    // .relax10 behind .relax9.
    private static string InOrder(string stage)
    {
        var key = new StringBuilder();
        for (var i = 0; i < stage.Length; i++)
        {
            if (char.IsAsciiDigit(stage[i]) && (i == 0 || !char.IsAsciiDigit(stage[i - 1])))
                key.Append('0', Math.Max(0, 9 - stage.Skip(i).TakeWhile(char.IsAsciiDigit).Count()));
            key.Append(stage[i]);
        }
        return key.ToString();
    }

    private static DftFlowException Empty(string folder, string[] names)
    {
        var below = Directory.EnumerateDirectories(folder).Take(MostExamined).Order(StringComparer.Ordinal).Where(HoldsRun).ToArray();
        var hint = below.Length > 0
            ? $"Below it there {(below.Length == 1 ? "is a directory" : FormattableString.Invariant($"are {below.Length} directories"))} with files of a run, such as {Path.GetFileName(below[0])}: give {Path.Combine(folder, "*")} instead."
            : names.FirstOrDefault(name => FileNames.KindOf(name) is not null) is { } like ? $"It holds {like}, which may be one of VASP's under another name: give that file."
            : names.Length == 0 ? "It holds no files at all." : "Give the directory in which VASP ran, or one of its files.";
        return new("DF1455", "The directory holds no file of a VASP run.", hint, file: folder);
    }

    private static bool HoldsRun(string folder)
    {
        try
        {
            return Directory.EnumerateFiles(folder).Take(MostExamined).Any(path => Path.GetFileName(path) is var name && (StageOf(name) is not null || IsOfRun(name)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
