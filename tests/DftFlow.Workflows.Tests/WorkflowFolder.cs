using DftFlow.Workflows;

namespace DftFlow.Tests.Workflows;

/// <summary>A folder with a workflow and what it names, gone after the test.</summary>
internal sealed class WorkflowFolder : IDisposable
{
    public const string RockSalt =
        """
        LiF
        1.0
        0.0 2.0 2.0
        2.0 0.0 2.0
        2.0 2.0 0.0
        Li F
        1 1
        Direct
        0 0 0
        0.5 0.5 0.5
        """;

    public const string NickelOxide =
        """
        NiO
        1.0
        0.0 2.09 2.09
        2.09 0.0 2.09
        2.09 2.09 0.0
        Ni O
        1 1
        Direct
        0 0 0
        0.5 0.5 0.5
        """;

    /// <summary>A whole workflow: what tests change one thing in.</summary>
    public const string Good =
        """
        dftflow: 1
        name: test
        parameters: { cutoff: 500 eV }
        settings:
          engine: gpaw-vasp
          cutoff: $cutoff
          kpoints: { mesh: [2, 2, 2] }
          hubbard-u: { Ni: 6.2 eV }
          spin: { Ni: 2 }
        structures:
          nio: { file: NiO.vasp }
          lif: { file: LiF.vasp }
        calculations:
          relax:
            foreach: { model: [nio, lif] }
            structure: $model
            task: relax
            max-force: 0.02 eV/Å
          electronic:
            foreach: { model: [nio, lif] }
            structure: $relax.structure
            task: static
            outputs: [dos]
        analyses:
          band:
            band-centre: { of: electronic.nio, element: O, orbital: p, window: occupied, zero: fermi }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("dftflow workflow ").FullName;

    public WorkflowFolder()
    {
        Write("NiO.vasp", NickelOxide);
        Write("LiF.vasp", RockSalt);
    }

    public string File => Path.Combine(folder, "workflow.yaml");

    public void Write(string name, string text) => System.IO.File.WriteAllText(Path.Combine(folder, name), text);

    public LoadedWorkflow Load(string workflow, IReadOnlyDictionary<string, string>? parameters = null)
    {
        Write("workflow.yaml", workflow);
        return WorkflowLoader.Load(folder, parameters, presets: new Presets([folder]));
    }

    public Plan LoadGood(string? workflow = null)
    {
        var loaded = Load(workflow ?? Good);
        Assert.True(loaded.Plan is not null, string.Join('\n', loaded.Diagnostics));
        return loaded.Plan;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
