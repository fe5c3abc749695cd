namespace DftFlow.Analysis.Electronic;

/// <summary>
/// The names of orbitals as people write them: a shell (<c>p</c>, also <c>2p</c>, the number being for the reader), one magnetic orbital
/// as VASP writes it (<c>px</c>, <c>dx2-y2</c>, <c>fz3</c>) or in a usual variant (<c>p_x</c>, <c>x2-y2</c>, <c>d_x^2-y^2</c>), <c>t2g</c> and
/// <c>eg</c>; or several, parted by commas.
/// </summary>
/// <remarks>t2g is dxy + dyz + dxz and eg is dz2 + dx2-y2 in the file's Cartesian frame: that of the octahedron only where its bonds lie along x, y and z.</remarks>
public static class OrbitalNames
{
    private static readonly string[] TwoG = ["dxy", "dyz", "dxz"], E = ["dz2", "dx2-y2"];

    private static readonly HashSet<string> Magnetic = ["py", "pz", "px", .. TwoG, .. E, "fy3x2", "fxyz", "fyz2", "fz3", "fxz2", "fzx2", "fx3"];

    /// <summary>Whether an orbital of the file (by its standard name) is meant; null where the text names none.</summary>
    public static Func<string, bool>? Matching(string text)
    {
        var names = text.Split(',').Select(Standard).ToArray();
        if (names.Any(name => name is null)) return null;
        return orbital => names.Any(name => name switch
        {
            "t2g" => TwoG.Contains(orbital),
            "eg" => E.Contains(orbital),
            [_] => orbital.StartsWith(name[0]),
            _ => orbital == name,
        });
    }

    public static bool AreKnown(string text) => Matching(text) is not null;

    /// <summary>The text with its names as the file has them, and what a sum of orbitals is.</summary>
    public static string Describe(string text) => string.Join(" + ", text.Split(',').Select(name => Standard(name) switch
    {
        "t2g" => $"t2g ({string.Join(" + ", TwoG)} in the file's Cartesian frame)",
        "eg" => $"eg ({string.Join(" + ", E)} in the file's Cartesian frame)",
        { } known => known,
        null => name.Trim(),
    }));

    /// <summary>As VASP 6 writes it; null for what is no orbital.</summary>
    private static string? Standard(string text)
    {
        var name = string.Concat(text.Trim().ToLowerInvariant().Where(c => c is not ('_' or '^' or '{' or '}' or '(' or ')' or ' ')));
        if (name is [>= '1' and <= '7', 's' or 'p' or 'd' or 'f', ..]) name = name[1..];
        name = name switch
        {
            "xy" or "yz" or "xz" or "z2" or "x2-y2" => "d" + name,
            "dyx" => "dxy",
            "dzy" => "dyz",
            "dzx" or "zx" => "dxz",
            "dx2y2" or "x2y2" or "dx2" => "dx2-y2",
            "dz2-r2" or "d3z2-r2" or "d3z2" => "dz2",
            "fy3x2-y2" => "fy3x2",
            "fzx2-y2" => "fzx2",
            "fxx2-3y2" => "fx3",
            _ => name,
        };
        return name is "s" or "p" or "d" or "f" or "t2g" or "eg" || Magnetic.Contains(name) ? name : null;
    }
}
