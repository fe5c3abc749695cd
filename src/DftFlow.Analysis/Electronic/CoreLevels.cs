using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Analysis.Electronic;

/// <summary>
/// What an OUTCAR tells of the cores: eigenenergies of core states (ICORELEVEL = 1, in the initial-state approximation), or the
/// average electrostatic potential at the cores (VASP wiki: ICORELEVEL; L. Köhler and G. Kresse, Phys. Rev. B 70, 165405 (2004)).
/// </summary>
/// <param name="PotentialsEv">One for each site; empty where there are none.</param>
/// <param name="States">The states of each site; empty where there are none.</param>
public sealed record CoreLevels(ImmutableArray<double> PotentialsEv, ImmutableArray<ImmutableArray<NamedEnergy>> States)
{
    /// <summary>Null where the OUTCAR has neither.</summary>
    public static CoreLevels? Of(Outcar outcar) =>
        outcar.CorePotentialsEv.IsEmpty && outcar.CoreStates.IsEmpty ? null : new(outcar.CorePotentialsEv, outcar.CoreStates);
}

/// <summary>Which core level is the zero: of the sites of an element, or of sites by number, averaged over them.</summary>
/// <param name="Element">Null: the element that is analysed.</param>
/// <param name="Level">As in <c>1s</c>; <c>potential</c> for the electrostatic potential at the core. Null: 1s where the run has it, else the potential.</param>
/// <param name="Sites">From 1; empty: all of the element.</param>
public sealed record CoreLevelChoice(Element? Element = null, string? Level = null, ImmutableArray<int> Sites = default)
{
    private const string Potential = "potential";

    /// <summary>Reads <c>O</c>, <c>O-1s</c>, <c>O-potential</c>; or sites, as in <c>7</c>, <c>1,5</c>, <c>7-1s</c>.</summary>
    /// <exception cref="DftFlowException">DF3206: the text names no core level.</exception>
    public static CoreLevelChoice Parse(string text)
    {
        var dash = text.LastIndexOf('-');
        var tail = dash < 0 ? "" : text[(dash + 1)..].Trim().ToLowerInvariant();
        var level = tail is Potential || tail is [>= '1' and <= '6', 's' or 'p' or 'd' or 'f'] ? tail : null;
        var subject = (level is null ? text : text[..dash]).Trim();
        if (Element.TryParse(subject, out var element)) return new(element, level);
        if (subject is [>= '0' and <= '9', ..]) return new(null, level, ProjectedDosSelection.ParseSites(subject));
        throw new DftFlowException("DF3206", $"'{text}' does not name a core level.", "Write an element or sites, and if need be the level: O, O-1s, O-potential, 7-1s.");
    }

    /// <summary>The level's place on the file's own scale, and what it is.</summary>
    /// <exception cref="DftFlowException">DF3206: the run does not have it. DF3203: a site that the run has not.</exception>
    internal (double LevelEv, string Name) Find(DosRun run, Element? analysed)
    {
        if (run.Core is not { } core)
            throw No("there are no core levels: the run has no OUTCAR, or one without them", "VASP writes the average electrostatic potential at the cores into the OUTCAR, or with ICORELEVEL = 1 the core states; give the directory of the run.");
        var sites = SelectedSites(run, Element ?? analysed);
        var count = Math.Max(core.PotentialsEv.Length, core.States.Length);
        if (sites.FirstOrDefault(site => site > count) is var beyond and > 0)
            throw new DftFlowException("DF3203", string.Create(CultureInfo.InvariantCulture, $"There is no core level of site {beyond}: the OUTCAR has {count} sites."), "Is the OUTCAR of the same run?");
        var names = Level is { } asked ? [asked] : core.States.IsEmpty ? [Potential] : new[] { "1s" };
        var whose = Sites.IsDefaultOrEmpty ? $"{(Element ?? analysed)!.Symbol} ({sites.Count} sites)" : $"site{(sites.Count == 1 ? "" : "s")} {string.Join(", ", sites)}";
        foreach (var name in names)
        {
            var levels = sites.Select(site => LevelOf(core, site - 1, name)).ToArray();
            if (levels.Any(level => level is null || !double.IsFinite(level.Value))) continue;
            return (levels.Average()!.Value, name == Potential ? $"the average electrostatic potential at the cores of {whose}" : $"the {name} core level of {whose}");
        }
        throw No($"the OUTCAR has no {(names[0] == Potential ? "electrostatic potential at the cores" : names[0] + " state")} of {whose}",
            names[0] == Potential ? "With ICORELEVEL = 1 VASP writes core states in its place: name one, as in O-1s."
            : "Set ICORELEVEL = 1 in the INCAR for the core states, name a state that the atom's core has, or take the potential, as in O-potential.");
    }

    private static double? LevelOf(CoreLevels core, int site, string name) =>
        name == Potential ? (site < core.PotentialsEv.Length ? core.PotentialsEv[site] : null)
        : site >= core.States.Length ? null
        : core.States[site].Where(state => state.Name == name).Select(state => (double?)state.EnergyEv).FirstOrDefault();

    private List<int> SelectedSites(DosRun run, Element? element)
    {
        if (!Sites.IsDefaultOrEmpty) return [.. Sites];
        if (element is null) throw No("no element is named for it", "Name one: --core O.");
        var sites = Enumerable.Range(1, run.Sites.Length).Where(site => run.Sites[site - 1] == element).ToList();
        return sites.Count > 0 ? sites : throw No($"the run has no {element.Symbol}", "Name an element that the structure has.");
    }

    private static DftFlowException No(string reason, string hint) => new("DF3206", $"The zero of energy cannot be placed at a core level: {reason}.", hint);
}
