using System.CommandLine;

namespace DftFlow.Cli;

internal static class ValidateCommand
{
    public static Command Create()
    {
        var arguments = new WorkflowArguments();
        var command = arguments.AddTo(new Command("validate", "Checks a workflow and tells every problem with its place."));
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var loaded = await arguments.LoadAsync(parsed, cancellationToken);
            var valid = loaded.Plan is not null;
            if (parsed.GetValue(arguments.Json))
                Output.Json(new ValidateAnswer(valid, DiagnosticDocument.Of(loaded.Diagnostics), DiagnosticDocument.FirstError(loaded.Diagnostics)), CliJson.Default.ValidateAnswer);
            else
            {
                Output.Tell(loaded.Diagnostics, infos: true);
                if (valid) Console.WriteLine($"{loaded.Plan!.Name} is valid: {Output.Count(loaded.Plan.Calculations.Length, "calculation")}, {loaded.Plan.Analyses.Length} analys{(loaded.Plan.Analyses.Length == 1 ? "is" : "es")}.");
            }
            return valid ? ExitStatus.Done : ExitStatus.BadRequest;
        });
        return command;
    }
}
