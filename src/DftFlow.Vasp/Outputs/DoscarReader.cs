using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>Reads one DOSCAR: five lines, then blocks of a line of its own and rows; first the total DOS, then one block a site.</summary>
internal sealed partial class DoscarReader(Stream stream, bool wantProjected, bool? noncollinear, CancellationToken cancellation)
{
    private const int MostGridPoints = 200_000;
    private const int MostColumns = 100;

    private readonly TableLines lines = new(stream, cancellation);
    private readonly List<double>[] total = [[], [], [], [], []];
    private readonly List<double[][]> sites = [];
    private readonly List<string> warnings = [];
    private ImmutableArray<string> orbitals = [];
    private byte[] blockLine = [];
    private BlockHeader? head;
    private int totalColumns, components;
    private bool lobster;

    private int GridPoints => total[0].Count;

    public Doscar Read()
    {
        if (!lines.NextFilled()) throw NotOne();
        var first = lines.Line.ToArray();
        if (!lines.Next() || DoscarHeader.Read(first, lines) is not { } header) throw NotOne();
        Truncation? truncated = null;
        try
        {
            ReadBlocks(header);
        }
        catch (DamagedTextException damage)
        {
            truncated = new Truncation(damage.Offset, 0, 0, damage.Message);
        }
        var dos = TotalDos();
        if (dos is not null && sites.Count > 0) dos = dos with { Projected = lobster ? JoinedSites() : ProjectedSites() };
        if (lines.OverflowWarning is { } overflow) warnings.Insert(0, overflow);
        return new Doscar
        {
            Header = header,
            MaximumEnergyEv = head?.Maximum,
            MinimumEnergyEv = head?.Minimum,
            StatedGridPoints = head?.GridPoints,
            FermiEnergyEv = lobster && head is not null ? 0 : head?.Fermi,
            Weight = head?.Weight,
            Dos = dos,
            Lobster = lobster,
            Truncated = truncated,
            Warnings = [.. warnings],
        };
    }

    private void ReadBlocks(DoscarHeader header)
    {
        lobster = header.System.Contains("LOBSTER", StringComparison.Ordinal);
        if (!header.Whole || !lines.NextFilled()) throw lines.EndOfText("the header");
        // An EIGENVAL begins with the same five lines.
        if (TableLines.WholeNumbers(lines.Line, 3) is not null) throw NotOne();
        head = ReadBlockHeader() ?? throw (lines.Whole ? lines.Damaged("The line of EMAX, EMIN, NEDOS and the Fermi level is not readable.") : lines.EndOfText("the header"));
        blockLine = lines.Line.ToArray();
        ReadTotal();
        if (!wantProjected) return;
        while (lines.NextFilled()) ReadSite();
        if (header.Third == 1 && header.IonCount is { } ions && sites.Count < ions)
            throw lines.EndOfText(Text($"the projected DOS: there are {sites.Count} sites of {ions}"));
        if (header.IonCount is { } stated && sites.Count > stated) warnings.Add(Text($"The projected DOS has {sites.Count} sites for {stated} ions."));
    }

    private void ReadTotal()
    {
        Span<double> row = stackalloc double[MostColumns];
        while (GridPoints != head!.Value.GridPoints && lines.NextFilled())
        {
            if (IsBlockHeader())
            {
                lines.Back();
                if (head.Value.GridPoints is { } stated) warnings.Add(Text($"The blocks have {GridPoints} energies where the header states {stated}."));
                return;
            }
            if (!lines.Whole) throw lines.EndOfText("the total DOS");
            if (totalColumns == 0)
            {
                totalColumns = lines.Columns(row);
                if (totalColumns is not (3 or 5)) throw lines.Damaged("The total DOS has neither three nor five columns.");
            }
            if (!lines.Row(row, totalColumns)) throw lines.Damaged("A row of the total DOS has another number of columns, or something that is no number.");
            if (GridPoints == MostGridPoints)
                throw new DftFlowException("DF1431", Text($"The DOSCAR has more than {MostGridPoints} energies."), "No run writes so many; check that the file is what it should be, and NEDOS in its sixth line.");
            for (var c = 0; c < totalColumns; c++) total[c].Add(row[c]);
        }
        if (GridPoints != head.Value.GridPoints && head.Value.GridPoints is { } missing) throw lines.EndOfText(Text($"the total DOS: there are {GridPoints} energies of {missing}"));
    }

    private void ReadSite()
    {
        if (GridPoints == 0 || !IsBlockHeader()) throw !lines.Terminated ? lines.EndOfText("the projected DOS") : lines.Damaged("A block of the projected DOS does not begin with the line that the total DOS begins with.");
        if (lobster) ReadLobsterOrbitals();
        var within = Text($"site {sites.Count + 1} of the projected DOS");
        Span<double> row = stackalloc double[MostColumns];
        double[][]? site = null;
        var columns = 0;
        for (var r = 0; r < GridPoints; r++)
        {
            if (!lines.NextFilled() || !lines.Whole) throw lines.EndOfText(within);
            if (site is null)
            {
                columns = lines.Columns(row);
                SetLayout(columns - 1);
                site = new double[components][];
                for (var c = 0; c < components; c++) site[c] = new double[orbitals.Length * GridPoints];
            }
            if (!lines.Row(row, columns)) throw lines.Damaged("A row of the projected DOS has another number of columns, or something that is no number.");
            var place = r;
            for (var j = 1; j < columns; place += GridPoints)
                foreach (var component in site) component[place] = row[j++];
        }
        sites.Add(site!);
        if (lobster) siteOrbitals.Add(orbitals);
    }

    /// <summary>What the columns of a projected block are; the same in all blocks of VASP's.</summary>
    private void SetLayout(int columns)
    {
        if (lobster)
        {
            components = totalColumns == 5 ? 2 : 1;
            if (columns != orbitals.Length * components) throw lines.Damaged("A block has other columns than the orbitals that its first line names.");
            return;
        }
        var (count, kinds) = (totalColumns == 5, columns) switch
        {
            (true, 6 or 8 or 18 or 32) => (columns / 2, 2),
            (false, 3 or 4 or 9 or 16) => (columns, 1),
            (false, 12 or 36 or 64) => (columns / 4, 4),
            _ => throw lines.Damaged(Text($"The projected DOS has {columns} columns beside {totalColumns} of the total DOS, which VASP never writes.")),
        };
        if (sites.Count > 0 && (count != orbitals.Length || kinds != components)) throw lines.Damaged("The sites of the projected DOS have different columns.");
        components = kinds;
        orbitals = VaspOrbitals(count);
    }

    private DensityOfStates? TotalDos()
    {
        if (GridPoints == 0) return null;
        var energies = total[0].ToArray();
        FillEnergies(energies);
        return totalColumns == 3
            ? new DensityOfStates(energies, [[.. total[1]]], [[.. total[2]]], null)
            : new DensityOfStates(energies, [[.. total[1]], [.. total[2]]], [[.. total[3]], [.. total[4]]], null);
    }

    // The grid is even from EMIN to EMAX (checked against the energies that are printed), so what overflowed is known.
    private void FillEnergies(double[] energies)
    {
        var missing = energies.Count(double.IsNaN);
        if (missing == 0 || lobster || energies.Length < 2 || head is not { } grid || grid.GridPoints != energies.Length) return;
        var filled = new double[energies.Length];
        for (var i = 0; i < filled.Length; i++)
        {
            filled[i] = grid.Minimum + i * (grid.Maximum - grid.Minimum) / (filled.Length - 1);
            if (!double.IsFinite(filled[i]) || Math.Abs(filled[i] - energies[i]) > 2e-3) return;
        }
        for (var i = 0; i < filled.Length; i++)
            if (double.IsNaN(energies[i])) energies[i] = filled[i];
        warnings.Add(Text($"{missing} energies did not fit their column; they are taken from EMIN, EMAX and NEDOS of the header."));
    }

    private bool IsBlockHeader() => lines.Line.SequenceEqual(blockLine) || lines.Line.Contains((byte)';');

    private readonly record struct BlockHeader(double Maximum, double Minimum, int? GridPoints, double Fermi, double Weight);

    private BlockHeader? ReadBlockHeader()
    {
        Span<double> values = stackalloc double[5];
        var line = lines.Line.TrimEnd(" \t"u8);
        // A NEDOS of five digits touches EMIN: then the columns are known by their widths alone.
        if (lines.Numbers(values) != 5 || (TableLines.Count(values[2]) is null && !double.IsNaN(values[2])))
        {
            if (line.Length != 69) return null;
            int[] ends = [16, 32, 37, 53, 69];
            for (var i = 0; i < 5; i++)
                if (!FortranNumber.TryReadOnly(line[(i == 0 ? 0 : ends[i - 1])..ends[i]], out values[i])) return null;
        }
        return lines.Whole || line.Length == 69 ? new(values[0], values[1], TableLines.Count(values[2]), values[3], values[4]) : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static DftFlowException NotOne() => new("DF1430", "This is not a DOSCAR.",
        "A DOSCAR begins with a line of three or four whole numbers (the first is the number of ions) and one of five numbers: the volume, three lengths and POTIM.");
}
