using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

public class BandEdgesTests
{
    [Fact]
    public void The_edges_may_belong_to_different_spins()
    {
        var edges = Of([[[(-3, 1), (2, 0)], [(-2, 1), (2.5, 0)]], [[(-1, 1), (4, 0)], [(-1.5, 1), (1.25, 0)]]]);
        Assert.Equal((-1, 1.25, 2.25), (edges.VbmEv, edges.CbmEv, edges.GapEv));
        Assert.False(edges.IsDirect);
        Assert.False(edges.IsMetal);
    }

    [Fact]
    public void A_gap_is_direct_where_any_of_the_equivalent_points_has_both_edges()
    {
        Assert.True(Of([[[(-1, 1), (3, 0)], [(-1, 1), (2, 0)], [(-1.5, 1), (2, 0)]]]).IsDirect);
        Assert.False(Of([[[(-1, 1), (3, 0)], [(-2, 1), (2, 0)]]]).IsDirect);
    }

    [Fact]
    public void Bands_that_cross_the_Fermi_level_make_a_metal_though_the_sampled_energies_leave_a_gap()
    {
        var edges = Of([[[(-2, 1), (-0.1, 1), (3, 0)], [(-2, 1), (0.2, 0), (3, 0)]]]);
        Assert.True(edges.IsMetal);
        Assert.Equal(0, edges.GapEv);
        Assert.Null(edges.VbmEv);
        Assert.Equal((-0.1, 0.2), (edges.HighestOccupiedEv, edges.LowestUnoccupiedEv));
    }

    [Fact]
    public void Spin_channels_with_Fermi_levels_of_their_own_that_overlap_make_a_metal() => Assert.True(Of([[[(-1, 1), (2, 0)]], [[(-3, 1), (-2, 0)]]]).IsMetal);

    [Fact]
    public void The_tails_of_the_smearing_do_not_close_the_gap_of_a_semiconductor()
    {
        // Silicon at SIGMA = 0.2 eV: the conduction band is filled a little, and the valence band not quite.
        var edges = Of([[[(5.61, 0.98), (8.2, 0)], [(2.8, 1), (6.22, 0.0197)]]]);
        Assert.Equal((5.61, 6.22, false), (edges.VbmEv, edges.CbmEv, edges.IsMetal));
        Assert.False(edges.IsDirect);
    }

    [Theory]
    // One electron, two, in three p orbitals; one in a level of both spins.
    [InlineData(0.3333, 0.3333, 0.3333)]
    [InlineData(0.6667, 0.6667, 0.6667)]
    [InlineData(0.5, 0, 0)]
    // Nearly one level, as of f electrons.
    [InlineData(0.7873, 0.7796, 0.4332)]
    public void An_open_shell_has_no_gap(double first, double second, double third) =>
        Assert.True(Of([[[(-20, 1), (-3, first), (-3, second), (-3, third), (4, 0)]]]).IsMetal);

    [Fact]
    public void Without_empty_bands_there_are_no_edges() =>
        Assert.Null(BandEdges.Of(Vasprun.Read(new SampleVasprun { Bands = [[[(-1, 1)]]] }.Stream(), VasprunContent.Eigenvalues, TestContext.Current.CancellationToken).Eigenvalues!));

    [Theory]
    [InlineData("dos-al-uniform", "vasprun.xml.gz", true)]
    [InlineData("reaction-energies-mgo", "Mg_P6_3mmc_EaH_0.009.vasprun.xml.gz", true)]
    [InlineData("reaction-energies-mgo", "MgO_Fm-3m_EaH_0.vasprun.xml.gz", false)]
    [InlineData("vasprun-limno-approxneb", "vasprun.xml.relax1.gz", true)]
    [InlineData("vasprun-ceo2-hse06", "vasprun.hse06.xml.gz", false)]
    public void Tells_real_metals_from_insulators(string caseName, string file, bool metal)
    {
        using var stream = VaspCorpus.Open(caseName, file);
        Assert.Equal(metal, BandEdges.Of(Vasprun.Read(stream, VasprunContent.Eigenvalues, TestContext.Current.CancellationToken).Eigenvalues!)!.IsMetal);
    }

    private static BandEdges Of(IReadOnlyList<IReadOnlyList<IReadOnlyList<(double, double)>>> bands) =>
        BandEdges.Of(Vasprun.Read(new SampleVasprun { Bands = bands }.Stream(), VasprunContent.Eigenvalues, TestContext.Current.CancellationToken).Eigenvalues!)!;
}
