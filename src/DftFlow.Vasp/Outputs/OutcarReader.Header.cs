using System.Buffers;
using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>What stands before the first electronic step: machine, potentials, dimensions, parameters, k-points.</summary>
internal sealed partial class OutcarReader
{
    private const int MostParameters = 2_000, MostValues = 10_000, MostPotentials = 10_000, MostKPoints = 10_000_000, LongestText = 500;

    private static readonly SearchValues<byte> TagCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"u8);

    /// <summary>Tags with more than one value. Behind another tag's value stand remarks, which can begin with a number.</summary>
    private static readonly string[] ListTags = ["POMASS", "ZVAL", "RWIGS", "VCA", "ROPT", "DFIELD", "LDAUL", "LDAUU", "LDAUJ"];

    /// <summary>What looks like a tag and is none, or is the size of an array.</summary>
    private static readonly string[] NoTags = ["POSCAR", "METHOD", "WPLASMAI", "NKPTS", "NKDIM", "NIONS", "LDIM", "LMDIM", "NPLWV", "IRMAX", "IRDMAX"];

    private readonly VaspParameters parameters = new();
    private readonly List<Potential> potentials = [];
    private readonly List<double> ionsPerType = [], goingOn = [];
    private readonly List<KPoint> kPointRows = [];
    private string? executedOn, listTag;
    private string ionsPerTypeText = "";
    private int? mpiRankCount, threadsPerRank, atomCount, kPointCount;
    private ImmutableArray<KPoint> kPoints = [];

    private sealed record Potential(string Title, string? Functional, string? Symbol, double Mass, double Valence);

    private Potential? openPotential;

    private bool ReadRunning(ReadOnlySpan<byte> line)
    {
        // `running on   16 total cores`; since VASP 6 `running   64 mpi-ranks, with    1 threads/rank`.
        if (!line.StartsWith("running"u8)) return false;
        var rest = line[(line.StartsWith("running on"u8) ? "running on"u8 : "running"u8).Length..];
        mpiRankCount ??= Count(rest);
        var threads = line.IndexOf("with"u8);
        if (threads >= 0) threadsPerRank ??= Count(line[(threads + "with"u8.Length)..]);
        return true;
    }

    private bool ReadExecutedOn(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("executed on"u8)) return false;
        executedOn ??= TextOf(line["executed on"u8.Length..]);
        return true;
    }

    /// <summary>A line of a potential's description. VRHFIN and LEXCH stand before TITEL, the mass and ZVAL behind it.</summary>
    private bool ReadPotential(ReadOnlySpan<byte> line)
    {
        if (stepsBegun || ionicSteps.Count > 0) return false;
        var isSymbol = line.StartsWith("VRHFIN ="u8);
        if (isSymbol) openPotential = new("", null, TextOf(line["VRHFIN ="u8.Length..]).Split(':')[0].Trim(), double.NaN, double.NaN);
        else if (line.StartsWith("LEXCH  ="u8) && openPotential is { Title: "" } before) openPotential = before with { Functional = TextOf(line["LEXCH  ="u8.Length..]) };
        else if (line.StartsWith("TITEL  ="u8))
        {
            openPotential = (openPotential is { Title: "" } named ? named : new("", null, null, double.NaN, double.NaN)) with { Title = TextOf(line["TITEL  ="u8.Length..]) };
            if (potentials.Count < MostPotentials) potentials.Add(openPotential);
        }
        else if (line.StartsWith("POMASS ="u8) && openPotential is { Title: not "" } open && potentials.Count > 0)
        {
            openPotential = open with { Mass = ValueAfter(line, "POMASS ="u8), Valence = ValueAfter(line, "ZVAL   ="u8) };
            potentials[^1] = openPotential;
        }
        else return false;
        return true;
    }

    /// <summary>Every <c>TAG = value</c> of a line of the list of parameters.</summary>
    private void ReadParameters(ReadOnlySpan<byte> line)
    {
        recognised = true;
        for (int at = 0, equals; (equals = line[at..].IndexOf((byte)'=')) >= 0; at += equals + 1)
        {
            var before = line[..(at + equals)].TrimEnd((byte)' ');
            var name = before[(before.LastIndexOfAnyExcept(TagCharacters) + 1)..];
            var value = line[(at + equals + 1)..];
            if (name.Length >= 2 && name[0] >= 'A' && name.Length < 32) ReadParameter(Latin1(name), value);
            else if (before.EndsWith("ions per type"u8)) ReadIonsPerType(line);
        }
    }

    private void ReadParameter(string tag, ReadOnlySpan<byte> text)
    {
        if (tag == "NIONS") atomCount ??= Count(text);
        else if (tag == "NKPTS") kPointCount ??= Count(text);
        if (Array.IndexOf(NoTags, tag) >= 0 || parameters.All.Count >= MostParameters || parameters.All.ContainsKey(tag)) return;
        if (tag == "SYSTEM")
        {
            parameters.Add(tag, new ParameterValue.Text(TextOf(text)));
            return;
        }
        if (Array.IndexOf(ListTags, tag) >= 0)
        {
            goingOn.Clear();
            TakeNumbers(ref text, goingOn);
            (listTag, table) = (tag, Table.NumbersGoOn);
            return;
        }
        var word = text.TrimStart((byte)' ');
        var end = word.IndexOfAny((byte)' ', (byte)';');
        if (end >= 0) word = word[..end];
        if (word.IsEmpty) return;
        var rest = text;
        var isNumber = TryTake(ref rest, out var number);
        parameters.Add(tag,
            word is [(byte)'T'] or [(byte)'F'] || word.StartsWith(".TRUE."u8) || word.StartsWith(".FALSE."u8) ? new ParameterValue.Flag(word[0] == 'T' || word is [_, (byte)'T', ..])
            : isNumber ? NumberValue(number, word.IndexOfAny((byte)'.', (byte)'*') < 0)
            : new ParameterValue.Text(TextOf(word)));
    }

    private bool ReadIonsPerType(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("ions per type ="u8) || ionsPerType.Count > 0) return false;
        var rest = line["ions per type ="u8.Length..];
        ionsPerTypeText = TextOf(rest);
        goingOn.Clear();
        TakeNumbers(ref rest, goingOn);
        (listTag, table) = ("", Table.NumbersGoOn);
        return true;
    }

    /// <summary>A list with many values goes on in lines that hold nothing but numbers.</summary>
    private bool ReadMoreNumbers(ReadOnlySpan<byte> line)
    {
        var before = goingOn.Count;
        TakeNumbers(ref line, goingOn);
        if (goingOn.Count > before && line.TrimStart((byte)' ').IsEmpty && goingOn.Count < MostValues) return true;
        goingOn.RemoveRange(before, goingOn.Count - before);
        if (listTag == "") ionsPerType.AddRange(goingOn);
        else if (goingOn.Count > 0) parameters.Add(listTag!, new ParameterValue.List([.. goingOn.Select(number => NumberValue(number, listTag == "LDAUL"))]));
        return false;
    }

    private void TakeNumbers(ref ReadOnlySpan<byte> text, List<double> numbers)
    {
        while (numbers.Count < MostValues && TryTake(ref text, out var number)) numbers.Add(number);
    }

    private static ParameterValue NumberValue(double number, bool whole) =>
        whole && Math.Abs(number) < 1e15 && number == Math.Truncate(number) ? new ParameterValue.Whole((long)number) : new ParameterValue.Real(number);

    private int? Count(ReadOnlySpan<byte> text) => TryTake(ref text, out var number) && number is >= 0 and <= int.MaxValue ? (int)number : null;

    private static string TextOf(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\r"u8);
        return Latin1(text[..Math.Min(text.Length, LongestText)]);
    }

    private ImmutableArray<AtomType> AtomTypes()
    {
        var counts = AtomsPerType();
        var types = ImmutableArray.CreateBuilder<AtomType>(potentials.Count);
        for (var i = 0; i < potentials.Count; i++)
        {
            var (title, _, symbol, mass, valence) = potentials[i];
            var words = title.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var named = words is [_, var second, ..] ? second.Split('_', '.')[0] : words is [var only] ? only : "";
            if (!Element.TryParse(named, out var element)) _ = Element.TryParse(symbol, out element);
            types.Add(new AtomType(i < counts.Length ? counts[i] : 0, element, element?.Symbol ?? named, mass, valence, title));
        }
        return types.MoveToImmutable();
    }

    /// <summary>The printed counts, each in four columns: those of four digits have run together.</summary>
    private int[] AtomsPerType()
    {
        if (atomCount > MostAtoms) return [];
        if (ionsPerType.TrueForAll(count => count is >= 0 and <= MostAtoms) && (atomCount is null || ionsPerType.Sum() == atomCount))
            return [.. ionsPerType.Select(count => (int)count)];
        List<int> counts = [];
        for (var end = ionsPerTypeText.Length; end > 0 && counts.Count < potentials.Count; end -= 4)
            if (FortranNumber.TryReadInteger(ionsPerTypeText.AsSpan(Math.Max(end - 4, 0)..end).Trim(), out var count)) counts.Insert(0, count);
        return counts.Sum() == atomCount ? [.. counts] : [];
    }

    private OutcarHubbard? Hubbard() =>
        parameters.Whole("LDAUTYPE") is { } type
            ? new(type, [.. Values("LDAUL").Select(value => (int)value)], Values("LDAUU"), Values("LDAUJ"))
            : null;

    private ImmutableArray<double> Values(string tag) =>
        parameters.All.GetValueOrDefault(tag) is ParameterValue.List { Values: var values }
            ? [.. values.Select(value => value is ParameterValue.Whole { Value: var whole } ? whole : value is ParameterValue.Real { Value: var real } ? real : double.NaN)]
            : [];

    /// <summary>The list of k-points, or the heading of one k-point's bands.</summary>
    private bool ReadKPointLine(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("k-points in reciprocal lattice and weights"u8))
        {
            if (kPoints.IsEmpty && kPointRows.Count == 0) table = Table.KPoints;
            return true;
        }
        return line.StartsWith("k-point "u8);
    }

    private bool ReadKPointRow(ReadOnlySpan<byte> line)
    {
        if (!TryTake(ref line, out var x) || !TryTake(ref line, out var y) || !TryTake(ref line, out var z) || !TryTake(ref line, out var weight)) return false;
        if (kPointRows.Count == MostKPoints) throw Refused($"{MostKPoints} k-points");
        kPointRows.Add(new KPoint(new Vector3D(x, y, z), weight));
        return true;
    }

    private void EndKPoints()
    {
        if (kPointCount is null || kPointRows.Count == kPointCount) kPoints = [.. kPointRows];
    }
}
