using System.Text.Json;
using DftFlow.Crystals;
using DftFlow.Crystals.Interfaces;
using DftFlow.Crystals.Surfaces;
using DftFlow.Tests.Crystals.Surfaces;

namespace DftFlow.Tests.Crystals.Interfaces;

/// <summary>Whole interfaces, from the crystals on, against pymatgen's CoherentInterfaceBuilder.</summary>
public class PymatgenInterfaceTests
{
    private static readonly (Structure Substrate, MillerPlane SubstratePlane, Structure Coating, MillerPlane CoatingPlane, double MaxAreaA2)[] Cases =
    [
        (SurfaceCrystals.SrTiO3, new(0, 0, 1), SurfaceCrystals.LiF, new(0, 0, 1), 90),
        (SurfaceCrystals.Si, new(0, 0, 1), SurfaceCrystals.Quartz, new(0, 0, 1), 260),
        (SurfaceCrystals.LiCoO2, new(1, 0, 4), SurfaceCrystals.ZnO, new(1, 0, 0), 260),
        (SurfaceCrystals.TiO2, new(1, 1, 0), SurfaceCrystals.LiMnO2, new(0, 1, 0), 250),
        (SurfaceCrystals.Li2MnO3, new(0, 0, 1), SurfaceCrystals.LiF, new(1, 1, 1), 150),
    ];

    [Fact]
    public async Task Areas_and_strains_are_those_of_pymatgen()
    {
        var request = JsonSerializer.Serialize(Cases.Select(one => new object[] { Crystal(one.Substrate), Indices(one.SubstratePlane), Crystal(one.Coating), Indices(one.CoatingPlane), one.MaxAreaA2 }));
        // What is strained by more than 4 %, or turned over in the plane where neither lattice is its own mirror image, is taken out.
        var answer = await OtherReader.AskAsync("pymatgen", """
            import numpy as np
            from pymatgen.core import Structure
            from pymatgen.analysis.interfaces import CoherentInterfaceBuilder, ZSLGenerator
            from pymatgen.analysis.elasticity.strain import Deformation
            answer = []
            def mirrored(v):
                dot, short = abs(np.dot(v[0], v[1])), min(np.dot(v[0], v[0]), np.dot(v[1], v[1]))
                return min(dot, abs(2 * dot - short)) < 1e-6 or abs(np.dot(v[0], v[0]) - np.dot(v[1], v[1])) < 1e-6
            for substrate, plane, film, film_plane, area in json.loads(text):
                zsl = ZSLGenerator(max_area_ratio_tol=0.3, max_area=area, max_length_tol=0.05, max_angle_tol=0.1, bidirectional=True)
                builder = CoherentInterfaceBuilder(Structure(*substrate), Structure(*film), tuple(film_plane), tuple(plane), zsl)
                matches = []
                for match in builder.zsl_matches:
                    f, s = np.array(match.film_sl_vectors), np.array(match.substrate_sl_vectors)
                    deformation = match.match_transformation
                    flip = np.dot(np.cross(*f), np.cross(*match.film_vectors)) * np.dot(np.cross(*s), np.cross(*match.substrate_vectors)) < 0
                    if flip and not (mirrored(match.film_vectors) or mirrored(match.substrate_vectors)): continue
                    if max(abs(np.linalg.svd(deformation, compute_uv=False) - 1)) > 0.04: continue
                    strain = Deformation(deformation).green_lagrange_strain
                    matches.append([float(match.match_area), float(strain.von_mises_strain)])
                answer.append(matches)
            """, request);
        foreach (var (one, theirs) in Cases.Zip(answer.EnumerateArray()))
        {
            var substrate = new Slab(one.SubstratePlane) { ThicknessA = 5 }.Build(one.Substrate).Structure;
            var coating = new Coating(one.Coating) { Planes = [one.CoatingPlane], ThicknessA = 4, MaxAreaA2 = one.MaxAreaA2 * 1.1, MaxStrain = 0.04, Match = 1 };
            var ours = coating.Build(substrate, TestContext.Current.CancellationToken).Matches;
            Assert.True(theirs.GetArrayLength() > 0);
            // A multiple of a smaller match is the same match: ours are the smallest.
            foreach (var their in theirs.EnumerateArray())
                Assert.Contains(ours, match => IsWhole(their[0].GetDouble() / match.Match.CoatingAreaA2) && Math.Abs(match.Match.Misfit.VonMisesStrain - their[1].GetDouble()) < 1e-8);
        }
    }

    private static object[] Crystal(Structure crystal) =>
    [
        Enumerable.Range(0, 3).Select(axis => new[] { crystal.Lattice[axis].X, crystal.Lattice[axis].Y, crystal.Lattice[axis].Z }),
        crystal.Sites.Select(site => site.Element.Symbol),
        crystal.Sites.Select(site => new[] { site.Fractional.X, site.Fractional.Y, site.Fractional.Z }),
    ];

    private static int[] Indices(MillerPlane plane) => [plane.H, plane.K, plane.L];

    private static bool IsWhole(double value) => value > 0.5 && Math.Abs(value - Math.Round(value)) < 1e-6;
}
