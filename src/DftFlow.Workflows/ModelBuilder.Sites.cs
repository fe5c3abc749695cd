using System.Text.Json.Nodes;
using DftFlow.Crystals;
using DftFlow.Crystals.Ordering;
using DftFlow.Workflows.Language;
using DftFlow.Yaml;

namespace DftFlow.Workflows;

internal sealed partial class ModelBuilder
{
    private bool Substitute(SubstituteBlock block)
    {
        if (block.Replace.Entries.IsEmpty)
        {
            diagnostics.Error("DF1009", block.At, "'substitute' does not say which element is replaced.", "Write { Mn: Sc, count: 1 }.");
            return false;
        }
        if (block.Replace.Entries.Length > 1 && block.Node.Entries.FirstOrDefault(e => !Element.TryParse(e.Key, out _)) is { } choice)
        {
            diagnostics.Error("DF1006", block.Replace.Entries[1].At, $"With '{choice.Key}', one element is replaced at a time.", "Make it a step of its own.");
            return false;
        }
        if (Seed(block.Seed) is not { } seed) return false;
        var near = block.Near is { } named ? ParseElement(named) : null;
        if (block.Near is not null && near is null) return false;
        ChargeCompensation? compensation = null;
        if (block.Compensate is { } compensate && (compensation = Compensation(compensate)) is null) return false;
        at = block.Where?.At ?? block.At;
        var where = block.Where?.Value.Selection ?? SiteSelection.All;
        foreach (var (symbol, mark, by) in block.Replace.Entries)
        {
            if (!Element.TryParse(symbol, out var from) || ParseElement(by) is not { } to) return false;
            at = mark;
            if (block.Arrangement?.Value == SubstitutionArrangement.SymmetryDistinct)
            {
                if (draft.Alternatives is not null) throw new DftFlowException("DF1235", "Two steps of one model give symmetry-distinct arrangements.", "Make the second a structure of its own, 'from' one alternative of the first: from: NAME.2.");
                if (models.Arrangements.TryGetValue(entry.Key, out var before))
                {
                    Substituted(from, to, compensation, before);
                    continue;
                }
            }
            var result = new Substitution(from, to)
            {
                Count = block.Count?.Value,
                Fraction = block.Fraction?.Value,
                Sites = block.Sites,
                Where = where,
                Near = near,
                Arrangement = block.Arrangement?.Value ?? SubstitutionArrangement.First,
                Seed = seed,
                Compensation = compensation,
                OxidationStates = draft.OxidationStates.IsEmpty ? null : OxidationStates.Of(draft.OxidationStates),
            }.Build(Structure);
            Substituted(from, to, compensation, result);
        }
        return true;
    }

    private void Substituted(Element from, Element to, ChargeCompensation? compensation, SubstitutionResult result)
    {
        var several = result.Alternatives[0].Multiplicity is not null;
        if (several)
        {
            models.Arrangements[entry.Key] = result;
            if (pick > result.Alternatives.Length) throw new DftFlowException("DF1017", Text($"'{entry.Key}' has {result.Alternatives.Length} symmetry-distinct arrangements; there is no {entry.Key}.{pick}."), Text($"They are {entry.Key}.1 to {entry.Key}.{result.Alternatives.Length}, the lowest electrostatic energy first."));
            draft = draft with { Alternatives = result.Alternatives.Length };
        }
        var chosen = result.Alternatives[several ? pick - 1 : 0];
        var facts = new JsonObject
        {
            ["from"] = from.Symbol,
            ["to"] = to.Symbol,
            ["sites"] = Numbers(chosen.ChosenSites),
            ["compensated_sites"] = Numbers(chosen.CompensatedSites),
            ["charge_before_e"] = result.ChargeBeforeE,
            ["charge_after_e"] = result.ChargeAfterE,
        };
        var summary = $"{from} by {to} on site{(chosen.ChosenSites.Length == 1 ? "" : "s")} {string.Join(", ", chosen.ChosenSites)}";
        if (compensation is not null)
            summary += chosen.CompensatedSites.IsEmpty ? "; nothing to compensate" : $"; {compensation.Of} {(compensation.By is { } by ? $"by {by}" : "removed")} on {string.Join(", ", chosen.CompensatedSites)}";
        if (several)
        {
            summary += Text($"; arrangement {pick} of {result.Alternatives.Length} that symmetry leaves, {chosen.Multiplicity} alike");
            facts["alternative"] = pick;
            facts["alternatives"] = result.Alternatives.Length;
            facts["multiplicity"] = chosen.Multiplicity;
        }
        if (result.ChargeAfterE is { } after && Math.Abs(after) > 1e-6) summary += Text($"; formal charge {after:+0.##;-0.##} e");
        Became(chosen.Structure, "substitute", summary + Words(result.Report with { EnergyEv = chosen.EnergyEv }), Add(facts, result.Report with { EnergyEv = chosen.EnergyEv }));
    }

    private ChargeCompensation? Compensation(CompensateBlock block)
    {
        if ((block.Remove, block.Replace.Entries) is not (({ }, []) or (null, [_])))
        {
            diagnostics.Error("DF1006", block.At, "A charge is made up for in one way.", "Write { remove: Li }, or { O: F }.");
            return null;
        }
        var compensation = block.Remove is { } removed ? new ChargeCompensation(removed.Value, null) : new ChargeCompensation(Element.Parse(block.Replace.Entries[0].Key), block.Replace.Entries[0].Value.Value);
        return compensation with { Count = block.Count?.Value, Placement = block.Placement };
    }

    private bool Order(OrderBlock block)
    {
        if (Seed(block.Seed) is not { } seed) return false;
        at = block.Composition?.At ?? block.At;
        var order = new Order([.. block.Sites.Entries.Select(sites => new OrderedSites(Element.Parse(sites.Key)) { Takes = sites.Value })])
        {
            Composition = block.Composition is { } composition ? MixedFormula.Parse(composition.Value, block.X?.Value) : null,
            Method = block.Arrangement,
            Seed = seed,
            OxidationStates = draft.OxidationStates.IsEmpty ? null : OxidationStates.Of(draft.OxidationStates),
            RoundingTolerance = block.Tolerance?.Value ?? Crystals.Ordering.Order.UsualTolerance,
        };
        at = block.At;
        var result = draft.Disordered is { IsOrdered: false } disordered ? order.Build(disordered) : order.Build(Structure);
        var amounts = string.Join(", ", result.Amounts.Select(amount => Text($"{amount.Element?.Symbol ?? "vacancies"} {amount.Got} of {amount.Sites} sites of {amount.Sublattice}{(Math.Abs(amount.Error) > 1e-6 ? $" (asked {amount.Asked.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture)})" : "")}")));
        var charge = result.Report.ChargeE is { } left && Math.Abs(left) > 1e-6 ? Text($"; formal charge {left:+0.##;-0.##} e") : "";
        return Became(result.Structure, "order", $"{result.Structure.Composition.Formula}: {amounts}{charge}{Words(result.Report)}", Add(new JsonObject
        {
            ["formula"] = result.Structure.Composition.Formula,
            ["amounts"] = new JsonArray([.. result.Amounts.Select(amount => new JsonObject { ["sublattice"] = amount.Sublattice, ["element"] = amount.Element?.Symbol, ["sites"] = amount.Sites, ["asked"] = amount.Asked, ["got"] = amount.Got })]),
        }, result.Report));
    }

    private ulong? Seed(Located<int>? seed) =>
        Is(seed is null or { Value: >= 0 }, seed?.At ?? at, "A seed is a whole number from 0.", "Write 'seed: 1'.") ? (ulong)(seed?.Value ?? 1) : null;

    private static string Words(ArrangementReport report)
    {
        var text = report.Method switch
        {
            ArrangementMethod.LowestEwald => report.Search == ArrangementSearch.Enumeration ? Text($"; lowest electrostatic energy of all {report.Distinct:N0} distinct arrangements") : Text($"; lowest electrostatic energy found, Monte Carlo, seed {report.Seed}"),
            ArrangementMethod.Random => Text($"; at random, seed {report.Seed}"),
            ArrangementMethod.Sqs => Text($"; special quasi-random, seed {report.Seed}, largest error of a pair shell {report.Correlations.Where(shell => shell.Bodies == 2).Select(shell => shell.Error).DefaultIfEmpty(0).Max():0.000}"),
            _ => "",
        };
        if (report.IsSettled == false) text += Text($" (a large cell: the search ended after {report.Steps:N0} steps and part of the descent)");
        if (report.BeforeCompensation) text += " before the compensation";
        if (report.EqualInEnergy > 1) text += Text($" ({report.EqualInEnergy} have the same energy)");
        return report.EnergyEv is { } energy && report.Search != ArrangementSearch.None ? text + Text($", {(report.Method == ArrangementMethod.LowestEwald ? "" : "electrostatic energy ")}{energy:0.000} eV{(report.BeforeCompensation ? " after it" : "")}") : text;
    }

    private static JsonObject Add(JsonObject facts, ArrangementReport report)
    {
        facts["method"] = report.Method is { } method ? BlockShape.Kebab(method.ToString()) : null;
        facts["search"] = BlockShape.Kebab(report.Search.ToString());
        facts["ewald_energy_ev"] = report.EnergyEv;
        facts["formal_charge_e"] = report.ChargeE;
        facts["seed"] = report.Seed;
        facts["steps"] = report.Steps;
        facts["settled"] = report.IsSettled;
        // May be larger than any number type.
        facts["arrangements"] = report.Arrangements.ToString(System.Globalization.CultureInfo.InvariantCulture);
        facts["distinct_arrangements"] = report.Distinct;
        facts["equal_in_energy"] = report.EqualInEnergy;
        facts["chosen_before_compensation"] = report.BeforeCompensation;
        facts["correlations"] = new JsonArray([.. report.Correlations.Select(shell => new JsonObject { ["bodies"] = shell.Bodies, ["longest_a"] = shell.LongestA, ["error"] = shell.Error })]);
        return facts;
    }
}
