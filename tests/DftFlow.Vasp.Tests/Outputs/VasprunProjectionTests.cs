using System.Text;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>Projections of the DOS and of the states: all forms, chosen parts, and files that stop within them.</summary>
public class VasprunProjectionTests
{
    // Each number tells its place.
    private static readonly SampleVasprun Sample = new()
    {
        Elements = ["Li", "O", "O"],
        EnergiesEv = [-1, 0, 1],
        Projected = (site, component, orbital, energy) => 100 * site + 10 * component + Place(orbital) + 0.25 * energy,
        Bands = [[[(-1, 1), (1, 0)], [(-2, 1), (2, 0)], [(-3, 1), (3, 0)]]],
        ProjectedBands = (component, k, band, site, orbital) => component + 0.1 * k + 0.05 * band + 0.01 * site + 0.001 * Place(orbital),
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Every_component_site_orbital_and_state_is_in_its_place(int components)
    {
        var spins = components == 2 ? 2 : 1;
        var sample = Sample with { Components = components, Bands = [.. Enumerable.Repeat(Sample.Bands[0], spins)] };
        var run = Read(sample, VasprunContent.ProjectedDos | VasprunContent.ProjectedEigenvalues);
        Assert.Empty(run.Warnings);
        var (dos, states) = (run.Dos!.Projected!, run.ProjectedEigenvalues!);
        Assert.Equal((3, components), (dos.SiteCount, dos.ComponentCount));
        Assert.Equal((3, components, 3, 2), (states.SiteCount, states.ComponentCount, states.KPointCount, states.BandCount));
        Assert.Equal(["s", "py", "pz", "px"], states.Orbitals);
        for (var component = 0; component < components; component++)
            for (var site = 0; site < 3; site++)
                for (var orbital = 0; orbital < 4; orbital++)
                {
                    Assert.Equal(100 * site + 10 * component + orbital - 0.25, dos[site, component, orbital][0]);
                    Assert.Equal(100 * site + 10 * component + orbital + 0.25, dos[site, component, orbital][2]);
                    Assert.Equal((float)Math.Round(component + 0.2 + 0.05 + 0.01 * site + 0.001 * orbital, 4), states[component, 2, 1, site][orbital]);
                }
    }

    [Fact]
    public void Of_four_components_the_first_is_the_density_and_the_others_are_the_magnetization()
    {
        var dos = Read(Sample with { Components = 4 }, VasprunContent.Dos).Dos!;
        Assert.Equal([1, 1, 1], Assert.Single(dos.Density));
        Assert.Equal([2, 3, 4], dos.Magnetization.Select(part => part[0]));
        Assert.Empty(Read(Sample with { Components = 2 }, VasprunContent.Dos).Dos!.Magnetization);
    }

    [Fact]
    public void Keeps_only_the_sites_and_orbitals_asked_for()
    {
        var oxygenP = new ProjectionFilter((_, type) => type?.Symbol == "O", orbital => orbital.StartsWith('p'));
        var run = Read(Sample, VasprunContent.ProjectedDos | VasprunContent.ProjectedEigenvalues, oxygenP);
        var (dos, states) = (run.Dos!.Projected!, run.ProjectedEigenvalues!);
        Assert.Equal(["py", "pz", "px"], dos.Orbitals);
        Assert.Equal(["py", "pz", "px"], states.Orbitals);
        Assert.Equal([false, true, true], Enumerable.Range(0, 3).Select(dos.Has));
        Assert.Equal([false, true, true], Enumerable.Range(0, 3).Select(site => states.Has(0, 0, 0, site)));
        Assert.Equal(202, dos[2, 0, 1][1]);
        Assert.Equal(0.023f, states[0, 0, 0, 2][2]);
        Assert.Equal("DF1403", Assert.Throws<DftFlowException>(() => dos[0, 0, 0][0]).Code);
        Assert.Equal("DF1403", Assert.Throws<DftFlowException>(() => states[0, 0, 0, 0][0]).Code);
    }

    [Fact]
    public void Memory_grows_with_what_is_asked_for_alone()
    {
        var large = Sample with { Elements = [.. Enumerable.Repeat("Li", 60), "O"], EnergiesEv = [.. Enumerable.Range(0, 1000).Select(i => 0.01 * i)], ProjectedBands = null };
        var text = Encoding.UTF8.GetBytes(large.ToString());
        var filter = new ProjectionFilter((_, type) => type?.Symbol == "O", orbital => orbital.StartsWith('p'));
        var nothing = new ProjectionFilter((_, _) => false);
        _ = (Allocated(text, filter), Allocated(text, nothing));
        // One site's three orbitals at 8 kB each, within what the runtime allocates on its own account: 60 sites more would be 1.4 MB.
        Assert.InRange(Allocated(text, filter) - Allocated(text, nothing), 16_000, 40_000);

        static long Allocated(byte[] text, ProjectionFilter filter)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            _ = Vasprun.Read(new MemoryStream(text), VasprunContent.ProjectedDos, filter, TestContext.Current.CancellationToken);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void A_file_cut_off_within_the_projections_gives_those_that_are_whole()
    {
        var text = (Sample with { Components = 2, Bands = [Sample.Bands[0], Sample.Bands[0]] }).ToString();
        for (var length = text.IndexOf("<array><field>energy</field><field> s", StringComparison.Ordinal); length < text.IndexOf("</projected>", StringComparison.Ordinal); length++)
        {
            var part = text[..length];
            var run = Read(part, VasprunContent.All);
            Assert.Equal(length, run.Truncated!.Byte);
            Assert.Equal(3, run.Dos!.EnergiesEv.Length);
            var sites = Count(part[part.IndexOf("<partial>", StringComparison.Ordinal)..].Split("</partial>")[0], "</set></set>");
            if (run.Dos.Projected is { } dos)
            {
                Assert.Equal(3, dos.SiteCount);
                for (var site = 0; site < 3; site++)
                {
                    Assert.Equal(site < sites, dos.Has(site));
                    if (site < sites) Assert.Equal(100 * site + 10 + 2.25, dos[site, 1, 2][2]);
                }
            }
            else Assert.Equal(0, sites);
            var bands = Count(part.Split("</eigenvalues>\n<array>").ElementAtOrDefault(1) ?? "", " </r>\n</set>");
            if (run.ProjectedEigenvalues is { } states)
            {
                Assert.True(states.Has(0, 0, 0, 0));
                Assert.Equal(bands, Enumerable.Range(0, states.ComponentCount * states.KPointCount * states.BandCount)
                    .Count(i => states.Has(i / states.BandCount / states.KPointCount, i / states.BandCount % states.KPointCount, i % states.BandCount, 2)));
            }
            else Assert.Equal(0, bands);
        }

        static int Count(string text, string part) => text.Split(part).Length - 1;
    }

    [Fact]
    public void Reads_KPOINTS_OPT_on_request_and_passes_over_it_otherwise()
    {
        // In the order and the form of VASP 6.4: the energies alone, then projected with occupations, all before the ordinary ones.
        const string Optional = """
            <dos comment="kpoints_opt"><i name="efermi">9.0</i><total><array><field>energy</field><field>total</field><field>integrated</field><set><set comment="spin 1">
            <r> -5.0 0.0 0.0 </r><r> 5.0 1.0 2.0 </r></set></set></array></total></dos>
            <eigenvalues_kpoints_opt comment="kpoints_opt"><kpoints><varray name="kpointlist" ><v> 0.0 0.0 0.0 </v><v> 0.5 0.0 0.0 </v></varray><varray name="weights" ><v> 0.5 </v><v> 0.5 </v></varray></kpoints>
            <eigenvalues><array><field>eigene</field><set><set comment="spin 1"><set comment="kpoint 1"><r> -7.0 </r></set><set comment="kpoint 2"><r> -6.0 </r></set></set></set></array></eigenvalues></eigenvalues_kpoints_opt>

            """;
        const string Projected = """
            <projected_kpoints_opt><eigenvalues><array><field>eigene</field><field>occ</field><set><set comment="spin 1"><set comment="kpoint 1"><r> -7.0 1.0 </r></set><set comment="kpoint 2"><r> -6.0 0.5 </r></set></set></set></array></eigenvalues>
            <array><field>  s</field><set><set comment="spin1"><set comment="kpoint 1"><set comment="band 1"><r> 0.1 </r><r> 0.2 </r></set></set><set comment="kpoint 2"><set comment="band 1"><r> 0.3 </r><r> 0.4 </r></set></set></set></set></array></projected_kpoints_opt>

            """;
        var sample = new SampleVasprun { FermiEnergyEv = 1.5, BeforeElectrons = Optional + Projected };
        foreach (var content in new[] { VasprunContent.Energies, VasprunContent.All & ~VasprunContent.KPointsOpt, VasprunContent.All })
        {
            var run = Read(sample, content);
            Assert.True(run.Complete);
            Assert.Equal(1.5, run.FermiEnergyEv);
            Assert.Single(run.KPoints);
            if (content == VasprunContent.Energies) continue;
            Assert.Equal((4, 1, 2), (run.Dos!.EnergiesEv.Length, run.Eigenvalues!.KPointCount, run.Eigenvalues.BandCount));
        }
        Assert.Null(Read(sample, VasprunContent.All & ~VasprunContent.KPointsOpt).KPointsOpt);

        var optional = Read(sample, VasprunContent.All).KPointsOpt!;
        Assert.Equal((9.0, 2, 0.5), (optional.FermiEnergyEv, optional.KPoints.Length, optional.KPoints[1].Fractional.X));
        Assert.Equal([0, 1], optional.Dos!.Density[0]);
        Assert.Equal((-6.0, 0.5), (optional.Eigenvalues!.EnergiesEv(0, 1)[0], optional.Eigenvalues.Occupations(0, 1)[0]));
        Assert.Equal(0.4f, optional.ProjectedEigenvalues![0, 1, 0, 1][0]);

        var unprojected = Read(sample with { BeforeElectrons = Optional }, VasprunContent.All).KPointsOpt!.Eigenvalues!;
        Assert.Equal((-7.0, double.NaN), (unprojected.EnergiesEv(0, 0)[0], unprojected.Occupations(0, 0)[0]));
        Assert.Null(BandEdges.Of(unprojected));
    }

    private static int Place(string orbital) => orbital switch { "s" => 0, "py" => 1, "pz" => 2, _ => 3 };

    private static Vasprun Read(SampleVasprun sample, VasprunContent content, ProjectionFilter? filter = null) => Read(sample.ToString(), content, filter);

    private static Vasprun Read(string text, VasprunContent content, ProjectionFilter? filter = null) =>
        Vasprun.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), content, filter ?? new ProjectionFilter(), TestContext.Current.CancellationToken);
}
