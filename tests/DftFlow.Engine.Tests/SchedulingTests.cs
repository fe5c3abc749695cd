using System.Globalization;
using DftFlow.Crystals;
using DftFlow.Engine;
using DftFlow.Vasp.Inputs;
using static DftFlow.Tests.Engine.Bench;

namespace DftFlow.Tests.Engine;

public sealed class SchedulingTests : IDisposable
{
    private readonly Bench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Never_takes_more_cores_than_it_may_and_uses_those_it_may()
    {
        int[] ranks = [1, 2, 1, 3, 1, 2, 1, 1];
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine("note $1; sleep 0.4; finish; note -$1"), cores: 3),
            [.. ranks.Select((r, i) => Calculation(Line($"c{i}"), ranks: r))]);

        Assert.All(execution.Calculations, c => Assert.Equal(CalculationState.Completed, c.Result.State));
        var used = 0;
        var over = bench.LedgerLines.Select(line => used += int.Parse(line, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(ranks.Length * 2, over.Length);
        Assert.Equal(3, over.Max());
        Assert.Equal(0, used);
    }

    [Fact]
    public async Task More_ranks_than_cores_become_as_many_as_there_are_with_a_warning()
    {
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine("note $1; finish"), cores: 2), Calculation("a", ranks: 16));
        Assert.Equal(["2"], bench.LedgerLines);
        Assert.Equal("DF2012", Assert.Single(execution.Warnings).Code);
        Assert.Equal(2, execution.Calculations[0].Stored!.Manifest.Ranks);
    }

    [Fact]
    public async Task A_calculation_that_does_not_say_gets_the_engines_ranks_and_variables_and_one_thread_each()
    {
        var engine = bench.Engine("note \"$1 $OMP_NUM_THREADS $FLAVOUR\"; finish") with { DefaultRanks = 2, Environment = Variables(("FLAVOUR", "dark sour")) };
        await bench.RunAsync(bench.Cluster(engine), Calculation("a"));
        Assert.Equal([$"2 {Environment.GetEnvironmentVariable("OMP_NUM_THREADS") ?? "1"} dark sour"], bench.LedgerLines);
    }

    [Fact]
    public async Task A_dependant_starts_from_the_structure_that_its_predecessor_ended_with()
    {
        var moved = new Structure(Lattice.FromParameters(5, 5, 5, 90, 90, 90),
            [new Site(Element.Parse("Li"), new Vector3D(0.25, 0, 0)), new Site(Element.Parse("F"), new Vector3D(0.5, 0.5, 0.75))]);
        bench.Write("moved", Poscar.Write(moved, "moved"));
        var cluster = bench.Cluster(bench.Engine("note $(head -n 1 POSCAR); finish; is relax && cp \"$BENCH/moved\" CONTCAR; true"));
        var execution = await bench.RunAsync(cluster, Calculation("static", after: "relax"), Calculation("relax"));

        Assert.Equal(["relax", "static"], bench.LedgerLines);
        Assert.Equal(moved, Poscar.Read(File.ReadAllText(execution.Calculations[0].Stored!.PathOf("POSCAR"))).Structure);
        Assert.All((await bench.RunAsync(cluster, Calculation("static", after: "relax"), Calculation("relax"))).Calculations, c => Assert.True(c.Result.Cached));
    }

    [Fact]
    public async Task A_part_of_a_model_takes_its_own_atoms_of_that_structure_where_they_are()
    {
        var moved = new Structure(Lattice.FromParameters(5, 5, 5, 90, 90, 90),
            [new Site(Element.Parse("Li"), new Vector3D(0.25, 0, 0)), new Site(Element.Parse("F"), new Vector3D(0.5, 0.5, 0.75))]);
        bench.Write("moved", Poscar.Write(moved, "moved"));
        var part = Calculation("fluorine", after: "relax");
        part = part with { Sites = [1], Input = part.Input with { Structure = part.Input.Structure with { Sites = [part.Input.Structure.Sites[1]] }, Potentials = ["F"] } };
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine("finish; is relax && cp \"$BENCH/moved\" CONTCAR; true")), part, Calculation("relax"));
        Assert.Equal(moved with { Sites = [moved.Sites[1]] }, Poscar.Read(File.ReadAllText(execution.Calculations[0].Stored!.PathOf("POSCAR"))).Structure);
    }

    [Fact]
    public async Task What_follows_a_failed_calculation_is_skipped_to_the_end_of_the_line()
    {
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine("is relax && exit 1; finish")),
            Calculation("relax"), Calculation("static", after: "relax"), Calculation("dos", after: "static"), Calculation("other"));
        Assert.Equal([CalculationState.Failed, CalculationState.Skipped, CalculationState.Skipped, CalculationState.Completed], execution.Calculations.Select(c => c.Result.State));
        Assert.Equal("DF2013", execution.Calculations[1].Result.Error!.Code);
        Assert.Contains("comes from relax", execution.Calculations[1].Result.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("comes from static", execution.Calculations[2].Result.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sed -n '1,5p;7,$p' POSCAR | sed '5a F Li' >CONTCAR", "another order")]
    [InlineData("echo nonsense >CONTCAR", "cannot be read")]
    public async Task A_structure_that_does_not_fit_is_refused(string contcar, string told)
    {
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine($"finish; {contcar}")), Calculation("relax"), Calculation("static", after: "relax"));
        Assert.Equal("DF2014", execution.Calculations[1].Result.Error!.Code);
        Assert.Contains(told, execution.Calculations[1].Result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tells_each_electronic_step_while_the_engine_runs()
    {
        var wait = "while [ ! -e \"$BENCH/go\" ]; do sleep 0.02; done; ";
        var running = bench.RunAsync(bench.Cluster(bench.Engine($"sed -n 1p \"$sample/OSZICAR\" >OSZICAR; {wait} sed -n 2,3p \"$sample/OSZICAR\" >>OSZICAR; sleep 0.2; finish")), Calculation("a"));
        await Until(() => bench.Progress.Any(p => p.ElectronicStep == 1));
        var first = bench.Progress.Last();
        Assert.Equal(("a", CalculationState.Running, 1, -9.0, -9.0), (first.Id, first.State, first.IonicStep, first.EnergyEv, first.EnergyChangeEv));
        bench.Write("go", "");
        await running;
        Assert.Contains(bench.Progress, p => p is { State: CalculationState.Running, ElectronicStep: 2, EnergyEv: -9.95 });
        var last = bench.Progress.Last();
        Assert.Equal((CalculationState.Completed, -9.95), (last.State, last.EnergyEv));
        Assert.True(last.Elapsed > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_plan_that_is_none_is_refused()
    {
        var cluster = bench.Cluster(bench.Engine("finish"));
        await Assert.ThrowsAsync<ArgumentException>(() => bench.RunAsync(cluster, Calculation("a"), Calculation("a")));
        await Assert.ThrowsAsync<ArgumentException>(() => bench.RunAsync(cluster, Calculation("a", after: "b")));
        await Assert.ThrowsAsync<ArgumentException>(() => bench.RunAsync(cluster, Calculation("a", after: "b"), Calculation("b", after: "a")));
    }
}
