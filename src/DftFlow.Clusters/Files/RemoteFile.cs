namespace DftFlow.Clusters.Files;

/// <summary>A file in a folder of the other side.</summary>
/// <param name="Name">Relative to the folder.</param>
public sealed record RemoteFile(string Name, long SizeBytes);

/// <summary>How far a transfer has come.</summary>
public readonly record struct TransferProgress(string File, long Bytes, long TotalBytes);
