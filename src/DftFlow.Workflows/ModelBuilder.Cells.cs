using System.Collections.Immutable;
using System.Text.Json.Nodes;
using DftFlow.Crystals;
using DftFlow.Crystals.Cells;
using DftFlow.Crystals.Symmetry;
using DftFlow.Workflows.Language;
using DftFlow.Yaml;

namespace DftFlow.Workflows;

internal sealed partial class ModelBuilder
{
    private void ChooseCell(CellChoice cell)
    {
        if (cell == CellChoice.AsGiven) return;
        if (draft.Structure is null) throw new DftFlowException("DF1213", "The cell of a crystal with shared or partly vacant sites is taken as it is given.", "Leave 'cell' out, and let a 'supercell' step stand before 'order'.");
        var chosen = cell switch
        {
            CellChoice.Primitive => PrimitiveCell.Of(Structure),
            CellChoice.Conventional => ConventionalCell.Of(Structure),
            _ => NiggliCell.Of(Structure),
        };
        Became(chosen, "cell", BlockShape.Kebab(cell.ToString()), new JsonObject { ["cell"] = BlockShape.Kebab(cell.ToString()), ["n_atoms"] = chosen.Sites.Length });
    }

    private bool Supercell(YamlSequence sequence)
    {
        if (Rows(sequence) is not { } rows)
            return Is(false, sequence.At, "A supercell is three whole numbers, or three rows of three.", "Write [2, 2, 1], or [[1, 1, 0], [-1, 1, 0], [0, 0, 1]].");
        // Of a crystal with shared sites only the places are repeated; what is on them follows.
        var shared = draft.Structure is null ? draft.Disordered : null;
        var result = new Supercell(rows[0], rows[1], rows[2]).Build(shared is null ? Structure : new Structure(shared.Lattice, [.. shared.Sites.Select(site => new Site(site.Species[0].Element, site.Fractional))]));
        Became(result.Structure, "supercell", rows is [{ B: 0, C: 0 } a, { A: 0, C: 0 } b, { A: 0, B: 0 } c] ? Text($"{a.A} × {b.B} × {c.C}") : string.Join(' ', rows), new JsonObject
        {
            ["matrix"] = new JsonArray([.. rows.Select(row => new JsonArray(row.A, row.B, row.C))]),
            ["n_atoms"] = result.Structure.Sites.Length,
        }, IsSlab(draft.Steps) && Math.Abs((long)rows[2].C) is > 1 and var slabs
            ? [new("DF1617", Severity.Warning, Text($"The supercell repeats the slab along c too: the cell holds {slabs} slabs, each with its vacuum."), "Repeat it in the plane, as in [2, 2, 1]; how thick it is, 'thickness' says.")]
            : null);
        if (shared is not null)
            draft = draft with { Structure = null, Disordered = new(result.Structure.Lattice, [.. result.Structure.Sites.Zip(result.SourceSites, (site, source) => shared.Sites[source - 1] with { Fractional = site.Fractional })]) };
        return true;
    }

    private static ImmutableArray<LatticeSteps>? Rows(YamlSequence sequence)
    {
        if (Whole(sequence) is [var a, var b, var c]) return [new(a, 0, 0), new(0, b, 0), new(0, 0, c)];
        var rows = sequence.Items.Select(item => item is YamlSequence row && Whole(row) is [var x, var y, var z] ? new LatticeSteps(x, y, z) : (LatticeSteps?)null).ToArray();
        return rows is [{ } first, { } second, { } third] ? [first, second, third] : null;

        static int[]? Whole(YamlSequence row)
        {
            var numbers = row.Items.Select(item => item is YamlScalar { Text: var text } && int.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : (int?)null).ToArray();
            return numbers.All(number => number is not null) ? [.. numbers.Select(number => number!.Value)] : null;
        }
    }

    private bool Strain(StrainBlock block)
    {
        if (block.Node.Entries.IsEmpty)
        {
            diagnostics.Error("DF1009", block.At, "'strain' does not say which lattice vector is strained.", "Write { a: 1 % }, or b, or c; what is not given stays.");
            return false;
        }
        var result = Crystals.Cells.Strain.AlongLatticeVectors(Structure, block.A, block.B, block.C);
        return Became(result.Structure, "strain", Text($"a {block.A:+0.###%;-0.###%;0%}, b {block.B:+0.###%;-0.###%;0%}, c {block.C:+0.###%;-0.###%;0%}"),
            new JsonObject { ["strain"] = new JsonArray(block.A, block.B, block.C), ["volume_ratio"] = result.VolumeRatio });
    }

    private bool Sort(SortBlock block)
    {
        var sorted = block.Along is { } along ? Sorting.ByHeight(Structure, (int)along) : Structure;
        sorted = Sorting.ByElement(sorted, [.. block.Elements, .. Structure.Elements.Except(block.Elements)]);
        return Became(sorted, "sort", string.Join(", ", sorted.Elements) + (block.Along is { } axis ? $"; by height along {axis.ToString().ToLowerInvariant()}" : ""), []);
    }

    private bool Wrap(Located<bool> wrap) => !wrap.Value || Became(Wrapping.Apply(Structure), "wrap", "atoms are within the cell", []);

    private bool Perturb(PerturbBlock block)
    {
        if (block.DistanceA is not { } distance) return false;
        var seed = block.Seed?.Value ?? 1;
        if (!Is(seed >= 0, block.MarkOf("seed"), "A seed is a whole number from 0.", "Write 'seed: 1'.")) return false;
        var result = new Perturbation(distance.Value, (ulong)seed).Build(Structure);
        return Became(result.Structure, "perturb", Text($"{distance.Value} Å, seed {seed}"), new JsonObject { ["distance_a"] = distance.Value, ["seed"] = seed, ["largest_a"] = result.LargestA });
    }

    private bool MagneticOrder(MagneticOrderBlock block)
    {
        if (block.Kind is not { } kind) return false;
        (int, int, int)? plane = null;
        if (kind == MagneticOrderKind.LayeredAntiferromagnetic)
        {
            if (block.Miller is not { } miller) plane = (0, 0, 1);
            else if (miller.Value is [var h, var k, var l]) plane = (h, k, l);
            else return Is(false, miller.At, "A plane has three Miller indices.", "Write [0, 0, 1].");
        }
        var result = new MagneticOrder
        {
            Moments = block.MomentsMuB.Entries.ToImmutableDictionary(e => Element.Parse(e.Key), e => e.Value),
            OxidationStates = draft.OxidationStates.Where(state => state.Value == Math.Round(state.Value)).ToImmutableDictionary(state => state.Key, state => (int)state.Value),
            AlternateAlong = plane,
            Alternating = block.Alternating,
        }.Build(Structure);
        return Became(result.Structure, "magnetic-order", Text($"{BlockShape.Kebab(kind.ToString())}, {result.TotalMuB:0.###} µB in all{(result.Layers.IsEmpty ? "" : $", {Spelling.Count(result.Layers.Length, "layer")}")}"), new JsonObject
        {
            ["kind"] = BlockShape.Kebab(kind.ToString()),
            ["total_mub"] = result.TotalMuB,
            ["moments_mub"] = new JsonArray([.. result.Structure.Sites.Select(site => JsonValue.Create(site.MomentMuB ?? 0))]),
        });
    }
}
