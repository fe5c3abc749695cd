using DftFlow.Vasp.Diagnoses;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>What a run said of why it stopped, in its OUTCAR or its standard output.</summary>
/// <remarks>A run that went on regardless says such things too: ask only of a run that did not finish.</remarks>
public static class StopMessage
{
    /// <summary>Reads a text from where the stream stands to its end; null where it says nothing of the kind.</summary>
    public static string? Find(Stream stream, CancellationToken cancellation = default)
    {
        var messages = new MessageScanner();
        var lines = new TextLines(stream, cancellation);
        while (lines.Next()) messages.Add(lines.Line);
        messages.End();
        return messages.StopMessage;
    }
}
