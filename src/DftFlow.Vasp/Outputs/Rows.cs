namespace DftFlow.Vasp.Outputs;

/// <summary>
/// Rows of one length, kept in blocks: they grow without being copied, by what has come and not by what a header claims, and
/// take no more memory than their numbers, but for part of a block.
/// </summary>
internal sealed class Rows<T>
{
    private const int MostInBlock = 1 << 16;

    private readonly List<T[]> blocks = [];
    private readonly int rowsInBlock;

    /// <param name="expected">How many rows will probably come: a short table gets a block of its size. 0 where that is not known.</param>
    public Rows(int length, long expected)
    {
        Length = length;
        var most = Math.Max(1, MostInBlock / Math.Max(1, length));
        rowsInBlock = expected > 0 ? (int)Math.Min(expected, most) : most;
    }

    public Rows(int length, T[] all)
    {
        Length = length;
        Count = length == 0 ? 0 : all.Length / length;
        rowsInBlock = Math.Max(1, Count);
        blocks.Add(all);
    }

    /// <summary>Of each row.</summary>
    public int Length { get; }

    public int Count { get; private set; }

    public ReadOnlySpan<T> this[int row] => Length == 0 ? default : blocks[row / rowsInBlock].AsSpan(row % rowsInBlock * Length, Length);

    public void Add(ReadOnlySpan<T> row)
    {
        if (Length > 0 && Count % rowsInBlock == 0) blocks.Add(GC.AllocateUninitializedArray<T>(rowsInBlock * Length));
        if (Length > 0) row.CopyTo(blocks[^1].AsSpan(Count % rowsInBlock * Length, Length));
        Count++;
    }
}
