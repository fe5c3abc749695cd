using System.Globalization;
using System.Text;
using Fluid;
using Fluid.Values;

namespace DftFlow.Clusters.JobScripts;

/// <summary>A line of shell that the cluster's owner wrote: the one thing that <c>raw</c> lets through.</summary>
internal sealed record SetupLine(string Text);

/// <summary>The filters of job scripts.</summary>
internal static class JobFilters
{
    public static void AddTo(FilterCollection filters)
    {
        filters.AddFilter("directive", static (input, _, _) => Verbatim(Word(input.ToStringValue())));
        filters.AddFilter("option", static (input, _, _) => Verbatim(Option(input.ToStringValue())));
        filters.AddFilter("raw", static (input, _, _) => input.ToObjectValue() is SetupLine line
            ? Verbatim(line.Text)
            : throw new DftFlowException("DF4203", "The template of the job script puts a value other than a line of setup through 'raw'.",
                "'raw' is for the lines of the cluster's own configuration. Leave it out: values are quoted as the shell needs them."));
        filters.AddFilter("clock", static (input, _, _) => Verbatim(Clock((long)input.ToNumberValue())));
        filters.AddFilter("minutes", static (input, _, _) => NumberValue.Create(Math.Ceiling(input.ToNumberValue() / 60)));
        filters.AddFilter("times", static (input, arguments, _) => NumberValue.Create(input.ToNumberValue() * arguments.At(0).ToNumberValue()));
        filters.AddFilter("per", static (input, arguments, _) => NumberValue.Create(Math.Ceiling(input.ToNumberValue() / Math.Max(1, arguments.At(0).ToNumberValue()))));
        filters.AddFilter("needed", static (input, arguments, _) => !input.IsNil()
            ? new(input)
            : throw new DftFlowException("DF4204", $"The job script needs '{arguments.At(0).ToStringValue()}', which the cluster's configuration does not give.",
                "Add it to the configuration; the site's documentation or its administrators tell it."));
        filters.AddFilter("variable", static (input, _, _) => Verbatim(JobRequestCheck.VariableName(input.ToStringValue())));
    }

    private static ValueTask<FluidValue> Verbatim(string text) => new(new StringValue(text, encode: false));

    /// <summary>Hours may be more than 24: every batch system takes that.</summary>
    private static string Clock(long seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}");

    /// <summary>One word of a directive. Batch systems take directives apart in ways of their own, and none of them knows every quote.</summary>
    private static string Word(string text)
    {
        if (text.Length == 0 || text[0] == '-' || text.EnumerateRunes().Any(rune => IsBreaking(rune) || Rune.IsWhiteSpace(rune) || "'\"`\\#$".Contains((char)rune.Value, StringComparison.Ordinal)))
            throw Refused(text, "one word, without blanks, quotes, backslashes, # and $, and not with a hyphen first");
        return text;
    }

    /// <summary>A line of options, as the batch system takes it.</summary>
    private static string Option(string text)
    {
        if (text.EnumerateRunes().Any(rune => IsBreaking(rune) && rune.Value != '\t')) throw Refused(text, "one line of visible characters");
        return text;
    }

    /// <summary>Controls, line breaks of any kind, what turns the direction of writing, and halves of characters.</summary>
    private static bool IsBreaking(Rune rune) => rune.Value == 0xFFFD || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;

    private static DftFlowException Refused(string text, string need) =>
        new("DF4202", $"A directive of the job script cannot hold {JobRequestCheck.Shown(text)}: it takes {need}.", "Correct it in the workflow or in the cluster's configuration.");
}
