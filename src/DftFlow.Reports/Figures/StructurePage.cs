using System.Collections.Immutable;
using DftFlow.Crystals;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>
/// Where everything stands on the page: a title, a panel for each view with its compass below, the legend and the scale bar. The page is
/// as large as the views ask for, between one column of a journal and a whole page.
/// </summary>
internal sealed class StructurePage
{
    private const float PixelsPerMm = 96 / 25.4f;
    private const float NarrowestWidth = 85 * PixelsPerMm, WidestWidth = 170 * PixelsPerMm, TallestHeight = 225 * PixelsPerMm;
    private const float Margin = 10, PanelGap = 26, TitleHeight = 22, BracketOffset = 9, BracketGap = 5;
    private const float WidestScale = 26;
    private const double DeepestHaze = 0.55;

    private readonly StructureLegend legend;
    private readonly ImmutableArray<PartBracket>[] brackets;
    private readonly RichText title;
    private readonly int[][] rows;

    public StructurePage(Structure structure, ImmutableArray<StructureScene> scenes, string titleText, bool moments)
    {
        Scenes = scenes;
        brackets = [.. scenes.Select(scene => PartBracket.Of(structure, scene))];
        legend = new StructureLegend(structure, moments);

        // In rows of as many views as show most; furniture takes the same room at every scale.
        var best = Enumerable.Range(1, scenes.Length).Reverse().Select(columns => (Rows: RowsOf(columns), Scale: ScaleOf(RowsOf(columns), 1))).Aggregate((best, next) => next.Scale > 1.05f * best.Scale ? next : best);
        (rows, Scale) = best;
        Width = Math.Clamp(PanelsWidth + 2 * Margin, NarrowestWidth, WidestWidth);
        // The legend's height depends on the width and takes from the panels'.
        Scale = Math.Min(Scale, ScaleOf(rows, legend.Rows(Width - 2 * Margin)));
        Width = Math.Clamp(PanelsWidth + 2 * Margin, NarrowestWidth, WidestWidth);
        LegendRows = legend.Rows(Width - 2 * Margin);
        title = RichText.Formulas(Fitting(titleText));
        Height = Margin + TitleHeight + PanelsHeight + LegendRows * StructureLegend.RowHeight + Margin;
    }

    public ImmutableArray<StructureScene> Scenes { get; }

    /// <summary>CSS pixels for an Å.</summary>
    public float Scale { get; }

    public float Width { get; }

    public float Height { get; }

    private int LegendRows { get; }

    public void Draw(IStructureSurface surface)
    {
        surface.Paper(Width, Height);
        surface.Text(title, Margin, Margin + FigureCanvas.Normal, Anchor.Left, FigureCanvas.Ink, FigureCanvas.Normal);
        var y = Margin + TitleHeight;
        foreach (var row in rows)
        {
            // Views of one row stand on one line.
            var x = Margin + Math.Max(0, (Width - 2 * Margin - RowWidth(row)) / 2);
            y += RowHeight(row);
            foreach (var index in row)
            {
                Panel(surface, index, x, y - SceneHeight(Scenes[index]), PanelWidth(index));
                StructureCompass.Draw(surface, Scenes[index].View, x, y);
                x += PanelWidth(index) + PanelGap;
            }
            y += StructureCompass.Height;
        }
        legend.Draw(surface, Margin, Margin + TitleHeight + PanelsHeight, Width - 2 * Margin, Scale);
    }

    private void Panel(IStructureSurface surface, int index, float x, float y, float width)
    {
        var scene = Scenes[index];
        var left = x + (width - BracketRoom(index) - (float)scene.WidthA * Scale) / 2;
        SKPoint At(Vector3D place) => new(left + (float)(place.X - scene.LeftA) * Scale, y + (float)(scene.TopA - place.Y) * Scale);

        foreach (var item in scene.Items)
        {
            if (item is StickItem stick)
            {
                var tint = new Tint(stick.Element, Mobility.Free, DeepestHaze * stick.Haze);
                surface.Stick(tint, At(stick.From), At(stick.To), (float)StickItem.RadiusA * Scale, (float)stick.Towards);
            }
            else if (item is SphereItem sphere)
            {
                var at = At(sphere.Place);
                surface.Sphere(new SphereLook(TintOf(sphere), (float)sphere.RadiusA * Scale), at.X, at.Y);
            }
        }
        foreach (var sphere in scene.Items.OfType<SphereItem>()) Moment(surface, sphere, At(sphere.Place));
        surface.Lines(scene.Edges(sphere => SymbolSize(sphere) is not null).Select(edge => (At(edge.From), At(edge.To))), FigureCanvas.Ink, 0.7f);
        foreach (var sphere in scene.Items.OfType<SphereItem>())
            if (SymbolSize(sphere) is { } size)
                surface.Text(sphere.Element.Symbol, At(sphere.Place).X, At(sphere.Place).Y + 0.36f * size, Anchor.Centre, TintOf(sphere).Symbol, size);
        foreach (var bracket in brackets[index])
        {
            float right = left + (float)scene.WidthA * Scale + BracketOffset, top = y + (float)(scene.TopA - bracket.ToA) * Scale, bottom = y + (float)(scene.TopA - bracket.FromA) * Scale;
            surface.Lines([(new(right - 4, top), new(right, top)), (new(right, top), new(right, bottom)), (new(right, bottom), new(right - 4, bottom))], FigureCanvas.Ink, 0.9f);
            surface.Text(bracket.Part, right + BracketGap, (top + bottom) / 2 + 3.3f, Anchor.Left, FigureCanvas.Ink, FigureCanvas.Small);
        }
    }

    private float? SymbolSize(SphereItem sphere) => sphere.HasFreeMiddle ? SphereLook.SymbolSize(sphere.Element, (float)sphere.RadiusA * Scale) : null;

    private static Tint TintOf(SphereItem sphere) => new(sphere.Element, sphere.Mobility, DeepestHaze * sphere.Haze);

    /// <summary>An arrow through the sphere: what stands out above and below it.</summary>
    private void Moment(IStructureSurface surface, SphereItem sphere, SKPoint at)
    {
        if (sphere.ArrowA == 0) return;
        float up = Math.Sign(sphere.ArrowA), width = 0.1f * Scale, rim = (float)sphere.RadiusA * Scale + width / 2;
        var (head, tail) = ((float)(sphere.RadiusA + Math.Abs(sphere.ArrowA)) * Scale, (float)sphere.TailA * Scale);
        StructureLegend.Arrow(surface, at.X, at.Y - up * rim, at.Y - up * head, width);
        if (tail > rim) surface.Lines([(new(at.X, at.Y + up * rim), new(at.X, at.Y + up * tail))], FigureCanvas.Ink, width);
    }

    private float SceneHeight(StructureScene scene) => (float)scene.HeightA * Scale;

    private float PanelWidth(int index) => Math.Max(CaptionWidth(index), (float)Scenes[index].WidthA * Scale) + BracketRoom(index);

    private float CaptionWidth(int index) => StructureCompass.Width(Scenes[index].View);

    private float BracketRoom(int index) => brackets[index].IsEmpty ? 0 : BracketOffset + BracketGap + brackets[index].Max(bracket => FigureCanvas.Measure(bracket.Part));

    private float RowWidth(int[] row) => row.Sum(PanelWidth) + (row.Length - 1) * PanelGap;

    private float RowHeight(int[] row) => row.Max(index => SceneHeight(Scenes[index]));

    private float PanelsWidth => rows.Max(RowWidth);

    private float PanelsHeight => rows.Sum(row => RowHeight(row) + StructureCompass.Height);

    private int[][] RowsOf(int columns) => [.. Enumerable.Range(0, Scenes.Length).Chunk(columns)];

    /// <summary>The largest scale at which the panels fit the page, up to one at which small cells are large enough.</summary>
    private float ScaleOf(int[][] rows, int legendRows)
    {
        var wide = rows.Min(WidestOf);
        var tall = (TallestHeight - 2 * Margin - TitleHeight - legendRows * StructureLegend.RowHeight - rows.Length * StructureCompass.Height) / rows.Sum(row => row.Max(index => (float)Scenes[index].HeightA));
        return Math.Min(WidestScale, Math.Min(wide, tall));
    }

    /// <summary>The largest scale at which a row is not too wide; its captions ask for their room at any scale. Zero where they do not fit.</summary>
    private float WidestOf(int[] row)
    {
        var room = WidestWidth - 2 * Margin - row.Sum(BracketRoom) - (row.Length - 1) * PanelGap;
        var growing = row.ToList();
        while (growing.Count > 0)
        {
            var scale = room / growing.Sum(index => (float)Scenes[index].WidthA);
            if (growing.Where(index => (float)Scenes[index].WidthA * scale < CaptionWidth(index)).ToArray() is not { Length: > 0 } narrow) return scale;
            room -= narrow.Sum(CaptionWidth);
            growing.RemoveAll(index => narrow.Contains(index));
        }
        return room >= 0 ? WidestScale : 0;
    }

    private string Fitting(string text)
    {
        while (text.Length > 1 && FigureCanvas.Measure(RichText.Formulas(text), FigureCanvas.Normal) > Width - 2 * Margin) text = text.TrimEnd('…')[..^1] + "…";
        return text;
    }
}
