using System.Buffers;
using System.Numerics;
using System.Text;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs.Grids;

/// <summary>Reads one volumetric file.</summary>
internal sealed class VolumetricReader<T>(GridText text, VolumetricOptions options, CancellationToken cancellation) where T : struct, IBinaryFloatingPointIeee754<T>
{
    // Total, mx, my and mz.
    private const int MostBlocks = 4;
    private const int Growth = 5;
    private const int MostAugmentationBytes = 1 << 28;

    private static readonly SearchValues<byte> WholeNumbers = SearchValues.Create(" \t0123456789"u8);

    private readonly List<(T[] Values, GridStatistics All, int Occupancies, string? Trailer)> blocks = [];
    private readonly List<string> warnings = [];
    private GridDimensions dimensions;
    private Truncation? truncated;
    private long unfinished, notFinite, firstNotFinite;
    private int lastLength;

    public VolumetricData<T> Read()
    {
        var header = GridHeader.Read(text, options.Elements);
        var started = 0;
        var follows = FirstGridLine();
        while (follows && blocks.Count < MostBlocks)
        {
            started++;
            if (ReadValues() is not { } block) break;
            blocks.Add((block.Values, block.All, 0, null));
            follows = !options.FirstBlockOnly && ReadTrailer(header.Positions.Length);
        }
        if (follows && blocks.Count == MostBlocks) warnings.Add($"More than {MostBlocks} blocks: only the first {MostBlocks} are read.");
        if (notFinite > 0) warnings.Add($"{notFinite} values are no finite numbers (stars where one did not fit its column); the first is at byte {firstNotFinite}.");
        var kind = options.Kind ?? Guess();
        return new()
        {
            Comment = header.Comment,
            Lattice = header.Lattice,
            Species = header.Species,
            Positions = header.Positions,
            Kind = kind,
            Dimensions = dimensions,
            Blocks = [.. blocks.Select((block, i) => new GridBlock<T>(Meaning(kind, i, started), block.Values, block.All.Min, block.All.Max, block.All.Sum / dimensions.Count)
                { AugmentationCount = block.Occupancies, AugmentationText = block.Trailer })],
            UnfinishedValues = unfinished,
            Truncated = truncated,
            Warnings = [.. warnings],
        };
    }

    private static GridMeaning Meaning(GridKind kind, int block, int blocks) => (kind, block) switch
    {
        (GridKind.Elf, 0) => GridMeaning.ElfUp,
        (GridKind.Elf, _) => GridMeaning.ElfDown,
        (GridKind.Potential, _) => GridMeaning.Potential,
        (_, 0) => GridMeaning.Total,
        (_, 1) => blocks == 2 ? GridMeaning.Magnetization : GridMeaning.Mx,
        (_, 2) => GridMeaning.My,
        _ => GridMeaning.Mz,
    };

    /// <summary>
    /// The mean of a density is a number of electrons, the ELF lies between 0 and 1, and the mean of an electrostatic potential is
    /// zero, to which exchange and correlation add what is negative.
    /// </summary>
    private GridKind Guess()
    {
        if (blocks.Count == 0) return GridKind.Density;
        var first = blocks[0];
        var kind = first.Occupancies > 0 ? GridKind.Density
            : first.All is { Min: >= 0, Max: <= 1 } ? GridKind.Elf
            : first.All.Sum / dimensions.Count < 0.5 ? GridKind.Potential
            : GridKind.Density;
        warnings.Add($"What the values are was guessed from them: {kind switch { GridKind.Elf => "an ELF", GridKind.Potential => "a potential", _ => "a density" }}.");
        return kind;
    }

    private bool FirstGridLine()
    {
        while (text.NextLine())
        {
            if (text.Line.Trim(" \t"u8).IsEmpty) continue;
            if (!text.Terminated) break;
            if (TryGridLine(out var found)) dimensions = found;
            else throw new DftFlowException("DF1410", "This is not a volumetric file such as CHGCAR: no grid follows the atoms.", "After the atoms comes a line with the numbers of points along the three lattice vectors. Is this a POSCAR or CONTCAR?", text.LineNumber);
            return true;
        }
        return Stop(text.Offset, "the text ends before the grid");
    }

    /// <summary>Whether the line is three positive whole numbers and nothing else; refused where they are too large.</summary>
    private bool TryGridLine(out GridDimensions found)
    {
        found = default;
        Span<double> row = stackalloc double[4];
        var line = text.Line;
        if (line.ContainsAnyExcept(WholeNumbers) || GridNumbers.Read(line, row) is not { Count: 3, Stopped: false } || row[0] * row[1] * row[2] == 0) return false;
        if (row[0] * row[1] * row[2] > Array.MaxLength)
            throw VolumetricFile.Refused(FormattableString.Invariant($"its grid claims {row[0]:R} x {row[1]:R} x {row[2]:R} points, and at most {Array.MaxLength} can be read"), text.LineNumber);
        found = new((int)row[0], (int)row[1], (int)row[2]);
        return true;
    }

    /// <summary>The values of a block; null where the text does not hold all of them.</summary>
    private (T[] Values, GridStatistics All)? ReadValues()
    {
        const int Piece = GridStatistics.Piece;
        var points = dimensions.Count;
        // A value takes two bytes at least. Where the text cannot hold them all they are only counted.
        var fits = text.Length is not { } length || length - text.Offset >= 2 * points - 1;
        var keep = options.KeepValues && fits;
        // Of a stream nobody knows how long it is: the array grows as values come, rarely, since each step needs both.
        var values = keep ? GC.AllocateUninitializedArray<T>((int)(text.Length is null ? FirstCapacity(points) : points)) : [];
        var scratch = keep ? [] : new T[(int)Math.Min(Piece, points)];
        var statistics = new List<GridStatistics>();
        if (fits) ParallelGrid.Read(text, points, values, options.Threads, statistics, cancellation);
        var filled = (long)statistics.Count * Piece;
        var inPiece = 0;
        while (filled < points)
        {
            if (keep && filled == values.Length) values = Grown(values, points);
            var piece = keep
                ? values.AsSpan((int)(filled - inPiece), (int)Math.Min(Piece, values.Length - (filled - inPiece)))
                : scratch.AsSpan(0, (int)Math.Min(Piece, points - (filled - inPiece)));
            var count = ReadNumbers(piece[inPiece..], points - filled);
            if (count == 0) break;
            filled += count;
            inPiece += count;
            if (inPiece < Piece && filled < points) continue;
            statistics.Add(GridStatistics.Of<T>(piece[..inPiece]));
            inPiece = 0;
        }
        if (filled == points) return (values, GridStatistics.Of(statistics));
        unfinished = filled;
        Stop(text.Offset, $"block {blocks.Count + 1} has {filled} of its {points} values");
        return null;
    }

    private static long FirstCapacity(long points)
    {
        while (points > 1 << 20) points = (points + Growth - 1) / Growth;
        return points;
    }

    private static T[] Grown(T[] values, long points)
    {
        // The steps end at the number of points, each a whole number of pieces but for the last.
        long wanted = points;
        while (wanted / Growth > values.Length) wanted = (wanted + Growth - 1) / Growth;
        var grown = GC.AllocateUninitializedArray<T>((int)wanted);
        values.CopyTo(grown, 0);
        return grown;
    }

    /// <summary>Reads what lies ready of the numbers, as many as fit.</summary>
    /// <param name="missing">Values until the block is complete.</param>
    private int ReadNumbers(Span<T> into, long missing)
    {
        var numbers = text.Numbers(out var atEnd);
        var whole = atEnd ? numbers[..(numbers.LastIndexOfAny(" \n\t\r"u8) + 1)] : numbers;
        var run = GridNumbers.Read(whole, into);
        if (run.Count == 0 && !run.Stopped && atEnd && whole.Length < numbers.Length)
        {
            // The text's last number, without a blank behind it. It may have been cut off: it counts where it is as long as the one
            // before it, and the block's last.
            text.Advance(whole.Length);
            var last = numbers[whole.Length..];
            if (missing > 1 || (lastLength > 0 && LengthOf(last) < lastLength)) return 0;
            whole = last;
            run = GridNumbers.Read(last, into);
            if (run.Consumed < last.Length) return 0;
        }
        if (run.NotFinite > 0 && notFinite == 0) firstNotFinite = text.Offset + run.FirstNotFinite;
        notFinite += run.NotFinite;
        if (run.Count > 0) lastLength = LengthOf(whole[..run.Consumed]);
        text.Advance(run.Consumed);
        return run.Count;
    }

    // Of the last number, without its sign, and as if one that begins with its point had a zero before it.
    private static int LengthOf(ReadOnlySpan<byte> numbers)
    {
        var last = numbers[(numbers.LastIndexOfAny(" \n\t\r"u8) + 1)..].TrimStart("+-"u8);
        return last.Length + (last is [(byte)'.', ..] ? 1 : 0);
    }

    /// <summary>
    /// Steps over what stands between blocks: the rest of the last line (filled up with zeros by some programs), PAW occupancies and
    /// the atoms' moments.
    /// </summary>
    /// <returns>Another block follows.</returns>
    private bool ReadTrailer(int atoms)
    {
        text.NextLine();
        var trailer = options.KeepAugmentation ? new StringBuilder() : null;
        int sets = 0, expected = 0;
        long loose = 0;
        Span<double> row = stackalloc double[64];
        var next = false;
        while (!next && text.NextLine())
        {
            var line = text.Line;
            if (line.StartsWith("augmentation"u8))
            {
                if (expected > 0) return Damage($"the PAW occupancies {sets} are not complete");
                var label = line.TrimEnd(" \t"u8);
                expected = FortranNumber.Read(label[(label.LastIndexOfAny(" \t"u8) + 1)..], out var count) > 0 && count is >= 0 and < 1e6 ? (int)count : 0;
                if (text.Terminated) sets++;
                else return Damage("the PAW occupancies are not complete");
            }
            else if (TryGridLine(out var found))
            {
                if (!text.Terminated) return Damage("the text ends in the line of the next grid");
                if (found != dimensions) return Damage($"a grid of {found.X} x {found.Y} x {found.Z} points follows one of {dimensions.X} x {dimensions.Y} x {dimensions.Z}");
                if (expected > 0) return Damage($"the PAW occupancies {sets} are not complete");
                next = true;
                continue;
            }
            else if (!line.Trim(" \t"u8).IsEmpty)
            {
                var run = GridNumbers.Read(line, row);
                if (run.Count == 0) return Damage("what follows the values does not belong into such a file");
                var numbers = line[..run.Consumed];
                // Where numbers have grown together there is no blank between them.
                if (!text.Terminated && run.Count > 1 && numbers.LastIndexOfAny(" \t"u8) is > 0 and var gap) lastLength = LengthOf(numbers[..gap].TrimEnd(" \t"u8));
                if (!text.Terminated && LengthOf(numbers) < lastLength) return Damage("the last number may be cut off");
                lastLength = LengthOf(numbers);
                if (expected > 0) expected = Math.Max(0, expected - run.Count);
                else loose += run.Count;
            }
            if (trailer is not null && trailer.Length + line.Length > MostAugmentationBytes) throw VolumetricFile.Refused($"more than {MostAugmentationBytes >> 20} MiB follow the values of a block", text.LineNumber);
            trailer?.Append(Encoding.Latin1.GetString(line)).Append('\n');
        }
        if (!next && (expected > 0 || (atoms > 0 && sets % atoms != 0))) return Damage("the PAW occupancies are not complete");
        if (loose > Math.Max(atoms, 1) * 3L) warnings.Add($"After block {blocks.Count} stand {loose} numbers that belong to none.");
        else if (loose > 0 && !next) Stop(text.Offset, "the moments of the atoms announce another block, which is not there");
        Close();
        return next;

        void Close() => blocks[^1] = blocks[^1] with { Occupancies = sets, Trailer = trailer?.ToString() };

        bool Damage(string reason)
        {
            Close();
            return Stop(text.LineOffset, reason);
        }
    }

    private bool Stop(long at, string reason)
    {
        truncated = new Truncation(at, 0, 0, reason);
        return false;
    }
}
