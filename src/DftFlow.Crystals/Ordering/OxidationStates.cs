using System.Collections.Immutable;

namespace DftFlow.Crystals.Ordering;

/// <summary>
/// The charges of the ions of a model, in units of the elementary charge: one for each element (an average where an element has
/// several: Mn 3.5), or one for each site.
/// </summary>
public sealed partial record OxidationStates
{
    // Charges are written with few digits, and amounts as well: 1/3 of a charge is no error.
    internal const double Neutral = 1e-4;

    private const int MostAnswers = 200_000;

    private readonly ImmutableSortedDictionary<Element, double> ofElements;
    private readonly ImmutableArray<double>? ofSites;

    private OxidationStates(IEnumerable<KeyValuePair<Element, double>> ofElements, ImmutableArray<double>? ofSites)
    {
        this.ofElements = ofElements.ToImmutableSortedDictionary();
        this.ofSites = ofSites;
        foreach (var charge in this.ofElements.Values.Concat(ofSites ?? []))
            if (!double.IsFinite(charge) || Math.Abs(charge) > 9) throw Error(Text($"{charge} is not an oxidation state."), "Oxidation states are numbers from -9 to 9.");
    }

    /// <exception cref="DftFlowException">DF1231: a charge is not a number from −9 to 9.</exception>
    public static OxidationStates Of(IEnumerable<KeyValuePair<Element, double>> charges) => new(charges, null);

    /// <summary>One charge for each site, in the order of the structure: for atoms of one element in different states.</summary>
    /// <exception cref="DftFlowException">DF1231: a charge is not a number from −9 to 9.</exception>
    public static OxidationStates OfSites(IEnumerable<double> charges) => new([], [.. charges]);

    /// <summary>The elements and their charges, by electronegativity; empty where each site has its own.</summary>
    public IEnumerable<KeyValuePair<Element, double>> Elements => ofElements;

    /// <summary>The charge of an element; null where none is told.</summary>
    public double? this[Element element] => ofElements.TryGetValue(element, out var charge) ? charge : null;

    /// <summary>The charge of each site.</summary>
    /// <exception cref="DftFlowException">DF1231: an element has no charge, or there are not as many charges as sites.</exception>
    public ImmutableArray<double> ChargesOf(Structure structure)
    {
        if (ofSites is not { } sites) return [.. structure.Sites.Select(site => ChargeOf(site.Element))];
        if (sites.Length != structure.Sites.Length)
            throw Error(Text($"There are {sites.Length} charges for {structure.Sites.Length} sites."), "Give one charge for each site, in the order of the structure.");
        return sites;
    }

    /// <summary>The charge of an element.</summary>
    /// <exception cref="DftFlowException">DF1231: it is not told.</exception>
    public double ChargeOf(Element element) => this[element] ?? throw Error($"The oxidation state of {element} is not told.", $"Add it, as in `{{ {element}: {Example(element)} }}`.");

    /// <summary>The charge of all atoms together.</summary>
    /// <exception cref="DftFlowException">DF1231: the oxidation state of an element is not told.</exception>
    public double ChargeOf(Composition composition) => composition.Amounts.Sum(pair => pair.Value * ChargeOf(pair.Key));

    /// <summary>The same with another element's charge, where it is not told yet and common states leave no choice.</summary>
    /// <exception cref="DftFlowException">DF1231: the element has several common states, or none.</exception>
    public OxidationStates With(Element element)
    {
        if (this[element] is not null) return this;
        if (Common(element) is [var only]) return new(ofElements.Add(element, only), null);
        throw Error($"The oxidation state of {element} is not told, and {(Common(element) is { IsEmpty: false } several ? $"{string.Join(", ", several.Select(Signed))} are common." : "no state is common.")}",
            $"Add it to the oxidation states, as in `{{ {element}: {Example(element)} }}`.");
    }

    /// <summary>
    /// The one choice of a state for each element that makes the composition neutral: of common states where there is one, otherwise
    /// of all known states. An element alone is neutral.
    /// </summary>
    /// <exception cref="DftFlowException">DF1231: there is no such choice, or more than one.</exception>
    public static OxidationStates Guess(Composition composition, OxidationStates? given = null)
    {
        Element[] elements = [.. composition.Elements];
        if (elements is [var alone] && given?[alone] is null) return Of([KeyValuePair.Create(alone, 0.0)]);
        var answers = Answers(composition, elements, element => given?[element] is { } charge ? [charge] : [.. Common(element).Select(state => (double)state)]);
        if (answers.Count == 0) answers = Answers(composition, elements, element => given?[element] is { } charge ? [charge] : [.. Known(element).Select(state => (double)state)]);
        if (answers is [var answer]) return Of(elements.Zip(answer, KeyValuePair.Create));
        Element[] untold = [.. elements.Where(element => given?[element] is null)];
        if (answers.Count == 0 && untold.Length > 0 && untold.Length < elements.Length)
            throw Error($"No oxidation states of {string.Join(", ", untold)} make {composition.Formula} neutral beside those given ({string.Join(", ", elements.Except(untold).Select(element => element + Signed(given![element]!.Value)))}).",
                $"Give those of {string.Join(", ", untold)} too, as in `{{ {string.Join(", ", untold.Select(element => $"{element}: {Example(element)}"))} }}`: where all are given, the cell may keep a charge, as whole atoms often leave one.");
        if (answers.Count == 0)
            throw Error($"No oxidation states that are known make {composition.Formula} neutral, with one for each element.",
                $"Write them, an average where an element has several: `{{ {string.Join(", ", elements.Select(element => $"{element}: {Example(element)}"))} }}`.");
        var open = elements.Where((_, i) => answers.Select(found => found[i]).Distinct().Count() > 1);
        throw Error($"Several choices of oxidation states make {composition.Formula} neutral: {string.Join(" or ", answers.Take(3).Select(found => string.Join(' ', elements.Zip(found, (element, charge) => element + Signed(charge)))))}{(answers.Count > 3 ? " and others" : "")}.",
            $"Write the oxidation states of {string.Join(", ", open)}.");
    }

    /// <summary>What is given where it tells all elements of the composition; otherwise the guess that goes with it; and the new elements' states.</summary>
    internal static OxidationStates Complete(Composition composition, OxidationStates? given, params IEnumerable<Element> others)
    {
        if (given?.ofSites is not null) throw Error("Atoms are to be put on other sites, and their charges are given by site.", "Give the charge of each element, an average where it has several.");
        var states = given is not null && composition.Elements.All(element => given[element] is not null)
            ? given
            : Guess(composition, given);
        foreach (var (element, charge) in given?.Elements ?? [])
            if (states[element] is null) states = new(states.ofElements.Add(element, charge), null);
        return others.Aggregate(states, (known, element) => known.With(element));
    }

    private static List<double[]> Answers(Composition composition, Element[] elements, Func<Element, double[]> statesOf)
    {
        var answers = new List<double[]>();
        var states = elements.Select(statesOf).ToArray();
        var tried = 0;
        Try(new double[elements.Length], 0, 0);
        return answers;

        void Try(double[] chosen, int depth, double charge)
        {
            if (++tried > MostAnswers) throw Error($"{composition.Formula} has too many possible oxidation states.", "Write those of its metals.");
            if (depth == elements.Length)
            {
                if (Math.Abs(charge) <= Neutral * composition.AtomCount) answers.Add([.. chosen]);
                return;
            }
            foreach (var state in states[depth])
            {
                chosen[depth] = state;
                Try(chosen, depth + 1, charge + state * composition[elements[depth]]);
            }
        }
    }

    internal static string Signed(double charge) => charge == 0 ? "0" : Text($"{Math.Abs(charge):0.####}") + (charge > 0 ? "+" : "-");

    private static string Signed(int charge) => Signed((double)charge);

    private static string Example(Element element) => Text($"{(Common(element) is [var first, ..] ? first : Known(element) is [var known, ..] ? known : 0)}");

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private static DftFlowException Error(string message, string hint) => new("DF1231", message, hint);
}
