using System.Globalization;
using System.Text.Json;

namespace DftFlow.Tests.EndToEnd;

/// <summary><c>dftflow entries</c>: against a server on this machine that replays what the Materials Project's answers look like.</summary>
public sealed class EntriesTests : IDisposable
{
    private const string Key = "abcdefghijklmnopqrstuvwxyz123456";

    private readonly Sandbox sandbox = new();

    public EntriesTests()
    {
        sandbox.Environment["XDG_CACHE_HOME"] = Path.Combine(sandbox.Folder, "cache");
        sandbox.Environment["MP_API_KEY"] = Key;
    }

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public async Task Pages_of_all_subsystems_become_one_file_that_analyses_read()
    {
        using var server = new EntriesServer((asked, _) => Whole(asked, pageSize: 2));
        var fetched = await FetchAsync(server, "--chemsys", "Li-F", "--json");
        Assert.Equal((0, ""), (fetched.Status, fetched.Errors));
        var answer = fetched.Json;
        Assert.Equal(("F-Li", 5, "2025.09.25", false), (answer.GetProperty("chemsys").GetString(), answer.GetProperty("n_entries").GetInt32(), answer.GetProperty("database_version").GetString(), answer.GetProperty("cached").GetBoolean()));
        Assert.Empty(answer.GetProperty("warnings").EnumerateArray());
        Assert.Equal(["/heartbeat", "/materials/thermo/", "/materials/thermo/", "/materials/thermo/"], server.Requests.Select(request => request.Path));
        Assert.All(server.Requests, request => Assert.Equal(Key, request.Headers["X-API-KEY"]));
        Assert.Equal(("F,Li,F-Li", "GGA_GGA+U"), (server.Requests.Last().Query["chemsys"], server.Requests.Last().Query["thermo_types"]));
        Assert.Equal(["0", "2", "4"], server.Requests.Skip(1).Select(request => request.Query["_skip"]));
        var text = File.ReadAllText(Out);
        Assert.Contains("CC BY 4.0", text, StringComparison.Ordinal);

        var listed = await sandbox.DftflowAsync("entries", "list", "entries.json", "--csv", "table.csv", "--json");
        Assert.Equal((0, "GGA/GGA+U, MP2020"), (listed.Status, listed.Json.GetProperty("scale").GetString()));
        Assert.Equal(5, listed.Json.GetProperty("entries").GetArrayLength());
        Assert.Contains("database 2025.09.25", listed.Json.GetProperty("provenance")[0].GetString(), StringComparison.Ordinal);
        var again = await sandbox.DftflowAsync("entries", "list", "table.csv", "--json");
        Assert.Equal(listed.Json.GetProperty("entries").EnumerateArray().Select(Energy), again.Json.GetProperty("entries").EnumerateArray().Select(Energy));

        static double Energy(JsonElement entry) => entry.GetProperty("energy_per_atom_ev").GetDouble();
    }

    [Fact]
    public async Task What_was_fetched_before_needs_neither_server_nor_key_and_the_key_is_written_nowhere()
    {
        using var server = new EntriesServer((asked, _) => Whole(asked));
        await FetchAsync(server, "--chemsys", "Li-F");
        var before = server.Requests.Count;
        sandbox.Environment["MP_API_KEY"] = "";
        var cached = await FetchAsync(server, "--chemsys", "F-Li", "--json");
        Assert.Equal((0, true, before), (cached.Status, cached.Json.GetProperty("cached").GetBoolean(), server.Requests.Count));
        sandbox.Environment["MP_API_KEY"] = Key;
        var fresh = await FetchAsync(server, "--chemsys", "Li-F", "--refresh", "--json");
        Assert.False(fresh.Json.GetProperty("cached").GetBoolean());
        Assert.True(server.Requests.Count > before);
        Assert.All(Directory.EnumerateFiles(sandbox.Folder, "*", SearchOption.AllDirectories), file => Assert.DoesNotContain(Key, File.ReadAllText(file), StringComparison.Ordinal));
        Assert.DoesNotContain(Key, fresh.Output + fresh.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cache_that_is_damaged_or_cannot_be_written_is_done_without()
    {
        using var server = new EntriesServer((asked, _) => Whole(asked));
        await FetchAsync(server, "--chemsys", "Li-F");
        var kept = Directory.EnumerateFiles(Path.Combine(sandbox.Folder, "cache"), "*.json", SearchOption.AllDirectories).Single();
        File.WriteAllText(kept, File.ReadAllText(kept)[..200]);
        var fresh = await FetchAsync(server, "--chemsys", "Li-F", "--json");
        Assert.Equal((0, false), (fresh.Status, fresh.Json.GetProperty("cached").GetBoolean()));
        sandbox.Write("no folder", "");
        sandbox.Environment["XDG_CACHE_HOME"] = Path.Combine(sandbox.Folder, "no folder");
        var without = await FetchAsync(server, "--chemsys", "Li-F", "--json");
        Assert.Equal((0, 5), (without.Status, without.Json.GetProperty("n_entries").GetInt32()));
        Assert.Contains("cannot be kept", without.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"Li\": 3.0", "\"Na\": 3.0", "mp-5_GGA_GGA+U (Na), which is not in F-Li")]
    [InlineData("\"thermo_type\": \"GGA_GGA+U\"", "\"thermo_type\": \"R2SCAN\"", "has the thermo type R2SCAN, and GGA_GGA+U was asked for")]
    [InlineData("\"thermo_type\": \"GGA_GGA+U\", ", "", "has no thermo type, and GGA_GGA+U was asked for")]
    public async Task What_was_not_asked_for_is_neither_taken_from_a_server_nor_from_the_cache(string right, string wrong, string told)
    {
        using (var server = new EntriesServer((asked, _) => Whole(asked) is var answer ? answer with { Body = answer.Body.Replace(right, wrong, StringComparison.Ordinal) } : answer))
        {
            var failed = await FetchAsync(server, "--chemsys", "Li-F", "--json");
            Assert.Equal((1, "DF3163"), (failed.Status, Code(failed)));
            Assert.Contains(told, failed.Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFiles(sandbox.Folder, "*", SearchOption.AllDirectories));
        }
        using var good = new EntriesServer((asked, _) => Whole(asked));
        await FetchAsync(good, "--chemsys", "Li-F");
        var kept = Directory.EnumerateFiles(Path.Combine(sandbox.Folder, "cache"), "*.json", SearchOption.AllDirectories).Single();
        var text = File.ReadAllText(kept).Replace("\\u002B", "+", StringComparison.Ordinal);
        // Each key stands in a line of its own there.
        var spoilt = text.Replace(right.TrimEnd(), wrong, StringComparison.Ordinal);
        Assert.NotEqual(text, spoilt);
        File.WriteAllText(kept, spoilt);
        var fresh = await FetchAsync(good, "--chemsys", "Li-F", "--json");
        Assert.Equal((0, false), (fresh.Status, fresh.Json.GetProperty("cached").GetBoolean()));
        Assert.Contains("cannot be used, and is fetched anew", fresh.Errors, StringComparison.Ordinal);
        Assert.Contains(told, fresh.Errors, StringComparison.Ordinal);
        Assert.Empty(fresh.Json.GetProperty("warnings").EnumerateArray());
    }

    [Fact]
    public async Task The_cache_of_another_system_is_not_taken()
    {
        using var server = new EntriesServer((asked, _) => Whole(asked));
        await FetchAsync(server, "--chemsys", "Li-F");
        var kept = Directory.EnumerateFiles(Path.Combine(sandbox.Folder, "cache"), "*.json", SearchOption.AllDirectories).Single();
        File.Copy(kept, kept.Replace("F-Li_", "F-Li-O_", StringComparison.Ordinal));
        var fetched = await FetchAsync(server, "--chemsys", "Li-F-O", "--json");
        Assert.False(fetched.Json.GetProperty("cached").GetBoolean());
        Assert.Contains("does not say that it holds the phases of F-Li-O", fetched.Errors, StringComparison.Ordinal);
        // Lists of another shape can be read, and are no cache of ours.
        foreach (var other in (string[])["""[{"entry_id": "a", "composition": "LiF", "energy": -10}]""", """{"chemsys": "F-Li", "data": 5, "entries": [{"entry_id": "a", "composition": "LiF", "energy": -10}]}"""])
        {
            File.WriteAllText(kept, other);
            var fresh = await FetchAsync(server, "--chemsys", "Li-F", "--json");
            Assert.Equal((0, false), (fresh.Status, fresh.Json.GetProperty("cached").GetBoolean()));
        }
    }

    [Fact]
    public async Task A_busy_server_is_asked_again()
    {
        using var server = new EntriesServer((asked, before) => before switch
        {
            0 => new(429, "{\"detail\": \"Too many requests\"}", RetryAfter: "0"),
            2 => new(503, "<html>busy</html>", RetryAfter: "0"),
            3 => Whole(asked) with { Cut = true },
            _ => Whole(asked),
        });
        var fetched = await FetchAsync(server, "--chemsys", "Li-F", "--json");
        Assert.Equal((0, 5, 5), (fetched.Status, fetched.Json.GetProperty("n_entries").GetInt32(), server.Requests.Count));
    }

    [Fact]
    public async Task A_server_that_asks_to_wait_for_long_is_not_waited_for()
    {
        using var server = new EntriesServer((_, _) => new(429, "{\"detail\": \"quota used up\"}", RetryAfter: "7200"));
        var failed = await FetchAsync(server, "--chemsys", "Li-F", "--json");
        Assert.Equal((1, "DF3162", 1), (failed.Status, Code(failed), server.Requests.Count));
        Assert.Contains("quota used up", failed.Errors, StringComparison.Ordinal);
        Assert.Contains("120 min", failed.Errors, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, int, int> Failures => new()
    {
        { "{\"message\": \"Invalid authentication credentials\"}", "DF3161", 401, 2 },
        { "{\"detail\": \"forbidden\"}", "DF3161", 403, 2 },
        { "{\"detail\": \"chemsys is not valid\"}", "DF3163", 422, 1 },
        { "", "DF3163", 307, 1 },
        { "<html>", "DF3163", 200, 1 },
        { "{\"data\": [{\"material_id\": \"mp-1\"", "DF3163", 200, 1 },
        { "{\"data\": 5, \"meta\": {\"total_doc\": 1}}", "DF3163", 200, 1 },
        { "{\"data\": []}", "DF3163", 200, 1 },
        { "{\"data\": [], \"meta\": {\"total_doc\": 7}}", "DF3163", 200, 1 },
        { "{\"data\": [], \"meta\": {\"total_doc\": 0}}", "DF3165", 200, 2 },
        { "{\"data\": [{\"thermo_id\": \"x\"}], \"meta\": {\"total_doc\": 1}}", "DF3163", 200, 1 },
        { "{\"data\": [{\"material_id\": \"mp-1\", \"composition\": {\"Li\": 1}}], \"meta\": {\"total_doc\": 1}}", "DF3163", 200, 1 },
        { "{\"data\": [{\"material_id\": \"mp-1\"}], \"meta\": {\"total_doc\": 2}}", "DF3163", 200, 1 },
        { "{\"data\": [{\"material_id\": \"mp-1\"}], \"meta\": {\"total_doc\": 2000000000}}", "DF3163", 200, 1 },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_bad_answer_is_told_and_nothing_is_written(string body, string code, int httpStatus, int status)
    {
        using var server = new EntriesServer((asked, _) => asked.Path == "/heartbeat" ? Whole(asked) : new(httpStatus, body));
        var failed = await FetchAsync(server, "--chemsys", "Li-F", "--json");
        Assert.Equal((status, code), (failed.Status, Code(failed)));
        Assert.True(File.Exists(Path.Combine(TestPaths.Repository, "docs", "errors", code + ".md")));
        Assert.Empty(Directory.EnumerateFiles(sandbox.Folder, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("DF3160", null, "--chemsys", "Li-F")]
    [InlineData("DF3160", "two words", "--chemsys", "Li-F")]
    [InlineData("DF3164", Key, "--chemsys", "Li-Xx")]
    [InlineData("DF3164", Key, "--chemsys", "Li-Li")]
    [InlineData("DF3164", Key, "--chemsys", "Li-")]
    [InlineData("DF3164", Key, "--chemsys", "H-He-Li-Be-B-C-N-O-F-Ne-Na-Mg-Al")]
    [InlineData("DF1900", Key, "--chemsys", "Li-F", "--thermo-type", "PBE")]
    public async Task A_wrong_request_does_not_reach_the_server(string code, string? key, params string[] arguments)
    {
        using var server = new EntriesServer((asked, _) => Whole(asked));
        sandbox.Environment["MP_API_KEY"] = key ?? "";
        var refused = await FetchAsync(server, [.. arguments, "--json"]);
        Assert.Equal((2, code), (refused.Status, Code(refused)));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_key_does_not_travel_in_clear()
    {
        sandbox.Environment["DFTFLOW_MP_URL"] = "http://example.org/";
        var refused = await sandbox.DftflowAsync("entries", "fetch", "--chemsys", "Li-F", "--out", "entries.json", "--json");
        Assert.Equal((2, "DF1900"), (refused.Status, Code(refused)));
    }

    [Fact]
    public async Task Nobody_there_is_told()
    {
        string address;
        using (var server = new EntriesServer((asked, _) => Whole(asked))) address = server.Address;
        sandbox.Environment["DFTFLOW_MP_URL"] = address;
        var failed = await sandbox.DftflowAsync("entries", "fetch", "--chemsys", "Li-F", "--out", "entries.json", "--json");
        Assert.Equal((1, "DF3162"), (failed.Status, Code(failed)));
    }

    [Fact]
    public async Task Interrupted_it_ends_at_once()
    {
        using var server = new EntriesServer((_, _) => new(503, "", RetryAfter: "300"));
        sandbox.Environment["DFTFLOW_MP_URL"] = server.Address;
        var stopped = await sandbox.DftflowAsync(async process =>
        {
            while (server.Requests.IsEmpty && !process.HasExited) await Task.Delay(20, TestContext.Current.CancellationToken);
            Sandbox.Interrupt(process);
        }, "entries", "fetch", "--chemsys", "Li-F", "--out", "entries.json", "--json");
        Assert.Equal((3, "DF1901"), (stopped.Status, Code(stopped)));
        Assert.False(File.Exists(Out));
    }

    [Fact]
    public async Task Runs_are_listed_with_the_corrections_that_a_scheme_gives_them()
    {
        sandbox.Write("runs/oxide/vasprun.xml", new SampleVasprun().ToString().Replace(">sample <", ">vasp <", StringComparison.Ordinal).Replace("PAW_PBE Li sample", "PAW_PBE Li_sv sample", StringComparison.Ordinal));
        var listed = await sandbox.DftflowAsync("entries", "list", "runs/oxide", "--scheme", "mp2020", "--json");
        Assert.Equal((0, ""), (listed.Status, listed.Errors));
        var entry = listed.Json.GetProperty("entries").EnumerateArray().Single();
        Assert.Equal(("runs/oxide", "MP2020"), (entry.GetProperty("entry_id").GetString(), entry.GetProperty("correction_scheme").GetString()));
        Assert.Equal("MP2020 anion correction (oxide)", entry.GetProperty("adjustments")[0].GetProperty("name").GetString());
        Assert.Equal((-9.95 - 0.687) / 2, entry.GetProperty("energy_per_atom_ev").GetDouble(), 1e-12);
        Assert.Equal(64, listed.Json.GetProperty("inputs")[0].GetProperty("sha256").GetString()!.Length);
        var screen = await sandbox.DftflowAsync("entries", "list", "runs/oxide");
        Assert.Contains("PBE, no corrections", screen.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scheme_is_printed_as_its_file_has_it()
    {
        var printed = await sandbox.DftflowAsync("entries", "scheme", "mp2020");
        Assert.Equal((0, File.ReadAllText(Path.Combine(TestPaths.Repository, "templates", "schemes", "mp2020.yaml"))), (printed.Status, printed.Output));
        sandbox.Write("mine.yaml", printed.Output.Replace("name: MP2020", "name: mine", StringComparison.Ordinal));
        Assert.Equal("mine", (await sandbox.DftflowAsync("entries", "scheme", "mine.yaml", "--json")).Json.GetProperty("name").GetString());
        var refused = await sandbox.DftflowAsync("entries", "scheme", "mp1999", "--json");
        Assert.Equal((2, "DF3153"), (refused.Status, Code(refused)));
    }

    [Fact]
    public async Task Tables_on_two_scales_are_refused_unless_it_is_forced()
    {
        string[] tables = [Reference("mp-legacy2019.csv"), Reference("mp-r2scan-li-sc-f.csv")];
        var refused = await sandbox.DftflowAsync(["entries", "list", .. tables, "--json"]);
        Assert.Equal((2, "DF3150"), (refused.Status, Code(refused)));
        var forced = await sandbox.DftflowAsync(["entries", "list", .. tables, "--mix-scales", "--json"]);
        Assert.Equal((0, 468), (forced.Status, forced.Json.GetProperty("entries").GetArrayLength()));
        // Elements have one id in all tables.
        Assert.Contains(forced.Json.GetProperty("entries").EnumerateArray(), entry => entry.GetProperty("entry_id").GetString() == "mp-r2scan-li-sc-f.csv:el-Li");
        Assert.Contains(forced.Json.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains("3 ids stand for entries on several scales, told apart by their tables: el-F is now mp-legacy2019.csv:el-F", StringComparison.Ordinal));

        static string Reference(string name) => Path.Combine(TestPaths.Repository, "workflows", "reference-energies", name);
    }

    private string Out => Path.Combine(sandbox.Folder, "entries.json");

    private Task<CommandResult> FetchAsync(EntriesServer server, params string[] arguments)
    {
        sandbox.Environment["DFTFLOW_MP_URL"] = server.Address;
        return sandbox.DftflowAsync(["entries", "fetch", "--out", "entries.json", .. arguments]);
    }

    private static string? Code(CommandResult result) => result.Json.GetProperty("error").GetProperty("code").GetString();

    /// <summary>Five phases of Li-F with made-up energies, in the shape of the interface's documents.</summary>
    private static Answered Whole(Asked asked, int pageSize = 500)
    {
        if (asked.Path == "/heartbeat") return new(200, """{"status": "OK", "time": "2026-01-01T00:00:00", "version": "0.86.0", "db_version": "2025.09.25"}""");
        (string Id, string Formula, string Composition, double EnergyEv)[] phases =
        [
            ("mp-5", "Li", "{\"Li\": 3.0}", -1.909), ("mp-1", "F2", "{\"F\": 4.0}", -1.911), ("mp-3", "LiF", "{\"Li\": 1.0, \"F\": 1.0}", -5.08), ("mp-4", "LiF", "{\"Li\": 1.0, \"F\": 1.0}", -4.9), ("mp-2", "LiF3", "{\"Li\": 2.0, \"F\": 6.0}", -3.4),
        ];
        var skip = int.Parse(asked.Query["_skip"], CultureInfo.InvariantCulture);
        var documents = phases.Skip(skip).Take(pageSize).Select(phase => string.Create(CultureInfo.InvariantCulture,
            $$"""{"material_id": "{{phase.Id}}", "thermo_id": "{{phase.Id}}_GGA_GGA+U", "thermo_type": "GGA_GGA+U", "energy_type": "GGA", "formula_pretty": "{{phase.Formula}}", "composition": {{phase.Composition}}, "energy_per_atom": {{phase.EnergyEv}}, "uncorrected_energy_per_atom": {{phase.EnergyEv}}, "formation_energy_per_atom": -1.0, "energy_above_hull": 0.0, "is_stable": true, "deprecated": false, "last_updated": {"$date": "2025-01-01T00:00:00Z"} }"""));
        return new(200, $$"""{"data": [{{string.Join(',', documents)}}], "meta": {"api_version": "0.86.0", "time_stamp": "2026-01-01T00:00:00", "total_doc": {{phases.Length.ToString(CultureInfo.InvariantCulture)}}, "max_limit": 1000} }""");
    }
}
