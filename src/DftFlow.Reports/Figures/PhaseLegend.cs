using DftFlow.Crystals;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>How the marks of a phase diagram look, and what that means: a legend below the diagram.</summary>
internal sealed class PhaseLegend
{
    private const float Left = 14, Row = 15, BarRow = 28, BarWidth = 96, Gap = 14;

    private static readonly IColormap Colours = new ScottPlot.Colormaps.Viridis();

    private readonly double cutoffEv;
    private readonly bool coloured;
    private readonly bool bar;
    private readonly string condition;
    private readonly List<(PhaseMark Sample, string Text, float X, int Line)> items = [];

    /// <param name="marks">Of the diagram: only what is there is told.</param>
    /// <param name="coloured">By the energy above the hull; otherwise metastable phases are open.</param>
    /// <param name="openEv">Chemical potentials of open elements.</param>
    public PhaseLegend(IReadOnlyCollection<PhaseMark> marks, double cutoffEv, bool coloured, IReadOnlyDictionary<Element, double> openEv)
    {
        (this.cutoffEv, this.coloured, condition) = (cutoffEv, coloured, Condition(openEv));
        var metastable = cutoffEv > 0 && marks.Any(mark => !mark.Stable && mark.HasEntry);
        bar = coloured && metastable;
        var sample = new PhaseMark("", default, 3, Stable: true, Asked: false, 0);
        Add(sample, "stable");
        if (metastable && !coloured) Add(sample with { Radius = 2.4f, Stable = false }, $"up to {Milli(cutoffEv)} meV/atom above the hull");
        if (marks.Where(mark => mark.Asked && mark.HasEntry).MaxBy(mark => mark.AboveHullEv) is { } asked) Add(asked with { Radius = 3 }, "asked for");
        if (marks.Any(mark => !mark.HasEntry)) Add(sample with { Stable = false, Asked = true, HasEntry = false }, "on the hull, without an entry");
        var last = items[^1].Line;
        // The scale of colours beside the marks if there is room, else below them.
        BarLine = last == 0 && End(items[^1]) + Gap + FigureCanvas.Measure(BarText) + 7 < BarLeft ? 0 : last + 1;
        ConditionTop = bar ? BarLine * Row + BarRow : (last + 1) * Row;
        Height = ConditionTop + (condition.Length > 0 ? Row : 0);

        void Add(PhaseMark mark, string text)
        {
            var (x, line) = items.Count == 0 ? (Left, 0) : (End(items[^1]) + Gap, items[^1].Line);
            if (x + 7 + FigureCanvas.Measure(text) > Figure.Width - 4) (x, line) = (Left, line + 1);
            items.Add((mark, text, x, line));
        }

        static float End((PhaseMark Sample, string Text, float X, int Line) item) => item.X + 7 + FigureCanvas.Measure(item.Text);
    }

    public float Height { get; }

    private int BarLine { get; }

    private float ConditionTop { get; }

    /// <summary>What open elements are held at, as the figure tells it; empty without them.</summary>
    public static string Condition(IReadOnlyDictionary<Element, double> openEv) =>
        string.Join(", ", openEv.OrderBy(pair => pair.Key).Select(pair => $"μ({pair.Key}) − μ°({pair.Key}) = {Numbers.Show(pair.Value, "eV")} eV"));

    private static string BarText => "Above the hull (meV/atom)";

    private static float BarLeft => Figure.Width - 21 - BarWidth;

    public static string Milli(double energyEv) => Numbers.Tick(Math.Round(1000 * energyEv, 3));

    /// <summary>What the legend says, for a caption.</summary>
    public string Words => string.Concat(items.Skip(1).Select(item => item.Sample switch
    {
        { HasEntry: false } => " Diamond: asked for, on the hull without an entry of its own.",
        { Asked: true } => " Red rim: asked for.",
        _ => $" Open: metastable phases up to {Milli(cutoffEv)} meV/atom above the hull.",
    })) + (bar ? $" Coloured: metastable phases up to {Milli(cutoffEv)} meV/atom above the hull." : "");

    /// <summary>All marks, those that were asked for on top, then those nearest the hull.</summary>
    public void Draw(FigureCanvas canvas, IEnumerable<PhaseMark> marks)
    {
        foreach (var mark in marks.OrderBy(mark => mark.Asked).ThenByDescending(mark => mark.AboveHullEv)) Draw(canvas, mark);
    }

    /// <summary>Stable phases black, metastable ones open or coloured, those that were asked for with a red rim, and what has no entry as a diamond.</summary>
    public void Draw(FigureCanvas canvas, PhaseMark mark)
    {
        if (!mark.HasEntry)
        {
            canvas.Area(Diamond(mark, mark.Radius + 1.7f), FigureCanvas.Vermilion);
            canvas.Area(Diamond(mark, mark.Radius), Colors.White);
            return;
        }
        var fill = mark.Stable ? FigureCanvas.Ink : coloured && cutoffEv > 0 ? ColorOf(mark.AboveHullEv / cutoffEv) : Colors.White;
        var (rim, width) = mark switch
        {
            { Asked: true } => (FigureCanvas.Vermilion, 1.4f),
            { Stable: true } => (Colors.White, 0.8f),
            _ => coloured ? (FigureCanvas.Ink, 0.4f) : (FigureCanvas.Grey, 0.8f),
        };
        canvas.Ring(mark.At.X, mark.At.Y, mark.Radius, fill, rim, width);
    }

    public void DrawLegend(FigureCanvas canvas, float top)
    {
        foreach (var (sample, text, x, line) in items)
        {
            Draw(canvas, sample with { At = new(x, top + line * Row + 8) });
            canvas.Text(text, x + 7, top + line * Row + 11, Anchor.Left, FigureCanvas.Ink);
        }
        if (condition.Length > 0) canvas.Text(condition, Left - 4, top + ConditionTop + 11, Anchor.Left, FigureCanvas.Ink);
        if (!bar) return;
        var scale = SKRect.Create(BarLeft, top + BarLine * Row + 4, BarWidth, 8);
        canvas.Text(BarText, scale.Left - 7, scale.Top + 7, Anchor.Right, FigureCanvas.Ink);
        for (var i = 0; i < 48; i++) canvas.Area([new(scale.Left + i * 2, scale.Top), new(scale.Left + i * 2 + 2.2f, scale.Top), new(scale.Left + i * 2 + 2.2f, scale.Bottom), new(scale.Left + i * 2, scale.Bottom)], ColorOf(i / 47.0));
        canvas.Frame(scale);
        foreach (var part in (double[])[0, 0.5, 1])
            canvas.Text(Milli(cutoffEv * part), scale.Left + (float)part * scale.Width, scale.Bottom + 10, Anchor.Centre, FigureCanvas.Ink);
    }

    // From dark to light with the energy above the hull.
    private static Color ColorOf(double part) => Colours.GetColor(0.2 + 0.8 * Math.Clamp(part, 0, 1));

    private static SKPoint[] Diamond(PhaseMark mark, float reach) => [new(mark.At.X, mark.At.Y - reach), new(mark.At.X + reach, mark.At.Y), new(mark.At.X, mark.At.Y + reach), new(mark.At.X - reach, mark.At.Y)];
}
