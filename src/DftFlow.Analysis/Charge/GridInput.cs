using DftFlow.Vasp.Inspection;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Analysis.Charge;

/// <summary>Which spin's values of a grid are meant.</summary>
public enum GridSpin
{
    Up,
    Down,

    /// <summary>Of an ELF or a potential the mean of both, of a density their sum.</summary>
    Both,
}

/// <summary>Reads volumetric files that an analysis is to rest on: complete, of finite numbers that are not all zero, and of the right kind.</summary>
public static class GridInput
{
    // ELFCAR has five digits.
    private const double ElfRounding = 1e-4;

    /// <param name="wanted">Null: whatever the file holds.</param>
    /// <param name="given">What the values are, whatever the name says; null: what the name says, else what the values look like.</param>
    /// <exception cref="DftFlowException">DF3230: it breaks off, or holds what is no number, or zeros alone. DF3231: it is of another kind. And what readers of files throw.</exception>
    public static Task<ReadFile<VolumetricData<double>>> ReadAsync(string path, GridKind? wanted, GridKind? given = null, bool firstBlockOnly = false, CancellationToken cancellation = default) =>
        ReadAsync(path, wanted, data => data, given, firstBlockOnly, cancellation);

    /// <summary>The same for who needs the grid only for a moment.</summary>
    /// <param name="use">Gets what was read; what it does not keep is free when it returns.</param>
    /// <exception cref="DftFlowException">As above; and what <paramref name="use"/> throws.</exception>
    public static async Task<ReadFile<T>> ReadAsync<T>(string path, GridKind? wanted, Func<VolumetricData<double>, T> use, GridKind? given = null, bool firstBlockOnly = false, CancellationToken cancellation = default)
    {
        var named = given ?? VolumetricFile.KindOf(Path.GetFileName(path));
        // Told before half a gigabyte is read.
        if (wanted is { } kind && named is { } other && other != kind) throw NotThis(kind, $"its name is that of {Words(other)}", path);
        var options = new VolumetricOptions { Kind = named ?? wanted, FirstBlockOnly = firstBlockOnly };
        return await ReadFile.ReadAsync(path, stream =>
        {
            var data = VolumetricFile.Read<double>(stream, options, cancellation);
            Check(data, path);
            return use(data);
        }, cancellation);
    }

    private static void Check(VolumetricData<double> data, string path)
    {
        if (data.Truncated is { } end)
            throw Unusable($"The file breaks off at byte {end.Byte} of its text: {end.Reason}.", "The calculation may have been stopped while it wrote, or the copy is not complete. Compare sizes, or write the file anew.", path);
        if (data.Blocks.IsEmpty) throw Unusable("The file holds no grid.", "Give CHGCAR, ELFCAR, LOCPOT or another file with values on a grid.", path);
        foreach (var (index, block) in data.Blocks.Index())
        {
            if (!double.IsFinite(block.Mean))
                throw Unusable(string.Join(' ', data.Warnings.Where(warning => warning.Contains("no finite numbers", StringComparison.Ordinal)).DefaultIfEmpty("Some values are no finite numbers.")),
                    "Such values stand where a calculation went astray or a number did not fit its column. Look at the run's OSZICAR.", path);
            if (index == 0 && block is { Min: 0, Max: 0 })
                throw Unusable("All values are zero.", "The calculation wrote the file without having a density: was it stopped early?", path);
        }
        var (min, max) = (data.Blocks.Min(block => block.Min), data.Blocks.Max(block => block.Max));
        var range = FormattableString.Invariant($"its values go from {min:G6} to {max:G6}");
        if (data.Kind == GridKind.Elf && (min < -ElfRounding || max > 1 + ElfRounding)) throw NotThis(GridKind.Elf, range + ", an ELF lies between 0 and 1", path);
        // The mean of a density times the volume is the number of electrons.
        if (data.Kind == GridKind.Density && data.Blocks[0] is { Min: >= 0, Max: <= 1, AugmentationCount: 0 })
            throw NotThis(GridKind.Density, FormattableString.Invariant($"its values go from {data.Blocks[0].Min:G6} to {data.Blocks[0].Max:G6}, as those of an ELF do; the mean of a density times the volume is the number of electrons"), path);
    }

    private static DftFlowException Unusable(string message, string hint, string path) => new("DF3230", message, hint, file: path);

    private static DftFlowException NotThis(GridKind wanted, string found, string path) => new("DF3231", $"This is not {Words(wanted)}: {found}.", wanted switch
    {
        GridKind.Elf => "Give ELFCAR, which VASP writes with LELF = .TRUE.",
        GridKind.Density => "Give CHGCAR, CHG, AECCAR0 to AECCAR2 or PARCHG.",
        _ => "Give LOCPOT, which VASP writes with LVTOT or LVHAR = .TRUE.",
    }, file: path);

    private static string Words(GridKind kind) => kind switch { GridKind.Elf => "an ELF", GridKind.Density => "a density", _ => "a potential" };
}
