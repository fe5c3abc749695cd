using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Analysis.Charge;
using DftFlow.Crystals;
using DftFlow.Crystals.Surfaces;
using DftFlow.Vasp.Inputs.Rules;
using DftFlow.Workflows.Language;
using DftFlow.Yaml;

namespace DftFlow.Workflows;

/// <summary>The analyses of files with values on a grid.</summary>
internal sealed partial class AnalysisPlanner
{
    private static readonly ImmutableArray<string> SliceFiles = ["ELFCAR", "CHGCAR", "AECCAR0", "AECCAR2", "LOCPOT"];

    private readonly List<PlannedCalculation> fragments = [];

    /// <summary>The calculations that analyses need besides those of the workflow.</summary>
    public ImmutableArray<PlannedCalculation> Fragments => [.. fragments];

    private PlannedBader? Bader(string id, BaderBlock block)
    {
        if (block.Of is not { } of || Members(of) is not { IsEmpty: false } members) return null;
        var before = diagnostics.ErrorCount;
        Require(members, of, "charge", "charge density", "LCHARG");
        Require(members, of, "all-electron-charge", "all-electron density, whose basins are taken", "LAECHG");
        if (block.Vacuum is { Value: < 0 } vacuum) diagnostics.Error("DF1007", vacuum.At, "A density of electrons is not below zero.", "Give it in e/Å³: 0.001 is usual.");
        var groups = members.ToImmutableDictionary(m => m.Id, m => (ImmutableArray<AtomGroup>)
            [.. m.Input.Structure.Elements.Select(element => new AtomGroup(element.Symbol, Where(m.Input.Structure, site => site.Element == element))), .. block.Groups is null ? [] : Groups(block.Groups, m, optional: true)]);
        // A part that one model has another may lack, but not all of them.
        foreach (var name in block.Groups is null ? [] : Named(block.Groups))
            if (diagnostics.ErrorCount == before && groups.Values.All(of => of.All(group => group.Name != name.Value))) diagnostics.Error("DF1017", name.At, $"No atom of any member belongs to '{name.Value}'.", Parts(members));
        return diagnostics.ErrorCount > before ? null : new PlannedBader(id, members, groups, block.Method, block.Vacuum?.Value);
    }

    private PlannedElf? Elf(string id, ElfBlock block)
    {
        if (block.Of is not { } of || Members(of) is not { IsEmpty: false } members) return null;
        Require(members, of, "elf", "electron localisation function", "LELF");
        if (block.MaxDistanceA is { Value: <= 0 or > 15 } longest) diagnostics.Error("DF1007", longest.At, "A bond is above zero and at most 15 Å long.");
        var pairs = new List<(Element First, Element Second)>();
        foreach (var text in block.Pairs)
        {
            if (text.Value.Split('-') is not [var first, var second] || !Element.TryParse(first, out var a) || !Element.TryParse(second, out var b))
                diagnostics.Error("DF1007", text.At, $"'{text.Value}' is no pair of elements.", "Write it as in Sc-O.");
            else if (!members.Any(m => Has(m, a) && Has(m, b))) diagnostics.Error("DF1017", text.At, $"No member of '{of.Value}' holds both {a} and {b}.");
            else pairs.Add((a, b));
        }
        return new PlannedElf(id, members, members.ToImmutableDictionary(m => m.Id, m => pairs.Where(pair => Has(m, pair.First) && Has(m, pair.Second)).ToImmutableArray()), block.MaxDistanceA?.Value, block.Spin);

        static bool Has(PlannedCalculation member, Element element) => member.Input.Structure.Elements.Contains(element);
    }

    private PlannedSlice? Slice(string id, SliceBlock block)
    {
        if (block is not { Of: { } of, File: { } file } || Members(of) is not { IsEmpty: false } members) return null;
        if (!SliceFiles.Contains(file.Value))
        {
            diagnostics.Error("DF1007", file.At, $"'{file.Value}' is no file with values on a grid.", Diagnostics.Suggest(file.Value, SliceFiles));
            return null;
        }
        var (output, what, tag) = file.Value switch
        {
            "ELFCAR" => ("elf", "electron localisation function", "LELF"),
            "CHGCAR" => ("charge", "charge density", "LCHARG"),
            "LOCPOT" => ("potential", "local potential", "LVHAR"),
            _ => ("all-electron-charge", "all-electron density", "LAECHG"),
        };
        Require(members, of, output, what, tag);
        var density = file.Value is not ("ELFCAR" or "LOCPOT");
        if (block.Block is not null && (!density || block.Spin is GridSpin.Up or GridSpin.Down))
            diagnostics.Error("DF1007", block.MarkOf("block"), density ? "A spin and a block cannot be asked for together." : $"{file.Value} has no such blocks.", density ? "Leave one of them out." : "Choose with spin: up, down or both.");
        if ((block.Block == DensityBlock.Magnetization || (file.Value != "ELFCAR" && block.Spin is GridSpin.Up or GridSpin.Down)) && members.All(m => m.Input.Incar.Whole("ISPIN") != 2 && m.Input.Incar.Logical("LNONCOLLINEAR") != true))
            diagnostics.Error("DF1019", of.At, $"'{members[0].Id}' has no spin, and its {file.Value} no such part.", "Add 'spin-polarized: true', or initial moments as 'spin', to that calculation.");
        return Cut(block, members) is { } cut ? new PlannedSlice(id, members, file.Value, cut, block.Spin, block.Block is { } part ? BlockShape.Kebab(part.ToString()) : null) : null;
    }

    private PlannedChargeDifference? ChargeDifference(string id, ChargeDifferenceBlock block)
    {
        if (block is not { Of: { } of, Parts: { } parts } || Members(of) is not { IsEmpty: false } members) return null;
        Require(members, of, "charge", "charge density", "LCHARG");
        if (block.MacroscopicA is { Value: <= 0 or > 1000 } length) diagnostics.Error("DF1007", length.At, "The length of a macroscopic average is above zero: the distance of the layers.");
        if (calculations.FirstOrDefault(c => c.Name == id) is { } namesake)
            diagnostics.Error("DF1012", workflow.Analyses.Find(id)!.At, $"'{id}' is the name of a calculation ({namesake.Id}) already, and this analysis brings calculations of its own.", "Call the analysis something else.");
        var made = ImmutableDictionary.CreateBuilder<string, ImmutableArray<PlannedCalculation>>();
        var before = diagnostics.ErrorCount;
        foreach (var member in members)
        {
            var groups = Groups(parts, member, optional: false);
            if (diagnostics.ErrorCount > before || !AreWhole(groups, member, parts.At)) return null;
            if (groups.Length < 2)
            {
                diagnostics.Error("DF1009", parts.At, "A difference has two parts at least: the density of a whole minus itself is nothing.", "Name what comes together, as in { film: { element: F }, rest: { element: Li } }.");
                return null;
            }
            made[member.Id] = [.. groups.Select(group => Workflows.Fragments.Of(member, group, id))];
            // Names may hold dots, so that those of two analyses and their members can come to the same.
            if (made[member.Id].FirstOrDefault(fragment => calculations.Concat(fragments).Any(other => other.Id == fragment.Id)) is { } twin)
            {
                diagnostics.Error("DF1012", workflow.Analyses.Find(id)!.At, $"The part '{twin.Id}' has the name of another calculation.", "Call the analysis or the part something else.");
                return null;
            }
            if (made[member.Id].FirstOrDefault(fragment => fragment.Id.Length > Names.LongestId) is { } wordy)
                diagnostics.Error("DF1012", parts.At, $"The name '{wordy.Id}' is longer than {Names.LongestId} characters: it becomes a folder's.", "Shorten the name of the analysis, its parts or the values of axes.");
            foreach (var finding in made[member.Id].SelectMany(fragment => InputRules.Check(fragment.Input).Where(finding => finding.Severity == Severity.Error)))
                diagnostics.Add(finding.Severity, finding.Code, block.At, $"{id}: {finding.Message}", finding.Hint);
            if (member.Input.Incar["NELECT"] is not null)
                diagnostics.Warning("DF1016", of.At, $"'{member.Id}' has a number of electrons of its own (NELECT); its parts are calculated neutral.", "The integral of the difference is then the charge of the whole.");
        }
        PlannedCut? drawn = null;
        if (block.Map is { } map && (drawn = Cut(map, members)) is null) return null;
        fragments.AddRange(members.SelectMany(member => made[member.Id]));
        return new PlannedChargeDifference(id, members, made.ToImmutable(), (int)block.Axis, block.MacroscopicA?.Value, drawn);
    }

    private bool AreWhole(ImmutableArray<AtomGroup> groups, PlannedCalculation member, Mark at)
    {
        var sites = member.Input.Structure.Sites;
        var owners = Enumerable.Range(0, sites.Length).Select(site => groups.Where(group => group.Sites.Contains(site)).Select(group => group.Name).ToArray()).ToArray();
        var odd = Array.FindIndex(owners, of => of.Length != 1);
        if (odd < 0) return true;
        var name = string.Create(CultureInfo.InvariantCulture, $"{sites[odd].Element} {odd + 1} of '{member.Id}'");
        diagnostics.Error("DF1017", at, owners[odd].Length == 0 ? $"{name} is in none of the parts." : $"{name} is in two parts: {string.Join(", ", owners[odd])}.", "Each atom belongs to one part.");
        return false;
    }

    private void Require(ImmutableArray<PlannedCalculation> members, Located<string> of, string output, string what, string tag)
    {
        if (members.FirstOrDefault(m => m.Input.Incar.Logical(tag) != true && !(tag == "LVHAR" && m.Input.Incar.Logical("LVTOT") == true)) is { } without)
            diagnostics.Error("DF1019", of.At, $"'{without.Id}' does not write its {what}.", $"Add '{output}' to the outputs of that calculation.");
    }

    private static ImmutableArray<int> Where(Structure structure, Func<Site, bool> holds) => [.. Enumerable.Range(0, structure.Sites.Length).Where(site => holds(structure.Sites[site]))];

    private static IEnumerable<Located<string>> Named(YamlNode node) => node switch
    {
        YamlSequence list => list.Items.OfType<YamlScalar>().Select(item => new Located<string>(item.Text, item.At)),
        YamlMapping map => map.Entries.Select(entry => new Located<string>(entry.Key, entry.At)),
        _ => [],
    };

    /// <summary>Groups of sites: parts of the model by their names, or what a block says of each.</summary>
    /// <param name="optional">Leave out those that have no atom in this member; else it is told.</param>
    private ImmutableArray<AtomGroup> Groups(YamlNode node, PlannedCalculation member, bool optional)
    {
        var structure = member.Input.Structure;
        var groups = ImmutableArray.CreateBuilder<AtomGroup>();
        if (node is not (YamlSequence or YamlMapping))
        {
            diagnostics.Error("DF1007", node.At, "Groups of atoms are a list of the model's parts, or names with what belongs to each.", "Write [substrate, coating], or { anions: { element: O } }.");
            return [];
        }
        foreach (var name in Named(node))
        {
            if (!Names.IsValid(name.Value) || name.Value.Contains('.', StringComparison.Ordinal) || Element.TryParse(name.Value, out _))
            {
                diagnostics.Error("DF1012", name.At, $"'{name.Value}' cannot be the name of a group of atoms.", Names.Rule + " No dots, and no symbols of elements.");
                continue;
            }
            ImmutableArray<int> sites;
            if (node is YamlMapping map)
            {
                if (new Binder(diagnostics).Bind<SiteGroupBlock>(map[name.Value]!, $"the group '{name.Value}'") is not { } block) continue;
                var found = Sites(block, member);
                if (found is null) continue;
                sites = found.Value;
            }
            else sites = Where(structure, site => site.Part == name.Value);
            if (!sites.IsEmpty) groups.Add(new(name.Value, sites));
            else if (!optional) diagnostics.Error("DF1017", name.At, $"No atom of '{member.Id}' belongs to '{name.Value}'.", Parts([member]));
        }
        foreach (var item in node is YamlSequence list ? list.Items.Where(item => item is not YamlScalar) : [])
            diagnostics.Error("DF1007", item.At, "A part of the model is a word: substrate, coating.", "Other groups are written as { anions: { element: O } }.");
        return groups.ToImmutable();
    }

    private ImmutableArray<int>? Sites(SiteGroupBlock block, PlannedCalculation member)
    {
        var structure = member.Input.Structure;
        if (block is { Element: null, Sites: null, Part: null })
        {
            diagnostics.Error("DF1009", block.At, "The group does not say which atoms belong to it.", "Give element, sites or part.");
            return null;
        }
        foreach (var site in block.Sites ?? [])
            if (site < 1 || site > structure.Sites.Length)
            {
                diagnostics.Error("DF1017", block.MarkOf("sites"), string.Create(CultureInfo.InvariantCulture, $"There is no site {site} in '{member.Id}', which has {structure.Sites.Length}."), "Sites are numbered from 1 in the order of the POSCAR.");
                return null;
            }
        return [.. Where(structure, site => (block.Element is not { } elements || elements.Items.Any(item => item.Value == site.Element)) && (block.Part is not { } part || site.Part == part.Value))
            .Where(site => block.Sites is not { } sites || sites.Contains(site + 1))];
    }

    private static string Parts(ImmutableArray<PlannedCalculation> members)
    {
        string[] parts = [.. members.SelectMany(m => m.Input.Structure.Sites).Select(site => site.Part).OfType<string>().Distinct()];
        return parts.Length > 0 ? $"The model's parts are {string.Join(" and ", parts)}." : "The model has no parts, which 'coat' gives; name groups by their elements or sites, as in { anions: { element: O } }.";
    }

    private PlannedCut? Cut(CutBlock block, ImmutableArray<PlannedCalculation> members)
    {
        string[] ways = [.. ((string[])["through", "plane", "axis"]).Where(way => block.Node[way] is not null)];
        if (ways.Length != 1)
        {
            diagnostics.Error(ways.Length == 0 ? "DF1009" : "DF1006", ways.Length == 0 ? block.Node.At : block.MarkOf(ways[1]), "A plane is said in one way.", "Give 'through: [1, 5, 9]', 'plane: [1, 1, 0]' or 'axis: c', and 'at: 0.5' with the last two.");
            return null;
        }
        var (at, inA) = (0.0, false);
        if (block.Node["at"] is YamlScalar height)
        {
            if (ways[0] == "through") diagnostics.Error("DF1006", height.At, "A plane through atoms has no other height.", "Leave 'at' out.");
            else if (Quantities.TryParse(height.Text, Dimension.Length, out var length, out _, out _)) (at, inA) = (length, true);
            else if (!double.TryParse(height.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out at) || !double.IsFinite(at)) diagnostics.Error("DF1007", height.At, $"'{height.Text}' is no height of a plane.", "Give a part of the distance of planes, as in 0.5, or a length, as in 2.5 Å.");
        }
        if (block.Range is { } given && !(given.Value is [var low, var high] && low < high)) diagnostics.Error("DF1007", block.MarkOf("range"), "A range is two numbers, the smaller one first.");
        try
        {
            var cut = new PlannedCut(block.Through, block.Plane is { } indices ? MillerPlane.Of(indices) : null, block.Axis is { } axis ? (int)axis : null, at, inA)
            {
                WidthA = block.WidthA?.Value, HeightA = block.HeightA?.Value, StepA = block.StepA?.Value ?? PlannedCut.DefaultStepA, AtomsWithinA = block.AtomsWithinA?.Value ?? GridSlice.DefaultAtomsWithinA,
                Range = block.Range is { Value: [var from, var to] } ? (from, to) : null, Smooth = block.Smooth,
            };
            foreach (var member in members) _ = cut.In(member.Input.Structure);
            return cut;
        }
        catch (DftFlowException error)
        {
            diagnostics.Error(error.Code, block.MarkOf(ways[0]), error.Message, error.Hint);
            return null;
        }
    }
}
