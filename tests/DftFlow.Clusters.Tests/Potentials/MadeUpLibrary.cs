using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace DftFlow.Tests.Clusters.Potentials;

/// <summary>A library of files in the form of potentials, made up for these tests: every number is invented.</summary>
public sealed class MadeUpLibrary(string folder)
{
    /// <summary>What stands where a real file has the potential: nothing of it may ever come back.</summary>
    public const string Secret = "0.98765432123456E+01";

    public string Folder => folder;

    public static string Text(string name, string titel = "PAW_PBE", string lexch = "PE", string? element = null, double enmax = 123.456) => string.Create(CultureInfo.InvariantCulture,
        $"""
          {titel} {name} 01Jan2000
          7.00000000000000
         parameters from PSCTR are:
           VRHFIN ={element ?? name.Split('_')[0]}: synthetic
           LEXCH  = {lexch}
           EATOM  =     1.2345 eV,      0.5432 Ry

           TITEL  = {titel} {name} 01Jan2000
           LULTRA =        F    use ultrasoft PP ?
           POMASS =   11.111; ZVAL   =    7.000    mass and valenz
           ENMAX  =  {enmax:0.000}; ENMIN  =   99.875 eV

           Description
             l     E      TYP  RCUT
         END of PSCTR-controll parameters
         local part
          {Secret} ZVAL = 99; ENMAX = 999; TITEL = {Secret}
         End of Dataset

        """).ReplaceLineEndings("\n");

    public void Add(string name, string? text = null) => AddFile($"{name}/POTCAR", Encoding.ASCII.GetBytes(text ?? Text(name[(name.LastIndexOf('/') + 1)..])));

    public void AddFile(string path, byte[] content)
    {
        var file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }

    public static byte[] Gzipped(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(Encoding.ASCII.GetBytes(text));
        return packed.ToArray();
    }

    /// <summary>In the form of compress(1): codes of single letters only, of 9 bits until 256 have been written, then of 10, of 11 and so on.</summary>
    public static byte[] Compressed(string text)
    {
        List<byte> packed = [0x1f, 0x9d, 0x90];
        int held = 0, bits = 0, width = 9, next = 256;
        foreach (var (i, letter) in text.Index())
        {
            if (i == next) (width, next) = (width + 1, next + (256 << (width - 8)));
            held |= letter << bits;
            for (bits += width; bits >= 8; bits -= 8, held >>= 8) packed.Add((byte)held);
        }
        if (bits > 0) packed.Add((byte)held);
        return [.. packed];
    }
}
