using System.Globalization;
using System.Text.Json;
using DftFlow.Vasp.Inputs;

namespace DftFlow.Tests.Vasp.Inputs;

/// <summary>
/// Every INCAR of the corpus against what pymatgen 2022.11.7 finds in it. pymatgen changes the case of words, and keeps for text
/// what VASP takes for a comment behind a value; the first word is compared there.
/// </summary>
public class IncarCorpusTests
{
    // Where pymatgen does not read as VASP does.
    private static readonly Dictionary<string, IncarValue> AsVaspReads = new()
    {
        // Cuts off decimals: ENCUT = 249.8.
        ["fulldir-agac-f-projectors/INCAR/ENCUT"] = 249.8,
        // Takes the last "=" for the sign: ALGO = All (SCF Combo; ALGO=58).
        ["incar-variants-a/INCAR_continuation/ALGO"] = "All",
        // Takes the last of two settings.
        ["incar-variants-a/INCAR_dup_tags/NPAR"] = 1,
        // Reads "30 * 2*0." as 30 0 0; a repeat has no blanks, so what follows 30 is a comment.
        ["incar-variants-a/INCAR_aiida/MAGMOM"] = (double[])[30],
    };

    [Fact]
    public void Finds_the_stated_values_in_every_file()
    {
        var problems = new List<string>();
        var (files, tags) = (0, 0);
        foreach (var (caseName, name, expected) in VaspCorpus.FilesOfKind("INCAR"))
        {
            files++;
            using var stream = VaspCorpus.Open(caseName, name);
            var incar = Incar.Read(stream, cancellation: TestContext.Current.CancellationToken);
            foreach (var tag in expected.GetProperty("tags").EnumerateObject())
            {
                tags++;
                var agrees = AsVaspReads.TryGetValue($"{caseName}/{name}/{tag.Name}", out var known) ? incar[tag.Name] == known : incar[tag.Name] is { } found && Agrees(tag.Name, found, tag.Value);
                if (!agrees) problems.Add($"{caseName}/{name}: {tag.Name}: {tag.Value} expected, {incar[tag.Name]} found");
            }
            var again = Incar.Parse(incar.ToText());
            Assert.Equal(incar, again);
            Assert.Equal(incar.ToText(), again.ToText());
        }
        Assert.True(problems.Count == 0, string.Join('\n', problems));
        Assert.True(files >= 35 && tags > 600, $"{files} files, {tags} tags");
    }

    private static bool Agrees(string name, IncarValue found, JsonElement expected) => (expected.ValueKind, found) switch
    {
        (JsonValueKind.True or JsonValueKind.False, IncarValue.Logical { Value: var value }) => value == expected.GetBoolean(),
        (JsonValueKind.Number, IncarValue.Whole { Value: var value }) => value == expected.GetDouble(),
        (JsonValueKind.Number, IncarValue.Real { Value: var value }) => value == expected.GetDouble(),
        (JsonValueKind.Number, IncarValue.List { Values: [var only] }) => Agrees(name, only, expected),
        (JsonValueKind.Array, IncarValue.List { Values: var values }) => values.Length == expected.GetArrayLength() && values.Zip(expected.EnumerateArray()).All(pair => Agrees(name, pair.First, pair.Second)),
        (JsonValueKind.String, IncarValue.Text { Value: var value }) when IncarTags.KindOf(name) is IncarKind.Text or null => value.Equals(expected.GetString(), StringComparison.OrdinalIgnoreCase),
        (JsonValueKind.String, IncarValue.List { Values: var values }) => expected.GetString() == string.Join(' ', values.Select(value => value.ToString())),
        (JsonValueKind.String, _) => FirstWord(expected) is var word && (found.ToString().Equals(word, StringComparison.OrdinalIgnoreCase)
            || (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && found.ToString() == number.ToString(CultureInfo.InvariantCulture))),
        _ => false,
    };

    private static string FirstWord(JsonElement expected) => expected.GetString()!.Split(' ')[0];
}
