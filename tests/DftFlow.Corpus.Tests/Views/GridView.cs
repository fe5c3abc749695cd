using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Corpus.Views;

internal static class GridView
{
    public static Found Of(string file, Stream stream)
    {
        VolumetricData<double> grid;
        try
        {
            grid = VolumetricFile.Read<double>(stream, new VolumetricOptions { Kind = VolumetricFile.KindOf(file) });
        }
        catch (DftFlowException error) when (error.Message == "The file is empty.")
        {
            return new Found { ["empty"] = true, ["bytes"] = 0 };
        }
        var sum = grid.Blocks[0].Values.Sum();
        return new Found
        {
            ["header"] = new Found { ["comment"] = grid.Comment },
            ["grid"] = Dimensions(grid),
            ["n_grid_blocks"] = grid.Blocks.Length,
            ["n_augmentation_headers"] = grid.Blocks.Sum(block => block.AugmentationCount),
            ["data"] = grid.Blocks.Select((block, index) => (object?)Block(grid.Dimensions, block, index)),
            ["structure"] = StructureView.Of(grid.Structure, 4),
            ["pymatgen"] = new Found
            {
                ["dim"] = Dimensions(grid),
                ["total_sum"] = sum,
                ["total_min"] = grid.Blocks[0].Min,
                ["total_max"] = grid.Blocks[0].Max,
                ["total_sum_over_ngrid"] = grid.Blocks[0].Mean,
                ["diff_sum_over_ngrid"] = grid.Blocks.Length > 1 ? grid.Blocks[1].Mean : null,
            },
        };
    }

    private static int[] Dimensions(VolumetricData<double> grid) => [grid.Dimensions.X, grid.Dimensions.Y, grid.Dimensions.Z];

    private static Found Block(GridDimensions dimensions, GridBlock<double> block, int index)
    {
        var (nx, ny, nz) = (dimensions.X, dimensions.Y, dimensions.Z);
        // Of equal values the corpus names the first by i, then j, then k.
        var (i, j, k) = block.Values.Index().Where(value => value.Item == block.Max).Select(value => (value.Index % nx, value.Index / nx % ny, value.Index / nx / ny)).Min();
        return new Found
        {
            ["block"] = index + 1,
            ["sum"] = block.Values.Sum(),
            ["mean"] = block.Mean,
            ["min"] = block.Min,
            ["max"] = block.Max,
            ["argmax_ijk"] = new[] { i, j, k },
            ["samples"] = new Found
            {
                ["[0,0,0]"] = block.Values[0],
                ["[1,0,0]"] = block.Values[dimensions.Index(1, 0, 0)],
                ["[0,1,0]"] = block.Values[dimensions.Index(0, 1, 0)],
                ["[0,0,1]"] = block.Values[dimensions.Index(0, 0, 1)],
                ["[-1,-1,-1]"] = block.Values[^1],
                ["[mid]"] = block.Values[dimensions.Index(nx / 2, ny / 3, nz / 4)],
            },
            ["integral_electrons_or_moment = sum/(nx*ny*nz)"] = block.IntegralElectrons,
            ["planar_average_along_c_first3"] = Enumerable.Range(0, 3).Select(k => block.Values.AsSpan(k * nx * ny, nx * ny).ToArray().Average()),
        };
    }
}
