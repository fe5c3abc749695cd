using System.CommandLine;
using DftFlow.Analysis.Thermodynamics.Corrections;
using DftFlow.Cli.Analyze;

namespace DftFlow.Cli.Entries;

/// <summary>Prints a scheme of corrections, to be read or to be copied and changed.</summary>
internal static class SchemeCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = $"{string.Join(", ", CorrectionScheme.Names)}, or the path of a scheme's file." };
        var json = AnalyzeCommand.JsonOption();
        var command = new Command("scheme", "Prints a scheme of energy corrections as its file has it.") { name, json };
        command.SetAction(parsed =>
        {
            var text = CorrectionScheme.Text(parsed.GetValue(name)!);
            // A file that cannot be used is not shown as if it could.
            var scheme = CorrectionScheme.Find(parsed.GetValue(name)!)!;
            if (parsed.GetValue(json)) Output.Json(new SchemeAnswer(scheme.Name, scheme.Version, scheme.Source, scheme.Functional, scheme.ScaleFunctional, text), EntriesJson.Default.SchemeAnswer);
            else Console.Out.Write(text);
            return ExitStatus.Done;
        });
        return command;
    }
}
