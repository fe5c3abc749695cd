using System.CommandLine;
using DftFlow.Crystals;

namespace DftFlow.Cli;

/// <summary>Shows structures: those of files, and those that a workflow declares.</summary>
internal static class StructureCommand
{
    public static Command Create() => new("structure", "Shows structures, and builds those that a workflow declares.")
    {
        StructureInfoCommand.Create(),
        StructureBuildCommand.Create(),
    };

    public static Option<string[]> ViewOption() => new("--view")
    {
        Description = "Where the picture is seen from: a, b or c; 104 or 1,0,-4 (onto a plane); [110] (along a lattice direction); xyz:1,0.5,0 (in Å). May be repeated [default: b and c].",
        HelpName = "VIEW",
    };

    public static string Title(string name, Structure structure) => $"{name}: {structure.Composition.ReducedFormula}, {Output.Count(structure.Sites.Length, "atom")}";
}
