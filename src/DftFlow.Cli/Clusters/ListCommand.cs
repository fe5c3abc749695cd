using System.CommandLine;
using System.Text;
using DftFlow.Cli.Analyze;
using DftFlow.Clusters;
using DftFlow.Yaml;

namespace DftFlow.Cli.Clusters;

/// <summary>The configurations that are found, one broken one not hiding the others.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var json = AnalyzeCommand.JsonOption();
        var command = new Command("list", "Lists the clusters that are configured.") { json };
        command.SetAction(parsed =>
        {
            var answer = new ClusterListAnswer([.. ClusterConfigLoader.Known().Select(known => Row(known.Key, known.Value))]);
            if (parsed.GetValue(json)) Output.Json(answer, ClusterJson.Default.ClusterListAnswer);
            else Print(answer);
            return ExitStatus.Done;
        });
        return command;
    }

    private static ClusterRow Row(string name, string file)
    {
        var diagnostics = new Diagnostics();
        if (ClusterConfigLoader.Find(name, diagnostics) is { } cluster)
            return new(name, cluster.Description, ClusterCommand.Word(cluster.Transport), cluster.Ssh?.Name, ClusterCommand.Word(cluster.Scheduler), file, null);
        return new(name, null, null, null, null, file, DiagnosticDocument.FirstError(diagnostics.ToSorted()));
    }

    private static void Print(ClusterListAnswer answer)
    {
        string[] titles = ["name", "transport", "host", "scheduler"];
        var cells = answer.Clusters.Select(row => new[] { row.Name, row.Transport ?? "?", row.Host ?? (row.Problem is null ? "this machine" : "?"), row.Scheduler ?? "?" }.Select(Output.Printable).ToArray()).ToList();
        var widths = Enumerable.Range(0, titles.Length).Select(i => cells.Select(row => row[i].Length).Append(titles[i].Length).Max()).ToArray();
        var text = new StringBuilder();
        void Line(IReadOnlyList<string> row, Func<string, string> ink)
        {
            for (var i = 0; i < row.Count; i++) text.Append(ink(row[i].PadRight(widths[i]))).Append("  ");
        }
        Line(titles, Ink.Dim);
        text.Append(Ink.Dim("description")).Append('\n');
        foreach (var (row, row4) in answer.Clusters.Zip(cells))
        {
            Line(row4, cell => cell);
            text.Append(row.Problem is { } problem ? Ink.Red(Output.Printable($"{problem.Code}: {problem.Message}")) : Output.Printable(row.Description ?? "")).Append('\n')
                .Append("  ").Append(Ink.Dim(Output.Printable(row.File))).Append('\n');
        }
        Console.Out.Write(text.ToString());
    }
}
