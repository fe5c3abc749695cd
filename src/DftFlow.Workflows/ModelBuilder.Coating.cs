using System.Text.Json.Nodes;
using DftFlow.Crystals.Interfaces;
using DftFlow.Crystals.Surfaces;
using DftFlow.Workflows.Language;

namespace DftFlow.Workflows;

internal sealed partial class ModelBuilder
{
    // The others can be seen by raising 'match'.
    private const int MostMatchesTold = 5;

    private bool Coat(CoatBlock block)
    {
        if (block is not { With: { } with, Thickness: { } thickness } || models.Find(with, entry.Key) is not { } crystal) return false;
        if (block.Registry is { } registry && !Is(registry.Value.Length == 2, registry.At, "A registry is two fractions of the slab's cell.", "Write [0.5, 0].")) return false;
        if (IsSlab(crystal.Steps))
        {
            diagnostics.Error("DF1620", with.At, $"'{with.Value}' is a slab; a coating is cut from a crystal.", "Name the crystal that the slab was cut from, and give planes and thickness here.");
            return false;
        }
        if (!Is(block.Planes is not { Value.IsEmpty: true }, block.MarkOf("planes"), "'planes' names no plane.", "Write [[1, 0, 0]], or leave it out for all up to max-index.")) return false;
        at = block.MarkOf("planes");
        var coating = new Coating(crystal.Structure)
        {
            Planes = [.. block.Planes?.Value.Select(plane => MillerPlane.Of(plane)) ?? []],
            Layers = thickness.Value.Layers,
            ThicknessA = thickness.Value.LengthA,
            Termination = block.Termination?.Value,
            Stoichiometric = block.Stoichiometric,
            // Of a crystal that its charges leave charged there is no dipole to tell; that does not keep it from being laid on.
            Charges = ChargesOfElements(crystal.Structure, crystal.OxidationStates) is { } charges && CrystalSurface.IsNeutral(crystal.Structure, charges) ? charges : null,
            GapA = block.GapA?.Value,
            Registry = block.Registry is { Value: [var a, var b] } ? new Registry(a, b) : null,
            StrainOnSubstrate = block.StrainOnSlab?.Value ?? 0,
            BothSides = block.BothSides,
            VacuumA = block.VacuumA?.Value,
            Match = block.Match?.Value ?? 1,
        };
        if (block.MaxIndex is { } index) coating = coating with { MaxIndex = index.Value };
        if (block.MaxStrain is { } strain) coating = coating with { MaxStrain = strain.Value };
        if (block.MaxAreaA2 is { } area) coating = coating with { MaxAreaA2 = area.Value };
        at = block.At;
        var coated = Pointed(structure => coating.Build(structure), Structure, error => block.MarkOf(error switch
        {
            { Setting: nameof(Coating.Match) } => "match",
            { Setting: nameof(Coating.GapA) } => "gap",
            { Setting: nameof(Coating.StrainOnSubstrate) } => "strain-on-slab",
            { Setting: nameof(Coating.VacuumA) } => "vacuum",
            { Setting: nameof(Coating.Registry) } => "registry",
            { Setting: nameof(Coating.MaxStrain) } => "max-strain",
            { Setting: nameof(Coating.MaxAreaA2) } => "max-area",
            { Setting: nameof(Coating.MaxIndex) } => "max-index",
            { Code: "DF1610" } => "thickness",
            { Code: "DF1611" } => "planes",
            { Code: "DF1612" } => "termination",
            { Code: "DF1613" } => "thickness",
            { Code: "DF1622" } => "max-strain",
            { Code: "DF1623" } => "gap",
            { Code: "DF1624" } => "both-sides",
            { Code: "DF1625" } => "max-area",
            _ => "",
        }));
        var misfit = coated.Match.Misfit;
        return Became(coated.Structure, "coat", Text($"{with.Value} {coated.Plane}, {Spelling.Count(coated.CoatingAtoms, "atom")} of {coated.CoatingComposition.ReducedFormula}, {coated.CoatingThicknessA:0.00} Å thick, {coated.GapA:0.00} Å above the slab{(block.BothSides ? " and below it" : "")}{(coated.Coating.Top.Polarity is { } polarity ? Text($", alone of Tasker type {polarity.TaskerType} with a dipole of {coated.CoatingDipoleEA:0.##} e·Å a cell") : "")}; common cell {coated.AreaA2:0.0} Å², von Mises strain {100 * misfit.VonMisesStrain:0.00} % (match {coated.MatchNumber} of {coated.Matches.Length}), registry {coated.Registry.AlongA:0.###}, {coated.Registry.AlongB:0.###}; closest {string.Join(", ", coated.Contacts.OrderBy(pair => pair.DistanceA).Take(3).Select(pair => Text($"{pair.First}–{pair.Second} {pair.DistanceA:0.00} Å")))}"),
            new JsonObject
            {
                ["with"] = with.Value,
                ["miller"] = new JsonArray(coated.Plane.H, coated.Plane.K, coated.Plane.L),
                ["termination"] = coated.Coating.Top.Id,
                ["coating_tasker_type"] = coated.Coating.Top.Polarity?.TaskerType,
                ["coating_charge_e"] = coated.Coating.ChargeE,
                ["coating_dipole_e_a"] = coated.CoatingDipoleEA,
                ["coating_dipole_per_area_e_per_a"] = coated.CoatingDipolePerAreaEPerA,
                ["thickness_a"] = coated.CoatingThicknessA,
                ["layers"] = coated.Coating.Layers,
                ["gap_a"] = coated.GapA,
                ["vacuum_a"] = coated.VacuumA,
                ["interface_area_a2"] = coated.AreaA2,
                ["both_sides"] = block.BothSides,
                ["registry"] = new JsonArray(coated.Registry.AlongA, coated.Registry.AlongB),
                ["von_mises_strain"] = misfit.VonMisesStrain,
                ["strain_green_lagrange"] = new JsonObject { ["xx"] = misfit.StrainXx, ["yy"] = misfit.StrainYy, ["xy"] = misfit.StrainXy },
                ["rotation_deg"] = misfit.RotationDegrees,
                ["substrate_supercell"] = Rows(coated.Match.Substrate),
                ["coating_supercell"] = Rows(coated.Match.Coating),
                ["substrate_atoms"] = coated.SubstrateAtoms,
                ["coating_atoms"] = coated.CoatingAtoms,
                ["coating_formula"] = coated.CoatingComposition.Formula,
                ["contacts_a"] = new JsonObject(coated.Contacts.Select(pair => KeyValuePair.Create($"{pair.First}-{pair.Second}", (JsonNode?)pair.DistanceA))),
                ["match"] = coated.MatchNumber,
                ["matches"] = coated.Matches.Length,
                ["best_matches"] = new JsonArray([.. coated.Matches.Take(MostMatchesTold).Select(match => new JsonObject
                {
                    ["miller"] = new JsonArray(match.Plane.H, match.Plane.K, match.Plane.L),
                    ["area_a2"] = match.Match.AreaA2,
                    ["von_mises_strain"] = match.Match.Misfit.VonMisesStrain,
                })]),
            }, coated.Findings);

        static JsonArray Rows(PlaneSupercell cell) => new(new JsonArray(cell.Aa, cell.Ab), new JsonArray(cell.Ba, cell.Bb));
    }
}
