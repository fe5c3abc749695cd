using System.Collections.Immutable;
using DftFlow.Vasp.Diagnoses;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>What a run wrote on its standard output or standard error: <c>vasp.out</c>, a job's log. Any text is taken.</summary>
public sealed record StandardOutput
{
    /// <summary>The program and its version, as printed; null where the text has none.</summary>
    public string? Program { get; init; }

    /// <summary>The electronic and ionic steps, which VASP prints here as in the OSZICAR. Processes that print at once can garble lines; such a line is left out.</summary>
    public required OszicarReader Steps { get; init; }

    /// <summary>
    /// True where the run said that it is done ("writing wavefunctions", "reached required accuracy"); false where it said why it
    /// gave up and not that it is done; null where it said neither, as without WAVECAR a finished static run does.
    /// </summary>
    public bool? Finished { get; init; }

    /// <summary>The relaxation reached EDIFFG.</summary>
    public bool ReachedRequiredAccuracy { get; init; }

    /// <summary>What the run said of why it stopped; null where it said nothing. A run that went on regardless says such things too.</summary>
    public string? StopMessage { get; init; }

    /// <summary>The known messages that the text holds.</summary>
    public ImmutableArray<Diagnosis> Diagnoses { get; init; } = [];

    /// <summary>Reads a text from where the stream stands to its end, forward only.</summary>
    public static StandardOutput Read(Stream stream, CancellationToken cancellation = default)
    {
        var messages = new MessageScanner();
        var steps = new OszicarReader();
        var lines = new TextLines(stream, cancellation);
        string? program = null;
        bool done = false, reached = false;
        while (lines.Next())
        {
            messages.Add(lines.Line);
            if (!lines.Terminated) continue;
            var line = lines.Line.Trim(" \t\r"u8);
            steps.ReadLine(line);
            if (program is null && (line.StartsWith("vasp."u8) || line.StartsWith("gpaw-vasp"u8)))
                program = System.Text.Encoding.Latin1.GetString(line[..Math.Min(line.Length, 200)]);
            reached |= line.StartsWith("reached required accuracy"u8);
            done |= line.StartsWith("writing wavefunctions"u8);
        }
        messages.End();
        return new StandardOutput
        {
            Program = program,
            Steps = steps,
            Finished = done || reached ? true : messages.StopMessage is null ? null : false,
            ReachedRequiredAccuracy = reached,
            StopMessage = messages.StopMessage,
            Diagnoses = messages.Diagnoses,
        };
    }
}
