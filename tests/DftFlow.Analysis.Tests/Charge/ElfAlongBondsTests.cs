using System.Collections.Immutable;
using DftFlow.Analysis.Charge;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Analysis.Charge;

public class ElfAlongBondsTests
{
    private static readonly GridDimensions Grid = new(48, 48, 48);

    // Rock salt in its cubic cell of eight atoms, a = 4.2 Å.
    private static readonly Lattice Cell = Lattice.FromParameters(4.2, 4.2, 4.2, 90, 90, 90);
    private static readonly Structure Salt = new(Cell,
    [
        .. ((Vector3D[])[new(0, 0, 0), new(0.5, 0.5, 0), new(0.5, 0, 0.5), new(0, 0.5, 0.5)]).Select(place => new Site(Grids.El("Sc"), place)),
        .. ((Vector3D[])[new(0.5, 0, 0), new(0, 0.5, 0), new(0, 0, 0.5), new(0.5, 0.5, 0.5)]).Select(place => new Site(Grids.El("O"), place)),
    ]);

    private static PeriodicField Field(Lattice lattice, Func<Vector3D, double> ofFractional) => new(lattice, Grid, Grids.Values(Grid, ofFractional));

    [Fact]
    public void Each_image_of_a_bond_counts_once()
    {
        var elf = new ElfAlongBonds(Field(Cell, _ => 0.25), Salt);
        Assert.Equal(24, elf.Bonds.Length);
        Assert.Equal(("O-Sc", "Sc-O"), (new ElfAlongBonds(Field(Cell, _ => 0.25), Salt, new() { Pairs = [(Grids.El("O"), Grids.El("Sc"))] }).Bonds[0].Pair, elf.Bonds[0].Pair));
        Assert.All(elf.Bonds, bond =>
        {
            Assert.Equal(2.1, bond.DistanceA, 1e-12);
            Assert.Equal((0.25, 0.25, 0.25), (bond.Max, bond.Min, bond.Mid));
            Assert.Equal(("Sc", "O"), (Salt.Sites[bond.I].Element.Symbol, Salt.Sites[bond.J].Element.Symbol));
            var to = Salt.Sites[bond.J].Fractional + new Vector3D(bond.Image.A, bond.Image.B, bond.Image.C);
            Assert.True((Cell.ToCartesian(to - Salt.Sites[bond.I].Fractional) - bond.VectorA).Length < 1e-12);
        });
        Assert.Equal(24, elf.Bonds.Select(bond => (bond.I, bond.J, bond.Image)).Distinct().Count());
        var pair = Assert.Single(elf.ByPair);
        Assert.Equal(("Sc-O", 24, 0.25), (pair.Pair, pair.Count, pair.Max!.Mean));
    }

    [Fact]
    public void Extremes_are_those_between_the_cores_and_known_by_their_place()
    {
        // Along x from Sc at 0 to O at 2.1 Å: 1 − |x − 1.3| / 2 has its top at 1.3 Å, and is lowest where the Sc core ends.
        var field = Field(Cell, f => 1 - Math.Abs(Math.Min(f.X, 1 - f.X) * 4.2 - 1.3) / 2);
        var elf = new ElfAlongBonds(field, Salt, new() { CoreRadiiA = ImmutableDictionary<Element, double>.Empty.Add(Grids.El("Sc"), 0.7), CoreFraction = 0.5 });
        Assert.Equal((0.7, 0.33), (elf.CoreRadiiA[Grids.El("Sc")], elf.CoreRadiiA[Grids.El("O")]));
        var bond = elf.Bonds.First(one => one.I == 0 && one.VectorA.X > 2);
        Assert.Equal(1.3, bond.MaxAtA!.Value, 0.05);
        Assert.Equal(0.7, bond.MinAtA!.Value, 0.01);
        Assert.Equal(1 - 0.6 / 2, bond.Min!.Value, 0.01);
        Assert.Equal(1 - 0.25 / 2, bond.Mid, 1e-9);
        var profile = elf.Profile(bond).ToArray();
        Assert.True(profile.Count(point => !point.InCore) >= ElfAlongBonds.LeastPoints);
        Assert.Equal((0, 2.1), (profile[0].AtA, profile[^1].AtA));
    }

    [Fact]
    public void A_symmetric_bond_is_symmetric_to_rounding()
    {
        var carbon = new Structure(Cell, [new(Grids.El("C"), new(0.3, 0.5, 0.5)), new(Grids.El("C"), new(0.7, 0.5, 0.5))]);
        var field = Field(Cell, f => 0.5 + 0.3 * Math.Cos(2 * Math.PI * f.X) * Math.Cos(2 * Math.PI * f.Y));
        var elf = new ElfAlongBonds(field, carbon);
        var values = elf.Profile(Assert.Single(elf.Bonds)).Select(point => point.Elf).ToArray();
        for (var i = 0; i < values.Length; i++) Assert.Equal(values[i], values[^(i + 1)], 1e-12);
    }

    [Fact]
    public void A_single_atom_is_bonded_to_its_own_images()
    {
        var hexagonal = Lattice.FromParameters(2.5, 2.5, 2.5, 60, 60, 60);
        var elf = new ElfAlongBonds(Field(hexagonal, _ => 0.5), new(hexagonal, [new(Grids.El("Cu"), new(0, 0, 0))]));
        // Half of the twelve neighbours: the others are the same bonds seen from the other end.
        Assert.Equal(6, elf.Bonds.Length);
        Assert.All(elf.Bonds, bond => Assert.NotEqual((0, 0, 0), bond.Image));
    }

    [Fact]
    public void Pairs_that_are_asked_for_need_not_be_bonds()
    {
        var metals = new ElfAlongBonds(Field(Cell, _ => 0.1), Salt, new() { Pairs = [(Grids.El("Sc"), Grids.El("Sc"))] });
        // Twelve neighbours each at 2.97 Å, within 1.3 · 3.4 Å, and six at 4.2 Å.
        Assert.Equal(4 * (12 + 6) / 2, metals.Bonds.Length);
        Assert.Equal(4 * 12 / 2, new ElfAlongBonds(Field(Cell, _ => 0.1), Salt, new() { Pairs = [(Grids.El("Sc"), Grids.El("Sc"))], MaxDistanceA = 3 }).Bonds.Length);
        var none = new ElfAlongBonds(Field(Cell, _ => 0.1), Salt, new() { Pairs = [(Grids.El("O"), Grids.El("Sc"))], MaxDistanceA = 1 });
        Assert.Empty(none.Bonds);
        Assert.Equal(("O-Sc", 0, null), (none.ByPair[0].Pair, none.ByPair[0].Count, none.ByPair[0].Mid));
    }

    [Fact]
    public void Cores_that_meet_leave_no_extremes_but_a_middle()
    {
        var elf = new ElfAlongBonds(Field(Cell, _ => 0.4), Salt, new() { CoreRadiiA = ImmutableDictionary<Element, double>.Empty.Add(Grids.El("Sc"), 1.5).Add(Grids.El("O"), 0.8) });
        Assert.All(elf.Bonds, bond => Assert.Equal((null, null, 0.4), (bond.Max, bond.Min, bond.Mid)));
        Assert.Null(elf.ByPair[0].Max);
    }

    [Theory]
    [InlineData("Mn", 2.5, 0.5, "There is no Mn")]
    [InlineData("O", 0, 0.5, "up to 0 Å")]
    [InlineData("O", 99, 0.5, "up to 99 Å")]
    [InlineData("O", double.NaN, 0.5, "up to NaN Å")]
    [InlineData("O", 2.5, -1, "-1 times")]
    public void What_cannot_be_asked_for_is_refused(string element, double longest, double core, string message)
    {
        var error = Assert.Throws<DftFlowException>(() => new ElfAlongBonds(Field(Cell, _ => 0), Salt, new() { Pairs = [(Grids.El("Sc"), Grids.El(element))], MaxDistanceA = longest, CoreFraction = core }));
        Assert.Equal("DF3232", error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Graphite_has_its_bonds_with_the_maximum_in_the_middle()
    {
        var data = VolumetricFile.Read<double>(VaspCorpus.Open("elfcar-graphite-spin", "ELFCAR.gz"), new() { Kind = GridKind.Elf }, TestContext.Current.CancellationToken);
        var both = GridQuantity.Of(data, null, GridSpin.Both);
        var elf = new ElfAlongBonds(new(data.Lattice, data.Dimensions, both.Values), data.Structure!, new() { MaxDistanceA = 1.6 });
        // Three bonds of each of four atoms.
        Assert.Equal(6, elf.Bonds.Length);
        Assert.All(elf.Bonds, bond => Assert.Equal((1.4247, 0.868, 0.71), (bond.DistanceA, bond.Mid, bond.MaxAtA!.Value), new Near(0.06)));
        Assert.True(elf.ByPair[0].Max!.Spread < 0.01);
    }

    private sealed class Near(double tolerance) : IEqualityComparer<(double, double, double)>
    {
        public bool Equals((double, double, double) x, (double, double, double) y) =>
            Math.Abs(x.Item1 - y.Item1) < tolerance && Math.Abs(x.Item2 - y.Item2) < tolerance && Math.Abs(x.Item3 - y.Item3) < tolerance;

        public int GetHashCode((double, double, double) obj) => 0;
    }
}
