using System.Collections.Immutable;
using DftFlow.Crystals;
using ScottPlot;
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
    private const float Margin = 10, PanelGap = 26, TitleHeight = 22, FooterHeight = 52, BracketWidth = 34;
    private const float NarrowestPanel = 96, WidestScale = 26;
    private const float CompassLength = 21;
    private const double LargestMomentA = 0.75;
    private const double DeepestHaze = 0.55;

    private readonly StructureLegend legend;
    private readonly ImmutableArray<PartBracket>[] brackets;
    private readonly RichText title;
        private readonly int[][] rows;
    private readonly double arrowAPerMuB;

    public StructurePage(Structure structure, ImmutableArray<StructureScene> scenes, string titleText, bool moments)
    {
        Scenes = scenes;
        brackets = [.. scenes.Select(scene => PartBracket.Of(structure, scene))];
        var largest = moments ? structure.Sites.Max(site => Math.Abs(site.MomentMuB ?? 0)) : 0;
        arrowAPerMuB = largest > StructureScene.LeastMomentMuB ? LargestMomentA / largest : 0;
        legend = new StructureLegend(structure, arrowAPerMuB > 0);

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
                Compass(surface, Scenes[index].View, x, y, PanelWidth(index));
                x += PanelWidth(index) + PanelGap;
            }
            y += FooterHeight;
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
                Moment(surface, sphere, at);
                surface.Sphere(new SphereLook(TintOf(sphere), (float)sphere.RadiusA * Scale), at.X, at.Y);
            }
        }
        surface.Lines(scene.Edges(sphere => SymbolSize(sphere) is not null).Select(edge => (At(edge.From), At(edge.To))), FigureCanvas.Ink, 0.7f);
        foreach (var sphere in scene.Items.OfType<SphereItem>())
            if (SymbolSize(sphere) is { } size)
                surface.Text(sphere.Element.Symbol, At(sphere.Place).X, At(sphere.Place).Y + 0.36f * size, Anchor.Centre, TintOf(sphere).Symbol, size);
        foreach (var bracket in brackets[index])
        {
            float right = left + (float)scene.WidthA * Scale + 9, top = y + (float)(scene.TopA - bracket.ToA) * Scale, bottom = y + (float)(scene.TopA - bracket.FromA) * Scale;
            surface.Lines([(new(right - 4, top), new(right, top)), (new(right, top), new(right, bottom)), (new(right, bottom), new(right - 4, bottom))], FigureCanvas.Ink, 0.9f);
            surface.TextUpwards(bracket.Part, right + 13, (top + bottom) / 2, FigureCanvas.Ink, FigureCanvas.Small);
        }
    }

    private float? SymbolSize(SphereItem sphere) => sphere.HasFreeMiddle ? SphereLook.SymbolSize(sphere.Element, (float)sphere.RadiusA * Scale) : null;

    private static Tint TintOf(SphereItem sphere) => new(sphere.Element, sphere.Mobility, DeepestHaze * sphere.Haze);

    /// <summary>An arrow behind the sphere, that stands out above or below it.</summary>
    private void Moment(IStructureSurface surface, SphereItem sphere, SKPoint at)
    {
        if (arrowAPerMuB == 0 || Math.Abs(sphere.MomentMuB) <= StructureScene.LeastMomentMuB) return;
        var up = sphere.MomentMuB > 0 ? -1 : 1;
        var reach = (float)(sphere.RadiusA + 0.1 + arrowAPerMuB * Math.Abs(sphere.MomentMuB)) * Scale;
        StructureLegend.Arrow(surface, at.X, at.Y - up * reach * 0.85f, at.Y + up * reach, 0.1f * Scale);
    }

    /// <summary>The directions of a, b and c, each as long as it is seen, and the view's name beside them.</summary>
    private static void Compass(IStructureSurface surface, StructureView view, float x, float y, float width)
    {
        var lattice = view.Axes;
        // The axes that are seen lie within a box of their own, whichever way they point.
        var ends = lattice.Select(axis => new SKPoint((float)axis.X * CompassLength, (float)-axis.Y * CompassLength)).ToArray();
        float left = Math.Min(0, ends.Min(end => end.X)), right = Math.Max(0, ends.Max(end => end.X)), top = Math.Min(0, ends.Min(end => end.Y)), bottom = Math.Max(0, ends.Max(end => end.Y));
        var origin = new SKPoint(x + 10 - left, y + 14 - top);
        foreach (var (index, axis) in lattice.Index().OrderBy(pair => pair.Item.Z))
        {
            var color = StructureLegend.AxisColors[index];
            var end = origin + ends[index];
            var length = MathF.Sqrt(ends[index].X * ends[index].X + ends[index].Y * ends[index].Y);
            if (length < 3)
            {
                // Towards the eye a dot, away from it the feathers of the arrow.
                surface.Circle(origin.X, origin.Y, 3.2f, color, Colors.White);
                if (axis.Z > 0) surface.Circle(origin.X, origin.Y, 0.7f, color, color);
                else surface.Lines([(new(origin.X - 2, origin.Y - 2), new(origin.X + 2, origin.Y + 2)), (new(origin.X - 2, origin.Y + 2), new(origin.X + 2, origin.Y - 2))], color, 0.9f);
            }
            else
            {
                var unit = new SKPoint(ends[index].X / length, ends[index].Y / length);
                var head = Math.Min(6, length * 0.6f);
                var neck = new SKPoint(end.X - unit.X * head, end.Y - unit.Y * head);
                surface.Lines([(origin, neck)], color, 1.3f);
                surface.Polygon(color, end, new(neck.X - unit.Y * 2.3f, neck.Y + unit.X * 2.3f), new(neck.X + unit.Y * 2.3f, neck.Y - unit.X * 2.3f));
            }
        }
        foreach (var (index, end) in ends.Index())
        {
            var length = MathF.Sqrt(end.X * end.X + end.Y * end.Y);
            // The one that points at us is named by the caption's side of the origin where the others leave room.
            var away = length < 3 ? AwayFrom(ends) : new SKPoint(end.X / length, end.Y / length);
            surface.Text(((char)('a' + index)).ToString(), origin.X + (length < 3 ? 0 : end.X) + away.X * Room(length), origin.Y + (length < 3 ? 0 : end.Y) + away.Y * Room(length) + 3, Anchor.Centre, StructureLegend.AxisColors[index], FigureCanvas.Small);
        }
        var caption = x + 10 + (right - left) + 14;
        surface.Text(view.Caption, Math.Min(caption, Math.Max(x + 30, x + width - FigureCanvas.Measure(view.Caption))), y + 17 + (bottom - top) / 2, Anchor.Left, FigureCanvas.Ink, FigureCanvas.Small);
    }

    // Beside an arrow's end, or a circle.
    private static float Room(float length) => length < 3 ? 9.5f : 6.5f;

    private static SKPoint AwayFrom(SKPoint[] ends)
    {
        float x = -ends.Sum(end => end.X), y = -ends.Sum(end => end.Y), length = MathF.Sqrt(x * x + y * y);
        return length < 1 ? new SKPoint(-0.7f, 0.7f) : new SKPoint(x / length, y / length);
    }

    private float SceneHeight(StructureScene scene) => (float)scene.HeightA * Scale;

    private float PanelWidth(int index) => Math.Max(NarrowestPanel, (float)Scenes[index].WidthA * Scale) + BracketRoom(index);

    private float BracketRoom(int index) => brackets[index].IsEmpty ? 0 : BracketWidth;

    private float RowWidth(int[] row) => row.Sum(PanelWidth) + (row.Length - 1) * PanelGap;

    private float RowHeight(int[] row) => row.Max(index => SceneHeight(Scenes[index]));

    private float PanelsWidth => rows.Max(RowWidth);

    private float PanelsHeight => rows.Sum(row => RowHeight(row) + FooterHeight);

    private int[][] RowsOf(int columns) => [.. Enumerable.Range(0, Scenes.Length).Chunk(columns)];

    /// <summary>The largest scale at which the panels fit the page, up to one at which small cells are large enough.</summary>
    private float ScaleOf(int[][] rows, int legendRows)
    {
        var wide = rows.Min(row => (WidestWidth - 2 * Margin - row.Sum(BracketRoom) - (row.Length - 1) * PanelGap) / row.Sum(index => (float)Scenes[index].WidthA));
        var tall = (TallestHeight - 2 * Margin - TitleHeight - legendRows * StructureLegend.RowHeight - rows.Length * FooterHeight) / rows.Sum(row => row.Max(index => (float)Scenes[index].HeightA));
        return Math.Min(WidestScale, Math.Min(wide, tall));
    }

    private string Fitting(string text)
    {
        while (text.Length > 1 && FigureCanvas.Measure(RichText.Formulas(text), FigureCanvas.Normal) > Width - 2 * Margin) text = text.TrimEnd('…')[..^1] + "…";
        return text;
    }
}

/// <summary>A part of the model as a stretch of the height, in Å.</summary>
internal sealed record PartBracket(string Part, double FromA, double ToA)
{
    // Within a part, no layers are farther apart than this.
    private const double GapA = 3;

    /// <summary>Where the view shows the layers from the side, what is substrate and what is coating.</summary>
    public static ImmutableArray<PartBracket> Of(Structure structure, StructureScene scene)
    {
        var normal = structure.Lattice.Reciprocal(2);
        if (scene.View.Up.Dot(normal) < 0.999 * normal.Length || structure.Sites.Select(site => site.Part).Distinct().Count() < 2) return [];
        var spheres = scene.Items.OfType<SphereItem>().Select(sphere => (structure.Sites[sphere.Site].Part, sphere)).ToArray();
        var brackets = ImmutableArray.CreateBuilder<PartBracket>();
        foreach (var part in spheres.Where(pair => pair.Part is not null).GroupBy(pair => pair.Part!, pair => pair.sphere))
        {
            var (from, to) = (double.NaN, double.NaN);
            foreach (var sphere in part.OrderBy(sphere => sphere.Place.Y))
            {
                if (!(sphere.Place.Y - to <= GapA))
                {
                    if (from <= to) brackets.Add(new PartBracket(part.Key, from, to));
                    from = sphere.Place.Y - sphere.RadiusA;
                }
                to = Math.Max(double.IsNaN(to) ? double.MinValue : to, sphere.Place.Y + sphere.RadiusA);
            }
            brackets.Add(new PartBracket(part.Key, from, to));
        }
        return brackets.ToImmutable();
    }
}
