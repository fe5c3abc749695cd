using System.Collections.Immutable;
using System.Runtime.InteropServices;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>Density of states and eigenvalues.</summary>
internal sealed partial class VasprunReader
{
    private const int MostColumns = 64;
    private const int MostGridPoints = 1 << 20;

    /// <summary>What is kept of the ordinary k-points, and again of those of KPOINTS_OPT.</summary>
    private sealed class Electrons
    {
        public ImmutableArray<KPoint> KPoints { get; set; } = [];

        public KPointGeneration? Generation { get; set; }

        public double? FermiEnergy { get; set; }

        public DensityOfStates? Dos { get; set; }

        public Eigenvalues? Eigenvalues { get; set; }

        public ProjectedEigenvalues? Projected { get; set; }

        public KPointsOptResults? Results() => Dos is null && Eigenvalues is null && KPoints.IsEmpty && FermiEnergy is null
            ? null
            : new() { KPoints = KPoints, KPointGeneration = Generation, Eigenvalues = Eigenvalues, ProjectedEigenvalues = Projected, Dos = Dos, FermiEnergyEv = FermiEnergy };
    }

    /// <summary>Reads or skips the element just opened in a calculation; false where it is none of these.</summary>
    private bool TryReadElectrons()
    {
        if (xml.Is("dos"u8)) ReadDos(ordinary);
        else if (xml.Is("eigenvalues"u8)) ReadEigenvalues(ordinary);
        else if (xml.Is("projected"u8)) ReadProjectedEigenvalues(ordinary);
        else if (xml.Is("i"u8) && xml.Attribute("name"u8) == "efermi") SetFermiEnergy(ordinary, ReadNumber());
        else if (xml.Is("eigenvalues_kpoints_opt"u8) && content.HasFlag(VasprunContent.KPointsOpt))
        {
            while (xml.NextChild())
            {
                if (xml.Is("kpoints"u8)) ReadKPoints(optional);
                else if (xml.Is("eigenvalues"u8)) ReadEigenvalues(optional);
                else xml.Skip();
            }
        }
        else if (xml.Is("projected_kpoints_opt"u8) && content.HasFlag(VasprunContent.KPointsOpt)) ReadProjectedEigenvalues(optional);
        else if (xml.Is("eigenvalues_kpoints_opt"u8) || xml.Is("projected_kpoints_opt"u8)) xml.SkipFlat();
        else return false;
        return true;
    }

    private void ReadDos(Electrons into)
    {
        // VASP writes a DOS of the points of KPOINTS_OPT before the ordinary one, with a Fermi level of its own; only a comment tells them apart.
        if (xml.Attribute("comment"u8) is not null)
        {
            if (!content.HasFlag(VasprunContent.KPointsOpt))
            {
                xml.SkipFlat();
                return;
            }
            into = optional;
        }
        var hasTotal = false;
        while (xml.NextChild())
        {
            if (xml.Is("i"u8) && xml.Attribute("name"u8) == "efermi") SetFermiEnergy(into, ReadNumber());
            else if (xml.Is("total"u8) && content.HasFlag(VasprunContent.Dos))
            {
                var total = ReadTotalDos();
                hasTotal = total is not null;
                into.Dos = total ?? into.Dos;
            }
            else if (xml.Is("partial"u8) && content.HasFlag(VasprunContent.ProjectedDos) && hasTotal) ReadProjectedDos(into);
            else if (xml.Is("total"u8) || xml.Is("partial"u8)) xml.SkipFlat();
            else xml.Skip();
        }
    }

    private static void SetFermiEnergy(Electrons into, double energy)
    {
        if (double.IsFinite(energy)) into.FermiEnergy = energy;
    }

    private DensityOfStates? ReadTotalDos()
    {
        List<double[]> energies = [], densities = [], integrals = [];
        ReadArrays(fields =>
        {
            if (fields.Length != 3) throw xml.Damaged("the total DOS does not have three columns");
            while (xml.NextChild())
            {
                if (energies.Count == 4) throw xml.Damaged("the total DOS has more than four spin components");
                var columns = ReadRows(3, energies.Count == 0 ? null : energies[0].Length);
                energies.Add(columns[0]);
                densities.Add(columns[1]);
                integrals.Add(columns[2]);
            }
        });
        if (densities.Count == 0 || energies[0].Length == 0) return null;
        // Four sets are total, mx, my and mz of a non-collinear run: only the first is a density.
        var spins = densities.Count == 2 ? 2 : 1;
        return new DensityOfStates(energies[0], [.. densities.Take(spins)], [.. integrals.Take(spins)], Projected: null)
        {
            Magnetization = densities.Count == 4 ? [.. densities.Skip(1)] : [],
        };
    }

    private void ReadEigenvalues(Electrons into)
    {
        if (!content.HasFlag(VasprunContent.Eigenvalues))
        {
            xml.SkipFlat();
            return;
        }
        Rows<double>? energies = null, occupations = null;
        List<double> pointEnergies = [], pointOccupations = [];
        int spins = 0, points = 0;
        ReadArrays(fields =>
        {
            Span<double> row = stackalloc double[MostColumns];
            // The points of KPOINTS_OPT come without occupations, and again with them where they are projected.
            row[1] = double.NaN;
            while (xml.NextChild())
            {
                spins++;
                for (; xml.NextChild(); points++)
                {
                    pointEnergies.Clear();
                    pointOccupations.Clear();
                    int columns;
                    while ((columns = xml.ReadRow("<r>"u8, "</r>"u8, row)) >= 0)
                    {
                        if (columns != fields.Length) throw xml.Damaged("a row of the eigenvalues has another number of columns");
                        pointEnergies.Add(row[0]);
                        pointOccupations.Add(row[1]);
                    }
                    if (xml.NextChild()) throw xml.Damaged("the eigenvalues hold something else");
                    energies ??= new(pointEnergies.Count, 2L * into.KPoints.Length);
                    occupations ??= new(pointEnergies.Count, 2L * into.KPoints.Length);
                    if (pointEnergies.Count != energies.Length) throw xml.Damaged("the number of bands differs between k-points");
                    energies.Add(CollectionsMarshal.AsSpan(pointEnergies));
                    occupations.Add(CollectionsMarshal.AsSpan(pointOccupations));
                }
            }
        });
        if (spins is not (1 or 2) || points % spins != 0) throw xml.Damaged("the eigenvalues are not of one or two spins with the same k-points");
        if (energies is not null && occupations is not null) into.Eigenvalues = new Eigenvalues(spins, points / spins, energies, occupations);
    }

    /// <summary>Reads the arrays in the open element, of which there is one.</summary>
    private void ReadArrays(Action<string[]> readSet)
    {
        while (xml.NextChild())
        {
            if (xml.Is("array"u8)) ReadArray(readSet);
            else xml.Skip();
        }
    }

    /// <summary>Reads the open <c>array</c>: the names of its fields, then what <paramref name="readSet"/> makes of its set.</summary>
    private void ReadArray(Action<string[]> readSet)
    {
        var fields = new List<string>();
        var sets = 0;
        while (xml.NextChild())
        {
            if (xml.Is("field"u8) && fields.Count < MostColumns) fields.Add(xml.ReadString());
            else if (!xml.Is("set"u8)) xml.Skip();
            else if (sets++ > 0 || fields.Count is 0 or MostColumns) throw xml.Damaged("an array has no fields, too many, or more than one set");
            else readSet([.. fields]);
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
            if (lists[0].Count == MostGridPoints) throw XmlScanner.Refused($"its DOS has more than {MostGridPoints} energies", "NEDOS is some thousand: is the file damaged, or another one?");
            for (var c = 0; c < columns; c++) lists[c].Add(row[c]);
        }
        if (xml.NextChild()) throw xml.Damaged("the DOS holds something else");
        if (expectedRows is { } expected && lists[0].Count != expected) throw xml.Damaged("the spins of the DOS have different numbers of energies");
        return [.. lists.Select(list => list.ToArray())];
    }
}
