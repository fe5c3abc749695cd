using System.Text.Json;
using CsCheck;
using DftFlow.Crystals;
using DftFlow.Crystals.Cells;

namespace DftFlow.Tests.Crystals;

public class SupercellTests
{
    private static readonly Element Li = Element.Parse("Li"), F = Element.Parse("F");

    private static readonly Structure LiF = new(new Lattice(new(2, 0, 0), new(0, 3, 0), new(0, 0, 5)),
        [new(Li, new(0, 0, 0)) { MomentMuB = 1.5 }, new(F, new(0.5, 0.5, 0.5), new(false, true, false)) { Part = "coating" }]);

    [Fact]
    public void Repeats_the_cell_along_its_vectors_and_keeps_the_images_of_a_site_together()
    {
        var (structure, sources) = Supercell.Repeated(2, 1, 2).Build(LiF);
        Assert.Equal(new Vector3D(4, 3, 10), structure.Lattice.LengthsA);
        Assert.Equal([(0, 0, 0), (0, 0, 0.5), (0.5, 0, 0), (0.5, 0, 0.5)], structure.Sites.Take(4).Select(site => (site.Fractional.X, site.Fractional.Y, site.Fractional.Z)));
        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2], sources);
        Assert.Equal(["Li", "F"], structure.Elements.Select(element => element.Symbol));
    }

    [Fact]
    public void Moments_constraints_and_parts_go_with_every_image()
    {
        var sites = Supercell.Repeated(1, 3, 1).Build(LiF).Structure.Sites;
        Assert.All(sites.Take(3), site => Assert.Equal(1.5, site.MomentMuB));
        Assert.All(sites.Skip(3), site => Assert.Equal((new SelectiveDynamics(false, true, false), "coating"), (site.Free, site.Part)));
    }

    [Fact]
    public void The_rows_of_a_matrix_are_the_new_vectors()
    {
        // The conventional cell of a face-centred lattice from its primitive one: a + b + c minus twice one of them.
        var primitive = new Structure(new Lattice(new(0, 2, 2), new(2, 0, 2), new(2, 2, 0)), [new(Li, default)]);
        var cell = new Supercell(new(-1, 1, 1), new(1, -1, 1), new(1, 1, -1)).Build(primitive).Structure;
        Assert.Equal((new Vector3D(4, 0, 0), new Vector3D(0, 4, 0), new Vector3D(0, 0, 4)), (cell.Lattice.A, cell.Lattice.B, cell.Lattice.C));
        Assert.Equal([(0, 0, 0), (0, 0.5, 0.5), (0.5, 0, 0.5), (0.5, 0.5, 0)], cell.Sites.Select(site => (site.Fractional.X, site.Fractional.Y, site.Fractional.Z)).Order());
    }

    [Fact]
    public void A_negative_determinant_gives_a_cell_of_the_other_hand_with_the_same_atoms()
    {
        var cell = Supercell.Repeated(-2, 1, 1).Build(LiF).Structure;
        Assert.Equal(-4, cell.Lattice.A.X);
        Assert.Equal(4, cell.Sites.Length);
        Assert.Equal(LiF.DistanceA(0, 1), Enumerable.Range(2, 2).Min(f => cell.DistanceA(0, f)), 12);
    }

    [Fact]
    public void Every_image_lies_on_the_crystal_and_there_is_one_for_each_old_cell_in_the_new_one() =>
        Gen.Select(SampleStructures.Random, Gen.Int[-3, 3].Array[9]).Sample((structure, m) =>
        {
            var determinant = m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);
            var supercell = new Supercell(new(m[0], m[1], m[2]), new(m[3], m[4], m[5]), new(m[6], m[7], m[8]));
            if (determinant == 0)
            {
                Assert.Equal("DF1285", Assert.Throws<DftFlowException>(() => supercell.Build(structure)).Code);
                return;
            }
            var (cell, sources) = supercell.Build(structure);
            Assert.Equal(structure.Sites.Length * Math.Abs(determinant), cell.Sites.Length);
            Assert.Equal(structure.Lattice.Volume * Math.Abs(determinant), cell.Lattice.Volume, 1e-9 * cell.Lattice.Volume);
            var places = new HashSet<(int, long, long, long)>();
            foreach (var (site, source) in cell.Sites.Zip(sources))
            {
                var steps = structure.Lattice.ToFractional(cell.Lattice.ToCartesian(site.Fractional)) - structure.Sites[source - 1].Fractional;
                var whole = new Vector3D(Math.Round(steps.X), Math.Round(steps.Y), Math.Round(steps.Z));
                Assert.True((steps - whole).Length < 1e-9);
                Assert.True(places.Add((source, (long)whole.X, (long)whole.Y, (long)whole.Z)));
                Assert.True(site.Fractional is { X: >= 0 and < 1, Y: >= 0 and < 1, Z: >= 0 and < 1 });
                Assert.Equal(structure.Sites[source - 1].Element, site.Element);
            }
        }, iter: Effort.Iterations(300));

    [Fact]
    public void Too_many_atoms_and_impossible_matrices_are_refused()
    {
        Assert.Contains("1000002 atoms", Refused(Supercell.Repeated(500_001, 1, 1), LiF), StringComparison.Ordinal);
        Assert.Contains("determinant is 0", Refused(Supercell.Repeated(0, 1, 1), LiF), StringComparison.Ordinal);
        Assert.Contains("too many", Refused(Supercell.Repeated(int.MinValue, 1, 1), LiF), StringComparison.Ordinal);
        Assert.Contains("almost flat", Refused(new(new(1_000_000, 0, 999_999), new(0, 1, 0), new(999_999, 0, 999_998)), LiF), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gives_the_atoms_that_pymatgen_gives()
    {
        int[][] matrices = [[2, 0, 0, 0, 3, 0, 0, 0, 1], [1, 1, 0, -1, 2, 0, 0, 0, 2], [-1, 1, 1, 1, -1, 1, 1, 1, -1], [3, 1, -2, 0, 2, 1, 1, 0, 2], [0, 1, 0, 1, 0, 0, 0, 0, 2]];
        var structure = SampleStructures.Triclinic;
        var text = JsonSerializer.Serialize(new
        {
            lattice = Rows(structure.Lattice),
            species = structure.Sites.Select(site => site.Element.Symbol),
            places = structure.Sites.Select(site => Row(site.Fractional)),
            matrices = matrices.Select(m => m.Chunk(3)),
        });
        var answer = await OtherReader.AskAsync("pymatgen", """
            from pymatgen.core import Structure
            q = json.loads(text)
            answer = []
            for m in q["matrices"]:
                s = Structure(q["lattice"], q["species"], q["places"])
                s.make_supercell(m, to_unit_cell=True)
                answer.append({"lattice": s.lattice.matrix.tolist(), "species": [x.specie.symbol for x in s], "places": s.frac_coords.tolist()})
            """, text);
        foreach (var (theirs, m) in answer.EnumerateArray().Zip(matrices))
        {
            var ours = new Supercell(new(m[0], m[1], m[2]), new(m[3], m[4], m[5]), new(m[6], m[7], m[8])).Build(structure).Structure;
            var lattice = theirs.GetProperty("lattice").EnumerateArray().Select(Vector).ToArray();
            for (var axis = 0; axis < 3; axis++) Assert.True((ours.Lattice[axis] - lattice[axis]).Length < 1e-9);
            var places = theirs.GetProperty("species").EnumerateArray().Zip(theirs.GetProperty("places").EnumerateArray().Select(Vector)).ToList();
            Assert.Equal(places.Count, ours.Sites.Length);
            foreach (var site in ours.Sites)
                Assert.Single(places, place => place.First.GetString() == site.Element.Symbol && ours.Lattice.ShortestDistance(place.Second - site.Fractional) < 1e-8);
        }
    }

    private static double[] Row(Vector3D v) => [v.X, v.Y, v.Z];

    private static double[][] Rows(Lattice lattice) => [Row(lattice.A), Row(lattice.B), Row(lattice.C)];

    private static Vector3D Vector(JsonElement row) => new(row[0].GetDouble(), row[1].GetDouble(), row[2].GetDouble());

    private static string Refused(Supercell supercell, Structure structure)
    {
        var error = Assert.Throws<DftFlowException>(() => supercell.Build(structure));
        Assert.Equal("DF1285", error.Code);
        return error.Message;
    }
}
