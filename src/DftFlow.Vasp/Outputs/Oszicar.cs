using System.Collections.Immutable;
using System.Text;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>One electronic step, as OSZICAR reports it while it runs.</summary>
/// <param name="IonicStep">From 1: the ionic step that it belongs to.</param>
/// <param name="Step">From 1.</param>
/// <param name="Algorithm">As VASP names it: DAV, RMM, CGA, …</param>
/// <param name="EnergyEv">NaN where it did not fit its column.</param>
public sealed record OszicarElectronicStep(int IonicStep, int Step, string Algorithm, double EnergyEv, double EnergyChangeEv);

/// <summary>The end of an ionic step, as OSZICAR reports it.</summary>
/// <param name="FreeEnergyEv"><c>F</c>: TOTEN.</param>
/// <param name="EnergyEv"><c>E0</c>: energy(sigma→0).</param>
/// <param name="EnergyChangeEv"><c>d E</c>; null in molecular dynamics, which has none.</param>
/// <param name="MagnetizationMub"><c>mag</c>: one number, three where non-collinear, none without spin.</param>
public sealed record OszicarIonicStep(
    int Step, double FreeEnergyEv, double EnergyEv, double? EnergyChangeEv, ImmutableArray<double> MagnetizationMub);

/// <summary>
/// Reads an OSZICAR as it grows: each call of <see cref="Append"/> takes what has been added to the file since. A line counts
/// once its end is there, so that a number half written is never taken for a whole one.
/// </summary>
public sealed class OszicarReader
{
    private const int LongestLine = 4096;

    private readonly StringBuilder unfinished = new();
    private readonly List<OszicarElectronicStep> electronicSteps = [];
    private readonly List<OszicarIonicStep> ionicSteps = [];

    public IReadOnlyList<OszicarElectronicStep> ElectronicSteps => electronicSteps;

    public IReadOnlyList<OszicarIonicStep> IonicSteps => ionicSteps;

    /// <summary>Reads a whole file.</summary>
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

    private void ReadLine(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        var colon = line.IndexOf(':');
        if (colon is >= 2 and <= 4 && !line[..colon].ContainsAnyExceptInRange('A', 'Z')) ReadElectronicStep(line[..colon], line[(colon + 1)..]);
        else if (!line.IsEmpty && (char.IsAsciiDigit(line[0]) || line[0] == '*') && line.Contains("F=", StringComparison.Ordinal)) ReadIonicStep(line);
    }

    private void ReadElectronicStep(ReadOnlySpan<char> algorithm, ReadOnlySpan<char> rest)
    {
        if (!TryTake(ref rest, out var number) || !TryTake(ref rest, out var energy) || !TryTake(ref rest, out var change)) return;
        var ionicStep = ionicSteps.Count + 1;
        var previous = electronicSteps is [.., var last] && last.IonicStep == ionicStep ? last.Step : 0;
        electronicSteps.Add(new OszicarElectronicStep(ionicStep, StepOf(number, previous), algorithm.ToString(), energy, change));
    }

    private void ReadIonicStep(ReadOnlySpan<char> line)
    {
        if (FortranNumber.Read(line, out var number) == 0) return;
        if (ValueAfter(line, "F=") is not { } free || ValueAfter(line, "E0=") is not { } energy) return;
        var magnetization = ImmutableArray.CreateBuilder<double>();
        var mag = line.IndexOf("mag=", StringComparison.Ordinal);
        if (mag >= 0)
        {
            var rest = line[(mag + 4)..];
            while (magnetization.Count < 3 && TryTake(ref rest, out var moment)) magnetization.Add(moment);
        }
        var step = StepOf(number, ionicSteps is [.., var last] ? last.Step : 0);
        ionicSteps.Add(new OszicarIonicStep(step, free, energy, ValueAfter(line, "d E ="), magnetization.DrainToImmutable()));
    }

    // The counter overflows its column in long runs.
    private static int StepOf(double printed, int previous) => printed is >= 0 and < int.MaxValue ? (int)printed : previous + 1;

    private static double? ValueAfter(ReadOnlySpan<char> line, string label)
    {
        var at = line.IndexOf(label, StringComparison.Ordinal);
        if (at < 0) return null;
        var rest = line[(at + label.Length)..];
        return TryTake(ref rest, out var value) ? value : null;
    }

    private static bool TryTake(ref ReadOnlySpan<char> text, out double value)
    {
        text = text.TrimStart();
        var length = FortranNumber.Read(text, out value);
        text = text[length..];
        return length > 0;
    }
}
