using System.Text;
using DftFlow.Tests;
using DftFlow.Vasp.Inspection;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Tests.Inspection;

public class FileRecognitionTests
{
    private const string Cell = "slab\n1.0\n4 0 0\n0 4 0\n0 0 4\nLi O\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n";

    [Theory]
    [InlineData("<?xml version=\"1.0\"?>\n<modeling>\n", FileKind.Vasprun)]
    [InlineData(" vasp.5.2.2 15Apr09 complex \n executed on             LinuxIFC date 2016.04.15  14:11:32\n", FileKind.Outcar)]
    [InlineData(" running on   16 total cores\n distrk:  each k-point on   16 cores,    1 groups\n", FileKind.StandardOutput)]
    [InlineData("BRMIX: very serious problems\n", FileKind.StandardOutput)]
    [InlineData("       N       E                     dE             d eps       ncg     rms          rms(c)\n", FileKind.Oszicar)]
    [InlineData("PROCAR lm decomposed\n# of k-points:    1\n", FileKind.Procar)]
    [InlineData("   2   2   1   0\n 0.1 0.2 0.3 0.4 0.5\n 1.0\n  CAR \n name\n 10.0 -50.0 301 3.6 1.0\n", FileKind.Doscar)]
    [InlineData("   2   2   1   1\n 0.1 0.2 0.3 0.4 0.5\n 1.0\n  CAR \n name\n  8  4  12\n", FileKind.Eigenval)]
    [InlineData(Cell, FileKind.Poscar)]
    [InlineData(Cell + "\n 0.1 0.2 0.3\n", FileKind.Poscar)]
    [InlineData(Cell + "\n  24  24  24\n 0.1E+01\n", FileKind.Grid)]
    [InlineData("slab\n1.0\n4 0 0\n0 4 0\n0 0 4\nLi O\n1 1\nDirect configuration=     1\n0 0 0\n0.5 0.5 0.5\n", FileKind.Xdatcar)]
    [InlineData("mesh\n0\nGamma\n 3 3 3\n", FileKind.Kpoints)]
    [InlineData("my settings\n  ENCUT = 520\n", FileKind.Incar)]
    [InlineData("    #         X           Y           Z       CHARGE      MIN DIST   ATOMIC VOL\n", FileKind.BaderCharges)]
    [InlineData("  PAW_PBE X 01Jan2000\n   1.0\n parameters from PSCTR are:\n", FileKind.Potcar)]
    public void Each_kind_is_known_by_its_beginning_whatever_its_name(string beginning, FileKind kind)
    {
        Assert.Equal(kind, FileRecognition.KindOf(Encoding.ASCII.GetBytes(beginning), "some file"));
        Assert.Equal(kind, FileRecognition.KindOf(Encoding.ASCII.GetBytes(beginning), "README.md"));
    }

    [Theory]
    [InlineData("OUTCAR", FileKind.Outcar)]
    [InlineData("vasprun.xml.relax1.gz", FileKind.Vasprun)]
    [InlineData("first__vasprun.xml", FileKind.Vasprun)]
    [InlineData("AECCAR2.bz2", FileKind.Grid)]
    [InlineData("notes.txt", null)]
    public void A_beginning_that_tells_nothing_leaves_it_to_the_name(string name, FileKind? kind)
    {
        Assert.Equal(kind, FileRecognition.KindOf([], name));
        Assert.Equal(kind, FileRecognition.KindOf("neither this nor that\n"u8, name));
    }

    [Fact]
    public void Binary_files_are_none_of_them() => Assert.Null(FileRecognition.KindOf(new byte[100], "OUTCAR"));

    [Fact]
    public void Every_file_of_the_corpus_is_taken_for_what_it_is()
    {
        var kinds = new Dictionary<string, FileKind>(StringComparer.Ordinal)
        {
            ["vasprun"] = FileKind.Vasprun, ["OUTCAR"] = FileKind.Outcar, ["OSZICAR"] = FileKind.Oszicar, ["DOSCAR"] = FileKind.Doscar, ["EIGENVAL"] = FileKind.Eigenval,
            ["PROCAR"] = FileKind.Procar, ["POSCAR"] = FileKind.Poscar, ["CONTCAR"] = FileKind.Poscar, ["KPOINTS"] = FileKind.Kpoints, ["INCAR"] = FileKind.Incar, ["CHGCAR"] = FileKind.Grid,
        };
        var head = new byte[FileRecognition.HeadBytes];
        var count = 0;
        foreach (var (kind, expected) in kinds)
            foreach (var (name, file, _) in VaspCorpus.FilesOfKind(kind))
            {
                using var stream = TextFile.Open(TestPaths.Shared("vasp-corpus", name, file), cancellation: TestContext.Current.CancellationToken);
                var length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
                Assert.True(length == 0 || FileRecognition.KindOf(head.AsSpan(0, length), "unnamed") == expected, $"{name}/{file}: {FileRecognition.KindOf(head.AsSpan(0, length), "unnamed")}");
                count++;
            }
        Assert.True(count > 100);
    }
}
