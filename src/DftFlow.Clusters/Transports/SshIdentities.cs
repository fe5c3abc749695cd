using System.Runtime.CompilerServices;
using System.Text;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Security;

namespace DftFlow.Clusters.Transports;

/// <summary>
/// A key to offer to a host. Its public half is known at once; the private half is asked for only when the host wants a signature,
/// so that no passphrase is asked for in vain.
/// </summary>
internal sealed class SshIdentity(byte[] blob, Func<string, byte[], byte[]> sign) : IPrivateKeySource
{
    // An RSA key is offered once, with the strongest hash: each offer counts as a try.
    public IReadOnlyCollection<HostAlgorithm> HostKeyAlgorithms { get; } =
        [new Offer(HostKey.TypeOf(blob) is "ssh-rsa" ? "rsa-sha2-512" : HostKey.TypeOf(blob) ?? "", blob, sign)];

    private sealed class Offer(string name, byte[] blob, Func<string, byte[], byte[]> sign) : HostAlgorithm(name)
    {
        public override byte[] Data => blob;

        public override byte[] Sign(byte[] data) => sign(Name, data);

        public override bool VerifySignature(byte[] data, byte[] signature) => throw new NotSupportedException();
    }
}

/// <summary>
/// The keys to log in with, in the order of ssh: files that the agent holds, the agent's other keys, other files. What was unlocked
/// is kept for the next login.
/// </summary>
/// <param name="passphraseVariable">An environment variable that has the passphrase.</param>
internal sealed class SshIdentities(string? passphraseVariable)
{
    private const int Tries = 3;
    private static readonly string[] Usual = ["id_rsa", "id_ecdsa", "id_ed25519"];
    private static readonly ConditionalWeakTable<SshTarget, SshIdentities> OfTargets = [];
    private readonly Dictionary<string, PrivateKeyFile> unlocked = new(StringComparer.Ordinal);

    /// <summary>Of all connections to one target: a passphrase is asked for once, however many there are.</summary>
    public static SshIdentities Of(SshTarget target) => OfTargets.GetValue(target, of => new(of.PassphraseVariable));

    /// <summary>What was left out of the last list, and why; no secret is in it.</summary>
    public List<string> LeftOut { get; private set; } = [];

    /// <param name="ask">Asks a person for the passphrase of a file, and blocks; null where nobody answers.</param>
    /// <exception cref="DftFlowException">DF4010, DF4013: a key is locked, and its passphrase is not to be had.</exception>
    public IReadOnlyList<IPrivateKeySource> For(SshHostSettings settings, Func<string, string?> ask)
    {
        // While a person is asked for one connection, another one waits for the answer.
        lock (unlocked) return Keys(settings, ask);
    }

    private List<IPrivateKeySource> Keys(SshHostSettings settings, Func<string, string?> ask)
    {
        LeftOut = [];
        var named = !settings.IdentityFiles.IsEmpty;
        var paths = named ? settings.IdentityFiles : [.. Usual.Select(name => Path.Combine(SshLocalUser.Current.Home, ".ssh", name))];
        var files = paths.Select(path => (Path: path, Blob: PublicHalf(path, named, ask))).Where(file => file.Blob is not null).ToList();
        var agent = settings.AgentSocket is { } socket ? new SshAgent(socket) : null;
        var answer = agent?.Keys();
        if (agent is not null && answer is null) LeftOut.Add($"the agent at {settings.AgentSocket} does not answer");
        var held = (answer ?? []).Where(key => IsUnderstood(key.Type, $"the agent's key {key.Comment}")).ToList();
        bool IsFile(AgentKey key) => files.Any(file => file.Blob.AsSpan().SequenceEqual(key.Blob));
        return [
            .. held.Where(IsFile).Concat(settings.IdentitiesOnly ? [] : held.Where(key => !IsFile(key)))
                .Select(key => new SshIdentity(key.Blob, (algorithm, text) => agent!.Sign(key, algorithm, text))),
            .. files.Where(file => File.Exists(file.Path) && !held.Any(key => key.Blob.AsSpan().SequenceEqual(file.Blob)))
                .Select(file => new SshIdentity(file.Blob!, (algorithm, text) => Unlocked(file.Path, ask).HostKeyAlgorithms.First(own => own.Name == algorithm).Sign(text))),
        ];
    }

    private bool IsUnderstood(string type, string what)
    {
        if (type is "ssh-ed25519" or "ssh-rsa" or "ecdsa-sha2-nistp256" or "ecdsa-sha2-nistp384" or "ecdsa-sha2-nistp521") return true;
        LeftOut.Add($"{what} is of the type {type}, which only the openssh transport can use");
        return false;
    }

    /// <summary>The public half of a file, from within it, from the file beside it, or by unlocking it; null where it cannot be used.</summary>
    private byte[]? PublicHalf(string path, bool named, Func<string, string?> ask)
    {
        try
        {
            var beside = File.Exists(path + ".pub") && File.ReadAllText(path + ".pub").Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var type, var base64, ..]
                ? HostKey.Read(type, base64.Trim())?.Blob.ToArray() : null;
            if (!File.Exists(path))
            {
                // Where the private half is on a token or elsewhere, the public one picks the agent's key.
                if (named && beside is null) LeftOut.Add($"{path} is not there");
                return beside;
            }
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode)0b000_111_111) != 0)
            {
                LeftOut.Add($"{path} may be read by others, and so is not used; 'chmod 600' mends it");
                return null;
            }
            var blob = OpenSshPublicHalf(File.ReadAllText(path)) ?? beside ?? Unlocked(path, ask).HostKeyAlgorithms.First().Data;
            return IsUnderstood(HostKey.TypeOf(blob) ?? "unknown", path) ? blob : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LeftOut.Add($"{path} cannot be read: {error.Message}");
            return null;
        }
    }

    /// <summary>OpenSSH's own form has the public half in the clear, even where the private one is locked.</summary>
    internal static byte[]? OpenSshPublicHalf(string text)
    {
        const string Begin = "-----BEGIN OPENSSH PRIVATE KEY-----", End = "-----END";
        var at = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = at < 0 ? -1 : text.IndexOf(End, at += Begin.Length, StringComparison.Ordinal);
        if (end < 0) return null;
        var bytes = new byte[end - at];
        if (!Convert.TryFromBase64String(text[at..end], bytes, out var length)) return null;
        ReadOnlySpan<byte> rest = bytes.AsSpan(0, length);
        var magic = "openssh-key-v1\0"u8;
        if (!rest.StartsWith(magic)) return null;
        rest = rest[magic.Length..];
        return SshWire.TryTake(ref rest, out _) && SshWire.TryTake(ref rest, out _) && SshWire.TryTake(ref rest, out _) // cipher, key derivation and its options
            && SshWire.TryTakeNumber(ref rest, out var count) && count >= 1 && SshWire.TryTake(ref rest, out var blob) ? blob.ToArray() : null;
    }

    private PrivateKeyFile Unlocked(string path, Func<string, string?> ask)
    {
        lock (unlocked) return Unlock(path, ask);
    }

    private PrivateKeyFile Unlock(string path, Func<string, string?> ask)
    {
        if (unlocked.TryGetValue(path, out var known)) return known;
        var text = File.ReadAllBytes(path);
        if (TryRead(text, null, out var key) is not { } problem) return unlocked[path] = key!;
        if (problem is not SshPassPhraseNullOrEmptyException && !Encoding.ASCII.GetString(text).Contains("ENCRYPTED", StringComparison.Ordinal))
            throw ConnectionFailures.NotAuthenticated(path, $"the key cannot be read: {problem.Message}", problem);
        if (passphraseVariable is not null && Environment.GetEnvironmentVariable(passphraseVariable) is { Length: > 0 } given)
        {
            if (TryRead(text, given, out key) is null) return unlocked[path] = key!;
            throw WrongPassphrase(path, $"the passphrase in the environment variable {passphraseVariable} is not the key's");
        }
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            if (ask(path) is not { Length: > 0 } answer) throw ConnectionFailures.NotAnswered(path, "the key is locked with a passphrase");
            if (TryRead(text, answer, out key) is null) return unlocked[path] = key!;
        }
        throw WrongPassphrase(path, $"none of {Tries} passphrases is the key's");
    }

    private static DftFlowException WrongPassphrase(string path, string why) => new("DF4010", $"The key {path} cannot be unlocked: {why}.",
        "Give the right passphrase, or add the key to ssh-agent by 'ssh-add'. The host was not asked.");

    /// <summary>Null where the key was read, else what went wrong: a wrong passphrase shows as one of many exceptions.</summary>
    private static Exception? TryRead(byte[] text, string? passphrase, out PrivateKeyFile? key)
    {
        key = null;
        try
        {
            using var stream = new MemoryStream(text);
            key = new PrivateKeyFile(stream, passphrase);
            return null;
        }
#pragma warning disable CA1031 // Whatever the reader of keys throws, the key is unreadable.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return error;
        }
    }
}
