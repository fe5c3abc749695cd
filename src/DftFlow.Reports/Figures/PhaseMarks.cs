using System.Collections.Immutable;
using System.Globalization;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>A phase that is drawn, or a composition that was asked for and stands on the hull.</summary>
/// <param name="Number">Of the phase; null without an entry.</param>
internal sealed record DrawnPhase(int? Number, string Formula, ImmutableArray<double> Fractions, double FormationEnergyEvPerAtom, double AboveHullEv, bool Stable, bool Asked)
{
    public PhaseMark At(SKPoint place, float stable, float metastable) =>
        new(Asked && !Stable && Number is not null ? $"{Formula} +{Numbers.Show(1000 * AboveHullEv, "meV/atom")} meV/atom" : Formula, place, Stable ? stable : metastable, Stable, Asked, AboveHullEv, Number is not null);
}

/// <summary>A phase as a mark in a diagram.</summary>
/// <param name="Asked">It was asked for: its label comes first.</param>
internal sealed record PhaseMark(string Formula, SKPoint At, float Radius, bool Stable, bool Asked, double AboveHullEv, bool HasEntry = true);

/// <summary>
/// Labels of a diagram's marks: the formula beside the mark or led to it; where there is no room, a number, and the formula in a key
/// below the diagram.
/// </summary>
internal sealed class PhaseMarks
{
    private const float LineHeight = 11.5f, Small = 7.5f, Led = 46, Far = 90;

    // More would cover the stable phases' neighbourhood.
    private const int MostMetastable = 25;

    // There is no room for more, and looking for it takes long.
    private const int MostLabels = 150;

    private readonly LabelPlaces places;
    private readonly List<string> key = [];
    private readonly List<(RichText Text, float X, int Line)> keyPlaces = [];

    public PhaseMarks(LabelPlaces places, IReadOnlyList<PhaseMark> marks, float keyLeft)
    {
        this.places = places;
        foreach (var mark in marks) places.BlockMark(mark.At, mark.Radius + 0.4f, least: !mark.Stable && !mark.Asked);
        foreach (var mark in marks.Where(mark => mark.Stable || mark.Asked)) places.NamedMark(mark.At);
        // Those in a crowd last: they are the ones to be numbered. Where that leaves some out, numbers come first, for the crowd or for all.
        var wanted = marks.Where(mark => mark.Stable || mark.Asked).Select(mark => (Mark: mark, Crowd: Crowd(mark, marks))).OrderByDescending(item => item.Mark.Asked).ThenBy(item => item.Crowd).ToList();
        var before = places.Placed.Count;
        foreach (var densest in (int[])[int.MaxValue, 4, 2, 0])
        {
            places.Forget(before);
            key.Clear();
            Unlabelled = Label([.. wanted.Take(MostLabels)], densest) + Math.Max(0, wanted.Count - MostLabels);
            if (Unlabelled == 0) break;
        }
        // Metastable phases are named where that costs nothing.
        var metastable = marks.Where(mark => !mark.Stable && !mark.Asked && !marks.Any(other => other.AboveHullEv < mark.AboveHullEv && other.Formula == mark.Formula)).ToList();
        if (metastable.Count > MostMetastable) metastable.Clear();
        foreach (var mark in metastable.OrderBy(mark => mark.AboveHullEv)) places.Place(mark.Formula, mark.At, mark.Radius, 4, FigureCanvas.Grey, Small);
        if (Unlabelled > 0) key.Add($"and {Unlabelled.ToString(CultureInfo.InvariantCulture)} more, in the table");
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
    public int Unlabelled { get; private set; }

    public IReadOnlyList<LabelPlace> Labels => places.Placed;

    public float KeyHeight => KeyLines * LineHeight + (KeyLines > 0 ? 4 : 0);

    private int KeyLines { get; set; }

    /// <param name="keyTop">Of the key.</param>
    public void Draw(FigureCanvas canvas, float keyTop)
    {
        places.Draw(canvas);
        foreach (var (text, x, line) in keyPlaces) canvas.Text(text, x, keyTop + (line + 1) * LineHeight - 2, Anchor.Left, FigureCanvas.Ink);
    }

    private int Label(List<(PhaseMark Mark, int Crowd)> wanted, int densest)
    {
        var unnamed = wanted.Where(item => item.Crowd > densest && !item.Mark.Asked || !places.Place(item.Mark.Formula, item.Mark.At, item.Mark.Radius, 6)).ToList();
        unnamed.RemoveAll(item => item.Crowd <= densest && places.Place(item.Mark.Formula, item.Mark.At, item.Mark.Radius, Led));
        var left = 0;
        foreach (var (mark, _) in unnamed)
        {
            var number = (key.Count + 1).ToString(CultureInfo.InvariantCulture);
            if (places.Place(number, mark.At, mark.Radius, Led, size: Small) || places.Place(number, mark.At, mark.Radius, Far, size: Small, last: true)) key.Add($"{number} {mark.Formula}");
            else left++;
        }
        return left;
    }

    private static int Crowd(PhaseMark mark, IReadOnlyList<PhaseMark> marks) => marks.Count(other => SKPoint.Distance(mark.At, other.At) < 24);
}
