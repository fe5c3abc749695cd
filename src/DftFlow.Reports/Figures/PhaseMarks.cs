using System.Globalization;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>A phase as a mark in a diagram.</summary>
/// <param name="Asked">It was asked for: its label comes first.</param>
internal sealed record PhaseMark(string Formula, SKPoint At, float Radius, bool Stable, bool Asked, double AboveHullEv);

/// <summary>
/// Labels of a diagram's marks: the formula beside the mark or led to it; where there is no room, a number, and the formula in a key
/// below the diagram.
/// </summary>
internal sealed class PhaseMarks
{
    private const float LineHeight = 11.5f, Small = 7.5f, Led = 46;

    private readonly LabelPlaces places;
    private readonly List<string> key = [];
    private readonly List<(RichText Text, float X, int Line)> keyPlaces = [];

    public PhaseMarks(LabelPlaces places, IReadOnlyList<PhaseMark> marks, float keyLeft)
    {
        this.places = places;
        foreach (var mark in marks) places.BlockMark(mark.At, mark.Radius + 0.4f);
        // Those in a crowd last: they are the ones to be numbered.
        var wanted = marks.Where(mark => mark.Stable || mark.Asked).OrderByDescending(mark => mark.Asked).ThenBy(mark => Crowd(mark, marks)).ToList();
        var crowded = wanted.Where(mark => !places.Place(mark.Formula, mark.At, mark.Radius, 6)).ToList();
        crowded.RemoveAll(mark => places.Place(mark.Formula, mark.At, mark.Radius, Led));
        foreach (var mark in crowded)
        {
            var number = (key.Count + 1).ToString(CultureInfo.InvariantCulture);
            if (places.Place(number, mark.At, mark.Radius, Led, size: Small)) key.Add($"{number} {mark.Formula}");
            else Unlabelled++;
        }
        // Metastable phases are named where that costs nothing.
        foreach (var mark in marks.Where(mark => !mark.Stable && !mark.Asked).OrderBy(mark => mark.AboveHullEv)) places.Place(mark.Formula, mark.At, mark.Radius, 4, FigureCanvas.Grey, Small);
        var x = keyLeft;
        foreach (var text in key.Select(RichText.Formulas))
        {
            var width = FigureCanvas.Measure(text) + 8;
            if (x > keyLeft && x + width > Figure.Width - 4) (x, KeyLines) = (keyLeft, KeyLines + 1);
            keyPlaces.Add((text, x, KeyLines));
            x += width;
        }
        if (keyPlaces.Count > 0) KeyLines++;
    }

    /// <summary>Stable phases for which there was no room even for a number.</summary>
    public int Unlabelled { get; }

    public IReadOnlyList<LabelPlace> Labels => places.Placed;

    public float KeyHeight => KeyLines * LineHeight + (KeyLines > 0 ? 4 : 0);

    private int KeyLines { get; set; }

    /// <param name="keyTop">Of the key.</param>
    public void Draw(FigureCanvas canvas, float keyTop)
    {
        places.Draw(canvas);
        foreach (var (text, x, line) in keyPlaces) canvas.Text(text, x, keyTop + (line + 1) * LineHeight - 2, Anchor.Left, FigureCanvas.Ink);
    }

    private static int Crowd(PhaseMark mark, IReadOnlyList<PhaseMark> marks) => marks.Count(other => SKPoint.Distance(mark.At, other.At) < 24);
}
