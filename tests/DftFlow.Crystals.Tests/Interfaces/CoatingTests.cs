using System.Globalization;
using CsCheck;
using DftFlow.Crystals;
using DftFlow.Crystals.Interfaces;
using DftFlow.Crystals.Surfaces;
using DftFlow.Crystals.Symmetry;
using DftFlow.Tests.Crystals.Surfaces;

namespace DftFlow.Tests.Crystals.Interfaces;

public class CoatingTests
{
    /// <summary>Rock salt, a = 4.177 Å.</summary>
    private static readonly Structure NiO = SurfaceCrystals.LiF with
    {
        Lattice = new(new(4.177, 0, 0), new(0, 4.177, 0), new(0, 0, 4.177)),
        Sites = [.. SurfaceCrystals.LiF.Sites.Select(site => site with { Element = Element.Parse(site.Element.Symbol == "Li" ? "Ni" : "O") })],
    };

    private static readonly Structure NiO001 = Cut(NiO, new(0, 0, 1), 4), LiCoO2_104 = Cut(SurfaceCrystals.LiCoO2, new(1, 0, 4), 4), LiCoO2_003 = Cut(SurfaceCrystals.LiCoO2, new(0, 0, 1), 8);

    private static readonly Coating LiFOnNiO = new(SurfaceCrystals.LiF) { Planes = [new(0, 0, 1)], Layers = 3, MaxAreaA2 = 20 };

    // Each on each: one to one, turned cells, an oblique plane, a chiral crystal, one without any symmetry.
    private static readonly (Structure Substrate, Coating Coating)[] Cases =
    [
        (NiO001, LiFOnNiO),
        (LiCoO2_104, new(SurfaceCrystals.Quartz) { Planes = [new(0, 0, 1)], ThicknessA = 5, MaxAreaA2 = 150, MaxStrain = 0.08 }),
        (LiCoO2_003, new(SurfaceCrystals.ZnO) { Planes = [new(0, 0, 1)], Layers = 4, MaxAreaA2 = 60, MaxStrain = 0.08 }),
        (LiCoO2_003, new(SurfaceCrystals.Quartz) { MaxIndex = 1, ThicknessA = 4, MaxAreaA2 = 80, MaxStrain = 0.08, Match = 2 }),
        (Cut(SurfaceCrystals.TiO2, new(1, 1, 0), 6), new(SurfaceCrystals.Li2MnO3) { Planes = [new(0, 0, 1)], ThicknessA = 4, MaxAreaA2 = 150, MaxStrain = 0.12, StrainOnSubstrate = 0.4 }),
        (Cut(SurfaceCrystals.Si, new(0, 0, 1), 8), new(SurfaceCrystals.Quartz) { Planes = [new(0, 0, 1)], ThicknessA = 4, MaxAreaA2 = 200, MaxStrain = 0.08 }),
        (Cut(SurfaceCrystals.Asymmetric, new(1, 1, 0), null), new(SurfaceCrystals.Asymmetric) { Planes = [new(1, 1, 0)], ThicknessA = 8, MaxAreaA2 = 200 }),
    ];

    [Fact]
    public void Rock_salt_on_rock_salt_lies_ion_on_counter_ion()
    {
        var coated = Build(NiO001, LiFOnNiO);
        Assert.Equal("NiO", coated.SubstrateComposition.ReducedFormula);
        Assert.Equal("LiF", coated.CoatingComposition.ReducedFormula);
        Assert.Equal((8, 6), (coated.SubstrateAtoms, coated.CoatingAtoms));
        // Li 0.76 Å and O 1.40 Å, Ni 0.69 Å and F 1.33 Å: the larger sum is the gap.
        Assert.Equal(0.76 + 1.40, coated.GapA, 9);
        Assert.Equal(new Registry(0.5, 0.5), coated.Registry);
        Assert.Equal(["Ni-Li", "Ni-F", "O-Li", "O-F"], coated.Contacts.Select(pair => $"{pair.First}-{pair.Second}"));
        Assert.Equal(2.16, coated.Contacts.Single(pair => (pair.First.Symbol, pair.Second.Symbol) == ("O", "Li")).DistanceA, 6);
        Assert.Equal(2.16, coated.Contacts.Single(pair => (pair.First.Symbol, pair.Second.Symbol) == ("Ni", "F")).DistanceA, 6);
        Assert.Equal((2.0 / 3 * ((4.177 / 4.0263 * 4.177 / 4.0263) - 1) / 2, 0.0), (coated.Match.Misfit.VonMisesStrain, Math.Round(coated.Match.Misfit.RotationDegrees, 9)), Near);
    }

    // Mg and Li in contact by their covalent radii keep no coating from where its ions lie on those of the other sign.
    [Fact]
    public void Cations_that_come_near_each_other_do_not_move_it_away()
    {
        var magnesia = SurfaceCrystals.LiF with
        {
            Lattice = new(new(4.212, 0, 0), new(0, 4.212, 0), new(0, 0, 4.212)),
            Sites = [.. SurfaceCrystals.LiF.Sites.Select(site => site with { Element = Element.Parse(site.Element.Symbol == "Li" ? "Mg" : "O") })],
        };
        foreach (var gap in (double?[])[null, 2.3, 2.6])
            Assert.Equal(new Registry(0.5, 0.5), Build(Cut(magnesia, new(0, 0, 1), 3), LiFOnNiO with { Layers = 1, GapA = gap }).Registry);
    }

    [Fact]
    public void The_cell_in_the_plane_is_the_substrates_own_digit_by_digit()
    {
        var coated = Build(NiO001, LiFOnNiO).Structure;
        Assert.Equal((NiO001.Lattice.A, NiO001.Lattice.B), (coated.Lattice.A, coated.Lattice.B));
        Assert.Equal(PlaneSupercell.Identity, Build(NiO001, LiFOnNiO).Match.Substrate);
    }

    [Fact]
    public void Areas_atoms_and_heights_add_up()
    {
        foreach (var (substrate, coating) in Cases)
        {
            var coated = Build(substrate, coating);
            var (s, t) = (coated.Match.Substrate.Multiple, coated.Match.Coating.Multiple);
            Assert.Equal(s * substrate.Sites.Length, coated.SubstrateAtoms);
            Assert.Equal(t * coated.Coating.Structure.Sites.Length, coated.CoatingAtoms);
            Assert.Equal(coated.SubstrateAtoms + coated.CoatingAtoms, coated.Structure.Sites.Length);
            Assert.Equal(
                [coated.Structure.Lattice.A.Cross(coated.Structure.Lattice.B).Length, t * coated.Coating.AreaA2 * coated.CoatingStrain.AreaRatio, s * PlaneLattice.Of(substrate.Lattice).AreaA2 * coated.SubstrateStrain.AreaRatio],
                [coated.AreaA2, coated.AreaA2, coated.AreaA2], (x, y) => Math.Abs(x - y) < 1e-6);
            var bare = AtomicLayers.Of(substrate);
            var layers = AtomicLayers.Of(coated.Structure);
            Assert.Equal(bare.ThicknessA + coated.GapA + coated.CoatingThicknessA, layers.ThicknessA, 6);
            Assert.Equal(bare.VacuumA, layers.VacuumA, 6);
            Assert.Equal(coated.Coating.ThicknessA, coated.CoatingThicknessA, 6);
            Assert.True(coated.Structure.Lattice.A.Cross(coated.Structure.Lattice.B).Dot(coated.Structure.Lattice.C) > 0);
            Assert.All(coated.Structure.Sites, site => Assert.True(site.Fractional is { X: >= 0 and < 1, Y: >= 0 and < 1, Z: >= 0 and < 1 }));
            Assert.All(coated.Structure.Sites[..coated.SubstrateAtoms], site => Assert.Equal("substrate", site.Part));
            Assert.All(coated.Structure.Sites[coated.SubstrateAtoms..], site => Assert.Equal("coating", site.Part));
        }
    }

    [Fact]
    public void Taking_the_strain_back_leaves_the_crystals_as_they_were()
    {
        foreach (var (substrate, coating) in Cases)
        {
            var coated = Build(substrate, coating);
            var n = coated.SubstrateAtoms;
            SameDistances(Repeated(substrate, coated.Match.Substrate), Undone(substrate, coated, coated.SubstrateStrain, ..n));
            SameDistances(Repeated(coated.Coating.Structure, coated.Match.Coating), Undone(substrate, coated, coated.CoatingStrain, n..));
        }
    }

    [Fact]
    public void A_crystal_laid_on_itself_goes_on_as_it_was()
    {
        // Cut anywhere, one slab on the other at the distance of the layers and at the right place is the thicker slab.
        var whole = Cut(SurfaceCrystals.LiF, new(0, 0, 1), 6);
        var coated = Build(Cut(SurfaceCrystals.LiF, new(0, 0, 1), 3), LiFOnNiO with { GapA = 4.0263 / 2 });
        SameDistances(whole, coated.Structure);
    }

    [Fact]
    public void The_coating_is_turned_and_never_reflected()
    {
        var coated = Build(Cases[6].Substrate, Cases[6].Coating);
        Assert.Equal(0, coated.Match.Misfit.LargestStrain, 6);
        Assert.Equal(0, coated.Match.Misfit.RotationDegrees, 6);
        // Laid on itself it goes on in the same directions: all vectors between its atoms are the crystal's.
        var vectors = Vectors(coated.Structure with { Sites = coated.Structure.Sites[coated.SubstrateAtoms..] });
        Assert.True(vectors.Count > 20);
        Assert.Subset(Vectors(OrientedCell.Of(SurfaceCrystals.Asymmetric, new(1, 1, 0)).Structure), vectors);
    }

    [Fact]
    public void The_termination_asked_for_touches_the_substrate()
    {
        foreach (var (element, other) in new[] { ("Zn", "O"), ("O", "Zn") })
        {
            var coated = Build(LiCoO2_003, Cases[2].Coating with { Termination = element });
            var heights = coated.Structure.Sites[coated.SubstrateAtoms..].OrderBy(site => site.Fractional.Z).ToArray();
            Assert.Equal((element, other), (heights[0].Element.Symbol, heights[^1].Element.Symbol));
            Assert.Equal(element, coated.Coating.Top.Id.Split('.')[0]);
        }
    }

    [Fact]
    public void The_registry_is_where_the_lowest_atom_lies_against_the_highest()
    {
        var substrate = Cut(NiO, new(0, 0, 1), 4);
        var coated = Build(substrate, LiFOnNiO with { GapA = 2.5, Registry = new(0.25, 0.5) });
        var top = substrate.Sites.Index().First(pair => pair.Item.Fractional.Z > substrate.Sites.Max(site => site.Fractional.Z) - 1e-3).Index;
        var lowest = coated.Structure.Sites[coated.SubstrateAtoms..].MinBy(site => Math.Round(site.Fractional.Z, 6))!;
        var difference = lowest.Fractional - coated.Structure.Sites[top].Fractional;
        Assert.Equal((0.25, 0.5), (difference.X - Math.Floor(difference.X), difference.Y - Math.Floor(difference.Y)), Near);
        Assert.Equal(2.5, difference.Z * coated.Structure.Lattice.C.Length, 9);
        Assert.Equal((new Registry(0.25, 0.5), 2.5), (coated.Registry, coated.GapA));
    }

    [Fact]
    public void The_gap_of_the_radii_is_the_nearest_two_atoms_of_each_side_come()
    {
        foreach (var (substrate, coating) in Cases)
            foreach (var registry in new Registry?[] { null, new(0.13, 0.37) })
            {
                var coated = Build(substrate, coating with { Registry = registry });
                var (sites, across, radii) = (coated.Structure.Sites, Across(coated), Contacts.Usual(substrate.Elements, coating.Crystal.Elements));
                Assert.Equal(1, across.Min(pair => pair.DistanceA / Contacts.LengthA(sites[pair.I].Element, sites[pair.J].Element, radii)), 6);
                foreach (var told in coated.Contacts)
                    Assert.Equal(told.DistanceA, across.Where(pair => sites[pair.I].Element == told.First && sites[pair.J].Element == told.Second).Min(pair => pair.DistanceA), 6);
            }
    }

    [Fact]
    public void No_place_of_a_covalent_coating_is_nearer_than_the_one_found()
    {
        var covalent = LiFOnNiO with { Radii = ContactRadii.Covalent };
        var best = Build(NiO001, covalent).GapA;
        for (var i = 0; i < 6; i++)
            for (var j = 0; j < 6; j++) Assert.InRange(Build(NiO001, covalent with { Registry = new(i / 6.0, j / 6.0) }).GapA, best - 1e-9, 1.28 + 1.24 + 1e-9);
    }

    [Fact]
    public void Strain_is_shared_as_asked()
    {
        var half = Build(NiO001, LiFOnNiO with { StrainOnSubstrate = 0.5 });
        var length = Math.Sqrt(4.177 * 4.0263 / 2);
        Assert.Equal(length, half.Structure.Lattice.A.Length, 9);
        var all = Build(NiO001, LiFOnNiO with { StrainOnSubstrate = 1 });
        Assert.Equal(4.0263 / Math.Sqrt(2), all.Structure.Lattice.A.Length, 9);
        Assert.Equal((0, 4.0263 / 4.177 - 1), (all.CoatingStrain.LargestStrain, all.SubstrateStrain.LargestStretch), Near);
    }

    [Fact]
    public void Both_sides_of_a_symmetric_slab_are_coated_alike()
    {
        foreach (var (substrate, coating) in new[] { Cases[0], Cases[1], Cases[4] })
        {
            var coated = Build(substrate, coating with { BothSides = true });
            Assert.Equal("inversion", coated.SidesExchangedBy);
            Assert.Equal(coated.Structure.Sites.Length, coated.SubstrateAtoms + 2 * coated.Match.Coating.Multiple * coated.Coating.Structure.Sites.Length);
            Assert.Contains(SpaceGroup.Of(coated.Structure).PointOperations, operation => operation.Rotation.Trace == -3);
            Assert.Equal(AtomicLayers.Of(substrate).VacuumA, AtomicLayers.Of(coated.Structure).VacuumA, 6);
        }
    }

    [Fact]
    public void A_chiral_slab_is_coated_on_both_sides_by_a_rotation()
    {
        var quartz = new Slab(new(1, 0, 0)) { ThicknessA = 8, Symmetric = true, Stoichiometric = false }.Build(SurfaceCrystals.Quartz).Structure;
        var coated = Build(quartz, new(SurfaceCrystals.LiF) { Planes = [new(0, 0, 1)], Layers = 2, MaxStrain = 0.1, BothSides = true });
        Assert.Equal("rotation", coated.SidesExchangedBy);
        Assert.Contains(SpaceGroup.Of(coated.Structure).PointOperations, operation => operation.Rotation.M33 == -1 && operation.Rotation.Determinant == 1);
    }

    [Fact]
    public void Frozen_atoms_stay_frozen_and_the_coating_is_free()
    {
        var (frozen, _) = new Freeze([SlabRegion.OfLayers(SlabSide.Bottom, 2)]).Apply(NiO001);
        var coated = Build(frozen, LiFOnNiO);
        Assert.Equal(4, coated.Structure.Sites.Count(site => site is { Part: "substrate", Free: { X: false, Y: false, Z: false } }));
        Assert.All(coated.Structure.Sites[coated.SubstrateAtoms..], site => Assert.Equal(new SelectiveDynamics(true, true, true), site.Free));
        Assert.All(Build(NiO001, LiFOnNiO).Structure.Sites, site => Assert.Null(site.Free));
        Assert.Equal(["Ni", "O", "Li", "F"], coated.Structure.GroupedByElement().Elements.Select(element => element.Symbol));
    }

    [Fact]
    public void The_vacuum_is_what_is_asked_for_and_the_whole_lies_in_its_middle()
    {
        var coated = Build(NiO001, LiFOnNiO with { VacuumA = 22 });
        Assert.Equal(22, AtomicLayers.Of(coated.Structure).VacuumA, 9);
        Assert.Equal(1, coated.Structure.Sites.Min(site => site.Fractional.Z) + coated.Structure.Sites.Max(site => site.Fractional.Z), 9);
    }

    [Fact]
    public void Where_the_slab_lies_in_its_cell_and_how_its_c_leans_does_not_matter()
    {
        var slab = Cases[1].Substrate;
        var expected = Build(slab, Cases[1].Coating);
        var moved = slab with { Sites = [.. slab.Sites.Select(site => site with { Fractional = Wrapped(site.Fractional + new Vector3D(0.3, 0.1, 0.55)) })] };
        var leaning = new Lattice(slab.Lattice.A, slab.Lattice.B, slab.Lattice.C + slab.Lattice.A * 1.3 - slab.Lattice.B * 0.4);
        var leaned = new Structure(leaning, [.. slab.Sites.Select(site => site with { Fractional = leaning.ToFractional(slab.Lattice.ToCartesian(site.Fractional)) })]);
        foreach (var other in new[] { moved, leaned })
        {
            var coated = Build(other, Cases[1].Coating);
            Assert.Equal(expected.Matches.Select(match => match.ToString()), coated.Matches.Select(match => match.ToString()));
            Assert.Equal(expected.GapA, coated.GapA, 6);
            SameDistances(expected.Structure, coated.Structure);
            Assert.Contains(SpaceGroup.Of(Build(other, Cases[1].Coating with { BothSides = true }).Structure).PointOperations, operation => operation.Rotation.Trace == -3);
        }
    }

    [Fact]
    public void The_same_input_gives_the_same_atoms()
    {
        foreach (var (substrate, coating) in Cases) Assert.Equal(Build(substrate, coating).Structure, Build(substrate, coating).Structure);
    }

    [Fact]
    public void Another_match_is_another_of_the_list()
    {
        var coatings = Enumerable.Range(1, 4).Select(n => Build(LiCoO2_003, Cases[3].Coating with { Match = n, MaxAreaA2 = 150 })).ToArray();
        foreach (var (i, coated) in coatings.Index())
        {
            Assert.Equal((coatings[0].Matches[i].Plane, i + 1), (coated.Plane, coated.MatchNumber));
            Assert.Equal(coatings[0].Matches[i].Match.AreaA2, coated.AreaA2, 6);
        }
        Assert.Equal(coatings[0].Matches.OrderBy(match => Math.Round(match.Match.AreaA2, 6)).ThenBy(match => Math.Round(match.Match.Misfit.VonMisesStrain, 7)), coatings[0].Matches);
    }

    [Fact]
    public void Planes_that_symmetry_makes_of_each_other_are_looked_at_once()
    {
        Assert.Equal(["(100)", "(110)", "(111)"], Planes(1, SurfaceCrystals.LiF));
        // Polar along [111]: Ga and As faces.
        Assert.Equal(["(100)", "(110)", "(111)", "(11-1)"], Planes(1, SurfaceCrystals.GaAs));
        Assert.Equal(["(100)", "(001)", "(00-1)"], Planes(1, SurfaceCrystals.ZnO).Where(plane => plane is "(100)" or "(001)" or "(00-1)"));
        Assert.Equal(13, Planes(1, SurfaceCrystals.Triclinic).Count());
        Assert.Equal(26, Planes(1, SurfaceCrystals.Asymmetric).Count());

        static IEnumerable<string> Planes(int maxIndex, Structure crystal) => DistinctPlanes.UpTo(maxIndex, crystal).Select(plane => plane.ToString());
    }

    [Fact]
    public void Says_what_is_wrong_and_what_to_do()
    {
        Refused("DF1620", "-1 Å is no gap", NiO001, LiFOnNiO with { GapA = -1 });
        Refused("DF1620", "no match 0", NiO001, LiFOnNiO with { Match = 0 });
        Refused("DF1620", "within the limits there are 1", NiO001, LiFOnNiO with { Match = 2, MaxAreaA2 = 9 });
        Refused("DF1620", "part 1.5", NiO001, LiFOnNiO with { StrainOnSubstrate = 1.5 });
        Refused("DF1620", "NaN Å is not a vacuum", NiO001, LiFOnNiO with { VacuumA = double.NaN });
        Refused("DF1620", "no registry", NiO001, LiFOnNiO with { Registry = new(double.NaN, 0) });
        Refused("DF1620", "0 Å²", NiO001, LiFOnNiO with { MaxAreaA2 = 0 });
        Refused("DF1620", "8.72 Å²", NiO001, LiFOnNiO with { MaxAreaA2 = 5 });
        Refused("DF1620", "0 is no largest Miller index", NiO001, LiFOnNiO with { Planes = [], MaxIndex = 0 });
        Refused("DF1621", "not a slab", NiO, LiFOnNiO);
        Refused("DF1621", "The vacuum is along a", NiO001 with { Lattice = new(NiO001.Lattice.C, NiO001.Lattice.B, -NiO001.Lattice.A), Sites = [.. NiO001.Sites.Select(site => site with { Fractional = new(site.Fractional.Z, site.Fractional.Y, 1 - site.Fractional.X) })] }, LiFOnNiO);
        Refused("DF1621", "no atoms", NiO001 with { Sites = [] }, LiFOnNiO);
        Refused("DF1623", "Ni (site", NiO001, LiFOnNiO with { GapA = 0.8, Registry = Registry.OnTop });
        Refused("DF1624", "not alike", Cut(SurfaceCrystals.Asymmetric, new(0, 0, 1), null), new(SurfaceCrystals.Asymmetric) { Planes = [new(0, 0, 1)], ThicknessA = 4, BothSides = true });
        Refused("DF1625", "at most 500", NiO001, LiFOnNiO with { MaxAreaA2 = 1e9 });
        Assert.Contains("would have 2000000 atoms", Assert.Throws<DftFlowException>(() => CoatingChecks.Size(2000, 500, 1000, 500, bothSides: true)).Message, StringComparison.Ordinal);
        Refused("DF1610", "layers", NiO001, new(SurfaceCrystals.LiF) { Planes = [new(0, 0, 1)] });
        Refused("DF1612", "no termination", NiO001, LiFOnNiO with { Termination = "Xe" });
    }

    [Fact]
    public void Where_nothing_matches_the_nearest_miss_is_told()
    {
        var message = Refused("DF1622", "(001)", NiO001, LiFOnNiO with { MaxAreaA2 = 9, MaxStrain = 0.01 });
        // 4.177 / 4.0263 − 1 = 3.743 %.
        Assert.Contains("8.7 Å², strain 3.74 %", message, StringComparison.Ordinal);
        Assert.Contains("Raise the largest strain to 3.8 %", message, StringComparison.Ordinal);
        Assert.Contains("raise the largest area to", Refused("DF1622", "(001)", NiO001, LiFOnNiO with { MaxAreaA2 = 60, MaxStrain = 0.01 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_crystal_on_any_slab_is_built_or_refused_with_a_reason() =>
        Gen.Select(SampleStructures.Random, Gen.Int[-1, 1].Array[3], Gen.Bool, Gen.Double[-1, 3], Gen.Double[0.01, 0.2]).Sample((crystal, plane, bothSides, gap, strain) =>
        {
            try
            {
                var coated = Build(LiCoO2_104, new(crystal) { Planes = [new(plane[0], plane[1], plane[2])], ThicknessA = 3, BothSides = bothSides, GapA = gap < -0.5 ? gap : null, MaxStrain = strain });
                Assert.Equal(coated.SubstrateAtoms + coated.CoatingAtoms, coated.Structure.Sites.Length);
                Assert.All(Across(coated), pair => Assert.True(pair.DistanceA >= MinimumDistances.OverlapA));
            }
            catch (DftFlowException error)
            {
                Assert.NotEmpty(error.Hint ?? error.Message);
            }
        }, iter: Effort.Iterations(20));

    private static string Refused(string code, string text, Structure substrate, Coating coating)
    {
        var error = Assert.Throws<DftFlowException>(() => Build(substrate, coating));
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.Equal(code, error.Code);
        return error.Message + error.Hint;
    }

    private static CoatedSlab Build(Structure substrate, Coating coating) => coating.Build(substrate, TestContext.Current.CancellationToken);

    private static Structure Cut(Structure crystal, MillerPlane plane, int? layers) =>
        new Slab(plane) { Layers = layers, ThicknessA = layers is null ? 6 : null }.Build(crystal).Structure;

    private static void SameDistances(Structure expected, Structure actual)
    {
        var (left, right) = (Distances(expected), Distances(actual));
        Assert.Equal(left.Select(one => one.Pair), right.Select(one => one.Pair));
        Assert.Equal(left.Select(one => one.DistanceA), right.Select(one => one.DistanceA), (x, y) => Math.Abs(x - y) < 1e-6);
    }

    private static (string Pair, double DistanceA)[] Distances(Structure structure) =>
        [.. NeighbourPairs.Within(structure, 3.517).Select(pair => (Pair: string.Join('-', new[] { structure.Sites[pair.I].Element.Symbol, structure.Sites[pair.J].Element.Symbol }.Order(StringComparer.Ordinal)), pair.DistanceA))
            .OrderBy(one => one.Pair, StringComparer.Ordinal).ThenBy(one => one.DistanceA)];

    private static (int I, int J, double DistanceA)[] Across(CoatedSlab coated) =>
        [.. NeighbourPairs.Within(coated.Structure, 5).Where(pair => coated.Structure.Sites[pair.I].Part != coated.Structure.Sites[pair.J].Part)];

    private static Structure Repeated(Structure slab, PlaneSupercell cell) => cell.Determinant > 0
        ? SlabCell.InPlane(slab, cell.Aa, cell.Ab, cell.Ba, cell.Bb)
        : SlabCell.InPlane(slab, cell.Ba, cell.Bb, cell.Aa, cell.Ab);

    /// <summary>Some of the sites, with the deformation of the plane taken back: told in the axes of the bare substrate.</summary>
    private static Structure Undone(Structure substrate, CoatedSlab coated, PlaneDeformation deformation, Range sites)
    {
        var (plane, back, lattice) = (PlaneLattice.Of(substrate.Lattice), deformation.Inverse, coated.Structure.Lattice);
        var undone = new Lattice(Back(lattice.A), Back(lattice.B), Back(lattice.C));
        return new(undone, [.. coated.Structure.Sites[sites].Select(site => site with { Fractional = undone.ToFractional(Back(lattice.ToCartesian(site.Fractional))) })]);

        Vector3D Back(Vector3D v) => plane.ToSpace(back.Apply(plane.ToPlane(v)), v.Dot(plane.Normal));
    }

    private static HashSet<string> Vectors(Structure structure) => [.. NeighbourPairs.VectorsWithin(structure, 4).SelectMany(pair => new[]
    {
        (structure.Sites[pair.I].Element, structure.Sites[pair.J].Element, V: pair.VectorA), (structure.Sites[pair.J].Element, structure.Sites[pair.I].Element, V: -pair.VectorA),
    }).Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Item1}-{one.Item2} {one.V.X + 1e-5:0.000} {one.V.Y + 1e-5:0.000} {one.V.Z + 1e-5:0.000}"))];

    private static Vector3D Wrapped(Vector3D f) => new(f.X - Math.Floor(f.X), f.Y - Math.Floor(f.Y), f.Z - Math.Floor(f.Z));

    private static bool Near((double, double) x, (double, double) y) => Math.Abs(x.Item1 - y.Item1) + Math.Abs(x.Item2 - y.Item2) < 1e-9;
}
