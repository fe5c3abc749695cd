using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using DftFlow.Crystals;

namespace DftFlow.Reports.Figures;

/// <summary>Where a structure is looked at from, without perspective: three directions at right angles, of length 1, in Å.</summary>
/// <param name="Caption">As people write it: <c>along b</c>, <c>onto (1 0 4)</c>.</param>
/// <param name="Towards">From the structure to the eye.</param>
/// <param name="Axes">The directions of a, b and c as they are seen, of length 1.</param>
internal sealed partial record StructureView(string Caption, Vector3D Right, Vector3D Up, Vector3D Towards, ImmutableArray<Vector3D> Axes)
{
    private const string Hint = "Write a, b or c (a lattice vector), 104 or 1,0,-4 (onto a lattice plane), [110] or [1,1,0] (a lattice direction) or xyz:1,0.5,0 (a direction in Å).";

    /// <summary>
    /// <c>a</c>: b to the right; <c>b</c>: a to the right; both with the normal of the plane of a and b upwards, so that the layers of a
    /// slab lie level. <c>c</c>: a to the right. All others: the eye where the direction points to, the normal of the plane of a and b
    /// upwards as far as that goes.
    /// </summary>
    /// <exception cref="DftFlowException">DF1630: the text is no direction.</exception>
    public static StructureView Of(Lattice lattice, string text)
    {
        var trimmed = text.Trim();
        if (trimmed is "a" or "b" or "c")
        {
            // One looks along b, and against a and c: so x goes to the right in all three.
            var (towards, up) = trimmed switch { "a" => (lattice.A, lattice.Reciprocal(2)), "b" => (-lattice.B, lattice.Reciprocal(2)), _ => (lattice.C, lattice.Reciprocal(1)) };
            return Of($"along {trimmed}", lattice, towards, up);
        }
        if (trimmed.StartsWith("xyz:", StringComparison.OrdinalIgnoreCase))
        {
            var numbers = trimmed[4..].Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
            if (numbers.Length != 3 || numbers.Any(number => !double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !(Math.Abs(value) < 1e6))) throw NoDirection(text);
            var direction = numbers.Select(number => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture)).ToArray();
            return Free(text, $"along ({string.Join(", ", direction.Select(number => number.ToString("G4", CultureInfo.InvariantCulture).Replace('-', '−')))}) Å", lattice, new(direction[0], direction[1], direction[2]));
        }
        if (Indices().Match(trimmed) is not { Success: true } match || (match.Groups["open"].Value, match.Groups["close"].Value) is not (("", "") or ("(", ")") or ("[", "]"))) throw NoDirection(text);
        var index = match.Groups["index"].Captures.Select(capture => int.Parse(capture.Value, CultureInfo.InvariantCulture)).ToArray();
        var shown = string.Join(' ', index.Select(number => number.ToString(CultureInfo.InvariantCulture).Replace('-', '−')));
        return match.Groups["open"].Value == "["
            ? Free(text, $"along [{shown}]", lattice, lattice.A * index[0] + lattice.B * index[1] + lattice.C * index[2])
            : Free(text, $"onto ({shown})", lattice, lattice.Reciprocal(0) * index[0] + lattice.Reciprocal(1) * index[1] + lattice.Reciprocal(2) * index[2]);
    }

    /// <summary>To the right, upwards, and towards the eye, in Å.</summary>
    public Vector3D Project(Vector3D place) => new(Right.Dot(place), Up.Dot(place), Towards.Dot(place));

    private static StructureView Free(string text, string caption, Lattice lattice, Vector3D towards)
    {
        if (!(towards.Length > 1e-6)) throw NoDirection(text);
        var up = lattice.Reciprocal(2);
        var level = up.Cross(towards).Length < 0.01 * up.Length * towards.Length;
        return Of(caption, lattice, towards, level ? lattice.Reciprocal(1) : up);
    }

    private static StructureView Of(string caption, Lattice lattice, Vector3D towards, Vector3D up)
    {
        towards *= 1 / towards.Length;
        up -= towards * up.Dot(towards);
        up *= 1 / up.Length;
        var view = new StructureView(caption, up.Cross(towards), up, towards, []);
        return view with { Axes = [.. Enumerable.Range(0, 3).Select(axis => view.Project(lattice[axis] * (1 / lattice[axis].Length)))] };
    }

    private static DftFlowException NoDirection(string text) => new("DF1630", $"'{text}' is not a direction to look along.", Hint);

    [GeneratedRegex(@"^(?<open>[(\[]?)\s*(?:(?<index>-?[0-9])(?<index>-?[0-9])(?<index>-?[0-9])|(?<index>-?[0-9]{1,3})[\s,]+(?<index>-?[0-9]{1,3})[\s,]+(?<index>-?[0-9]{1,3}))\s*(?<close>[)\]]?)$", RegexOptions.CultureInvariant)]
    private static partial Regex Indices();
}
