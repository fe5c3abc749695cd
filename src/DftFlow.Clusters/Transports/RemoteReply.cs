namespace DftFlow.Clusters.Transports;

/// <summary>What a remote command answered, to its end.</summary>
/// <param name="ExitStatus">128 + n where signal n ended the command.</param>
/// <param name="Output">Standard output, without what the account's start-up files print.</param>
/// <param name="Error">Standard error; of a very long one the beginning and the end.</param>
/// <param name="Noise">What was printed before the command began: banners, greetings of start-up files.</param>
public sealed record RemoteReply(int ExitStatus, string Output, string Error, string Noise = "")
{
    /// <summary>What it said, for a message: standard error, else the end of standard output.</summary>
    public string Said
    {
        get
        {
            var said = Error.Trim() is { Length: > 0 } error ? error : Output.Trim();
            return said.Length > 2000 ? said[^2000..] : said;
        }
    }
}
