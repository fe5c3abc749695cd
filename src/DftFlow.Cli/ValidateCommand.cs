using System.CommandLine;

namespace DftFlow.Cli;

internal static class ValidateCommand
{
    public static Command Create()
    {
        var arguments = new WorkflowArguments();
        var command = arguments.AddTo(new Command("validate", "Checks a workflow and tells every problem with its place."));
        command.SetAction(parsed =>
        {
            var loaded = arguments.Load(parsed);
            var valid = loaded.Plan is not null;
            if (parsed.GetValue(arguments.Json))
                Output.Json(new ValidateAnswer(valid, DiagnosticDocument.Of(loaded.Diagnostics), DiagnosticDocument.FirstError(loaded.Diagnostics)), CliJson.Default.ValidateAnswer);
            else
            {
                Output.Tell(loaded.Diagnostics, infos: true);
                if (valid) Console.WriteLine($"{loaded.Plan!.Name} is valid: {loaded.Plan.Calculations.Length} calculations, {loaded.Plan.Analyses.Length} analyses.");
            }
            return valid ? ExitStatus.Done : ExitStatus.BadRequest;
        });
        return command;
    }
}
