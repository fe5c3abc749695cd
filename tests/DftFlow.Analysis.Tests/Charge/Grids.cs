using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Analysis.Charge;

/// <summary>Grids whose values and integrals are known.</summary>
internal static class Grids
{
    public static readonly Lattice Cubic = Lattice.FromParameters(6, 6, 6, 90, 90, 90);

    public static readonly Lattice Skewed = new(new(5, 0.3, -0.2), new(-2.1, 5.5, 0.4), new(1.7, -1.2, 9));

    public static readonly Lattice LeftHanded = new(new(5, 0, 0), new(0, 5, 0), new(0, 0, -8));

    public static Element El(string symbol) => Element.Parse(symbol);

    public static double[] Values(GridDimensions grid, Func<Vector3D, double> ofFractional)
    {
        var values = new double[grid.Count];
        for (var k = 0; k < grid.Z; k++)
            for (var j = 0; j < grid.Y; j++)
                for (var i = 0; i < grid.X; i++)
                    values[grid.Index(i, j, k)] = ofFractional(new((double)i / grid.X, (double)j / grid.Y, (double)k / grid.Z));
        return values;
    }

    /// <summary>So many electrons as a Gaussian about a place, with all images that matter; times the volume, as in CHGCAR.</summary>
    public static Func<Vector3D, double> Gaussian(Lattice lattice, Vector3D centre, double electrons, double widthA) => place =>
    {
        var sum = 0.0;
        for (var a = -2; a <= 2; a++)
            for (var b = -2; b <= 2; b++)
                for (var c = -2; c <= 2; c++)
                {
                    var away = lattice.ToCartesian(place - centre + new Vector3D(a, b, c));
                    sum += Math.Exp(-away.Dot(away) / (2 * widthA * widthA));
                }
        return electrons * sum / Math.Pow(2 * Math.PI * widthA * widthA, 1.5) * lattice.Volume;
    };

    public static VolumetricData<double> Density(Lattice lattice, GridDimensions grid, (string Element, Vector3D Place)[] atoms, params double[][] blocks) => new()
    {
        Lattice = lattice,
        Dimensions = grid,
        Kind = GridKind.Density,
        Species = [.. atoms.Select(atom => new GridSpecies(El(atom.Element), 1))],
        Positions = [.. atoms.Select(atom => atom.Place)],
        Blocks = [.. blocks.Index().Select(block => new GridBlock<double>(block.Index == 0 ? GridMeaning.Total : GridMeaning.Magnetization, block.Item))],
    };
}
