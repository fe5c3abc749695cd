using System.Globalization;
using System.Text;
using DftFlow.Vasp.Diagnoses;
using DftFlow.Vasp.Inspection;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Cli;

/// <summary>A run on a screen that is read in five seconds. What comes out of files is shown without its control characters.</summary>
internal static class InspectScreen
{
    private const int MostSites = 8;
    private const double NotableMomentMub = 0.1;

    public static void Print(Inspection inspection)
    {
        var facts = inspection.Facts;
        var text = new StringBuilder();
        string[] about =
        [
            facts.AtomCount is { } atoms ? Output.Count(atoms, "atom") : "",
            Output.Printable($"{facts.Program} {facts.Version}").Trim(),
            facts.Noncollinear == true ? "non-collinear" : facts.SpinPolarized == true ? "spin-polarised" : "",
        ];
        text.AppendJoin("  ", new[] { Ink.Bold(Title(inspection)), string.Join(" · ", about.Where(a => a.Length > 0)), Ink.Dim(Output.Printable(inspection.Path)) }.Where(part => part.Length > 0)).Append('\n');
        if (facts.Complete is not null || facts.Steps is not null || inspection.Truncated is not null) Line(text, "state", $"{ColouredState(inspection)}{Why(inspection)}");
        if (facts.Steps is { FinalEnergyEv: { } energy } steps)
            Line(text, "energy", $"{Ink.Bold(Number(energy, "0.000000"))} eV{(facts.AtomCount is { } n ? $"  ({Number(energy / n, "0.00000")} eV/atom)" : "")}{(steps.FreeEnergyEv is { } free ? $"  F {Number(free, "0.000000")} eV" : "")}");
        if (facts.FermiEnergyEv is { } fermi) Line(text, "E-fermi", $"{Number(fermi, "0.0000")} eV");
        if (facts.Edges is { } edges)
            Line(text, "gap", edges.IsMetal ? "none: a metal" : $"{Ink.Bold(Number(edges.GapEv, "0.0000"))} eV {(edges.IsDirect ? "direct" : "indirect")}  (VBM {Number(edges.HighestOccupiedEv, "0.0000")}, CBM {Number(edges.LowestUnoccupiedEv, "0.0000")} eV)");
        if (Moments(facts) is { Length: > 0 } moments) Line(text, "moments", moments);
        if (facts.Steps is { Count: > 0 } ionic) Line(text, "ionic", Steps(ionic));
        if (Convergence(facts) is { } convergence) Line(text, "SCF", convergence);
        if (Settings(facts) is { Length: > 0 } settings) Line(text, "settings", settings);
        foreach (var grid in facts.Grids)
            Line(text, Output.Printable(grid.Name), string.Join("; ", grid.Blocks.Select(block => Grid(grid, block)).DefaultIfEmpty("no complete block")));
        foreach (var diagnosis in facts.Diagnoses)
        {
            var known = KnownDiagnoses.All.First(one => one.Id == diagnosis.Id);
            text.Append(diagnosis.Class == DiagnosisClass.None ? Ink.Yellow(diagnosis.Id) : Ink.Red(diagnosis.Id)).Append(": ").Append(known.Meaning).Append('\n');
            text.Append("  ").Append(Ink.Dim(Output.Printable(diagnosis.Evidence))).Append("\n  ").Append(known.Remedy).Append('\n');
        }
        if (facts is { Complete: false, StopMessage: { } said }) text.Append(Ink.Red("it said: ")).Append(Output.Printable(said)).Append('\n');
        foreach (var warning in inspection.Warnings) text.Append(Ink.Yellow("warning: ")).Append(Output.Printable(warning)).Append('\n');
        Console.Out.Write(text.ToString());
    }

    /// <summary>Several runs, one a line.</summary>
    public static void Print(IReadOnlyList<InspectedPath> all)
    {
        string[] heading = ["path", "formula", "state", "E / eV", "E-fermi / eV", "gap / eV", "m / µB", "steps"];
        var rows = all.Where(one => one.Inspection is not null).Select(one => Cells(one.Inspection!)).ToArray();
        var widths = heading.Select((title, i) => rows.Select(row => row[i].Length).Append(title.Length).Max()).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows.Prepend(heading))
        {
            var line = new StringBuilder();
            for (var i = 0; i < row.Length; i++) line.Append(i < 3 ? row[i].PadRight(widths[i]) : row[i].PadLeft(widths[i])).Append("  ");
            var plain = line.ToString().TrimEnd();
            text.Append(row == heading ? Ink.Bold(plain) : plain).Append('\n');
        }
        Console.Out.Write(text.ToString());
    }

    private static string[] Cells(Inspection inspection)
    {
        var facts = inspection.Facts;
        return
        [
            Output.Printable(inspection.Path), facts.Composition?.ReducedFormula ?? "–", InspectState.Of(inspection), Optional(facts.Steps?.FinalEnergyEv, "0.00000"), Optional(facts.FermiEnergyEv, "0.000"),
            facts.Edges is { IsMetal: true } ? "metal" : Optional(facts.Edges?.GapEv, "0.000"),
            facts.TotalMagnetizationMub.IsEmpty ? "–" : string.Join(' ', facts.TotalMagnetizationMub.Select(m => Number(m, "0.00"))),
            facts.Steps?.Count.ToString(CultureInfo.InvariantCulture) ?? "–",
        ];
    }

    private static string Title(Inspection inspection) =>
        inspection.Facts.Composition?.ReducedFormula ?? (inspection.Inputs is [var only] ? InspectState.Name(only.Kind) : "unknown formula");

    private static string ColouredState(Inspection inspection) => InspectState.Of(inspection) switch
    {
        "converged" => Ink.Green("converged"),
        "unknown" => "unknown",
        var bad => Ink.Red(bad),
    };

    private static string Why(Inspection inspection)
    {
        var facts = inspection.Facts;
        if (inspection.Truncated is { } cut) return string.Create(CultureInfo.InvariantCulture, $": {Output.Printable(cut.File)} stops at byte {cut.At.Byte}{(cut.At.IonicStep > 0 ? $", in ionic step {cut.At.IonicStep}" : "")} ({Output.Printable(cut.At.Reason)})");
        return facts.Steps switch
        {
            { ElectronicConverged: false } => ": the last electronic loop ended at NELM, above EDIFF",
            { IonicConverged: false } => ": the relaxation did not reach EDIFFG",
            _ => "",
        };
    }

    private static string Moments(RunFacts facts)
    {
        var total = facts.TotalMagnetizationMub.IsEmpty ? "" : $"total {string.Join(' ', facts.TotalMagnetizationMub.Select(m => Number(m, "0.000")))} µB";
        var notable = facts.SiteMagnetizationsMub.Select((moment, i) => (Index: i, Moment: moment, Length: Math.Sqrt(moment.Sum(m => m * m))))
            .Where(site => site.Length >= NotableMomentMub).OrderByDescending(site => site.Length).ToArray();
        var shown = notable.Take(MostSites).OrderBy(site => site.Index)
            .Select(site => $"{(site.Index < facts.Atoms.Length ? facts.Atoms[site.Index].Symbol : "site ")}{site.Index + 1} {string.Join(' ', site.Moment.Select(m => Number(m, "0.00")))}");
        var more = notable.Length > MostSites ? $"  and {notable.Length - MostSites} more" : "";
        return $"{total}  {string.Join("  ", shown)}{more}".Trim();
    }

    private static string Steps(StepFacts steps)
    {
        var text = Output.Count(steps.Count, "step");
        if (steps.Count < 2) return text;
        var energies = steps.EnergiesEv.Where(double.IsFinite).ToArray();
        return energies.Length < 2 ? text : $"{text}  {Sparkline.Of(energies)}  {Number(energies[0], "0.0000")} → {Number(energies[^1], "0.0000")} eV";
    }

    /// <summary>log10 |dE| of the last ionic step's electronic steps.</summary>
    private static string? Convergence(RunFacts facts)
    {
        var text = facts.Steps?.ElectronicStepsInLast is { } count and > 0 ? Output.Count(count, "electronic step") + " in the last ionic one" : null;
        var changes = facts.LastLoop.Select(step => Math.Abs(step.EnergyChangeEv)).Where(change => change > 0 && double.IsFinite(change)).ToArray();
        if (changes.Length < 2) return text;
        return $"{Output.Count(facts.LastLoop.Length, "step")}  {Sparkline.Of([.. changes.Select(Math.Log10)])}  |dE| {Number(changes[0], "0e+0")} → {Number(changes[^1], "0e+0")} eV";
    }

    private static string Grid(GridFacts grid, GridBlock<double> block) => string.Create(CultureInfo.InvariantCulture,
        $"{InspectState.Name(block.Meaning)} {grid.Dimensions.X}×{grid.Dimensions.Y}×{grid.Dimensions.Z}, {Number(block.Min, "G6")} to {Number(block.Max, "G6")}{(block.IntegralElectrons is { } electrons ? $", integral {Number(electrons, "0.######")}{(block.Meaning == GridMeaning.Total ? " electrons" : " µB")}" : $", mean {Number(block.Mean, "0.######")}")}");

    private static string Settings(RunFacts facts)
    {
        var parts = new List<string>();
        if (facts.KPointCount is { } points) parts.Add(Output.Count(points, "k-point"));
        if (facts.BandCount is { } bands) parts.Add(Output.Count(bands, "band"));
        foreach (var (tag, unit) in new[] { ("ENCUT", " eV"), ("ENMAX", " eV"), ("ISMEAR", ""), ("SIGMA", " eV"), ("EDIFF", " eV"), ("IBRION", ""), ("NSW", "") })
            if (facts.Parameters?.Number(tag) is { } value && !(tag == "ENMAX" && facts.Parameters.Number("ENCUT") is not null) && !(tag == "IBRION" && facts.Parameters.Whole("NSW") is 0))
                parts.Add($"{tag} {Number(value, "0.######")}{unit}");
        return string.Join(" · ", parts);
    }

    private static void Line(StringBuilder text, string label, string value) => text.Append("  ").Append(label.PadRight(9)).Append(' ').Append(value).Append('\n');

    private static string Optional(double? value, string format) => value is { } number ? Number(number, format) : "–";

    private static string Number(double value, string format)
    {
        if (!double.IsFinite(value)) return "–";
        var text = value.ToString(format, CultureInfo.InvariantCulture);
        // What rounds to zero has no sign.
        return text.AsSpan().IndexOfAnyInRange('1', '9') < 0 ? text.TrimStart('-') : text;
    }
}

/// <summary>A row of numbers as a row of blocks.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";
    private const int MostColumns = 40;

    /// <summary>The lowest number has the lowest block; of more numbers than columns each column shows the last of its share.</summary>
    public static string Of(double[] numbers)
    {
        var columns = Math.Min(numbers.Length, MostColumns);
        double lowest = numbers.Min(), span = numbers.Max() - lowest;
        return string.Concat(Enumerable.Range(1, columns).Select(column =>
            Blocks[span > 0 ? (int)Math.Round((numbers[(int)((long)numbers.Length * column / columns) - 1] - lowest) / span * (Blocks.Length - 1)) : 0]));
    }
}

/// <summary>Colours, where they are wanted: on a terminal that has them, unless NO_COLOR is set (no-color.org).</summary>
internal static class Ink
{
    private static readonly bool Colours = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    public static string Bold(string text) => With(text, 1);

    public static string Dim(string text) => With(text, 2);

    public static string Red(string text) => With(text, 31);

    public static string Green(string text) => With(text, 32);

    public static string Yellow(string text) => With(text, 33);

    private static string With(string text, int code) => Colours ? string.Create(CultureInfo.InvariantCulture, $"\e[{code}m{text}\e[0m") : text;
}
