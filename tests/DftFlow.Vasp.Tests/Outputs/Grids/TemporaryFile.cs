namespace DftFlow.Tests.Vasp.Outputs.Grids;

/// <summary>A plain file to write and read, which vanishes with it.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public FileStream Stream { get; } = new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, 1 << 16, FileOptions.DeleteOnClose);

    public void Dispose() => Stream.Dispose();
}
