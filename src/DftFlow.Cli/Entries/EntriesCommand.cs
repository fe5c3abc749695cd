using System.CommandLine;

namespace DftFlow.Cli.Entries;

/// <summary>Computed phases: fetches them, shows them, and shows how they are corrected.</summary>
internal static class EntriesCommand
{
    public static Command Create() => new("entries", "Fetches computed phases, shows them, and brings them to one energy scale.")
    {
        FetchCommand.Create(),
        ListCommand.Create(),
        SchemeCommand.Create(),
    };
}
