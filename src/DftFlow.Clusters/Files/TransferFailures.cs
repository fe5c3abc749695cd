using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Files;

/// <summary>What can go wrong with files on a cluster, in words.</summary>
internal static class TransferFailures
{
    /// <summary>By what the other side said: DF4301 disk full, DF4302 quota, DF4303 not allowed, DF4304 anything else.</summary>
    public static DftFlowException Of(RemoteReply reply, string what, string destination)
    {
        var said = reply.Said;
        bool Says(string words) => said.Contains(words, StringComparison.OrdinalIgnoreCase);
        return Says("quota exceeded") || Says("over quota") || Says("exceeded your quota")
            ? new("DF4302", $"The quota on {destination} is used up: {what} failed.\nIt said:\n{said}", "Remove what is not needed there ('quota -s' or the site's own command tells), or ask for more. Nothing half-written was left.")
            : Says("No space left on device")
            ? new("DF4301", $"A disk on {destination} is full: {what} failed.\nIt said:\n{said}", "Choose another workdir in the cluster's configuration, or wait until there is room. Nothing half-written was left.")
            : Says("Permission denied") || Says("Read-only file system") || Says("Operation not permitted")
            ? new("DF4303", $"{destination} does not allow it: {what} failed.\nIt said:\n{said}", "See that the account may write there, and that the workdir in the cluster's configuration is right.")
            : Says("No such file") || Says("Not a directory") || Says("can't cd to")
            ? new("DF4305", $"A file or folder on {destination} is not there: {what} failed.\nIt said:\n{said}", "It was removed or renamed meanwhile (scratch file systems are cleaned), or the workdir in the cluster's configuration is wrong.")
            : new("DF4304", FormattableString.Invariant($"{what} failed on {destination} with exit status {reply.ExitStatus}.{(said.Length == 0 ? " It said nothing." : $"\nIt said:\n{said}")}"));
    }

    /// <summary>DF4306: what arrived is not what was sent.</summary>
    public static DftFlowException Damaged(string file, string destination, string why) =>
        new("DF4306", $"{file} was damaged on the way between here and {destination}: {why}.", "The file changed while it was read, or a disk or the network has a fault. What arrived was thrown away; it is tried again.");
}
