using System.Text.RegularExpressions;
using DftFlow.Workflows;

namespace DftFlow.Tests.EndToEnd;

/// <summary>What the documentation says is so.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void Every_error_code_has_its_page_and_every_page_its_code()
    {
        var codes = Directory.EnumerateFiles(Path.Combine(TestPaths.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Code().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value)).ToHashSet();
        var pages = Directory.EnumerateFiles(Path.Combine(TestPaths.Repository, "docs", "errors"), "DF*.md").Select(f => Path.GetFileNameWithoutExtension(f)!).ToHashSet();
        Assert.Equal(codes.Order(), pages.Order());
    }

    [Fact]
    public void Every_error_page_begins_with_its_code_and_says_what_to_do()
    {
        foreach (var page in Directory.EnumerateFiles(Path.Combine(TestPaths.Repository, "docs", "errors"), "DF*.md"))
        {
            var text = File.ReadAllText(page);
            Assert.StartsWith($"# {Path.GetFileNameWithoutExtension(page)}: ", text, StringComparison.Ordinal);
            Assert.Contains("What to do", text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void Every_workflow_in_the_documentation_loads()
    {
        var found = 0;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(TestPaths.Repository, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(TestPaths.Repository, "README.md")))
            foreach (Match block in YamlBlock().Matches(File.ReadAllText(file)))
            {
                if (!block.Groups[1].Value.Contains("dftflow: 1", StringComparison.Ordinal)) continue;
                found++;
                // Beside the quickstart, so that the files that it names are found.
                var path = Path.Combine(TestPaths.Repository, "workflows", "quickstart", $"documentation-{Guid.NewGuid():N}.yaml");
                File.WriteAllText(path, block.Groups[1].Value);
                try
                {
                    var loaded = WorkflowLoader.Load(path, presets: new Presets([Path.Combine(TestPaths.Repository, "templates", "presets")]));
                    Assert.True(loaded.Plan is not null, $"{file}:\n{string.Join('\n', loaded.Diagnostics)}");
                }
                finally
                {
                    File.Delete(path);
                }
            }
        Assert.True(found > 0);
    }

    [Fact]
    public void Every_link_to_a_file_in_the_documentation_leads_somewhere()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(TestPaths.Repository, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(TestPaths.Repository, "README.md")))
            foreach (Match link in Link().Matches(File.ReadAllText(file)))
                Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(file)!, link.Groups[1].Value)), $"{file} links to {link.Groups[1].Value}");
    }

    [GeneratedRegex("\"(DF[0-9]{4})\"")]
    private static partial Regex Code();

    [GeneratedRegex(@"```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();

    [GeneratedRegex(@"\]\((?!https?:|#|mailto:)([^)#\s]+)")]
    private static partial Regex Link();
}
