using System.Collections.Immutable;
using DftFlow.Analysis;
using DftFlow.Clusters;
using DftFlow.Clusters.Transports;
using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;
using DftFlow.Workflows;

namespace DftFlow.Engine;

/// <summary>What a user may choose about a run.</summary>
public sealed record ExecutionOptions
{
    /// <summary>Whether an engine that cannot run may be installed with its own command.</summary>
    public bool MayInstall { get; init; }

    /// <summary>Gets the installation's output, line by line.</summary>
    public Action<string>? InstallOutput { get; init; }

    /// <summary>Gets what analyses are doing, when the calculations are done.</summary>
    public IProgress<AnalysisStep>? AnalysisProgress { get; init; }

    /// <summary>Asks a person for passphrases and codes; null where nobody is there.</summary>
    public SshPrompt? Prompt { get; init; }

    /// <summary>Keeps the terminal free while a program that is run asks a person by itself.</summary>
    public TerminalLoan? LendTerminal { get; init; }

    /// <summary>How often files that grow are looked at.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(0.5);
}

/// <summary>What became of a calculation.</summary>
/// <param name="Stored">The result; null where there is none.</param>
public sealed record ExecutedCalculation(CalculationResult Result, StoredResult? Stored);

/// <param name="Calculations">In the order of the plan.</param>
public sealed record Execution(ImmutableArray<ExecutedCalculation> Calculations, ImmutableArray<Finding> Warnings);

/// <summary>
/// Runs a plan's calculations on a cluster, as many at a time as it has slots. What has a result already is
/// not run again; what fails leaves its files and holds up only what depends on it.
/// </summary>
public sealed class PlanExecutor
{
    private readonly Workspace workspace;
    private readonly ClusterConfig cluster;
    private readonly ExecutionOptions options;
    private readonly TimeProvider time;
    private readonly IReadOnlyList<PlannedCalculation> plan;
    private readonly IProgress<CalculationProgress>? progress;
    private readonly IPlace place;

    private readonly Dictionary<string, ExecutedCalculation> ended = [];
    private readonly Dictionary<Task<ExecutedCalculation>, int> running = [];
    private readonly HashSet<string> waiting;
    private readonly HashSet<string> toldToWait = [];
    private readonly List<Finding> warnings = [];
    private int freeSlots;

    private PlanExecutor(
        Workspace workspace, ClusterConfig cluster, ExecutionOptions options, TimeProvider time,
        IReadOnlyList<PlannedCalculation> plan, IPlace place, IProgress<CalculationProgress>? progress)
    {
        (this.workspace, this.cluster, this.options, this.time, this.plan, this.progress) = (workspace, cluster, options, time, plan, progress);
        this.place = place;
        waiting = [.. plan.Select(calculation => calculation.Id)];
        freeSlots = place.Slots;
    }

    /// <summary>
    /// Runs all calculations that have no result yet. A failed calculation is told in its result; a cancelled run ends its
    /// processes, removes their folders, keeps what is finished and returns. Nothing of either is thrown.
    /// </summary>
    /// <exception cref="ArgumentException">This is no plan: an id occurs twice, or a predecessor is unknown or its own successor.</exception>
    public static async Task<Execution> RunAsync(
        IReadOnlyList<PlannedCalculation> plan, ClusterConfig cluster, Workspace workspace, ExecutionOptions options, TimeProvider time,
        IProgress<CalculationProgress>? progress, CancellationToken cancellationToken)
    {
        CheckOrder(plan);
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using IPlace place = cluster.IsThisMachine ? new LocalPlace(workspace, cluster, options, time) : new ClusterPlace(cluster, options, time);
        var executor = new PlanExecutor(workspace, cluster, options, time, plan, place, progress);
        try
        {
            return await executor.RunAsync(abandoned.Token);
        }
        finally
        {
            // Where an error of ours ends the run, no process is left behind.
            await abandoned.CancelAsync();
            foreach (var left in executor.running.Keys) await left.ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task<Execution> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var calculation in plan)
            if (!cancellationToken.IsCancellationRequested) Try(calculation, () => EndWithEarlier(calculation));
        foreach (var id in waiting) progress?.Report(new(id, CalculationState.Pending, Cached: false, null, null, null, null, TimeSpan.Zero, Note: null));
        while (ended.Count < plan.Count)
        {
            var claimedElsewhere = StartWhatCan(cancellationToken);
            List<Task> next = [.. running.Keys];
            // Nothing tells when another run has done what is waited for.
            if (claimedElsewhere) next.Add(Task.Delay(options.PollInterval, time, CancellationToken.None));
            if (next.Count == 0) continue;
            if (await Task.WhenAny(next) is not Task<ExecutedCalculation> finished) continue;
            running.Remove(finished, out var slots);
            freeSlots += slots;
            End(await finished);
        }
        return new([.. plan.Select(calculation => ended[calculation.Id])], [.. warnings]);
    }

    /// <summary>Starts, or ends at once, every calculation that need not wait. Whether one waits for another run on this workspace.</summary>
    private bool StartWhatCan(CancellationToken cancellationToken)
    {
        var claimedElsewhere = false;
        foreach (var calculation in plan.Where(calculation => waiting.Contains(calculation.Id)))
        {
            ExecutedCalculation? predecessor = null;
            if (cancellationToken.IsCancellationRequested)
                End(Without(calculation, CalculationState.Cancelled));
            else if (calculation.StructureFrom is { } from && !ended.TryGetValue(from, out predecessor))
                continue;
            else if (predecessor is { Stored: null, Result.State: CalculationState.Cancelled })
                End(Without(calculation, CalculationState.Cancelled));
            else if (predecessor is { Stored: null })
                End(Without(calculation, CalculationState.Skipped, Failures.PredecessorFailed(predecessor.Result.Id)));
            else
                Try(calculation, () => claimedElsewhere |= !StartOrEnd(calculation, predecessor?.Stored, cancellationToken));
        }
        return claimedElsewhere;
    }

    /// <summary>False where another run works on the same inputs.</summary>
    private bool StartOrEnd(PlannedCalculation calculation, StoredResult? predecessor, CancellationToken cancellationToken)
    {
        var engine = cluster.Engines.GetValueOrDefault(calculation.Engine) ?? throw Failures.UnknownEngine(calculation.Engine, cluster);
        var asked = calculation.Ranks ?? engine.DefaultRanks;
        var ranks = place.RanksOf(asked);
        var slots = place.SlotsOf(ranks);
        if (slots > freeSlots) return true;
        if (workspace.TryClaim(calculation.InputFingerprint) is not { } claim)
        {
            if (toldToWait.Add(calculation.Id))
                progress?.Report(new(calculation.Id, CalculationState.Pending, Cached: false, null, null, null, null, TimeSpan.Zero, "the same is being calculated already"));
            return false;
        }
        try
        {
            // The other run may have finished it meanwhile.
            if (EndWithEarlier(calculation)) return true;
            SetAsideDamaged(calculation);
            var input = predecessor is null ? calculation.Input : InputFrom(calculation, predecessor);
            if (ranks < asked) warnings.Add(Failures.MoreRanksThanCores(calculation.Id, asked, ranks));
            var run = RunOneAsync(calculation, ranks, input, claim, cancellationToken);
            claim = null;
            waiting.Remove(calculation.Id);
            freeSlots -= slots;
            running.Add(run, slots);
            return true;
        }
        finally
        {
            claim?.Dispose();
        }
    }

    private async Task<ExecutedCalculation> RunOneAsync(PlannedCalculation calculation, int ranks, VaspInput input, FileStream claim, CancellationToken cancellationToken)
    {
        await using var _ = claim;
        await Task.Yield();
        var attempts = 0;
        try
        {
            await place.EnsureReadyAsync(calculation.Engine, cancellationToken);
            attempts++;
            var stored = await new Attempt(workspace, cluster, place, time, calculation, ranks, progress).RunAsync(input, cancellationToken);
            return With(calculation, stored, cached: false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Without(calculation, CalculationState.Cancelled, error: null, attempts);
        }
        catch (Exception error) when (IsTold(error))
        {
            return Without(calculation, CalculationState.Failed, error, attempts);
        }
    }

    private bool EndWithEarlier(PlannedCalculation calculation)
    {
        if (workspace.Results.Find(calculation.InputFingerprint).Result is not { } hit) return false;
        End(With(calculation, hit, cached: true));
        return true;
    }

    /// <summary>Only under the claim: another run may have replaced what was damaged.</summary>
    private void SetAsideDamaged(PlannedCalculation calculation)
    {
        if (workspace.Results.Find(calculation.InputFingerprint).Damage is not { } damage) return;
        warnings.Add(Failures.DamagedResult(calculation.Id, damage, workspace.Results.SetAside(calculation.InputFingerprint)));
    }

    /// <summary>The input with the structure that its predecessor ended with; which sites may move is its own.</summary>
    private static VaspInput InputFrom(PlannedCalculation calculation, StoredResult predecessor)
    {
        var own = calculation.Input.Structure.Sites;
        Structure final;
        try
        {
            final = Poscar.Read(File.ReadAllText(predecessor.PathOf("CONTCAR"))).Structure;
        }
        catch (DftFlowException error)
        {
            throw Failures.OtherAtoms(calculation.StructureFrom!, $"its CONTCAR cannot be read: {error.Message.TrimEnd('.')}");
        }
        // Of a fragment the atoms of the others are left out.
        if (calculation.Sites is { } taken && taken.All(site => site < final.Sites.Length)) final = final with { Sites = [.. taken.Select(site => final.Sites[site])] };
        if (!final.Sites.Select(site => site.Element).SequenceEqual(own.Select(site => site.Element)))
            throw Failures.OtherAtoms(calculation.StructureFrom!, $"its atoms ({final.Composition.Formula}) are not those of {calculation.Id} ({calculation.Input.Structure.Composition.Formula}), or stand in another order");
        return calculation.InputWith(final with { Sites = [.. final.Sites.Zip(own, (site, ownSite) => site with { Free = ownSite.Free })] });
    }

    private void Try(PlannedCalculation calculation, Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (IsTold(error))
        {
            End(Without(calculation, CalculationState.Failed, error));
        }
    }

    private static bool IsTold(Exception error) => error is DftFlowException or IOException or UnauthorizedAccessException;

    private void End(ExecutedCalculation calculation)
    {
        var result = calculation.Result;
        waiting.Remove(result.Id);
        ended.Add(result.Id, calculation);
        // The message begins with the id, which stands in front of the note as well.
        progress?.Report(new(result.Id, result.State, result.Cached, IonicStep: null, ElectronicStep: null, result.FinalEnergyEv, EnergyChangeEv: null,
            TimeSpan.FromSeconds(result.Cached ? 0 : result.ElapsedS ?? 0), result.Error?.Message[(result.Id.Length + 2)..].Split('\n')[0]));
    }

    private ExecutedCalculation With(PlannedCalculation calculation, StoredResult stored, bool cached) => new(new CalculationResult
    {
        Id = calculation.Id,
        State = CalculationState.Completed,
        Cached = cached,
        Cluster = cluster.Name,
        SchedulerJobId = stored.Manifest.SchedulerJobId,
        Attempts = cached ? 0 : 1,
        Corrections = [],
        Directory = stored.Directory,
        Fingerprint = calculation.InputFingerprint,
        Formula = stored.Manifest.Scalars.Formula,
        FinalEnergyEv = stored.Manifest.Scalars.FinalEnergyEv,
        ElapsedS = stored.Manifest.ElapsedS,
        Program = stored.Manifest.Program,
    }, stored);

    private ExecutedCalculation Without(PlannedCalculation calculation, CalculationState state, Exception? error = null, int attempts = 0)
    {
        var failure = error is null or DftFlowException ? error as DftFlowException : Failures.CannotWrite(workspace.Folder, error);
        return new(new CalculationResult
        {
            Id = calculation.Id,
            State = state,
            Cached = false,
            Cluster = cluster.Name,
            Attempts = attempts,
            Corrections = [],
            // An attempt's failure names the folder that its files were moved to.
            Directory = Directory.Exists(failure?.File) ? failure.File : null,
            Fingerprint = calculation.InputFingerprint,
            Formula = calculation.Input.Structure.Composition.ReducedFormula,
            Error = failure is null ? null : ErrorDocument.Of(failure) with { Message = $"{calculation.Id}: {failure.Message}" },
        }, Stored: null);
    }

    private static void CheckOrder(IReadOnlyList<PlannedCalculation> plan)
    {
        var byId = plan.ToDictionary(calculation => calculation.Id);
        foreach (var calculation in plan)
        {
            var seen = new HashSet<string> { calculation.Id };
            for (var from = calculation.StructureFrom; from is not null; from = byId[from].StructureFrom)
            {
                if (!byId.ContainsKey(from)) throw new ArgumentException($"{calculation.Id} follows {from}, which is not in the plan.", nameof(plan));
                if (!seen.Add(from)) throw new ArgumentException($"{calculation.Id} follows itself.", nameof(plan));
            }
        }
    }
}
