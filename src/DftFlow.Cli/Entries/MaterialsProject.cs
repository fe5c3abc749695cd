using System.Globalization;
using System.Net;
using System.Text.Json;
using DftFlow.Analysis;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace DftFlow.Cli.Entries;

/// <summary>
/// The Materials Project's HTTP interface: documents of <c>materials/thermo</c>. Where the server is busy or fails, it is asked again,
/// later each time, and as late as it says.
/// </summary>
internal sealed class MaterialsProject : IDisposable
{
    public const string KeyVariable = "MP_API_KEY", UrlVariable = "DFTFLOW_MP_URL";

    private const string Fields = "material_id,thermo_id,thermo_type,energy_type,formula_pretty,composition,nsites,energy_per_atom,uncorrected_energy_per_atom,formation_energy_per_atom,energy_above_hull,is_stable,deprecated,last_updated";
    private const int PageSize = 500;

    // Servers and what stands before them refuse longer lines.
    private const int LongestList = 4000;
    private const int MostRetries = 4;

    // Several times the whole database: a server that tells more never ends.
    private const int MostDocuments = 1_000_000;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly HttpClient http;
    private readonly IProgress<AnalysisStep> progress;
    private readonly ResiliencePipeline<HttpResponseMessage> pipeline;

    /// <param name="key">Goes into a header and nowhere else.</param>
    public MaterialsProject(Uri address, string key, TimeProvider time, IProgress<AnalysisStep> progress)
    {
        this.progress = progress;
        // A redirection would carry the key to whoever is named there.
        http = new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All })
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = 256 << 20,
        };
        http.DefaultRequestHeaders.Add("User-Agent", "dftflow");
        http.DefaultRequestHeaders.Add("Accept", "application/json");
        if (!key.All(c => c is > ' ' and < '\x7f') || !http.DefaultRequestHeaders.TryAddWithoutValidation("X-API-KEY", key))
            throw new DftFlowException("DF3160", $"What stands in {KeyVariable} is no key.", "A key is a word of letters and digits; was something else pasted?");
        pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = MostRetries,
                Delay = TimeSpan.FromSeconds(0.5),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = new PredicateBuilder<HttpResponseMessage>().Handle<HttpRequestException>().Handle<TimeoutRejectedException>()
                    .HandleResult(answer => IsBusy(answer.StatusCode) && !(WaitOf(answer, time) > LongestWait)),
                DelayGenerator = attempt => new(attempt.Outcome.Result is { } answer ? WaitOf(answer, time) : null),
                OnRetry = attempt =>
                {
                    progress.Report(new(string.Create(CultureInfo.InvariantCulture, $"waiting {attempt.RetryDelay.TotalSeconds:0.#} s for the server ({Why(attempt.Outcome)})")));
                    attempt.Outcome.Result?.Dispose();
                    return default;
                },
            })
            .AddTimeout(TimeSpan.FromMinutes(2))
            .Build();
    }

    public void Dispose() => http.Dispose();

    /// <summary>The version of the database, as its heartbeat tells it.</summary>
    public async Task<string> DatabaseVersionAsync(CancellationToken cancellation)
    {
        progress.Report(new("asking the Materials Project for its version"));
        using var document = await GetAsync("heartbeat", cancellation);
        return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("db_version", out var version) && version.ValueKind == JsonValueKind.String ? version.GetString()!
            : throw Malformed("the heartbeat tells no db_version");
    }

    /// <summary>All documents of a thermo type in a chemical system, by their ids.</summary>
    public async Task<IReadOnlyList<JsonElement>> ThermoAsync(ChemicalSystem system, string thermoType, CancellationToken cancellation)
    {
        var documents = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        var lists = Lists(system).ToArray();
        foreach (var (index, list) in lists.Index())
        {
            int? told = null;
            for (int skip = 0, total = 1; skip < total;)
            {
                progress.Report(new($"fetching {system}: {documents.Count} documents", (index + (double)skip / total) / lists.Length));
                using var page = await GetAsync(string.Create(CultureInfo.InvariantCulture,
                    $"materials/thermo/?chemsys={Uri.EscapeDataString(list)}&thermo_types={Uri.EscapeDataString(thermoType)}&_fields={Fields}&_skip={skip}&_limit={PageSize}"), cancellation);
                if (page.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array)
                    throw Malformed("a page holds no list of documents");
                var count = data.GetArrayLength();
                total = root.TryGetProperty("meta", out var meta) && meta.ValueKind == JsonValueKind.Object && meta.TryGetProperty("total_doc", out var number) && number.TryGetInt32(out var all) && all >= 0 ? all
                    : throw Malformed("a page does not say how many documents there are");
                if (total > MostDocuments || (told ??= total) != total) throw Malformed(string.Create(CultureInfo.InvariantCulture, $"it tells of {total} documents in all{(told == total ? "" : $", and of {told} before: has the database changed meanwhile?")}"));
                if (count == 0 && skip < total) throw Malformed(string.Create(CultureInfo.InvariantCulture, $"the pages end after {skip} of {total} documents"));
                foreach (var document in data.EnumerateArray())
                    if (document.ValueKind != JsonValueKind.Object || !document.TryGetProperty("material_id", out var id) || id.ValueKind != JsonValueKind.String) throw Malformed("a document has no material_id");
                    else if (document.TryGetProperty("deprecated", out var deprecated) && deprecated.ValueKind == JsonValueKind.True) continue;
                    else if (!documents.TryAdd(document.TryGetProperty("thermo_id", out var thermo) && thermo.ValueKind == JsonValueKind.String ? thermo.GetString()! : id.GetString()!, document.Clone()))
                        throw Malformed("a document comes on two pages: the database has changed meanwhile, or does not page");
                skip += count;
            }
        }
        return [.. documents.Values];
    }

    private static IEnumerable<string> Lists(ChemicalSystem system)
    {
        var list = "";
        foreach (var next in system.Subsystems())
        {
            if (list.Length + next.Length >= LongestList)
            {
                yield return list;
                list = "";
            }
            list += list.Length == 0 ? next : "," + next;
        }
        yield return list;
    }

    private async Task<JsonDocument> GetAsync(string path, CancellationToken cancellation)
    {
        try
        {
            using var answer = await pipeline.ExecuteAsync(async token => await http.GetAsync(path, token), cancellation);
            if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                throw new DftFlowException("DF3161", $"The Materials Project refuses the key in {KeyVariable} ({(int)answer.StatusCode}).", "Is it whole, and of the new interface? The dashboard of your account at the Materials Project shows it.");
            if (IsBusy(answer.StatusCode))
                throw new DftFlowException("DF3162", $"The Materials Project does not serve just now: {(int)answer.StatusCode}{await WordsAsync(answer, cancellation)}.",
                    WaitOf(answer, TimeProvider.System) is { } wait ? string.Create(CultureInfo.InvariantCulture, $"It asks to come back in {Math.Ceiling(wait.TotalMinutes)} min.") : "Try again later; nothing was written.");
            if (answer.StatusCode is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest)
                throw Malformed(string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode}, it sends to another address, where the key does not go"));
            if (answer.StatusCode != HttpStatusCode.OK)
                throw Malformed($"{(int)answer.StatusCode}{await WordsAsync(answer, cancellation)}");
            await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
            return await JsonDocument.ParseAsync(body, cancellationToken: cancellation);
        }
        catch (JsonException error)
        {
            throw Malformed("the answer is not JSON", error);
        }
        catch (Exception error) when (error is HttpRequestException or TimeoutRejectedException)
        {
            throw new DftFlowException("DF3162", $"The Materials Project cannot be reached at {http.BaseAddress!.Host}: {(error is TimeoutRejectedException ? "it does not answer" : error.Message.TrimEnd('.'))}.",
                "Is there a network, and does it lead there? Tables of reference energies work without one.", inner: error);
        }
    }

    private static bool IsBusy(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError;

    private static TimeSpan? WaitOf(HttpResponseMessage answer, TimeProvider time)
    {
        var wait = answer.Headers.RetryAfter is not { } after ? null : after.Delta ?? after.Date - time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static string Why(Outcome<HttpResponseMessage> outcome) => outcome.Result is { } answer ? ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture) : "no answer";

    /// <summary>What the server says in its body, short.</summary>
    private static async Task<string> WordsAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        try
        {
            using var document = JsonDocument.Parse(text);
            foreach (var key in (string[])["detail", "message"])
                if (document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(key, out var words)) text = words.ToString();
        }
        catch (JsonException)
        {
            // Then it is words already, or a page.
        }
        text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length == 0 || text.StartsWith('<') ? "" : $" ({(text.Length <= 160 ? text : text[..159] + "…")})";
    }

    private static DftFlowException Malformed(string what, Exception? inner = null) => new("DF3163", $"The Materials Project's answer cannot be used: {what}.", "Try again later; nothing was written. If it stays so, the interface may have changed: please report it.", inner: inner);
}
