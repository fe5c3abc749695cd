using System.Collections.Immutable;
using System.Text;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>What an OUTCAR says that vasprun.xml does not, or that is wanted of a run that left no vasprun.xml.</summary>
public sealed record Outcar
{
    /// <summary>The first line: the program and its version.</summary>
    public string? Program { get; init; }

    /// <summary>The timing summary, which a run writes last, is there.</summary>
    public bool Complete { get; init; }

    /// <summary>Of the last electronic step; null where there is none.</summary>
    public double? FermiEnergyEv { get; init; }

    /// <summary>NELECT: valence electrons in the cell.</summary>
    public double? ElectronCount { get; init; }

    /// <summary>EDIFF was reached in the last ionic step that came to an end; null where none did.</summary>
    public bool? ElectronicConverged { get; init; }

    /// <summary>The relaxation reached EDIFFG ("reached required accuracy").</summary>
    public bool ReachedRequiredAccuracy { get; init; }

    /// <summary>A STOPCAR ended the run.</summary>
    public bool StoppedByUser { get; init; }

    /// <summary>Average electrostatic potential at the core of each atom, in eV (times the electron's charge); the last such table.</summary>
    public ImmutableArray<double> CorePotentialsEv { get; init; } = [];

    /// <summary>What the run said of why it stopped; null where it said nothing.</summary>
    public string? StopMessage { get; init; }

    /// <summary>Reads an OUTCAR from where the stream stands to its end.</summary>
    public static Outcar Read(Stream stream, CancellationToken cancellation = default)
    {
        var outcar = new Outcar();
        var message = new StopMessage();
        var table = default(CorePotentialTable);
        var lines = new TextLines(stream, cancellation);
        while (lines.Next())
        {
            var line = Encoding.Latin1.GetString(lines.Line);
            message.Add(line);
            table = table.Next(line);
            if (table.Finished is { } potentials) outcar = outcar with { CorePotentialsEv = potentials };
            outcar = Apply(outcar, line);
        }
        return outcar with { StopMessage = message.Text };
    }

    private static Outcar Apply(Outcar outcar, ReadOnlySpan<char> line)
    {
        line = line.TrimStart();
        if (outcar.Program is null && !line.IsEmpty) return outcar with { Program = line.TrimEnd().ToString() };
        if (line.StartsWith("E-fermi :")) return outcar with { FermiEnergyEv = NumberIn(line["E-fermi :".Length..]) };
        if (line.StartsWith("NELECT =")) return outcar with { ElectronCount = NumberIn(line["NELECT =".Length..]) };
        if (line.StartsWith("---") && line.Contains("aborting loop", StringComparison.Ordinal))
            return outcar with { ElectronicConverged = line.Contains("EDIFF is reached", StringComparison.Ordinal) };
        if (line.StartsWith("reached required accuracy")) return outcar with { ReachedRequiredAccuracy = true };
        if (line.StartsWith("soft stop encountered") || line.StartsWith("hard stop encountered")) return outcar with { StoppedByUser = true };
        return line.StartsWith("General timing and accounting") ? outcar with { Complete = true } : outcar;
    }

    private static double? NumberIn(ReadOnlySpan<char> text) =>
        FortranNumber.Read(text.TrimStart(), out var value) > 0 && double.IsFinite(value) ? value : null;

    /// <summary>The table "average (electrostatic) potential at core": after two lines of heading, five pairs of atom and potential a line.</summary>
    private readonly record struct CorePotentialTable(ImmutableList<double>? Values, ImmutableArray<double>? Finished)
    {
        public CorePotentialTable Next(string line)
        {
            if (line.Contains("potential at core", StringComparison.Ordinal)) return new([], null);
            if (Values is not { } values) return default;
            var rest = line.AsSpan().Trim();
            if (rest.StartsWith("the test charge") || rest.StartsWith("(the norm")) return this;
            var row = values.ToBuilder();
            // Atom 1234 with -105.1234 prints as `1234-105.1234`: the sign parts them.
            while (FortranNumber.Read(rest, out var atom) is > 0 and var index && atom == row.Count + 1)
            {
                rest = rest[index..].TrimStart();
                var length = FortranNumber.Read(rest, out var potential);
                if (length == 0) break;
                row.Add(potential);
                rest = rest[length..].TrimStart();
            }
            return row.Count > values.Count ? new(row.ToImmutable(), null) : new(null, [.. values]);
        }
    }
}
