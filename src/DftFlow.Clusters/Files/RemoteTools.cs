using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Files;

/// <summary>Programs of the other side that make transfers safer or faster. Where one is absent, it is done without.</summary>
/// <param name="Sha256">A command that prints the SHA-256 of standard input first; null where there is none, and only sizes are checked.</param>
public sealed record RemoteTools(string? Sha256, bool Gzip, bool Tar)
{
    private const string OpenSsl = "openssl dgst -sha256 -r";

    /// <summary>The same for much at once: openssl uses what the processor has for it, and may be five times as fast as sha256sum.</summary>
    public string? LongSha256 { get => field ?? Sha256; init; }

    /// <summary>None of them: what every POSIX system can do.</summary>
    public static RemoteTools None { get; } = new(null, Gzip: false, Tar: false);

    /// <summary>Looks for them.</summary>
    /// <exception cref="DftFlowException">One of <see cref="ConnectionFailures"/>.</exception>
    public static async Task<RemoteTools> ProbeAsync(RemoteShell shell, CancellationToken cancellationToken)
    {
        const string Look =
            """
            for tool in sha256sum shasum openssl gzip tar; do
                if command -v "$tool" >/dev/null 2>&1; then echo "$tool"; fi
            done
            """;
        var reply = await shell.RunAsync(new RemoteScript(Look) { What = "looking for programs" }, cancellationToken);
        var found = reply.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        return new(
            found.Contains("sha256sum") ? "sha256sum" : found.Contains("shasum") ? "shasum -a 256" : found.Contains("openssl") ? OpenSsl : null,
            found.Contains("gzip"), found.Contains("tar"))
        {
            LongSha256 = found.Contains("openssl") ? OpenSsl : null,
        };
    }
}
