using System.Diagnostics;
using System.Text;
using CsCheck;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>Files that are damaged, or made to harm: they end in a record or in one error, in bounded time and memory.</summary>
public class VasprunHostileTests
{
    private static readonly SampleVasprun Rich = new()
    {
        Components = 2,
        Steps = [("-1", "-1", "-1"), ("-2", "-2", "-2")],
        Bands = [[[(-1, 1), (1, 0)], [(-2, 1), (2, 0)]], [[(-1, 1), (1, 0)], [(-2, 1), (2, 0)]]],
        ProjectedBands = (_, _, _, _, _) => 0.5,
        KPointGeneration = """<generation param="Gamma"><v type="int" name="divisions"> 2 1 1 </v><v name="shift"> 0.0 0.0 0.0 </v></generation>""",
        BeforeElectrons = """<dos comment="kpoints_opt"><i name="efermi">9.0</i></dos><eigenvalues_kpoints_opt comment="kpoints_opt"><eigenvalues><array><field>eigene</field><set><set><set><r> 1.0 </r></set></set></set></array></eigenvalues></eigenvalues_kpoints_opt>""",
    };

    [Theory]
    [InlineData("")]
    [InlineData("Not XML at all")]
    [InlineData("<html><body/></html>")]
    [InlineData("<modeling")]
    public void Refuses_what_is_no_vasprun(string text) => Assert.Equal("DF1401", Assert.Throws<DftFlowException>(() => Read(text)).Code);

    [Fact]
    public void Refuses_declarations_deep_nesting_endless_tokens_and_impossible_counts()
    {
        Refuses("declaration", "<!DOCTYPE modeling [<!ENTITY a \"&a;&a;\">]><modeling></modeling>");
        Refuses("declaration", "<modeling><incar><i name=\"SYSTEM\">x</i></incar><!ENTITY % b SYSTEM \"file:///etc/passwd\"></modeling>");
        Refuses("deep", "<modeling>" + string.Concat(Enumerable.Repeat("<set>", 100_000)));
        Refuses("16 MiB", "<modeling><incar><i name=\"SYSTEM\">" + new string('x', 20_000_000));
        Refuses("16 KiB", "<modeling><incar><i name=\"" + new string('x', 1_000_000));
        Refuses("16 KiB", "<modeling><" + new string('x', 1_000_000));
        Refuses("parameters", "<modeling><incar>" + string.Concat(Enumerable.Range(0, 30_000).Select(i => $"<i name=\"T{i}\">1</i>")));
        Refuses("energies", "<modeling><dos><total><array><field>energy</field><field>total</field><field>integrated</field><set><set>" + string.Concat(Enumerable.Repeat("<r> 1 1 1 </r>", 1_100_000)));

        static void Refuses(string why, string text)
        {
            var error = Assert.Throws<DftFlowException>(() => Read(text));
            Assert.Equal("DF1402", error.Code);
            Assert.Contains(why, error.Message, StringComparison.Ordinal);
            Assert.NotEmpty(error.Hint!);
        }
    }

    [Fact]
    public void Entities_beyond_the_five_of_XML_stay_as_they_are() =>
        Assert.Equal("<&lol;&#65;>", Read("<modeling><incar><i type=\"string\" name=\"SYSTEM\">&lt;&lol;&#65;&gt;</i></incar></modeling>").Incar.Text("SYSTEM"));

    [Theory]
    [InlineData("<modeling><!-- ")]
    [InlineData("<modeling><?php ")]
    [InlineData("<modeling><kpoints><varray name=\"kpointlist\"><v>")]
    [InlineData("<modeling><calculation><projected><array><field>s</field><set><set><set><set><r>")]
    public void What_is_never_closed_ends_with_the_text(string begin)
    {
        // Blanks and numbers without end are read once, not once for each block that comes.
        foreach (var filling in new[] { " ", "<", "a", "1.0 ", "<v> 1.0 </v>" })
        {
            var clock = Stopwatch.StartNew();
            try
            {
                Assert.NotNull(Read(begin + string.Concat(Enumerable.Repeat(filling, 4_000_000 / filling.Length))).Truncated);
            }
            catch (DftFlowException error)
            {
                Assert.Equal("DF1402", error.Code);
            }
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{begin}{filling} takes {clock.Elapsed}");
        }
    }

    [Fact]
    public void Memory_follows_what_the_text_brings_and_not_what_it_claims()
    {
        // A million k-points and a state of as many bands would be 10^12 numbers; dimensions are never believed.
        var text = "<modeling><kpoints><varray name=\"kpointlist\">" + string.Concat(Enumerable.Repeat("<v> 0 0 0 </v>", 100_000)) + "</varray><varray name=\"weights\">" + string.Concat(Enumerable.Repeat("<v> 0 </v>", 100_000))
            + "</varray></kpoints><calculation><eigenvalues><array><dimension dim=\"1\">999999999</dimension><field>eigene</field><field>occ</field><set><set><set>"
            + string.Concat(Enumerable.Repeat("<r> 1 1 </r>", 100_000)) + "</set><set></set>";
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(100_000, Read(text).KPoints.Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 * (long)text.Length);
    }

    [Fact]
    public void Refuses_k_points_without_end()
    {
        using var text = new RepeatedText("<modeling><kpoints><varray name=\"kpointlist\">" + string.Concat(Enumerable.Repeat("<v>0 0 0</v>", 10_000_001)), 1);
        Assert.Equal("DF1402", Assert.Throws<DftFlowException>(() => Vasprun.Read(text, cancellation: TestContext.Current.CancellationToken)).Code);
    }

    [Fact]
    public void Sites_that_nobody_asks_for_are_passed_over_in_time()
    {
        var text = "<modeling><calculation><dos><total><array><field>energy</field><field>total</field><field>integrated</field><set><set><r> 1 1 1 </r></set></set></array></total>"
            + "<partial><array><field>energy</field><field>s</field><set>" + string.Concat(Enumerable.Repeat("<set></set>", 500_000));
        var clock = Stopwatch.StartNew();
        var run = Vasprun.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), VasprunContent.ProjectedDos, new ProjectionFilter(Site: (_, _) => false), TestContext.Current.CancellationToken);
        Assert.NotNull(run.Truncated);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"It takes {clock.Elapsed}");
    }

    [Fact]
    public void Damage_of_any_kind_ends_in_a_record_or_in_one_error()
    {
        var good = Encoding.UTF8.GetBytes(Rich.ToString());
        var damage = Gen.Select(Gen.Int[0, good.Length - 1], Gen.Int[0, 5], Gen.Byte, Gen.Int[1, 60]).Array[1, 6];
        damage.Sample(edits =>
        {
            var text = good.ToList();
            foreach (var (position, kind, value, length) in edits)
            {
                var at = Math.Min(position, text.Count - 1);
                var count = Math.Min(length, text.Count - at);
                if (kind == 0) text[at] = value;
                else if (kind == 1) text[at] = "<>/&*-. 9\""u8[value % 10];
                else if (kind == 2) text.RemoveRange(at, count);
                else if (kind == 3) text.InsertRange(at, text.GetRange(at / 2, Math.Min(count, text.Count - at / 2)));
                else if (kind == 4) text.InsertRange(at, [.. "<set>"u8]);
                else text.InsertRange(at, [.. "1e999 -1.5-303 ****"u8]);
                if (text.Count == 0) return;
            }
            OnlyItsOwnError(() => Vasprun.Read(new MemoryStream([.. text]), VasprunContent.All, TestContext.Current.CancellationToken));
        }, iter: Effort.Iterations(20_000));
    }

    [Fact]
    public void Mutations_end_in_a_record_or_in_one_error() =>
        Mutated.OnlyFailsWithItsOwnError(text => Use(Read(text)), Rich.ToString(), new SampleVasprun { Components = 4, ProjectedBands = (_, _, _, _, _) => 0.25 }.ToString());

    private static void OnlyItsOwnError(Func<Vasprun> read)
    {
        try
        {
            Use(read());
        }
        catch (DftFlowException)
        {
        }
    }

    // What the records say of themselves holds.
    private static void Use(Vasprun run)
    {
        if (run.Eigenvalues is { } eigenvalues)
        {
            _ = BandEdges.Of(eigenvalues);
            for (var spin = 0; spin < eigenvalues.SpinCount; spin++)
                for (var k = 0; k < eigenvalues.KPointCount; k++) Assert.Equal(eigenvalues.BandCount, eigenvalues.Occupations(spin, k).Length);
        }
        for (var step = 0; step < run.IonicSteps.Length; step++) _ = run.StructureAt(step);
        if (run.Dos is { Projected: { } projected } dos)
            for (var site = 0; site < projected.SiteCount; site++)
                if (projected.Has(site)) Assert.Equal(dos.EnergiesEv.Length, projected[site, projected.ComponentCount - 1, projected.Orbitals.Length - 1].Length);
        if (run.ProjectedEigenvalues is { SiteCount: > 0 } states)
            for (var component = 0; component < states.ComponentCount; component++)
                for (var k = 0; k < states.KPointCount; k++)
                    for (var band = 0; band < states.BandCount; band++)
                        if (states.Has(component, k, band, 0)) Assert.Equal(states.Orbitals.Length, states[component, k, band, 0].Length);
    }

    private static Vasprun Read(string text) => Vasprun.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), VasprunContent.All, TestContext.Current.CancellationToken);
}
