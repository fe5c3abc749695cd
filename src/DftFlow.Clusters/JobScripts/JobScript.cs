using System.Globalization;
using System.Text.RegularExpressions;
using DftFlow.Clusters.Schedulers;
using Fluid;
using Fluid.Values;

namespace DftFlow.Clusters.JobScripts;

/// <summary>
/// Makes job scripts of a template in Liquid's language and of a request. Every value that the template puts out is one word of
/// the shell; in comments and directives, which no quotes protect, only values that have passed a filter can stand.
/// </summary>
public static partial class JobScript
{
    private static readonly FluidParser Parser = new(new FluidParserOptions { AllowLiquidTag = false });

    /// <summary>Fills in the template. Its language is described in <c>docs/clusters/job-scripts.md</c>.</summary>
    /// <param name="name">The template's name, for messages.</param>
    /// <exception cref="DftFlowException">
    /// DF4201: the template cannot be read. DF4202: a value of the request cannot be used. DF4203: the template puts out a value
    /// where it would not be safe. DF4204: the template has no place for something that was asked for.
    /// </exception>
    public static string Render(string template, JobRequest request, string name = "job script")
    {
        JobRequestCheck.Check(request);
        TemplateCheck.Check(template, name);
        var text = RunTag().Replace(template, _ => JobTemplates.Run);
        if (!Parser.TryParse(text, out var parsed, out var error))
            throw new DftFlowException("DF4201", $"The template of the job script cannot be read: {error}.", "See docs/clusters/job-scripts.md for its language.", file: name);
        Demand(text, request, name);
        try
        {
            return parsed.Render(Context(request), ShellEncoder.Instance, isolateContext: false);
        }
        catch (FluidException problem)
        {
            throw new DftFlowException("DF4201", $"The template of the job script cannot be filled in: {problem.Message}", "See docs/clusters/job-scripts.md for its language.", file: name, inner: problem);
        }
    }

    private static TemplateContext Context(JobRequest request)
    {
        var options = new TemplateOptions
        {
            CultureInfo = CultureInfo.InvariantCulture,
            StrictVariables = true,
            StrictFilters = true,
            MaxSteps = 1_000_000,
        };
        // Liquid's own filters can take a value's quoting away (raw, escape, …): only those here can be used.
        options.Filters.Clear();
        JobFilters.AddTo(options.Filters);
        var context = new TemplateContext(options);
        foreach (var (name, value) in Variables(request)) context.SetValue(name, value);
        return context;
    }

    private static IEnumerable<(string Name, FluidValue Value)> Variables(JobRequest request)
    {
        static FluidValue Text(string? text) => text is null ? NilValue.Instance : new StringValue(text);
        static FluidValue Number(long? number) => number is { } value ? NumberValue.Create(value) : NilValue.Instance;
        static FluidValue List(IEnumerable<string> items) => new ArrayValue([.. items.Select(item => new StringValue(item))]);
        var cores = (long)request.Ranks * request.Threads;
        yield return ("name", Text(request.Name));
        yield return ("directory", Text(request.Directory));
        yield return ("command", List(request.Command));
        yield return ("output", Text(request.OutputFile));
        yield return ("nodes", Number(request.Nodes));
        yield return ("ranks", Number(request.Ranks));
        yield return ("threads", Number(request.Threads));
        yield return ("ranks_per_node", Number(request.Ranks / request.Nodes));
        yield return ("cores", Number(cores));
        yield return ("cores_per_node", Number(cores / request.Nodes));
        yield return ("walltime_s", Number(request.Walltime is { } time ? (long)Math.Ceiling(time.TotalSeconds) : null));
        yield return ("memory_mib", Number(request.MemoryMib));
        yield return ("queue", Text(request.Queue));
        yield return ("account", Text(request.Account));
        yield return ("qos", Text(request.Qos));
        yield return ("parallel_environment", Text(request.ParallelEnvironment));
        yield return ("options", List(request.Options));
        yield return ("setup", new ArrayValue([.. request.Setup.Select(line => new ObjectValue(new SetupLine(line)))]));
        yield return ("modules", List(request.Modules));
        yield return ("environment", new ArrayValue([.. request.Environment.Select(entry => new ArrayValue([new StringValue(entry.Key), new StringValue(entry.Value)]))]));
    }

    /// <summary>What was asked for and the template does not mention would be dropped without a word.</summary>
    private static void Demand(string template, JobRequest request, string name)
    {
        foreach (var (asked, variables) in (ReadOnlySpan<(bool, string[])>)
        [
            (true, ["directory"]),
            (true, ["command"]),
            (true, ["output"]),
            (request.Nodes > 1, ["nodes"]),
            (request.Ranks > 1, ["ranks", "ranks_per_node", "cores", "cores_per_node"]),
            (request.Threads > 1, ["threads", "cores", "cores_per_node"]),
            (request.Walltime is not null, ["walltime_s"]),
            (request.MemoryMib is not null, ["memory_mib"]),
            (request.Queue is not null, ["queue"]),
            (request.Account is not null, ["account"]),
            (request.Qos is not null, ["qos"]),
            (request.Options.Length > 0, ["options"]),
            (request.Setup.Length > 0, ["setup"]),
            (request.Modules.Length > 0, ["modules"]),
            (request.Environment.Count > 0, ["environment"]),
        ])
        {
            if (asked && !variables.Any(variable => Regex.IsMatch(template, $@"\{{[\{{%][^}}]*\b{variable}\b")))
                throw new DftFlowException("DF4204", $"The job asks for '{variables[0]}', which the template of the job script has no place for.",
                    variables[0] == "qos" ? "This batch system has no QOS of that kind: leave it out, or give the site's own directive among the options." : "Add it to the template, or do not ask for it.", file: name);
        }
    }

    [GeneratedRegex(@"\{%-?\s*run\s*-?%\}[ \t]*\n?")]
    private static partial Regex RunTag();
}
