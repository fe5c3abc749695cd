using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace DftFlow.Clusters.Transports;

/// <summary>The options that say where ssh is to go, and the socket of the master that goes there.</summary>
/// <param name="Way">The jump hosts, for the login alone: with them ssh passes over what keeps a command from a connection of its own.</param>
/// <param name="Socket">In a folder that nobody else may enter; the same for the same options, whichever program asks.</param>
internal sealed record OpenSshFiles(SshTarget Target, ImmutableArray<string> Options, ImmutableArray<string> Way, string Socket)
{
    // A unix socket's name holds 107 bytes, and ssh adds 17 while it makes one.
    private const int LongestSocket = 90;
    private const string Fast = "aes128-gcm@openssh.com";

    public static OpenSshFiles For(SshTarget target, string? runtimeFolder)
    {
        // ssh hands names on to a shell, for jump hosts and proxies; not every version looks at them first.
        foreach (var name in (string[])[target.Host, target.User ?? "", .. target.JumpHosts])
            if (name.StartsWith('-') || name.Any(c => c <= ' ' || "'\"`$\\;&<>|(){}*?!#".Contains(c, StringComparison.Ordinal)))
                throw ConnectionFailures.NotSupported(target.Name, $"'{name}' is no name of a host or a user");
        var folder = PrivateFolder(runtimeFolder);
        // What is given on the command line does not hold for jump hosts; what a configuration file says does.
        var text = Config(target);
        var config = Path.Combine(folder, $"{Hash(text)}.conf");
        if (!File.Exists(config) || File.ReadAllText(config) != text) File.WriteAllText(config, text);
        // What the configuration may say for logins by hand: a quiet ssh does not tell why it is refused, and a command of its own is none of ours.
        List<string> options = ["-F", config, "-o", "LogLevel=INFO", "-o", "RemoteCommand=none"];
        if (target.User is { } user) options.AddRange(["-l", user]);
        if (target.Port is { } port) options.AddRange(["-p", port.ToString(CultureInfo.InvariantCulture)]);
        string[] way = target.JumpHosts.IsEmpty ? [] : ["-J", string.Join(',', target.JumpHosts)];
        return new(target, [.. options], [.. way], Path.Combine(folder, Hash(string.Join('\0', [.. options, .. way, target.Host]))));
    }

    /// <summary>Whether a master listens. It takes its socket away when it ends.</summary>
    public async Task<bool> IsMasterThereAsync()
    {
        if (!File.Exists(Socket)) return false;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Keeps other programs of this user from making the same master: of two, one would go on without a socket, and for ever.</summary>
    public async Task<IDisposable> LockAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(Socket + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.None);
            }
            catch (IOException) when (Directory.Exists(Path.GetDirectoryName(Socket)))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken);
            }
        }
    }

    public async Task EndMasterAsync()
    {
        if (await IsMasterThereAsync()) await RunAsync(["-S", Socket, "-O", "exit", "--", Target.Host], CancellationToken.None);
        if (IsTemporary) Directory.Delete(Path.GetDirectoryName(Socket)!, recursive: true);
    }

    /// <summary>
    /// Where its configuration leaves it open, ssh asks a silent host for signs of life, and encrypts first by AES in Galois mode,
    /// which processors of clusters have instructions for: half the work of its own first choice.
    /// </summary>
    public async Task<string[]> UsualOptionsAsync(CancellationToken cancellationToken)
    {
        var settings = (await RunAsync(["-G", .. Options, "--", Target.Host], cancellationToken)).Split('\n');
        var defaults = (await RunAsync(["-G", "-F", "/dev/null", "--", Target.Host], cancellationToken)).Split('\n');
        List<string> options = [];
        if (settings.Contains("serveraliveinterval 0"))
            options.AddRange(["-o", string.Create(CultureInfo.InvariantCulture, $"ServerAliveInterval={SshTransport.UsualAliveInterval.TotalSeconds:0}")]);
        if (settings.FirstOrDefault(line => line.StartsWith("ciphers ", StringComparison.Ordinal)) is { } ciphers && defaults.Contains(ciphers)
            && ciphers.Split(' ')[1].Split(',') is var names && names.Contains(Fast))
            options.AddRange(["-o", $"Ciphers={string.Join(',', [Fast, .. names.Except([Fast])])}"]);
        return [.. options];
    }

    private static async Task<string> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("ssh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await errors;
        await process.WaitForExitAsync(cancellationToken);
        return output;
    }

    private static string Config(SshTarget target)
    {
        var text = new StringBuilder("# Written by DftFlow.\nHost *\n    StrictHostKeyChecking yes\n    UpdateHostKeys no\n");
        foreach (var file in target.IdentityFiles) text.Append(CultureInfo.InvariantCulture, $"    IdentityFile {Word(file)}\n");
        if (!target.IdentityFiles.IsEmpty) text.Append("    IdentitiesOnly yes\n");
        if (target.KnownHostsFile is { } known) text.Append(CultureInfo.InvariantCulture, $"    UserKnownHostsFile {Word(known)}\n    GlobalKnownHostsFile /dev/null\n");
        // ssh takes /dev/null for a file that everybody may write to.
        foreach (var file in target.ConfigFile is { } own ? own == "/dev/null" ? (string[])[] : [own] : ["~/.ssh/config", "/etc/ssh/ssh_config"]) text.Append(CultureInfo.InvariantCulture, $"Include {Word(file)}\n");
        return text.ToString();
    }

    private static string Word(string path)
    {
        if (path.AsSpan().ContainsAny("\"\n\r")) throw ConnectionFailures.NotSupported(path, "a file's name in an ssh configuration holds neither quotes nor line breaks");
        return $"\"{path.Replace("%", "%%", StringComparison.Ordinal)}\"";
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));

    /// <summary>
    /// Short, since it holds sockets, and nobody else's, since a socket is as good as a login. Where the session has a folder of that
    /// kind the next program finds the connection again; a temporary one is this object's own.
    /// </summary>
    private static string PrivateFolder(string? runtimeFolder)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("The openssh transport shares connections by unix sockets.");
        if (runtimeFolder is { Length: > 0 and < LongestSocket - 30 } running && Directory.Exists(running))
            return Directory.CreateDirectory(Path.Combine(running, "dftflow"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        var own = Directory.CreateTempSubdirectory("dftflow-").FullName;
        if (own.Length < LongestSocket - 20) return own;
        Directory.Delete(own);
        throw ConnectionFailures.NotSupported(own, "the folder for temporary files (TMPDIR) has too long a name for sockets");
    }

    /// <summary>Nobody else finds what lies there.</summary>
    public bool IsTemporary => Path.GetFileName(Path.GetDirectoryName(Socket)) != "dftflow";
}
