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
        Demand(template, text, request, name);
        try
        {
            return parsed.Render(Context(request), ShellEncoder.Instance, isolateContext: false);
        }
        catch (DftFlowException problem)
        {
            throw problem.InFile(name);
        }
        catch (Exception problem)
        {
            throw new DftFlowException("DF4201", $"The template of the job script cannot be filled in: {problem.Message}", "See docs/clusters/job-scripts.md for its language.", file: name, inner: problem);
        }
    }

    private static TemplateContext Context(JobRequest request)
    {
        var variables = Variables(request).ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal);
        var options = new TemplateOptions
        {
            CultureInfo = CultureInfo.InvariantCulture,
            StrictFilters = true,
            // Asked for variables that have no value, too: what the job does not give is nil, what nobody can give is a mistake.
            Undefined = variable => variables.ContainsKey(variable) || variable.StartsWith("forloop", StringComparison.Ordinal)
                ? new(NilValue.Instance)
                : throw new FluidException($"there is no '{variable}'"),
        };
        // Liquid's own filters can take a value's quoting away (raw, escape, …): only those here can be used.
        options.Filters.Clear();
        JobFilters.AddTo(options.Filters);
        var context = new TemplateContext(options);
        foreach (var (name, value) in variables) context.SetValue(name, value);
        return context;
    }

    private static IEnumerable<(string Name, FluidValue Value)> Variables(JobRequest request)
    {
        // The template engine puts out an empty text as nothing, and a word of the command line would be lost.
        static FluidValue Text(string? text) => text switch { null => NilValue.Instance, "" => new StringValue("''", encode: false), _ => new StringValue(text) };
        static FluidValue Number(long? number) => number is { } value ? NumberValue.Create(value) : NilValue.Instance;
        static FluidValue List(IEnumerable<string> items) => new ArrayValue([.. items.Select(Text)]);
        var cores = (long)request.Ranks * request.Threads;
        yield return ("name", Text(request.Name));
        yield return ("directory", Text(request.Directory));
        yield return ("command", new ArrayValue([.. request.Command.Select(word => new StringValue(RemotePath.Word(word), encode: false))]));
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
        yield return ("environment", new ArrayValue([.. request.Environment.Select(entry => List([entry.Key, entry.Value]))]));
    }

    /// <summary>What was asked for and the template does not mention would be dropped without a word.</summary>
    private static void Demand(string own, string whole, JobRequest request, string name)
    {
        if (own != whole && !own.Contains("job_id=", StringComparison.Ordinal))
            throw new DftFlowException("DF4204", "The template of the job script does not set job_id, which '{% run %}' writes into the job's end record.", "Set it before '{% run %}' to what the batch system calls its number of the job, as in job_id=$SLURM_JOB_ID.", file: name);
        foreach (var (asked, variables) in (ReadOnlySpan<(bool, string[])>)
        [
            (true, ["directory"]),
            (true, ["command"]),
            (true, ["output"]),
            (request.Nodes > 1, ["nodes", "cores_per_node", "parallel_environment"]),
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
            // The number of threads stands in what every job does as well, but no core is reserved by that.
            var template = variables[0] == "threads" ? own : whole;
            if (asked && !variables.Any(variable => Regex.IsMatch(template, $@"\{{[\{{%][^}}]*\b{variable}\b")))
                throw new DftFlowException("DF4204", $"The job asks for '{variables[0]}', which the template of the job script has no place for.",
                    variables[0] == "qos" ? "This batch system has no QOS of that kind: leave it out, or give the site's own directive among the options." : "Add it to the template, or do not ask for it.", file: name);
        }
    }

    [GeneratedRegex(@"\{%-?\s*run\s*-?%\}[ \t]*\n?")]
    private static partial Regex RunTag();
}
