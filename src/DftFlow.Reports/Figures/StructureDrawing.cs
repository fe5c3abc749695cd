using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Crystals;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>
/// A picture of a structure, without perspective, as SVG and as PNG: shaded spheres in VESTA's colours, sorted by depth, the cell's edges
/// as far as they are seen, a legend, a compass for each view and one scale for all. The same input gives the same bytes.
/// </summary>
public sealed class StructureDrawing
{
    /// <summary>More would be a grey area, in a file that no program likes to open.</summary>
    public const int MostAtoms = 20_000;

    // Where there are more atoms, bonds hide them.
    private const int MostAtomsWithBonds = 2000;

    private const int MostViews = 12;

    private readonly StructurePage page;

    /// <param name="views">What is shown side by side; see <see cref="StructureView"/> for how they are written. <c>b</c> and <c>c</c> where there is none.</param>
    /// <param name="title">Above the picture; formulas in it get their subscripts.</param>
    /// <param name="bonds">Draw bonds; null draws them where there are not too many atoms.</param>
    /// <param name="borders">Draw atoms on the cell's faces, edges and corners at the opposite ones too, but not across a vacuum.</param>
    /// <param name="moments">Mark the sites' moments by arrows.</param>
    /// <param name="radiusFactor">The part of the covalent radius that spheres have.</param>
    /// <exception cref="DftFlowException">DF1630: a view is no direction, or there are too many; DF1631: there is no atom, or too many.</exception>
    public StructureDrawing(Structure structure, IEnumerable<string>? views = null, string? title = null, bool? bonds = null, bool borders = true, bool moments = true, double radiusFactor = 0.45)
    {
        var count = structure.Sites.Length;
        if (count is 0 or > MostAtoms)
            throw new DftFlowException("DF1631", count == 0 ? "There is no atom to draw." : string.Create(CultureInfo.InvariantCulture, $"{count} atoms are too many to draw: at most {MostAtoms} are."), "Draw a smaller cell of it.");
        var shown = views?.Distinct().ToArray() is { Length: > 0 } named ? named : ["b", "c"];
        if (shown.Length > MostViews) throw new DftFlowException("DF1630", string.Create(CultureInfo.InvariantCulture, $"{shown.Length} views are too many for one picture: at most {MostViews} are shown."), "Draw several pictures.");
        var drawn = StructureAtoms.Of(structure, borders, bonds ?? count <= MostAtomsWithBonds);
        var scenes = shown.Select(view => StructureScene.Of(structure, drawn, StructureView.Of(structure.Lattice, view), radiusFactor, moments)).ToImmutableArray();
        Title = string.Concat((title ?? structure.Composition.ReducedFormula).Where(c => !char.IsControl(c) && !char.IsSurrogate(c)));
        page = new StructurePage(structure, scenes, Title, moments);
    }

    /// <summary>What is seen, for those who do not see it.</summary>
    public string Title { get; }

    internal IEnumerable<StructureScene> Scenes => page.Scenes;

    /// <summary>The SVG, ready for a file or a page.</summary>
    /// <param name="idPrefix">Keeps the ids of several figures of one page apart.</param>
    public string Svg(string idPrefix = "")
    {
        var svg = new StructureSvg(idPrefix);
        page.Draw(svg);
        return svg.Document(Title, page.Width, page.Height);
    }

    /// <summary>At 300 dots an inch.</summary>
    public byte[] Png()
    {
        const float scale = Figure.Dpi / 96f;
        using var bitmap = new SKBitmap((int)MathF.Round(page.Width * scale), (int)MathF.Round(page.Height * scale), SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Scale(scale);
            using var surface = new StructureSkia(canvas);
            page.Draw(surface);
        }
        return Figure.EncodePng(bitmap);
    }
}
