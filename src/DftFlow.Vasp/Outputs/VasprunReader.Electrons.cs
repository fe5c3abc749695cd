using System.Collections.Immutable;

namespace DftFlow.Vasp.Outputs;

/// <summary>Density of states and eigenvalues.</summary>
internal sealed partial class VasprunReader
{
    private const int MostColumns = 64;

    private void ReadDos()
    {
        // VASP writes a DOS of the points of KPOINTS_OPT before the ordinary one, with a Fermi level of its own; only a comment tells them apart.
        if (xml.Attribute("comment"u8) is not null)
        {
            xml.SkipFlat();
            return;
        }
        DensityOfStates? total = null;
        ProjectedDos? projected = null;
        double? fermi = null;
        while (xml.NextChild())
        {
            if (xml.Is("i"u8) && xml.Attribute("name"u8) == "efermi") fermi = ReadNumber();
            else if (xml.Is("total"u8) && content.HasFlag(VasprunContent.Dos)) total = ReadTotalDos();
            else if (xml.Is("partial"u8) && content.HasFlag(VasprunContent.ProjectedDos) && total is not null) projected = ReadProjectedDos(total.EnergiesEv.Length);
            else if (xml.Is("total"u8) || xml.Is("partial"u8)) xml.SkipFlat();
            else xml.Skip();
        }
        if (fermi is { } level && double.IsFinite(level)) fermiEnergy = level;
        if (total is not null) dos = total with { Projected = projected };
    }

    private DensityOfStates? ReadTotalDos()
    {
        List<double[]> energies = [], densities = [], integrals = [];
        ReadArray(fields =>
        {
            if (fields.Length != 3) throw xml.Damaged("the total DOS does not have three columns");
            while (xml.NextChild())
            {
                var columns = ReadRows(3, energies.Count == 0 ? null : energies[0].Length);
                energies.Add(columns[0]);
                densities.Add(columns[1]);
                integrals.Add(columns[2]);
            }
        });
        if (densities.Count == 0 || energies[0].Length == 0) return null;
        // Four sets are total, mx, my and mz of a non-collinear run: only the first is a density.
        var spins = densities.Count == 2 ? 2 : 1;
        return new DensityOfStates(energies[0], [.. densities.Take(spins)], [.. integrals.Take(spins)], Projected: null);
    }

    private ProjectedDos? ReadProjectedDos(int gridPoints)
    {
        var sites = ImmutableArray.CreateBuilder<double[][]>();
        var orbitals = ImmutableArray<string>.Empty;
        ReadArray(fields =>
        {
            orbitals = [.. fields.Skip(1).Select(ProjectedDos.StandardName)];
            while (xml.NextChild())
            {
                var components = new List<double[]>();
                while (xml.NextChild()) components.Add(ReadPacked(fields.Length, gridPoints));
                if (components.Count is not (1 or 2 or 4) || (sites.Count > 0 && components.Count != sites[0].Length))
                    throw xml.Damaged("a site of the projected DOS has another number of spin components");
                sites.Add([.. components]);
            }
        });
        if (sites.Count == 0 || orbitals.IsEmpty) return null;
        if (sites.Count != atoms.Length) Warn($"The projected DOS has {sites.Count} sites for {atoms.Length} atoms.");
        return new ProjectedDos(orbitals, sites.DrainToImmutable(), gridPoints);
    }

    private void ReadEigenvalues()
    {
        List<double> energies = [], occupations = [];
        int spins = 0, points = 0, bands = -1;
        ReadArray(fields =>
        {
            if (fields.Length < 2) throw xml.Damaged("the eigenvalues have no occupations");
            Span<double> row = stackalloc double[MostColumns];
            while (xml.NextChild())
            {
                spins++;
                while (xml.NextChild())
                {
                    points++;
                    var before = energies.Count;
                    int columns;
                    while ((columns = xml.ReadRow("<r>"u8, "</r>"u8, row)) >= 0)
                    {
                        if (columns != fields.Length) throw xml.Damaged("a row of the eigenvalues has another number of columns");
                        energies.Add(row[0]);
                        occupations.Add(row[1]);
                    }
                    if (xml.NextChild()) throw xml.Damaged("the eigenvalues hold something else");
                    if (bands < 0) bands = energies.Count - before;
                    else if (bands != energies.Count - before) throw xml.Damaged("the number of bands differs between k-points");
                }
            }
        });
        if (spins is not (1 or 2) || points % spins != 0) throw xml.Damaged("the eigenvalues are not of one or two spins with the same k-points");
        eigenvalues = new Eigenvalues(spins, points / spins, Math.Max(bands, 0), [.. energies], [.. occupations]);
    }

    /// <summary>Reads the <c>array</c> in the open element: the names of its fields, then what <paramref name="readSet"/> makes of its set.</summary>
    private void ReadArray(Action<string[]> readSet)
    {
        while (xml.NextChild())
        {
            if (!xml.Is("array"u8))
            {
                xml.Skip();
                continue;
            }
            var fields = new List<string>();
            var sets = 0;
            while (xml.NextChild())
            {
                if (xml.Is("field"u8)) fields.Add(xml.ReadString());
                else if (!xml.Is("set"u8)) xml.Skip();
                else if (sets++ > 0 || fields.Count is 0 or > MostColumns) throw xml.Damaged("an array has no fields, too many, or more than one set");
                else readSet([.. fields]);
            }
        }
    }

    // The columns of a <set> of <r> rows.
    private double[][] ReadRows(int columns, int? expectedRows)
    {
        var lists = new List<double>[columns];
        for (var c = 0; c < columns; c++) lists[c] = new List<double>(expectedRows ?? 512);
        Span<double> row = stackalloc double[MostColumns];
        int count;
        while ((count = xml.ReadRow("<r>"u8, "</r>"u8, row)) >= 0)
        {
            if (count != columns) throw xml.Damaged("a row of the DOS has another number of columns");
            for (var c = 0; c < columns; c++) lists[c].Add(row[c]);
        }
        if (xml.NextChild()) throw xml.Damaged("the DOS holds something else");
        if (expectedRows is { } expected && lists[0].Count != expected) throw xml.Damaged("the spins of the DOS have different numbers of energies");
        return [.. lists.Select(list => list.ToArray())];
    }

    // As ReadRows, without the first column, one column after the other in one array.
    private double[] ReadPacked(int columns, int rows)
    {
        var packed = new double[(columns - 1) * rows];
        Span<double> row = stackalloc double[MostColumns];
        int count, r = 0;
        while ((count = xml.ReadRow("<r>"u8, "</r>"u8, row)) >= 0)
        {
            if (count != columns || r == rows) throw xml.Damaged("the projected DOS has other rows or columns than the total DOS and its header say");
            for (var c = 1; c < columns; c++) packed[(c - 1) * rows + r] = row[c];
            r++;
        }
        if (xml.NextChild()) throw xml.Damaged("the projected DOS holds something else");
        if (r != rows) throw xml.Damaged("the projected DOS has fewer energies than the total DOS");
        return packed;
    }
}
