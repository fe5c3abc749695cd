using System.CommandLine;
using DftFlow.Workflows.Language;
using DftFlow.Yaml;

namespace DftFlow.Cli;

internal static class SchemaCommand
{
    public static Command Create()
    {
        var command = new Command("schema", "Prints the JSON Schema of workflows, for editors.");
        // A schema is JSON already; the option is taken as everywhere.
        command.Add(new Option<bool>("--json") { Description = "Prints one JSON document on standard output: what it does anyway." });
        command.SetAction(_ => Console.Out.Write(JsonSchema.Of(typeof(WorkflowBlock), "DftFlow workflow, version 1")));
        return command;
    }
}
