using System.Collections.Immutable;
using DftFlow.Vasp.Diagnoses;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>
/// Reads an OUTCAR line by line in one pass. Nine lines of ten begin with a digit or a sign and belong to tables: such a line is
/// looked at only within a table that is read.
/// </summary>
internal sealed partial class OutcarReader(Stream stream, OutcarContent content, CancellationToken cancellation)
{
    // Beyond what any run writes: a file that goes on past these is refused, not read into memory without end.
    private const int MostIonicSteps = 1_000_000, MostFermiLevels = 10_000_000, MostAtoms = 10_000_000, MostBandValues = 200_000_000;

    /// <summary>What the lines that follow belong to.</summary>
    private enum Table { None, NumbersGoOn, Lattice, KPoints, Forces, Sites, CorePotentials, CoreStates, Bands, Timing }

    private readonly TextLines lines = new(stream, cancellation);
    private readonly MessageScanner messages = new();
    private Table table;
    private string? program;
    private bool anything, recognised, inParameters, timed;
    private long starred, firstStarredAt;

    public Outcar Read()
    {
        while (lines.Next())
        {
            // A number that the cut has shortened still looks like one: a line without its end tells only what was said in words.
            if (lines.Terminated) ReadLine(lines.Line);
            else messages.Add(lines.Line);
        }
        messages.End();
        EndTable();
        EndBands();
        if (anything && !recognised && program?.Contains("vasp", StringComparison.OrdinalIgnoreCase) != true && messages.StopMessage is null)
            throw new DftFlowException("DF1420", "This is not an OUTCAR: nothing of what an OUTCAR holds is in it.", "Look at the file with head; it may be another one, or still compressed.");
        return Result();
    }

    private Outcar Result() => new()
    {
        Program = program,
        ExecutedOn = executedOn,
        MpiRankCount = mpiRankCount,
        ThreadsPerRank = threadsPerRank,
        Parameters = parameters,
        AtomTypes = AtomTypes(),
        PotentialFunctionals = [.. potentials.Where(potential => potential.Functional is not null).Select(potential => potential.Functional!)],
        AtomCount = atomCount,
        KPointCount = kPointCount,
        KPoints = kPoints,
        ElectronCount = parameters.Number("NELECT"),
        Hubbard = Hubbard(),
        IonicSteps = [.. ionicSteps],
        UnfinishedStep = stepsBegun ? new(electronic.Free, electronic.WithoutEntropy, electronic.SigmaToZero, electronicStepsDone) : null,
        LastGeometry = committed.Positions.Count > 0 ? committed.ToGeometry() : null,
        FermiEnergiesEv = [.. fermiLevels],
        ElectronsOnGrid = electronsOnGrid,
        MagnetizationMub = magnetization,
        SiteCharges = siteCharges,
        SiteMagnetizations = siteMagnetizations,
        CorePotentialsEv = corePotentials,
        CoreStates = coreStates,
        Eigenvalues = BandsAsRead(),
        Timing = timing,
        ElectronicConverged = lastConverged,
        ReachedRequiredAccuracy = reachedRequiredAccuracy,
        StoppedByUser = stoppedByUser,
        StopMessage = messages.StopMessage,
        Diagnoses = messages.Diagnoses,
        Truncated = timed ? null : new Truncation(lines.NextOffset, stepsBegun ? ionicSteps.Count + 1 : ionicSteps.Count, stepsBegun ? electronicStepsDone : 0, WhereItStops()),
        Warnings = starred == 0 ? [] : [FormattableString.Invariant($"{starred} numbers did not fit their columns (****) and count as not a number; the first is in the line at byte {firstStarredAt}.")],
    };

    private string WhereItStops() =>
        program is null ? "the file is empty"
        : messages.StopMessage is not null ? "the run gave up"
        : FormattableString.Invariant(stepsBegun ? $"it ends within ionic step {ionicSteps.Count + 1}" : (FormattableString)$"it ends after {ionicSteps.Count} ionic steps, without the timing that a finished run closes with");

    private void ReadLine(ReadOnlySpan<byte> whole)
    {
        var blanks = 0;
        while (blanks < whole.Length && whole[blanks] is (byte)' ' or (byte)'\t') blanks++;
        var line = whole[blanks..];
        if (table != Table.None && ReadRow(line)) return;
        if (line.IsEmpty) return;
        anything = true;
        if (line[0] < (byte)'A')
        {
            if (line[0] == '-') ReadRule(line);
            return;
        }
        if (program is null) ReadProgram(line);
        else if (inParameters && line[0] != '|' && line.Contains((byte)'=')) ReadParameters(line);
        else if (!ReadLandmark(line)) messages.Add(line);
    }

    // A file that still has its tar header in front begins with that and null bytes.
    private void ReadProgram(ReadOnlySpan<byte> line)
    {
        line = line[(line.LastIndexOf((byte)0) + 1)..].Trim(" \r"u8);
        if (line.IsEmpty) return;
        if (line[0] == '|') messages.Add(line);
        program = Latin1(line[..Math.Min(line.Length, 200)]);
    }

    private bool ReadLandmark(ReadOnlySpan<byte> line) => line[0] switch
    {
        (byte)'A' or (byte)'D' or (byte)'L' or (byte)'S' or (byte)'T' or (byte)'V' or (byte)'P' or (byte)'G' or (byte)'M' => ReadCapital(line),
        (byte)'E' when line.StartsWith("E-fermi :"u8) => ReadFermiLevel(line["E-fermi :"u8.Length..]),
        (byte)'F' => line.StartsWith("FREE ENERGIE OF THE ION-ELECTRON"u8) || line.StartsWith("Free energy of the ion-electron"u8),
        (byte)'d' => line.StartsWith("direct lattice vectors"u8) && BeginLattice(),
        (byte)'e' => ReadEnergyLine(line),
        (byte)'f' => ReadFreeEnergy(line),
        (byte)'h' or (byte)'s' when line.IndexOf("stop encountered"u8) == 5 => ReadStop(hard: line[0] == 'h'),
        (byte)'s' => ReadSpinComponent(line) || line.StartsWith("serial version"u8) && (mpiRankCount ??= 1) > 0,
        (byte)'i' => ReadStress(line) || ReadIonsPerType(line),
        (byte)'k' => ReadKPointLine(line) || ReadKineticEnergy(line),
        (byte)'b' => line.StartsWith("band No.  band energies"u8) && BeginBandsAtKPoint(),
        (byte)'m' or (byte)'t' => ReadSiteHeading(line) || ReadDrift(line) || BeginCoreStates(line),
        (byte)'n' => ReadElectronsOnGrid(line),
        (byte)'a' => line.StartsWith("average (electrostatic) potential at core"u8) && BeginCorePotentials(),
        (byte)'r' => ReadRunning(line) || line.StartsWith("reached required accuracy"u8) && (reachedRequiredAccuracy = true),
        _ => false,
    };

    private bool ReadCapital(ReadOnlySpan<byte> line) => line[0] switch
    {
        (byte)'P' => line.StartsWith("POSITION"u8) ? BeginForces(line) : ReadPotential(line),
        (byte)'D' => line.StartsWith("Dimension of arrays"u8) && (inParameters = true),
        (byte)'S' => line.StartsWith("Startparameter for this run"u8) && (inParameters = true),
        (byte)'G' => line.StartsWith("General timing and accounting"u8) && BeginTiming(),
        (byte)'M' => line.StartsWith("ML energy"u8) && ReadEnergyLine(line["ML "u8.Length..], machineLearned: true),
        _ => ReadPotential(line),
    };

    /// <summary>A line of dashes, bare or around a heading.</summary>
    private void ReadRule(ReadOnlySpan<byte> line)
    {
        messages.Rule();
        var start = line.IndexOfAnyExcept((byte)'-');
        if (start < 0)
        {
            // The rules of a box are shorter than those between sections.
            if (line.Length > 90) inParameters = false;
            return;
        }
        if (start < 10) return;
        var heading = line[start..].TrimStart((byte)' ');
        if (heading.StartsWith("Iteration"u8)) BeginElectronicStep(heading["Iteration"u8.Length..]);
        else if (heading.StartsWith("Ionic step"u8)) learnedUnderHeading = calculatedUnderHeading = false;
        else if (heading.StartsWith("aborting loop"u8)) EndElectronicSteps(heading.IndexOf("EDIFF is reached"u8) >= 0);
        else return;
        recognised = true;
    }

    /// <summary>A row of the table that is being read; false where the line is none of its, and the table is left.</summary>
    private bool ReadRow(ReadOnlySpan<byte> line)
    {
        var taken = table switch
        {
            Table.NumbersGoOn => ReadMoreNumbers(line),
            Table.Lattice => ReadLatticeRow(line),
            Table.KPoints => ReadKPointRow(line),
            Table.Forces => ReadForceRow(line),
            Table.Sites => ReadSiteRow(line),
            Table.CorePotentials => ReadCorePotentialRow(line),
            Table.CoreStates => ReadCoreStateRow(line),
            Table.Bands => ReadBandRow(line),
            _ => ReadTimingRow(line),
        };
        if (!taken) EndTable();
        return taken;
    }

    private void EndTable()
    {
        if (table == Table.KPoints) EndKPoints();
        else if (table == Table.CorePotentials) EndCorePotentials();
        table = Table.None;
    }

    /// <summary>Takes the number that the text begins with, after blanks.</summary>
    private bool TryTake(scoped ref ReadOnlySpan<byte> text, out double value)
    {
        var at = 0;
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t') at++;
        var length = FortranNumber.Read(text[at..], out value);
        if (length > 0 && text[at] == '*' && starred++ == 0) firstStarredAt = lines.Offset;
        text = text[(at + length)..];
        return length > 0;
    }

    /// <summary>Takes the number that follows a label; NaN where there is none.</summary>
    private double ValueAfter(ReadOnlySpan<byte> line, ReadOnlySpan<byte> label)
    {
        var at = line.IndexOf(label);
        if (at < 0) return double.NaN;
        var rest = line[(at + label.Length)..];
        return TryTake(ref rest, out var value) ? value : double.NaN;
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static string Latin1(ReadOnlySpan<byte> text) => System.Text.Encoding.Latin1.GetString(text);

    private static DftFlowException Refused(string what) =>
        new("DF1421", $"This OUTCAR is refused: it has more than {what}.", "No run writes that many; is it another file, or several in one?");
}
