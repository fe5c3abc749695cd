using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Crystals;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>Reads one EIGENVAL: five lines, a line of counts, then for each k-point a line of its own and one a band.</summary>
internal sealed class EigenvalReader(Stream stream, CancellationToken cancellation)
{
    private const int MostValues = 1 << 28;

    private readonly TableLines lines = new(stream, cancellation);
    private readonly ImmutableArray<KPoint>.Builder kPoints = ImmutableArray.CreateBuilder<KPoint>();
    private readonly EigenvalTable[] spins = [new(), new()];
    private readonly List<string> warnings = [];
    private int spinCount, columns;

    public Eigenval Read()
    {
        if (!lines.NextFilled()) throw NotOne();
        var first = lines.Line.ToArray();
        if (!lines.Next() || DoscarHeader.Read(first, lines) is not { } header) throw NotOne();
        spinCount = header.Fourth == 2 ? 2 : 1;
        int?[] counts = [null, null, null];
        Truncation? truncated = null;
        try
        {
            if (!header.Whole || !lines.NextFilled()) throw lines.EndOfText("the header");
            if (TableLines.WholeNumbers(lines.Line, 3) is { } found && (lines.Terminated || lines.Line.Length is 15 or 21)) counts = found;
            else if (!lines.Terminated) throw lines.EndOfText("the header");
            else throw NotOne();
            ReadKPoints(counts[1], counts[2]);
        }
        catch (DamagedTextException damage)
        {
            truncated = new Truncation(damage.Offset, 0, 0, damage.Message);
        }
        if (lines.OverflowWarning is { } overflow) warnings.Insert(0, overflow);
        var eigenvalues = EigenvalTable.Join(spins.AsSpan(0, spinCount));
        return new Eigenval
        {
            Header = header,
            SpinCount = spinCount,
            AveragedSteps = header.Third,
            ElectronCount = counts[0],
            StatedKPoints = counts[1],
            StatedBands = counts[2],
            KPoints = [.. kPoints.Take(eigenvalues?.KPointCount ?? 0)],
            Eigenvalues = eigenvalues,
            HasOccupations = columns == 1 + 2 * spinCount,
            Truncated = truncated,
            Warnings = [.. warnings],
        };
    }

    private void ReadKPoints(int? statedKPoints, int? statedBands)
    {
        Span<double> point = stackalloc double[4];
        while (lines.NextFilled())
        {
            if (!lines.Terminated) throw lines.EndOfText("the line of a k-point");
            if (lines.Numbers(point) != 4) throw lines.Damaged("The line of a k-point does not hold four numbers.");
            kPoints.Add(new KPoint(new Vector3D(point[0], point[1], point[2]), point[3]));
            foreach (var spin in spins) spin.BeginKPoint();
            ReadBands(statedBands);
            foreach (var spin in spins) spin.EndKPoint();
        }
        if (statedKPoints is { } stated && kPoints.Count < stated)
            throw lines.EndOfText(string.Create(CultureInfo.InvariantCulture, $"the k-points: there are {kPoints.Count} of {stated}"));
    }

    // The first k-point has as many bands as the header states, or as come before a blank line; the others have as many as the first.
    private void ReadBands(int? stated)
    {
        Span<double> row = stackalloc double[5];
        var table = spins[0];
        var wanted = table.Bands ?? stated ?? int.MaxValue;
        while (table.BandsOfKPoint < wanted)
        {
            if (!lines.Next()) throw lines.EndOfText("the bands of a k-point");
            if (TableLines.IsBlank(lines.Line))
            {
                if (table.BandsOfKPoint == 0) continue;
                if (table.Bands is not null) throw lines.Damaged("A k-point has fewer bands than the first.");
                if (!lines.NextFilled()) throw lines.EndOfText("the bands of a k-point");
                lines.Back();
                warnings.Add(string.Create(CultureInfo.InvariantCulture, $"The k-points have {table.BandsOfKPoint} bands where the header states {stated}."));
                return;
            }
            if (!lines.Terminated && (columns == 0 || !lines.Whole)) throw lines.EndOfText("the bands of a k-point");
            if (columns == 0) columns = BandColumns(lines.Columns(row));
            if (!lines.Row(row, columns)) throw lines.Damaged("The line of a band has another number of columns, or something that is no number.");
            if ((long)spinCount * table.Count >= MostValues)
                throw new DftFlowException("DF1431", string.Create(CultureInfo.InvariantCulture, $"The EIGENVAL has more than {MostValues} eigenvalues."), "No run writes so many; check that the file is what it should be.");
            for (var spin = 0; spin < spinCount; spin++) spins[spin].Add(row[1 + spin], columns > 1 + spinCount ? row[1 + spinCount + spin] : double.NaN);
        }
    }

    private int BandColumns(int found) => (spinCount, found) switch
    {
        (1, 2 or 3) or (2, 3 or 5) => found,
        _ => throw lines.Damaged("The line of a band has neither its number and energies nor these and occupations."),
    };

    private static DftFlowException NotOne() => new("DF1430", "This is not an EIGENVAL.",
        "An EIGENVAL begins with a line of four whole numbers (the first is the number of ions, the last ISPIN), one of five numbers, and has the numbers of electrons, k-points and bands in its sixth.");
}
