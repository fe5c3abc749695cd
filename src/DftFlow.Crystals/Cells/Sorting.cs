using System.Collections.Immutable;

namespace DftFlow.Crystals.Cells;

/// <summary>Orders the sites of a structure. What counts as equal keeps its order, so that one sort can follow another.</summary>
public static class Sorting
{
    /// <summary>Heights that round to the same multiple of this, in Å, are equal.</summary>
    public const double SameHeightA = 1e-4;

    /// <summary>The elements one after the other: in the given order, or in that of their first appearance.</summary>
    /// <exception cref="DftFlowException">DF1286: the order names an element twice, or not all of the structure's.</exception>
    public static Structure ByElement(Structure structure, ImmutableArray<Element>? order = null)
    {
        if (order is not { } given) return structure.GroupedByElement();
        if (given.Distinct().Count() != given.Length) throw Error($"The order {string.Join(", ", given)} names an element twice.");
        var missing = structure.Elements.Where(element => !given.Contains(element)).ToList();
        if (missing.Count > 0) throw Error($"The order {string.Join(", ", given)} does not say where {string.Join(" and ", missing)} comes.");
        return structure with { Sites = [.. structure.Sites.OrderBy(site => given.IndexOf(site.Element))] };
    }

    /// <summary>The elements by Pauling's electronegativity, as in formulas: Li2MnO3.</summary>
    public static Structure ByElectronegativity(Structure structure) =>
        structure with { Sites = [.. structure.Sites.OrderBy(site => site.Element)] };

    /// <summary>
    /// By height above the plane of the other two lattice vectors, from the bottom of the cell (axis 2: c, that is z in slabs).
    /// Follow it with <see cref="ByElement"/> for blocks of elements, each from bottom to top.
    /// </summary>
    public static Structure ByHeight(Structure structure, int axis = 2)
    {
        var spacingA = 2 * Math.PI / structure.Lattice.Reciprocal(axis).Length;
        var steps = Math.Round(spacingA / SameHeightA);
        // Just below the top of the cell is the bottom again.
        return structure with { Sites = [.. structure.Sites.OrderBy(site => Math.Round(Wrapping.IntoCell(site.Fractional)[axis] * spacingA / SameHeightA) % steps)] };
    }

    private static DftFlowException Error(string message) => new("DF1286", message, "Name each element of the structure once, such as [Li, Mn, O].");
}
