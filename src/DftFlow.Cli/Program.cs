using System.CommandLine;
using System.Globalization;
using DftFlow;
using DftFlow.Cli;

// Numbers in files and messages look the same everywhere; only the user's texts are the user's.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var root = new RootCommand("First-principles workflows: from YAML to VASP inputs, jobs, band centres and reaction energies.")
{
    RunCommand.Create(),
    PlanCommand.Create(),
    ValidateCommand.Create(),
    SchemaCommand.Create(),
    CompletionCommand.Create(),
};
var parsed = root.Parse(args);
var json = args.Contains("--json");
if (parsed.Errors.Count > 0)
    return Output.Fail(json, new DftFlowException("DF1900", string.Join(" ", parsed.Errors.Select(e => e.Message)), "Add --help to see what there is."));
try
{
    return await parsed.InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        // Time for what runs to be ended and cleared away after Ctrl-C.
        ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
    });
}
catch (OperationCanceledException)
{
    return Output.Fail(json, new DftFlowException("DF1901", "Interrupted."), ExitStatus.Interrupted);
}
catch (DftFlowException error)
{
    return Output.Fail(json, error);
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException)
{
    return Output.Fail(json, new DftFlowException("DF1902", error.Message, "Is there space on the disk, and may you write there?"), ExitStatus.Failed);
}
