using DftFlow.Engine;

namespace DftFlow.Reports.Figures;

/// <summary>Total and projected densities of states of an analysis' members, the band centre over its first window marked.</summary>
internal static class TotalDosFigure
{
    private const int MostPanels = 4;

    public static IEnumerable<Figure> Draw(string analysisId, BandCentreDetails details)
    {
        foreach (var (part, members) in details.Members.Chunk(MostPanels).Index())
        {
            // Which member a shift is counted from, the workflow says elsewhere.
            var drawing = new DosDrawing([.. members.Select(member => new DosDrawingSystem(Name(member, analysisId), member.Value.Run, member.Value.Request, member.Value.Centre))], tellShift: false);
            yield return drawing.As(analysisId, part == 0 ? $"{analysisId}.dos" : FormattableString.Invariant($"{analysisId}.dos.{part + 1}"),
                "Total density of states and those of the elements, each from its own zero; shaded: the window, blue: the band centre over it.");
        }
    }

    private static string Name(Labelled<DosOfMember> member, string otherwise) => member.Labels.IsEmpty ? otherwise : string.Join(" · ", member.Labels.Select(label => label.Value));
}
