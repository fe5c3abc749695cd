using System.Globalization;
using System.Text;

namespace DftFlow.Cli.Analyze;

/// <summary>A band centre on the screen, with the table of what it depends on.</summary>
internal static class DosScreen
{
    public static void Print(DosAnswer answer)
    {
        var text = new StringBuilder();
        var what = $"{answer.Element ?? (answer.Sites is null && answer.Orbital is null ? "total" : "all elements")} {answer.Orbital}".TrimEnd();
        text.AppendJoin("  ", Ink.Bold($"{what} band centre"), Ink.Dim(Output.Printable(answer.Path))).Append('\n');
        Line(text, "centre", $"{Ink.Bold(Ev(answer.BandCentreEv.Total))}{Spins(answer.BandCentreEv)} from {Zero(answer.Zero)}{(answer.ZeroEv is { } zero ? $" (at {Number(zero)} eV of the file's scale)" : "")}");
        if (answer.WindowEv is { } window) Line(text, "window", $"{answer.Window}: {Number(window[0])} to {Number(window[1])} eV");
        if (answer.BandWidthEv is { } width) Line(text, "width", $"{Number(width)} eV  skewness {Number(answer.Skewness)}  kurtosis {Number(answer.Kurtosis)}{(answer.Spin == "both" ? "" : $"  (spin {answer.Spin})")}");
        if (answer.States is { } states) Line(text, "states", $"{Number(states)} on {Output.Count(answer.NSites ?? 0, "site")}{(answer.Filling is { } filling ? $", {(filling * 100).ToString("0.0", CultureInfo.InvariantCulture)} % filled" : "")}");
        if (answer.Minus is { } minus)
        {
            Line(text, "minus", $"{Ev(minus.BandCentreEv.Total)}{Spins(minus.BandCentreEv)}  {Ink.Dim(Output.Printable(minus.Path))}");
            Line(text, "shift", answer.ShiftEv is { } shift ? $"{Ink.Bold(Signed(shift) + " eV")}, each from its own {Zero(answer.Zero)["the ".Length..]}" : "none");
        }
        Sensitivity(text, answer);
        Groups(text, answer);
        foreach (var warning in answer.Warnings) text.Append(Ink.Yellow("warning: ")).Append(Output.Printable(warning)).Append('\n');
        Console.Out.Write(text.ToString());
    }

    /// <summary>A row a window, a column a zero: the shift where there are two systems.</summary>
    private static void Sensitivity(StringBuilder text, DosAnswer answer)
    {
        var shifts = answer.Minus is not null;
        var zeros = answer.Sensitivity.Select(cell => cell.Zero).Distinct().ToArray();
        var rows = answer.Sensitivity.GroupBy(cell => cell.Window).ToArray();
        var first = rows.Max(row => row.Key.Length);
        text.Append("  ").Append(shifts ? "shift" : "centre").Append(" in eV by window and zero").Append('\n');
        text.Append("    ").Append(new string(' ', first));
        foreach (var zero in zeros) text.Append(zero.PadLeft(10));
        text.Append('\n');
        foreach (var row in rows)
        {
            text.Append("    ").Append(row.Key.PadRight(first));
            foreach (var zero in zeros)
            {
                var cell = row.First(one => one.Zero == zero);
                var value = shifts ? cell.ShiftEv : cell.BandCentreEv;
                var asked = row.Key == answer.Window && zero == answer.Zero;
                var shown = (value is { } number ? shifts ? Signed(number) : Number(number) : "–").PadLeft(10);
                text.Append(asked ? Ink.Bold(shown) : shown);
            }
            text.Append('\n');
        }
        // The same reason is told once, with the places that it holds for.
        foreach (var reason in answer.Sensitivity.Where(cell => cell.Reason is not null).GroupBy(cell => cell.Reason!))
        {
            var windows = reason.Select(cell => cell.Window).Distinct().Count() == rows.Length ? "" : $"{string.Join(", ", reason.Select(cell => cell.Window).Distinct())}, ";
            var places = reason.Select(cell => cell.Zero).Distinct().Count() == zeros.Length ? windows.TrimEnd(',', ' ') : windows + string.Join(", ", reason.Select(cell => cell.Zero).Distinct());
            text.Append("    ").Append(Ink.Dim($"– {places}: {Output.Printable(reason.Key)}")).Append('\n');
        }
    }

    private static void Groups(StringBuilder text, DosAnswer answer)
    {
        foreach (var system in answer.Groups.GroupBy(group => group.Path))
        {
            text.Append("  groups of sites").Append(answer.Minus is null ? "" : $"  {Ink.Dim(Output.Printable(system.Key))}").Append('\n');
            var name = Math.Max(5, system.Max(group => group.Group.Length));
            text.Append("    ").Append("group".PadRight(name)).Append("   height/Å  sites  centre/eV   width/eV\n");
            foreach (var group in system)
                text.Append("    ").Append(group.Group.PadRight(name)).Append((group.HeightA is { } height ? Number(height) : "").PadLeft(11)).Append(group.NSites.ToString(CultureInfo.InvariantCulture).PadLeft(7))
                    .Append(Number(group.BandCentreEv.Total).PadLeft(11)).Append(Number(group.BandWidthEv).PadLeft(11)).Append(group.Reason is { } reason ? $"  {Ink.Dim(Output.Printable(reason))}" : "").Append('\n');
        }
    }

    private static string Spins(BySpinDocument centre) => centre is { Up: null, Down: null } ? "" : $" (up {Number(centre.Up)}, down {Number(centre.Down)})";

    private static string Zero(string zero) => zero switch
    {
        "fermi" => "the Fermi level",
        "vbm" => "the valence-band maximum",
        "vacuum" => "the vacuum level",
        "core" => "the core level",
        "semicore" => "the semicore level",
        _ => "the file's zero",
    };

    private static string Ev(double? value) => value is null ? "none" : Number(value) + " eV";

    private static string Signed(double value) => value.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);

    private static string Number(double? value) => value is { } number ? number.ToString("0.000", CultureInfo.InvariantCulture) : "–";

    private static void Line(StringBuilder text, string label, string value) => text.Append("  ").Append(label.PadRight(9)).Append(' ').Append(value).Append('\n');
}
