namespace DftFlow.Clusters.Transports;

/// <summary>What a failure on the way to a cluster asks for.</summary>
public enum FailureClass
{
    /// <summary>Not of the connection: the work itself is at fault.</summary>
    Other,

    /// <summary>It may be gone at the next try: wait, and try again.</summary>
    Transient,

    /// <summary>Only a person can mend it, and further tries may get the account locked: stop all traffic.</summary>
    NeedsPerson,
}

/// <summary>What can go wrong on the way to a cluster, in words.</summary>
public static class ConnectionFailures
{
    /// <summary>Goes by the code, which is stable.</summary>
    public static FailureClass ClassOf(DftFlowException error) => error.Code switch
    {
        "DF4001" or "DF4002" or "DF4003" or "DF4004" => FailureClass.Transient,
        "DF4010" or "DF4011" or "DF4012" or "DF4013" or "DF4014" or "DF4015" or "DF4016" => FailureClass.NeedsPerson,
        _ => FailureClass.Other,
    };

    /// <summary>DF4001: no connection was made.</summary>
    public static DftFlowException Unreachable(string destination, string why, Exception? inner = null) =>
        new("DF4001", $"{destination} cannot be reached: {why.TrimEnd('.')}.",
            "See whether the host name and port are right, the network (a VPN?) is up and the machine is not in maintenance: 'ssh' to it by hand tells.", inner: inner);

    /// <summary>DF4002: the connection ended while something was under way; whether that was done is not known.</summary>
    public static DftFlowException Lost(string destination, string why, Exception? inner = null) =>
        new("DF4002", $"The connection to {destination} was lost: {why.TrimEnd('.')}.", "It is made again at the next try.", inner: inner);

    /// <summary>DF4003: no answer within the time; whether it was done is not known.</summary>
    public static DftFlowException TimedOut(string destination, string what, TimeSpan limit) =>
        new("DF4003", FormattableString.Invariant($"{destination} did not answer within {limit.TotalSeconds:0} s: {what}."),
            "The machine or its file system may be overloaded. It is tried again later.");

    /// <summary>DF4004: a reply without its end; whether the command was done is not known.</summary>
    public static DftFlowException ReplyCut(string destination, string what, string said) =>
        new("DF4004", $"The reply of {destination} stops before its end: {what}.{(said.Length == 0 ? "" : $"\nIt said last:\n{said}")}",
            "The connection broke, the command was killed, or the account's shell could not run it. It is tried again later.");

    /// <summary>DF4010: the host refuses who we are.</summary>
    public static DftFlowException NotAuthenticated(string destination, string why, Exception? inner = null) =>
        new("DF4010", $"{destination} refuses the login: {why.TrimEnd('.')}.",
            "See that 'ssh' to it works by hand with the same user and key. DftFlow does not try again by itself, since repeated refusals can lock an account.", inner: inner);

    /// <summary>DF4011: known_hosts does not have the host.</summary>
    public static DftFlowException UnknownHostKey(string destination, string fingerprint, string knownHosts, string accept) =>
        new("DF4011", $"The host key of {destination} is not known: {fingerprint}, which is not in {knownHosts}.",
            $"Compare the fingerprint with the one that the cluster's administrators publish; then accept it with: {accept}");

    /// <summary>DF4012: known_hosts has another key.</summary>
    public static DftFlowException ChangedHostKey(string destination, string fingerprint, string knownHosts, string expected) =>
        new("DF4012", $"The host key of {destination} HAS CHANGED: it is {fingerprint}, but {knownHosts} has {expected}. Somebody may be listening in.",
            "Ask the cluster's administrators whether the key was changed. If so, remove the old line from that file, and accept the new key.");

    /// <summary>DF4013: the login asks something, and nobody is there to answer.</summary>
    public static DftFlowException NotAnswered(string destination, string why, Exception? inner = null) =>
        new("DF4013", $"The login to {destination} asks for an answer that nobody gives: {why.TrimEnd('.')}.",
            "Start DftFlow in a terminal, add the key to ssh-agent, or use the openssh transport, which keeps one login open for many commands.", inner: inner);

    /// <summary>DF4014: known_hosts has the key as one that must not be trusted.</summary>
    public static DftFlowException RevokedHostKey(string destination, string fingerprint, string place) =>
        new("DF4014", $"The host key of {destination} is {fingerprint}, which is marked as revoked in {place}. Somebody may be listening in.",
            "Ask the cluster's administrators. Nothing is sent to this host as long as it shows this key.");

    /// <summary>DF4015: the ssh configuration cannot be followed.</summary>
    public static DftFlowException NotSupported(string destination, string why) =>
        new("DF4015", $"{destination} cannot be reached as the ssh configuration says: {why.TrimEnd('.')}.",
            "Mend the configuration, or use the openssh transport, for which the system's ssh reads it.");
}
