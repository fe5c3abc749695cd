using System.Globalization;

namespace DftFlow.Yaml;

/// <summary>What a number with a unit measures.</summary>
public enum Dimension
{
    /// <summary>Read into eV.</summary>
    Energy,

    /// <summary>Read into eV/atom.</summary>
    EnergyPerAtom,

    /// <summary>Read into Å.</summary>
    Length,

    /// <summary>Read into eV/Å.</summary>
    Force,

    /// <summary>Read into V.</summary>
    Voltage,

    /// <summary>Read into seconds.</summary>
    Time,

    /// <summary>Read into Å².</summary>
    Area,

    /// <summary>Read into degrees.</summary>
    Angle,

    /// <summary>Per cent, read into a fraction: 5 % is 0.05.</summary>
    Fraction,

    /// <summary>Read into elementary charges.</summary>
    Charge,

    /// <summary>Read into Bohr magnetons.</summary>
    Moment,

    /// <summary>Read into bar.</summary>
    Pressure,

    /// <summary>Read into K.</summary>
    Temperature,

    /// <summary>Read into MiB.</summary>
    Memory,
}

/// <summary>Numbers with units, as in <c>500 eV</c>: the unit must be there, and must measure what is asked for.</summary>
public static class Quantities
{
    private sealed record UnitTable(string Base, string Example, (string Name, double Factor)[] Accepted, (string Name, double Factor)[] Elsewhere);

    private static UnitTable Of(Dimension dimension) => dimension switch
    {
        Dimension.Energy => new("eV", "500 eV", [("eV", 1), ("meV", 1e-3)],
            // CODATA 2018.
            [("Ry", 13.605693122994), ("Ha", 27.211386245988), ("Hartree", 27.211386245988), ("kJ/mol", 0.010364269656262), ("kcal/mol", 0.043364104241801)]),
        Dimension.EnergyPerAtom => new("eV/atom", "-19.6 meV/atom", [("eV/atom", 1), ("meV/atom", 1e-3)], [("kJ/mol", 0.010364269656262)]),
        Dimension.Length => new("Å", "12 Å", [("Å", 1), ("A", 1), ("angstrom", 1), ("Angstrom", 1), ("nm", 10), ("pm", 0.01)], [("Bohr", 0.529177210903), ("bohr", 0.529177210903), ("a0", 0.529177210903)]),
        Dimension.Force => new("eV/Å", "0.02 eV/Å", [("eV/Å", 1), ("eV/A", 1), ("eV/angstrom", 1), ("meV/Å", 1e-3), ("meV/A", 1e-3)], [("Ry/Bohr", 25.711043), ("Ha/Bohr", 51.422067)]),
        Dimension.Voltage => new("V", "4.3 V", [("V", 1), ("mV", 1e-3)], []),
        Dimension.Time => new("s", "24 h", [("s", 1), ("min", 60), ("h", 3600), ("d", 86400)], []),
        Dimension.Area => new("Å²", "250 Å²", [("Å²", 1), ("Å^2", 1), ("Å2", 1), ("A^2", 1), ("nm²", 100), ("nm^2", 100)], []),
        Dimension.Angle => new("°", "120 °", [("°", 1), ("deg", 1)], [("rad", 180 / Math.PI)]),
        Dimension.Fraction => new("%", "5 %", [("%", 0.01)], []),
        Dimension.Charge => new("e", "0.12 e", [("e", 1)], []),
        Dimension.Moment => new("µB", "3 µB", [("µB", 1), ("μB", 1), ("muB", 1)], []),
        Dimension.Pressure => new("bar", "0.21 bar", [("bar", 1), ("mbar", 1e-3), ("Pa", 1e-5), ("kPa", 0.01), ("atm", 1.01325)], []),
        Dimension.Temperature => new("K", "300 K", [("K", 1)], []),
        Dimension.Memory => new("MiB", "64 GB", [("MiB", 1), ("GiB", 1 << 10), ("TiB", 1 << 20), ("MB", 1e6 / (1 << 20)), ("GB", 1e9 / (1 << 20)), ("TB", 1e12 / (1 << 20))], []),
        _ => throw new ArgumentOutOfRangeException(nameof(dimension), dimension, null),
    };

    public static string BaseUnit(Dimension dimension) => Of(dimension).Base;

    /// <summary>All units that are taken.</summary>
    public static IEnumerable<string> Units(Dimension dimension) => Of(dimension).Accepted.Select(unit => unit.Name);

    /// <summary>Reads a number with its unit into the dimension's base unit; otherwise says what is wrong and what to write.</summary>
    public static bool TryParse(string text, Dimension dimension, out double value, out string problem, out string hint)
    {
        value = 0;
        problem = hint = "";
        var units = Of(dimension);
        var trimmed = text.AsSpan().Trim();
        var digits = NumberLength(trimmed);
        if (digits == 0 || !double.TryParse(trimmed[..digits], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            problem = $"'{text}' is not a number with a unit.";
            hint = $"Write it as in '{units.Example}'.";
            return false;
        }
        // The Ångström sign and the letter Å look the same; normalised, they are.
        var unit = trimmed[digits..].Trim().ToString().Normalize();
        foreach (var (name, factor) in units.Accepted)
            if (unit == name)
            {
                value = number * factor;
                return true;
            }
        if (unit is [',', >= '0' and <= '9', ..])
        {
            problem = $"'{text}' has a decimal comma.";
            hint = $"Write '{text.Trim().Replace(',', '.')}'.";
            return false;
        }
        problem = unit.Length == 0 ? $"'{text}' has no unit." : $"'{unit}' is not a unit that is taken here.";
        hint = unit.Length == 0
            // Whoever writes 0.25 means a quarter, not a quarter of a per cent.
            ? dimension == Dimension.Fraction && Math.Abs(number) <= 1 && number != 0
                ? $"Write '{(number * 100).ToString("G6", CultureInfo.InvariantCulture)} %' for this part of 1, or '{text.Trim()} %'."
                : $"Write '{text.Trim()} {units.Base}' if that is what you mean; taken are {Names(units)}."
            : units.Elsewhere.FirstOrDefault(other => other.Name == unit) is { Name: not null } known
                ? $"{text.Trim()} is {(number * known.Factor).ToString("0.####", CultureInfo.InvariantCulture)} {units.Base}; taken are {Names(units)}."
                : units.Accepted.FirstOrDefault(accepted => accepted.Name.Equals(unit, StringComparison.OrdinalIgnoreCase)) is { Name: { } cased }
                    ? $"Did you mean '{cased}'? Taken are {Names(units)}."
                    : $"Taken are {Names(units)}.";
        return false;
    }

    private static string Names(UnitTable units) => string.Join(", ", units.Accepted.Select(u => u.Name));

    // The longest beginning that is a number; "1e-5 eV" must not lose its exponent, "3 eV" not gain one.
    private static int NumberLength(ReadOnlySpan<char> text)
    {
        var i = 0;
        if (i < text.Length && text[i] is '+' or '-') i++;
        var start = i;
        while (i < text.Length && (char.IsAsciiDigit(text[i]) || text[i] == '.')) i++;
        if (i == start) return 0;
        if (i < text.Length && text[i] is 'e' or 'E')
        {
            var exponent = i + 1;
            if (exponent < text.Length && text[exponent] is '+' or '-') exponent++;
            if (exponent < text.Length && char.IsAsciiDigit(text[exponent]))
            {
                i = exponent;
                while (i < text.Length && char.IsAsciiDigit(text[i])) i++;
            }
        }
        return i;
    }
}
