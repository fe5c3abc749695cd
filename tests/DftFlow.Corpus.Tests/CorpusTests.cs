namespace DftFlow.Tests.Corpus;

public class CorpusTests
{
    private static readonly Lazy<List<Row>> Rows = new(() => CorpusTable.Rows(CancellationToken.None));

    [Fact]
    public void Meets_every_stated_value_or_says_why_not()
    {
        var open = Rows.Value.Where(row => row.Outcome is Outcome.Differs or Outcome.Missing).ToList();
        Assert.True(open.Count == 0, $"{open.Count} of {Rows.Value.Count}:\n{string.Join('\n', open.Take(20000))}");
        Assert.True(Rows.Value.Count > 5000, $"only {Rows.Value.Count} values were compared");
    }

    [Fact]
    public void The_formats_document_holds_the_table()
    {
        var document = File.ReadAllText(FormatsDocument.Path);
        var expected = FormatsDocument.With(document, Rows.Value);
        if (Environment.GetEnvironmentVariable("DFTFLOW_WRITE_DOCS") == "1") File.WriteAllText(FormatsDocument.Path, expected);
        else Assert.True(document == expected, "docs/formats.md is not what the readers find: run this test with DFTFLOW_WRITE_DOCS=1 and look at what changes.");
    }
}
