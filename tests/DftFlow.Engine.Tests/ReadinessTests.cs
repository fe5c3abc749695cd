using DftFlow.Engine;
using static DftFlow.Tests.Engine.Bench;

namespace DftFlow.Tests.Engine;

public sealed class ReadinessTests : IDisposable
{
    private const string Check = "echo checked >>\"$BENCH/ledger\"; test -e \"$BENCH/installed\" || { echo the module is missing; exit 1; }";

    private readonly Bench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Checks_once_for_all_calculations()
    {
        bench.Write("installed", "");
        await bench.RunAsync(bench.Cluster(bench.Engine("finish") with { Check = ["/bin/sh", "-c", Check] }), Calculation("a"), Calculation("b"), Calculation("c"));
        Assert.Equal(["checked"], bench.LedgerLines);
    }

    [Fact]
    public async Task Installs_what_is_missing_where_it_may_and_tells_what_the_installation_says()
    {
        var engine = bench.Engine("finish") with { Check = ["/bin/sh", "-c", Check], Install = ["/bin/sh", "-c", "echo one; sleep 0.1; echo two >&2; : >\"$BENCH/installed\""] };
        var said = new List<string>();
        var options = new ExecutionOptions { MayInstall = true, InstallOutput = said.Add };
        var execution = await bench.RunAsync(bench.Cluster(engine), options, TestContext.Current.CancellationToken, Calculation("a"), Calculation("b"));
        Assert.All(execution.Calculations, c => Assert.Equal(CalculationState.Completed, c.Result.State));
        Assert.Equal(["one", "two"], said);
        Assert.Equal(["checked", "checked"], bench.LedgerLines);
    }

    [Fact]
    public async Task Prints_the_command_that_installs_where_it_may_not()
    {
        var engine = bench.Engine("finish") with { Check = ["/bin/sh", "-c", Check], Install = ["install-it", "--all of it"] };
        var execution = await bench.RunAsync(bench.Cluster(engine), Calculation("a"), Calculation("b"));
        Assert.All(execution.Calculations, c => Assert.Equal((CalculationState.Failed, "DF2002"), (c.Result.State, c.Result.Error!.Code)));
        var error = execution.Calculations[0].Result.Error!;
        Assert.Contains("the module is missing", error.Message, StringComparison.Ordinal);
        Assert.Equal("This command installs it: install-it '--all of it'", error.Hint);
        Assert.Equal(["checked"], bench.LedgerLines);
        Assert.Empty(bench.Left("attempts"));
    }

    [Fact]
    public async Task Prints_where_the_command_that_installs_lies()
    {
        var engine = bench.Engine("finish") with { Check = ["/bin/sh", "-c", Check], Install = ["sh", "install"] };
        var execution = await bench.RunAsync(bench.Cluster(engine), Calculation("a"));
        Assert.Matches("^This command installs it: /.*/sh install$", execution.Calculations[0].Result.Error!.Hint);
    }

    [Theory]
    [InlineData("echo 'no network'; exit 100", "no network")]
    [InlineData(null, "was not found on PATH")]
    public async Task Tells_what_a_failed_installation_said(string? script, string told)
    {
        var engine = bench.Engine("finish") with { Check = ["/bin/sh", "-c", Check], Install = script is null ? ["no-such-installer"] : ["/bin/sh", "-c", script] };
        var execution = await bench.RunAsync(bench.Cluster(engine), new ExecutionOptions { MayInstall = true }, TestContext.Current.CancellationToken, Calculation("a"));
        Assert.Equal("DF2002", execution.Calculations[0].Result.Error!.Code);
        Assert.Contains(told, execution.Calculations[0].Result.Error!.Message, StringComparison.Ordinal);
        Assert.Single(execution.Calculations[0].Result.Error!.Message.Split('\n'), line => line == "the module is missing");
        // What has just failed is not advised.
        Assert.DoesNotContain("installs it", execution.Calculations[0].Result.Error!.Hint, StringComparison.Ordinal);
    }
}
