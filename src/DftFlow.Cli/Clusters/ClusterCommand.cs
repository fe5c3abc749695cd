using System.CommandLine;
using System.CommandLine.Completions;
using DftFlow.Clusters;
using DftFlow.Yaml;

namespace DftFlow.Cli.Clusters;

/// <summary>The machines that calculations run on: which there are, how they are reached, and whether they can do it.</summary>
internal static class ClusterCommand
{
    public static Command Create() => new("cluster", "Shows the clusters that are configured, and tests them.")
    {
        ListCommand.Create(),
        ShowCommand.Create(),
        TestCommand.Create(),
        TrustCommand.Create(),
    };

    public static Argument<string> NameArgument()
    {
        var name = new Argument<string>("NAME") { Description = "A cluster's name, or the file of its configuration." };
        name.CompletionSources.Add(Names);
        return name;
    }

    /// <summary>What the shell can complete: the names alone, no file is read.</summary>
    public static IEnumerable<CompletionItem> Names(CompletionContext context) => ClusterConfigLoader.Known().Keys.Select(name => new CompletionItem(name));

    /// <summary>The configuration; null after its problems have been told.</summary>
    public static ClusterConfig? Find(string name, bool json)
    {
        var diagnostics = new Diagnostics();
        var cluster = ClusterConfigLoader.Find(name, diagnostics);
        if (cluster is null) Output.Fail(json, diagnostics.ToSorted());
        else Output.Tell(diagnostics.ToSorted(), infos: false);
        return cluster;
    }

    /// <summary>What an enumeration is called in configurations.</summary>
    public static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
