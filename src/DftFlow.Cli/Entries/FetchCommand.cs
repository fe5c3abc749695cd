using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Analysis.Thermodynamics.Sources;
using DftFlow.Cli.Analyze;

namespace DftFlow.Cli.Entries;

/// <summary>Fetches the entries of a chemical system from the Materials Project.</summary>
internal static class FetchCommand
{
    private const string Licence = "CC BY 4.0; cite A. Jain et al., APL Mater. 1, 011002 (2013)";
    private const string Url = "https://api.materialsproject.org/";

    private static readonly string[] ThermoTypes = ["GGA_GGA+U", "R2SCAN", "GGA_GGA+U_R2SCAN"];

    public static Command Create()
    {
        var chemsys = new Option<string>("--chemsys") { Description = "The elements, as in Li-Mn-O; all systems in it are fetched.", HelpName = "El-El", Required = true };
        var output = new Option<string>("--out") { Description = "The file to write, which all analyses read.", HelpName = "FILE", Required = true };
        var type = new Option<string>("--thermo-type") { Description = $"The energy scale: {string.Join(", ", ThermoTypes)} [default: {ThermoTypes[0]}].", HelpName = "NAME", DefaultValueFactory = _ => ThermoTypes[0] };
        var refresh = new Option<bool>("--refresh") { Description = "Fetches anew what has been fetched before.", Arity = ArgumentArity.Zero };
        var json = AnalyzeCommand.JsonOption();
        var command = new Command("fetch", $"Fetches the computed phases of a chemical system from the Materials Project, with your key in {MaterialsProject.KeyVariable}.") { chemsys, output, type, refresh, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var system = ChemicalSystem.Parse(parsed.GetValue(chemsys)!);
            var thermoType = parsed.GetValue(type)!;
            if (!ThermoTypes.Contains(thermoType)) throw new DftFlowException("DF1900", $"'{thermoType}' is no thermo type.", $"There are {string.Join(", ", ThermoTypes)}.");
            var file = parsed.GetValue(output)!;
            GridFiles.CheckOutputs([file], []);
            try
            {
                return await RunAsync(system, thermoType, file, parsed.GetValue(refresh), parsed.GetValue(json), cancellation);
            }
            // The request was right; it is the work that failed.
            catch (DftFlowException error) when (error.Code is "DF3162" or "DF3163")
            {
                return Output.Fail(parsed.GetValue(json), error, ExitStatus.Failed);
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(ChemicalSystem system, string thermoType, string file, bool refresh, bool json, CancellationToken cancellation)
    {
        var address = Address();
        var cache = Path.Combine(CacheFolder(), "materials-project", $"{address.Host}-{address.Port}", $"{system}_{thermoType}.json");
        var cached = refresh ? null : Cached(cache, system, thermoType, cancellation);
        var fetched = cached ?? await FetchAsync(address, system, thermoType, cancellation);
        await OutputFiles.WriteAsync([(file, (ReadOnlyMemory<byte>)fetched.Bytes)], cancellation);
        if (cached is null) await KeepAsync(cache, fetched.Bytes, cancellation);
        var answer = Answer(fetched, system, thermoType, file, cached is not null);
        if (json) Output.Json(answer, EntriesJson.Default.FetchAnswer);
        else
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{answer.NEntries} entries of {answer.Chemsys} ({answer.ThermoType}), database {Output.Printable(answer.DatabaseVersion)}, {(answer.Cached ? $"fetched before, {Output.Printable(answer.Retrieved)} (--refresh fetches them anew)" : $"fetched {answer.Retrieved}")}: {Output.Printable(file)}"));
            Console.Out.WriteLine($"Materials Project, {Licence}");
            foreach (var warning in answer.Warnings) Output.Say($"warning: {warning}");
        }
        return ExitStatus.Done;
    }

    private static async Task<Fetched> FetchAsync(Uri address, ChemicalSystem system, string thermoType, CancellationToken cancellation)
    {
        if (Environment.GetEnvironmentVariable(MaterialsProject.KeyVariable)?.Trim() is not { Length: > 0 } key)
            throw new DftFlowException("DF3160", $"There is no key for the Materials Project: the environment variable {MaterialsProject.KeyVariable} is not set.",
                $"An account at the Materials Project has a key on its dashboard: export {MaterialsProject.KeyVariable}=… in your shell. The key is read from there alone, and written nowhere.");
        IReadOnlyList<JsonElement> documents;
        string version;
        await using (var progress = new TerminalProgress(TimeProvider.System))
        {
            using var server = new MaterialsProject(address, key, TimeProvider.System, progress);
            version = await server.DatabaseVersionAsync(cancellation);
            documents = await server.ThermoAsync(system, thermoType, cancellation);
        }
        if (documents.Count == 0) throw new DftFlowException("DF3165", $"The Materials Project has no phases of {system} with the thermo type {thermoType}.", "Are the elements right? Rare ones have no r2SCAN calculations.");
        var bytes = Write(documents, version, system, thermoType);
        try
        {
            return Read(bytes, system, thermoType, cancellation);
        }
        catch (DftFlowException error)
        {
            throw new DftFlowException("DF3163", $"The Materials Project's answer cannot be used: {error.Message}", error.Hint, inner: error);
        }
    }

    private static byte[] Write(IReadOnlyList<JsonElement> documents, string version, ChemicalSystem system, string thermoType)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteString("source", "Materials Project");
            writer.WriteString("license", Licence);
            writer.WriteString("retrieved", TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("database_version", version);
            writer.WriteString("chemsys", system.ToString());
            writer.WriteString("thermo_type", thermoType);
            writer.WriteStartArray("data");
            foreach (var document in documents) document.WriteTo(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        memory.WriteByte((byte)'\n');
        return memory.ToArray();
    }

    /// <summary>A file of entries, and what it says of itself.</summary>
    private sealed record Fetched(byte[] Bytes, EntryTable Table, string DatabaseVersion, string Retrieved);

    /// <exception cref="DftFlowException">It is not what was asked for: DF3163. Others: it cannot be read.</exception>
    private static Fetched Read(byte[] bytes, ChemicalSystem system, string thermoType, CancellationToken cancellation)
    {
        // The mixed type has several scales: fetching is no use of them yet.
        var table = EntryFiles.Read(new MemoryStream(bytes), "", "entries.json", new EntryReading(MixScales: true), cancellation);
        if (table.Entries.FirstOrDefault(entry => !entry.Composition.Elements.All(element => system.Symbols.Contains(element.Symbol))) is { } stranger)
            throw Unasked($"it holds {stranger.EntryId} ({stranger.Formula}), which is not in {system}");
        using var document = JsonDocument.Parse(bytes);
        if (document.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array || Text(root, "chemsys") != system.ToString())
            throw Unasked($"it does not say that it holds the phases of {system}");
        foreach (var item in data.EnumerateArray())
            if (Text(item, "thermo_type") is var type && type != thermoType)
                throw Unasked($"{Text(item, "material_id")} has {(type is null ? "no thermo type" : $"the thermo type {type}")}, and {thermoType} was asked for");
        return new(bytes, table, Text(root, "database_version") ?? "not stated", Text(root, "retrieved") ?? "not stated");

        static string? Text(JsonElement of, string key) => of.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        static DftFlowException Unasked(string what) => new("DF3163", what + ".", "Try again later; nothing was written. A mirror may ignore what it is asked for.");
    }

    private static FetchAnswer Answer(Fetched fetched, ChemicalSystem system, string thermoType, string file, bool cached)
    {
        var table = fetched.Table;
        var missing = system.Symbols.Where(symbol => !table.Entries.Any(entry => entry.Composition.Amounts is [var (only, _)] && only.Symbol == symbol)).ToArray();
        return new(system.ToString(), thermoType, table.Entries.Count, fetched.DatabaseVersion, fetched.Retrieved, cached, file,
            $"Documents of materials/thermo in {system} and the systems within it, with the thermo type {thermoType}: energies per atom with the corrections that the Materials Project made ({table.ScaleText}). {Licence}.",
            [], [.. table.Warnings, .. missing.Select(symbol => $"There is no entry of {symbol} as an element: formation energies of its phases have nothing to count from.")]);
    }

    /// <summary>What was fetched before; null where there is nothing that can be used.</summary>
    private static Fetched? Cached(string path, ChemicalSystem system, string thermoType, CancellationToken cancellation)
    {
        try
        {
            return File.Exists(path) ? Read(File.ReadAllBytes(path), system, thermoType, cancellation) : null;
        }
        catch (Exception error) when (error is DftFlowException or IOException or UnauthorizedAccessException)
        {
            Output.Say($"What was fetched before cannot be used, and is fetched anew: {error.Message}");
            return null;
        }
    }

    // Without a cache everything works, only slower.
    private static async Task KeepAsync(string path, byte[] bytes, CancellationToken cancellation)
    {
        try
        {
            await OutputFiles.WriteAsync([(path, (ReadOnlyMemory<byte>)bytes)], cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Output.Say($"What was fetched cannot be kept for the next time: {error.Message}");
        }
    }

    private static string CacheFolder() => Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
        ? cache : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "dftflow");

    // Mirrors and tests have another address. The key goes there: not in clear, unless to this machine.
    private static Uri Address()
    {
        var text = Environment.GetEnvironmentVariable(MaterialsProject.UrlVariable) is { Length: > 0 } other ? other : Url;
        if (Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))) return address;
        throw new DftFlowException("DF1900", $"{MaterialsProject.UrlVariable} is not an address that the key may be sent to.", "It begins with https://.");
    }
}
