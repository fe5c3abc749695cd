using System.Collections.Immutable;
using System.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>What the columns of the projected blocks mean, where their number does not say.</summary>
internal sealed partial class DoscarReader
{
    private const int MostLobsterOrbitals = 16;

    private static readonly ImmutableArray<string> Shells = ["s", "p", "d", "f"];

    private static readonly ImmutableArray<string> MagneticOrbitals =
        ["s", "py", "pz", "px", "dxy", "dyz", "dz2", "dxz", "dx2-y2", "fy3x2", "fxyz", "fyz2", "fz3", "fxz2", "fzx2", "fx3"];

    private readonly List<ImmutableArray<string>> siteOrbitals = [];

    private static ImmutableArray<string> VaspOrbitals(int count) => (count <= 4 ? Shells : MagneticOrbitals)[..count];

    private ProjectedDos? ProjectedSites()
    {
        if (components != 1 || orbitals.Length != 16 || noncollinear == false) return new ProjectedDos(orbitals, [.. sites], GridPoints);
        if ((noncollinear ?? SixteenAreComponents()) is not { } four)
        {
            warnings.Add("The 16 columns of the projected DOS can be 16 orbitals, or s, p, d, f in four components of a non-collinear run, and the numbers do not tell which. It is left out: say whether the run was non-collinear.");
            return null;
        }
        if (!four) return new ProjectedDos(orbitals, [.. sites], GridPoints);
        return new ProjectedDos(VaspOrbitals(4), [.. sites.Select(Regrouped)], GridPoints);

        // Column 4·orbital + component goes to its component.
        double[][] Regrouped(double[][] site)
        {
            var groups = new double[4][];
            for (var component = 0; component < 4; component++)
            {
                groups[component] = new double[4 * GridPoints];
                for (var orbital = 0; orbital < 4; orbital++)
                    Column(site, 4 * orbital + component).CopyTo(groups[component].AsSpan(orbital * GridPoints));
            }
            return groups;
        }
    }

    /// <summary>
    /// Sixteen columns without spin: with four components the magnetisation of an orbital is never more than its density, and can
    /// be negative; of 16 orbitals none is negative, and of the groups of four some have no more in the first than in the others.
    /// Sums over the energies are compared, which smearing (Methfessel and Paxton's is negative in places) leaves alone. Null: they do not tell.
    /// </summary>
    private bool? SixteenAreComponents()
    {
        bool tooLarge = false, negative = false;
        Span<double> sums = stackalloc double[4];
        foreach (var site in sites)
            for (var group = 0; group < 4; group++)
            {
                for (var c = 0; c < 4; c++)
                {
                    sums[c] = 0;
                    foreach (var value in Column(site, 4 * group + c)) sums[c] += value;
                }
                var others = Math.Sqrt(sums[1] * sums[1] + sums[2] * sums[2] + sums[3] * sums[3]);
                // Less than this is rounding.
                if (!(Math.Max(Math.Abs(sums[0]), others) > 1e-3)) continue;
                tooLarge |= others > 1.05 * Math.Abs(sums[0]);
                for (var c = 1; c < 4; c++) negative |= sums[c] < -1e-3 * Math.Abs(sums[0]);
            }
        return tooLarge == negative ? null : negative;
    }

    private ReadOnlySpan<double> Column(double[][] site, int column) => site[0].AsSpan(column * GridPoints, GridPoints);

    /// <summary>The orbitals that LOBSTER names in the first line of a block: <c>…; Z=  9; 2s 2p_y 2p_z 2p_x</c>.</summary>
    private void ReadLobsterOrbitals()
    {
        var line = Encoding.UTF8.GetString(lines.Line);
        var names = line[(line.LastIndexOf(';') + 1)..].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (names.Length is 0 or > MostColumns / 2) throw lines.Damaged("A block of the projected DOS names no orbitals, or more than an atom has.");
        orbitals = [.. names.Select(LobsterName)];
    }

    /// <summary>VASP's name: <c>2p_y</c> is py, <c>3d_x^2-y^2</c> is dx2-y2, <c>4f_z(x^2-y^2)</c> is fzx2.</summary>
    private static string LobsterName(string name)
    {
        var orbital = name.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9').Replace("_", "", StringComparison.Ordinal).Replace("^", "", StringComparison.Ordinal);
        return orbital switch
        {
            "fy(3x2-y2)" => "fy3x2",
            "fz(x2-y2)" => "fzx2",
            "fx(x2-3y2)" => "fx3",
            _ => orbital,
        };
    }

    // Every site has its own orbitals in LOBSTER's file; what a site has not is zero.
    private ProjectedDos? JoinedSites()
    {
        var all = siteOrbitals.SelectMany(names => names).Distinct().OrderBy(name => (uint)MagneticOrbitals.IndexOf(name)).ToImmutableArray();
        if (all.Length > MostLobsterOrbitals)
        {
            warnings.Add("The projected DOS names more kinds of orbitals than there are from s to f. It is left out.");
            return null;
        }
        var joined = ImmutableArray.CreateBuilder<double[][]>(sites.Count);
        for (var site = 0; site < sites.Count; site++)
        {
            var names = siteOrbitals[site];
            joined.Add(Array.ConvertAll(sites[site], columns =>
            {
                var sums = new double[all.Length * GridPoints];
                for (var orbital = 0; orbital < names.Length; orbital++)
                {
                    var sum = sums.AsSpan(all.IndexOf(names[orbital]) * GridPoints, GridPoints);
                    for (var r = 0; r < GridPoints; r++) sum[r] += columns[orbital * GridPoints + r];
                }
                return sums;
            }));
        }
        return new ProjectedDos(all, joined.MoveToImmutable(), GridPoints);
    }
}
