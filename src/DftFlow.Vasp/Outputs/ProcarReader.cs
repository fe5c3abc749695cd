using System.Globalization;
using DftFlow.Crystals;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>
/// Reads one PROCAR: for each spin a line of counts, then k-points, each of bands, each of tables of ions by orbitals: the projection
/// (four times in a non-collinear run: total, mx, my, mz), and behind a second line of orbitals the phases.
/// </summary>
internal sealed partial class ProcarReader(Stream stream, ProcarSelection selection, CancellationToken cancellation)
{
    private const int MostIons = 1_000_000;
    private const int MostBandsInAll = 1 << 28;

    private readonly TableLines lines = new(stream, cancellation);
    private readonly List<KPoint> kPoints = [];
    private readonly List<EigenvalTable> spins = [];
    private readonly List<string> warnings = [];
    private int? statedKPoints, statedBands, ions;
    private int kPointsOfSpin;

    public Procar Read()
    {
        if (!lines.NextFilled() || !(lines.Line.StartsWith("PROCAR"u8) || IsCounts)) throw NotOne();
        phasesAnnounced = lines.Line.IndexOf("phase"u8) >= 0;
        Truncation? truncated = null;
        try
        {
            if (!IsCounts && !lines.NextFilled()) throw lines.EndOfText("the header");
            if (!IsCounts) throw lines.Terminated ? NotOne() : lines.EndOfText("the header");
            ReadSpins();
        }
        catch (DamagedTextException damage)
        {
            truncated = new Truncation(damage.Offset, 0, 0, damage.Message);
        }
        return Result(truncated);
    }

    private Procar Result(Truncation? truncated)
    {
        while (spins is [_, .., { Count: 0 }]) spins.RemoveAt(spins.Count - 1);
        // Without spin a full band has 2 electrons here, everywhere else 1; one spin of two, and a spinor, has 1.
        var full = spins is [{ HighestOccupation: > 1.5 }] && components == 1 ? 2 : 1;
        var eigenvalues = spins.Count == 0 ? null : EigenvalTable.Join(spins.ToArray(), full);
        if (lines.OverflowWarning is { } overflow) warnings.Insert(0, overflow);
        return new Procar
        {
            IonCount = ions,
            StatedKPoints = statedKPoints,
            StatedBands = statedBands,
            Orbitals = columns?.FileOrbitals ?? [],
            KPoints = [.. kPoints.Take(eigenvalues?.KPointCount ?? 0)],
            Eigenvalues = eigenvalues,
            Projections = eigenvalues is null ? null : projections?.Result(columns!.Orbitals, components, eigenvalues),
            Phases = eigenvalues is null || phaseParts == 0 ? null : phases?.Result(columns!.Orbitals, phaseParts, eigenvalues),
            Truncated = truncated,
            Warnings = [.. warnings],
        };
    }

    private void ReadSpins()
    {
        ReadCounts();
        while (NextMark())
        {
            if (IsCounts)
            {
                EndSpin();
                if (spins.Count == 2) throw lines.Damaged("A third spin begins.");
                ReadCounts();
            }
            else if (lines.Line.StartsWith("k-point"u8) || lines.Line.StartsWith(" k-point"u8)) ReadKPoint();
            else throw lines.Damaged("A k-point does not begin with its line.");
        }
        EndSpin();
    }

    // The title can stand above the second spin too.
    private bool NextMark()
    {
        while (lines.NextFilled())
            if (!lines.Line.StartsWith("PROCAR"u8)) return true;
        return false;
    }

    private bool IsCounts => lines.Line.TrimStart(" "u8).StartsWith("# of k-points"u8);

    private void ReadCounts()
    {
        if (!lines.Terminated) throw lines.EndOfText("the header");
        if (spins.Count == 0)
        {
            (statedKPoints, statedBands, ions) = (CountAfter("k-points:"u8), CountAfter("bands:"u8), CountAfter("ions:"u8));
            if (ions is > MostIons or 0) throw Refused(Text($"The PROCAR claims {ions} ions; the reader takes from 1 to {MostIons}."));
        }
        spins.Add(new EigenvalTable());
        kPointsOfSpin = 0;
    }

    private int? CountAfter(ReadOnlySpan<byte> label)
    {
        var at = lines.Line.IndexOf(label);
        if (at < 0) return null;
        var rest = lines.Line[(at + label.Length)..].TrimStart(" "u8);
        var end = rest.IndexOfAny(" #"u8);
        return FortranNumber.TryReadOnly(end < 0 ? rest : rest[..end], out var value) ? TableLines.Count(value) : null;
    }

    private void EndSpin()
    {
        var wanted = spins.Count == 1 ? statedKPoints : kPoints.Count;
        if (kPointsOfSpin >= wanted || wanted is null) return;
        if (!lines.AtEnd && spins.Count == 1) warnings.Add(Text($"There are {kPointsOfSpin} k-points where the header states {wanted}."));
        else throw lines.EndOfText(Text($"the k-points of spin {spins.Count}: there are {kPointsOfSpin} of {wanted}"));
    }

    private void ReadKPoint()
    {
        var spin = spins[^1];
        var table = spins[0];
        if (spins.Count == 1) kPoints.Add(KPointOfLine());
        else if (kPointsOfSpin == kPoints.Count) throw lines.Damaged("The second spin has more k-points than the first.");
        kPointsOfSpin++;
        spin.BeginKPoint();
        projections?.BeginKPoint(table.Bands);
        phases?.BeginKPoint(table.Bands);
        while (lines.NextFilled())
        {
            if (!lines.Line.StartsWith("band"u8) && !lines.Line.StartsWith(" band"u8))
            {
                // A last line that was cut off may be the beginning of a band's.
                if (!lines.Terminated) throw lines.EndOfText("a k-point");
                lines.Back();
                break;
            }
            if (spin.BandsOfKPoint == table.Bands) throw lines.Damaged("A k-point has more bands than the first.");
            if (table.Count == MostBandsInAll) throw Refused(Text($"The PROCAR has more than {MostBandsInAll} bands and k-points."));
            var (energy, occupation) = BandOfLine();
            ReadTables();
            spin.Add(energy, occupation);
        }
        if (spin.BandsOfKPoint < (table.Bands ?? 1)) throw lines.AtEnd ? lines.EndOfText("a k-point") : lines.Damaged("A k-point has no bands, or fewer than the first.");
        if (table.Bands is null && statedBands is { } stated && spin.BandsOfKPoint != stated)
        {
            if (spin.BandsOfKPoint < stated && lines.AtEnd) throw lines.EndOfText(Text($"the first k-point: there are {spin.BandsOfKPoint} bands of {stated}"));
            warnings.Add(Text($"The k-points have {spin.BandsOfKPoint} bands where the header states {stated}."));
        }
        spin.EndKPoint();
    }

    private KPoint KPointOfLine()
    {
        if (!lines.Terminated) throw lines.EndOfText("the line of a k-point");
        Span<double> point = [double.NaN, double.NaN, double.NaN, double.NaN];
        var line = lines.Line;
        var colon = line.IndexOf((byte)':');
        var equals = line.LastIndexOf((byte)'=');
        var rest = colon < 0 ? default : line[(colon + 1)..];
        for (var axis = 0; axis < 4; axis++)
        {
            if (axis == 3) rest = equals < 0 ? default : line[(equals + 1)..];
            rest = rest.TrimStart(" "u8);
            var length = FortranNumber.Read(rest, out point[axis]);
            if (length == 0) throw lines.Damaged("The line of a k-point does not hold its coordinates and its weight.");
            rest = rest[length..];
        }
        return new KPoint(new Vector3D(point[0], point[1], point[2]), point[3]);
    }

    private (double EnergyEv, double Occupation) BandOfLine()
    {
        if (!lines.Terminated) throw lines.EndOfText("the line of a band");
        return (After("energy"u8), After("occ."u8));

        double After(ReadOnlySpan<byte> label)
        {
            var at = lines.Line.IndexOf(label);
            if (at < 0 || FortranNumber.Read(lines.Line[(at + label.Length)..].TrimStart(" "u8), out var value) == 0)
                throw lines.Damaged("The line of a band does not hold its energy and its occupation.");
            if (double.IsNaN(value)) lines.NoteOverflow();
            return value;
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static DftFlowException Refused(string message) => new("DF1431", message,
        "Check that the file is what it should be. Of a file that is truly so large ask for some ions or orbitals, or for the sum over the ions.");

    private static DftFlowException NotOne() => new("DF1430", "This is not a PROCAR.", "A PROCAR begins with a line 'PROCAR …', then one of the numbers of k-points, bands and ions.");
}
