using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Reports.Figures;

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
