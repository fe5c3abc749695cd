using System.Globalization;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>
/// The least reaction energies of many pairs as a heat map: a row and a column for each phase, the darker the stronger they react, with
/// the numbers where they fit. Up to 50 by 50 in one column of a journal; columns too narrow for names are numbered.
/// </summary>
public sealed class InterfaceMatrixDrawing
{
    private const float Right = 6, Top = 4, Bar = 34, MostLabel = 92, NarrowestNamed = 9.5f, TallestCell = 30, WidestCell = 60, LowestCell = 9.5f, KeyLine = 10.5f;

    private static readonly IColormap Colours = new ScottPlot.Colormaps.Viridis();

    private readonly Figure figure;
    private readonly IReadOnlyList<string> rows, columns;
    private readonly double?[,] energiesEv;
    private readonly double lowest;
    private readonly string quantity;

    /// <param name="rows">Formulas, from the top.</param>
    /// <param name="columns">Formulas, from the left.</param>
    /// <param name="energiesEv">eV per atom, a row for each of the rows; null where there is none.</param>
    /// <param name="quantity">What the numbers are, as in <c>Mutual reaction energy</c>.</param>
    /// <exception cref="ArgumentException">The energies are not as many as rows and columns, or there are none.</exception>
    public InterfaceMatrixDrawing(IReadOnlyList<string> rows, IReadOnlyList<string> columns, double?[,] energiesEv, string quantity = "Reaction energy")
    {
        if (rows.Count == 0 || columns.Count == 0 || energiesEv.GetLength(0) != rows.Count || energiesEv.GetLength(1) != columns.Count)
            throw new ArgumentException("A matrix has a row for each row's name and a column for each column's.", nameof(energiesEv));
        (this.rows, this.columns, this.energiesEv, this.quantity) = (rows, columns, energiesEv, quantity);
        lowest = Math.Min(energiesEv.Cast<double?>().Select(energy => energy is { } value && double.IsFinite(value) ? value : 0).Min(), -0.001);
        var cellHeight = Math.Clamp(300f / rows.Count, LowestCell, TallestCell);
        // Columns that are too narrow for names are numbered; where rows are the same phases, they have the numbers too.
        var named = CellWidth(rows) >= NarrowestNamed;
        var rowNames = named || !columns.SequenceEqual(rows) ? rows : [.. rows.Select((name, i) => $"{name}  {Count(i + 1)}")];
        var (left, cellWidth) = (LeftOf(rowNames), CellWidth(rowNames));
        var head = named ? Math.Min(MostLabel, columns.Max(name => FigureCanvas.Measure(RichText.Formulas(name)))) + 8 : 14;
        var frame = SKRect.Create(left, Top + head, cellWidth * columns.Count, cellHeight * rows.Count);
        var key = named || columns.SequenceEqual(rows) ? [] : Key(columns);
        Title = $"{quantity} of {Count(rows.Count)} × {Count(columns.Count)} pairs";
        figure = new Figure("interface", "interface-matrix", Title, $"{quantity} at the minimum over all mixing ratios; the darker, the stronger. White with a dash: not calculated.",
            frame.Bottom + Bar + key.Count * KeyLine + (key.Count > 0 ? 5 : 0), canvas =>
        {
            Cells(canvas, frame, cellWidth, cellHeight);
            canvas.Frame(frame);
            for (var i = 0; i < rows.Count; i++)
            {
                var name = RichText.Formulas(rowNames[i]);
                canvas.Text(name, left - 4, frame.Top + (i + 0.5f) * cellHeight + 3.2f, Anchor.Right, FigureCanvas.Ink, Fitting(name, left - 6, Math.Min(FigureCanvas.Small, cellHeight)));
            }
            for (var i = 0; i < columns.Count; i++)
            {
                var x = frame.Left + (i + 0.5f) * cellWidth;
                if (!named && (i + 1) % 5 != 0 && i != 0) continue;
                if (!named) canvas.Text(Count(i + 1), x, frame.Top - 4, Anchor.Centre, FigureCanvas.Ink, 7.5f);
                else if (RichText.Formulas(columns[i]) is var name) canvas.TextTurned(name, x + 3, frame.Top - 4, -90, Anchor.Left, FigureCanvas.Ink, Fitting(name, head - 6, Math.Min(FigureCanvas.Small, cellWidth)));
            }
            Scale(canvas, frame.Bottom + 8);
            foreach (var (i, line) in key.Index()) canvas.Text(line, 6, frame.Bottom + Bar + (i + 1) * KeyLine, Anchor.Left, FigureCanvas.Ink, 8);
        }, Data());

        static float LeftOf(IReadOnlyList<string> names) => Math.Min(MostLabel, names.Max(name => FigureCanvas.Measure(RichText.Formulas(name)))) + 8;

        float CellWidth(IReadOnlyList<string> names) => Math.Min((Figure.Width - LeftOf(names) - Right) / columns.Count, WidestCell);
    }

    /// <summary>What is seen, for those who do not see it.</summary>
    public string Title { get; }

    /// <summary>The SVG, 85 mm wide.</summary>
    public string Svg() => figure.Svg("interface-matrix");

    /// <summary>At 300 dots an inch.</summary>
    public byte[] Png() => figure.Png();

    /// <summary>A line for each pair.</summary>
    public string Csv() => figure.Data;

    /// <summary>The same for a report.</summary>
    internal Figure As(string analysisId, string name) => figure with { AnalysisId = analysisId, Name = name };

    private void Cells(FigureCanvas canvas, SKRect frame, float width, float height)
    {
        var size = Math.Min(FigureCanvas.Small, height - 1);
        var decimals = width > 34 ? 1 : 0;
        // The numbers of all cells or of none.
        var fit = size >= 7 && energiesEv.Cast<double?>().OfType<double>().All(energy => FigureCanvas.Measure(MeV(energy, decimals), size) < width - 1.5f);
        for (var row = 0; row < rows.Count; row++)
            for (var column = 0; column < columns.Count; column++)
            {
                var cell = SKRect.Create(frame.Left + column * width, frame.Top + row * height, width, height);
                var energy = energiesEv[row, column] is { } value && double.IsFinite(value) ? value : (double?)null;
                var color = energy is { } known ? ColorOf(known) : Colors.White;
                // A little over the edge, so that no seam is seen between neighbours.
                canvas.Area([new(cell.Left, cell.Top), new(cell.Right + 0.15f, cell.Top), new(cell.Right + 0.15f, cell.Bottom + 0.15f), new(cell.Left, cell.Bottom + 0.15f)], color);
                // Whichever has the greater contrast (WCAG 2).
                var ink = ElementColors.Luminance(color) > 0.18 ? FigureCanvas.Ink : Colors.White;
                if (energy is null || fit) canvas.Text(energy is { } number ? MeV(number, decimals) : "–", cell.MidX, cell.MidY + 0.35f * size, Anchor.Centre, ink, size);
            }
    }

    private void Scale(FigureCanvas canvas, float top)
    {
        var bar = SKRect.Create(Figure.Width - Right - 132, top, 120, 8);
        canvas.Text($"{quantity} (meV/atom)", bar.Left - 8, bar.Bottom, Anchor.Right, FigureCanvas.Ink, Fitting($"{quantity} (meV/atom)", bar.Left - 10, FigureCanvas.Small));
        for (var i = 0; i < 60; i++)
            canvas.Area([new(bar.Left + 2 * i, bar.Top), new(bar.Left + 2 * i + 2.2f, bar.Top), new(bar.Left + 2 * i + 2.2f, bar.Bottom), new(bar.Left + 2 * i, bar.Bottom)], ColorOf(lowest * (1 - i / 59.0)));
        canvas.Frame(bar);
        foreach (var part in (double[])[0, 0.5, 1]) canvas.Text(MeV(lowest * (1 - part), lowest > -0.02 ? 1 : 0), bar.Left + (float)part * bar.Width, bar.Bottom + 10, Anchor.Centre, FigureCanvas.Ink);
    }

    // Light where nothing happens.
    private Color ColorOf(double energyEv) => Colours.GetColor(1 - Math.Clamp(energyEv / lowest, 0, 1));

    private static string MeV(double energyEv, int decimals) => Numbers.Show(1000 * energyEv, "meV/atom", decimals: decimals);

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static float Fitting(RichText text, float room, float size) => Math.Min(size, size * room / FigureCanvas.Measure(text, size));

    private static List<RichText> Key(IReadOnlyList<string> columns)
    {
        var lines = new List<string>();
        foreach (var entry in columns.Select((name, i) => $"{Count(i + 1)} {name}"))
            if (lines.Count > 0 && FigureCanvas.Measure(RichText.Formulas($"{lines[^1]}, {entry}"), 8) < Figure.Width - 12) lines[^1] += $", {entry}";
            else lines.Add(entry);
        return [.. lines.Select(RichText.Formulas)];
    }

    private string Data()
    {
        var csv = new Csv("row", "column", "energy_ev_per_atom");
        for (var row = 0; row < rows.Count; row++)
            for (var column = 0; column < columns.Count; column++) csv.Row(rows[row], columns[column], energiesEv[row, column]);
        return csv.ToString();
    }
}
