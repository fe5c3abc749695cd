using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Yaml;

namespace DftFlow.Clusters;

/// <summary>Finds and reads cluster configurations: the user's own first, then those that come with DftFlow.</summary>
public static class ClusterConfigLoader
{
    private sealed record ClusterBlock : Block
    {
        [Key("name", "What workflows call it.", Required = true)]
        public Located<string>? Name { get; init; }

        [Key("kind", "How jobs are started: local.", Required = true)]
        public ClusterKind Kind { get; init; }

        [Key("cores", "How many cores calculations may take together: a number, or all.")]
        public Located<string>? Cores { get; init; }

        [Key("environment", "Variables that every command sees.")]
        public Map<string> Environment { get; init; } = Map<string>.Empty;

        [Key("engines", "The programs that run calculations.", Required = true)]
        public Map<EngineBlock> Engines { get; init; } = Map<EngineBlock>.Empty;
    }

    private sealed record EngineBlock : Block
    {
        [Key("command", "The program and its arguments, as a list; {ranks} is the number of MPI ranks.", Required = true)]
        public ImmutableArray<string> Command { get; init; } = [];

        [Key("ranks", "MPI ranks of a calculation that does not say.")]
        public Located<int>? Ranks { get; init; }

        [Key("check", "A command that ends with 0 when the engine can run.")]
        public ImmutableArray<string> Check { get; init; } = [];

        [Key("install", "A command that installs the engine.")]
        public ImmutableArray<string> Install { get; init; } = [];

        [Key("environment", "Variables that the engine's commands see.")]
        public Map<string> Environment { get; init; } = Map<string>.Empty;
    }

    /// <summary>The folders that are searched: the user's (XDG) and the shipped one.</summary>
    public static ImmutableArray<string> DefaultFolders { get; } =
    [
        Path.Combine(Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } config
            ? config
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config"), "dftflow", "clusters"),
        Path.Combine(AppContext.BaseDirectory, "cluster-configs"),
    ];

    /// <summary>The configuration of that name, or of the file where the name is a path ending in .yaml.</summary>
    /// <returns>Null, with diagnostics, where there is none or it has errors.</returns>
    public static ClusterConfig? Find(string name, Diagnostics diagnostics, IReadOnlyList<string>? folders = null)
    {
        if (name.EndsWith(".yaml", StringComparison.Ordinal)) return Load(name, diagnostics);
        folders ??= DefaultFolders;
        var known = folders.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.yaml"))
            .ToLookup(file => Path.GetFileNameWithoutExtension(file), StringComparer.Ordinal);
        if (known[name].FirstOrDefault() is { } path) return Load(path, diagnostics);
        diagnostics.Error("DF1017", new Mark(name, 1, 1), $"There is no cluster configuration '{name}'.",
            $"{Diagnostics.Suggest(name, [.. known.Select(k => k.Key).Order(StringComparer.Ordinal)])} Configurations lie in {string.Join(" and ", folders)}.");
        return null;
    }

    private static ClusterConfig? Load(string path, Diagnostics diagnostics)
    {
        if (YamlLoader.LoadFile(path, diagnostics) is not { } root) return null;
        if (new Binder(diagnostics).Bind<ClusterBlock>(root, "a cluster configuration") is not { } block) return null;
        foreach (var engine in block.Engines.Entries)
        {
            if (engine.Value.Node["command"] is YamlSequence { Items.IsEmpty: true })
                diagnostics.Error("DF1007", engine.Value.MarkOf("command"), $"The command of '{engine.Key}' is empty.");
            if (engine.Value.Ranks is { Value: < 1 } ranks)
                diagnostics.Error("DF1007", ranks.At, "The number of ranks is a whole number from 1.");
        }
        var cores = Environment.ProcessorCount;
        if (block.Cores is { Value: not "all" } given
            && !(int.TryParse(given.Value, NumberStyles.None, CultureInfo.InvariantCulture, out cores) && cores >= 1))
            diagnostics.Error("DF1007", given.At, "The number of cores is a whole number from 1, or all.");
        return diagnostics.HasErrors ? null : new ClusterConfig
        {
            Name = block.Name!.Value,
            Kind = block.Kind,
            Cores = cores,
            Environment = Variables(block.Environment),
            Engines = block.Engines.Entries.ToImmutableSortedDictionary(e => e.Key, e => new EngineConfig
            {
                Command = e.Value.Command,
                DefaultRanks = e.Value.Ranks?.Value ?? 1,
                Check = e.Value.Check,
                Install = e.Value.Install,
                Environment = Variables(e.Value.Environment),
            }, StringComparer.Ordinal),
        };
    }

    private static ImmutableSortedDictionary<string, string> Variables(Map<string> map) =>
        map.Entries.ToImmutableSortedDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
}
