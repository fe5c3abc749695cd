using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Crystals;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>What the marks of a structure's picture mean: elements with their numbers of atoms, atoms that are held fast, moments, the scale.</summary>
internal sealed class StructureLegend
{
    public const float RowHeight = 20;

    private const float SphereRadius = 6.5f, EntryGap = 12, ScaleRoom = 150;

    private readonly ImmutableArray<(Action<IStructureSurface, float, float> Mark, string Text)> entries;

    public StructureLegend(Structure structure, bool moments)
    {
        var all = ImmutableArray.CreateBuilder<(Action<IStructureSurface, float, float>, string)>();
        foreach (var group in structure.Sites.GroupBy(site => site.Element).OrderBy(group => group.Key))
            all.Add((Sphere(group.Key, Mobility.Free), Count(group.Key.Symbol, group.Count())));
        // Shown on an element that has it.
        foreach (var (mobility, name) in new[] { (Mobility.Fixed, "fixed"), (Mobility.PartlyFixed, "partly fixed") })
            if (structure.Sites.Where(site => StructureScene.MobilityOf(site) == mobility).ToArray() is [var first, ..] held)
                all.Add((Sphere(first.Element, mobility), Count(name, held.Length)));
        if (moments)
        {
            foreach (var (sign, name) in new[] { (1, "moment up"), (-1, "moment down") })
                if (structure.Sites.Count(site => sign * site.MomentMuB > StructureScene.LeastMomentMuB) is > 0 and var count)
                    all.Add(((surface, x, y) => Arrow(surface, x, y + sign * 7.5f, y - sign * 7.5f, 2.4f), Count(name, count)));
        }
        entries = all.ToImmutable();

        static Action<IStructureSurface, float, float> Sphere(Element element, Mobility mobility) =>
            (surface, x, y) => surface.Sphere(new SphereLook(new Tint(element, mobility, Haze: 0), SphereRadius), x, y);

        static string Count(string name, int count) => string.Create(CultureInfo.InvariantCulture, $"{name} {count}");
    }

    /// <summary>How many rows the entries and the scale bar take.</summary>
    public int Rows(float width) => Places(width).Last().Row + 1;

    public void Draw(IStructureSurface surface, float left, float top, float width, float pixelsPerA)
    {
        var places = Places(width).ToArray();
        foreach (var ((mark, text), (x, row)) in entries.Zip(places))
        {
            var y = top + row * RowHeight + RowHeight / 2;
            mark(surface, left + x + SphereRadius, y);
            surface.Text(text, left + x + 2 * SphereRadius + 4, y + 3.3f, Anchor.Left, FigureCanvas.Ink, FigureCanvas.Small);
        }
        // At the right end of the last row.
        var length = ScaleLengthA(pixelsPerA);
        var (right, middle) = (left + width, top + places[^1].Row * RowHeight + RowHeight / 2);
        var label = string.Create(CultureInfo.InvariantCulture, $"{length} Å");
        var end = right - FigureCanvas.Measure(label) - 5;
        var begin = end - (float)length * pixelsPerA;
        surface.Text(label, right, middle + 3.3f, Anchor.Right, FigureCanvas.Ink, FigureCanvas.Small);
        surface.Lines([(new(begin, middle), new(end, middle)), (new(begin, middle - 3), new(begin, middle + 3)), (new(end, middle - 3), new(end, middle + 3))], FigureCanvas.Ink, 1.2f);
    }

    public static void Arrow(IStructureSurface surface, float x, float from, float to, float width)
    {
        var direction = Math.Sign(to - from);
        var head = Math.Min(Math.Abs(to - from) / 2, 3.2f * width);
        surface.Lines([(new(x, from), new(x, to - direction * head))], FigureCanvas.Ink, width);
        surface.Polygon(FigureCanvas.Ink, new SKPoint(x, to), new SKPoint(x - 1.4f * width, to - direction * head), new SKPoint(x + 1.4f * width, to - direction * head));
    }

    /// <summary>Of each entry, and at last of the scale bar.</summary>
    private IEnumerable<(float X, int Row)> Places(float width)
    {
        var (x, row) = (0f, 0);
        foreach (var (_, text) in entries)
        {
            var needed = 2 * SphereRadius + 4 + FigureCanvas.Measure(text);
            if (x > 0 && x + needed > width) (x, row) = (0, row + 1);
            yield return (x, row);
            x += needed + EntryGap;
        }
        yield return (0, x + ScaleRoom > width ? row + 1 : row);
    }

    /// <summary>1, 2 or 5 times a power of ten, that fits its room.</summary>
    private static double ScaleLengthA(float pixelsPerA)
    {
        var longest = (ScaleRoom - 40) / pixelsPerA;
        var power = Math.Pow(10, Math.Floor(Math.Log10(longest)));
        return (longest / power) switch { >= 5 => 5, >= 2 => 2, _ => 1 } * power;
    }
}
