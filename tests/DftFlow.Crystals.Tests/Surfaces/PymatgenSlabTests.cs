using System.Text.Json;
using DftFlow.Crystals;
using DftFlow.Crystals.Cells;
using DftFlow.Crystals.Prototypes;
using DftFlow.Crystals.Surfaces;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Tests.Crystals.Surfaces;

public class PymatgenSlabTests
{
    // One repeat of pymatgen's oriented cell, which may be several of ours; atoms within 0.3 Å along the normal are a layer for both.
    private const string Generate = """
        from pymatgen.core import Structure, Lattice
        from pymatgen.core.surface import SlabGenerator
        answer = []
        for case in json.loads(text):
            crystal = Structure(Lattice(case['lattice']), case['species'], case['coords'])
            generator = SlabGenerator(crystal, case['plane'], 1, 12, primitive=True, center_slab=True)
            slabs = generator.get_slabs(ftol=0.3, tol=0.01)
            answer.append({'height': generator._proj_height, 'slabs': [
                {'lattice': s.lattice.matrix.tolist(), 'species': [str(e) for e in s.species], 'coords': s.frac_coords.tolist()} for s in slabs]})
        """;

    // Their c is that of the stacking, ours is along the normal: their atoms are put into a cell like ours. How much vacuum there is does not matter then.
    private const string Match = """
        import numpy as np
        from pymatgen.core import Structure, Lattice
        from pymatgen.analysis.structure_matcher import StructureMatcher
        from pymatgen.symmetry.analyzer import SpacegroupAnalyzer
        matcher = StructureMatcher(ltol=0.01, stol=0.01, angle_tol=0.5, primitive_cell=False, scale=False)
        def read(slab): return Structure(Lattice(slab['lattice']), slab['species'], slab['coords'])
        def upright(slab, height):
            a, b, c = slab.lattice.matrix
            normal = np.cross(a, b)
            return Structure(Lattice([a, b, normal * height / np.linalg.norm(normal)]), slab.species, slab.cart_coords, coords_are_cartesian=True)
        def symmetric(slab):
            # None where it hangs on the tolerance: a strain can leave a slab symmetric within a hundredth of an ångström.
            found = {any(op.rotation_matrix[2][2] < 0 for op in SpacegroupAnalyzer(slab, symprec).get_symmetry_operations()) for symprec in (0.001, 0.01, 0.05)}
            return found.pop() if len(found) == 1 else None
        answer = []
        for case in json.loads(text):
            theirs = [read(slab) for slab in case['theirs']]
            ours = [read(slab) for slab in case['ours']]
            answer.append({
                'matches': [[i for i, slab in enumerate(theirs) if matcher.fit(own, upright(slab, own.lattice.c))] for own in ours],
                'symmetric': [symmetric(own) for own in ours]})
        """;

    [Fact]
    public async Task Slabs_are_those_of_pymatgen_for_crystals_of_all_systems_and_five_planes_each()
    {
        var cases = (from crystal in SurfaceCrystals.All from plane in SurfaceCrystals.PlanesOf(crystal.Name) select (crystal.Name, crystal.Crystal, Plane: plane)).ToList();
        Assert.True(cases.Count >= 60);
        foreach (var (where, distinct, ours, theirs, matches, symmetric) in await ComparedAsync(cases))
        {
            // Here the half way lies within the layer CoO2, so that pymatgen has a cut through it in the place of one beside it.
            var lost = where == "Asymmetric (111)" ? 1 : 0;
            Assert.True(distinct - lost == theirs.Length, $"{where}: {distinct} slabs, {theirs.Length} of pymatgen");
            Assert.True(matches.Count(match => match.Length == 1) == ours.Length - lost, $"{where}: {string.Join(" | ", matches.Select(match => string.Join(' ', match)))}");
            Assert.Equal(Enumerable.Range(0, theirs.Length), matches.SelectMany(match => match).Distinct().Order());
            Assert.Equal(symmetric, ours.Select(slab => (bool?)slab.IsSymmetric));
            foreach (var (slab, match) in ours.Zip(matches).Where(pair => pair.Second.Length == 1)) Assert.Equal(theirs[match[0]].Lattice.A.Cross(theirs[match[0]].Lattice.B).Length, slab.AreaA2, 1e-6);
        }
    }

    [Fact]
    public async Task Every_slab_of_pymatgen_of_a_random_plane_of_a_strained_or_substituted_prototype_is_one_of_ours()
    {
        var cases = Enumerable.Range(0, Effort.Iterations(15)).Select(RandomCase).Where(c => c.Crystal.Sites.Length * CrystalSurface.Of(c.Crystal, c.Plane).Cell.Structure.Sites.Length <= 600).ToList();
        var compared = 0;
        foreach (var (where, _, ours, theirs, matches, symmetric) in await ComparedAsync(cases))
        {
            Assert.True(matches.SelectMany(match => match).Distinct().Count() == theirs.Length, $"{where}: of {theirs.Length} slabs of pymatgen match {string.Join(" | ", matches.Select(match => string.Join(' ', match)))}");
            // Ours is the crystal's own symmetry: one repeat alone can have more, as a flat layer has.
            Assert.True(symmetric.Zip(ours, (theirs, slab) => theirs != false || !slab.IsSymmetric).All(agree => agree), where);
            foreach (var (slab, match) in ours.Zip(matches))
                foreach (var i in match) Assert.Equal(theirs[i].Lattice.A.Cross(theirs[i].Lattice.B).Length, slab.AreaA2, 1e-6);
            compared += theirs.Length;
        }
        Assert.True(compared >= cases.Count / 2, $"{compared} slabs of {cases.Count} planes");
    }

    private static (string Name, Structure Crystal, MillerPlane Plane) RandomCase(int seed)
    {
        var random = new Random(seed);
        var prototype = Prototype.All[random.Next(Prototype.All.Length)];
        var crystal = random.Next(2) == 0 ? prototype.Structure : PrimitiveCell.Of(prototype.Structure);
        if (random.Next(2) == 0) crystal = Strain.AlongLatticeVectors(crystal, Part(), Part(), Part()).Structure;
        if (random.Next(2) == 0 && random.Next(crystal.Sites.Length) is var site) crystal = crystal with { Sites = crystal.Sites.SetItem(site, crystal.Sites[site] with { Element = Element.Parse("Na") }) };
        var plane = new MillerPlane(random.Next(-1, 2), random.Next(-1, 2), 1 + random.Next(2));
        return ($"{prototype.Name}, seed {seed},", crystal, plane);

        double Part() => 0.1 * random.NextDouble() - 0.05;
    }

    /// <summary>Slabs of all terminations as thick as pymatgen's, pymatgen's own, and which of those each is.</summary>
    private static async Task<List<(string Where, int DistinctSlabs, BuiltSlab[] Ours, Structure[] Theirs, int[][] Matches, bool?[] Symmetric)>> ComparedAsync(List<(string Name, Structure Crystal, MillerPlane Plane)> cases)
    {
        var generated = await OtherReader.AskAsync("pymatgen", Generate, JsonSerializer.Serialize(cases.Select(c => Json(c.Crystal, c.Plane))));
        var compared = new List<(string Where, int DistinctSlabs, BuiltSlab[] Ours, Structure[] Theirs)>();
        foreach (var ((name, crystal, plane), answer) in cases.Zip(generated.EnumerateArray()))
        {
            var surface = CrystalSurface.Of(crystal, plane);
            var repeats = answer.GetProperty("height").GetDouble() / surface.Cell.SpacingA;
            Assert.Equal(Math.Round(repeats), repeats, 1e-6);
            var ours = surface.Terminations.Select(t => new Slab(plane) { Layers = surface.LayersPerRepeat * (int)Math.Round(repeats), Termination = t.Id, VacuumA = 12 }.Build(crystal)).ToArray();
            // pymatgen cuts half way between one atom each of two neighbouring layers, and so sometimes through one of them.
            var theirs = answer.GetProperty("slabs").EnumerateArray().Select(Read)
                .Where(slab => repeats * surface.Cell.SpacingA - AtomicLayers.Of(slab).ThicknessA > AtomicLayers.DefaultToleranceA).ToArray();
            compared.Add(($"{name} {plane}", surface.DistinctSlabs, ours, theirs));
        }
        var matched = await OtherReader.AskAsync("pymatgen", Match, JsonSerializer.Serialize(
            compared.Select(pair => new { ours = pair.Ours.Select(slab => Json(slab.Structure)), theirs = pair.Theirs.Select(slab => Json(slab)) })));
        return [.. compared.Zip(matched.EnumerateArray(), (pair, answer) => (pair.Where, pair.DistinctSlabs, pair.Ours, pair.Theirs,
            answer.GetProperty("matches").EnumerateArray().Select(slab => slab.EnumerateArray().Select(i => i.GetInt32()).ToArray()).ToArray(),
            answer.GetProperty("symmetric").EnumerateArray().Select(symmetric => symmetric.ValueKind == JsonValueKind.Null ? (bool?)null : symmetric.GetBoolean()).ToArray()))];
    }

    private static Structure Read(JsonElement slab)
    {
        var vectors = slab.GetProperty("lattice").EnumerateArray().Select(Vector).ToArray();
        return new(new(vectors[0], vectors[1], vectors[2]),
            [.. slab.GetProperty("species").EnumerateArray().Zip(slab.GetProperty("coords").EnumerateArray(), (element, place) => new Site(Element.Parse(element.GetString()!), Vector(place)))]);

        static Vector3D Vector(JsonElement numbers) => new(numbers[0].GetDouble(), numbers[1].GetDouble(), numbers[2].GetDouble());
    }

    private static object Json(Structure s, MillerPlane? plane = null) => new
    {
        lattice = Enumerable.Range(0, 3).Select(axis => new[] { s.Lattice[axis].X, s.Lattice[axis].Y, s.Lattice[axis].Z }),
        species = s.Sites.Select(site => site.Element.Symbol),
        coords = s.Sites.Select(site => new[] { site.Fractional.X, site.Fractional.Y, site.Fractional.Z }),
        plane = plane is { } p ? new[] { p.H, p.K, p.L } : null,
    };
}
