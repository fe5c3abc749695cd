using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using DftFlow.Crystals;
using DftFlow.Yaml;

namespace DftFlow.Analysis.Thermodynamics.Corrections;

public sealed partial record CorrectionScheme
{
    private sealed record SchemeBlock : Block
    {
        [Key("name", "What the scale is called after.", Required = true)]
        public string? Name { get; init; }

        [Key("version", "Of the file.", Required = true)]
        public string? Version { get; init; }

        [Key("source", "Where the numbers come from.", Required = true)]
        public string? Source { get; init; }

        [Key("functional", "Of the calculations that are corrected: PBE.", Required = true)]
        public string? Functional { get; init; }

        [Key("scale", "What the functional is called behind the corrections.")]
        public string? Scale { get; init; }

        [Key("oxygen", "For each oxygen, by its bonds.")]
        public OxygenBlock? Oxygen { get; init; }

        [Key("oxygen-bonds", "How short bonds are that tell the kinds of oxides apart.")]
        public OxygenBondsBlock? OxygenBonds { get; init; }

        [Key("peroxides", "Compositions, for phases without a structure.")]
        public ImmutableArray<Located<string>> Peroxides { get; init; } = [];

        [Key("superoxides", "Compositions, for phases without a structure.")]
        public ImmutableArray<Located<string>> Superoxides { get; init; } = [];

        [Key("ozonides", "Compositions, for phases without a structure.")]
        public ImmutableArray<Located<string>> Ozonides { get; init; } = [];

        [Key("anions", "For each atom that is an anion.")]
        [ElementKeys, Quantity(Dimension.Energy)]
        public Map<double> AnionsEv { get; init; } = Map<double>.Empty;

        [Key("elements", "The energy of an element, in place of the calculated one.")]
        [ElementKeys, Quantity(Dimension.EnergyPerAtom)]
        public Map<double> ElementsEv { get; init; } = Map<double>.Empty;

        [Key("mixing", "How calculations with U are mixed with those without.")]
        public MixingBlock? Mixing { get; init; }

        [Key("potentials", "That the calculations have to use.")]
        [ElementKeys]
        public Map<string> Potentials { get; init; } = Map<string>.Empty;

        [Key("oxidation-states", "Of each element the states it may have, and how often each is met.")]
        public Map<Map<double>> OxidationStates { get; init; } = Map<Map<double>>.Empty;
    }

    private sealed record OxygenBlock : Block
    {
        [Key("oxide", "Without bonds between oxygens.", Required = true), Quantity(Dimension.Energy)]
        public double OxideEv { get; init; }

        [Key("peroxide", "With O2 2-.", Required = true), Quantity(Dimension.Energy)]
        public double PeroxideEv { get; init; }

        [Key("superoxide", "With O2 -.", Required = true), Quantity(Dimension.Energy)]
        public double SuperoxideEv { get; init; }

        [Key("ozonide", "With O3 -.", Required = true), Quantity(Dimension.Energy)]
        public double OzonideEv { get; init; }
    }

    private sealed record OxygenBondsBlock : Block
    {
        [Key("superoxide", "O-O shorter than this.", Required = true), Quantity(Dimension.Length)]
        public double SuperoxideA { get; init; }

        [Key("peroxide", "O-O shorter than this.", Required = true), Quantity(Dimension.Length)]
        public double PeroxideA { get; init; }

        [Key("hydroxide", "O-H shorter than this.", Required = true), Quantity(Dimension.Length)]
        public double HydroxideA { get; init; }
    }

    private sealed record MixingBlock : Block
    {
        [Key("in", "Where one of these is the most electronegative element.", Required = true)]
        public ImmutableArray<Element> In { get; init; } = [];

        [Key("hubbard-u", "U − J that the metals have to have.", Required = true)]
        [ElementKeys, Quantity(Dimension.Energy)]
        public Map<double> HubbardUEv { get; init; } = Map<double>.Empty;

        [Key("corrections", "For each atom of the metal.", Required = true)]
        [ElementKeys, Quantity(Dimension.Energy)]
        public Map<double> CorrectionsEv { get; init; } = Map<double>.Empty;
    }

    private const string Shipped = "mp2020";

    private static readonly Lazy<CorrectionScheme> ShippedScheme = new(() => Load(ShippedText(Shipped), $"{Shipped}.yaml"));

    /// <summary>The corrections of the Materials Project since 2021.</summary>
    public static CorrectionScheme Mp2020 => ShippedScheme.Value;

    /// <summary>The names of the schemes that come with the program.</summary>
    public static ImmutableArray<string> Names { get; } = [Shipped];

    /// <summary>A shipped scheme by its name, or one of a file where the name is a path that ends in .yaml; null for <c>none</c>.</summary>
    /// <exception cref="DftFlowException">DF3153: there is no such scheme. Others, with line and column: its file is wrong.</exception>
    public static CorrectionScheme? Find(string name) =>
        name.Equals(EnergyScale.NoScheme, StringComparison.OrdinalIgnoreCase) ? null
        : name.Equals(Shipped, StringComparison.OrdinalIgnoreCase) ? Mp2020
        : Load(Text(name), name);

    /// <summary>The file of a scheme, as people read it.</summary>
    /// <exception cref="DftFlowException">DF3153: there is no such scheme.</exception>
    public static string Text(string name)
    {
        if (name.Equals(Shipped, StringComparison.OrdinalIgnoreCase)) return ShippedText(Shipped);
        if (!name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase))
            throw new DftFlowException("DF3153", $"There is no correction scheme '{name}'.", $"Give {string.Join(", ", Names)}, none, or the path of a scheme's file that ends in .yaml.");
        try
        {
            return BoundedFile.Text(BoundedFile.Read(name, YamlLoader.LargestFile));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DftFlowException("DF3153", $"The correction scheme cannot be read: {error.Message}", "Is the path right?", file: name, inner: error);
        }
    }

    private static string ShippedText(string name)
    {
        using var reader = new StreamReader(typeof(CorrectionScheme).Assembly.GetManifestResourceStream($"{name}.yaml")!, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Reads a scheme.</summary>
    /// <exception cref="DftFlowException">What is wrong, with line and column.</exception>
    internal static CorrectionScheme Load(string text, string file)
    {
        var diagnostics = new Diagnostics();
        var block = YamlLoader.Load(text, file, diagnostics) is { } root ? new Binder(diagnostics).Bind<SchemeBlock>(root, "a correction scheme") : null;
        var scheme = block is null || diagnostics.HasErrors ? null : Of(block, diagnostics);
        return diagnostics.ToSorted().FirstOrDefault(d => d.Severity == Severity.Error) is { } error
            ? throw new DftFlowException(error.Code, error.Message, error.Hint, error.Line, error.Column, file) : scheme!;
    }

    private static CorrectionScheme Of(SchemeBlock block, Diagnostics diagnostics)
    {
        if (string.IsNullOrWhiteSpace(block.Name) || block.Name.Equals(EnergyScale.NoScheme, StringComparison.OrdinalIgnoreCase))
            diagnostics.Error("DF1007", block.MarkOf("name"), $"A scheme cannot be called '{block.Name}'.");
        return new()
        {
            Name = block.Name!,
            Version = block.Version!,
            Source = block.Source!,
            Functional = block.Functional!,
            ScaleFunctional = block.Scale ?? block.Functional!,
            Oxygen = block.Oxygen is { } oxygen ? new(oxygen.OxideEv, oxygen.PeroxideEv, oxygen.SuperoxideEv, oxygen.OzonideEv) : null,
            OxygenBonds = block.OxygenBonds is { } bonds ? new(bonds.SuperoxideA, bonds.PeroxideA, bonds.HydroxideA) : null,
            Peroxides = Formulas(block.Peroxides),
            Superoxides = Formulas(block.Superoxides),
            Ozonides = Formulas(block.Ozonides),
            AnionsEv = ByElement(block.AnionsEv),
            ElementsEv = ByElement(block.ElementsEv),
            Mixing = block.Mixing is { } mixing ? new(mixing.In, ByElement(mixing.HubbardUEv), ByElement(mixing.CorrectionsEv)) : null,
            Potentials = ByElement(block.Potentials),
            OxidationStates = new(block.OxidationStates.Entries.Select(Counts).OfType<KeyValuePair<Element, ImmutableArray<(int, double)>>>().ToImmutableDictionary()),
        };

        ImmutableArray<Composition> Formulas(ImmutableArray<Located<string>> formulas)
        {
            var compositions = ImmutableArray.CreateBuilder<Composition>();
            foreach (var formula in formulas)
                if (Composition.TryParse(formula.Value, out var composition, out var problem)) compositions.Add(composition);
                else diagnostics.Error("DF1024", formula.At, problem);
            return compositions.ToImmutable();
        }

        KeyValuePair<Element, ImmutableArray<(int, double)>>? Counts(MapEntry<Map<double>> entry)
        {
            var states = ImmutableArray.CreateBuilder<(int, double)>();
            foreach (var state in entry.Value.Entries)
                if (int.TryParse(state.Key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var charge) && Math.Abs(charge) <= 9 && state.Value >= 0) states.Add((charge, state.Value));
                else diagnostics.Error("DF1007", state.At, $"'{state.Key}' is not an oxidation state, or its count is below zero.", "States are whole numbers from -9 to 9.");
            if (Element.TryParse(entry.Key, out var element)) return KeyValuePair.Create(element, states.ToImmutable());
            diagnostics.Error("DF1010", entry.At, $"'{entry.Key}' is not the symbol of an element.");
            return null;
        }
    }

    private static ImmutableSortedDictionary<Element, T> ByElement<T>(Map<T> map) =>
        map.Entries.ToImmutableSortedDictionary(entry => Element.Parse(entry.Key), entry => entry.Value);
}
