using System.Text.RegularExpressions;

namespace DftFlow.Tests.Corpus;

/// <summary>Where our value is another than the stated one, and why. The reasons are listed in docs/formats.md.</summary>
internal static class KnownDifferences
{
    /// <param name="Kinds">A regular expression for the kind of file.</param>
    /// <param name="Files">For <c>case/file</c>.</param>
    /// <param name="Paths">For the path of the value.</param>
    private sealed record Difference(string Kinds, string Files, string Paths, string Reason);

    private static readonly Difference[] All =
    [
        new("vasprun", "", "^total_dos/(gap|vbm|cbm)_from_dos$", "Band edges come from eigenvalues and occupations, not from where a density of states falls below a threshold on its grid."),
        new("vasprun", "", "^run_type$", "pymatgen's own name for the functional; the tags that say which it is (GGA, METAGGA, LHFCALC, HFSCREEN, AEXX, IVDW) are in `parameters`."),
        new("vasprun", "", "^eigenvalue_band_properties/", "A state is occupied where it is more than half filled. pymatgen takes it for occupied from 10⁻⁸ on, and with it the tails of the smearing: the bottom of the conduction band becomes the top of the valence band. A metal (bands cross the Fermi level, or a level is partly filled) has no gap; pymatgen reports what a coarse mesh leaves between the sampled energies."),
        new("vasprun", "md-si-vasp632", "^converged(_ionic)?$", "Molecular dynamics: nothing was to be relaxed, so that nothing is unconverged."),
        new("vasprun", "truncated-|unfinished__", "^converged(_ionic)?$", "The file is cut off in a relaxation, or the relaxation was stopped: of a run that did not end nothing is claimed."),
        new("vasprun", "vasprun-benchmark-life|vasprun-cs2sni6", "^eigenvalues/-?1/occupation_sum_weighted$", "Stated is the sum of the occupations that the file repeats with the projected eigenvalues; those of the eigenvalues proper differ from them in the last digits."),
        new("vasprun", "soc-no-molecule", "_total_down$|integrated_last_down$|trapz_./down$|do_not_use", "Non-collinear: the second set is the magnetisation mx, no spin channel."),
        new("vasprun", "", "^pdos_orbitals$", "Orbitals have the names of VASP 6 in every version: dx2-y2 for `dx2` and `x2-y2`, fy3x2 for `f-3`."),
        new("vasprun", "", "^raw_text/efermi_tags$", "Of several Fermi levels ours is the last; a file that is cut off has none."),
        new("PROCAR", "", "orbitals$", "Orbitals have the names of VASP 6 in every version: dx2-y2 for `dx2` and `x2-y2`; the column `tot` is none."),
        new("PROCAR", "agac|no-molecule|PROCAR.phase", "^first_band_first_table_rows$", "The row over all ions is printed rounded on its own; ours is the sum of the printed rows, which are equal."),
        new("PROCAR", "dos-al-uniform|dos-mgo-supercell|dos-no-molecule", "^occupation_sum$", "Occupations run from 0 to 1 in each spin channel; without spin the file has 2 for a full band."),
        new("OUTCAR", "", "^pymatgen/(nelect|efermi|total_mag)$", "pymatgen searches the file from its end and keeps the first value that it finds of each as long as one of them is missing, which without spin or without the timing at the end is the first one in the file. Ours is the last."),
        new("OUTCAR", "", "^raw_text/LDAU$", "Printed from VASP 6 on only; the block of U and J is read instead (`Outcar.Hubbard`)."),
        new("OUTCAR", "outcar-vasp6-set/OUTCAR.serial", "^first_version_line$", "The line is there; the corpus' search did not find it."),
        new("KPOINTS", "", "^comment$", "For a mesh pymatgen puts a comment of its own in the place of the file's."),
        new("INCAR", "fulldir-agac-f-projectors", "^tags/ENCUT$", "pymatgen cuts off decimals: the file has 249.8."),
        new("INCAR", "INCAR_dup_tags", "^tags/NPAR$", "Set twice: VASP takes the first, pymatgen the last."),
        new("INCAR", "INCAR_aiida", "^tags/MAGMOM$", "`30 * 2*0.` is 30 and then a comment, as a repeat has no blanks; pymatgen reads 30 0 0."),
        new("INCAR", "INCAR_continuation|INCAR_freetext", "^tags/", "pymatgen keeps text behind a value, which VASP takes for a comment, and takes the last \"=\" of a line for its sign."),
        new("POSCAR", "POSCAR_velocity", "^formula$", "Noble gases, which have no electronegativity, stand last in ours."),
        new("POSCAR", "POSCAR_no_species|POSCAR_vasp4_cartesian", "^(site_symbols|formula|species_runs)$", "The file does not name its elements (VASP 4); pymatgen invents H, He, … and ours stay unknown."),
        new("EIGENVAL", "", "^(gap|cbm|vbm|is_direct)$", "Without occupations in the file (or with nothing in it) there are no band edges; pymatgen reports infinities."),
        new("volumetric", "soc-no-molecule-chgcar", "^pymatgen/diff_sum_over_ngrid$", "pymatgen folds mx, my and mz into one signed length; ours are the three components (see `data`)."),
    ];

    public static string? Reason(string caseName, string file, string kind, string path) => All.FirstOrDefault(difference => 
        Regex.IsMatch(kind, $"^({difference.Kinds})$") && Regex.IsMatch($"{caseName}/{file}", difference.Files) && Regex.IsMatch(path, difference.Paths))?.Reason;

    public static IEnumerable<(string Kind, string Reason)> Listed(IEnumerable<Row> rows) =>
        rows.Where(row => row.Outcome == Outcome.Explained).Select(row => (row.Kind, row.Reason!)).Distinct();
}
