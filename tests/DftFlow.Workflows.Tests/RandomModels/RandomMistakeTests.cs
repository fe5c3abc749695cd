using System.Diagnostics;
using System.Text.RegularExpressions;
using CsCheck;
using DftFlow.Vasp.Inputs;

namespace DftFlow.Tests.Workflows.RandomModels;

/// <summary>Workflows with mistakes: told with a code and a place, and never a crash, a hang or a model of what is no number.</summary>
public sealed partial class RandomMistakeTests
{
    private static readonly string[] Numbers = ["-1", "0", "-0.0", "1", "0.5", "2147483647", "2147483648", "1e9", "-1e9", "1e300", "1e-300", "99999999999999999999", "NaN", ".nan", "Infinity", "-.inf", "1,5", "0x10", "½"];
    private static readonly string[] Words = ["", "~", "null", "[]", "{}", "[[1]]", "{ a: 1 }", "Xx", "li", "O2", "true", "m0", "$m0", "film", "é", "'\"'", "*x", "&x 1", "- 1", "#", "0 layers", "1e9 layers", "1e300 Å", "1e-300 Å", "-3 %", "1e9 %", "-100 %"];

    // Each takes up to three seconds by itself (sqs); on a busy machine much more.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // Where in the models, which kind of mistake, and which of its kind.
    private static readonly Gen<(RandomModels Models, int Place, int Choice)> Places = Gen.Select(RandomModels.All, Gen.Int[0, 1_000_000], Gen.Int[0, 1_000_000]);

    [Fact]
    public void A_number_that_is_none_is_told_in_its_line() => Places.Sample((models, place, choice) => Refused(models, place, NumberPattern(), Pick(["NaN", ".nan", "Infinity", "1,5", "0x1G", "½"], choice)), iter: Effort.Iterations(60));

    [Fact]
    public void A_key_that_there_is_not_is_told_in_its_line() => Places.Sample((models, place, choice) => Refused(models, place, KeyPattern(), Pick(["Xx", "supercel", "Q", "vacum", "🜚", "x y"], choice)), iter: Effort.Iterations(60));

    [Fact]
    public void A_value_of_another_kind_is_told_in_its_line() => Places.Sample((models, place, choice) => Refused(models, place, ValuePattern(), Pick(["{ a: { b: c } }", "[[[[1]]]]", "[{ x: 1 }]"], choice)), iter: Effort.Iterations(60));

    [Fact]
    public void Any_damage_is_told_or_does_no_harm() => Gen.Select(RandomModels.All, Gen.Int[0, 1_000_000].Array[3, 9]).Sample((models, n) =>
    {
        var text = models.Yaml;
        for (var i = 0; i + 2 < n.Length; i += 3) text = Damaged(text, n[i], n[i + 1], n[i + 2]);
        Harmless(text);
    }, iter: Effort.Iterations(200));

    /// <summary>Puts the wrong text in the place of one match within the models that are built alone, and wants an error in that line.</summary>
    private static void Refused(RandomModels models, int place, Regex pattern, string wrong)
    {
        var text = models.Yaml;
        var (from, to) = (text.IndexOf("  m0:", StringComparison.Ordinal), text.IndexOf("  whole:", StringComparison.Ordinal));
        var matches = pattern.Matches(text).Where(match => match.Index > from && match.Index < to && match.Value is not ("from" or "build" or ['m', _])).ToArray();
        if (matches.Length == 0) return;
        var chosen = matches[place % matches.Length];
        var changed = text.Remove(chosen.Index, chosen.Length).Insert(chosen.Index, wrong);
        var line = text.AsSpan(0, chosen.Index).Count('\n') + 1;
        var errors = Harmless(changed);
        // What a model before it could not do keeps this one from being built; what can be told without is told all the same.
        Assert.True(errors.Any(error => error.Line <= line), $"'{chosen.Value}' became '{wrong}' in line {line}: {string.Join('\n', errors)}\n{changed}");
    }

    private static Yaml.Diagnostic[] Harmless(string text)
    {
        using var folder = new WorkflowFolder();
        var clock = Stopwatch.StartNew();
        var loaded = folder.Load(text);
        Assert.True(clock.Elapsed < Patience, $"{clock.Elapsed} for\n{text}");
        var errors = loaded.Diagnostics.Where(diagnostic => diagnostic.Severity == Severity.Error).ToArray();
        Assert.Equal(loaded.Plan is null, errors.Length > 0);
        var lines = text.Split('\n');
        Assert.All(loaded.Diagnostics, diagnostic =>
        {
            Assert.Matches("^DF[0-9]{4}$", diagnostic.Code);
            Assert.NotEmpty(diagnostic.Message);
            Assert.EndsWith("workflow.yaml", diagnostic.File, StringComparison.Ordinal);
            Assert.InRange(diagnostic.Line, 1, lines.Length + 1);
            Assert.InRange(diagnostic.Column, 1, (diagnostic.Line <= lines.Length ? lines[diagnostic.Line - 1].Length : 0) + 2);
            // What was not written, but came out.
            foreach (var none in (string[])["NaN", "Infinity"])
                if (!text.Contains(none, StringComparison.Ordinal)) Assert.DoesNotMatch($@"\b{none}\b", $"{diagnostic.Message} {diagnostic.Hint}");
        });
        foreach (var model in loaded.Plan?.Models ?? [])
        {
            Assert.True(double.IsFinite(model.Structure.Lattice.Volume) && model.Structure.Sites.All(site => site.Fractional.IsFinite && site.MomentMuB is null or (> -1e6 and < 1e6)), text);
            Assert.Equal(model.Structure.GroupedByElement().Sites.Length, Poscar.Read(Poscar.Write(model.Structure.GroupedByElement(), model.Name)).Structure.Sites.Length);
            Assert.All(model.Steps, step => Assert.NotEmpty(step.Facts.ToJsonString()));
        }
        return errors;
    }

    private static string Damaged(string text, int kind, int place, int choice)
    {
        var start = text.IndexOf("structures:", StringComparison.Ordinal);
        if (start < 0) return text;
        return (kind % 8) switch
        {
            0 => Replaced(NumberPattern(), _ => Pick(Numbers, choice)),
            1 => Replaced(ValuePattern(), _ => Pick([.. Words, .. Numbers], choice)),
            2 => Replaced(KeyPattern(), _ => Pick([.. Words, "from", "file", "prototype", "lattice", "count", "vacuum", "miller", "seed"], choice)),
            3 => Replaced(PairPattern(), _ => ""),
            4 => Replaced(PairPattern(), pair => $"{pair}, {pair}"),
            5 => Replaced(UnitPattern(), _ => Pick(["", "Å", "nm", "%", "eV", "Bohr", "layers", "km"], choice)),
            6 => Replaced(NumberPattern(), number => $"{number}{Pick(["e9", "e-9", "000", "e300", ".5", " 1"], choice)}"),
            _ => text.Insert(start + place % (text.Length - start), Pick([" ", "\n", "\t", "{", "]", ",", ":", "'", "#", "\0", "-", "\uFEFF", "$"], choice)),
        };

        string Replaced(Regex pattern, Func<string, string> by)
        {
            var matches = pattern.Matches(text).Where(match => match.Index > start).ToArray();
            if (matches.Length == 0) return text;
            var chosen = matches[place % matches.Length];
            return text.Remove(chosen.Index, chosen.Length).Insert(chosen.Index, by(chosen.Value));
        }
    }

    private static string Pick(string[] choices, int number) => choices[number % choices.Length];

    // A number by itself, not one of a name or a formula.
    [GeneratedRegex(@"(?<=[\s\[])-?\d+(\.\d+)?(?=[\s,\]}]|$)", RegexOptions.Multiline)]
    private static partial Regex NumberPattern();

    [GeneratedRegex(@"(?<=[\s{\[])[A-Za-z][\w-]*(?=: )")]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"(?<=: )[^\s\[{][^,\[\]{}\n]*?(?=\s*[,\]}\n])")]
    private static partial Regex ValuePattern();

    [GeneratedRegex(@"[A-Za-z][\w-]*: ([^,{}\[\]\n]+|\[[^\[\]\n]*\]|\{[^{}\n]*\})")]
    private static partial Regex PairPattern();

    [GeneratedRegex("(?<=\\d )(Å|nm|pm|%|°|layers?)")]
    private static partial Regex UnitPattern();
}
