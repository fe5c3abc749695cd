using System.Buffers;
using System.Numerics;
using Microsoft.Win32.SafeHandles;

namespace DftFlow.Vasp.Outputs.Grids;

/// <summary>
/// Reads the values of a block from many places of a plain file at once. Lines are of one width in nearly every file, so the place
/// of a piece of values is guessed from the first line. A guess is right where every piece before it held as many values as
/// guessed, from one line's end to another's; pieces count up to the first that does not.
/// </summary>
internal static class ParallelGrid
{
    // 128 for each value.
    private const int MostBytesOfPiece = 128 * GridStatistics.Piece;

    /// <summary>
    /// Reads as many whole pieces as it can, adds their statistics, and leaves the text behind them. <paramref name="values"/> is
    /// empty where only the statistics are wanted.
    /// </summary>
    public static void Read<T>(GridText text, long points, T[] values, int threads, List<GridStatistics> statistics, CancellationToken cancellation) where T : struct, IBinaryFloatingPointIeee754<T>
    {
        const int Piece = GridStatistics.Piece;
        if (text.File is not { } file || points < 2 * Piece || threads < 1) return;
        var line = text.Numbers(out _);
        var width = line.IndexOf((byte)'\n') + 1;
        Span<double> row = stackalloc double[64];
        var columns = width == 0 ? 0 : GridNumbers.Read(line[..width], row).Count;
        if (columns == 0 || Piece % columns != 0) return;
        var wanted = (long)width * (Piece / columns);
        // Lines that are nearly all blank are no grid's: each thread has room for a piece of them.
        if (wanted > MostBytesOfPiece) return;
        var bytes = (int)wanted;
        var start = text.FileStart + text.Offset;
        // A file that was cut off meanwhile can end before here.
        var pieces = (int)Math.Max(0, Math.Min(points / Piece, (text.Length!.Value - text.Offset) / bytes));
        var found = new GridStatistics[pieces];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        var outcome = Parallel.For(0, pieces, options, () => (Text: ArrayPool<byte>.Shared.Rent(bytes), Values: values.Length == 0 ? new T[Piece] : null), (piece, state, own) =>
        {
            var block = own.Text.AsSpan(0, bytes);
            var into = own.Values ?? values.AsSpan(piece * Piece, Piece);
            if (!Fill(file, block, start + (long)piece * bytes) || block[^1] != '\n') state.Break();
            else if (GridNumbers.Read(block, into) is { Count: Piece, NotFinite: 0 } run && !block[run.Consumed..].ContainsAnyExcept(" \t\r\n"u8)) found[piece] = GridStatistics.Of<T>(into);
            else state.Break();
            return own;
        }, own => ArrayPool<byte>.Shared.Return(own.Text));
        var good = outcome.LowestBreakIteration ?? pieces;
        statistics.AddRange(found.AsSpan(0, (int)good));
        text.Jump(start - text.FileStart + good * bytes);
    }

    private static bool Fill(SafeFileHandle file, Span<byte> block, long offset)
    {
        try
        {
            while (!block.IsEmpty)
            {
                var read = RandomAccess.Read(file, block, offset);
                if (read == 0) return false;
                block = block[read..];
                offset += read;
            }
            return true;
        }
        catch (IOException)
        {
            // Reading from front to back meets it again, and says it.
            return false;
        }
    }
}
