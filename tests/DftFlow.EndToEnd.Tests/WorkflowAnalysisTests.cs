using DftFlow.Vasp.Inputs;

namespace DftFlow.Tests.EndToEnd;

/// <summary>All analyses of the electronic structure in one workflow: planned as the paper's method says, and run for real.</summary>
public sealed class WorkflowAnalysisTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public async Task The_papers_workflow_has_the_papers_settings_in_every_file()
    {
        var plan = await sandbox.DftflowAsync("plan", Path.Combine(TestPaths.Repository, "workflows", "lsf-coated-lrmo"), "--out", "inputs", "--json");
        Assert.True(plan.Status == 0, plan.Errors);
        string[] expected = ["electronic.bare", "electronic.coated", "interface-density.coated.coating", "interface-density.coated.substrate", "relax.bare", "relax.coated"];
        Assert.Equal(expected, Directory.EnumerateDirectories(Path.Combine(sandbox.Folder, "inputs")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal));
        var u = new Dictionary<string, double> { ["Mn"] = 3.9, ["Co"] = 3.32, ["Ni"] = 6.2 };
        var potentials = new Dictionary<string, string> { ["Li"] = "Li_sv", ["Mn"] = "Mn_pv", ["Ni"] = "Ni_pv", ["Sc"] = "Sc_sv" };
        foreach (var id in expected)
        {
            string Text(string file) => File.ReadAllText(Path.Combine(sandbox.Folder, "inputs", id, file));
            Assert.Equal(["INCAR", "KPOINTS", "POSCAR", "POTCAR.spec"], Directory.EnumerateFiles(Path.Combine(sandbox.Folder, "inputs", id)).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
            var (incar, poscar) = (Incar.Parse(Text("INCAR")), Poscar.Read(Text("POSCAR")).Structure);
            string[] elements = [.. poscar.Elements.Select(element => element.Symbol)];
            // PBE + U, PAW, 500 eV, 3 × 3 × 1.
            Assert.Equal(("PE", 500.0), (incar.Text("GGA"), incar.Real("ENCUT")));
            Assert.Equal(["Gamma", "3 3 1", "0 0 0"], Text("KPOINTS").Split('\n')[2..5]);
            Assert.Equal(elements.Select(element => potentials.GetValueOrDefault(element, element)), Text("POTCAR.spec").Split('\n', StringSplitOptions.RemoveEmptyEntries));
            if (elements.Any(u.ContainsKey))
            {
                Assert.Equal((true, 2), (incar.Logical("LDAU"), incar.Whole("LDAUTYPE")));
                Assert.Equal(elements.Select(element => u.GetValueOrDefault(element)), incar.Numbers("LDAUU")!.Value);
                Assert.Equal(elements.Select(element => u.ContainsKey(element) ? 2.0 : -1), incar.Numbers("LDAUL")!.Value);
            }
            else Assert.Null(incar["LDAU"]);
            Assert.Equal(poscar.Sites.Select(site => site.Element.Symbol switch { "Mn" => 3.0, "Ni" => 2, _ => 0 }), incar.Numbers("MAGMOM")!.Value);
            Assert.Equal((2, true, 3), (incar.Whole("ISPIN"), incar.Logical("LDIPOL"), incar.Whole("IDIPOL")));
            Assert.Equal(id.StartsWith("relax", StringComparison.Ordinal) ? (300, 2) : (0, -1), (incar.Whole("NSW"), incar.Whole("IBRION")));
            // What Fig. 6's analyses read.
            if (id.StartsWith("electronic", StringComparison.Ordinal)) Assert.Equal((11, true, true, true), (incar.Whole("LORBIT"), incar.Logical("LCHARG"), incar.Logical("LAECHG"), incar.Logical("LELF")));
            if (id.Contains(".coated", StringComparison.Ordinal) && !id.StartsWith("relax", StringComparison.Ordinal))
                Assert.Equal((252, 128, 432, "Accurate"), (incar.Whole("NGXF"), incar.Whole("NGYF"), incar.Whole("NGZF"), incar.Text("PREC")));
        }
        Assert.Equal(["band-centre", "difference", "band-centre", "bader", "difference", "elf", "slice", "slice", "charge-difference", "interface-reaction", "window", "hull"], plan.Json.GetProperty("analyses").EnumerateArray().Select(analysis => analysis.GetProperty("kind").GetString()!));
        var edges = plan.Json.GetProperty("edges").EnumerateArray().Select(edge => (edge.GetProperty("from").GetString(), edge.GetProperty("to").GetString())).ToHashSet();
        Assert.Contains(("relax.coated", "interface-density.coated.coating"), edges);
        Assert.Contains(("interface-density.coated.coating", "interface-density"), edges);
    }

    [Fact]
    public async Task Every_analysis_runs_on_a_real_calculation_and_gives_what_its_command_gives()
    {
        var check = await sandbox.RunAsync("/usr/bin/python3", _ => Task.CompletedTask, "-I", "-c", "import gpaw");
        Assert.SkipUnless(check.Status == 0, "Python's gpaw is not installed");
        sandbox.Write("LiF.vasp", "LiF\n1.0\n0.0 2.0135 2.0135\n2.0135 0.0 2.0135\n2.0135 2.0135 0.0\nLi F\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n");
        sandbox.Write("workflow.yaml", """
            dftflow: 1
            name: lif
            settings: { engine: gpaw-vasp, cutoff: 300 eV, kpoints: { mesh: [2, 2, 2] }, smearing: { kind: gaussian, width: 0.1 eV }, spin-polarized: true }
            structures: { lif: { file: LiF.vasp } }
            calculations:
              electronic:
                foreach: { model: [lif] }
                structure: $model
                task: static
                density-grid: 0.12 Å
                outputs: [dos, charge, all-electron-charge, elf, potential]
            analyses:
              band:
                band-centre: { of: electronic, element: F, orbital: p, window: occupied, layers: c, bonded-to: Li }
              charges:
                bader: { of: electronic, groups: { anions: { element: F } } }
              bonds:
                elf: { of: electronic, pairs: [Li-F] }
              map:
                slice: { of: electronic, file: ELFCAR, plane: [0, 0, 1], at: 0 }
              potential:
                slice: { of: electronic, file: LOCPOT, axis: c, at: 1 Å }
              binding:
                charge-difference: { of: electronic, parts: { cations: { element: Li }, anions: { element: F } }, map: { plane: [0, 0, 1], at: 0 } }
            """);
        var run = await sandbox.DftflowAsync("run", "workflow.yaml", "--json");
        Assert.True(run.Status == 0, run.Errors);
        var folder = run.Json.GetProperty("directory").GetString()!;
        var runs = run.Json.GetProperty("calculations").EnumerateArray().ToDictionary(c => c.GetProperty("id").GetString()!, c => c.GetProperty("directory").GetString()!);
        Assert.Equal(["binding.lif.anions", "binding.lif.cations", "electronic.lif"], runs.Keys.Order(StringComparer.Ordinal));

        var bader = await sandbox.DftflowAsync("analyze", "bader", runs["electronic.lif"], "--json");
        Assert.Equal(bader.Json.GetProperty("atoms")[1].GetProperty("charge_e").GetDouble(), Value(run, "charges", "charge", ("atoms", "F")), 1e-12);
        Assert.Equal(Value(run, "charges", "charge", ("atoms", "F")), Value(run, "charges", "charge", ("atoms", "anions")), 1e-12);
        Assert.InRange(Value(run, "charges", "charge", ("atoms", "Li")), 0.7, 1);
        Assert.Equal(0, Value(run, "charges", "spin_moment", ("atoms", "F")), 1e-3);

        var band = await sandbox.DftflowAsync("analyze", "dos", runs["electronic.lif"], "--element", "F", "--orbital", "p", "--occupied", "--bonded-to", "Li", "--json");
        var bonded = Assert.Single(band.Json.GetProperty("groups").EnumerateArray());
        Assert.Equal(bonded.GetProperty("band_centre_ev").GetProperty("total").GetDouble(), Value(run, "band", "band_centre", ("atoms", bonded.GetProperty("group").GetString()!)), 1e-12);
        Assert.Equal(Value(run, "band", "band_centre", ("atoms", "F")), Value(run, "band", "band_centre", ("atoms", "layer 1")), 1e-12);

        var elf = await sandbox.DftflowAsync("analyze", "elf", runs["electronic.lif"], "--pairs", "Li-F", "--json");
        var pair = elf.Json.GetProperty("by_pair").GetProperty("Li-F");
        Assert.Equal(pair.GetProperty("mean_elf_max").GetDouble(), Value(run, "bonds", "elf_max"), 1e-12);
        Assert.Equal(pair.GetProperty("mean_elf_mid").GetDouble(), Value(run, "bonds", "elf_mid"), 1e-12);
        Assert.Equal(6, Value(run, "bonds", "bonds"));
        Assert.InRange(Value(run, "map", "maximum"), 0.1, 1);
        Assert.True(Value(run, "potential", "minimum") < Value(run, "potential", "maximum"));

        var difference = await sandbox.DftflowAsync("analyze", "charge-difference", runs["electronic.lif"], runs["binding.lif.cations"], runs["binding.lif.anions"], "--json");
        Assert.Equal(difference.Json.GetProperty("moved_electrons").GetDouble(), Value(run, "binding", "moved_electrons"), 1e-9);
        Assert.InRange(Value(run, "binding", "moved_electrons"), 0.05, 1);
        Assert.Equal(0, Value(run, "binding", "integral_electrons"), 1e-6);
        var kept = Assert.Single(run.Json.GetProperty("analyses").GetProperty("binding").GetProperty("files").EnumerateArray()).GetString()!;
        var grid = (await sandbox.DftflowAsync("inspect", kept, "--json")).Json.GetProperty("grids").EnumerateObject().Single().Value;
        Assert.Equal([24, 24, 24], grid.GetProperty("dims").EnumerateArray().Select(points => points.GetInt32()));

        foreach (var figure in (string[])["band.fermi", "band.dos", "charges.charges", "bonds.Li-F", "map.lif", "potential.lif", "binding.lif.planar", "binding.lif.map"])
            foreach (var ending in (string[])[".svg", ".png", ".csv"]) Assert.True(new FileInfo(Path.Combine(folder, "figures", figure + ending)) is { Exists: true, Length: > 100 }, figure + ending);
        Assert.Contains("grids/binding.lif.CHGCAR", await File.ReadAllTextAsync(Path.Combine(folder, "report.html"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static double Value(CommandResult run, string analysis, string quantity, params (string Label, string Value)[] at) =>
        run.Json.GetProperty("analyses").GetProperty(analysis).GetProperty("values").EnumerateArray()
            .Single(value => value.GetProperty("quantity").GetString() == quantity && at.All(label => value.GetProperty("labels").GetProperty(label.Label).GetString() == label.Value))
            .GetProperty("value").GetDouble();
}
