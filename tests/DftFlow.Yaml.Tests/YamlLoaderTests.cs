using System.Text;
using CsCheck;
using DftFlow.Yaml;

namespace DftFlow.Tests.Yaml;

public class YamlLoaderTests
{
    [Fact]
    public void Words_that_other_readers_turn_into_numbers_and_truths_stay_text()
    {
        var root = Assert.IsType<YamlMapping>(Load("{ N: NO, Y: 1e-5, octal: 012, empty: , quoted: '' }", out var diagnostics));
        Assert.Empty(diagnostics.ToSorted());
        Assert.Equal("NO", Assert.IsType<YamlScalar>(root["N"]).Text);
        Assert.Equal("1e-5", Assert.IsType<YamlScalar>(root["Y"]).Text);
        Assert.Equal("012", Assert.IsType<YamlScalar>(root["octal"]).Text);
        Assert.True(Assert.IsType<YamlScalar>(root["empty"]).IsNull);
        Assert.False(Assert.IsType<YamlScalar>(root["quoted"]).IsNull);
    }

    [Fact]
    public void Every_node_knows_its_line_and_column()
    {
        var root = Assert.IsType<YamlMapping>(Load("a: 1\nb:\n  - x\n  - { c: 2 }\n", out _));
        Assert.Equal(new Mark("f.yaml", 2, 1), root.MarkOf("b"));
        var list = Assert.IsType<YamlSequence>(root["b"]);
        Assert.Equal(new Mark("f.yaml", 3, 5), list.Items[0].At);
        Assert.Equal(new Mark("f.yaml", 4, 7), Assert.IsType<YamlMapping>(list.Items[1]).MarkOf("c"));
    }

    [Fact]
    public void A_pair_without_braces_in_a_list_is_where_its_key_is()
    {
        var root = Assert.IsType<YamlMapping>(Load("a: 1\nb: [c: { d: 1 }, e: 2]\n", out _));
        Assert.Equal([new Mark("f.yaml", 2, 5), new Mark("f.yaml", 2, 18)], Assert.IsType<YamlSequence>(root["b"]).Items.Select(item => item.At));
    }

    [Fact]
    public void An_alias_stands_for_the_anchor_before_it()
    {
        var root = Assert.IsType<YamlMapping>(Load("a: &x { k: 1 }\nb: *x\n", out var diagnostics));
        Assert.Empty(diagnostics.ToSorted());
        Assert.Equal(root["a"], root["b"]);
    }

    [Theory]
    [InlineData("a: [1, 2\nb: 3\n", "DF1002", 2)]
    [InlineData("a: 1\n\tb: 2\n", "DF1002", 2)]
    [InlineData("", "DF1002", 1)]
    [InlineData("a: 1\n---\nb: 2\n", "DF1002", 2)]
    [InlineData("a: 1\nb: 2\na: 3\n", "DF1005", 3)]
    [InlineData("a: !!int 3\n", "DF1004", 1)]
    [InlineData("a: *nowhere\n", "DF1004", 1)]
    [InlineData("a: &a [*a]\n", "DF1004", 1)]
    [InlineData("? [a, b]\n: 1\n", "DF1004", 1)]
    [InlineData("a: 1\nb: \"c\\0d\"\n", "DF1004", 2)]
    public void Tells_what_is_no_plain_document_and_in_which_line(string text, string code, int line)
    {
        Load(text, out var diagnostics);
        var first = diagnostics.ToSorted()[0];
        Assert.True((code, line) == (first.Code, first.Line), first.ToString());
    }

    [Fact]
    public void Aliases_that_grow_without_bound_are_stopped()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 30; i++)
            bomb.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Assert.Null(Load(bomb.ToString(), out var diagnostics));
        Assert.Equal("DF1003", Assert.Single(diagnostics.ToSorted()).Code);
    }

    [Fact]
    public void Nesting_without_end_is_stopped()
    {
        Assert.Null(Load(new string('[', 50_000), out var diagnostics));
        Assert.Contains(Assert.Single(diagnostics.ToSorted()).Code, new[] { "DF1002", "DF1003" });
    }

    [Fact]
    public void A_file_that_is_not_there_is_told() => Assert.Equal("DF1001", Code(d => YamlLoader.LoadFile("/nowhere/at/all.yaml", d)));

    [Fact]
    public void A_file_without_end_is_stopped()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "there is no /dev/zero");
        Assert.Equal("DF1003", Code(d => YamlLoader.LoadFile("/dev/zero", d)));
    }

    [Fact]
    public void A_folder_is_no_file() => Assert.Equal("DF1001", Code(d => YamlLoader.LoadFile(Path.GetTempPath(), d)));

    [Fact]
    public void Whatever_the_text_nothing_is_thrown()
    {
        const string good = "dftflow: 1\nname: x\nparameters: { cutoff: &c 500 eV }\nlist:\n  - {a: *c, 'b': \"q\"}\n  - |\n    text\n";
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Char, Gen.Int[0, 3]).Array[1, 6].Sample(changes =>
        {
            var text = new StringBuilder(good);
            foreach (var (place, c, kind) in changes)
            {
                var at = Math.Min(place, text.Length - 1);
                if (kind == 0) text[at] = c;
                else if (kind == 1) text.Insert(at, c);
                else if (kind == 2 && text.Length > 1) text.Remove(at, 1);
                else text.Length = Math.Max(1, at);
            }
            Load(text.ToString(), out _);
        }, iter: Effort.Iterations(3000));
    }

    private static string Code(Action<Diagnostics> load)
    {
        var diagnostics = new Diagnostics();
        load(diagnostics);
        return Assert.Single(diagnostics.ToSorted()).Code;
    }

    private static YamlNode? Load(string text, out Diagnostics diagnostics) => YamlLoader.Load(text, "f.yaml", diagnostics = new Diagnostics());
}
