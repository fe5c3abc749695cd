using System.Globalization;
using System.Text;

namespace DftFlow.Benchmarks;

/// <summary>
/// A vasprun.xml as VASP writes it for a slab of 250 atoms (50 Li, 50 Mn, 150 O) with spin, LORBIT = 11 and NEDOS = 3000: the projected
/// DOS is 180 MB of it, and the projections of the bands, which nobody asks for here but VASP always writes, 200 MB more.
/// </summary>
internal static class SlabVasprun
{
    private const int Sites = 250, Energies = 3000, Bands = 850, KPoints = 5;
    private const double Lowest = -25, Step = 0.012, GapMiddle = 0.9;

    private static readonly string[] Orbitals = ["s", "py", "pz", "px", "dxy", "dyz", "dz2", "dxz", "x2-y2"];

    public static void Write(Stream stream, bool projectedBands)
    {
        using var text = new StreamWriter(stream, Encoding.ASCII, 1 << 20, leaveOpen: true);
        text.Write(FormattableString.Invariant($"""
            <?xml version="1.0" encoding="ISO-8859-1"?>
            <modeling>
             <generator><i name="program" type="string">vasp </i><i name="version" type="string">6.4.3 </i></generator>
             <kpoints><varray name="kpointlist">{Repeat("<v> 0.0 0.0 0.0 </v>\n", KPoints)}</varray><varray name="weights">{Repeat("<v> 0.2 </v>\n", KPoints)}</varray></kpoints>
             <parameters><separator name="electronic"><i type="int" name="NELM">60</i><i type="int" name="NSW">0</i><i type="int" name="IBRION">-1</i><i type="int" name="ISPIN">2</i></separator></parameters>
             <atominfo><atoms>{Sites}</atoms><types>3</types>
              <array name="atoms"><dimension dim="1">ion</dimension><field type="string">element</field><field type="int">atomtype</field><set>

            """));
        for (var site = 0; site < Sites; site++) text.Write(FormattableString.Invariant($"<rc><c>{ElementOf(site)}</c><c>{TypeOf(site)}</c></rc>\n"));
        text.Write("""
            </set></array>
              <array name="atomtypes"><dimension dim="1">type</dimension><field type="int">atomspertype</field><field type="string">element</field><field>mass</field><field>valence</field><field type="string">pseudopotential</field>
               <set><rc><c>50</c><c>Li</c><c>6.9</c><c>1.0</c><c>PAW_PBE Li</c></rc><rc><c>50</c><c>Mn</c><c>54.9</c><c>7.0</c><c>PAW_PBE Mn</c></rc><rc><c>150</c><c>O </c><c>16.0</c><c>6.0</c><c>PAW_PBE O</c></rc></set></array></atominfo>

            """);
        Structure(text, " name=\"initialpos\"");
        text.Write("<calculation><scstep><energy><i name=\"e_fr_energy\">-10.00</i><i name=\"e_wo_entrp\">-9.90</i><i name=\"e_0_energy\">-9.95</i></energy></scstep>\n");
        Structure(text, "");
        text.Write("<energy><i name=\"e_fr_energy\">-10.00</i><i name=\"e_wo_entrp\">-9.90</i><i name=\"e_0_energy\">-9.95</i></energy>\n");
        Eigenvalues(text);
        Dos(text);
        if (projectedBands) ProjectedBands(text);
        text.Write("</calculation>\n");
        Structure(text, " name=\"finalpos\"");
        text.Write("</modeling>\n");
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static int TypeOf(int site) => site < 50 ? 1 : site < 100 ? 2 : 3;

    private static string ElementOf(int site) => TypeOf(site) switch { 1 => "Li", 2 => "Mn", _ => "O " };

    private static void Structure(StreamWriter text, string name)
    {
        text.Write($"<structure{name}><crystal><varray name=\"basis\">\n<v> 14.2 0.0 0.0 </v>\n<v> 0.0 14.6 0.0 </v>\n<v> 0.0 0.0 38.0 </v>\n</varray></crystal><varray name=\"positions\">\n");
        // Ten layers of 25 in a cell with vacuum above them.
        for (var site = 0; site < Sites; site++)
            text.Write(FormattableString.Invariant($"<v> {site / 10 % 5 / 5.0:F8} {site / 50 / 5.0:F8} {(3 + 2.1 * (site % 10)) / 38:F8} </v>\n"));
        text.Write("</varray></structure>\n");
    }

    private static double Hat(double energy, double centre, double width) => Math.Exp(-Math.Pow((energy - centre) / width, 2) / 2);

    private static double Density(int type, int orbital, double energy) => (type, orbital) switch
    {
        (3, 0) => 0.9 * Hat(energy, -18.5, 0.4),
        (3, <= 3) => 0.25 * Hat(energy, -4 + 0.1 * orbital, 1) + 0.05 * Hat(energy, 3, 0.3),
        (2, > 3) => 0.3 * Hat(energy, -3, 0.5) + 0.6 * Hat(energy, 3, 0.3),
        (1, 0) => 0.02 * Hat(energy, -4, 1),
        _ => 0,
    };

    private static void Eigenvalues(StreamWriter text)
    {
        text.Write("<eigenvalues><array><field>eigene</field><field>occ</field><set>\n");
        for (var spin = 1; spin <= 2; spin++)
        {
            text.Write($"<set comment=\"spin {spin}\">\n");
            for (var k = 1; k <= KPoints; k++)
            {
                text.Write($"<set comment=\"kpoint {k}\">\n");
                for (var band = 0; band < Bands; band++)
                {
                    var energy = -19 + band * 0.027;
                    text.Write(FormattableString.Invariant($"<r> {(energy > 0 ? energy + 2 * GapMiddle : energy),10:F4} {(energy > 0 ? 0 : 1),9:F4} </r>\n"));
                }
                text.Write("</set>\n");
            }
            text.Write("</set>\n");
        }
        text.Write("</set></array></eigenvalues>\n");
    }

    private static void Dos(StreamWriter text)
    {
        text.Write(FormattableString.Invariant($"<dos><i name=\"efermi\"> {GapMiddle} </i><total><array><field>energy</field><field>total</field><field>integrated</field><set>\n"));
        var energies = Enumerable.Range(0, Energies).Select(i => Lowest + i * Step).ToArray();
        var total = energies.Select(energy => Enumerable.Range(0, 9).Sum(orbital => 50 * Density(1, orbital, energy) + 50 * Density(2, orbital, energy) + 150 * Density(3, orbital, energy))).ToArray();
        for (var spin = 1; spin <= 2; spin++)
        {
            text.Write($"<set comment=\"spin {spin}\">\n");
            var integral = 0.0;
            for (var i = 0; i < Energies; i++)
            {
                if (i > 0) integral += Step * (total[i] + total[i - 1]) / 2;
                text.Write(FormattableString.Invariant($"     <r> {energies[i],9:F4} {total[i],9:F4} {integral,9:F4} </r>\n"));
            }
            text.Write("</set>\n");
        }
        text.Write($"</set></array></total><partial><array><field>energy</field>{string.Concat(Orbitals.Select(name => $"<field>{name}</field>"))}<set>\n");
        var rows = Enumerable.Range(1, 3).Select(type => string.Concat(energies.Select(energy =>
            string.Create(CultureInfo.InvariantCulture, $"       <r> {energy,9:F4} {string.Join(' ', Enumerable.Range(0, 9).Select(orbital => Density(type, orbital, energy).ToString("F4", CultureInfo.InvariantCulture).PadLeft(9)))} </r>\n")))).ToArray();
        for (var site = 0; site < Sites; site++)
            text.Write($"<set comment=\"ion {site + 1}\">\n<set comment=\"spin 1\">\n{rows[TypeOf(site) - 1]}</set>\n<set comment=\"spin 2\">\n{rows[TypeOf(site) - 1]}</set>\n</set>\n");
        text.Write("</set></array></partial></dos>\n");
    }

    private static void ProjectedBands(StreamWriter text)
    {
        var ions = Repeat($"        <r> {string.Join(' ', Enumerable.Repeat("  0.0123", 9))} </r>\n", Sites);
        text.Write($"<projected><array>{string.Concat(Orbitals.Select(name => $"<field>{name}</field>"))}<set>\n");
        for (var spin = 1; spin <= 2; spin++)
        {
            text.Write($"<set comment=\"spin{spin}\">\n");
            for (var k = 1; k <= KPoints; k++)
            {
                text.Write($"<set comment=\"kpoint {k}\">\n");
                for (var band = 1; band <= Bands; band++) text.Write($"<set comment=\"band {band}\">\n{ions}</set>\n");
                text.Write("</set>\n");
            }
            text.Write("</set>\n");
        }
        text.Write("</set></array></projected>\n");
    }
}
