using System.Collections.Immutable;
using System.Text.Json;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics.Sources;

/// <summary>How an entry in JSON was calculated. What is not as pymatgen writes it is passed over: entries are used without it too.</summary>
internal static class JsonParameters
{
    private const int MostSites = 5000;

    // Cells that are no crystals take distances without end.
    private const double LeastVolumePerSiteA3 = 1;

    /// <summary>Mn of Mn, Mn3+ and Mn0+.</summary>
    public static ReadOnlySpan<char> Symbol(string species) => species.AsSpan().TrimEnd("+-").TrimEnd("0123456789.");

    public static ImmutableSortedDictionary<Element, double>? ByElement(JsonElement of, string key)
    {
        if (of.ValueKind != JsonValueKind.Object || !of.TryGetProperty(key, out var map) || map.ValueKind != JsonValueKind.Object) return null;
        var values = ImmutableSortedDictionary.CreateBuilder<Element, double>();
        foreach (var part in map.EnumerateObject())
            if (Element.TryParse(part.Name, out var element) && part.Value.ValueKind == JsonValueKind.Number && part.Value.TryGetDouble(out var value) && double.IsFinite(value)) values[element] = value;
        return values.ToImmutable();
    }

    /// <summary>From <c>potcar_symbols</c> ("PBE Mn_pv") or the titles in <c>potcar_spec</c> ("PAW_PBE Mn_pv 02Aug2007").</summary>
    public static ImmutableSortedDictionary<Element, string> Potentials(JsonElement parameters)
    {
        var potentials = ImmutableSortedDictionary.CreateBuilder<Element, string>();
        foreach (var key in (ReadOnlySpan<string>)["potcar_symbols", "potcar_spec"])
            if (parameters.ValueKind == JsonValueKind.Object && parameters.TryGetProperty(key, out var list) && list.ValueKind == JsonValueKind.Array)
                foreach (var item in list.EnumerateArray())
                {
                    var text = item.ValueKind == JsonValueKind.String ? item.GetString() : item.ValueKind == JsonValueKind.Object && item.TryGetProperty("titel", out var title) && title.ValueKind == JsonValueKind.String ? title.GetString() : null;
                    if (text is not null && RunEntry.PotentialOf(text) is { } name && Element.TryParse(name.Split('_', '.')[0], out var element)) potentials[element] = name;
                }
        return potentials.ToImmutable();
    }

    /// <summary>Null where there is none, or sites are shared.</summary>
    public static Structure? Structure(JsonElement entry)
    {
        if (!entry.TryGetProperty("structure", out var structure) || structure.ValueKind != JsonValueKind.Object) return null;
        if (!structure.TryGetProperty("lattice", out var lattice) || lattice.ValueKind != JsonValueKind.Object || !lattice.TryGetProperty("matrix", out var matrix) || matrix.ValueKind != JsonValueKind.Array) return null;
        if (!structure.TryGetProperty("sites", out var sites) || sites.ValueKind != JsonValueKind.Array || sites.GetArrayLength() is < 1 or > MostSites) return null;
        if (matrix.EnumerateArray().Select(Vector).ToArray() is not [{ } a, { } b, { } c]) return null;
        if (!(Math.Abs(a.Dot(b.Cross(c))) is var volume && volume >= LeastVolumePerSiteA3 * sites.GetArrayLength() && volume < 1e9)) return null;
        var read = ImmutableArray.CreateBuilder<Site>();
        foreach (var site in sites.EnumerateArray())
        {
            if (site.ValueKind != JsonValueKind.Object || !site.TryGetProperty("abc", out var abc) || Vector(abc) is not { } place) return null;
            if (!site.TryGetProperty("species", out var species) || species.ValueKind != JsonValueKind.Array || species.GetArrayLength() != 1) return null;
            if (species[0] is not { ValueKind: JsonValueKind.Object } only || !only.TryGetProperty("element", out var symbol) || symbol.ValueKind != JsonValueKind.String
                || !Element.TryParse(Symbol(symbol.GetString()!), out var element)) return null;
            read.Add(new Site(element, place));
        }
        return new Structure(new Lattice(a, b, c), read.ToImmutable());
    }

    private static Vector3D? Vector(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() != 3) return null;
        Span<double> numbers = stackalloc double[3];
        for (var i = 0; i < 3; i++)
            if (list[i].ValueKind != JsonValueKind.Number || !list[i].TryGetDouble(out numbers[i]) || !(Math.Abs(numbers[i]) < 1e5)) return null;
        return new(numbers[0], numbers[1], numbers[2]);
    }
}
