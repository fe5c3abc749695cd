using System.Globalization;
using System.Text;

namespace DftFlow.Tests;

/// <summary>A small vasprun.xml, written in the format of VASP 6 from values that a test chooses.</summary>
public sealed record SampleVasprun
{
    /// <summary>One atom each.</summary>
    public IReadOnlyList<string> Elements { get; init; } = ["Li", "O"];

    public string Parameters { get; init; } = """<i type="int" name="NELM">60</i><i type="int" name="NSW">0</i><i type="int" name="IBRION">-1</i><i type="int" name="ISPIN">1</i>""";

    /// <summary>Put before the eigenvalues of the last step, as VASP does with the results of KPOINTS_OPT.</summary>
    public string BeforeElectrons { get; init; } = "";

    /// <summary>The energies (F, without entropy, sigma→0) of each ionic step.</summary>
    public IReadOnlyList<(string Free, string WithoutEntropy, string SigmaToZero)> Steps { get; init; } = [("-10.00", "-9.90", "-9.95")];

    public string ElectronicStep { get; init; } = "<scstep><energy><i name=\"e_fr_energy\">-10.00</i><i name=\"e_wo_entrp\">-9.90</i><i name=\"e_0_energy\">-9.95</i></energy></scstep>";

    public double FermiEnergyEv { get; init; }

    public IReadOnlyList<double> EnergiesEv { get; init; } = [-2, -1, 0, 1];

    public IReadOnlyList<string> Orbitals { get; init; } = ["s", "py", "pz", "px"];

    public int Components { get; init; } = 1;

    /// <summary>The projected density: site (from 0), component, orbital, energy. Null: no projection.</summary>
    public Func<int, int, string, double, double>? Projected { get; init; } = (_, _, _, _) => 1;

    /// <summary>The projections of the states: component, k-point, band, site (all from 0), orbital. Null: none.</summary>
    public Func<int, int, int, int, string, double>? ProjectedBands { get; init; }

    /// <summary>Put before the list of k-points.</summary>
    public string KPointGeneration { get; init; } = "";

    /// <summary>Energies and occupations of the bands: by spin, then k-point.</summary>
    public IReadOnlyList<IReadOnlyList<IReadOnlyList<(double EnergyEv, double Occupation)>>> Bands { get; init; } = [[[(-1, 1), (1, 0)]]];

    public MemoryStream Stream() => new(Encoding.UTF8.GetBytes(ToString()));

    public override string ToString()
    {
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<modeling>\n <generator><i name=\"program\" type=\"string\">sample </i><i name=\"version\" type=\"string\">1.0 </i></generator>\n");
        text.Append(CultureInfo.InvariantCulture, $" <incar><i type=\"string\" name=\"SYSTEM\">a < b & c</i></incar>\n <kpoints>{KPointGeneration}<varray name=\"kpointlist\">\n");
        foreach (var _ in Bands[0]) text.Append("  <v> 0.0 0.0 0.0 </v>\n");
        text.Append(" </varray><varray name=\"weights\">\n");
        foreach (var _ in Bands[0]) text.Append(CultureInfo.InvariantCulture, $"  <v> {1.0 / Bands[0].Count} </v>\n");
        text.Append(CultureInfo.InvariantCulture, $" </varray></kpoints>\n <parameters><separator name=\"electronic\">{Parameters}</separator></parameters>\n");
        AppendAtoms(text);
        AppendStructure(text, "initialpos");
        for (var step = 0; step < Steps.Count; step++) AppendStep(text, step);
        AppendStructure(text, "finalpos");
        return text.Append("</modeling>\n").ToString();
    }

    private void AppendAtoms(StringBuilder text)
    {
        text.Append("<atominfo><array name=\"atoms\"><field type=\"string\">element</field><field type=\"int\">atomtype</field><set>\n");
        for (var i = 0; i < Elements.Count; i++) text.Append(CultureInfo.InvariantCulture, $"<rc><c>{Elements[i]}</c><c>{i + 1}</c></rc>\n");
        text.Append("</set></array><array name=\"atomtypes\"><set>\n");
        foreach (var element in Elements) text.Append(CultureInfo.InvariantCulture, $"<rc><c>1</c><c>{element}</c><c>10.0</c><c>6.0</c><c>PAW_PBE {element} sample</c></rc>\n");
        text.Append("</set></array></atominfo>\n");
    }

    private void AppendStructure(StringBuilder text, string? name)
    {
        text.Append(name is null ? "<structure>" : $"<structure name=\"{name}\" >").Append("<crystal><varray name=\"basis\">\n<v> 4.0 0.0 0.0 </v>\n<v> 0.0 4.0 0.0 </v>\n<v> 0.0 0.0 4.0 </v>\n</varray></crystal><varray name=\"positions\">\n");
        for (var i = 0; i < Elements.Count; i++) text.Append(CultureInfo.InvariantCulture, $"<v> {i / (double)Elements.Count} 0.0 0.5 </v>\n");
        text.Append("</varray></structure>\n");
    }

    private void AppendStep(StringBuilder text, int step)
    {
        var (free, withoutEntropy, sigmaToZero) = Steps[step];
        text.Append("<calculation>\n").Append(ElectronicStep).Append('\n');
        AppendStructure(text, null);
        text.Append("<varray name=\"forces\">\n");
        foreach (var _ in Elements) text.Append("<v> 0.0 0.0 -0.5 </v>\n");
        // Each step's own stress.
        text.Append(CultureInfo.InvariantCulture, $"</varray><varray name=\"stress\">\n<v> {step + 1} 0.5 0.0 </v>\n<v> 0.5 -2.0 0.0 </v>\n<v> 0.0 0.0 3.0 </v>\n");
        text.Append(CultureInfo.InvariantCulture, $"</varray><energy><i name=\"e_fr_energy\">{free}</i><i name=\"e_wo_entrp\">{withoutEntropy}</i><i name=\"e_0_energy\">{sigmaToZero}</i></energy>\n");
        if (step == Steps.Count - 1) AppendElectrons(text);
        text.Append("</calculation>\n");
    }

    private void AppendElectrons(StringBuilder text)
    {
        text.Append(BeforeElectrons).Append("<eigenvalues><array><field>eigene</field><field>occ</field><set>\n");
        foreach (var spin in Bands)
        {
            text.Append("<set comment=\"spin\">");
            foreach (var point in spin)
            {
                text.Append("<set comment=\"kpoint\">\n");
                foreach (var (energy, occupation) in point) text.Append(CultureInfo.InvariantCulture, $"<r> {energy} {occupation} </r>\n");
                text.Append("</set>");
            }
            text.Append("</set>");
        }
        text.Append("</set></array></eigenvalues>\n");
        text.Append(CultureInfo.InvariantCulture, $"<dos><i name=\"efermi\">{FermiEnergyEv}</i><total><array><field>energy</field><field>total</field><field>integrated</field><set>\n");
        for (var component = 0; component < Components; component++)
        {
            text.Append("<set comment=\"spin\">\n");
            foreach (var energy in EnergiesEv) text.Append(CultureInfo.InvariantCulture, $"<r> {energy} {component + 1} 0.0 </r>\n");
            text.Append("</set>\n");
        }
        text.Append("</set></array></total>");
        if (Projected is not null) AppendProjected(text, Projected);
        text.Append("</dos>\n");
        if (ProjectedBands is not null) AppendProjectedBands(text, ProjectedBands);
    }

    private void AppendProjectedBands(StringBuilder text, Func<int, int, int, int, string, double> projection)
    {
        text.Append("<projected><eigenvalues><array><field>eigene</field><field>occ</field><set><set comment=\"spin 1\"></set></set></array></eigenvalues>\n<array>");
        foreach (var orbital in Orbitals) text.Append(CultureInfo.InvariantCulture, $"<field> {orbital} </field>");
        text.Append("<set>\n");
        for (var component = 0; component < Components; component++)
        {
            text.Append(CultureInfo.InvariantCulture, $"<set comment=\"spin{component + 1}\">");
            for (var k = 0; k < Bands[0].Count; k++)
            {
                text.Append(CultureInfo.InvariantCulture, $"<set comment=\"kpoint {k + 1}\">");
                for (var band = 0; band < Bands[0][0].Count; band++)
                {
                    text.Append(CultureInfo.InvariantCulture, $"<set comment=\"band {band + 1}\">\n");
                    for (var site = 0; site < Elements.Count; site++)
                    {
                        text.Append("<r>");
                        foreach (var orbital in Orbitals) text.Append(CultureInfo.InvariantCulture, $" {projection(component, k, band, site, orbital):0.0000}");
                        text.Append(" </r>\n");
                    }
                    text.Append("</set>\n");
                }
                text.Append("</set>\n");
            }
            text.Append("</set>\n");
        }
        text.Append("</set></array></projected>\n");
    }

    private void AppendProjected(StringBuilder text, Func<int, int, string, double, double> density)
    {
        text.Append("<partial><array><field>energy</field>");
        foreach (var orbital in Orbitals) text.Append(CultureInfo.InvariantCulture, $"<field> {orbital} </field>");
        text.Append("<set>\n");
        for (var site = 0; site < Elements.Count; site++)
        {
            text.Append("<set comment=\"ion\">");
            for (var component = 0; component < Components; component++)
            {
                text.Append("<set comment=\"spin\">\n");
                foreach (var energy in EnergiesEv)
                {
                    text.Append(CultureInfo.InvariantCulture, $"<r> {energy}");
                    foreach (var orbital in Orbitals) text.Append(CultureInfo.InvariantCulture, $" {density(site, component, orbital, energy)}");
                    text.Append(" </r>\n");
                }
                text.Append("</set>");
            }
            text.Append("</set>\n");
        }
        text.Append("</set></array></partial>");
    }
}
