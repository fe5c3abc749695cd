namespace DftFlow.Vasp.Inspection;

/// <summary>The files that an inspection knows.</summary>
public enum FileKind
{
    Vasprun,
    Outcar,
    Oszicar,
    Doscar,
    Eigenval,
    Procar,
    Xdatcar,

    /// <summary>CHGCAR, CHG, AECCAR0–2, PARCHG, LOCPOT, ELFCAR.</summary>
    Grid,
    Poscar,
    Kpoints,
    Incar,
    Potcar,

    /// <summary>ACF.dat of the Bader program.</summary>
    BaderCharges,

    /// <summary>What the run wrote to its standard output.</summary>
    StandardOutput,
}

/// <summary>The names that the files of a run go by.</summary>
public static class FileNames
{
    private static readonly string[] Compressions = [".gz", ".bz2", ".xz", ".zst", ".GZ", ".BZ2"];

    // Longer names before those that they begin with.
    private static readonly (string Name, FileKind Kind)[] Known =
    [
        ("vasprun", FileKind.Vasprun), ("OUTCAR", FileKind.Outcar), ("OSZICAR", FileKind.Oszicar), ("DOSCAR", FileKind.Doscar), ("EIGENVAL", FileKind.Eigenval),
        ("PROCAR", FileKind.Procar), ("XDATCAR", FileKind.Xdatcar), ("CHGCAR", FileKind.Grid), ("AECCAR", FileKind.Grid), ("LOCPOT", FileKind.Grid), ("ELFCAR", FileKind.Grid),
        ("PARCHG", FileKind.Grid), ("CHG", FileKind.Grid), ("POSCAR", FileKind.Poscar), ("CONTCAR", FileKind.Poscar), ("KPOINTS", FileKind.Kpoints), ("IBZKPT", FileKind.Kpoints),
        ("INCAR", FileKind.Incar), ("POTCAR", FileKind.Potcar), ("ACF", FileKind.BaderCharges),
        ("vasp.out", FileKind.StandardOutput), ("vasp_out", FileKind.StandardOutput), ("stdout", FileKind.StandardOutput), ("std_out", FileKind.StandardOutput), ("vasp.log", FileKind.StandardOutput),
    ];

    /// <summary>What a file of this name should be: <c>OUTCAR.relax2.gz</c>, <c>first__OUTCAR</c>; null where the name tells nothing.</summary>
    public static FileKind? KindOf(string path)
    {
        var name = Path.GetFileName(path);
        foreach (var (known, kind) in Known)
            if (name.StartsWith(known, StringComparison.OrdinalIgnoreCase)) return kind;
        foreach (var (known, kind) in Known)
            if (known.Length > 3 && name.Contains(known, StringComparison.OrdinalIgnoreCase)) return kind;
        return null;
    }

    /// <summary>The name without the ending that tells of a compression.</summary>
    public static string WithoutCompression(string name)
    {
        foreach (var ending in Compressions)
            if (name.EndsWith(ending, StringComparison.Ordinal)) return name[..^ending.Length];
        return name;
    }
}
