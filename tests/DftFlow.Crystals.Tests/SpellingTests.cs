namespace DftFlow.Tests.Crystals;

public class SpellingTests
{
    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kpoint", "kpoints", 1)]
    [InlineData("LDUA", "LDAU", 1)]
    [InlineData("encut", "ENCUT", 0)]
    [InlineData("kitten", "sitting", 3)]
    public void Counts_typing_errors(string left, string right, int distance)
    {
        Assert.Equal(distance, Spelling.Distance(left, right));
        Assert.Equal(distance, Spelling.Distance(right, left));
    }

    [Theory]
    [InlineData("kpoint", "kpoints")]
    [InlineData("smaering", "smearing")]
    [InlineData("strcture", "structure")]
    [InlineData("cutoff-energy", null)]
    [InlineData("Mx", "Mn")]
    [InlineData("Q", null)]
    public void Suggests_what_was_meant_or_nothing(string word, string? meant) =>
        Assert.Equal(meant, Spelling.Closest(word, ["kpoints", "smearing", "structure", "cutoff", "Mn", "O"]));
}
