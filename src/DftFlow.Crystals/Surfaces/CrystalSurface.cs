using System.Collections.Immutable;
using System.Globalization;

namespace DftFlow.Crystals.Surfaces;

/// <summary>A crystal seen along the normal of one of its planes: its oriented cell, its atomic layers, and all the ways in which it can end there.</summary>
public sealed class CrystalSurface
{
    private const int MostNamedLayers = 3;
    private const int MostListedLayers = 50;
    private const double SameLengthA = 1e-3;

    private readonly int? reversal;

    private CrystalSurface(OrientedCell cell, double layerToleranceA, IReadOnlyDictionary<Element, double>? charges, IReadOnlyCollection<(Element, Element)> keptBonds)
    {
        Cell = cell;
        Stacking = new(cell, layerToleranceA);
        (LayersPerPeriod, reversal) = StackingSymmetry.Of(cell, Stacking);
        Terminations = Listed(charges, keptBonds);
    }

    public OrientedCell Cell { get; }

    /// <summary>From the one with the fewest broken bonds per area on; then by the wider gap, then by what the layers are made of.</summary>
    public ImmutableArray<Termination> Terminations { get; }

    /// <summary>The number of atomic layers in one spacing of the oriented cell.</summary>
    public int LayersPerRepeat => Stacking.Count;

    /// <summary>The number of atomic layers after which the crystal looks the same again, perhaps shifted, turned or reflected in the plane.</summary>
    public int LayersPerPeriod { get; }

    /// <summary>Whether an operation of the crystal turns the normal around; without one no slab has two equal sides.</summary>
    public bool IsReversible => reversal is not null;

    /// <summary>
    /// How many different slabs of whole repeats there are, where slabs are equal that an operation of the crystal takes to each
    /// other, also upside down.
    /// </summary>
    public int DistinctSlabs => Terminations
        .Select(termination => reversal is { } sum ? Math.Min(termination.TopLayer, Period(sum - termination.TopLayer - 1)) : termination.TopLayer).Distinct().Count();

    internal PlaneStacking Stacking { get; }

    /// <param name="layerToleranceA">Heights that differ by no more than this from the next, in Å, are one layer.</param>
    /// <param name="charges">The charge of each element in e, for the polarity; null where it is not to be told.</param>
    /// <param name="keptBonds">Bonds between these elements are not cut.</param>
    /// <exception cref="DftFlowException">DF1610–DF1612: the plane, a setting or the crystal is of no use.</exception>
    public static CrystalSurface Of(
        Structure crystal, MillerPlane plane, double layerToleranceA = AtomicLayers.DefaultToleranceA, IReadOnlyDictionary<Element, double>? charges = null,
        IReadOnlyCollection<(Element, Element)>? keptBonds = null)
    {
        if (!(layerToleranceA >= 0) || !double.IsFinite(layerToleranceA))
            throw new DftFlowException("DF1610", Text($"{layerToleranceA} Å is not the tolerance of atomic layers."), "Give a length in Å, not below zero; the usual one is 0.3 Å.");
        var cell = OrientedCell.Of(crystal, plane);
        if (charges is not null) CheckNeutral(cell.Structure, charges);
        return new(cell, layerToleranceA, charges, keptBonds ?? []);
    }

    /// <summary>An operation of the crystal takes the surface below the bottom layer to that above the top layer, and the other way round.</summary>
    internal bool IsSymmetric(int bottomLayer, int topLayer) => reversal is { } sum && Period(bottomLayer + topLayer - sum) == 0;

    /// <summary>These layers together have the composition of the crystal.</summary>
    internal bool IsStoichiometric(int bottomLayer, int topLayer)
    {
        // Whole repeats have it: only what is left over matters.
        var left = (topLayer - bottomLayer + 1) % LayersPerRepeat;
        var rest = Sum(topLayer - left + 1, topLayer);
        var whole = Cell.Structure.Composition;
        return rest.IsEmpty || whole.Elements.All(element => Math.Abs(rest.AtomicFraction(element) - whole.AtomicFraction(element)) < 1e-9);
    }

    /// <summary>
    /// The id of the surface that the crystal shows below a layer. Where no operation turns the normal around, the side below is like
    /// none of <see cref="Terminations"/>: then what the layer is made of.
    /// </summary>
    internal string BottomId(int bottomLayer) => reversal is { } sum && Terminations.FirstOrDefault(termination => termination.TopLayer == Period(sum - bottomLayer)) is { } same
        ? same.Id : LayerName(Stacking.Composition(bottomLayer));

    internal Composition Sum(int bottomLayer, int topLayer) =>
        new(Enumerable.Range(bottomLayer, topLayer - bottomLayer + 1).SelectMany(layer => Stacking.Composition(layer).Amounts));

    /// <summary>The terminations that a text names: by id, by number, or by the layers from the outermost inwards (<c>O</c>, <c>Li-O</c>).</summary>
    /// <exception cref="DftFlowException">DF1612: there is none.</exception>
    internal ImmutableArray<Termination> Named(string name)
    {
        var found = Terminations.Where(termination => termination.Id == name).ToImmutableArray();
        if (found.IsEmpty && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            found = [.. Terminations.Where(termination => termination.Number == number)];
        if (found.IsEmpty && Formulas(name) is { } layers)
            found = [.. Terminations.Where(termination => Stacked(termination.TopLayer).Take(layers.Length).SequenceEqual(layers))];
        return !found.IsEmpty ? found : throw new DftFlowException("DF1612",
            $"The surface {Cell.Plane} has no termination '{name}'.", $"It has: {string.Join(", ", Terminations.Select(termination => termination.Id))}.");

        static string[]? Formulas(string name)
        {
            // O.2 is an id, not a fifth of an oxygen atom.
            if (name.Contains('.', StringComparison.Ordinal)) return null;
            var parts = name.Split('-');
            string[] layers = [.. parts.Select(part => Composition.TryParse(part.Trim(), out var composition, out _) ? LayerName(composition) : null).OfType<string>()];
            return layers.Length == parts.Length ? layers : null;
        }
    }

    private ImmutableArray<Termination> Listed(IReadOnlyDictionary<Element, double>? charges, IReadOnlyCollection<(Element, Element)> keptBonds)
    {
        var bonds = NearestBonds.Of(Cell.Structure);
        var broken = Stacking.Crossings(bonds.Select(bond => (bond.I, bond.VectorA)));
        var brokenKept = Stacking.Crossings(bonds.Where(bond => Joins(bond, keptBonds)).Select(bond => (bond.I, bond.VectorA)));
        var gaps = Ranks(Stacking.GapAboveA);
        var spacings = Ranks(layer => Stacking.MeanHeightA(layer) - Stacking.MeanHeightA(layer - 1));
        var cuts = Enumerable.Range(0, LayersPerPeriod)
            .OrderBy(cut => broken[cut]).ThenByDescending(cut => gaps[cut])
            .ThenBy(cut => string.Join('-', Stacked(cut)), StringComparer.Ordinal)
            .ThenBy(cut => string.Join(' ', Depths.Select(depth => spacings[Period(cut - depth)].ToString("00000", CultureInfo.InvariantCulture))), StringComparer.Ordinal)
            .ThenBy(cut => cut).ToImmutableArray();
        var ids = Ids(cuts);
        // Ids and numbers are the same whatever bonds are kept.
        ImmutableArray<Termination> allowed = [.. cuts.Select((cut, i) => new Termination
        {
            Number = i + 1,
            Id = ids[i],
            Layers = [.. Stacked(cut)],
            GapA = Stacking.GapAboveA(cut),
            BrokenBonds = broken[cut],
            BrokenBondsPerA2 = broken[cut] / Cell.AreaA2,
            SymmetricLayers = reversal is { } sum ? Period(2 * cut - sum) + 1 : null,
            Polarity = charges is null ? null : SurfacePolarity.Of(Cell, Stacking, cut, site => charges[site.Element]),
            TopLayer = cut,
        }).Where(termination => brokenKept[termination.TopLayer] == 0)];
        return !allowed.IsEmpty ? allowed : throw new DftFlowException("DF1612",
            $"Every plane {Cell.Plane} between two layers cuts a bond that is to be kept ({string.Join(", ", keptBonds.Select(pair => $"{pair.Item1}-{pair.Item2}"))}).",
            "Cuts are planes: they do not go around molecules or polyhedra. Take another Miller plane, or let the bonds be cut.");

        bool Joins((int I, int J, Vector3D VectorA) bond, IReadOnlyCollection<(Element, Element)> pairs) =>
            pairs.Contains((ElementOf(bond.I), ElementOf(bond.J))) || pairs.Contains((ElementOf(bond.J), ElementOf(bond.I)));

        Element ElementOf(int site) => Cell.Structure.Sites[site].Element;
    }

    /// <summary>The ranks of the layers' lengths from the shortest on; equal where only rounding tells them apart, so that it decides nothing.</summary>
    private int[] Ranks(Func<int, double> lengthA)
    {
        var ranks = new int[LayersPerPeriod];
        var (rank, last) = (0, double.NaN);
        foreach (var layer in Enumerable.Range(0, LayersPerPeriod).OrderBy(lengthA))
        {
            if (lengthA(layer) - last > SameLengthA) rank++;
            (ranks[layer], last) = (rank, lengthA(layer));
        }
        return ranks;
    }

    private ImmutableArray<string> Ids(ImmutableArray<int> cuts)
    {
        var names = cuts.Select(cut => Stacked(cut).ToArray()).ToArray();
        var ids = new string?[cuts.Length];
        for (var depth = 1; depth <= Math.Min(MostNamedLayers, LayersPerPeriod); depth++)
        {
            var told = names.Select(layers => string.Join('-', layers[..depth])).ToArray();
            var times = told.CountBy(name => name).ToDictionary();
            for (var i = 0; i < ids.Length; i++)
                if (times[told[i]] == 1) ids[i] ??= told[i];
        }
        foreach (var alike in Enumerable.Range(0, ids.Length).Where(i => ids[i] is null).GroupBy(i => names[i][0]).ToArray())
            foreach (var (place, i) in alike.Index()) ids[i] = string.Create(CultureInfo.InvariantCulture, $"{names[i][0]}.{place + 1}");
        return [.. ids.OfType<string>()];
    }

    private IEnumerable<int> Depths => Enumerable.Range(0, Math.Min(LayersPerPeriod, MostListedLayers));

    /// <summary>What the layers are made of, from one inwards, until they repeat.</summary>
    private IEnumerable<string> Stacked(int topLayer) => Depths.Select(depth => LayerName(Stacking.Composition(topLayer - depth)));

    /// <summary>The smallest formula: an atomic layer of oxygen is no O2.</summary>
    internal static string LayerName(Composition layer) => layer.SmallestUnit().Formula;

    private int Period(int layer) => ((layer % LayersPerPeriod) + LayersPerPeriod) % LayersPerPeriod;

    /// <summary>Whether charges of all elements leave a crystal neutral, so that the polarity of its surfaces can be told.</summary>
    public static bool IsNeutral(Structure crystal, IReadOnlyDictionary<Element, double> charges) => Math.Abs(Charge(crystal, charges)) <= 1e-3 * crystal.Sites.Length;

    private static double Charge(Structure crystal, IReadOnlyDictionary<Element, double> charges) => crystal.Sites.Sum(site => charges[site.Element]);

    private static void CheckNeutral(Structure primitive, IReadOnlyDictionary<Element, double> charges)
    {
        foreach (var element in primitive.Elements)
            if (!charges.TryGetValue(element, out var charge) || !double.IsFinite(charge))
                throw new DftFlowException("DF1610", $"The polarity needs a charge of {element}.", "Give the oxidation state of each element, or of none.");
        if (!IsNeutral(primitive, charges))
            throw new DftFlowException("DF1610", Text($"With these charges the crystal is not neutral: {primitive.Composition.Formula} has {Charge(primitive, charges):+0.###;-0.###} e."),
                "Correct the oxidation states; of an element in several states give the mean.");
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
