using System.Text;
using DftFlow.Clusters.Transports;

namespace DftFlow.Cli.Clusters;

/// <summary>Asks the person at the terminal; standard output stays free for the answer.</summary>
internal static class TerminalPrompt
{
    /// <summary>Null where nobody sits at a terminal.</summary>
    public static SshPrompt? OrNull => Console.IsInputRedirected || Console.IsErrorRedirected ? null : AskAsync;

    public static Task<string?> AskAsync(SshQuestion question, CancellationToken cancellationToken)
    {
        if (question.Instruction.Trim() is { Length: > 0 } instruction) Output.Say(instruction);
        var text = Output.Printable(question.Text).TrimEnd();
        // A host can ask anything: who asks is said by us.
        return AskAsync(text.Contains(question.Destination, StringComparison.Ordinal) ? text : $"{question.Destination}: {text}", question.Echo, cancellationToken);
    }

    /// <summary>One line; null where the input ends.</summary>
    public static Task<string?> AskAsync(string text, bool echo, CancellationToken cancellationToken)
    {
        Console.Error.Write($"{text} ");
        // The thread that reads ends with the process.
        return Task.Run(() => echo ? Console.In.ReadLine() : ReadHidden(), CancellationToken.None).WaitAsync(cancellationToken);
    }

    private static string? ReadHidden()
    {
        var answer = new StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key is { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control } && answer.Length == 0) return null;
            if (key.Key == ConsoleKey.Backspace) answer.Length = Math.Max(0, answer.Length - 1);
            else if (!char.IsControl(key.KeyChar)) answer.Append(key.KeyChar);
        }
        Console.Error.WriteLine();
        return answer.ToString();
    }
}
