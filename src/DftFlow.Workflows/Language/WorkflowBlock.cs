using System.Collections.Immutable;
using DftFlow.Vasp.Inputs;
using DftFlow.Yaml;

namespace DftFlow.Workflows.Language;

/// <summary>A workflow file, as it stands there.</summary>
public sealed record WorkflowBlock : Block
{
    [Key("dftflow", "The version of the language: 1.", Required = true)]
    public Located<int>? Version { get; init; }

    [Key("name", "A short name, used for folders.", Required = true)]
    public Located<string>? Name { get; init; }

    [Key("title", "What the report is called.")]
    public string? Title { get; init; }

    [Key("source", "What is being reproduced or followed: a DOI, a reference.")]
    public string? Source { get; init; }

    [Key("description", "What the workflow is, in its own words; stands in the report.")]
    public string? Description { get; init; }

    [Key("parameters", "Values that are used as $name, and that --set changes.")]
    public Map<YamlScalar> Parameters { get; init; } = Map<YamlScalar>.Empty;

    [Key("settings", "What every calculation inherits.")]
    public SettingsBlock? Settings { get; init; }

    [Key("structures", "The structure models.")]
    public Map<StructureBlock> Structures { get; init; } = Map<StructureBlock>.Empty;

    [Key("calculations", "What is computed.")]
    [BoundLater(typeof(CalculationBlock))]
    public Map<YamlMapping> Calculations { get; init; } = Map<YamlMapping>.Empty;

    [Key("analyses", "What is made of the results.")]
    public Map<AnalysisBlock> Analyses { get; init; } = Map<AnalysisBlock>.Empty;
}

/// <summary>How a calculation is done. A calculation's own block has the same keys, and wins.</summary>
public record SettingsBlock : Block
{
    [Key("engine", "An engine of the cluster's configuration: gpaw-vasp, vasp.")]
    public Located<string>? Engine { get; init; }

    [Key("preset", "A settings file to begin with: a name from templates/presets or of your own, or a path ending in .yaml.")]
    public Located<string>? Preset { get; init; }

    [Key("cutoff", "Plane-wave cut-off (ENCUT).")]
    [Quantity(Dimension.Energy)]
    public Located<double>? CutoffEv { get; init; }

    [Key("kpoints", "The k-point mesh.")]
    public KpointsBlock? Kpoints { get; init; }

    [Key("hubbard-u", "Effective U (U − J, Dudarev) on the d or f shell of each element.")]
    [ElementKeys, Quantity(Dimension.Energy)]
    public Map<double>? HubbardU { get; init; }

    [Key("smearing", "Partial occupancies (ISMEAR, SIGMA).")]
    public SmearingBlock? Smearing { get; init; }

    [Key("spin", "Initial moment of each element's atoms, in Bohr magnetons; elements that are not named begin with none.")]
    [ElementKeys]
    public Map<double>? Spin { get; init; }

    [Key("spin-polarized", "true, or false for a run without spin; true where spin is given.")]
    public Located<bool>? SpinPolarized { get; init; }

    [Key("scf", "When the electronic loop ends.")]
    public ScfBlock? Scf { get; init; }

    [Key("dos", "The grid of the density of states.")]
    public DosBlock? Dos { get; init; }

    [Key("density-grid", "The spacing of the grid of densities, at most (NGXF, NGYF, NGZF).")]
    [Quantity(Dimension.Length)]
    public Located<double>? DensityGridA { get; init; }

    [Key("potentials", "The potential of each element, where not named as the element: Mn: Mn_pv.")]
    [ElementKeys]
    public Map<string>? Potentials { get; init; }

    [Key("incar", "Any INCAR tag; it wins over what the other keys set.")]
    public YamlMapping? Incar { get; init; }

    [Key("cluster", "Where it runs: a file of cluster-configs.")]
    public Located<string>? Cluster { get; init; }

    [Key("resources", "What the job asks for.")]
    public ResourcesBlock? Resources { get; init; }
}

public sealed record KpointsBlock : Block
{
    [Key("mesh", "Three divisions: [3, 3, 1].", Required = true)]
    public Located<ImmutableArray<int>>? Mesh { get; init; }

    [Key("scheme", "gamma or monkhorst-pack.")]
    public MeshScheme Scheme { get; init; } = MeshScheme.Gamma;

    [Key("shift", "A shift of the mesh, in its divisions.")]
    public Located<ImmutableArray<double>>? Shift { get; init; }
}

public sealed record SmearingBlock : Block
{
    [Key("kind", "gaussian, fermi, methfessel-paxton, tetrahedron (Blöchl).", Required = true)]
    public SmearingKind Kind { get; init; }

    [Key("width", "SIGMA.")]
    [Quantity(Dimension.Energy)]
    public Located<double>? WidthEv { get; init; }
}

public enum SmearingKind
{
    Gaussian,
    Fermi,
    MethfesselPaxton,
    Tetrahedron,
}

public sealed record ScfBlock : Block
{
    [Key("tolerance", "EDIFF.")]
    [Quantity(Dimension.Energy)]
    public Located<double>? ToleranceEv { get; init; }

    [Key("max-steps", "NELM.")]
    public Located<int>? MaxSteps { get; init; }
}

public sealed record DosBlock : Block
{
    [Key("points", "NEDOS.")]
    public Located<int>? Points { get; init; }

    [Key("from", "EMIN, on the file's own scale.")]
    [Quantity(Dimension.Energy)]
    public Located<double>? FromEv { get; init; }

    [Key("to", "EMAX, on the file's own scale.")]
    [Quantity(Dimension.Energy)]
    public Located<double>? ToEv { get; init; }
}

public sealed record ResourcesBlock : Block
{
    [Key("ranks", "MPI ranks.")]
    public Located<int>? Ranks { get; init; }

    [Key("walltime", "The longest that it may take.")]
    [Quantity(Dimension.Time)]
    public Located<double>? WalltimeS { get; init; }
}

/// <summary>A calculation: its settings, its structure, its axes.</summary>
public sealed record CalculationBlock : SettingsBlock
{
    [Key("foreach", "Axes: one calculation for each combination of their values.")]
    public Map<ImmutableArray<YamlScalar>> Foreach { get; init; } = Map<ImmutableArray<YamlScalar>>.Empty;

    [Key("exclude", "Combinations that are left out.")]
    public ImmutableArray<Map<YamlScalar>> Exclude { get; init; } = [];

    [Key("include", "Combinations that are added.")]
    public ImmutableArray<Map<YamlScalar>> Include { get; init; } = [];

    [Key("structure", "A structure, or the final one of another calculation: $relax.structure.", Required = true)]
    public Located<string>? Structure { get; init; }

    [Key("task", "static or relax.", Required = true)]
    public CalculationTask Task { get; init; }

    [Key("max-force", "When a relaxation ends (EDIFFG).")]
    [Quantity(Dimension.Force)]
    public Located<double>? MaxForceEvPerA { get; init; }

    [Key("max-steps", "The most ionic steps of a relaxation (NSW).")]
    public Located<int>? MaxSteps { get; init; }

    [Key("relax", "What a relaxation moves: positions, or positions-and-cell.")]
    public RelaxWhat? Relax { get; init; }

    [Key("outputs", "What is written beyond energies: dos, charge, all-electron-charge, elf, potential.")]
    public ImmutableArray<OutputKind> Outputs { get; init; } = [];
}

public enum CalculationTask
{
    Static,
    Relax,
}

public enum RelaxWhat
{
    Positions,
    PositionsAndCell,
}

public enum OutputKind
{
    Dos,
    Charge,
    AllElectronCharge,
    Elf,
    Potential,
}
