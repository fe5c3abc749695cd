using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Bader;

namespace DftFlow.Tests.Vasp.Outputs;

public class BaderFilesTests
{
    private const string Acf = """
            #         X           Y           Z       CHARGE      MIN DIST   ATOMIC VOL
         --------------------------------------------------------------------------------
            1    0.000000    0.000000    0.000000    6.250000     1.125000     9.500000
            2    2.500000    1.500000    4.000000    7.500000     1.625000    36.250000
         --------------------------------------------------------------------------------
            VACUUM CHARGE:               0.2500
            VACUUM VOLUME:               1.5000
            NUMBER OF ELECTRONS:        14.0000

        """;

    private const string Bcf = """
            #         X           Y           Z        CHARGE     ATOM    DISTANCE
          -------------------------------------------------------------------------
            1      2.3789      1.6822      4.0246      7.8672       2      0.0678
            2      0.0553      0.0391      4.0246      6.1328       1      0.0678
          -------------------------------------------------------------------------

        """;

    private const string Avf = """
           Atom                     Volume(s)
          ------------------------------------------------------------------------
             1   ...       2
             2   ...       1    3   14
             3   ...
          ------------------------------------------------------------------------

        """;

    [Fact]
    public void Reads_the_atoms_and_the_vacuum()
    {
        var acf = ReadAcf(Acf);
        Assert.Equal([new BaderAtom(default, 6.25, 1.125, 9.5), new BaderAtom(new Vector3D(2.5, 1.5, 4), 7.5, 1.625, 36.25)], acf.Atoms);
        Assert.Equal((0.25, 1.5, 14.0), (acf.VacuumElectrons, acf.VacuumVolumeA3, acf.ElectronCount));
        Assert.True(acf.Complete);
        Assert.Empty(acf.Warnings);
    }

    [Fact]
    public void Files_of_early_versions_have_no_volumes_and_no_vacuum()
    {
        var acf = ReadAcf("""
               #         X           Y           Z        CHARGE     MIN DIST
              ------------------------------------------------------------------
             ****    0.0000    0.0000    0.0000    6.2500     1.1250
              ------------------------------------------------------------------
              NUMBER OF ELECTRONS:   6.25000

            """);
        Assert.Equal(new BaderAtom(default, 6.25, 1.125, null), Assert.Single(acf.Atoms));
        Assert.Null(acf.VacuumElectrons);
        Assert.Equal(6.25, acf.ElectronCount);
        Assert.Contains("1 number", Assert.Single(acf.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_the_volumes_and_whose_they_are()
    {
        var bcf = BcfDat.Read(TableSamples.Stream(Bcf), TestContext.Current.CancellationToken);
        Assert.Equal([new BaderVolume(new Vector3D(2.3789, 1.6822, 4.0246), 7.8672, 2, 0.0678), new BaderVolume(new Vector3D(0.0553, 0.0391, 4.0246), 6.1328, 1, 0.0678)], bcf.Volumes);
        var avf = AvfDat.Read(TableSamples.Stream(Avf), TestContext.Current.CancellationToken);
        Assert.Equal([[2], [1, 3, 14], []], avf.VolumesOfAtoms);
        Assert.True(bcf.Complete && avf.Complete);
    }

    [Fact]
    public void Files_cut_off_anywhere_give_the_rows_that_are_complete()
    {
        // The footer is behind the table: without it the atoms are complete.
        TableSamples.CutAnywhere(Acf, stream => AcfDat.Read(stream, TestContext.Current.CancellationToken), acf => acf.Truncated, acf =>
        {
            if (acf.Atoms.Length > 1) Assert.Equal(36.25, acf.Atoms[1].VolumeA3);
            Assert.True(!acf.Complete || acf.Atoms.Length == 2);
            Assert.True(acf.ElectronCount is null or 14);
        });
        TableSamples.CutAnywhere(Bcf, stream => BcfDat.Read(stream, TestContext.Current.CancellationToken), bcf => bcf.Truncated, bcf =>
        {
            if (bcf.Volumes.Length > 1) Assert.Equal(0.0678, bcf.Volumes[1].DistanceA);
            Assert.True(!bcf.Complete || bcf.Volumes.Length == 2);
        });
        TableSamples.CutAnywhere(Avf, stream => AvfDat.Read(stream, TestContext.Current.CancellationToken), avf => avf.Truncated, avf =>
        {
            if (avf.VolumesOfAtoms.Length > 1) Assert.Equal([1, 3, 14], avf.VolumesOfAtoms[1]);
            Assert.True(!avf.Complete || avf.VolumesOfAtoms.Length == 3);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("# X Y Z\n")]
    public void Refuses_what_is_none_of_them(string text)
    {
        Assert.Equal("DF1446", Assert.Throws<DftFlowException>(() => ReadAcf(text)).Code);
        Assert.Equal("DF1446", Assert.Throws<DftFlowException>(() => BcfDat.Read(TableSamples.Stream(text), TestContext.Current.CancellationToken)).Code);
        Assert.Equal("DF1446", Assert.Throws<DftFlowException>(() => AvfDat.Read(TableSamples.Stream(text), TestContext.Current.CancellationToken)).Code);
    }

    [Fact]
    public void Damage_of_any_kind_ends_in_a_record_or_in_one_error() => TableSamples.DamagedAnyhow(stream =>
    {
        var text = new StreamReader(stream).ReadToEnd();
        foreach (var read in new Action<Stream>[] { s => AcfDat.Read(s), s => BcfDat.Read(s), s => AvfDat.Read(s) })
            try
            {
                read(TableSamples.Stream(text));
            }
            catch (DftFlowException error)
            {
                Assert.Equal("DF1446", error.Code);
            }
    }, Acf, Bcf, Avf);

    private static AcfDat ReadAcf(string text) => AcfDat.Read(TableSamples.Stream(text), TestContext.Current.CancellationToken);
}
