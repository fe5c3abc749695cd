using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using DftFlow;
using DftFlow.Cli;
using DftFlow.Cli.Analyze;
using DftFlow.Cli.Clusters;
using DftFlow.Cli.Entries;

// From the first moment on: an interrupted command still ends what it started, and answers.
using var interrupted = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);

// Numbers in files and messages look the same everywhere; only the user's texts are the user's.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var root = new RootCommand("First-principles workflows: from YAML to VASP inputs, jobs, band centres and reaction energies.")
{
    RunCommand.Create(),
    PlanCommand.Create(),
    ValidateCommand.Create(),
    InspectCommand.Create(),
    AnalyzeCommand.Create(),
    EntriesCommand.Create(),
    ClusterCommand.Create(),
    StructureCommand.Create(),
    SchemaCommand.Create(),
    CompletionCommand.Create(),
};
var parsed = root.Parse(args);
var json = args.Contains("--json");
if (parsed.Errors.Count > 0)
    return Output.Fail(json, new DftFlowException("DF1900", string.Join(" ", parsed.Errors.Select(e => AsType().Replace(e.Message, "as a number"))), "Add --help to see what there is."));
// As a separator of thousands a comma would be passed over: 4,2 V would be 42 V.
if (parsed.CommandResult.Children.OfType<OptionResult>().Where(option => (Nullable.GetUnderlyingType(option.Option.ValueType) ?? option.Option.ValueType) == typeof(double))
    .FirstOrDefault(option => option.Tokens.Any(token => token.Value.Contains(',', StringComparison.Ordinal))) is { } comma)
    return Output.Fail(json, new DftFlowException("DF1900", $"'{comma.Tokens[0].Value}' is not a number for {comma.Option.Name}.", "Write a decimal point, and nothing between thousands."));
if (json && parsed.Action != parsed.CommandResult.Command.Action)
    return Output.Fail(json, new DftFlowException("DF1900", "There is no JSON document of the help or the version.", "Leave --json out."));
try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interrupted.Token);
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
    return Output.Fail(json, new DftFlowException("DF1901", "Interrupted."), ExitStatus.Interrupted);
}
catch (DftFlowException error)
{
    return Output.Fail(json, error);
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException)
{
    return Output.Fail(json, new DftFlowException("DF1902", error.Message,
        error is FileInTheWayException ? "Name another folder, or move the file away." : "Is there space on the disk, and may you write there?"), ExitStatus.Failed);
}
// Whatever it is, programs that call this one get their document, and people who can mend it the place.
catch (Exception error)
{
    Output.Say(error.ToString());
    return Output.Fail(json, new DftFlowException("DF1903", $"This should not have happened: {error.Message}", "It is a mistake in DftFlow; please report it with the lines above. Finished calculations are kept."), ExitStatus.Failed);
}

void Interrupt(PosixSignalContext signal)
{
    signal.Cancel = true;
    interrupted.Cancel();
}

/// <summary>All values that are parsed are numbers or text, and text always is.</summary>
internal static partial class Program
{
    [GeneratedRegex("as expected type '[^']*'")]
    private static partial Regex AsType();
}
