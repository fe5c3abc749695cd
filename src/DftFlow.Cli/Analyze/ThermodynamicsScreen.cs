using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace DftFlow.Cli.Analyze;

/// <summary>Hulls, reactions and windows on a screen.</summary>
internal static class ThermodynamicsScreen
{
    private const int MostColumns = 8;

    public static void Print(HullAnswer answer, bool all)
    {
        var text = new StringBuilder();
        var stable = answer.Phases.Count(phase => phase.Stable);
        text.AppendJoin("  ", Ink.Bold($"hull of {string.Join("-", answer.Elements)}"), Ink.Dim($"{answer.NEntries} {(answer.NEntries == 1 ? "entry" : "entries")}{(all ? "" : $", {stable} stable")}, scale {Output.Printable(answer.Scale)}")).Append('\n');
        var shown = all ? answer.Phases : [.. answer.Phases.Where(phase => phase.Stable).OrderBy(phase => phase.FormationEnergyEvPerAtom)];
        var name = shown.Select(phase => phase.Formula.Length).Append(5).Max();
        var id = shown.Select(phase => (phase.EntryId ?? "").Length).Append(5).Max();
        text.Append("  ").Append(Ink.Dim($"{"phase".PadRight(name)}  {"entry".PadRight(id)}  formation  above hull  separation")).Append('\n');
        text.Append("  ").Append(Ink.Dim($"{"".PadRight(name)}  {"".PadRight(id)}    eV/atom    meV/atom    meV/atom")).Append('\n');
        foreach (var phase in shown)
            text.Append("  ").Append(phase.Formula.PadRight(name)).Append("  ").Append(Output.Printable(phase.EntryId ?? "–").PadRight(id)).Append(Number(phase.FormationEnergyEvPerAtom, "0.0000").PadLeft(11))
                .Append(Milli(phase.EnergyAboveHullEvPerAtom).PadLeft(12)).Append(Milli(phase.PhaseSeparationEnergyEvPerAtom).PadLeft(12))
                .Append(phase.Stable || !all ? "" : $"  {Ink.Dim(Mixture(phase.Decomposition))}").Append('\n');
        if (!all && answer.Phases.Length > stable) text.Append(CultureInfo.InvariantCulture, $"  and {answer.Phases.Length - stable} above the hull (all with --json or --csv, some with --of)\n");
        if (answer.ChemicalPotentials is { } potentials)
        {
            text.Append(CultureInfo.InvariantCulture, $"  phases of {potentials.Host} over the chemical potentials of {potentials.X} and {potentials.Y}, eV{(potentials.OpenEv.IsEmpty ? "" : $", {Conditions(potentials.OpenEv)}")}\n");
            var region = potentials.Regions.Select(one => one.Formula.Length).Append(5).Max();
            if (potentials.Regions.IsEmpty) text.Append("    none is stable: the reservoirs would react with each other or deposit\n");
            foreach (var one in potentials.Regions)
                text.Append("    ").Append(one.Formula.PadRight(region)).Append("  ").Append(Range(potentials.X, one.Corners.Select(corner => corner.XEv))).Append("  ").Append(Range(potentials.Y, one.Corners.Select(corner => corner.YEv))).Append('\n');
        }
        Finish(text, answer.Files, answer.Warnings);
    }

    public static void Print(InterfaceAnswer answer)
    {
        var text = new StringBuilder();
        text.AppendJoin("  ", Ink.Bold($"{answer.First.Formula} | {answer.Second.Formula}"), Ink.Dim($"{Conditions(answer.OpenEv)}, reactants with their {(answer.ReactantEnergy == "own" ? "own energy" : "energy on the hull")}, scale {Output.Printable(answer.Scale)}")).Append('\n');
        Line(text, "minimum", $"{Ink.Bold(Milli(answer.Minimum.EnergyEvPerAtom) + " meV/atom")} at x = {Number(answer.Minimum.X, "0.0000")}  {answer.Minimum.Reaction}");
        Line(text, "mutual", $"{Milli(answer.MutualMinimum.EnergyEvPerAtom)} meV/atom at x = {Number(answer.MutualMinimum.X, "0.0000")}  {(answer.MutualMinimum.Reaction == answer.Minimum.Reaction ? "the same" : answer.MutualMinimum.Reaction)}");
        text.Append("  ").Append(Ink.Dim("     x   x mole    meV/atom  mutual, meV/atom  eV/formula unit  reaction")).Append('\n');
        foreach (var kink in answer.Kinks)
            text.Append("  ").Append(Number(kink.X, "0.0000")).Append("   ").Append(Number(kink.XMole, "0.0000")).Append(Milli(kink.EnergyEvPerAtom).PadLeft(12)).Append(Milli(kink.MutualEnergyEvPerAtom).PadLeft(18))
                .Append(Number(kink.EnergyEvPerFormulaUnit, "0.0000").PadLeft(17)).Append("  ").Append(kink.Reaction).Append('\n');
        var name = answer.Sensitivity.Max(row => row.Variation.Length);
        text.Append("  sensitivity of the minimum, meV/atom\n");
        foreach (var row in answer.Sensitivity)
            text.Append("    ").Append(Output.Printable(row.Variation).PadRight(name)).Append(row.Minimum is { } minimum
                ? $"{Milli(minimum.EnergyEvPerAtom),10}{(row.Kind == "asked" ? "" : Signed(row.DifferenceEvPerAtom)),10}  mutual {Milli(row.MutualMinimum!.EnergyEvPerAtom),9}  {Ink.Dim(minimum.Reaction)}"
                : $"         –  {Ink.Dim(Output.Printable(row.Reason!))}").Append('\n');
        Finish(text, answer.Files, answer.Warnings);
    }

    public static void Print(InterfaceMatrixAnswer answer)
    {
        var text = new StringBuilder();
        text.AppendJoin("  ", Ink.Bold(Output.Count(answer.Pairs.Length, "pair")), Ink.Dim($"{Conditions(answer.OpenEv)}; least reaction energy, meV/atom, scale {Output.Printable(answer.Scale)}")).Append('\n');
        if (answer is { Rows: { } rows, Columns: { } columns } && columns.Length <= MostColumns)
        {
            var name = rows.Max(row => row.Length);
            var width = Math.Max(9, columns.Max(column => column.Length) + 2);
            text.Append("  ").Append(new string(' ', name));
            foreach (var column in columns) text.Append(column.PadLeft(width));
            foreach (var (row, cells) in rows.Zip(answer.Pairs.Chunk(columns.Length)))
            {
                text.Append("\n  ").Append(row.PadRight(name));
                foreach (var cell in cells) text.Append((cell.Minimum is { } minimum ? Milli(minimum.EnergyEvPerAtom) : "–").PadLeft(width));
            }
            text.Append('\n');
        }
        else
            foreach (var pair in answer.Pairs)
                text.Append("  ").Append((pair.Minimum is { } minimum ? Milli(minimum.EnergyEvPerAtom) : "–").PadLeft(9)).Append("  ").Append(Output.Printable($"{pair.First} | {pair.Second}")).Append('\n');
        var warnings = answer.Pairs.SelectMany(pair => pair.Error is null ? pair.Warnings : pair.Warnings.Add(pair.Error)).Distinct();
        Finish(text, answer.Files, [.. answer.Warnings, .. warnings]);
    }

    public static void Print(WindowAnswer answer)
    {
        var text = new StringBuilder().Append(Ink.Dim($"scale {Output.Printable(answer.Scale)}")).Append('\n');
        foreach (var window in answer.Windows)
        {
            text.AppendJoin("  ", Ink.Bold(window.Phase.Formula), Ink.Dim($"against {answer.WorkingIon} metal, {(answer.ReactantEnergy == "own" ? "with its own energy" : "on the hull")}{(window.Phase.EnergyAboveHullEvPerAtom is { } above and > 0 ? $", {Milli(above)} meV/atom above it" : "")}")).Append('\n');
            Line(text, "reduction", $"{Ink.Bold(Number(window.ReductionLimitV, "0.0000") + " V")}  {window.AtReduction ?? "nothing but plating of the metal"}");
            Line(text, "oxidation", $"{Ink.Bold(window.OxidationLimitV is { } limit ? Number(limit, "0.0000") + " V" : "none")}  {window.AtOxidation ?? $"it has no {answer.WorkingIon} to give"}");
            text.Append("  ").Append(Ink.Dim($"  from, V   {answer.WorkingIon} per formula unit  equilibrium")).Append('\n');
            foreach (var step in window.Profile)
                text.Append("  ").Append(Number(step.VoltageV, "0.0000").PadLeft(9)).Append(Number(step.WorkingIonChange, "+0.####;-0.####;0").PadLeft(20 + answer.WorkingIon.Length)).Append("  ").Append(step.Reaction).Append('\n');
            if (window.ChemicalPotentialRanges is { } ranges)
                Line(text, "stable at", string.Join(", ", ranges.Select(range => $"μ({range.Element}) {Number(range.LowestEv, "0.000")} to {Number(range.HighestEv, "0.000")} eV")));
            var name = window.Sensitivity.Max(row => row.Variation.Length);
            text.Append("  sensitivity of the limits, V\n");
            foreach (var row in window.Sensitivity)
                text.Append("    ").Append(Output.Printable(row.Variation).PadRight(name)).Append(row.Reason is { } reason ? $"       –  {Ink.Dim(Output.Printable(reason))}"
                    : $"{Number(row.ReductionLimitV!.Value, "0.0000"),9}{(row.OxidationLimitV is { } oxidation ? Number(oxidation, "0.0000") : "none"),9}").Append('\n');
        }
        Finish(text, answer.Files, answer.Warnings);
    }

    public static string Mixture(IEnumerable<PhaseFractionDocument> phases) => string.Join(" + ", phases.Select(part => $"{Number(part.AtomicFraction, "0.####")} {part.Formula}"));

    private static string Conditions(ImmutableSortedDictionary<string, double> open) =>
        open.IsEmpty ? "closed" : "open to " + string.Join(", ", open.Select(one => $"{one.Key} at {Number(one.Value, "0.####")} eV"));

    private static void Finish(StringBuilder text, ImmutableArray<string> files, ImmutableArray<string> warnings)
    {
        foreach (var file in files) text.Append("  ").Append(Output.Printable(file)).Append('\n');
        foreach (var warning in warnings) text.Append(Ink.Yellow("warning: ")).Append(Output.Printable(warning)).Append('\n');
        Console.Out.Write(text.ToString());
    }

    private static string Range(string element, IEnumerable<double> corners) => $"μ({element}) {Number(corners.Min(), "0.000"),7} to {Number(corners.Max(), "0.000"),6}";

    private static string Milli(double ev) => Number(1000 * ev, "0.00");

    private static string Signed(double? ev) => ev is { } value ? Number(1000 * value, "+0.00;-0.00;0.00") : "";

    // Round-off below zero is no minus sign.
    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture) is var text && text.AsSpan().IndexOfAnyInRange('1', '9') < 0 && text.StartsWith('-') ? text[1..] : value.ToString(format, CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, string label, string value) => text.Append("  ").Append(label.PadRight(9)).Append(' ').Append(value).Append('\n');
}
