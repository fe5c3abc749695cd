using System.Text.RegularExpressions;

namespace DftFlow.Clusters.Schedulers;

/// <summary>What Slurm's reasons mean (squeue(1), "Job reason codes", and the page on resource limits).</summary>
internal static partial class SlurmReasons
{
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["Resources"] = "it is first in line and waits for nodes to become free",
        ["Priority"] = "jobs of higher priority are before it",
        ["Dependency"] = "it waits for another job",
        ["DependencyNeverSatisfied"] = "the job that it waits for did not end as it must: it will never start",
        ["BeginTime"] = "its time to start has not come yet",
        ["JobHeldUser"] = "its user holds it; 'scontrol release' lets it go",
        ["JobHeldAdmin"] = "an administrator holds it",
        ["JobHoldMaxRequeue"] = "it was put back into the queue too often and is held",
        ["job requeued in held state"] = "it was put back into the queue and held",
        ["launch failed requeued held"] = "it could not be started, was put back into the queue and held; 'scontrol release' lets it go",
        ["Licenses"] = "it waits for a licence",
        ["Reservation"] = "it waits for its reservation",
        ["ReservationDeleted"] = "its reservation was deleted",
        ["InvalidReservation"] = "its reservation does not exist",
        ["ReqNodeNotAvail"] = "nodes that it needs are down, reserved or in maintenance",
        ["NodeDown"] = "a node that it needs is down",
        ["PartitionDown"] = "its partition is closed",
        ["PartitionInactive"] = "its partition starts no jobs",
        ["PartitionTimeLimit"] = "it asks for more time than its partition allows: it will not start",
        ["PartitionNodeLimit"] = "it asks for more nodes than its partition has or allows, or they are down",
        ["PartitionConfig"] = "it asks for what its partition does not have",
        ["NonZeroExitCode"] = "it ended with an exit status other than 0",
        ["JobLaunchFailure"] = "it could not be started, or its script was killed",
        ["TimeLimit"] = "its time limit was reached",
        ["OutOfMemory"] = "it used more memory than it asked for",
        ["InactiveLimit"] = "it was inactive for too long",
        ["SystemFailure"] = "Slurm, its network or its file system failed",
        ["BadConstraints"] = "no node has the features that it asks for: it will not start",
        ["InvalidAccount"] = "its account is not valid",
        ["InvalidQOS"] = "its QOS is not valid",
        ["AccountNotAllowed"] = "its account may not use this partition",
        ["QOSNotAllowed"] = "its QOS may not use this partition",
        ["AccountingPolicy"] = "the accounting's policy keeps it back",
        ["AssociationJobLimit"] = "its account has as many jobs as it may",
        ["AssociationResourceLimit"] = "its account uses as much as it may",
        ["AssociationTimeLimit"] = "its account has used up its time",
        ["QOSJobLimit"] = "its QOS has as many jobs as it may",
        ["QOSResourceLimit"] = "its QOS uses as much as it may",
        ["QOSTimeLimit"] = "its QOS has used up its time",
        ["QOSUsageThreshold"] = "its account has used too much to be allowed this QOS",
        ["JobArrayTaskLimit"] = "as many tasks of its array run as may at a time",
        ["WaitingForScheduling"] = "the scheduler has not looked at it yet",
        ["Cleaning"] = "what is left of its earlier run is being removed",
        ["Prolog"] = "the site's preparations for it are under way",
        ["PrologFailed"] = "the site's preparations for it failed",
        ["BurstBufferResources"] = "it waits for room in the burst buffer",
        ["BurstBufferStageIn"] = "its files are being brought into the burst buffer",
        ["BurstBufferOperation"] = "an operation of its burst buffer failed",
        ["FrontEndDown"] = "the front end that starts jobs is down",
        ["MaxPowerPerAccount"] = "its account uses as much power as it may",
        ["MaxRequeue"] = "it was put back into the queue too often",
        ["NodeNotAvail"] = "nodes that it needs are not available",
        ["RaisedSignal"] = "a signal ended it",
        ["FedJobLock"] = "the federation's clusters settle which of them runs it",
        ["DeadLine"] = "it cannot end before its deadline",
    };

    /// <summary>Reasons that only a person can remove: others pass by themselves.</summary>
    public static bool WaitsForPerson(string reason) => WaitForPerson().IsMatch(reason);

    /// <summary>Null where the reason is not known.</summary>
    public static string? InWords(string reason)
    {
        // ReqNodeNotAvail, UnavailableNodes:node[01-02]; RaisedSignal:9(Killed)
        var detail = reason.IndexOfAny([',', ':']);
        if (Words.TryGetValue(reason, out var words)) return words;
        if (detail > 0 && Words.TryGetValue(reason[..detail], out words)) return $"{words} ({reason[(detail + 1)..].Trim()})";
        return Limit().Match(reason) is { Success: true } limit ? LimitInWords(limit) : null;
    }

    /// <summary>The names of limits are put together: whose limit, whether of all jobs or of each, of what.</summary>
    private static string LimitInWords(Match limit)
    {
        var owner = limit.Groups["owner"].Value switch { "QOS" => "its QOS", "Assoc" => "its account", _ => "its partition or account" };
        var what = limit.Groups["what"].Value.ToUpperInvariant() switch
        {
            "SUBMITJOB" or "SUBMITJOBS" => "jobs in the queue",
            "JOB" or "JOBS" => "running jobs",
            "CPU" => "cores",
            "MEM" or "MEMORY" => "memory",
            "NODE" => "nodes",
            "GRES" => "GPUs or other devices",
            "LICENSE" => "licences",
            "WALL" or "WALLDURATION" => "time",
            "BB" => "burst buffer",
            "BILLING" => "billing units",
            "ENERGY" => "energy",
            _ => "resources",
        };
        if (limit.Groups["run"].Success) what += " × time of running jobs";
        else if (limit.Groups["minutes"].Success) what += " × time";
        return limit.Groups["per"].Value switch
        {
            "Job" => $"it asks for more {what} than {owner} allows a job: it will not start",
            "Node" => $"it asks for more {what} of a node than {owner} allows: it will not start",
            "User" => $"its user has as many {what} as {owner} allows",
            "Account" => $"the account has as many {what} as {owner} allows",
            _ => limit.Groups["kind"].Value == "Min" ? $"it asks for fewer {what} than {owner} demands: it will not start" : $"{owner} has reached its limit of {what}",
        };
    }

    [GeneratedRegex("^(?<owner>QOS|Assoc|)(?<kind>Grp|Max|Min)(?<what>[A-Za-z]+?)(?<run>RunMinutes?)?(?<minutes>Minutes)?(?:Per(?<per>Job|Node|User|Account))?(?:Limit|NotSatisfied)?$")]
    private static partial Regex Limit();

    [GeneratedRegex("^(?:JobHeld|JobHoldMaxRequeue|DependencyNeverSatisfied|job requeued in held state|launch failed requeued held|PartitionTimeLimit|BadConstraints|Invalid(?:Account|QOS|Reservation)|ReservationDeleted|AccountNotAllowed|QOSNotAllowed|DeadLine|BurstBufferOperation|(?:QOS|Assoc)Max[A-Za-z]+Per(?:Job|Node)(?:Limit)?$|(?:QOS|Assoc)Min)", RegexOptions.IgnoreCase)]
    private static partial Regex WaitForPerson();
}
