using DftFlow.Clusters.Schedulers;
using DftFlow.Clusters.Transports;
using DftFlow.Tests;

namespace DftFlow.Clusters.Tests.Schedulers;

/// <summary>Replies of batch systems, real ones and such as their manuals describe, whole and damaged.</summary>
public sealed class ReplyTests
{
    public static TheoryData<string> Cases => [.. ReplyCase.Names];

    // DFTFLOW_APPROVE=1 writes what is read in place of what is expected; 'git diff' then shows what changed.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Reads_a_reply(string name)
    {
        var sample = ReplyCase.Load(name);
        var means = sample.Means(sample.Reply);
        if (Environment.GetEnvironmentVariable("DFTFLOW_APPROVE") is { Length: > 0 }) sample.Approve(means);
        else Assert.Equal(sample.Expected, means);
    }

    /// <summary>What must never be made up: a job that ended, an id.</summary>
    private static HashSet<string> Claims(ReplyCase sample, RemoteReply reply)
    {
        var scheduler = ReplyCase.SchedulerOf(sample.Scheduler);
        if (sample.Question == "submit") return scheduler.ReadSubmit(reply) is SubmitAnswer.Accepted accepted ? [accepted.Id] : [];
        if (sample.Question is not ("queue" or "history")) return [];
        var answer = sample.Question == "queue" ? scheduler.ReadQueue(reply) : scheduler.ReadHistory(reply);
        return [.. (answer.Jobs ?? []).Where(job => job.IsOver).Select(job => $"{job.Id} {job.State} {job.ExitStatus}")];
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Claims_no_end_and_no_id_that_a_cut_reply_does_not_tell(string name)
    {
        var sample = ReplyCase.Load(name);
        var whole = Claims(sample, sample.Reply);
        // Of two ids, the first alone is an id as well.
        if (sample.Question == "submit" && whole.Count == 0) whole.UnionWith(sample.Reply.Output.Split('\n'));
        // Of a job whose entry was cut behind its state, less may be known of its end.
        var ids = whole.Select(claim => claim.Split(' ')[0]).ToHashSet();
        var output = sample.Reply.Output;
        for (var length = 0; length < output.Length; length += output.Length > 20_000 ? 7 : 1)
            foreach (var claim in Claims(sample, sample.Reply with { Output = output[..length] }))
                Assert.True(whole.Contains(claim) || ids.Contains(claim.Split(' ')[0]) && claim.Contains(" Ended ", StringComparison.Ordinal), $"Cut at {length}: {claim}");
    }

    [Fact]
    public void A_damaged_reply_fails_no_reader()
    {
        var samples = ReplyCase.Names.Select(ReplyCase.Load).ToArray();
        var texts = samples.Select(sample => $"{sample.Reply.Output}\0{sample.Reply.Error}").ToArray();
        Mutated.OnlyFailsWithItsOwnError(text =>
        {
            var parts = text.Split('\0', 2);
            foreach (var scheduler in new[] { "slurm", "sge", "lsf", "pbs", "torque", "direct" }.Select(ReplyCase.SchedulerOf))
            {
                foreach (var status in (int[])[0, 1])
                {
                    var reply = new RemoteReply(status, parts[0], parts.Length > 1 ? parts[1] : "");
                    _ = (scheduler.ReadSubmit(reply), scheduler.ReadCancel(reply));
                    foreach (var answer in new[] { scheduler.ReadQueue(reply), scheduler.ReadHistory(reply) })
                    {
                        Assert.True(answer.Jobs is not null || answer.Problem is { Length: > 0 });
                        Assert.All(answer.UnknownWords, word => Assert.Contains(answer.Jobs!.Value, job => job.Word == word && !job.IsOver));
                    }
                }
            }
        }, texts);
    }

    // In place of every word for a state that stands in the samples.
    [Theory]
    [InlineData("slurm", "queue", "12|~|{0}|~|N/A|~||~|None|~|dfx\n")]
    [InlineData("slurm", "history", "12|~|{0}|~|0:0|~|Unknown|~|None assigned|~|dfx\n")]
    [InlineData("pbs", "queue", "Job Id: 12.s\n    Job_Name = dfx\n    job_state = {0}\n\n")]
    [InlineData("torque", "history", "Job Id: 12.s\n    Job_Name = dfx\n    job_state = {0}\n    exit_status = 0\n\n")]
    [InlineData("sge", "queue", "<?xml version='1.0'?><job_info><job_info><job_list><JB_job_number>12</JB_job_number><JB_name>dfx</JB_name><state>{0}</state></job_list></job_info></job_info>\n")]
    [InlineData("lsf", "queue", "12^0^{0}^0^-^-^-^-^dfx\n")]
    [InlineData("direct", "queue", "12.5.abc|~|{0}|~|dfx\n")]
    public void An_unknown_word_is_reported_and_never_an_end(string system, string question, string line)
    {
        foreach (var word in (string[])["COMPLETE", "COMPLETED+", "Finished", "DON", "FF", "Y", "TIMEOUTX", "ENDING", "x9"])
        {
            var scheduler = ReplyCase.SchedulerOf(system);
            var reply = new RemoteReply(0, string.Format(System.Globalization.CultureInfo.InvariantCulture, line, word), "");
            var answer = question == "queue" ? scheduler.ReadQueue(reply) : scheduler.ReadHistory(reply);
            if (answer.Jobs is [] or null)
            {
                Assert.Equal("lsf", system);
                continue;
            }
            var job = Assert.Single(answer.Jobs.Value);
            Assert.Equal((JobState.Unknown, word), (job.State, job.Word));
            Assert.Equal([word], answer.UnknownWords);
        }
    }

    [Theory]
    [InlineData("slurm")]
    [InlineData("pbs")]
    [InlineData("torque")]
    [InlineData("lsf")]
    [InlineData("direct")]
    public void An_empty_answer_is_an_empty_list_and_a_failed_one_is_none(string system)
    {
        var scheduler = ReplyCase.SchedulerOf(system);
        Assert.Equal([], scheduler.ReadQueue(new(0, "", "")).Jobs!.Value);
        Assert.Null(scheduler.ReadQueue(new(1, "", "")).Jobs);
        Assert.Null(scheduler.ReadQueue(new(1, "", "something is broken")).Jobs);
        Assert.Null(scheduler.ReadHistory(new(1, "", "something is broken")).Jobs);
        Assert.IsType<SubmitAnswer.Unknown>(scheduler.ReadSubmit(new(0, "", "")));
        Assert.IsType<SubmitAnswer.Unknown>(scheduler.ReadSubmit(new(137, "", "")));
        Assert.IsType<SubmitAnswer.Unavailable>(scheduler.ReadSubmit(new(127, "", "sh: 1: not found")));
    }

    [Fact]
    public void Grid_Engine_always_answers_with_XML() => Assert.Null(new Sge().ReadQueue(new(0, "", "")).Jobs);
}
