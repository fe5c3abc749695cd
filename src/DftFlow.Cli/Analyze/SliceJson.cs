using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using DftFlow.Analysis.Charge;
using DftFlow.Crystals;
using DftFlow.Reports.Figures;
using DftFlow.Vasp.Inspection;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Cli.Analyze;

/// <summary>The document of <c>dftflow analyze slice --json</c>.</summary>
internal sealed record SliceAnswer(
    string Path,
    string File,
    string Quantity,
    string Name,
    string Unit,
    SlicePlaneDocument Plane,
    ImmutableArray<int> Points,
    double Min,
    double Max,
    ImmutableArray<double> ColorRange,
    double ClippedPart,
    double AtomsWithinA,
    bool Smooth,
    ImmutableArray<SliceAtomDocument> Atoms,
    ImmutableArray<int> Grid,
    ImmutableArray<string> Files,
    string Definition,
    ImmutableArray<InputDocument> Inputs,
    ImmutableArray<string> Warnings)
{
    private const string Definitions = "Values on a rectangle, by trilinear interpolation on the file's periodic grid (smooth: by cubic convolution after Keys 1981, an ELF kept between 0 and 1); densities are divided by the cell's volume. x goes along right, y along up, both in Å from origin_a. "
        + "A plane (hkl) lies at a part of the distance of neighbouring lattice planes from the cell's origin, or at a distance in Å; perpendicular to an axis: at a part of its length. "
        + "Spin both: of an ELF or a potential the mean of the two spins. atoms: those whose centre is within atoms_within_a of the plane, with images; distance_a is positive in front of it. "
        + "clipped_part: of the points, those beyond color_range.";

    public static SliceAnswer Of(string path, ReadFile<VolumetricData<double>> read, GridQuantity quantity, GridSlice slice, SliceDrawing drawing, double atomsWithinA, bool smooth, ImmutableArray<string> files, ImmutableArray<string> warnings)
    {
        var plane = slice.Plane;
        return new(path, read.Path, JsonNamingPolicy.SnakeCaseLower.ConvertName(quantity.Quantity.ToString()), quantity.Name, quantity.Unit,
            new(plane.Description, Numbers(plane.OriginA), Numbers(plane.Right), Numbers(plane.Up), Numbers(plane.Normal), plane.WidthA, plane.HeightA),
            [slice.Columns, slice.Rows], slice.Min, slice.Max, [drawing.Range.Min, drawing.Range.Max], drawing.ClippedPart, atomsWithinA, smooth,
            [.. slice.Atoms.Select(atom => new SliceAtomDocument(atom.Site + 1, atom.Element?.Symbol, atom.XA, atom.YA, atom.DistanceA))],
            GridFiles.Sizes(read.Content.Dimensions), files, Definitions, [InputDocument.Of(read)], warnings);
    }

    private static ImmutableArray<double> Numbers(Vector3D v) => [v.X, v.Y, v.Z];
}

internal sealed record SlicePlaneDocument(string Description, ImmutableArray<double> OriginA, ImmutableArray<double> Right, ImmutableArray<double> Up, ImmutableArray<double> Normal, double WidthA, double HeightA);

internal sealed record SliceAtomDocument(int Index, string? Element, [property: JsonPropertyName("x_a")] double XA, [property: JsonPropertyName("y_a")] double YA, double DistanceA);
