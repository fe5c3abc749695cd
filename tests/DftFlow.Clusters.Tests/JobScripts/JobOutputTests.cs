using DftFlow.Clusters.JobScripts;
using DftFlow.Clusters.Schedulers;

namespace DftFlow.Clusters.Tests.JobScripts;

public sealed class JobOutputTests
{
    // Slurm: slurmstepd's own words, in src/slurmd/slurmstepd and src/plugins/jobacct_gather, task/cgroup. PBS: MOM's, after PBS's
    // and Torque's manuals. LSF: the report that it puts behind a job's output (bsub, "Output from a job").
    [Theory]
    [InlineData("slurmstepd: error: *** JOB 12 ON node01 CANCELLED AT 2026-11-23T21:32:33 DUE TO TIME LIMIT ***", JobState.TimeLimit)]
    [InlineData("slurmstepd: error: *** STEP 12.0 ON node01 CANCELLED AT 2026-11-23T21:32:33 DUE TO TIME LIMIT ***", JobState.TimeLimit)]
    [InlineData("slurmstepd: error: *** JOB 12 ON node01 CANCELLED AT 2026-11-23T21:32:33 DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS ***", JobState.NodeFailure)]
    [InlineData("slurmstepd: error: *** JOB 12 ON node01 CANCELLED AT 2026-11-23T21:32:33 DUE TO PREEMPTION ***", JobState.Preempted)]
    [InlineData("slurmstepd: error: *** JOB 12 ON node01 CANCELLED AT 2026-11-23T21:32:33 ***", JobState.Cancelled)]
    [InlineData("slurmstepd: error: *** JOB 12 ON node01 CANCELLED AT 2026-11-23T21:32:33 DUE TO JOB REQUEUE ***", null)]
    [InlineData("slurmstepd: error: Exceeded job memory limit", JobState.OutOfMemory)]
    [InlineData("slurmstepd: error: StepId=12.batch exceeded memory limit (204800 > 61440), being killed", JobState.OutOfMemory)]
    [InlineData("slurmstepd: error: Detected 1 oom-kill event(s) in StepId=12.batch. Some of your processes may have been killed by the cgroup out-of-memory handler.", JobState.OutOfMemory)]
    [InlineData("slurmstepd: error: Detected 1 oom_kill event in StepId=12.batch. Some of the step tasks have been OOM Killed.", JobState.OutOfMemory)]
    [InlineData("=>> PBS: job killed: walltime 75 exceeded limit 60", JobState.TimeLimit)]
    [InlineData("=>> PBS: job killed: mem 2097152kb exceeded limit 1048576kb", JobState.OutOfMemory)]
    [InlineData("=>> PBS: job killed: vmem 2147483648 exceeded limit 1073741824", JobState.OutOfMemory)]
    [InlineData("TERM_RUNLIMIT: job killed after reaching LSF run time limit.", JobState.TimeLimit)]
    [InlineData("TERM_MEMLIMIT: job killed after reaching LSF memory usage limit.", JobState.OutOfMemory)]
    [InlineData("TERM_ADMIN: job killed by root or LSF administrator.", JobState.Cancelled)]
    [InlineData("The module could not be loaded: TIME LIMIT", null)]
    [InlineData("", null)]
    public void Tells_what_the_batch_system_wrote(string line, JobState? cause)
    {
        var told = JobOutput.CauseIn($"some words before\n{line}\nand some behind\n");
        Assert.Equal((cause, cause is null ? null : line), (told?.State, told?.Line));
    }

    [Fact]
    public void The_last_cause_counts_and_counts_more_than_that_it_was_cancelled()
    {
        Assert.Equal(JobState.TimeLimit, JobOutput.CauseIn("slurmstepd: error: Exceeded job memory limit\nslurmstepd: error: *** JOB 1 ON n CANCELLED AT x DUE TO TIME LIMIT ***\n")?.State);
        Assert.Equal(JobState.OutOfMemory, JobOutput.CauseIn("slurmstepd: error: Exceeded job memory limit\nslurmstepd: error: *** JOB 1 ON n CANCELLED AT x ***\n")?.State);
    }
}
