using System.Collections.Immutable;

namespace DftFlow.Crystals.Symmetry;

/// <summary>A symmetry operation whose translation is in twelfths, as those of the space groups' standard settings are.</summary>
internal readonly record struct TwelfthsOperation(IntegerMatrix Rotation, int X, int Y, int Z)
{
    public Vector3D Translation => new(X / 12.0, Y / 12.0, Z / 12.0);

    public TwelfthsOperation After(TwelfthsOperation other)
    {
        var r = Rotation;
        return new(r * other.Rotation,
            Modulo(r.M11 * other.X + r.M12 * other.Y + r.M13 * other.Z + X),
            Modulo(r.M21 * other.X + r.M22 * other.Y + r.M23 * other.Z + Y),
            Modulo(r.M31 * other.X + r.M32 * other.Y + r.M33 * other.Z + Z));
    }

    private static int Modulo(int twelfths) => ((twelfths % 12) + 12) % 12;
}

/// <summary>
/// The generators that a Hall symbol (S. R. Hall, Acta Cryst. A37, 517 (1981); International Tables for Crystallography, volume B,
/// A1.4.2) writes down: a letter for the centring, up to three rotations with their translations, and a shift of the origin.
/// </summary>
/// <param name="Centrings">Lattice points in the cell, zero first.</param>
/// <param name="Generators">Rotations that make the group, with an inversion where the symbol begins with a minus sign.</param>
internal sealed record HallSymbol(ImmutableArray<TwelfthsOperation> Centrings, ImmutableArray<TwelfthsOperation> Generators)
{
    private static readonly IntegerMatrix Inversion = IntegerMatrix.Identity * -1;

    // Takes x to y, y to z and z to x.
    private static readonly IntegerMatrix NextAxis = new(0, 0, 1, 1, 0, 0, 0, 1, 0);

    public static HallSymbol Parse(string symbol)
    {
        var shift = (X: 0, Y: 0, Z: 0);
        if (symbol.IndexOf('(') is > 0 and var bracket)
        {
            var numbers = Array.ConvertAll(symbol[(bracket + 1)..^1].Split(' '), number => int.Parse(number, System.Globalization.CultureInfo.InvariantCulture));
            shift = (numbers[0], numbers[1], numbers[2]);
            symbol = symbol[..bracket];
        }
        var words = symbol.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var generators = new List<TwelfthsOperation>();
        if (words[0][0] == '-') generators.Add(new(Inversion, 0, 0, 0));
        var before = 0;
        for (var i = 1; i < words.Length; i++) generators.Add(Rotation(words[i], i, ref before));
        var moved = new TwelfthsOperation(IntegerMatrix.Identity, shift.X, shift.Y, shift.Z);
        var back = new TwelfthsOperation(IntegerMatrix.Identity, -shift.X, -shift.Y, -shift.Z);
        return new(Centring(words[0][^1]), [.. generators.Select(generator => moved.After(generator).After(back))]);
    }

    /// <summary>All operations of the group, those of one centring together, the identity first.</summary>
    public ImmutableArray<TwelfthsOperation> Operations()
    {
        var operations = new List<TwelfthsOperation> { new(IntegerMatrix.Identity, 0, 0, 0) };
        for (var i = 0; i < operations.Count; i++)
            foreach (var generator in Generators)
            {
                // Translations come with the centring: one operation for each rotation is enough.
                var product = generator.After(operations[i]);
                if (!operations.Exists(known => known.Rotation == product.Rotation)) operations.Add(product);
            }
        return [.. Centrings.SelectMany(centring => operations.Select(centring.After))];
    }

    private static TwelfthsOperation Rotation(string word, int place, ref int before)
    {
        var position = 0;
        var improper = word[position] == '-';
        if (improper) position++;
        var order = word[position++] - '0';
        // The axis where none is written: c first; then a after 2 or 4, a−b after 3 or 6; then the body diagonal.
        var (axis, diagonal) = (place, order) switch
        {
            (1, _) => (2, '='),
            (2, 2) => before is 3 or 6 ? (2, '\'') : (0, '='),
            (3, 3) => (2, '*'),
            _ => (2, '='),
        };
        var translation = new int[3];
        for (; position < word.Length; position++)
            switch (word[position])
            {
                case >= 'x' and <= 'z' and var letter: axis = letter - 'x'; break;
                case '\'' or '"': (axis, diagonal) = (2, word[position]); break;
                case >= 'a' and <= 'c' and var letter: translation[letter - 'a'] += 6; break;
                case >= 'u' and <= 'w' and var letter: translation[letter - 'u'] += 3; break;
                case 'n': Add(6); break;
                case 'd': Add(3); break;
                case var digit: translation[axis] += 12 * (digit - '0') / order; break;
            }
        before = order;
        var rotation = (order, diagonal) switch
        {
            (_, '*') => NextAxis,
            (2, '\'') => new(0, -1, 0, -1, 0, 0, 0, 0, -1),
            (2, '"') => new(0, 1, 0, 1, 0, 0, 0, 0, -1),
            (1, _) => IntegerMatrix.Identity,
            (2, _) => new(-1, 0, 0, 0, -1, 0, 0, 0, 1),
            (3, _) => new(0, -1, 0, 1, -1, 0, 0, 0, 1),
            (4, _) => new(0, -1, 0, 1, 0, 0, 0, 0, 1),
            _ => new IntegerMatrix(1, -1, 0, 1, 0, 0, 0, 0, 1),
        };
        if (diagonal == '=')
            for (var turn = 0; turn < (axis + 1) % 3; turn++) rotation = NextAxis * rotation * NextAxis.Inverse;
        return new(improper ? rotation * -1 : rotation, translation[0], translation[1], translation[2]);

        void Add(int twelfths)
        {
            for (var i = 0; i < 3; i++) translation[i] += twelfths;
        }
    }

    private static ImmutableArray<TwelfthsOperation> Centring(char letter)
    {
        return letter switch
        {
            'A' => [At(0, 0, 0), At(0, 6, 6)],
            'C' => [At(0, 0, 0), At(6, 6, 0)],
            'I' => [At(0, 0, 0), At(6, 6, 6)],
            'R' => [At(0, 0, 0), At(8, 4, 4), At(4, 8, 8)],
            'F' => [At(0, 0, 0), At(0, 6, 6), At(6, 0, 6), At(6, 6, 0)],
            _ => [At(0, 0, 0)],
        };

        static TwelfthsOperation At(int x, int y, int z) => new(IntegerMatrix.Identity, x, y, z);
    }
}
