using System.Collections.Immutable;
using DftFlow.Analysis.Electronic;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;
using DftFlow.Yaml;

namespace DftFlow.Workflows.Language;

/// <summary>An analysis: exactly one kind, and what is expected of it.</summary>
[ExactlyOne("what is analysed")]
public sealed record AnalysisBlock : Block
{
    [Key("band-centre", "The centre of a projected density of states.")]
    public BandCentreBlock? BandCentre { get; init; }

    [Key("difference", "The numbers of an analysis, minus those of one of its members.")]
    public DifferenceBlock? Difference { get; init; }

    [Key("bader", "Charges and moments of atoms after Bader, by element or group.")]
    public BaderBlock? Bader { get; init; }

    [Key("elf", "The electron localisation function along bonds, by pair of elements.")]
    public ElfBlock? Elf { get; init; }

    [Key("slice", "A map of a density, an ELF or a potential in a plane.")]
    public SliceBlock? Slice { get; init; }

    [Key("charge-difference", "The density of a whole minus those of its parts, which are calculated besides.")]
    public ChargeDifferenceBlock? ChargeDifference { get; init; }

    [Key("hull", "How stable phases are: formation energy, energy above the hull, energy of separation into other phases.")]
    public HullBlock? Hull { get; init; }

    [Key("interface-reaction", "The energy of reaction of two phases against their mixing ratio.")]
    public InterfaceReactionBlock? InterfaceReaction { get; init; }

    [Key("window", "The voltages between which a phase neither takes nor gives the working ion.")]
    public WindowBlock? Window { get; init; }

    [Key("expect", "Published or earlier values, shown beside ours.")]
    public ImmutableArray<ExpectationBlock> Expect { get; init; } = [];
}

public sealed record BandCentreBlock : Block
{
    [Key("of", "A calculation with outputs: [dos].", Required = true)]
    public Located<string>? Of { get; init; }

    [Key("element", "Whose states.", Required = true)]
    public Element? Element { get; init; }

    [Key("orbital", "Which states: s, p, d, f, one of them by its name (px, dxy), t2g or eg.")]
    public Located<string>? Orbital { get; init; }

    [Key("sites", "Only these sites, numbered from 1 in the POSCAR.")]
    public ImmutableArray<int>? Sites { get; init; }

    [Key("window", "full, occupied, valence, manifold, or { from: -8 eV, to: 0 eV } relative to the zero; one or several.")]
    public OneOrMore<YamlNode>? Window { get; init; }

    [Key("zero", "fermi, vbm, vacuum, core, semicore (the element's 2s states or the like) or none; one or several.")]
    public OneOrMore<Located<EnergyZero>>? Zero { get; init; }

    [Key("semicore", "Which states are the semicore zero: O 2s as O-s.")]
    public Located<string>? Semicore { get; init; }

    [Key("core", "Which level is the core zero: of an element (O, O-1s, O-potential) or of sites (7-1s); of the element analysed if not given.")]
    public Located<string>? Core { get; init; }

    [Key("groups", "Sites that have a centre of their own beside that of all: parts of the model as a list, or { name: { element: O, sites: [1, 2], part: coating } }.")]
    public YamlNode? Groups { get; init; }

    [Key("layers", "A centre for each layer of the sites along this lattice vector.")]
    public Located<CellAxis>? Layers { get; init; }

    [Key("layer-gap", "Layers part at gaps above this; 0.3 Å.")]
    [Quantity(Dimension.Length)]
    public Located<double>? LayerGapA { get; init; }

    [Key("bonded-to", "A centre for the sites by how many atoms of this element they are bonded to.")]
    public Located<Element>? BondedTo { get; init; }

    [Key("bonded-within", "Counts every atom up to this distance as bonded; by covalent radii if not given.")]
    [Quantity(Dimension.Length)]
    public Located<double>? BondedWithinA { get; init; }
}

public sealed record EnergyRangeBlock : Block
{
    [Key("from", "The lower end.", Required = true)]
    [Quantity(Dimension.Energy)]
    public double FromEv { get; init; }

    [Key("to", "The upper end.", Required = true)]
    [Quantity(Dimension.Energy)]
    public double ToEv { get; init; }
}

public sealed record DifferenceBlock : Block
{
    [Key("of", "The analysis whose numbers are subtracted.", Required = true)]
    public Located<string>? Of { get; init; }

    [Key("minus", "The member that is subtracted: { model: bare }.", Required = true)]
    public Map<YamlScalar>? Minus { get; init; }
}

public sealed record HullBlock : Block
{
    [Key("entries", "Computed phases: a file of reference energies, several, or { files: …, from: a calculation, scheme: mp2020 }.", Required = true)]
    public YamlNode? Entries { get; init; }

    [Key("phases", "Formulas; one without an entry is taken on the hull.", Required = true)]
    public ImmutableArray<Located<string>> Phases { get; init; } = [];

    [Key("elements", "Of the phase diagram that is drawn; those of the phases if not given.")]
    public ImmutableArray<Element>? Elements { get; init; }

    [Key("open", "Chemical potentials of elements that are exchanged, relative to the element's reference; of the figures: { O: -0.5 eV }.")]
    [ElementKeys, Quantity(Dimension.Energy)]
    public Map<double> Open { get; init; } = Map<double>.Empty;

    [Key("potentials", "Two of three elements: a figure shows over which of their chemical potentials each phase of the third is stable.")]
    public ImmutableArray<Element>? Potentials { get; init; }
}

public sealed record EntriesBlock : Block
{
    [Key("files", "Tables (CSV), lists (JSON) or runs; one or several.")]
    public OneOrMore<Located<string>>? Files { get; init; }

    [Key("from", "Calculations of this workflow, each an entry once it is finished; one or several.")]
    public OneOrMore<Located<string>>? From { get; init; }

    [Key("scheme", "Corrections of what is not corrected yet: mp2020, none, or a scheme's file.")]
    public Located<string>? Scheme { get; init; }

    [Key("mix-scales", "Take energies on several scales together, with a warning.")]
    public bool MixScales { get; init; }
}

public sealed record InterfaceReactionBlock : Block
{
    [Key("entries", "Computed phases: a file of reference energies, several, or { files: …, from: a calculation, scheme: mp2020 }.", Required = true)]
    [BoundLater(typeof(EntriesBlock))]
    public YamlNode? Entries { get; init; }

    [Key("pairs", "Pairs of formulas: [[Li2MnO3, Li3ScF6]].", Required = true)]
    public ImmutableArray<YamlNode> Pairs { get; init; } = [];

    [Key("reactant-energy", "own: each reactant's lowest entry; hull: the energy on the hull plane.")]
    public ReactantEnergyKind ReactantEnergy { get; init; } = ReactantEnergyKind.Own;

    [Key("open", "Chemical potentials of elements that are exchanged, relative to the element's reference: { Li: -2.5 eV }.")]
    [ElementKeys, Quantity(Dimension.Energy)]
    public Map<double> Open { get; init; } = Map<double>.Empty;

    [Key("voltage", "Opens the working ion at this voltage against its metal.")]
    [Quantity(Dimension.Voltage)]
    public Located<double>? VoltageV { get; init; }

    [Key("working-ion", "The element that the voltage is of; Li.")]
    public Located<Element>? WorkingIon { get; init; }

    [Key("oxygen", "Opens oxygen as O2 gas: { pressure: 0.21 bar, temperature: 300 K }.")]
    public OxygenBlock? Oxygen { get; init; }

    [Key("also", "Other entries, each as in 'entries': the same numbers from each stand beside ours.")]
    public ImmutableArray<YamlNode> Also { get; init; } = [];

    [Key("own-energies", "Energies to suppose for a phase: the numbers with each stand beside ours.")]
    public ImmutableArray<OwnEnergyBlock> OwnEnergies { get; init; } = [];
}

public sealed record OxygenBlock : Block
{
    [Key("pressure", "The partial pressure of O2.", Required = true)]
    [Quantity(Dimension.Pressure)]
    public double? PressureBar { get; init; }

    [Key("temperature", "100 to 6000 K.", Required = true)]
    [Quantity(Dimension.Temperature)]
    public double? TemperatureK { get; init; }
}

public sealed record OwnEnergyBlock : Block
{
    [Key("phase", "A formula.", Required = true)]
    public Located<string>? Phase { get; init; }

    [Key("formation-energy", "Relative to the elements.")]
    [Quantity(Dimension.EnergyPerAtom)]
    public double? FormationEnergyEvPerAtom { get; init; }

    [Key("above-hull", "Relative to the hull at its composition.")]
    [Quantity(Dimension.EnergyPerAtom)]
    public double? AboveHullEvPerAtom { get; init; }
}

public sealed record WindowBlock : Block
{
    [Key("entries", "Computed phases: a file of reference energies, several, or { files: …, from: a calculation, scheme: mp2020 }.", Required = true)]
    [BoundLater(typeof(EntriesBlock))]
    public YamlNode? Entries { get; init; }

    [Key("phases", "Formulas.", Required = true)]
    public ImmutableArray<Located<string>> Phases { get; init; } = [];

    [Key("working-ion", "The element that is exchanged.", Required = true)]
    public Element? WorkingIon { get; init; }

    [Key("reactant-energy", "hull: the energy on the hull plane; own: the phase's lowest entry.")]
    public ReactantEnergyKind ReactantEnergy { get; init; } = ReactantEnergyKind.Hull;

    [Key("also", "Other entries, each as in 'entries': the same numbers from each stand beside ours.")]
    public ImmutableArray<YamlNode> Also { get; init; } = [];

    [Key("own-energies", "Energies to suppose for a phase: the numbers with each stand beside ours.")]
    public ImmutableArray<OwnEnergyBlock> OwnEnergies { get; init; } = [];
}

public sealed record ExpectationBlock : Block
{
    [Key("at", "Of which number: { model: coated } or { pair: [A, B] }; all of them where it is not given.")]
    public Map<YamlNode> Labels { get; init; } = Map<YamlNode>.Empty;

    [Key("quantity", "Which number of the analysis, where it is not its first.")]
    public Located<string>? Quantity { get; init; }

    [Key("value", "The value, with its unit.", Required = true)]
    public Located<string>? Value { get; init; }

    [Key("tolerance", "How far off counts as met; without it the deviation is shown alone.")]
    public Located<string>? Tolerance { get; init; }

    [Key("source", "Where the value comes from.", Required = true)]
    public string? Source { get; init; }
}
