using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Inputs;

/// <summary>
/// What molecular dynamics writes behind the atoms: lattice velocities, velocities, predictor and corrector (VASP wiki: POSCAR,
/// CONTCAR). VASP goes on without what it cannot read there; so does this, and says so.
/// </summary>
internal sealed partial class PoscarReader
{
    private PoscarFile WithMotion(PoscarFile file)
    {
        var atoms = file.Positions.Length;
        if (!TryStep()) return file;
        if (FirstLetter() is 'L' or 'l')
        {
            var header = number;
            var at = 0;
            if (!TryStep() || !FortranNumber.TryReadInteger(Word(ref at), out var state) || Rows(3) is not { Length: 3 } velocities || Rows(3) is not { Length: 3 } vectors)
                return Doubt(file, FormattableString.Invariant($"The lattice velocities that begin on line {header} cannot be read; they and what follows are left out."));
            file = file with { LatticeVelocities = new(state, velocities, vectors) };
            if (!TryStep()) return file;
        }
        if (IsRow(out _))
            return Doubt(file, FormattableString.Invariant($"Line {number} holds three numbers, but the atoms end before it: the counts add up to {atoms}. It and what follows are left out."));

        // Like VASP: C, K and nothing mean Cartesian. Other text than Direct is somebody's note.
        var letter = FirstLetter();
        var direct = letter is 'D' or 'd';
        if (letter is not (null or 'C' or 'c' or 'K' or 'k' or 'D' or 'd')) return file;
        var firstLine = number + 1;
        var rows = Rows(atoms);
        if (rows.Length < atoms)
            return rows.IsEmpty ? file : Doubt(file, FormattableString.Invariant($"The velocities that begin on line {firstLine} are those of {rows.Length} of {atoms} atoms; they and what follows are left out."));
        file = direct ? file with { VelocitiesPerStep = rows } : file with { VelocitiesAPerFs = rows };
        return WithPredictorCorrector(file);
    }

    // Initialisation state, time step, thermostat; then three rows for each atom.
    private PoscarFile WithPredictorCorrector(PoscarFile file)
    {
        while (NextLineIsBlank()) TryStep();
        var (begin, at) = (position, 0);
        if (!TryStep() || !FortranNumber.TryReadInteger(Word(ref at), out _) || !Word(ref at).IsEmpty) return file;
        var firstLine = number;
        long lines = 1;
        while (TryStep() && FirstLetter() is not null) lines++;
        var wanted = 3 + 3L * file.Positions.Length;
        return lines >= wanted ? file with { PredictorCorrector = text[begin..].ReplaceLineEndings("\n").TrimEnd() }
            : Doubt(file, FormattableString.Invariant($"The predictor-corrector part that begins on line {firstLine} has {lines} of {wanted} lines; it is left out."));
    }

    /// <summary>As many rows of three numbers as there are, up to <paramref name="count"/>.</summary>
    private ImmutableArray<Vector3D> Rows(int count)
    {
        var rows = ImmutableArray.CreateBuilder<Vector3D>();
        while (rows.Count < count)
        {
            var here = (start, end, number, position);
            if (TryStep() && IsRow(out var row))
            {
                rows.Add(row);
                continue;
            }
            (start, end, number, position) = here;
            break;
        }
        return rows.DrainToImmutable();
    }

    private bool IsRow(out Vector3D row)
    {
        var at = 0;
        row = default;
        if (!FortranNumber.TryReadReal(Word(ref at), out var x) || !FortranNumber.TryReadReal(Word(ref at), out var y) || !FortranNumber.TryReadReal(Word(ref at), out var z)) return false;
        row = new(x, y, z);
        return true;
    }

    private char? FirstLetter()
    {
        var at = 0;
        return Word(ref at) is [var letter, ..] ? letter : null;
    }

    private bool NextLineIsBlank() => position < text.Length && !NextLineBegins(_ => true);

    private static PoscarFile Doubt(PoscarFile file, string message) => file with
    {
        Findings = [new Finding("DF1252", Severity.Warning, message, "Compare the counts with the lines, or remove what is behind the atoms. A file that was cut off looks like this.")],
    };
}
