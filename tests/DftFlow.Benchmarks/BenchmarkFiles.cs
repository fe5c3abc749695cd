using System.Globalization;
using System.IO.Compression;
using System.Text;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Benchmarks;

/// <summary>The files that are read: real ones from the corpus beside the repository, and made ones of a size that real runs reach.</summary>
internal static class BenchmarkFiles
{
    public static string Folder { get; } = Directory.CreateDirectory(Path.Combine(Root(), "artifacts", "benchmark-files")).FullName;

    /// <summary>A density of 200³ points, as CHGCAR prints it: 146 MB.</summary>
    public static string Chgcar200 => Made("CHGCAR_200", stream => WriteGrid(stream, 200));

    /// <summary>300³ points: 492 MB.</summary>
    public static string Chgcar300 => Made("CHGCAR_300", stream => WriteGrid(stream, 300));

    /// <summary>The DOS of so many sites with lm and spin on 3000 energies, and nothing else that is long, 0.66 MB a site; its text is made as it is read.</summary>
    public static DosStream LongDos(int sites) => new DosStream(sites);

    /// <summary>The slab of <see cref="SlabVasprun"/>, without and with the projections of its bands: 180 and 380 MB.</summary>
    public static string VasprunSlab(bool projectedBands) => Made(projectedBands ? "vasprun-slab-bands.xml" : "vasprun-slab.xml", stream => SlabVasprun.Write(stream, projectedBands));

    public static string? Vasprun39 => FromCorpus("vasprun-benchmark-life-oxide-39mb", "vasprun.pbesol.xml.gz");

    public static string? Procar57 => FromCorpus("benchmark-procar-57mb", "PROCAR.gz");

    public static string? Outcar28 => FromCorpus("benchmark-outcar-28mb", "OUTCAR.gz");

    /// <summary>A hundred sites with lm and spin on 3000 energies: 69 MB.</summary>
    public static string Doscar => Made("DOSCAR", WriteDoscar);

    /// <summary>Almost all of it projected DOS.</summary>
    public static string? VasprunDense => FromCorpus("vasprun-nonlm-pdos-eu", "vasprun.nonlm.xml.gz");

    public static string Root()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "DftFlow.sln"))) return folder;
        throw new DirectoryNotFoundException("DftFlow.sln was not found above " + AppContext.BaseDirectory);
    }

    private static string Shared(string caseName) => Path.Combine(Path.GetDirectoryName(Root())!, "shared", "vasp-corpus", caseName);

    private static string? FromCorpus(string caseName, string file)
    {
        var source = Path.Combine(Shared(caseName), file);
        if (!File.Exists(source)) return null;
        return Made(Path.GetFileNameWithoutExtension(file), stream =>
        {
            using var packed = new GZipStream(File.OpenRead(source), CompressionMode.Decompress);
            packed.CopyTo(stream);
        });
    }

    private static string Made(string name, Action<Stream> write)
    {
        var path = Path.Combine(Folder, name);
        if (File.Exists(path)) return path;
        using (var stream = File.Create(path + ".part")) write(stream);
        File.Move(path + ".part", path);
        return path;
    }

    private static void WriteGrid(Stream stream, int points)
    {
        var values = new double[points * points * points];
        var random = new Random(1);
        for (var i = 0; i < values.Length; i++) values[i] = Math.Exp(8 * random.NextDouble() - 4);
        VolumetricFile.Write(stream, new VolumetricData<double>
        {
            Comment = "made for a benchmark",
            Lattice = Lattice.FromParameters(10, 10, 10, 90, 90, 90),
            Species = [new(Element.Parse("Si"), 1)],
            Positions = [new(0, 0, 0)],
            Kind = GridKind.Density,
            Dimensions = new(points, points, points),
            Blocks = [new(GridMeaning.Total, values)],
        });
    }

    private static void WriteDoscar(Stream stream)
    {
        const int Sites = 100, Energies = 3000;
        using var text = new StreamWriter(stream, Encoding.ASCII, 1 << 16);
        var random = new Random(1);
        text.Write(string.Create(CultureInfo.InvariantCulture, $"{Sites,4}{Sites,4}   1   0\n  0.1E+02  0.1E-08  0.1E-08  0.1E-08  0.5E-15\n  1.0000000000000E-004\n  CAR \n made for a benchmark\n"));
        for (var site = 0; site <= Sites; site++)
        {
            text.Write(string.Create(CultureInfo.InvariantCulture, $"{15.0,16:F8}{-15.0,16:F8}{Energies,5}{0.0,16:F8}{1.0,16:F8}\n"));
            for (var i = 0; i < Energies; i++)
            {
                text.Write(string.Create(CultureInfo.InvariantCulture, $"{-15 + i * 0.01,11:F3}"));
                for (var column = 0; column < (site == 0 ? 4 : 18); column++) text.Write(string.Create(CultureInfo.InvariantCulture, $"  0.{random.Next(1000, 9999)}E-0{random.Next(1, 9)}"));
                text.Write('\n');
            }
        }
    }
}
