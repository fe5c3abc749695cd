using System.Collections.Immutable;
using System.Text;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>One electronic step, as OSZICAR reports it while it runs.</summary>
/// <param name="IonicStep">From 1: the ionic step that it belongs to.</param>
/// <param name="Step">From 1.</param>
/// <param name="Algorithm">As VASP names it: DAV, RMM, CGA, …</param>
/// <param name="EnergyEv">NaN where it did not fit its column.</param>
/// <param name="EnergyChangeEv">From the step before.</param>
public sealed record OszicarElectronicStep(int IonicStep, int Step, string Algorithm, double EnergyEv, double EnergyChangeEv)
{
    /// <summary><c>d eps</c>: the change of the bands' energy; null where the line ends before it.</summary>
    public double? BandEnergyChangeEv { get; init; }

    /// <summary><c>ncg</c>: how often the Hamiltonian was applied to a band.</summary>
    public double? HamiltonianCount { get; init; }

    /// <summary><c>rms</c>: of the bands' residuals, in eV.</summary>
    public double? ResidualEv { get; init; }
}

/// <summary>The end of an ionic step, as OSZICAR reports it.</summary>
/// <param name="FreeEnergyEv"><c>F</c>: TOTEN.</param>
/// <param name="EnergyEv"><c>E0</c>: energy(sigma→0).</param>
/// <param name="EnergyChangeEv"><c>d E</c>; null in molecular dynamics, which has none.</param>
/// <param name="MagnetizationMub"><c>mag</c>: one number, three where non-collinear, none without spin.</param>
public sealed record OszicarIonicStep(
    int Step, double FreeEnergyEv, double EnergyEv, double? EnergyChangeEv, ImmutableArray<double> MagnetizationMub)
{
    /// <summary>What only molecular dynamics prints; null otherwise.</summary>
    public OszicarDynamics? Dynamics { get; init; }
}

/// <summary>A step of molecular dynamics.</summary>
/// <param name="TotalEnergyEv"><c>E</c>: the conserved energy of atoms and thermostat.</param>
/// <param name="KineticEnergyEv"><c>EK</c>: of the atoms.</param>
/// <param name="ThermostatPotentialEv"><c>SP</c>.</param>
/// <param name="ThermostatKineticEv"><c>SK</c>.</param>
public sealed record OszicarDynamics(
    double TemperatureK, double TotalEnergyEv, double? KineticEnergyEv, double? ThermostatPotentialEv, double? ThermostatKineticEv);

/// <summary>A whole OSZICAR. A truncated file gives the lines that are complete.</summary>
/// <param name="Truncated">The file ends within a line or within an ionic step, or is empty; null where it ends after an ionic step.</param>
public sealed record Oszicar(
    IReadOnlyList<OszicarElectronicStep> ElectronicSteps, IReadOnlyList<OszicarIonicStep> IonicSteps, Truncation? Truncated, ImmutableArray<string> Warnings)
{
    /// <summary>Reads an OSZICAR from where the stream stands to its end, forward only.</summary>
    /// <param name="stream">Plain text; whoever opened the file decompresses it.</param>
    /// <exception cref="DftFlowException">DF1420: this is no OSZICAR. DF1421: it holds more than any run writes.</exception>
    public static Oszicar Read(Stream stream, CancellationToken cancellation = default)
    {
        var reader = new OszicarReader();
        var lines = new TextLines(stream, cancellation);
        bool anything = false, endsWithinLine = false;
        while (lines.Next())
        {
            if (lines.Terminated) reader.ReadLine(lines.Line);
            endsWithinLine = !lines.Terminated;
            anything |= lines.Terminated && lines.Line.ContainsAnyExcept(" \t\r\0"u8);
            if (reader.IsFull) throw new DftFlowException("DF1421", $"This OSZICAR is refused: it has more than {OszicarReader.MostSteps} steps.", "No run writes that many; is it another file, or several in one?");
        }
        if (anything && !reader.Recognised)
            throw new DftFlowException("DF1420", "This is not an OSZICAR: it has no line of an electronic or ionic step.", "Look at the file with head; it may be another one, or still compressed.");
        return new Oszicar(reader.ElectronicSteps, reader.IonicSteps, TruncationOf(reader, lines.NextOffset, endsWithinLine), reader.Warnings);
    }

    private static Truncation? TruncationOf(OszicarReader reader, long length, bool endsWithinLine)
    {
        var open = reader.ElectronicSteps is [.., var last] && last.IonicStep > reader.IonicSteps.Count ? last.Step : 0;
        if (!endsWithinLine && open == 0 && reader.IonicSteps.Count > 0) return null;
        var reason = length == 0 ? "the file is empty" : endsWithinLine ? "it ends within a line" : "it ends before the ionic step does";
        return new Truncation(length, reader.IonicSteps.Count + (open > 0 ? 1 : 0), open, reason);
    }
}

/// <summary>
/// Reads an OSZICAR as it grows: each call of <see cref="Append"/> takes what has been added to the file since. A line counts
/// once its end is there, so that a number half written is never taken for a whole one.
/// </summary>
public sealed class OszicarReader
{
    /// <summary>What is kept at most: no run makes more steps.</summary>
    internal const int MostSteps = 2_000_000;

    private const int LongestLine = 4096;

    private readonly StringBuilder unfinished = new();
    private readonly List<OszicarElectronicStep> electronicSteps = [];
    private readonly List<OszicarIonicStep> ionicSteps = [];
    private int starred;

    public IReadOnlyList<OszicarElectronicStep> ElectronicSteps => electronicSteps;

    public IReadOnlyList<OszicarIonicStep> IonicSteps => ionicSteps;

    internal bool IsFull => electronicSteps.Count >= MostSteps || ionicSteps.Count >= MostSteps;

    internal bool Recognised { get; private set; }

    internal ImmutableArray<string> Warnings =>
        starred == 0 ? [] : [FormattableString.Invariant($"{starred} numbers did not fit their columns (****) and count as not a number.")];

    /// <summary>Reads a whole text.</summary>
    public static OszicarReader Parse(ReadOnlySpan<char> text)
    {
        var reader = new OszicarReader();
        reader.Append(text);
        return reader;
    }

    /// <summary>Takes the text that follows what was appended before; it may begin and end within a line.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        int end;
        while ((end = text.IndexOf('\n')) >= 0)
        {
            if (unfinished.Length == 0) ReadLine(text[..end]);
            else
            {
                Keep(text[..end]);
                ReadLine(unfinished.ToString());
                unfinished.Clear();
            }
            text = text[(end + 1)..];
        }
        Keep(text);
    }

    // A line without end is no OSZICAR's; its beginning tells as much as is needed.
    private void Keep(ReadOnlySpan<char> text) =>
        unfinished.Append(text[..Math.Min(text.Length, LongestLine - Math.Min(unfinished.Length, LongestLine))]);

    internal void ReadLine(ReadOnlySpan<byte> line)
    {
        Span<char> text = stackalloc char[512];
        line = line[..Math.Min(line.Length, text.Length)];
        ReadLine(text[..Encoding.Latin1.GetChars(line, text)]);
    }

    private void ReadLine(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        if (line.IsEmpty || IsFull) return;
        var colon = line.IndexOf(':');
        if (colon is >= 2 and <= 4 && !line[..colon].ContainsAnyExceptInRange('A', 'Z')) ReadElectronicStep(line[..colon], line[(colon + 1)..]);
        else if ((char.IsAsciiDigit(line[0]) || line[0] == '*') && line.Contains("F=", StringComparison.Ordinal)) ReadIonicStep(line);
        else Recognised |= line.StartsWith("N       E ", StringComparison.Ordinal);
    }

    private void ReadElectronicStep(ReadOnlySpan<char> algorithm, ReadOnlySpan<char> rest)
    {
        if (!TryTake(ref rest, out var number) || !TryTake(ref rest, out var energy) || !TryTake(ref rest, out var change)) return;
        var ionicStep = ionicSteps.Count + 1;
        var previous = electronicSteps is [.., var last] && last.IonicStep == ionicStep ? last : null;
        Recognised = true;
        electronicSteps.Add(new OszicarElectronicStep(ionicStep, StepOf(number, previous?.Step ?? 0), NameOf(algorithm, previous?.Algorithm), energy, change)
        {
            BandEnergyChangeEv = TryTake(ref rest, out var bands) ? bands : null,
            HamiltonianCount = TryTake(ref rest, out var count) ? count : null,
            ResidualEv = TryTake(ref rest, out var residual) ? residual : null,
        });
    }

    private static string NameOf(ReadOnlySpan<char> algorithm, string? previous) => algorithm.SequenceEqual(previous) ? previous! : algorithm.ToString();

    private void ReadIonicStep(ReadOnlySpan<char> line)
    {
        if (FortranNumber.Read(line, out var number) == 0) return;
        if (ValueAfter(line, " F=") is not { } free || ValueAfter(line, " E0=") is not { } energy) return;
        var magnetization = ImmutableArray.CreateBuilder<double>();
        var mag = line.IndexOf("mag=", StringComparison.Ordinal);
        if (mag >= 0)
        {
            var rest = line[(mag + 4)..];
            while (magnetization.Count < 3 && TryTake(ref rest, out var moment)) magnetization.Add(moment);
        }
        Recognised = true;
        ionicSteps.Add(new OszicarIonicStep(StepOf(number, ionicSteps is [.., var last] ? last.Step : 0), free, energy, ValueAfter(line, " d E ="), magnetization.DrainToImmutable())
        {
            Dynamics = ValueAfter(line, " T=") is { } temperature && ValueAfter(line, " E=") is { } total
                ? new(temperature, total, ValueAfter(line, " EK="), ValueAfter(line, " SP="), ValueAfter(line, " SK="))
                : null,
        });
    }

    // The counter overflows its column in long runs.
    private static int StepOf(double printed, int previous) => printed is >= 0 and < int.MaxValue ? (int)printed : previous + 1;

    private double? ValueAfter(ReadOnlySpan<char> line, string label)
    {
        var at = line.IndexOf(label, StringComparison.Ordinal);
        if (at < 0) return null;
        var rest = line[(at + label.Length)..];
        return TryTake(ref rest, out var value) ? value : null;
    }

    private bool TryTake(ref ReadOnlySpan<char> text, out double value)
    {
        text = text.TrimStart();
        var length = FortranNumber.Read(text, out value);
        if (length > 0 && text[0] == '*') starred++;
        text = text[length..];
        return length > 0;
    }
}
