namespace DftFlow.Crystals;

/// <summary>The values of one data block of a CIF, single ones and loops, by tag. Tags are compared without case, '.' as '_'.</summary>
internal sealed class CifBlock(CifToken name)
{
    private readonly Dictionary<string, IReadOnlyList<CifToken>> columns = new(StringComparer.OrdinalIgnoreCase);

    public CifToken Name { get; } = name;

    /// <summary>The values under the first of the tags that the block has: a loop's column, or a single value; null for none.</summary>
    public IReadOnlyList<CifToken>? Column(params ReadOnlySpan<string> tags)
    {
        foreach (var tag in tags)
            if (columns.TryGetValue(tag, out var column)) return column;
        return null;
    }

    /// <summary>The first value under the first of the tags that the block has and that is given.</summary>
    public CifToken? Value(params ReadOnlySpan<string> tags)
    {
        foreach (var tag in tags)
            if (columns.TryGetValue(tag, out var column) && column is [var value, ..] && value.IsGiven) return value;
        return null;
    }

    public static List<CifBlock> ReadAll(string text)
    {
        var tokenizer = new CifTokenizer(text);
        var blocks = new List<CifBlock>();
        var token = tokenizer.Next();
        while (token.Kind != CifTokenKind.End)
        {
            switch (token.Kind)
            {
                case CifTokenKind.DataBlock:
                    blocks.Add(new CifBlock(token));
                    token = tokenizer.Next();
                    break;
                case CifTokenKind.Loop when blocks.Count > 0:
                    token = blocks[^1].ReadLoop(tokenizer, token);
                    break;
                case CifTokenKind.Tag when blocks.Count > 0:
                    token = blocks[^1].ReadItem(tokenizer, token);
                    break;
                default:
                    throw Cif.Error("DF1210", blocks.Count == 0
                        ? $"'{Cif.Shortened(token.Text)}' stands before the first data block."
                        : $"'{Cif.Shortened(token.Text)}' belongs to no tag and no loop.",
                        blocks.Count == 0 ? "A CIF begins with a line such as data_Li2MnO3; is this a CIF?" : "Values with blanks need quotation marks.", token.Line, token.Column);
            }
        }
        return blocks;
    }

    private CifToken ReadItem(CifTokenizer tokenizer, CifToken tag)
    {
        var value = tokenizer.Next();
        if (value.Kind != CifTokenKind.Value)
            throw Cif.Error("DF1210", $"The tag {Cif.Shortened(tag.Text)} has no value.", "Write ? for what is not known.", tag.Line, tag.Column);
        Add(tag, [value]);
        return tokenizer.Next();
    }

    private CifToken ReadLoop(CifTokenizer tokenizer, CifToken loop)
    {
        var tags = new List<CifToken>();
        var token = tokenizer.Next();
        for (; token.Kind == CifTokenKind.Tag; token = tokenizer.Next()) tags.Add(token);
        if (tags.Count == 0)
            throw Cif.Error("DF1210", "The loop names no tags.", "After loop_ come the tags, then the values.", loop.Line, loop.Column);
        var values = tags.Select(_ => new List<CifToken>()).ToArray();
        var count = 0;
        for (; token.Kind == CifTokenKind.Value; token = tokenizer.Next()) values[count++ % tags.Count].Add(token);
        if (count % tags.Count != 0)
            throw Cif.Error("DF1210", FormattableString.Invariant($"The loop of {Cif.Shortened(tags[0].Text)} has {tags.Count} tags but {count} values, which is no whole number of rows."),
                "A value is missing, or one with blanks lacks its quotation marks.", loop.Line, loop.Column);
        for (var i = 0; i < tags.Count; i++) Add(tags[i], values[i]);
        return token;
    }

    private void Add(CifToken tag, IReadOnlyList<CifToken> values) => columns.TryAdd(tag.Text.Replace('.', '_'), values);
}
