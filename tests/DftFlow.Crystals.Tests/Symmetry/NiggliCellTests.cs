using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using DftFlow.Crystals;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Tests.Crystals;

public class NiggliCellTests
{
    // I. Křivý, B. Gruber, Acta Cryst. A32, 297 (1976), the paper's example: A, B, C, ξ, η, ζ = 9, 27, 4, −5, −4, −22.
    [Fact]
    public void Reduces_the_example_of_Krivy_and_Gruber()
    {
        double a = 3, b = Math.Sqrt(27), c = 2;
        var lattice = Lattice.FromParameters(a, b, c, Degrees(-5 / (2 * b * c)), Degrees(-4 / (2 * a * c)), Degrees(-22 / (2 * a * b)));
        var (reduced, basis) = NiggliCell.Reduce(lattice);
        Assert.Equal(1, basis.Determinant);
        double[] expected = [4, 9, 9, 9, 3, 4];
        double[] actual =
        [
            reduced.A.Dot(reduced.A), reduced.B.Dot(reduced.B), reduced.C.Dot(reduced.C),
            2 * reduced.B.Dot(reduced.C), 2 * reduced.A.Dot(reduced.C), 2 * reduced.A.Dot(reduced.B),
        ];
        Assert.Equal(expected, actual, (x, y) => Math.Abs(x - y) < 1e-9);

        static double Degrees(double cosine) => Math.Acos(cosine) * 180 / Math.PI;
    }

    [Fact]
    public void The_cell_keeps_volume_distances_and_the_order_of_atoms() =>
        Gen.Select(SampleStructures.Random, Gen.ULong).Sample((structure, seed) =>
        {
            var skewed = DisguisedCells.Disguised(structure, seed, repeat: false);
            var niggli = NiggliCell.Of(skewed);
            Assert.Equal(skewed.Sites.Select(site => site.Element), niggli.Sites.Select(site => site.Element));
            Assert.Equal(1, niggli.Lattice.Volume / skewed.Lattice.Volume, 1e-9);
            Assert.Equal(skewed.DistanceA(0, skewed.Sites.Length - 1), niggli.DistanceA(0, niggli.Sites.Length - 1), 1e-9);
            Assert.True(niggli.Lattice.A.Dot(niggli.Lattice.B.Cross(niggli.Lattice.C)) > 0);
            var (a, b, c) = (niggli.Lattice.A.Length, niggli.Lattice.B.Length, niggli.Lattice.C.Length);
            Assert.True(a <= b + 1e-4 && b <= c + 1e-4);
        }, iter: Effort.Iterations(300));

    [Fact]
    public async Task Agrees_with_pymatgen_and_spglib_on_skewed_lattices_of_all_kinds()
    {
        var lattices = new List<Lattice>();
        Structure[] symmetric = [.. Enumerable.Range(0, 230).Select(i => DisguisedCells.OfType(SpaceGroupType.All[i], 5))];
        for (ulong seed = 0; seed < (ulong)Effort.Iterations(460); seed++)
            lattices.Add(DisguisedCells.Disguised(symmetric[seed % 230] with { Sites = [] }, seed, repeat: false).Lattice);
        // Where everything is equal and a right angle, or 60°.
        lattices.Add(Lattice.FromParameters(3, 3, 3, 90, 90, 90));
        lattices.Add(Lattice.FromParameters(3, 3, 3, 60, 60, 60));
        lattices.Add(Lattice.FromParameters(3, 3, 3, 109.47122063449069, 109.47122063449069, 109.47122063449069));
        var text = new StringBuilder();
        foreach (var lattice in lattices) text.AppendLine(DisguisedCells.AsJson(new(lattice, [])));
        var answer = await OtherReader.AskAsync("pymatgen", """
            import spglib
            from pymatgen.core import Lattice
            answer = []
            for line in text.splitlines():
                rows = json.loads(line)['lattice']
                answer.append([list(Lattice(rows).get_niggli_reduced_lattice().parameters), list(Lattice(spglib.niggli_reduce(rows)).parameters)])
            """, text.ToString());
        foreach (var (i, lattice) in lattices.Index())
        {
            var ours = NiggliCell.Reduce(lattice).Lattice;
            double[] parameters = [ours.LengthsA.X, ours.LengthsA.Y, ours.LengthsA.Z, ours.AnglesDegrees.X, ours.AnglesDegrees.Y, ours.AnglesDegrees.Z];
            Assert.Equal(Text(Numbers(answer[i][1])), Text(parameters));
            // This pymatgen's last step, a mapping onto the lattice that it began with, undoes some of the reduction where lengths are
            // equal or angles are right: its lengths count where they differ.
            if (parameters[1] - parameters[0] > 1e-3 && parameters[2] - parameters[1] > 1e-3) Assert.Equal(Text(Numbers(answer[i][0])[..3]), Text(parameters[..3]));
        }

        static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetDouble())];

        static string Text(IEnumerable<double> values) => string.Join(' ', values.Select(value => Math.Round(value, 3).ToString("0.000", CultureInfo.InvariantCulture)));
    }
}
