using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json.Nodes;
using DftFlow.Crystals;
using DftFlow.Crystals.Ordering;
using DftFlow.Crystals.Surfaces;
using DftFlow.Workflows.Language;

namespace DftFlow.Workflows;

internal sealed partial class ModelBuilder
{
    private bool Slab(SlabBlock block)
    {
        if (block is not { Miller: { } miller, Thickness: { } thickness, VacuumA: { } vacuum }) return false;
        if (IsSlab(draft.Steps)) throw new DftFlowException("DF1610", "The structure that the slab is to be cut from is a slab itself.", "Cut it from the crystal: 'from' a structure without the steps slab and coat.");
        at = miller.At;
        var plane = MillerPlane.Of(miller.Value);
        var before = BeforeRepeating(plane, draft.Steps);
        at = block.At;
        if (block.Keep is { } keep && !Is(keep.Value.All(pair => pair.Length == 2), keep.At, "A bond is between two elements.", "Write [[P, O]].")) return false;
        var slab = Pointed(new Slab(plane)
        {
            Layers = thickness.Value.Layers,
            ThicknessA = thickness.Value.LengthA,
            VacuumA = vacuum.Value,
            Termination = block.Termination?.Value,
            Symmetric = block.Symmetric,
            Stoichiometric = block.Stoichiometric,
            Position = block.Position,
            Charges = ChargesOfElements(Structure, draft.OxidationStates),
            KeptBonds = [.. block.Keep?.Value.Select(pair => (pair[0], pair[1])) ?? []],
        }.Build, Structure, error => block.MarkOf(error.Code switch
        {
            "DF1610" => vacuum.Value is > 0 and <= SlabCell.MostVacuumA ? "thickness" : "vacuum",
            "DF1612" => "termination",
            "DF1613" => "thickness",
            _ => "miller",
        }));
        return Became(slab.Structure, "slab", Text($"{plane}{(before is null ? "" : $" (of the cell before it was repeated: ({string.Join(' ', before.Select(index => Text($"{index}")))}))")}, {Spelling.Count(slab.Layers, "layer")}, {slab.ThicknessA:0.00} Å thick, {slab.VacuumA:0.0} Å vacuum, {slab.AreaA2:0.00} Å² a side; top {slab.Top.Id}, bottom {slab.BottomId}{(slab.IsSymmetric ? ", symmetric" : "")}{(slab.Top.Polarity is { } polarity ? Text($", Tasker type {polarity.TaskerType}, dipole {Math.Round(slab.DipoleEA ?? 0, 2) + 0.0:0.##} e·Å") : "")}; terminations: {string.Join(", ", slab.Surface.Terminations.Select(t => t.Id))}"),
            new JsonObject
            {
                ["miller"] = new JsonArray(plane.H, plane.K, plane.L),
                ["miller_before_supercell"] = before is null ? null : new JsonArray([.. before.Select(index => JsonValue.Create(index))]),
                ["layers"] = slab.Layers,
                ["thickness_a"] = slab.ThicknessA,
                ["vacuum_a"] = slab.VacuumA,
                ["surface_area_a2"] = slab.AreaA2,
                ["termination"] = slab.Top.Id,
                ["bottom_termination"] = slab.BottomId,
                ["terminations"] = new JsonArray([.. slab.Surface.Terminations.Select(t => JsonValue.Create(t.Id))]),
                ["symmetric"] = slab.IsSymmetric,
                ["stoichiometric"] = slab.IsStoichiometric,
                ["excess"] = slab.Excess.IsEmpty ? null : slab.Excess.Formula,
                ["tasker_type"] = slab.Top.Polarity?.TaskerType,
                ["charge_e"] = slab.ChargeE,
                ["dipole_e_a"] = slab.DipoleEA + 0.0,
                ["dipole_per_area_e_per_a"] = slab.DipolePerAreaEPerA,
            // The vacuum is told of the finished model: a coating may come, with another.
            }, slab.Findings.Where(finding => finding.Code != "DF1312"));
    }

    /// <summary>
    /// The plane's indices in the cell that supercells were made of: (104) of a 4 × 2 × 1 supercell is (1 0 16) of that. Null where they
    /// are the same, or too large to say anything.
    /// </summary>
    private static int[]? BeforeRepeating(MillerPlane plane, IEnumerable<ModelStep> steps)
    {
        BigInteger[] given = Coprime([plane.H, plane.K, plane.L]), indices = given;
        foreach (var step in steps.Reverse().TakeWhile(step => step.Name != "cell").Where(step => step.Name == "supercell"))
        {
            // Indices are repeated as the vectors are, h' = M h: the inverse takes them back.
            var m = step.Facts["matrix"]!.AsArray().Select(row => row!.AsArray().Select(number => (BigInteger)number!.GetValue<int>()).ToArray()).ToArray();
            BigInteger[][] columns = [Cross(m[1], m[2]), Cross(m[2], m[0]), Cross(m[0], m[1])];
            var sign = m[0].Zip(columns[0], (a, b) => a * b).Aggregate(BigInteger.Add).Sign;
            var back = indices;
            indices = Coprime([.. Enumerable.Range(0, 3).Select(i => sign * (back[0] * columns[0][i] + back[1] * columns[1][i] + back[2] * columns[2][i]))]);
        }
        return indices.SequenceEqual(given) || indices.Any(index => BigInteger.Abs(index) > int.MaxValue) ? null : [.. indices.Select(index => (int)index)];

        static BigInteger[] Coprime(BigInteger[] indices)
        {
            var common = indices.Aggregate(BigInteger.GreatestCommonDivisor);
            return [.. indices.Select(index => index / common)];
        }

        static BigInteger[] Cross(BigInteger[] a, BigInteger[] b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    }

    private bool Freeze(FreezeBlock block)
    {
        var regions = new[] { (SlabSide.Bottom, block.Bottom), (SlabSide.Top, block.Top), (SlabSide.Middle, block.Middle) }
            .Where(region => region.Item2 is not null)
            .Select(region => region.Item2!.Value is { Layers: { } layers } ? SlabRegion.OfLayers(region.Item1, layers) : SlabRegion.OfDepth(region.Item1, region.Item2!.Value.LengthA!.Value))
            .ToImmutableArray();
        if (regions.IsEmpty)
        {
            if (block.Node.Entries.IsEmpty) diagnostics.Error("DF1009", block.At, "'freeze' does not say what.", "Write { bottom: 2 layers }, or top, or middle.");
            return false;
        }
        var (structure, frozen) = new Freeze(regions).Apply(Structure);
        return Became(structure, "freeze", Text($"{frozen.Length} of {structure.Sites.Length} atoms"), new JsonObject { ["sites"] = Numbers(frozen) });
    }

    /// <summary>The charges that the workflow gives, or else the only guess there is; null where they are not known, so that nothing is told of polarity.</summary>
    private static Dictionary<Element, double>? ChargesOfElements(Structure structure, ImmutableDictionary<Element, double> told)
    {
        try
        {
            var given = OxidationStates.Of(told);
            var states = structure.Elements.All(element => given[element] is not null) ? given : OxidationStates.Guess(structure.Composition, given);
            return structure.Elements.ToDictionary(element => element, states.ChargeOf);
        }
        catch (DftFlowException)
        {
            return null;
        }
    }

    private static JsonArray Numbers(ImmutableArray<int> sites) => new([.. sites.Select(site => JsonValue.Create(site))]);
}
