using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace DftFlow.Vasp.Outputs;

/// <summary>Fermi levels, bands, charges and moments of the sites, core potentials, and the timing at the end.</summary>
internal sealed partial class OutcarReader
{
    private readonly List<double> fermiLevels = [], coreRows = [];
    private Bands openBands = new(), wholeBands = new();
    private readonly List<ImmutableArray<double>> siteRows = [];
    private ImmutableArray<double> corePotentials = [];
    private ImmutableArray<string> siteColumns = [];
    private ImmutableArray<SiteTable> siteMagnetizations = [], openMagnetizations = [];
    private SiteTable? siteCharges;
    private OutcarTiming timing = new();
    private char siteQuantity;
    private bool inBandBlock, siteRuleSeen;

    private sealed class Bands
    {
        public readonly List<double> Energies = [], Occupations = [];
        public int Spins = 1, Points;

        public void Clear()
        {
            Energies.Clear();
            Occupations.Clear();
            (Spins, Points) = (1, 0);
        }
    }

    private bool ReadFermiLevel(ReadOnlySpan<byte> rest)
    {
        recognised = true;
        if (!TryTake(ref rest, out var level)) return true;
        if (fermiLevels.Count == MostFermiLevels) throw Refused($"{MostFermiLevels} Fermi levels");
        fermiLevels.Add(level);
        stepFermi = Finite(level);
        BeginBands();
        return true;
    }

    private void BeginBands()
    {
        EndBands();
        inBandBlock = content.HasFlag(OutcarContent.Eigenvalues);
    }

    private void EndBands()
    {
        if (inBandBlock && AreWhole(openBands)) (openBands, wholeBands) = (wholeBands, openBands);
        openBands.Clear();
        inBandBlock = false;
    }

    /// <summary>As many bands as the file says, at every k-point, in every spin channel.</summary>
    private bool AreWhole(Bands read)
    {
        if (read.Points == 0 || read.Energies.Count == 0 || read.Energies.Count % read.Points != 0 || read.Points % read.Spins != 0) return false;
        int points = read.Points / read.Spins, bands = read.Energies.Count / read.Points;
        return points == (kPointCount ?? points) && bands == (parameters.Whole("NBANDS") ?? bands) && read.Spins == (parameters.Whole("ISPIN") ?? read.Spins);
    }

    private bool ReadSpinComponent(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("spin component"u8)) return false;
        if (ValueAfter(line, "spin component"u8) == 2) openBands.Spins = 2;
        return true;
    }

    private bool BeginBandsAtKPoint()
    {
        if (!inBandBlock) return true;
        openBands.Points++;
        table = Table.Bands;
        return true;
    }

    private bool ReadBandRow(ReadOnlySpan<byte> line)
    {
        if (!TryTake(ref line, out _) || !TryTake(ref line, out var energy) || !TryTake(ref line, out var occupation)) return false;
        if (openBands.Energies.Count == MostBandValues) throw Refused($"{MostBandValues} eigenvalues");
        openBands.Energies.Add(energy);
        openBands.Occupations.Add(occupation);
        return true;
    }

    private Eigenvalues? BandsAsRead()
    {
        if (wholeBands.Points == 0) return null;
        var occupations = wholeBands.Occupations.ToArray();
        // Without spin an OUTCAR counts two electrons a band.
        if (wholeBands.Spins == 1 && parameters.Flag("LNONCOLLINEAR") != true)
            foreach (ref var occupation in occupations.AsSpan()) occupation /= 2;
        int points = wholeBands.Points / wholeBands.Spins, bands = wholeBands.Energies.Count / wholeBands.Points;
        return new Eigenvalues(wholeBands.Spins, points, bands, wholeBands.Energies.ToArray(), occupations);
    }

    private bool ReadSiteHeading(ReadOnlySpan<byte> line)
    {
        line = line.TrimEnd(" \r"u8);
        siteQuantity = line.SequenceEqual("total charge"u8) ? 'c' : line is [.., (byte)'(', var axis, (byte)')'] && line.StartsWith("magnetization ("u8) ? (char)axis : '\0';
        if (siteQuantity == '\0') return false;
        siteRows.Clear();
        siteColumns = [];
        siteRuleSeen = false;
        table = Table.Sites;
        return true;
    }

    private bool ReadSiteRow(ReadOnlySpan<byte> line)
    {
        if (siteColumns.IsEmpty)
        {
            if (line.StartsWith("# of ion"u8)) siteColumns = [.. TextOf(line["# of ion"u8.Length..]).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
            return line.IsEmpty || !siteColumns.IsEmpty;
        }
        if (!siteRuleSeen) return siteRuleSeen = line is [(byte)'-', (byte)'-', ..];
        // The table ends with a rule and the sums, or without them where there is one atom.
        if (line.IsEmpty || !TryTake(ref line, out _))
        {
            EndSiteTable();
            return false;
        }
        if (siteRows.Count == MostAtoms) throw Refused($"{MostAtoms} atoms");
        var row = new double[siteColumns.Length];
        foreach (ref var value in row.AsSpan())
            if (!TryTake(ref line, out value)) return false;
        siteRows.Add(ImmutableCollectionsMarshal.AsImmutableArray(row));
        return true;
    }

    private void EndSiteTable()
    {
        if (siteRows.Count == 0 || siteRows.Count != (atomCount ?? siteRows.Count)) return;
        var sites = new SiteTable(siteColumns, [.. siteRows]);
        if (siteQuantity == 'c')
        {
            siteCharges = sites;
            return;
        }
        // One for each axis: what goes on beyond, or lacks the first, belongs to none.
        if (siteQuantity != 'x' && openMagnetizations.Length is 0 or 3) return;
        openMagnetizations = siteQuantity == 'x' ? [sites] : openMagnetizations.Add(sites);
        var axes = parameters.Flag("LNONCOLLINEAR") == true ? 3 : 1;
        if (openMagnetizations.Length == axes) siteMagnetizations = openMagnetizations;
    }

    private bool BeginCorePotentials()
    {
        coreRows.Clear();
        table = Table.CorePotentials;
        return true;
    }

    private bool ReadCorePotentialRow(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("the test charge"u8) || line.StartsWith("(the norm"u8)) return true;
        var before = coreRows.Count;
        // Atom 1234 with -105.1234 prints as `1234-105.1234`: the sign parts them.
        while (TryTake(ref line, out var atom) && atom == coreRows.Count + 1 && TryTake(ref line, out var potential))
        {
            if (coreRows.Count == MostAtoms) throw Refused($"{MostAtoms} atoms");
            coreRows.Add(potential);
        }
        return coreRows.Count > before;
    }

    private void EndCorePotentials()
    {
        if (coreRows.Count > 0 && coreRows.Count == (atomCount ?? coreRows.Count)) corePotentials = [.. coreRows];
    }

    private bool BeginTiming()
    {
        timed = recognised = true;
        EndBands();
        table = Table.Timing;
        return true;
    }

    private bool ReadTimingRow(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon < 0) return line.IsEmpty || line[0] is (byte)'=' or (byte)' ';
        var rest = line[(colon + 1)..];
        var value = TryTake(ref rest, out var number) ? Finite(number) : null;
        if (line.StartsWith("Total CPU time used"u8)) timing = timing with { CpuSeconds = value };
        else if (line.StartsWith("User time"u8)) timing = timing with { UserSeconds = value };
        else if (line.StartsWith("System time"u8)) timing = timing with { SystemSeconds = value };
        else if (line.StartsWith("Elapsed time"u8)) timing = timing with { ElapsedSeconds = value };
        else if (line.StartsWith("Maximum memory used"u8)) timing = timing with { MaximumMemoryKb = value };
        else if (line.StartsWith("Average memory used"u8)) timing = timing with { AverageMemoryKb = value };
        return true;
    }
}
