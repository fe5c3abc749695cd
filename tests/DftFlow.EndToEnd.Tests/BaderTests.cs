using System.Text.Json;
using DftFlow.Vasp.Outputs.Bader;

namespace DftFlow.Tests.EndToEnd;

/// <summary><c>dftflow analyze bader</c>, as users call it.</summary>
public sealed class BaderTests
{
    private static readonly string Run = TestPaths.Shared("vasp-corpus", "bader-triple-lif");

    [Fact]
    public async Task Tells_the_charges_of_a_run_as_one_document()
    {
        using var sandbox = new Sandbox();
        var result = await sandbox.DftflowAsync("analyze", "bader", Run, "--compare", "--json");
        Assert.Equal(0, result.Status);
        var atoms = result.Json.GetProperty("atoms").EnumerateArray().ToArray();
        Assert.Equal(["Li", "F"], atoms.Select(atom => atom.GetProperty("element").GetString()));
        Assert.Equal(2.097011, atoms[0].GetProperty("electrons").GetDouble(), 5e-6);
        Assert.Equal(3 - 2.097011, atoms[0].GetProperty("charge_e").GetDouble(), 5e-6);
        Assert.Equal(JsonValueKind.Null, atoms[0].GetProperty("spin_moment_mub").ValueKind);
        Assert.Equal((10.0, "weight", "AECCAR0 + AECCAR2", 2), (result.Json.GetProperty("electrons_expected").GetDouble(), result.Json.GetProperty("method").GetString(), result.Json.GetProperty("reference").GetString(), result.Json.GetProperty("n_maxima").GetInt32()));
        Assert.Equal(["neargrid", "weight", "neargrid"], result.Json.GetProperty("comparison").EnumerateArray().Select(other => other.GetProperty("method").GetString()));
        Assert.Equal(4, result.Json.GetProperty("inputs").GetArrayLength());
        Assert.Contains("Yu and Trinkle", result.Json.GetProperty("definition").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writes_a_table_that_readers_of_ACF_dat_understand()
    {
        using var sandbox = new Sandbox();
        var result = await sandbox.DftflowAsync("analyze", "bader", Run, "--method", "neargrid", "--acf", "new folder/ACF.dat");
        Assert.Equal(0, result.Status);
        await using var ours = File.OpenRead(Path.Combine(sandbox.Folder, "new folder", "ACF.dat"));
        await using var theirs = File.OpenRead(Path.Combine(Run, "reference-ACF-neargrid.dat"));
        var (one, other) = (AcfDat.Read(ours, TestContext.Current.CancellationToken), AcfDat.Read(theirs, TestContext.Current.CancellationToken));
        Assert.True(one.Complete);
        foreach (var (mine, reference) in one.Atoms.Zip(other.Atoms))
        {
            Assert.Equal(reference.Electrons, mine.Electrons, 1e-4);
            Assert.Equal(reference.MinimumDistanceA, mine.MinimumDistanceA, 2e-6);
            Assert.Equal(reference.PositionA.X, mine.PositionA.X, 2e-6);
        }
    }

    [Fact]
    public async Task A_device_is_written_to_and_not_replaced()
    {
        using var sandbox = new Sandbox();
        var result = await sandbox.DftflowAsync("analyze", "bader", Run, "--csv", "/dev/stderr", "--acf", "/dev/null", "--json");
        Assert.Equal(0, result.Status);
        Assert.Contains("index,element,electrons", result.Errors, StringComparison.Ordinal);
        Assert.Equal(0, new FileInfo("/dev/null").Length);
    }

    [Fact]
    public async Task A_density_alone_is_its_own_reference_and_says_what_that_is_worth()
    {
        using var sandbox = new Sandbox();
        var result = await sandbox.DftflowAsync("analyze", "bader", Path.Combine(Run, "CHGCAR.gz"), "--vacuum", "0.01", "--json");
        Assert.Equal(0, result.Status);
        Assert.Equal("CHGCAR", result.Json.GetProperty("reference").GetString());
        Assert.Contains(result.Json.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains("LAECHG", StringComparison.Ordinal));
        Assert.All(result.Json.GetProperty("atoms").EnumerateArray(), atom => Assert.Equal(JsonValueKind.Null, atom.GetProperty("charge_e").ValueKind));
    }

    [Theory]
    [InlineData("DF1453", "no-such-folder")]
    [InlineData("DF3231", "ELFCAR")]
    [InlineData("DF3221", "CHGCAR", "--reference", "finer/CHGCAR")]
    [InlineData("DF3221", "CHGCAR", "--reference", "wider/CHGCAR")]
    [InlineData("DF3230", "nan/CHGCAR")]
    [InlineData("DF3230", "zero/CHGCAR")]
    [InlineData("DF3220", "level/CHGCAR")]
    [InlineData("DF3230", "cut/CHGCAR")]
    [InlineData("DF3222", "CHGCAR", "--vacuum", "1e9")]
    [InlineData("DF1900", "CHGCAR", "--vacuum", "-1")]
    [InlineData("DF1900", "CHGCAR", "--method", "voronoi")]
    [InlineData("DF1900", "--methode")]
    [InlineData("DF1900", "")]
    [InlineData("DF1900", "CHGCAR", "--reference", "")]
    [InlineData("DF3236", "CHGCAR", "--csv", "./CHGCAR")]
    [InlineData("DF3236", "CHGCAR", "--csv", "./ACF.dat")]
    [InlineData("DF3236", "CHGCAR", "--csv", "")]
    [InlineData("DF3236", "CHGCAR", "--csv=--json")]
    public async Task Bad_input_ends_with_its_code_and_writes_nothing(string code, params string[] arguments)
    {
        using var sandbox = new Sandbox();
        foreach (var (name, text) in Densities()) sandbox.Write(name, text);
        var result = await sandbox.DftflowAsync(["analyze", "bader", .. arguments, "--acf", "ACF.dat", "--json"]);
        Assert.Equal((2, code), (result.Status, result.Json.GetProperty("error").GetProperty("code").GetString()));
        Assert.Equal(Densities().Select(file => file.Name).Order(), Directory.EnumerateFiles(sandbox.Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(sandbox.Folder, file)).Order());
        Assert.Equal(Densities().First().Text, await File.ReadAllTextAsync(Path.Combine(sandbox.Folder, "CHGCAR"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_no_number_is_called_so()
    {
        using var sandbox = new Sandbox();
        var result = await sandbox.DftflowAsync("analyze", "bader", "CHGCAR", "--vacuum", "little", "--json");
        Assert.Equal("Cannot parse argument 'little' for option '--vacuum' as a number.", result.Json.GetProperty("error").GetProperty("message").GetString());
    }

    private static IEnumerable<(string Name, string Text)> Densities()
    {
        yield return ("CHGCAR", Chgcar(4, "4", i => i + 2));
        yield return ("ELFCAR", Chgcar(4, "4", i => 0.5));
        yield return ("finer/CHGCAR", Chgcar(5, "4", i => i + 2));
        yield return ("wider/CHGCAR", Chgcar(4, "4.5", i => i + 2));
        yield return ("nan/CHGCAR", Chgcar(4, "4", i => i == 7 ? double.NaN : i + 2));
        yield return ("zero/CHGCAR", Chgcar(4, "4", i => 0));
        yield return ("level/CHGCAR", Chgcar(4, "4", i => 3));
        yield return ("cut/CHGCAR", Chgcar(4, "4", i => i + 2)[..^20]);
    }

    private static string Chgcar(int points, string length, Func<int, double> value) =>
        FormattableString.Invariant($"made for a test\n1.0\n{length} 0 0\n0 {length} 0\n0 0 {length}\nLi\n1\nDirect\n0 0 0\n\n{points} {points} {points}\n")
        + string.Concat(Enumerable.Range(0, points * points * points).Select(i => FormattableString.Invariant($" {value(i):E10}{(i % 5 == 4 ? "\n" : "")}"))) + "\n";
}
