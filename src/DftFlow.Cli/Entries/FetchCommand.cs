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
        var cached = !refresh && Cached(cache, cancellation) is { } known ? known : ((byte[] Bytes, EntryTable Table)?)null;
        var (bytes, table) = cached ?? await FetchAsync(address, system, thermoType, cancellation);
        List<(string, ReadOnlyMemory<byte>)> files = [(file, bytes)];
        if (cached is null) files.Add((cache, bytes));
        await OutputFiles.WriteAsync(files, cancellation);
        var answer = Answer(bytes, table, system, thermoType, file, cached is not null);
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

    private static async Task<(byte[] Bytes, EntryTable Table)> FetchAsync(Uri address, ChemicalSystem system, string thermoType, CancellationToken cancellation)
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
            return (bytes, Read(bytes, cancellation));
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

    // The mixed type has several scales: fetching is no use of them yet.
    private static EntryTable Read(byte[] bytes, CancellationToken cancellation) => EntryFiles.Read(new MemoryStream(bytes), "", "entries.json", new EntryReading(MixScales: true), cancellation);

    private static FetchAnswer Answer(byte[] bytes, EntryTable table, ChemicalSystem system, string thermoType, string file, bool cached)
    {
        using var document = JsonDocument.Parse(bytes);
        var missing = system.Symbols.Where(symbol => !table.Entries.Any(entry => entry.Composition.Amounts is [var (only, _)] && only.Symbol == symbol)).ToArray();
        return new(system.ToString(), thermoType, table.Entries.Count, Header("database_version"), Header("retrieved"), cached, file,
            $"Documents of materials/thermo in {system} and the systems within it, with the thermo type {thermoType}: energies per atom with the corrections that the Materials Project made ({table.ScaleText}). {Licence}.",
            [], [.. table.Warnings, .. missing.Select(symbol => $"There is no entry of {symbol} as an element: formation energies of its phases have nothing to count from.")]);

        string Header(string key) => document.RootElement.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "not stated";
    }

    /// <summary>What was fetched before; null where there is nothing that can be used.</summary>
    private static (byte[] Bytes, EntryTable Table)? Cached(string path, CancellationToken cancellation)
    {
        try
        {
            if (!File.Exists(path)) return null;
            var bytes = File.ReadAllBytes(path);
            return (bytes, Read(bytes, cancellation));
        }
        catch (Exception error) when (error is DftFlowException or IOException or UnauthorizedAccessException)
        {
            Output.Say($"What was fetched before cannot be read, and is fetched anew: {error.Message}");
            return null;
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
