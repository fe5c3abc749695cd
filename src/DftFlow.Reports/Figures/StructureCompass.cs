using System.Collections.Immutable;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>The directions of a, b and c, each as long as it is seen, and the view's name beside them.</summary>
internal static class StructureCompass
{
    public const float Height = 52;

    private const float Length = 21;

    // Red, green and blue as everywhere, of Okabe and Ito's palette, told apart with every kind of colour vision.
    private static readonly ImmutableArray<Color> Colors = [FigureCanvas.Vermilion, Color.FromHex("009E73"), FigureCanvas.Blue];

    /// <summary>The room that compass and caption take, whichever way the axes point.</summary>
    public static float Width(StructureView view) => 3 * Length + 5 + FigureCanvas.Measure(view.Caption);

    public static void Draw(IStructureSurface surface, StructureView view, float x, float y)
    {
        // The axes that are seen lie within a box of their own, whichever way they point.
        var ends = view.Axes.Select(axis => new SKPoint((float)axis.X * Length, (float)-axis.Y * Length)).ToArray();
        float left = Math.Min(0, ends.Min(end => end.X)), right = Math.Max(0, ends.Max(end => end.X)), top = Math.Min(0, ends.Min(end => end.Y)), bottom = Math.Max(0, ends.Max(end => end.Y));
        var origin = new SKPoint(x + 10 - left, y + 14 - top);
        foreach (var (index, axis) in view.Axes.Index().OrderBy(pair => pair.Item.Z))
        {
            var color = Colors[index];
            var end = origin + ends[index];
            var length = MathF.Sqrt(ends[index].X * ends[index].X + ends[index].Y * ends[index].Y);
            if (length < 3)
            {
                // Towards the eye a dot, away from it the feathers of the arrow.
                surface.Circle(origin.X, origin.Y, 3.2f, color, ScottPlot.Colors.White);
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
            // An axis that points at us or away is named where the others leave room.
            var away = length < 3 ? AwayFrom(ends) : new SKPoint(end.X / length, end.Y / length);
            surface.Text(((char)('a' + index)).ToString(), origin.X + (length < 3 ? 0 : end.X) + away.X * Room(length), origin.Y + (length < 3 ? 0 : end.Y) + away.Y * Room(length) + 3, Anchor.Centre, Colors[index], FigureCanvas.Small);
        }
        surface.Text(view.Caption, x + 10 + (right - left) + 14, y + 17 + (bottom - top) / 2, Anchor.Left, FigureCanvas.Ink, FigureCanvas.Small);
    }

    // Beside an arrow's end, or a circle.
    private static float Room(float length) => length < 3 ? 9.5f : 6.5f;

    private static SKPoint AwayFrom(SKPoint[] ends)
    {
        float x = -ends.Sum(end => end.X), y = -ends.Sum(end => end.Y), length = MathF.Sqrt(x * x + y * y);
        return length < 1 ? new SKPoint(-0.7f, 0.7f) : new SKPoint(x / length, y / length);
    }
}
