using System.CommandLine;

namespace DftFlow.Cli.Analyze;

/// <summary>Turns the outputs of runs, and tables of computed phases, into numbers and figures.</summary>
internal static class AnalyzeCommand
{
    public static Command Create() => new("analyze", "Turns the outputs of runs, and tables of computed phases, into numbers and figures.")
    {
        DosCommand.Create(),
        BaderCommand.Create(),
        ElfCommand.Create(),
        SliceCommand.Create(),
        ChargeDifferenceCommand.Create(),
        HullCommand.Create(),
        InterfaceCommand.Create(),
        WindowCommand.Create(),
    };

    public static Option<bool> JsonOption() => new("--json") { Description = "Prints one JSON document on standard output.", Arity = ArgumentArity.Zero };

    /// <summary>A path that is none: empty, or meant as an option that this command has not.</summary>
    public static void RefuseNoPath(string path)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new DftFlowException("DF1900", "A path is empty.", "Name the file or the directory of a run; is a variable of the shell unset?");
        if (path.StartsWith('-') && !Path.Exists(path)) throw new DftFlowException("DF1900", $"'{path}' is not an option of this command.", "Add --help to see what there is.");
    }
}
