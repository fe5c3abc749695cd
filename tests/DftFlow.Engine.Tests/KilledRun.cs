using System.Runtime.CompilerServices;
using DftFlow.Clusters;
using DftFlow.Engine;

namespace DftFlow.Tests.Engine;

/// <summary>The test assembly, started as a run that is there to be killed.</summary>
internal static class KilledRun
{
    public const string Variable = "DFTFLOW_TEST_KILLED_RUN";

    [ModuleInitializer]
    internal static void Start()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } folder) return;
        var path = Path.Combine(folder, "engine-path");
        while (!File.Exists(path) || File.ReadAllText(path).Length == 0) Task.Delay(10).GetAwaiter().GetResult();
        var cluster = new ClusterConfig
        {
            Name = "bench",
            Environment = Bench.Variables(("BENCH", folder)),
            Engines = System.Collections.Immutable.ImmutableSortedDictionary<string, EngineConfig>.Empty.Add("fake", new EngineConfig { Command = [File.ReadAllText(path)] }),
        };
        LocalExecutor.RunAsync([Bench.Calculation("killed")], cluster, Workspace.Open(Path.Combine(folder, "work space")), new ExecutionOptions(), TimeProvider.System, null, CancellationToken.None)
            .GetAwaiter().GetResult();
        Environment.Exit(1);
    }
}
