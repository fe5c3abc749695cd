namespace DftFlow.Cli;

/// <summary>What the command's exit status means, the same for every command.</summary>
internal static class ExitStatus
{
    public const int Done = 0;

    /// <summary>The work failed: a calculation failed, or with --strict an expectation was missed.</summary>
    public const int Failed = 1;

    /// <summary>The request was wrong: bad arguments, an invalid workflow, an unreadable file.</summary>
    public const int BadRequest = 2;

    public const int Interrupted = 3;
}
