using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>Where a label stands.</summary>
/// <param name="Leader">From the mark to the label, where it stands off; null beside the mark.</param>
internal sealed record LabelPlace(string Text, SKRect Box, (SKPoint From, SKPoint To)? Leader, Color Color, float Size)
{
    /// <summary>Of letters whose box this is.</summary>
    public float Baseline => Box.Top + 0.8f * Size;
}

/// <summary>Finds places for the labels of marks, so that none covers another, a mark, or what is blocked, and few cover lines.</summary>
/// <param name="page">What labels have to stay within.</param>
internal sealed class LabelPlaces(SKRect page)
{
    private const int Directions = 16;
    private const float Near = 1.5f, Step = 2.5f, LeaderFrom = 9, Clearly = 2, Space = 3;

    private readonly List<SKRect> blocked = [];
    private readonly List<SKRect> minor = [];
    private readonly List<SKPoint> named = [];
    private readonly List<(SKPoint From, SKPoint To)> lines = [];
    private readonly List<(SKPoint From, SKPoint To)> leaders = [];

    /// <summary>In the order in which they were placed.</summary>
    public List<LabelPlace> Placed { get; } = [];

    public void Block(SKRect box) => blocked.Add(box);

    /// <param name="least">Of a mark of least importance: labels that have no other place may cover it.</param>
    public void BlockMark(SKPoint at, float radius, bool least = false) => (least ? minor : blocked).Add(new(at.X - radius, at.Y - radius, at.X + radius, at.Y + radius));

    /// <summary>A mark with a label of its own: one that stands as near to it as to the mark that is meant is led to that one.</summary>
    public void NamedMark(SKPoint at) => named.Add(at);

    /// <summary>A line that labels had better not cover.</summary>
    public void Line(SKPoint from, SKPoint to) => lines.Add((from, to));

    /// <summary>Places a label as near to its mark as there is room.</summary>
    /// <param name="farthest">From the mark, in pixels; beyond a little a line leads from the mark to the label.</param>
    /// <param name="last">Marks of least importance may be covered, and lines to labels cross marks.</param>
    /// <param name="below">Rather than to the right.</param>
    /// <returns>Whether there was room.</returns>
    public bool Place(string text, SKPoint mark, float radius, float farthest, Color? color = null, float size = FigureCanvas.Small, bool last = false, bool below = false)
    {
        var (width, height) = (FigureCanvas.Measure(RichText.Formulas(text), size), 1.05f * size);
        LabelPlace? best = null;
        var least = float.PositiveInfinity;
        for (var away = Near; away <= farthest; away += Step)
            for (var i = 0; i < Directions; i++)
            {
                // To the right first, then above and below.
                var (sin, cos) = MathF.SinCos(2 * MathF.PI * i / Directions);
                var reach = radius + away;
                var (x, y) = (mark.X + cos * (reach + width / 2), mark.Y - sin * (reach + height / 2));
                var box = new SKRect(x - width / 2, y - height / 2, x + width / 2, y + height / 2);
                if (!page.Contains(box) || blocked.Any(box.IntersectsWith) || !last && minor.Any(box.IntersectsWith) || Placed.Any(other => SKRect.Inflate(other.Box, Space, 0).IntersectsWith(box))) continue;
                var leader = away < LeaderFrom && !named.Any(other => other != mark && Distance(box, other) < Distance(box, mark) + Clearly) ? null : Leader(mark, radius, box);
                if (leader is { } led && (Placed.Any(other => Crosses(other.Box, led)) || !last && blocked.Concat(minor).Any(other => !other.Contains(mark) && Crosses(other, led)) || leaders.Any(other => Meet(other, led)))) continue;
                if (leaders.Any(other => Crosses(box, other))) continue;
                var cost = away + 5 * lines.Count(other => Crosses(box, other)) + (last ? 6 * minor.Count(box.IntersectsWith) : 0) + (last && leader is { } line ? 15 * blocked.Count(other => !other.Contains(mark) && Crosses(other, line)) : 0) + (i == (below ? Directions * 3 / 4 : 0) ? 0 : i % 4 == 0 ? 0.4f : 0.8f);
                if (cost >= least) continue;
                (least, best) = (cost, new(text, box, leader, color ?? FigureCanvas.Ink, size));
            }
        if (best is null) return false;
        Placed.Add(best);
        if (best.Leader is { } drawn) leaders.Add(drawn);
        return true;
    }

    /// <summary>Takes back all labels but the first so many.</summary>
    public void Forget(int from)
    {
        Placed.RemoveRange(from, Placed.Count - from);
        leaders.Clear();
        leaders.AddRange(Placed.Select(label => label.Leader).OfType<(SKPoint, SKPoint)>());
    }

    /// <summary>Places a label about a point, if nothing is there and the rest of the condition holds.</summary>
    public bool PlaceAbout(string text, SKPoint middle, Func<SKRect, bool> condition, float size = FigureCanvas.Small)
    {
        var (width, height) = (FigureCanvas.Measure(RichText.Formulas(text), size), 1.05f * size);
        var box = SKRect.Create(middle.X - width / 2, middle.Y - height / 2, width, height);
        if (!page.Contains(box) || !condition(box) || minor.Any(box.IntersectsWith) || blocked.Any(box.IntersectsWith) || Placed.Any(other => other.Box.IntersectsWith(box))) return false;
        Placed.Add(new(text, box, null, FigureCanvas.Ink, size));
        return true;
    }

    public void Draw(FigureCanvas canvas)
    {
        foreach (var label in Placed)
            if (label.Leader is { } leader) canvas.Line(leader.From.X, leader.From.Y, leader.To.X, leader.To.Y, FigureCanvas.Grey, 0.5f, LinePattern.Solid);
        foreach (var label in Placed)
            canvas.TextWithRim(RichText.Formulas(label.Text), label.Box.Left, label.Baseline, label.Color, label.Size);
    }

    private static float Distance(SKRect box, SKPoint point) => SKPoint.Distance(point, new(Math.Clamp(point.X, box.Left, box.Right), Math.Clamp(point.Y, box.Top, box.Bottom)));

    private static (SKPoint From, SKPoint To)? Leader(SKPoint mark, float radius, SKRect box)
    {
        var to = new SKPoint(Math.Clamp(mark.X, box.Left, box.Right), Math.Clamp(mark.Y, box.Top + 1, box.Bottom - 1));
        var length = SKPoint.Distance(mark, to);
        var part = (radius + 0.5f) / length;
        return (new(mark.X + (to.X - mark.X) * part, mark.Y + (to.Y - mark.Y) * part), to);
    }

    private static bool Crosses(SKRect box, (SKPoint From, SKPoint To) line)
    {
        // The part of the line between the box's sides (Liang and Barsky, ACM Trans. Graph. 3, 1 (1984)).
        var (from, to, dx, dy) = (0f, 1f, line.To.X - line.From.X, line.To.Y - line.From.Y);
        return Cut(-dx, line.From.X - box.Left) && Cut(dx, box.Right - line.From.X) && Cut(-dy, line.From.Y - box.Top) && Cut(dy, box.Bottom - line.From.Y);

        bool Cut(float direction, float distance)
        {
            if (direction == 0) return distance > 0;
            var at = distance / direction;
            if (direction < 0) from = Math.Max(from, at);
            else to = Math.Min(to, at);
            return from < to;
        }
    }

    private static bool Meet((SKPoint From, SKPoint To) one, (SKPoint From, SKPoint To) other)
    {
        return Side(one.From, one.To, other.From) * Side(one.From, one.To, other.To) < 0 && Side(other.From, other.To, one.From) * Side(other.From, other.To, one.To) < 0;

        static float Side(SKPoint a, SKPoint b, SKPoint c) => (b.X - a.X) * (c.Y - a.Y) - (b.Y - a.Y) * (c.X - a.X);
    }
}
