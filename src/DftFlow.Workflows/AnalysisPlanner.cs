using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Analysis.Electronic;
using DftFlow.Crystals;
using DftFlow.Crystals.Surfaces;
using DftFlow.Workflows.Language;
using DftFlow.Yaml;

namespace DftFlow.Workflows;

/// <summary>Checks the analyses of a workflow against its calculations, and each other.</summary>
internal sealed partial class AnalysisPlanner(WorkflowBlock workflow, ImmutableArray<PlannedCalculation> calculations, string folder, Diagnostics diagnostics)
{
    private static readonly ImmutableArray<string> ReservedAxes = ["window", "zero", "pair", "phase", "atoms"];

    private readonly Dictionary<string, PlannedAnalysis?> planned = new(StringComparer.Ordinal);
    private readonly List<string> underWay = [];

    /// <summary>The analyses, each behind those that it needs.</summary>
    public ImmutableArray<PlannedAnalysis> Plan()
    {
        foreach (var axis in calculations.SelectMany(c => c.Labels.Keys).Intersect(ReservedAxes).ToArray())
            diagnostics.Error("DF1012", workflow.MarkOf("calculations"), $"'{axis}' cannot be the name of an axis: tables have a column of that name.", "Call it something else.");
        foreach (var entry in workflow.Analyses.Entries)
        {
            if (!Names.IsValid(entry.Key)) diagnostics.Error("DF1012", entry.At, $"'{entry.Key}' cannot be the name of an analysis.", Names.Rule);
            Find(entry.Key);
        }
        return [.. planned.Values.OfType<PlannedAnalysis>()];
    }

    private PlannedAnalysis? Find(string name)
    {
        if (planned.TryGetValue(name, out var known)) return known;
        if (workflow.Analyses.Find(name) is not { } entry) return null;
        if (underWay.Contains(name))
        {
            diagnostics.Error("DF1018", entry.At, $"The analyses need each other in a circle: {string.Join(" → ", underWay.SkipWhile(n => n != name).Append(name))}.");
            return null;
        }
        underWay.Add(name);
        PlannedAnalysis? analysis = entry.Value switch
        {
            { BandCentre: { } block } => BandCentre(name, block),
            { Difference: { } block } => Difference(name, block),
            { Bader: { } block } => Bader(name, block),
            { Elf: { } block } => Elf(name, block),
            { Slice: { } block } => Slice(name, block),
            { ChargeDifference: { } block } => ChargeDifference(name, block),
            { Hull: { } block } => Hull(name, block),
            { InterfaceReaction: { } block } => InterfaceReaction(name, block),
            { Window: { } block } => Window(name, block),
            _ => null,
        };
        underWay.RemoveAt(underWay.Count - 1);
        if (analysis is not null && HasCells(analysis, entry.At))
            analysis = analysis with { Expectations = Expectations(entry.Value.Expect, analysis) };
        planned[name] = analysis;
        return analysis;
    }

    /// <summary>Each number has labels of its own, by which a difference and an expectation find it; and there is one at least.</summary>
    private bool HasCells(PlannedAnalysis analysis, Mark at)
    {
        var cells = analysis.Cells.Select(Show).ToArray();
        // A window or phase that could not be read has been told of already.
        if (cells.Length == 0 && !diagnostics.HasErrors)
            diagnostics.Error("DF1009", at, $"'{analysis.Id}' has nothing to compute.", "A list of it is empty, or what is subtracted is all there is.");
        foreach (var twin in cells.GroupBy(cell => cell).Where(g => g.Count() > 1))
            diagnostics.Error("DF1005", at, $"'{analysis.Id}' would compute {twin.Key} twice.", "Name each window, zero, pair, phase and group once.");
        return cells.Length > 0;
    }

    private PlannedBandCentre? BandCentre(string id, BandCentreBlock block)
    {
        if (block is not { Of: { } of, Element: { } element }) return null;
        var members = Members(of);
        if (members.IsEmpty) return null;
        if (members.FirstOrDefault(m => m.Input.Incar["LORBIT"] is null) is { } without)
            diagnostics.Error("DF1019", of.At, $"'{without.Id}' does not write a projected density of states.", "Add 'outputs: [dos]' to that calculation.");
        if (members.FirstOrDefault(m => !m.Input.Structure.Elements.Contains(element)) is { } lacking)
            diagnostics.Error("DF1017", block.MarkOf("element"), $"'{lacking.Id}' ({lacking.Input.Structure.Composition.ReducedFormula}) holds no {element}.");
        foreach (var site in block.Sites ?? [])
            if (members.FirstOrDefault(m => site < 1 || site > m.Input.Structure.Sites.Length || m.Input.Structure.Sites[site - 1].Element != element) is { } other)
                diagnostics.Error("DF1017", block.MarkOf("sites"), $"Site {site} of '{other.Id}' is not {element}.", "Sites are numbered from 1 in the order of the POSCAR.");
        if (block.Zero?.Items.FirstOrDefault(zero => zero.Value == EnergyZero.Vacuum) is { } vacuum && members.FirstOrDefault(m => m.Input.Incar["LVHAR"] is null && m.Input.Incar["LVTOT"] is null) is { } flat)
            diagnostics.Error("DF1019", vacuum.At, $"'{flat.Id}' does not write the potential that the vacuum level is found in.", "Add 'potential' to the outputs of that calculation.");
        if (block.Orbital is { } orbital && !OrbitalNames.AreKnown(orbital.Value))
            diagnostics.Error("DF1007", orbital.At, $"'{orbital.Value}' is not an orbital.", Diagnostics.Suggest(orbital.Value, Orbitals));
        var semicore = Semicore(block.Semicore, element);
        return new PlannedBandCentre(id, members, element, block.Orbital?.Value, block.Sites, Windows(block),
            [.. (block.Zero?.Items ?? [new Located<EnergyZero>(EnergyZero.Fermi, block.At)]).Select(z => z.Value)], semicore)
        {
            Core = Core(block.Core),
            Groups = SiteGroupsOf(block, element, members),
        };
    }

    /// <summary>The sites that have a band centre of their own, by the places that atoms begin at.</summary>
    private ImmutableDictionary<string, ImmutableArray<AtomGroup>> SiteGroupsOf(BandCentreBlock block, Element element, ImmutableArray<PlannedCalculation> members)
    {
        if (block.LayerGapA is { Value: < 0 } gap) diagnostics.Error("DF1007", gap.At, "A gap is not below zero.");
        if (block.BondedWithinA is { Value: <= 0 or > 15 } within) diagnostics.Error("DF1007", within.At, "A bond is above zero and at most 15 Å long.");
        if (block is { LayerGapA: { } loose, Layers: null }) diagnostics.Error("DF1009", loose.At, "There are no layers that a gap could part.", "Add 'layers: c'.");
        if (block is { BondedWithinA: { } vague, BondedTo: null }) diagnostics.Error("DF1009", vague.At, "The length is that of a bond to no element.", "Add 'bonded-to: Sc'.");
        if (block.BondedTo is { } to && !members.Any(member => member.Input.Structure.Elements.Contains(to.Value)))
            diagnostics.Error("DF1017", to.At, $"No member holds {to.Value}.");
        if (block is { Groups: null, Layers: null, BondedTo: null } || diagnostics.HasErrors) return ImmutableDictionary<string, ImmutableArray<AtomGroup>>.Empty;
        var groups = members.ToImmutableDictionary(member => member.Id, member => Of(member).ToImmutableArray());
        foreach (var name in block.Groups is null ? [] : Named(block.Groups))
            if (!diagnostics.HasErrors && groups.Values.All(of => of.All(group => group.Name != name.Value))) diagnostics.Error("DF1017", name.At, $"No {element} of any member belongs to '{name.Value}'.", Parts(members));
        return groups;

        IEnumerable<AtomGroup> Of(PlannedCalculation member)
        {
            var structure = member.Input.Structure;
            var sites = Where(structure, site => site.Element == element).Where(site => block.Sites is not { } only || only.Contains(site + 1)).ToArray();
            int[] numbers = [.. sites.Select(site => site + 1)];
            yield return new(element.Symbol, [.. sites]);
            foreach (var group in block.Groups is null ? [] : Groups(block.Groups, member, optional: true))
                if (group.Sites.Intersect(sites).ToImmutableArray() is { IsEmpty: false } common) yield return group with { Sites = common };
            IEnumerable<SiteGroup> found = block.Layers is { } axis ? SiteGroups.Layers(structure, numbers, BlockShape.Kebab(axis.Value.ToString()), block.LayerGapA?.Value ?? AtomicLayers.DefaultToleranceA) : [];
            if (block.BondedTo is { } other && structure.Elements.Contains(other.Value)) found = found.Concat(SiteGroups.BondedTo(structure, numbers, other.Value, block.BondedWithinA?.Value));
            foreach (var group in found) yield return new(group.Name, [.. group.Sites.Select(number => number - 1)]);
        }
    }

    private static readonly ImmutableArray<string> Orbitals =
        ["s", "p", "d", "f", "t2g", "eg", "py", "pz", "px", "dxy", "dyz", "dz2", "dxz", "dx2-y2", "fy3x2", "fxyz", "fyz2", "fz3", "fxz2", "fzx2", "fx3"];

    private CoreLevelChoice Core(Located<string>? text)
    {
        try
        {
            return text is null ? new() : CoreLevelChoice.Parse(text.Value);
        }
        catch (DftFlowException error)
        {
            diagnostics.Error("DF1007", text!.At, error.Message, error.Hint);
            return new();
        }
    }

    private (Element Element, char Shell) Semicore(Located<string>? text, Element element)
    {
        if (text is null) return (element, 's');
        if (text.Value.Split('-') is [var symbol, "s" or "p" or "d" or "f"] && Element.TryParse(symbol, out var other)) return (other, text.Value[^1]);
        diagnostics.Error("DF1007", text.At, $"'{text.Value}' does not name a shell.", "Write it as in 'O-s'.");
        return (element, 's');
    }

    private ImmutableArray<BandWindow> Windows(BandCentreBlock block)
    {
        if (block.Window is not { } given) return [BandWindow.Full];
        var windows = ImmutableArray.CreateBuilder<BandWindow>();
        foreach (var node in given.Items)
            switch (node)
            {
                case YamlScalar { Text: "full" }: windows.Add(BandWindow.Full); break;
                case YamlScalar { Text: "occupied" }: windows.Add(BandWindow.Occupied); break;
                case YamlScalar { Text: "valence" }: windows.Add(BandWindow.Valence); break;
                case YamlScalar { Text: "manifold" }: windows.Add(BandWindow.Manifold); break;
                case YamlMapping when new Binder(diagnostics).Bind<EnergyRangeBlock>(node, "a window") is { } range:
                    if (!(range.FromEv < range.ToEv)) diagnostics.Error("DF1007", range.At, "The window ends before it begins.");
                    else windows.Add(new BandWindow(string.Create(CultureInfo.InvariantCulture, $"{range.FromEv}..{range.ToEv} eV"), new EnergyWindow(range.FromEv, range.ToEv)));
                    break;
                case YamlMapping: break;
                default:
                    diagnostics.Error("DF1007", node.At, "A window is full, occupied, valence, manifold, or { from: -8 eV, to: 0 eV }.");
                    break;
            }
        return windows.ToImmutable();
    }

    private PlannedDifference? Difference(string id, DifferenceBlock block)
    {
        if (block is not { Of: { } of, Minus: { } minus }) return null;
        if (workflow.Analyses.Find(of.Value) is null)
        {
            diagnostics.Error("DF1017", of.At, $"There is no analysis '{of.Value}'.", Diagnostics.Suggest(of.Value, [.. workflow.Analyses.Keys.Where(k => k != id)]));
            return null;
        }
        if (Find(of.Value) is not { } analysis) return null;
        var labels = minus.Entries.ToImmutableSortedDictionary(e => e.Key, e => e.Value.Text, StringComparer.Ordinal);
        if (!analysis.Cells.Any(cell => Matches(cell, labels)))
            diagnostics.Error("DF1017", block.MarkOf("minus"), $"'{of.Value}' has no member {Show(labels)}.", Known(analysis));
        return new PlannedDifference(id, analysis, labels);
    }

    private Composition? Formula(YamlScalar scalar)
    {
        if (Composition.TryParse(scalar.Text, out var composition, out var problem)) return composition;
        diagnostics.Error("DF1024", scalar.At, problem);
        return null;
    }

    private ImmutableArray<PlannedCalculation> Members(Located<string> of)
    {
        ImmutableArray<PlannedCalculation> members = [.. calculations.Where(c => c.Name == of.Value || c.Id == of.Value)];
        // A member that could not be planned has been told of already.
        var block = of.Value.Split('.')[0];
        if (members.IsEmpty && !(diagnostics.HasErrors && workflow.Calculations.Find(block) is not null))
            diagnostics.Error("DF1017", of.At, $"There is no calculation '{of.Value}'.", Diagnostics.Suggest(of.Value, [.. workflow.Calculations.Keys]));
        return members;
    }

    private ImmutableArray<Expectation> Expectations(ImmutableArray<ExpectationBlock> blocks, PlannedAnalysis analysis)
    {
        var expectations = ImmutableArray.CreateBuilder<Expectation>();
        foreach (var block in blocks)
        {
            if (Expect(block, analysis) is not { } expectation) continue;
            if (expectations.Any(e => e.Quantity == expectation.Quantity && analysis.Cells.Any(cell => Matches(cell, e.Labels) && Matches(cell, expectation.Labels))))
                diagnostics.Error("DF1021", block.At, $"Two values are expected of the same {expectation.Quantity}.", "Give each its own labels under 'at', or keep one.");
            expectations.Add(expectation);
        }
        return expectations.ToImmutable();
    }

    private Expectation? Expect(ExpectationBlock block, PlannedAnalysis analysis)
    {
        if (block is not { Value: { } value, Source: { } source }) return null;
        var quantity = block.Quantity is { } named ? analysis.Quantities.FirstOrDefault(q => q.Name == named.Value) : analysis.Quantities[0];
        if (quantity is null)
        {
            diagnostics.Error("DF1021", block.Quantity!.At, $"'{analysis.Id}' has no quantity '{block.Quantity.Value}'.", Diagnostics.Suggest(block.Quantity.Value, [.. analysis.Quantities.Select(q => q.Name)]));
            return null;
        }
        var labels = block.Labels.Entries.ToImmutableSortedDictionary(
            e => e.Key,
            e => e.Value is YamlSequence list ? string.Join(" | ", list.Items.OfType<YamlScalar>().Select(s => s.Text)) : (e.Value as YamlScalar)?.Text ?? "",
            StringComparer.Ordinal);
        if (!analysis.Cells.Any(cell => Matches(cell, labels)))
        {
            diagnostics.Error("DF1021", block.MarkOf("at"), $"'{analysis.Id}' has no number at {Show(labels)}.", Known(analysis));
            return null;
        }
        if (Read(value, quantity) is not { } expected) return null;
        var tolerance = block.Tolerance is { } given ? Read(given, quantity) : null;
        if (tolerance < 0) diagnostics.Error("DF1007", block.Tolerance!.At, "A tolerance is not below zero.");
        return new Expectation(labels, quantity.Name, expected, tolerance, source);
    }

    private double? Read(Located<string> text, QuantityKind quantity)
    {
        string problem, hint;
        double number;
        if (quantity.Dimension is { } dimension)
        {
            if (Quantities.TryParse(text.Value, dimension, out number, out problem, out hint)) return number;
        }
        else if (double.TryParse(text.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number)) return number;
        else (problem, hint) = ($"'{text.Value}' is not a number.", "This quantity has no unit.");
        diagnostics.Error("DF1008", text.At, problem, hint);
        return null;
    }

    private static bool Matches(ImmutableSortedDictionary<string, string> cell, ImmutableSortedDictionary<string, string> labels) =>
        labels.All(label => cell.GetValueOrDefault(label.Key) == label.Value);

    private static string Show(ImmutableSortedDictionary<string, string> labels) => "{ " + string.Join(", ", labels.Select(l => $"{l.Key}: {l.Value}")) + " }";

    private static string Known(PlannedAnalysis analysis) => $"There are {string.Join("; ", analysis.Cells.Take(6).Select(Show))}.";
}
