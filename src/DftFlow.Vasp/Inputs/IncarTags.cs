using System.Collections.Frozen;

namespace DftFlow.Vasp.Inputs;

/// <summary>What a tag's value has to be.</summary>
public enum IncarKind
{
    Logical,
    Whole,
    Real,

    /// <summary>One word: <c>ALGO = Normal</c>.</summary>
    Word,

    /// <summary>All text up to the end of the statement: <c>SYSTEM</c>.</summary>
    Text,

    /// <summary>LREAL: .FALSE., .TRUE., Auto.</summary>
    LogicalOrWord,
    LogicalList,
    WholeList,
    RealList,
}

/// <summary>What a tag is about: the groups of an INCAR as this program writes it.</summary>
public enum IncarTheme
{
    General,
    Electronic,
    HubbardU,
    Spin,
    Ionic,
    Output,
    Other,
}

/// <summary>The INCAR tags that VASP knows (VASP wiki, category "INCAR tag"), with the kind of their values.</summary>
public static partial class IncarTags
{
    private static readonly FrozenDictionary<string, (IncarTheme Theme, IncarKind Kind, int Order)> Known = Load();

    /// <summary>The names of all known tags.</summary>
    public static IEnumerable<string> Names => Known.Keys.Order(StringComparer.Ordinal);

    public static bool IsKnown(string name) => Known.ContainsKey(name.ToUpperInvariant());

    /// <summary>The kind of a tag's value; null for a tag that is not known.</summary>
    public static IncarKind? KindOf(string name) => Known.TryGetValue(name.ToUpperInvariant(), out var tag) ? tag.Kind : null;

    public static IncarTheme ThemeOf(string name) => Known.TryGetValue(name.ToUpperInvariant(), out var tag) ? tag.Theme : IncarTheme.Other;

    /// <summary>The known tag that an unknown one was probably meant to be: LDUA → LDAU; null where none is near.</summary>
    public static string? Suggest(string name) => Spelling.Closest(name, Known.OrderBy(pair => pair.Value.Order).Select(pair => pair.Key));

    internal static int Order(string name) => Known.TryGetValue(name.ToUpperInvariant(), out var tag) ? tag.Order : int.MaxValue;

    internal static string Title(IncarTheme theme) => theme switch
    {
        IncarTheme.General => "General",
        IncarTheme.Electronic => "Electrons",
        IncarTheme.HubbardU => "DFT+U",
        IncarTheme.Spin => "Spin",
        IncarTheme.Ionic => "Ions",
        IncarTheme.Output => "DOS and output",
        _ => "Other",
    };

    // Each line of the table: theme and kind, then names. The first names of a theme come first in the file.
    private static FrozenDictionary<string, (IncarTheme, IncarKind, int)> Load()
    {
        var tags = new Dictionary<string, (IncarTheme, IncarKind, int)>();
        foreach (var row in Table.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var words = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            foreach (var name in words[2..]) tags.Add(name, (Enum.Parse<IncarTheme>(words[0]), Enum.Parse<IncarKind>(words[1]), tags.Count));
        }
        return tags.ToFrozenDictionary();
    }
}
