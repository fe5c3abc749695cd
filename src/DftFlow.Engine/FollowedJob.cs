using System.Text;
using DftFlow.Clusters.Owner;

namespace DftFlow.Engine;

/// <summary>A job that is waited for, and what the last looks said.</summary>
internal sealed class FollowedJob(SubmittedJob job, PlacedCalculation placed)
{
    public SubmittedJob Job => job;

    public Action<string?> Report => placed.Report;

    /// <summary>Whether the last look saw it run, so that the next one asks how far it is.</summary>
    public bool Runs { get; set; } = true;

    /// <summary>What is known of its OSZICAR.</summary>
    public GrowingText Oszicar { get; private set; } = new($"{job.Directory}/OSZICAR", 0);

    public void Append(string text)
    {
        Oszicar = Oszicar with { KnownBytes = Oszicar.KnownBytes + Encoding.UTF8.GetByteCount(text) };
        placed.Oszicar.Append(text);
    }

    public TaskCompletionSource<JobOutcome> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Looks since the job was last seen alive.</summary>
    public int EmptyLooks { get; set; }
}
