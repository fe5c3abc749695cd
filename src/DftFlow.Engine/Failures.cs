using System.Globalization;
using System.Text;
using DftFlow.Clusters;
using DftFlow.Clusters.Schedulers;

namespace DftFlow.Engine;

/// <summary>
/// What can go wrong with a calculation, in words. A message says what happened; the executor puts the calculation before it
/// and the place of the files behind it.
/// </summary>
internal static class Failures
{
    public static DftFlowException EngineCannotRun(string engine, string why, string? install, string? installOutput) =>
        new("DF2002", $"The engine '{engine}' cannot run: {why}"
            + (installOutput is null ? "" : $"\nThe installation said last:\n{installOutput}"),
            install is null ? "Install it, or correct its command in the cluster's configuration."
            : installOutput is null ? $"This command installs it: {install}"
            : "Do what it says, then run the workflow again.");

    public static DftFlowException Exited(int code, string said) =>
        new("DF2003", Invariant($"The engine ended with exit status {code}.{Said(said)}"),
            "Look for its own message in vasp.out and OUTCAR; correct the workflow or the engine's command.");

    /// <summary>A shell's exit status for what it cannot execute; the program itself was there.</summary>
    public static DftFlowException NotStarted(int code, string said) =>
        new("DF2001", Invariant($"The engine could not be started (exit status {code}).{Said(said)}"),
            "Its command in the cluster's configuration names a program that is missing, is no program, or needs an interpreter that is missing.");

    public static DftFlowException Killed(ProcessExit exit, string said) =>
        new("DF2004", Invariant($"The engine was killed by {exit.SignalName} (exit status {exit.Code}).{Said(said)}"), exit.SignalName switch
        {
            "SIGKILL" => "Most often the memory ran out ('journalctl -k' or 'dmesg' tell): run fewer calculations or ranks at a time, or ask less of ENCUT, KPOINTS or the cell; a person or a time limit may have ended it as well.",
            "SIGSEGV" or "SIGBUS" or "SIGILL" => "The engine crashed: a stack limit ('ulimit -s unlimited'), memory that ran out, or libraries that do not fit together.",
            "SIGTERM" or "SIGINT" or "SIGHUP" => "Somebody or something asked it to end; run the workflow again.",
            "SIGXCPU" or "SIGXFSZ" => "A limit of the shell or the system was reached ('ulimit -a').",
            _ => "Run the workflow again; where it happens again, vasp.out and OUTCAR may tell why.",
        });

    public static DftFlowException NotConvergedElectronically(int steps, int? limit, double? lastChangeEv) =>
        new("DF2005", Invariant($"The electronic steps did not converge: {steps} of NELM = {limit} steps were taken")
            + (lastChangeEv is { } change ? Invariant($", the last one changed the energy by {change:0.0E+0} eV.") : "."),
            "Try more steps (NELM), ALGO = Normal or All, more cautious mixing (AMIX = 0.1, BMIX = 0.0001; with spin AMIX_MAG too), a wider smearing, or other initial moments (spin).");

    public static DftFlowException NotConvergedIonically(int steps, int? limit) =>
        new("DF2006", Invariant($"The relaxation did not converge: {steps} of NSW = {limit} ionic steps were taken."),
            "Look at the energies in OSZICAR: where they fall, go on from CONTCAR as the new structure, or raise NSW; where they swing, try a smaller POTIM or IBRION = 1.");

    public static DftFlowException Incomplete(string what, string said) =>
        new("DF2007", $"The engine ended without an error, but {what}.{Said(said)}",
            "It was cut short (a time limit, a full disk, a child that died) or stopped early on its own: see vasp.out and the end of OUTCAR, then run the workflow again.");

    public static DftFlowException CannotWrite(string folder, Exception error) =>
        new("DF2008", $"The workspace {folder} cannot be written: {error.Message.TrimEnd('.')}.",
            "Free some space, mend the permissions, or choose another workspace. Finished results are safe; nothing half-written counts as one.",
            file: folder, inner: error);

    public static Finding DamagedResult(string id, string why, string aside) =>
        new("DF2009", Severity.Warning, $"{id}: the earlier result cannot be used, since {why}. It was moved to {aside}, and the calculation runs again.",
            "Something changed or lost the files of a finished calculation: a person, a program or the disk.");

    public static DftFlowException NewerResult(string folder, int version) =>
        new("DF2010", Invariant($"The result in {folder} has a manifest of version {version}; this DftFlow knows versions up to {ResultManifest.CurrentSchemaVersion}."),
            "Use the newer DftFlow that wrote it, or another workspace.", file: folder);

    public static DftFlowException UnknownEngine(string engine, ClusterConfig cluster) =>
        new("DF2011", $"The cluster '{cluster.Name}' has no engine '{engine}'; it has {(cluster.Engines.IsEmpty ? "none" : string.Join(", ", cluster.Engines.Keys))}.",
            "Add the engine to the cluster's configuration, or name another in the workflow.");

    public static Finding MoreRanksThanCores(string id, int ranks, int cores) =>
        new("DF2012", Severity.Warning, Invariant($"{id}: asks for {ranks} ranks, but only {cores} cores may be used; it runs with {cores}."),
            "Ask for fewer ranks, or raise the cores in the cluster's configuration.");

    public static DftFlowException PredecessorFailed(string predecessor) =>
        new("DF2013", $"Not run, since its structure comes from {predecessor}, which did not finish.", $"Correct {predecessor} and run the workflow again.");

    public static DftFlowException OtherAtoms(string predecessor, string why) =>
        new("DF2014", $"The structure that {predecessor} ended with cannot be taken: {why}.",
            "Both must be built from one structure, since initial moments, +U and potentials go by the order of the atoms.");

    public static DftFlowException WalltimeExceeded(TimeSpan walltime, string said) =>
        new("DF2015", $"The calculation was ended after its walltime of {walltime:c}.{Said(said)}", "Give it a longer walltime or more ranks.");

    public static DftFlowException JobRefused(string cluster, string why) =>
        new("DF2030", $"The batch system of '{cluster}' refuses the job: {why}", "Correct what the job asks for: in the workflow's resources, or under 'job' in the cluster's configuration.");

    public static DftFlowException SubmissionUnknown(string cluster, string name, string why) =>
        new("DF2031", $"Whether '{cluster}' accepted the job is not known, and it was not found by its name {name}: {why}",
            $"Look for a job named {name} there. If there is none, run the workflow again; the same job is never submitted twice without a look.");

    public static DftFlowException JobVanished(string cluster, string id, string directory, string? problem) =>
        new("DF2032", $"The job {id} is no longer known to the batch system of '{cluster}', and wrote nothing of its end.{(problem is null ? "" : $" Its history does not answer: {problem}")}",
            $"Its node may have failed, or the batch system lost it in a crash. Its files are in {directory} on the cluster.");

    public static DftFlowException EndedByScheduler(string cluster, SchedulerJob job, string directory) =>
        new("DF2033", $"The batch system of '{cluster}' ended the job {job.Id}: {Meaning(job)} ({job.Word}). What it left is in {directory} on the cluster.", job.State switch
        {
            JobState.TimeLimit => "Give it a longer walltime or more ranks.",
            JobState.OutOfMemory => "Ask for more memory or more nodes, or for fewer ranks on each.",
            JobState.NodeFailure or JobState.Preempted => "Run the workflow again.",
            JobState.Cancelled => "Run the workflow again, unless whoever cancelled it had a reason.",
            _ => "See dftflow-job.out there, which has what the batch system said.",
        });

    private static string Meaning(SchedulerJob job)
    {
        var state = job.State switch
        {
            JobState.TimeLimit => "its time limit was reached",
            JobState.OutOfMemory => "it used more memory than it asked for",
            JobState.NodeFailure => "its node failed",
            JobState.Cancelled => "it was cancelled",
            JobState.Preempted => "a job of higher priority took its place",
            _ => null,
        };
        return state is null || state == job.ReasonInWords ? job.ReasonInWords ?? "nothing tells why" : job.ReasonInWords is { } reason ? $"{state}: {reason}" : state;
    }

    public static DftFlowException NotCancelled(string cluster, string id, string directory, string why) =>
        new("DF2034", $"The job {id} on '{cluster}' could not be cancelled, and may go on: {why}", $"Cancel {id} there by hand; its folder is {directory}.");

    /// <summary>The last words of a text file, for a message.</summary>
    public static string Tail(params string[] files)
    {
        const int readBytes = 4096, lines = 12;
        foreach (var file in files)
        {
            if (!File.Exists(file)) continue;
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            stream.Seek(-Math.Min(stream.Length, readBytes), SeekOrigin.End);
            var buffer = new byte[readBytes];
            var text = Encoding.UTF8.GetString(buffer, 0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
            var last = text.Split('\n').Select(line => new string([.. line.Where(c => !char.IsControl(c))]).TrimEnd()).Where(line => line.Length > 0).TakeLast(lines);
            if (string.Join('\n', last) is { Length: > 0 } said) return said;
        }
        return "";
    }

    public static string Said(string said) => said.Length == 0 ? " It said nothing." : $"\nIt said last:\n{said}";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    public static DftFlowException NothingToAnalyse(string analysis) =>
        new("DF3301", $"'{analysis}' has nothing to work on: none of its calculations has a result.", "See why they failed; the analysis is made again at the next run.");
}
