using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using DftFlow.Clusters;
using DftFlow.Engine;
using static DftFlow.Tests.Engine.Bench;

namespace DftFlow.Tests.Engine;

/// <summary>The test assembly is started once more, as a run that is there to be killed.</summary>
public sealed class KilledRunTests : IDisposable
{
    private const string Variable = "DFTFLOW_TEST_KILLED_RUN";

    private readonly Bench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Nothing_survives_when_this_process_is_killed_and_the_next_start_clears_up()
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!) { Environment = { [Variable] = bench.Folder } })!;
        var engine = bench.Engine(CancellationTests.Hang).Command[0];
        bench.Write("engine-path", engine);
        await Until(() => bench.LedgerLines.Count() == 3);
        // Its owner lives: another start leaves its folder, its owner's file and its claim alone.
        bench.Open();
        Assert.Equal(3, bench.Left("attempts").Length);

        child.Kill();
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Until(() => !bench.LedgerLines.Any(IsAlive));
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine("finish")), Calculation("killed"));
        Assert.Equal(CalculationState.Completed, execution.Calculations[0].Result.State);
        Assert.Empty(bench.Left("attempts"));
    }

    [ModuleInitializer]
    internal static void Start()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } folder) return;
        var path = Path.Combine(folder, "engine-path");
        while (!File.Exists(path) || File.ReadAllText(path).Length == 0) Task.Delay(10).GetAwaiter().GetResult();
        var cluster = new ClusterConfig
        {
            Name = "bench",
            Environment = Variables(("BENCH", folder)),
            Engines = ImmutableSortedDictionary<string, EngineConfig>.Empty.Add("fake", new EngineConfig { Command = [File.ReadAllText(path)] }),
        };
        PlanExecutor.RunAsync([Calculation("killed")], cluster, Workspace.Open(Path.Combine(folder, "work space")), new ExecutionOptions(), TimeProvider.System, null, CancellationToken.None)
            .GetAwaiter().GetResult();
        Environment.Exit(1);
    }
}
