using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DftFlow.Crystals.Symmetry;

/// <summary>A symmetry operation on fractional coordinates: its matrix, whole numbers, takes columns; then its translation is added.</summary>
public readonly record struct SymmetryOperation(IntegerMatrix Rotation, Vector3D Translation)
{
    // Larger numbers are in no setting; up to here sums of products of three fit.
    private const double LargestNumber = 1000;

    public static SymmetryOperation Identity { get; } = new(IntegerMatrix.Identity, default);

    public Vector3D Apply(Vector3D fractional) => Rotation.Apply(fractional) + Translation;

    /// <summary>First the other operation, then this one; the translation from 0 to 1.</summary>
    public SymmetryOperation After(SymmetryOperation other) =>
        new(Rotation * other.Rotation, Fractions.Wrapped(Rotation.Apply(other.Translation) + Translation));

    /// <summary>The operation leaves all lengths and angles of the lattice as they are, within two parts in a hundred.</summary>
    public bool Fits(Lattice lattice)
    {
        var images = new Vector3D[3];
        for (var axis = 0; axis < 3; axis++) images[axis] = lattice.ToCartesian(Rotation.Column(axis));
        for (var i = 0; i < 3; i++)
            for (var j = i; j < 3; j++)
                if (Math.Abs(images[i].Dot(images[j]) - lattice[i].Dot(lattice[j])) > 0.02 * lattice[i].Length * lattice[j].Length) return false;
        return true;
    }

    /// <summary>Reads what CIFs write: <c>x,y,z</c>, <c>-y, x-y, z+1/3</c>, <c>1/2+x,-y,.5-z</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SymmetryOperation? operation)
    {
        operation = null;
        var parts = text.Split(',');
        if (parts.Length != 3) return false;
        var rows = new Vector3D[3];
        var translation = new double[3];
        for (var i = 0; i < 3; i++)
            if (!TryParseRow(parts[i], out rows[i], out translation[i])) return false;
        if (rows.Any(row => !(row.Length < LargestNumber))) return false;
        var rotation = IntegerMatrix.FromColumns(rows[0], rows[1], rows[2]).Transposed;
        if (Math.Abs(rotation.Determinant) != 1) return false;
        operation = new(rotation, new(translation[0], translation[1], translation[2]));
        return true;
    }

    private static bool TryParseRow(string text, out Vector3D row, out double translation)
    {
        double x = 0, y = 0, z = 0;
        translation = 0;
        var position = 0;
        var any = false;
        while (true)
        {
            while (position < text.Length && char.IsWhiteSpace(text[position])) position++;
            if (position == text.Length) break;
            double sign = text[position] == '-' ? -1 : 1;
            // Only the first term may go without a sign.
            if (text[position] is '+' or '-') position++;
            else if (any) break;
            while (position < text.Length && char.IsWhiteSpace(text[position])) position++;
            if (position == text.Length) break;
            switch (text[position])
            {
                case 'x' or 'X': x += sign; position++; break;
                case 'y' or 'Y': y += sign; position++; break;
                case 'z' or 'Z': z += sign; position++; break;
                default:
                    if (!TryReadNumber(text, ref position, out var number)) { row = default; return false; }
                    translation += sign * number;
                    break;
            }
            any = true;
        }
        row = new(x, y, z);
        translation = Exact(translation - Math.Floor(translation));
        return any && position == text.Length;
    }

    private static bool TryReadNumber(string text, ref int position, out double number)
    {
        if (!TryReadDecimal(text, ref position, out number)) return false;
        if (position == text.Length || text[position] != '/') return true;
        position++;
        if (!TryReadDecimal(text, ref position, out var divisor) || divisor == 0) return false;
        number /= divisor;
        return true;
    }

    private static bool TryReadDecimal(string text, ref int position, out double number)
    {
        var start = position;
        while (position < text.Length && (char.IsAsciiDigit(text[position]) || text[position] == '.')) position++;
        return double.TryParse(text.AsSpan(start, position - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number)
            && number < 1e6;
    }

    // The translations of space groups are 24ths; 0.3333 and 0.667 mean 1/3 and 2/3.
    private static double Exact(double translation)
    {
        var whole = Math.Round(translation * 24);
        if (Math.Abs(translation - whole / 24) > 1e-3) return translation;
        return whole is 24 ? 0 : whole / 24;
    }
}
