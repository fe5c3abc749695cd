using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DftFlow.Vasp.Inputs;

namespace DftFlow.Tests.Vasp.Inputs;

/// <summary>Potentials made up for these tests: every number is invented, and none is that of a real potential.</summary>
public class PotcarTests
{
    private const string Manganese = """
          SYNTHETIC Mn_pv 01Jan2000 not a potential: invented numbers
          13.0000000000000
         parameters from PSCTR are:
           SHA256 =  0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF Mn_pv/POTCAR
           COPYR  = synthetic, made for a test
           VRHFIN =Mn: synthetic
           LEXCH  = PE
           EATOM  =     1.2345 eV,      0.5432 Ry

           TITEL  = SYNTHETIC Mn_pv 01Jan2000
           LULTRA =        F    use ultrasoft PP ?
           IUNSCR =        1    unscreen: 0-lin 1-nonlin 2-no
           POMASS =   11.111; ZVAL   =   13.000    mass and valenz
           RCORE  =    1.234    outmost cutoff radius
           RWIGS  =    1.111; RWIGS  =    2.222    wigner-seitz radius (au A)
           ENMAX  =  111.222; ENMIN  =   99.875 eV
           LPAW   =        T    paw PP

           Description
             l     E      TYP  RCUT
           0  0.12345  23  1.111
         END of PSCTR-controll parameters
         local part
          0.98765432123456E+01 ZVAL = 99; ENMAX = 999
          0.12345678987654E-02  0.22345678987654E-02  0.32345678987654E-02
         End of Dataset

        """;

    private const string Oxygen = """
          SYNTHETIC O 02Jan2000 not a potential: invented numbers
          6.00000000000000
         parameters from PSCTR are:
           VRHFIN =O: synthetic
           LEXCH  = CA
           TITEL  = SYNTHETIC O 02Jan2000
           LULTRA =        T    use ultrasoft PP ?
           POMASS =   22.222; ZVAL   =    6.000    mass and valenz
           ENMAX  =  .3D3; ENMIN  =  222.333 eV
         END of PSCTR-controll parameters
          0.77777777777777E+00
         End of Dataset

        """;

    [Fact]
    public void Reads_the_header_of_each_potential()
    {
        var potcar = Read(Manganese + Oxygen);
        Assert.Null(potcar.Truncated);
        Assert.Equal(2, potcar.Datasets.Length);
        var manganese = potcar.Datasets[0];
        Assert.Equal(("SYNTHETIC Mn_pv 01Jan2000", "Mn_pv", "Mn", "Mn: synthetic", "PE"), (manganese.Titel, manganese.Name, manganese.Element!.Symbol, manganese.Vrhfin, manganese.Lexch));
        Assert.Equal((13, 111.222, 99.875, 11.111, 1.234), (manganese.Zval!.Value, manganese.EnmaxEv!.Value, manganese.EnminEv!.Value, manganese.PomassU!.Value, manganese.RcoreBohr!.Value));
        Assert.Equal((false, true), (manganese.Lultra!.Value, manganese.Lpaw!.Value));
        Assert.Equal("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", manganese.StatedSha256);
        var oxygen = potcar.Datasets[1];
        Assert.Equal(("O", 6.0, 300.0, "CA", true), (oxygen.Name, oxygen.Zval!.Value, oxygen.EnmaxEv!.Value, oxygen.Lexch, oxygen.Lultra!.Value));
        Assert.Equal((null, null, null), (oxygen.StatedSha256, oxygen.RcoreBohr, oxygen.Lpaw));
    }

    [Fact]
    public void The_hash_is_that_of_the_text_without_the_lines_that_cannot_be_part_of_it()
    {
        var text = string.Concat(Manganese.Split('\n').Where(line => !line.TrimStart().StartsWith("SHA256", StringComparison.Ordinal) && !line.TrimStart().StartsWith("COPYR", StringComparison.Ordinal)).SkipLast(1).Select(line => line + "\n"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)));
        Assert.Equal(hash, Read(Oxygen + Manganese).Datasets[1].Sha256);
        Assert.Equal(hash, Read(Manganese.ReplaceLineEndings("\r\n")).Datasets[0].Sha256);
        Assert.NotEqual(hash, Read(Manganese.Replace("0.12345678987654E-02", "0.12345678987655E-02", StringComparison.Ordinal)).Datasets[0].Sha256);
    }

    // The licence of real potentials forbids passing them on.
    [Fact]
    public void Nothing_of_the_potentials_themselves_is_kept_or_shown()
    {
        var potcar = Read(Manganese + Oxygen + Manganese[..^40]);
        Assert.NotNull(potcar.Truncated);
        foreach (var shown in new[] { JsonSerializer.Serialize(potcar), potcar.ToString(), string.Concat(potcar.Datasets.Select(dataset => dataset.ToString())) })
            foreach (var body in (string[])["98765432123456", "12345678987654", "77777777777777", "0.12345", "local part", "1.2345", "23  1.111"])
                Assert.DoesNotContain(body, shown, StringComparison.Ordinal);
        var error = Assert.Throws<DftFlowException>(() => Read("0.98765432123456E+01\n" + Manganese.Replace("PSCTR", "XXXXX", StringComparison.Ordinal)));
        Assert.DoesNotContain("98765432123456", error.ToString() + error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_a_compressed_file()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(Encoding.ASCII.GetBytes(Manganese + Oxygen));
        Assert.Equal(Read(Manganese + Oxygen), Potcar.Read(new GZipStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Wherever_a_file_is_cut_off_the_potentials_before_are_given()
    {
        var text = Manganese + Oxygen;
        var end = text.IndexOf("End of Dataset", StringComparison.Ordinal) + "End of Dataset".Length;
        for (var length = 0; length < text.Length; length++)
        {
            if (length < text.IndexOf("parameters from PSCTR", StringComparison.Ordinal) + "parameters from PSCTR".Length)
            {
                Assert.Equal("DF1270", Assert.Throws<DftFlowException>(() => Read(text[..length])).Code);
                continue;
            }
            var potcar = Read(text[..length]);
            Assert.Equal(length < end ? 0 : length < text.Length - 1 ? 1 : 2, potcar.Datasets.Length);
            if (length < end) Assert.Equal(length, potcar.Truncated!.Byte);
        }
    }

    [Theory]
    [InlineData("PAW_PBE Zr_sv 01Jan2000", "r: synthetic", "Zr_sv", "Zr")]
    [InlineData("PAW_PBE Xe 01Jan2000", "X: synthetic", "Xe", "Xe")]
    [InlineData("PAW_PBE H.5 01Jan2000", "H: synthetic", "H.5", "H")]
    [InlineData("US", "Li: synthetic", null, "Li")]
    [InlineData("US nothing", "? synthetic", null, null)]
    public void The_element_is_that_of_the_title_or_else_of_the_configuration(string titel, string configuration, string? name, string? element)
    {
        var dataset = Read(Oxygen.Replace("SYNTHETIC O 02Jan2000\n", titel + "\n", StringComparison.Ordinal).Replace("O: synthetic", configuration, StringComparison.Ordinal)).Datasets[0];
        Assert.Equal((name, element), (dataset.Name, dataset.Element?.Symbol));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n  \n")]
    [InlineData("Mn_pv\nO\n")]
    [InlineData("1\n2\n3\n4\n5\n6\nparameters from PSCTR are:\nEnd of Dataset\n")]
    public void What_is_no_POTCAR_is_refused(string text) => Assert.Equal("DF1270", Assert.Throws<DftFlowException>(() => Read(text)).Code);

    [Fact]
    public void More_potentials_than_there_are_elements_are_refused() =>
        Assert.Equal("DF1271", Assert.Throws<DftFlowException>(() => Read(string.Concat(Enumerable.Repeat(Oxygen, 1001)))).Code);

    [Fact]
    public void Damaged_files_give_no_other_error() => Mutated.OnlyFailsWithItsOwnError(text => Read(text), Manganese + Oxygen, Oxygen);

    private static Potcar Read(string text) => Potcar.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), TestContext.Current.CancellationToken);
}
