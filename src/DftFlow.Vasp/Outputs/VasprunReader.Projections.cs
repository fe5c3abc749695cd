using System.Collections.Immutable;
using System.Runtime.InteropServices;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>Projections on sites and orbitals: those that the filter keeps, and of a file that stops those that are whole.</summary>
internal sealed partial class VasprunReader
{
    private bool Keeps(int site) =>
        filter.Site is not { } keep || keep(site, site < atoms.Length ? atomTypes[atoms[site]] : null);

    // The names of the kept columns, and where they stand.
    private (ImmutableArray<string> Orbitals, int[] Columns) KeptOrbitals(string[] fields, int firstColumn)
    {
        var names = Array.ConvertAll(fields, ProjectedDos.StandardName);
        int[] columns = [.. Enumerable.Range(firstColumn, names.Length - firstColumn).Where(column => filter.Orbital?.Invoke(names[column]) ?? true)];
        return ([.. columns.Select(column => names[column])], columns);
    }

    // Of the sites of a projected DOS that are kept.
    private int? siteComponents;

    private void ReadProjectedDos(Electrons into)
    {
        var dos = into.Dos!;
        var gridPoints = dos.EnergiesEv.Length;
        var orbitals = ImmutableArray<string>.Empty;
        List<double[][]> sites = [];
        siteComponents = null;
        var whole = false;
        try
        {
            ReadArrays(fields =>
            {
                (orbitals, var columns) = KeptOrbitals(fields, firstColumn: 1);
                while (xml.NextChild()) sites.Add(ReadSite(sites, fields.Length, columns, gridPoints));
            });
            whole = true;
        }
        finally
        {
            // A site that the file does not reach is one that was not read: so no sum over sites is taken for whole.
            while (!whole && sites.Count < atoms.Length) sites.Add([]);
            into.Dos = dos with { Projected = sites.Count == 0 || orbitals.IsEmpty ? null : new ProjectedDos(orbitals, [.. sites], gridPoints) };
        }
        if (sites.Count > 0 && sites.Count != atoms.Length) Warn($"The projected DOS has {sites.Count} sites for {atoms.Length} atoms.");
    }

    private double[][] ReadSite(List<double[][]> before, int fields, int[] columns, int gridPoints)
    {
        if (before.Count == MostAtoms) throw XmlScanner.Refused($"its DOS is projected on more than {MostAtoms} sites", "Is it another file?");
        var keep = Keeps(before.Count);
        var components = new List<double[]>();
        for (var component = 0; xml.NextChild(); component++)
        {
            if (component == 4) throw xml.Damaged("a site of the projected DOS has more than four spin components");
            if (keep) components.Add(ReadColumns(fields, columns, gridPoints));
            else xml.SkipFlat();
        }
        if (!keep) return [];
        if (components.Count is not (1 or 2 or 4) || (siteComponents ?? components.Count) != components.Count)
            throw xml.Damaged("a site of the projected DOS has another number of spin components");
        siteComponents = components.Count;
        return [.. components];
    }

    // The kept columns of a <set> of <r> rows, one after the other in one array.
    private double[] ReadColumns(int fields, int[] columns, int rows)
    {
        var packed = new double[columns.Length * rows];
        Span<double> row = stackalloc double[MostColumns];
        int count, r = 0;
        while ((count = xml.ReadRow("<r>"u8, "</r>"u8, row)) >= 0)
        {
            if (count != fields || r == rows) throw xml.Damaged("the projected DOS has other rows or columns than the total DOS and its header say");
            for (var c = 0; c < columns.Length; c++) packed[c * rows + r] = row[columns[c]];
            r++;
        }
        if (xml.NextChild()) throw xml.Damaged("the projected DOS holds something else");
        if (r != rows) throw xml.Damaged("the projected DOS has fewer energies than the total DOS");
        return packed;
    }

    private void ReadProjectedEigenvalues(Electrons into)
    {
        if (!content.HasFlag(VasprunContent.ProjectedEigenvalues) && into == ordinary)
        {
            xml.SkipFlat();
            return;
        }
        while (xml.NextChild())
        {
            if (xml.Is("array"u8) && content.HasFlag(VasprunContent.ProjectedEigenvalues)) ReadProjectionArray(into);
            // A copy of the ordinary eigenvalues; those of KPOINTS_OPT have their occupations only here.
            else if (xml.Is("eigenvalues"u8) && into == optional) ReadEigenvalues(into);
            else if (xml.Is("array"u8) || xml.Is("eigenvalues"u8)) xml.SkipFlat();
            else xml.Skip();
        }
    }

    private void ReadProjectionArray(Electrons into)
    {
        var found = new Projections();
        try
        {
            ReadArray(fields =>
            {
                (found.Orbitals, var columns) = KeptOrbitals(fields, firstColumn: 0);
                for (; xml.NextChild(); found.Components++)
                {
                    if (found.Components == 4) throw xml.Damaged("the projected eigenvalues have more than four spin components");
                    ReadComponent(found, fields.Length, columns, into);
                }
            });
        }
        finally
        {
            into.Projected = found.Result() ?? into.Projected;
        }
    }

    /// <summary>What has been read of the projected eigenvalues. Counts of the first component and of the first k-point hold for all.</summary>
    private sealed class Projections
    {
        public ImmutableArray<string> Orbitals { get; set; } = [];

        public int Components { get; set; }

        public int KPoints { get; set; }

        public int Bands { get; set; }

        public List<int> Places { get; } = [];

        public Rows<float>? Rows { get; set; }

        public ProjectedEigenvalues? Result() => Rows is { Count: > 0 } && Orbitals.Length > 0
            ? new(Orbitals, [.. Places], 1 + (Rows.Count - 1) / (KPoints * Bands), KPoints, Bands, Rows)
            : null;
    }

    // All k-points of one spin component, with all their bands, each with a row for each ion.
    private void ReadComponent(Projections found, int fields, int[] columns, Electrons into)
    {
        List<float> numbers = [];
        var kPoint = 0;
        for (; xml.NextChild(); kPoint++)
        {
            if (found.Components == 0) found.KPoints = kPoint + 1;
            else if (kPoint == found.KPoints) throw xml.Damaged("the number of projected k-points differs between spins");
            var band = 0;
            for (; xml.NextChild(); band++)
            {
                if (found.Components == 0 && kPoint == 0) found.Bands = band + 1;
                else if (band == found.Bands) throw xml.Damaged("the number of projected bands differs between k-points");
                numbers.Clear();
                ReadBand(found, fields, columns, numbers);
                found.Rows ??= new(numbers.Count, 4L * Math.Max(1, into.KPoints.Length) * Math.Max(1, into.Eigenvalues?.BandCount ?? 1));
                found.Rows.Add(CollectionsMarshal.AsSpan(numbers));
            }
            if (band != found.Bands) throw xml.Damaged("the number of projected bands differs between k-points");
        }
        if (kPoint != found.KPoints) throw xml.Damaged("the number of projected k-points differs between spins");
    }

    private void ReadBand(Projections found, int fields, int[] columns, List<float> numbers)
    {
        Span<double> row = stackalloc double[MostColumns];
        var first = found.Rows is null;
        if (first) found.Places.Clear();
        int count, site = 0, kept = 0;
        for (; (count = xml.ReadRow("<r>"u8, "</r>"u8, row)) >= 0; site++)
        {
            if (count != fields) throw xml.Damaged("a row of the projected eigenvalues has another number of columns");
            if (first) found.Places.Add(Keeps(site) ? kept++ : -1);
            else if (site == found.Places.Count) throw xml.Damaged("the number of projected ions differs between bands");
            if (found.Places[site] < 0) continue;
            foreach (var column in columns) numbers.Add((float)row[column]);
        }
        if (xml.NextChild()) throw xml.Damaged("the projected eigenvalues hold something else");
        if (site != found.Places.Count) throw xml.Damaged("the number of projected ions differs between bands");
    }
}
