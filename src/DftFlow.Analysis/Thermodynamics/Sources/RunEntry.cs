using System.Collections.Immutable;
using DftFlow.Analysis.Thermodynamics.Corrections;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Analysis.Thermodynamics.Sources;

/// <summary>
/// A finished run of one's own as an entry: the composition of its cell, and energy(sigma→0) of its last ionic step, which is the
/// energy that the Materials Project uses too.
/// </summary>
public static class RunEntry
{
    /// <param name="ionicConverged">What the run's OUTCAR knows better; null where nobody asked it.</param>
    /// <exception cref="DftFlowException">DF3155: the run gives no entry.</exception>
    public static CalculatedPhase Of(Vasprun run, string id, bool? ionicConverged = null)
    {
        if (run.Truncated is { } cut) throw Unfit(id, FormattableString.Invariant($"its vasprun.xml stops at byte {cut.Byte} ({cut.Reason})"));
        if (!run.ElectronicConverged) throw Unfit(id, "its last step did not converge electronically");
        if (!(ionicConverged ?? run.IonicConverged)) throw Unfit(id, "its relaxation did not converge");
        var hubbard = (run.Parameters.Flag("LDAU") ?? run.Incar.Flag("LDAU")) == true
            ? Hubbard(run.Parameters.Whole("LDAUTYPE") ?? run.Incar.Whole("LDAUTYPE") ?? Dudarev, Numbers("LDAUL"), Numbers("LDAUU"), Numbers("LDAUJ")) : [];
        return Of(id, run.LastStep, run.AtomTypes, run.Program, hubbard, Functional(run.Parameters, run.Incar), run.FinalStructure);

        ImmutableArray<double> Numbers(string tag) => NumbersOf(run.Parameters.All.GetValueOrDefault(tag) ?? run.Incar.All.GetValueOrDefault(tag));
    }

    /// <exception cref="DftFlowException">DF3155: the run gives no entry.</exception>
    public static CalculatedPhase Of(Outcar run, string id)
    {
        if (!run.Complete) throw Unfit(id, "its OUTCAR does not end as a finished run's does");
        if (run.ElectronicConverged == false) throw Unfit(id, "its last step did not converge electronically");
        if (run.Ending == OutcarEnding.StepsUsedUp) throw Unfit(id, "its relaxation did not converge");
        var functional = Functional(run.Parameters, run.Parameters);
        // What INCAR leaves to the potentials, these say.
        if (functional == Pbe && run.PotentialFunctionals is [{ } lexch, ..] && Gga(run.Parameters.Text("GGA")) is null && lexch != "PE") functional = Gga(lexch) ?? lexch;
        var hubbard = run.Hubbard is { } u ? Hubbard(u.Type, [.. u.Orbitals.Select(orbital => (double)orbital)], u.UEv, u.JEv) : [];
        return Of(id, run.IonicSteps is [.., var last] ? last.Energies : null, run.AtomTypes, run.Program, hubbard, functional, StructureOf(run));
    }

    /// <summary>Mn_pv of <c>PAW_PBE Mn_pv 02Aug2007</c>; null where a title is another one's.</summary>
    internal static string? PotentialOf(string title) => title.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var name, ..] ? name : null;

    private const string Pbe = "PBE";

    // Of LDAUTYPE.
    private const int Dudarev = 2;

    private static CalculatedPhase Of(
        string id, IonicStep? step, ImmutableArray<AtomType> types, string? program, ImmutableArray<HubbardU> hubbardU, string functional, Structure? structure)
    {
        if (step is null || !double.IsFinite(step.EnergyEv)) throw Unfit(id, "it has no energy");
        if (types.FirstOrDefault(type => type.Element is null) is { } unknown) throw Unfit(id, $"it does not say which element '{unknown.Symbol}' is");
        var composition = new Composition(types.Select(type => KeyValuePair.Create(type.Element!, (double)type.Count)));
        if (composition.IsEmpty) throw Unfit(id, "it does not say which atoms it has");
        var hubbard = new Dictionary<Element, HubbardU>();
        var potentials = ImmutableSortedDictionary.CreateBuilder<Element, string>();
        for (var i = 0; i < types.Length; i++)
        {
            var element = types[i].Element!;
            var u = i < hubbardU.Length ? hubbardU[i] : default;
            if (!double.IsFinite(u.UEv - u.JEv)) throw Unfit(id, $"U or J of {element} is no number");
            if (!hubbard.TryAdd(element, u) && hubbard[element] != u) throw Unfit(id, $"{element} has several values of U in it");
            if (PotentialOf(types[i].Potential) is { } name) potentials[element] = name;
        }
        // Another program's total energies count from other atoms.
        if (program is not null && !program.StartsWith("vasp", StringComparison.OrdinalIgnoreCase)) functional += $" by {program.Split(' ', '.')[0]}";
        return new(id, composition, step.EnergyEv / composition.AtomCount, functional)
        {
            Settings = new(hubbard.Where(u => u.Value is { Form: null, UEv: not 0 }).ToImmutableSortedDictionary(u => u.Key, u => u.Value.UEv), potentials.ToImmutable())
            {
                OtherHubbard = hubbard.Where(u => u.Value.Form is not null).ToImmutableSortedDictionary(u => u.Key, u => FormattableString.Invariant($"{u.Value.UEv} eV with J = {u.Value.JEv} eV {u.Value.Form}")),
            },
            Structure = structure,
        };
    }

    private static string Functional(VaspParameters parameters, VaspParameters incar)
    {
        var functional = (parameters.Text("METAGGA") ?? incar.Text("METAGGA"))?.Trim() is { Length: > 0 } meta && meta.Trim('-').Length > 0 && !meta.Equals("NONE", StringComparison.OrdinalIgnoreCase)
            ? meta.ToUpperInvariant() switch { "R2SCAN" => "r2SCAN", "RSCAN" => "rSCAN", var name => name }
            : Gga(parameters.Text("GGA") ?? incar.Text("GGA")) ?? Pbe;
        if ((parameters.Flag("LHFCALC") ?? incar.Flag("LHFCALC")) == true)
            functional += FormattableString.Invariant($" with {parameters.Number("AEXX") ?? 0.25} exact exchange, HFSCREEN {parameters.Number("HFSCREEN") ?? 0}");
        if ((parameters.Whole("IVDW") ?? incar.Whole("IVDW")) is { } ivdw and not 0) functional += FormattableString.Invariant($" with IVDW {ivdw}");
        if ((parameters.Flag("LUSE_VDW") ?? incar.Flag("LUSE_VDW")) == true) functional += " with LUSE_VDW";
        if ((parameters.Flag("LSORBIT") ?? incar.Flag("LSORBIT")) == true) functional += " with spin-orbit coupling";
        return functional;
    }

    // GGA of INCAR; null where it is left to the potentials.
    private static string? Gga(string? tag) => tag?.Trim().ToUpperInvariant() switch
    {
        null or "" or "--" => null,
        "PE" => Pbe,
        "PS" => "PBEsol",
        "RP" => "RPBE",
        "RE" => "revPBE",
        "91" => "PW91",
        "CA" => "LDA",
        var other => other,
    };

    /// <summary>U of one kind of atom. In Dudarev's form, which has no name here, U − J is all that counts, and stands as U; in others, both do.</summary>
    private readonly record struct HubbardU(double UEv, double JEv, string? Form);

    // Of each kind of atom; an orbital of −1 has none.
    private static ImmutableArray<HubbardU> Hubbard(int type, ImmutableArray<double> orbitals, ImmutableArray<double> u, ImmutableArray<double> j)
    {
        var form = type switch
        {
            Dudarev => null,
            1 => "after Liechtenstein (LDAUTYPE = 1)",
            4 => "after Liechtenstein without exchange splitting (LDAUTYPE = 4)",
            _ => FormattableString.Invariant($"with LDAUTYPE = {type}"),
        };
        return [.. u.Select((value, i) => (i < orbitals.Length && orbitals[i] < 0, i < j.Length ? j[i] : 0) switch
        {
            (true, _) => default,
            (_, var exchange) when form is null => new HubbardU(Math.Round(value - exchange, 6), 0, null),
            (_, 0) when value == 0 => default,
            (_, var exchange) => new HubbardU(value, exchange, form),
        })];
    }

    private static ImmutableArray<double> NumbersOf(ParameterValue? value) => value switch
    {
        ParameterValue.List { Values: var values } => [.. values.Select(Number)],
        null => [],
        _ => [Number(value)],
    };

    private static double Number(ParameterValue value) => value switch { ParameterValue.Real { Value: var real } => real, ParameterValue.Whole { Value: var whole } => whole, _ => double.NaN };

    private static Structure? StructureOf(Outcar run)
    {
        if (run.LastGeometry is not { Lattice: { } lattice, PositionsA: var places }) return null;
        Element[] elements = [.. run.AtomTypes.SelectMany(type => Enumerable.Repeat(type.Element!, type.Count))];
        return elements.Length == places.Length && elements.All(element => element is not null)
            ? new Structure(lattice, [.. places.Select((place, i) => new Site(elements[i], lattice.ToFractional(place)))]) : null;
    }

    private static DftFlowException Unfit(string id, string why) => new("DF3155", $"{id} gives no entry: {why}.", "Only finished and converged runs can be held against others.");
}
