using System.Text.Json.Nodes;
using DftFlow.Engine;
using static DftFlow.Tests.Engine.Bench;

namespace DftFlow.Tests.Engine;

public sealed class ReuseTests : IDisposable
{
    private readonly Bench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Keeps_a_finished_calculation_with_its_manifest()
    {
        var calculation = Calculation("relax.a");
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine("finish")), calculation);

        var (result, stored) = Assert.Single(execution.Calculations);
        Assert.Equal((CalculationState.Completed, false, 1), (result.State, result.Cached, result.Attempts));
        Assert.Equal(Path.Combine(bench.WorkspaceFolder, "results", calculation.InputFingerprint[..2], calculation.InputFingerprint), result.Directory);
        Assert.Equal(-9.95, result.FinalEnergyEv);
        Assert.Equal("sample 1.0", result.Program);
        Assert.Equal("LiF", result.Formula);
        Assert.Empty(execution.Warnings);
        Assert.Empty(bench.Left("attempts"));

        var manifest = JsonNode.Parse(File.ReadAllText(stored!.PathOf("manifest.json")))!;
        Assert.Equal(1, (int)manifest["schema_version"]!);
        Assert.Equal(-9.95, (double)manifest["scalars"]!["final_energy_ev"]!);
        Assert.Equal(2.0, (double)manifest["scalars"]!["total_magnetization_mub"]!);
        Assert.Equal(2.0, (double)manifest["scalars"]!["band_gap_ev"]!);
        Assert.Equal(["INCAR", "KPOINTS", "POSCAR", "POTCAR.spec"], manifest["inputs"]!.AsArray().Select(file => (string)file!["name"]!));
        Assert.Equal(["CONTCAR", "OSZICAR", "OUTCAR", "vasp.out", "vasprun.xml"], manifest["outputs"]!.AsArray().Select(file => (string)file!["name"]!));
        Assert.Equal(64, stored.InputOf("vasprun.xml").Sha256.Length);
    }

    [Fact]
    public async Task Takes_an_earlier_result_without_starting_anything()
    {
        var cluster = bench.Cluster(bench.Engine("note ran; finish") with { Check = ["/bin/sh", "-c", "echo checked >>\"$BENCH/ledger\""] });
        await bench.RunAsync(cluster, Calculation("a"), Calculation("b"));
        var again = await bench.RunAsync(cluster, Calculation("a"), Calculation("b"));

        Assert.All(again.Calculations, c => Assert.Equal((CalculationState.Completed, true, 0), (c.Result.State, c.Result.Cached, c.Result.Attempts)));
        Assert.Equal(["checked", "ran", "ran"], bench.LedgerLines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Runs_equal_inputs_of_one_plan_once()
    {
        var first = Calculation("first");
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine("note ran; finish")), first, Calculation("second", fingerprint: first.InputFingerprint));

        Assert.Equal([false, true], execution.Calculations.Select(c => c.Result.Cached).Order());
        Assert.Equal(execution.Calculations[0].Result.Directory, execution.Calculations[1].Result.Directory);
        Assert.Single(bench.LedgerLines);
    }

    [Fact]
    public async Task Two_runs_at_once_on_one_workspace_share_the_work()
    {
        var cluster = bench.Cluster(bench.Engine("note ran; sleep 0.3; finish"));
        var plan = Enumerable.Range(0, 4).Select(i => Calculation(Line($"c{i}"))).ToArray();
        var both = await Task.WhenAll(bench.RunAsync(cluster, plan), bench.RunAsync(cluster, [.. plan.Reverse()]));

        Assert.All(both.SelectMany(run => run.Calculations), c => Assert.Equal(CalculationState.Completed, c.Result.State));
        Assert.Equal(4, bench.LedgerLines.Count());
        Assert.Equal(4, both.SelectMany(run => run.Calculations).Count(c => c.Result.Cached));
        Assert.Empty(bench.Left("attempts"));
    }

    [Theory]
    [InlineData("a file was changed", "vasprun.xml: its hash")]
    [InlineData("a file was cut", "bytes instead of")]
    [InlineData("a file was deleted", "OUTCAR is missing")]
    [InlineData("the manifest was deleted", "no manifest.json")]
    [InlineData("the manifest was cut", "does not read")]
    [InlineData("the manifest lists nothing", "does not read")]
    [InlineData("the manifest is another's", "is that of")]
    public async Task Sets_a_damaged_result_aside_and_calculates_again(string damage, string told)
    {
        var cluster = bench.Cluster(bench.Engine("note ran; finish"));
        var folder = (await bench.RunAsync(cluster, Calculation("a"))).Calculations[0].Stored!.Directory;
        string vasprun = Path.Combine(folder, "vasprun.xml"), manifest = Path.Combine(folder, "manifest.json");
        switch (damage)
        {
            case "a file was changed":
                var time = File.GetLastWriteTimeUtc(vasprun);
                File.WriteAllText(vasprun, File.ReadAllText(vasprun).Replace("-9.95", "-9.96", StringComparison.Ordinal));
                File.SetLastWriteTimeUtc(vasprun, time);
                break;
            case "a file was cut": File.WriteAllText(vasprun, "<modeling>"); break;
            case "a file was deleted": File.Delete(Path.Combine(folder, "OUTCAR")); break;
            case "the manifest was deleted": File.Delete(manifest); break;
            case "the manifest was cut": File.WriteAllText(manifest, File.ReadAllText(manifest)[..300]); break;
            case "the manifest lists nothing": File.WriteAllText(manifest, Edited(manifest, m => m["outputs"] = new JsonArray((JsonNode?)null))); break;
            case "the manifest is another's": File.WriteAllText(manifest, Edited(manifest, m => m["fingerprint"] = new string('0', 64))); break;
        }
        var again = await bench.RunAsync(cluster, Calculation("a"));

        Assert.Equal((CalculationState.Completed, false), (again.Calculations[0].Result.State, again.Calculations[0].Result.Cached));
        var warning = Assert.Single(again.Warnings);
        Assert.Equal("DF2009", warning.Code);
        Assert.Contains(told.Split(": ")[^1], warning.Message, StringComparison.Ordinal);
        Assert.Contains(Assert.Single(bench.Left("damaged")), warning.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(bench.Left("damaged")[0], "INCAR")));
        Assert.Equal(2, bench.LedgerLines.Count());
        Assert.True((await bench.RunAsync(cluster, Calculation("a"))).Calculations[0].Result.Cached);
    }

    [Fact]
    public async Task Leaves_a_result_of_a_newer_version_alone()
    {
        var cluster = bench.Cluster(bench.Engine("finish"));
        var folder = (await bench.RunAsync(cluster, Calculation("a"))).Calculations[0].Stored!.Directory;
        var manifest = Path.Combine(folder, "manifest.json");
        File.WriteAllText(manifest, """{ "schema_version": 2, "files": {} }""");
        var again = await bench.RunAsync(cluster, Calculation("a"), Calculation("b"));

        Assert.Equal("DF2010", again.Calculations[0].Result.Error!.Code);
        Assert.Equal(CalculationState.Completed, again.Calculations[1].Result.State);
        Assert.Empty(bench.Left("damaged"));
    }

    [Fact]
    public async Task A_large_file_is_read_again_only_once_its_time_of_change_differs()
    {
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine("finish; truncate -s 68000000 CHGCAR")), Calculation("a"));
        var (calculation, stored) = execution.Calculations[0];
        var grid = stored!.PathOf("CHGCAR");
        var time = File.GetLastWriteTimeUtc(grid);
        using (var stream = File.OpenWrite(grid)) stream.WriteByte(1);
        File.SetLastWriteTimeUtc(grid, time.AddSeconds(1));
        Assert.Contains("CHGCAR", bench.Open().Results.Find(calculation.Fingerprint).Damage!, StringComparison.Ordinal);
        using (var stream = File.OpenWrite(grid)) stream.WriteByte(0);
        File.SetLastWriteTimeUtc(grid, time.AddSeconds(1));
        Assert.NotNull(bench.Open().Results.Find(calculation.Fingerprint).Result);
    }

    [Fact]
    public async Task Potentials_and_links_stay_out_of_results()
    {
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine("finish; echo secret >POTCAR; ln -s /nowhere link; mkdir sub; echo x >sub/file")), Calculation("a"));
        var stored = execution.Calculations[0].Stored!;
        Assert.False(File.Exists(stored.PathOf("POTCAR")));
        var names = stored.Manifest.Outputs.Select(file => file.Name).ToArray();
        Assert.Contains("sub/file", names);
        Assert.DoesNotContain("link", names);
        Assert.DoesNotContain("POTCAR", names);
    }

    [Fact]
    public void Looking_into_a_workspace_makes_nothing()
    {
        Assert.Equal(default, new Workspace(bench.WorkspaceFolder).Results.Find(new string('a', 64)));
        Assert.False(Directory.Exists(bench.WorkspaceFolder));
        Assert.Throws<ArgumentException>(() => new Workspace(bench.WorkspaceFolder).Results.Find("../../etc"));
    }

    private static string Edited(string manifest, Action<JsonNode> edit)
    {
        var node = JsonNode.Parse(File.ReadAllText(manifest))!;
        edit(node);
        return node.ToJsonString();
    }
}
