using System.Globalization;
using System.Text;
using DftFlow.Clusters.Schedulers;
using DftFlow.Clusters.Transports;
using DftFlow.Tests;

namespace DftFlow.Clusters.Tests.Schedulers;

/// <summary>A batch system's reply and what it means: a file of <c>captured/</c> or <c>documented/</c>; their README tells the format.</summary>
internal sealed record ReplyCase(string File, string Scheduler, string Question, RemoteReply Reply, string Expected)
{
    public static string Folder { get; } = Path.Combine(TestPaths.Repository, "tests/DftFlow.Clusters.Tests/Schedulers");

    public static IEnumerable<string> Names =>
        new[] { "captured", "documented" }.SelectMany(kind => Directory.EnumerateFiles(Path.Combine(Folder, kind), "*.case", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal);

    public static ReplyCase Load(string name)
    {
        var file = Path.Combine(Folder, name);
        var parts = System.IO.File.ReadAllText(file).Split("\n--- ");
        string Part(string key)
        {
            var part = parts.Single(part => part == key || part.StartsWith(key + "\n", StringComparison.Ordinal))[key.Length..].TrimStart('\n');
            return part.EndsWith('\\') ? part[..^1] : part.Length == 0 || part.EndsWith('\n') ? part : part + "\n";
        }
        var status = parts[0].Split('\n').Single(line => line.StartsWith("exit: ", StringComparison.Ordinal))[6..];
        var question = parts[0].Split('\n').Single(line => line.StartsWith("question: ", StringComparison.Ordinal))[10..];
        return new(file, name.Split('/')[1], question, new(int.Parse(status, CultureInfo.InvariantCulture), Part("out"), Part("err")), Part("means"));
    }

    public void Approve(string means) =>
        System.IO.File.WriteAllText(File, System.IO.File.ReadAllText(File) is var text && text[..text.IndexOf("\n--- means\n", StringComparison.Ordinal)] is var head ? $"{head}\n--- means\n{means}" : "");

    public static IScheduler SchedulerOf(string name) => name switch
    {
        "slurm" => new Slurm(),
        "sge" => new Sge(),
        "lsf" => new Lsf(),
        "pbs" => new Pbs(PbsFlavour.Pro),
        "torque" => new Pbs(PbsFlavour.Torque),
        _ => new Direct(),
    };

    /// <summary>The reply's meaning as text.</summary>
    public string Means(RemoteReply reply)
    {
        var scheduler = SchedulerOf(Scheduler);
        return Question switch
        {
            "submit" => scheduler.ReadSubmit(reply) switch
            {
                SubmitAnswer.Accepted accepted => $"Accepted {accepted.Id}\n",
                var other => $"{other.GetType().Name}\n",
            },
            "queue" => Text(scheduler.ReadQueue(reply)),
            "history" => Text(scheduler.ReadHistory(reply)),
            _ => scheduler.ReadCancel(reply) is { Asked: true } ? "Asked\n" : "not asked\n",
        };
    }

    public static string Text(QueueAnswer answer)
    {
        if (answer.Jobs is not { } jobs) return "no answer\n";
        var text = new StringBuilder();
        foreach (var job in jobs)
        {
            text.Append(CultureInfo.InvariantCulture, $"{job.Id} {job.State} [{job.Word}] \"{job.Name}\"");
            if (job.ExitStatus is { } exit) text.Append(CultureInfo.InvariantCulture, $" exit {exit}");
            if (job.Start is { } start) text.Append(CultureInfo.InvariantCulture, $" start {start:s}");
            if (job.Nodes is { } nodes) text.Append(CultureInfo.InvariantCulture, $" on {nodes}");
            if (job.Reason is { } reason) text.Append(CultureInfo.InvariantCulture, $"\n    reason: {reason}");
            if (job.ReasonInWords is { } words) text.Append(CultureInfo.InvariantCulture, $"\n    in words: {words}");
            text.Append('\n');
        }
        foreach (var word in answer.UnknownWords) text.Append(CultureInfo.InvariantCulture, $"unknown word: {word}\n");
        return text.Length > 0 ? text.ToString() : "no jobs\n";
    }
}
