using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;
using DftFlow.Workflows.Language;
using DftFlow.Yaml;

namespace DftFlow.Workflows;

/// <summary>Makes the INCAR, KPOINTS and list of potentials that a calculation's settings ask for; each tag tells where it comes from.</summary>
public sealed class InputComposer(CalculationBlock calculation, Settings settings, string layerName, Diagnostics diagnostics)
{
    // No machine has the memory for less.
    private const double FinestGridA = 0.005;

    private readonly OrderedDictionary<string, IncarTag> tags = new(StringComparer.Ordinal);

    /// <param name="differenceOf">The analysis that subtracts other densities from this one's, for which its grid has to be known; null where there is none.</param>
    public VaspInput? Compose(string id, Structure structure, string? differenceOf = null)
    {
        structure = structure.GroupedByElement();
        Set("SYSTEM", id, "the calculation's name");
        if (settings.Find("cutoff", s => s.CutoffEv) is { } cutoff) Positive("ENCUT", cutoff.Value, cutoff.Origin);
        else if (!Given("cutoff") && !settings.Layers.Any(layer => layer.Block.Incar?.Entries.Any(tag => tag.Key.Equals("ENCUT", StringComparison.OrdinalIgnoreCase)) == true)) diagnostics.Error("DF1015", calculation.At, $"No cut-off is given for '{id}'.", "Add 'cutoff: 500 eV' to the settings.");
        Smearing();
        Scf();
        Spin(structure);
        HubbardU(structure);
        Task();
        Outputs();
        if (settings.Find("density-grid", s => s.DensityGridA) is { } spacing && Positive(spacing.Value.Value, spacing.Mark, "density-grid"))
            Grid(FourierGrid.WithSpacing(structure.Lattice, Math.Max(spacing.Value.Value, FinestGridA)), spacing.Origin);
        Incar(structure);
        // What is given stays.
        if (differenceOf is not null && FourierGrid.OfDensities(DftFlow.Vasp.Inputs.Incar.Of(tags.Values), structure.Lattice) is { } grid)
            Grid(grid, $"rule: '{differenceOf}' needs one grid for all its densities; this is VASP's own choice");
        var kpoints = Kpoints(id);
        return kpoints is null ? null : new VaspInput(DftFlow.Vasp.Inputs.Incar.Of(tags.Values), kpoints, structure, Potentials(structure), id);
    }

    private void Smearing()
    {
        if (settings.Find("smearing", s => s.Smearing) is not { } smearing) return;
        Set("ISMEAR", smearing.Value.Kind switch
        {
            SmearingKind.Gaussian => 0,
            SmearingKind.Fermi => -1,
            SmearingKind.MethfesselPaxton => 1,
            _ => -5,
        }, smearing.Origin);
        if (smearing.Value.WidthEv is { } width) Positive("SIGMA", width, smearing.Origin);
    }

    private void Scf()
    {
        if (settings.Find("scf", s => s.Scf?.ToleranceEv) is { } tolerance) Positive("EDIFF", tolerance.Value, tolerance.Origin);
        if (settings.Find("scf", s => s.Scf?.MaxSteps) is { } steps) Positive("NELM", steps.Value, steps.Origin);
    }

    private void Spin(Structure structure)
    {
        var moments = settings.Merge(s => s.Spin);
        var polarized = settings.Find("spin-polarized", s => s.SpinPolarized);
        // What a model says of its sites is more than what settings say of their elements.
        var ofModel = structure.Sites.Any(site => site.MomentMuB is not null);
        var wanted = polarized?.Value.Value ?? (ofModel || moments.Length > 0);
        var origin = ofModel ? "the structure's magnetic-order" : moments.IsEmpty ? null : moments[0].Origin;
        Set("ISPIN", wanted ? 2 : 1, polarized?.Origin ?? origin ?? "default: no spin is given");
        if (!wanted || origin is null) return;
        Set("MAGMOM", structure.Sites.Select(site => site.MomentMuB ?? moments.FirstOrDefault(m => m.Key == site.Element.Symbol).Value).ToArray(), origin);
    }

    private void HubbardU(Structure structure)
    {
        var given = settings.Merge(s => s.HubbardU);
        var elements = structure.Elements.ToImmutableArray();
        var values = elements.Select(element => given.FirstOrDefault(u => u.Key == element.Symbol).Value).ToArray();
        if (values.All(u => u == 0)) return;
        var light = elements.Where((element, i) => values[i] != 0 && element.AtomicNumber < 21).ToArray();
        foreach (var element in light)
            diagnostics.Error("DF1007", given.First(u => u.Key == element.Symbol).Mark, $"hubbard-u acts on d or f states; {element} has none.",
                "For U on p states give LDAU, LDAUTYPE, LDAUL, LDAUU and LDAUJ under 'incar'.");
        if (light.Length > 0) return;
        var origin = given[0].Origin;
        var shells = elements.Select((element, i) => values[i] == 0 ? -1 : element.Block == 'f' ? 3 : 2).ToArray();
        Set("LDAU", true, origin);
        Set("LDAUTYPE", 2, "rule: hubbard-u is the effective U of Dudarev's form");
        Set("LDAUL", shells, origin);
        Set("LDAUU", values, origin);
        Set("LDAUJ", elements.Select(_ => 0.0).ToArray(), "rule: hubbard-u holds U − J");
        Set("LMAXMIX", shells.Contains(3) ? 6 : 4, "rule: +U on d needs 4, on f 6");
    }

    private void Task()
    {
        if (calculation.Task == CalculationTask.Static)
        {
            Set("NSW", 0, "task: static");
            Set("IBRION", -1, "task: static");
            // A task that is misspelt is no static one.
            foreach (var key in (string[])["max-force", "max-steps", "relax"])
                if (calculation.Node["task"] is YamlScalar { Text: "static" } && calculation.Node[key] is { } node)
                    diagnostics.Warning("DF1016", node.At, $"'{key}' does nothing in a static calculation.", "Leave it out, or write 'task: relax'.");
            return;
        }
        Set("IBRION", 2, "task: relax");
        Set("ISIF", calculation.Relax == RelaxWhat.PositionsAndCell ? 3 : 2, calculation.Relax is null ? "task: relax" : Own("relax"));
        if (calculation.MaxSteps is { } steps) Positive("NSW", steps, Own("max-steps"));
        else Set("NSW", 100, "task: relax");
        if (calculation.MaxForceEvPerA is not { } force)
        {
            if (calculation.Node["max-force"] is null) diagnostics.Error("DF1015", calculation.At, "A relaxation needs to know when it ends.", "Add 'max-force: 0.02 eV/Å'.");
        }
        else if (Positive(force.Value, force.At, "max-force")) Set("EDIFFG", -force.Value, Own("max-force"));
    }

    private void Outputs()
    {
        var asked = calculation.Outputs;
        var origin = asked.IsEmpty ? "rule: not among the outputs" : Own("outputs");
        if (asked.Contains(OutputKind.Dos))
        {
            Set("LORBIT", 11, origin);
            if (settings.Find("dos", s => s.Dos?.Points) is { } points) Positive("NEDOS", points.Value, points.Origin);
            if (settings.Find("dos", s => s.Dos?.FromEv) is { } from) Set("EMIN", from.Value.Value, from.Origin);
            if (settings.Find("dos", s => s.Dos?.ToEv) is { } to) Set("EMAX", to.Value.Value, to.Origin);
        }
        Set("LCHARG", asked.Contains(OutputKind.Charge) || asked.Contains(OutputKind.AllElectronCharge), origin);
        if (asked.Contains(OutputKind.AllElectronCharge)) Set("LAECHG", true, origin);
        if (asked.Contains(OutputKind.Elf)) Set("LELF", true, origin);
        if (asked.Contains(OutputKind.Potential)) Set("LVHAR", true, origin);
        Set("LWAVE", false, "rule: wave functions are not kept");
    }

    private void Grid((int X, int Y, int Z) grid, string origin)
    {
        foreach (var (tag, points) in ((string, int)[])[("NGXF", grid.X), ("NGYF", grid.Y), ("NGZF", grid.Z)])
            if (!tags.ContainsKey(tag)) Set(tag, points, origin);
    }

    private void Incar(Structure structure)
    {
        foreach (var layer in settings.Layers)
            foreach (var entry in layer.Block.Incar?.Entries ?? [])
            {
                if (Text(entry.Value) is not { } text)
                {
                    diagnostics.Error("DF1007", entry.Value.At, $"The value of {entry.Key} is a number, a word, or a list of them.");
                    continue;
                }
                try
                {
                    if (DftFlow.Vasp.Inputs.Incar.Parse($"{entry.Key} = {text}").Tags is [var tag] && tag.Name.Equals(entry.Key, StringComparison.OrdinalIgnoreCase))
                        Set(tag.Name, tag.Value, layer.Origin(entry.At));
                    else
                        diagnostics.Error("DF1007", entry.At, $"'{entry.Key} = {text}' is not one INCAR tag.");
                }
                catch (DftFlowException error)
                {
                    diagnostics.Error(error.Code, entry.At, error.Message, error.Hint);
                }
            }
    }

    private Kpoints? Kpoints(string id)
    {
        if (settings.Find("kpoints", s => s.Kpoints) is not { } given)
        {
            if (!Given("kpoints")) diagnostics.Error("DF1015", calculation.At, $"No k-points are given for '{id}'.", "Add 'kpoints: { mesh: [3, 3, 3] }' to the settings.");
            return null;
        }
        if (given.Value.Mesh is not { } mesh) return null;
        if (mesh.Value is not [> 0 and <= 1000, > 0 and <= 1000, > 0 and <= 1000])
        {
            diagnostics.Error("DF1007", mesh.At, "A mesh is three whole numbers from 1 to 1000, as in [3, 3, 1].");
            return null;
        }
        var shift = given.Value.Shift?.Value ?? [0, 0, 0];
        if (shift.Length != 3)
        {
            diagnostics.Error("DF1007", given.Value.Shift!.At, "A shift is three numbers, as in [0, 0, 0.5].");
            return null;
        }
        return new Kpoints(
            given.Value.Scheme,
            mesh.Value[0], mesh.Value[1], mesh.Value[2], new Vector3D(shift[0], shift[1], shift[2]));
    }

    private ImmutableArray<string> Potentials(Structure structure)
    {
        var named = settings.Merge(s => s.Potentials);
        return [.. structure.Elements.Select(element => named.FirstOrDefault(p => p.Key == element.Symbol).Value ?? element.Symbol)];
    }

    /// <summary>Whether the key stands anywhere: what is wrong with its value has been told then.</summary>
    private bool Given(string key) => settings.Layers.Any(layer => layer.Block.Node[key] is not null);

    private string Own(string key) => $"{layerName}, line {calculation.MarkOf(key).Line}";

    private void Set(string tag, IncarValue value, string origin) => tags[tag] = new IncarTag(tag, value, origin);

    private void Positive(string tag, Located<double> number, string origin)
    {
        if (Positive(number.Value, number.At, tag)) Set(tag, number.Value, origin);
    }

    private void Positive(string tag, Located<int> number, string origin)
    {
        if (Positive(number.Value, number.At, tag)) Set(tag, number.Value, origin);
    }

    private bool Positive(double value, Mark at, string what)
    {
        if (value > 0) return true;
        diagnostics.Error("DF1007", at, $"{what} must be above zero.");
        return false;
    }

    private static string? Text(YamlNode node) => node switch
    {
        YamlScalar scalar when !scalar.Text.AsSpan().ContainsAny('\n', '\r') => scalar.Text,
        YamlSequence sequence when sequence.Items.All(item => item is YamlScalar) => string.Join(' ', sequence.Items.Select(item => ((YamlScalar)item).Text)),
        _ => null,
    };
}
