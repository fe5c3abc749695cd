using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>What energies count from.</summary>
public enum EnergyOrigin
{
    /// <summary>The functional's own zero: total energies.</summary>
    Total,

    /// <summary>The elements: formation energies.</summary>
    Elements,
}

/// <summary>What a computed energy is on. Only energies on one scale may be subtracted from each other.</summary>
/// <param name="Functional">As in <c>PBE</c>, <c>GGA/GGA+U</c> (mixed by the corrections), <c>r2SCAN</c>.</param>
/// <param name="CorrectionScheme">As in <c>MP2020</c>; <c>none</c> where nothing is added to what was calculated.</param>
public sealed record EnergyScale(string Functional, string CorrectionScheme, EnergyOrigin Origin = EnergyOrigin.Total)
{
    public const string NoScheme = "none";

    public override string ToString() =>
        $"{Functional}, {(CorrectionScheme == NoScheme ? "no corrections" : CorrectionScheme)}{(Origin == EnergyOrigin.Elements ? ", formation energies" : "")}";
}

/// <summary>What was added to a calculated energy, and why.</summary>
/// <param name="Name">As in <c>MP2020 anion correction (oxide)</c>.</param>
public sealed record EnergyAdjustment(string Name, double EnergyEvPerAtom);

/// <summary>How a phase was calculated, as far as its energy hangs on it.</summary>
/// <param name="HubbardUEv">U − J after Dudarev, of the elements where it is not zero.</param>
/// <param name="Potentials">Of each element, as in <c>Mn_pv</c>; empty where not known.</param>
public sealed record CalculationSettings(ImmutableSortedDictionary<Element, double> HubbardUEv, ImmutableSortedDictionary<Element, string> Potentials)
{
    public static CalculationSettings Empty { get; } = new(ImmutableSortedDictionary<Element, double>.Empty, ImmutableSortedDictionary<Element, string>.Empty);

    /// <summary>U and J of another form than Dudarev's, in words, of the elements that have them: another energy, although U − J may be the same.</summary>
    public ImmutableSortedDictionary<Element, string> OtherHubbard { get; init; } = ImmutableSortedDictionary<Element, string>.Empty;

    internal bool HasHubbard(Element element) => OtherHubbard.ContainsKey(element) || HubbardUEv.GetValueOrDefault(element) != 0;

    internal bool HasSameHubbard(CalculationSettings other, Element element) =>
        OtherHubbard.GetValueOrDefault(element) == other.OtherHubbard.GetValueOrDefault(element) && Math.Abs(HubbardUEv.GetValueOrDefault(element) - other.HubbardUEv.GetValueOrDefault(element)) < 1e-6;

    /// <summary>U of an element in words: <c>3.9 eV</c>.</summary>
    internal string HubbardText(Element element) => OtherHubbard.GetValueOrDefault(element) ?? FormattableString.Invariant($"{HubbardUEv.GetValueOrDefault(element)} eV");
}
