using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using DftFlow.Clusters.Transports;
using DftFlow.Yaml;

namespace DftFlow.Clusters;

/// <summary>Finds and reads cluster configurations: the user's own first, then those that come with DftFlow.</summary>
public static partial class ClusterConfigLoader
{
    /// <summary>The folders that are searched: the user's (XDG) and the shipped one.</summary>
    public static ImmutableArray<string> DefaultFolders { get; } =
    [
        Path.Combine(Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } config
            ? config
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config"), "dftflow", "clusters"),
        Path.Combine(AppContext.BaseDirectory, "cluster-configs"),
    ];

    /// <summary>The names that can be given, with their files; the first folder that has a name counts.</summary>
    public static ImmutableSortedDictionary<string, string> Known(IReadOnlyList<string>? folders = null) =>
        (folders ?? DefaultFolders).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.yaml"))
            .DistinctBy(file => Path.GetFileNameWithoutExtension(file), StringComparer.Ordinal)
            .ToImmutableSortedDictionary(file => Path.GetFileNameWithoutExtension(file), file => file, StringComparer.Ordinal);

    /// <summary>The configuration of that name, or of the file where the name is a path ending in .yaml.</summary>
    /// <returns>Null, with diagnostics, where there is none or it has errors.</returns>
    public static ClusterConfig? Find(string name, Diagnostics diagnostics, IReadOnlyList<string>? folders = null)
    {
        if (name.EndsWith(".yaml", StringComparison.Ordinal)) return Load(name, name, diagnostics);
        var known = Known(folders);
        if (known.TryGetValue(name, out var path)) return Load(path, name, diagnostics);
        diagnostics.Error("DF1017", new Mark(name, 1, 1), $"There is no cluster configuration '{name}'.",
            $"{Diagnostics.Suggest(name, [.. known.Keys])} Configurations lie in {string.Join(" and ", folders ?? DefaultFolders)}.");
        return null;
    }

    /// <param name="asked">By what it was asked for, and can be again.</param>
    private static ClusterConfig? Load(string path, string asked, Diagnostics diagnostics)
    {
        if (YamlLoader.LoadFile(path, diagnostics) is not { } root) return null;
        return new Binder(diagnostics).Bind<ClusterBlock>(root, "a cluster configuration") is { } block ? new Reading(block, path, asked, diagnostics).Config() : null;
    }

    [GeneratedRegex(@"(?:^|\s)(?:--job-name|--array|-J|-a)")]
    private static partial Regex SlurmNaming();

    [GeneratedRegex(@"(?:^|\s)-[NJ]\b")]
    private static partial Regex PbsNaming();

    [GeneratedRegex(@"(?:^|\s)-[Nt]\b")]
    private static partial Regex SgeNaming();

    [GeneratedRegex(@"(?:^|\s)-J\b")]
    private static partial Regex LsfNaming();

    /// <summary>One file: what its keys say together.</summary>
    private sealed class Reading(ClusterBlock block, string path, string asked, Diagnostics diagnostics)
    {
        private readonly string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;

        public ClusterConfig? Config()
        {
            var transport = block.Transport?.Value ?? (block.Host is null ? TransportKind.Local : TransportKind.Ssh);
            var scheduler = block.Scheduler?.Value ?? SchedulerKind.Direct;
            CheckTransport(transport);
            CheckWorkDirectory(transport, scheduler);
            foreach (var engine in block.Engines.Entries) CheckEngine(engine, transport, scheduler);
            CheckOptions(scheduler);
            Variables(block.Environment);
            foreach (var engine in block.Engines.Entries) Variables(engine.Value.Environment);
            var cores = Cores();
            AtLeast(block.Port, 1, 65535, "A port");
            AtLeast(block.Job?.Nodes, 1, 100_000, "The number of nodes");
            AtLeast(block.Job?.Threads, 1, 10_000, "The number of threads");
            AtLeast(block.Limits?.Jobs, 1, 1_000_000, "The number of jobs");
            Between(block.Job?.WalltimeS, 1, 3650 * 86_400.0, "A walltime is from 1 s to 3650 d.");
            Between(block.Job?.MemoryMib, 1, 1L << 40, "An amount of memory is from 1 MiB to 1 EiB.");
            Between(block.Limits?.SubmissionsPerMinute, 0.01, 1e6, "The number of submissions a minute is from 0.01 to 1000000.");
            Between(block.Limits?.PollS, 1, 86_400, "The time between two questions is from 1 s to 1 d.", "Sites ask for 30 s to 180 s; one question is for all jobs.");
            if (diagnostics.HasErrors) return null;
            return new ClusterConfig
            {
                Name = block.Name!.Value,
                Description = block.Description,
                File = Path.GetFullPath(path),
                Transport = transport,
                Ssh = transport == TransportKind.Local ? null : Target(),
                Scheduler = scheduler,
                WorkDirectory = block.WorkDirectory?.Value,
                Cores = cores,
                Job = Job(block.Job),
                Limits = Limits(block.Limits),
                Files = block.Files is not { } files ? new() : new() { Leave = files.Leave ?? new FilePolicy().Leave, Compress = files.Compress, Keep = files.Keep },
                LoginSetup = block.LoginSetup,
                JobTemplate = block.JobTemplate is { } template ? Here(template.Value) : null,
                Environment = Variables(block.Environment),
                Engines = block.Engines.Entries.ToImmutableSortedDictionary(e => e.Key, e => Engine(e.Value, here: transport == TransportKind.Local && scheduler == SchedulerKind.Direct && block.WorkDirectory is null), StringComparer.Ordinal),
            };
        }

        private void CheckTransport(TransportKind transport)
        {
            if (transport != TransportKind.Local && block.Host is null)
                diagnostics.Error("DF1009", block.Transport!.At, "A cluster that is reached by SSH lacks the key 'host'.", "Add host: login.example.org, or a Host of ~/.ssh/config.");
            if (transport != TransportKind.Local) return;
            foreach (var key in (string[])["host", "user", "port", "identity", "passphrase-variable", "jump", "ssh-config", "known-hosts"])
                if (block.Node[key] is not null)
                    diagnostics.Error("DF1006", block.MarkOf(key), $"'{key}' is for a cluster that is reached by SSH, and this one is this machine.", block.Host is null ? "Add the key 'host', or leave it out." : "Leave out transport: local, or write transport: ssh.");
        }

        private void CheckWorkDirectory(TransportKind transport, SchedulerKind scheduler)
        {
            if (block.WorkDirectory is not { } directory)
            {
                if (transport != TransportKind.Local || scheduler != SchedulerKind.Direct)
                    diagnostics.Error("DF1009", block.At, "The cluster lacks the key 'work-directory': the folder on it for the jobs' files.", "Name one on a large file system that compute nodes see, as in work-directory: $SCRATCH/dftflow.");
            }
            else if (!RemotePath.IsValid(directory.Value))
                diagnostics.Error("DF1007", directory.At, $"'{directory.Value}' is no absolute path.", "Write a path that begins with /, with ~/ or with a variable of the account, as in $SCRATCH/dftflow.");
        }

        private void CheckOptions(SchedulerKind scheduler)
        {
            var naming = scheduler switch
            {
                SchedulerKind.Slurm => SlurmNaming(),
                SchedulerKind.Pbs => PbsNaming(),
                SchedulerKind.Torque or SchedulerKind.Sge => SgeNaming(),
                SchedulerKind.Lsf => LsfNaming(),
                _ => null,
            };
            if (naming is not null && block.Job is { } job && job.Options.FirstOrDefault(option => naming.IsMatch(option)) is { } option)
                diagnostics.Error("DF1007", job.MarkOf("options"), $"'{option}' gives a job another name, or makes an array of it.", "Leave it out: DftFlow follows single jobs, and finds them again by the names that it gives them.");
        }

        private void CheckEngine(MapEntry<EngineBlock> engine, TransportKind transport, SchedulerKind scheduler)
        {
            if (engine.Value.Node["command"] is YamlSequence { Items.IsEmpty: true })
                diagnostics.Error("DF1007", engine.Value.MarkOf("command"), $"The command of '{engine.Key}' is empty.");
            AtLeast(engine.Value.Ranks, 1, 100_000, "The number of ranks");
            if (engine.Value.Potentials is { } potentials && !RemotePath.IsValid(potentials.Value))
                diagnostics.Error("DF1007", potentials.At, $"'{potentials.Value}' is no absolute path.", "Write where the library lies on the cluster: a path that begins with /, with ~/ or with a variable of the account.");
            if (engine.Value.Potentials is not null && block.WorkDirectory is null && transport == TransportKind.Local && scheduler == SchedulerKind.Direct)
                diagnostics.Error("DF1009", engine.Value.MarkOf("potentials"), $"The cluster lacks the key 'work-directory', and '{engine.Key}' needs POTCAR, which is put together in jobs' folders there.", "Add one, as in work-directory: ~/dftflow.");
        }

        private int Cores()
        {
            var cores = Environment.ProcessorCount;
            if (block.Cores is { Value: not "all" } given && !(int.TryParse(given.Value, NumberStyles.None, CultureInfo.InvariantCulture, out cores) && cores >= 1))
                diagnostics.Error("DF1007", given.At, "The number of cores is a whole number from 1, or all.");
            return cores;
        }

        private void AtLeast(Located<int>? number, int least, int most, string what)
        {
            if (number is { } given && (given.Value < least || given.Value > most))
                diagnostics.Error("DF1007", given.At, string.Create(CultureInfo.InvariantCulture, $"{what} is a whole number from {least} to {most}."));
        }

        private void Between(Located<double>? number, double least, double most, string message, string? hint = null)
        {
            if (number is { } given && !(given.Value >= least && given.Value <= most)) diagnostics.Error("DF1007", given.At, message, hint);
        }

        private SshTarget Target() => new()
        {
            Host = block.Host!.Value,
            User = block.User?.Value,
            Port = block.Port?.Value,
            IdentityFiles = [.. block.Identity?.Items.Select(file => Here(file.Value)) ?? []],
            JumpHosts = [.. block.Jump?.Items.Select(host => host.Value) ?? []],
            ConfigFile = block.SshConfig is { } config ? Here(config.Value) : null,
            KnownHostsFile = block.KnownHosts is { } known ? Here(known.Value) : null,
            PassphraseVariable = block.PassphraseVariable?.Value,
            TrustCommand = $"dftflow cluster trust {Sh.Quote(asked)}",
        };

        private static JobDefaults Job(JobBlock? job) => job is null ? new() : new()
        {
            Nodes = job.Nodes?.Value ?? 1,
            Threads = job.Threads?.Value ?? 1,
            Walltime = job.WalltimeS is { } walltime ? TimeSpan.FromSeconds(walltime.Value) : null,
            MemoryMib = job.MemoryMib is { } memory ? (long)Math.Ceiling(memory.Value) : null,
            Queue = job.Queue,
            Account = job.Account,
            Qos = job.Qos,
            ParallelEnvironment = job.ParallelEnvironment,
            Options = job.Options,
            Modules = job.Modules,
            Setup = job.Setup,
        };

        private static ClusterLimits Limits(LimitsBlock? limits)
        {
            var usual = new ClusterLimits();
            return limits is null ? usual : new()
            {
                Jobs = limits.Jobs?.Value ?? usual.Jobs,
                SubmissionsPerMinute = limits.SubmissionsPerMinute?.Value ?? usual.SubmissionsPerMinute,
                Poll = limits.PollS is { } poll ? TimeSpan.FromSeconds(poll.Value) : usual.Poll,
            };
        }

        private EngineConfig Engine(EngineBlock engine, bool here) => new()
        {
            Command = here ? [.. engine.Command.Select(RemotePath.Here)] : engine.Command,
            DefaultRanks = engine.Ranks?.Value ?? 1,
            Potentials = engine.Potentials?.Value,
            Modules = engine.Modules,
            Check = here ? [.. engine.Check.Select(RemotePath.Here)] : engine.Check,
            Install = here ? [.. engine.Install.Select(RemotePath.Here)] : engine.Install,
            Environment = Variables(engine.Environment),
        };

        private ImmutableSortedDictionary<string, string> Variables(Map<string> map)
        {
            foreach (var entry in map.Entries)
                if (entry.Key.Length == 0 || char.IsAsciiDigit(entry.Key[0]) || !entry.Key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
                    diagnostics.Error("DF1007", entry.At, $"'{entry.Key}' is no name of an environment variable.", "Such a name has letters, digits and _, and does not begin with a digit.");
            return map.Entries.ToImmutableSortedDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
        }

        /// <summary>A path of this machine: from the home folder where it begins with ~, else from the configuration's own folder.</summary>
        private string Here(string given) =>
            given == "~" || given.StartsWith("~/", StringComparison.Ordinal)
                ? Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), given[1..])
                : Path.GetFullPath(given, folder);
    }
}
