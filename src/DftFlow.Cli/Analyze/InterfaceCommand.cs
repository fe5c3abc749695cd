using System.Collections.Immutable;
using System.CommandLine;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;
using DftFlow.Reports;
using DftFlow.Reports.Figures;
using DftFlow.Yaml;

namespace DftFlow.Cli.Analyze;

/// <summary>Tells the energy of reaction of two phases over all mixing ratios, or of many pairs.</summary>
internal static class InterfaceCommand
{
    private const int LargestPairsFile = 16 * 1024 * 1024;
    private const int MostPairs = 250_000;

    // A larger map has no room for its cells.
    private const int LargestMap = 50;

    public static Command Create()
    {
        var entries = new EntryOptions();
        var reactants = new Option<string[]>("--reactants") { Description = "Two formulas, or ids of entries; x is the share of the first.", HelpName = "F1 F2", AllowMultipleArgumentsPerToken = true };
        var rows = new Option<string[]>("--rows") { Description = "Many first reactants: each with each of --columns.", HelpName = "FORMULA", AllowMultipleArgumentsPerToken = true };
        var columns = new Option<string[]>("--columns") { Description = "Many second reactants.", HelpName = "FORMULA", AllowMultipleArgumentsPerToken = true };
        var pairs = new Option<string?>("--pairs") { Description = "Many pairs: a file with two formulas a line.", HelpName = "FILE" };
        var open = new Option<string[]>("--open") { Description = "An element that is exchanged, with its chemical potential in eV relative to the element; several may be given.", HelpName = "El=μ", AllowMultipleArgumentsPerToken = true };
        var voltage = new Option<double?>("--voltage") { Description = "Opens the working ion at this voltage against its metal.", HelpName = "V" };
        var ion = ThermodynamicsOptions.WorkingIon();
        var pressure = new Option<double?>("--oxygen-pressure") { Description = "Opens oxygen at this partial pressure of O2, with --temperature.", HelpName = "BAR" };
        var temperature = new Option<double?>("--temperature") { Description = "Of the O2 gas: 100 to 6000 K.", HelpName = "K" };
        var energy = ThermodynamicsOptions.ReactantEnergy("own");
        var also = ThermodynamicsOptions.Also();
        var own = ThermodynamicsOptions.OwnEnergies();
        var csv = ThermodynamicsOptions.Csv("Writes the kinks, or the minima of many pairs, as a table.");
        var svg = ThermodynamicsOptions.Svg("Draws the energy against the mixing ratio, or the map of many pairs, as SVG.");
        var png = ThermodynamicsOptions.Png();
        var json = AnalyzeCommand.JsonOption();
        var command = new Command("interface", "Energy of reaction of two phases at an interface against their mixing ratio.") { reactants, rows, columns, pairs, open, voltage, ion, pressure, temperature, energy, also, own, csv, svg, png, json };
        entries.AddTo(command);
        command.SetAction((parsed, cancellation) => new Work(
            entries.Of(parsed), parsed.GetValue(reactants) ?? [], parsed.GetValue(rows) ?? [], parsed.GetValue(columns) ?? [], parsed.GetValue(pairs),
            ThermodynamicsOptions.Open(parsed.GetValue(open) ?? [], parsed.GetValue(voltage), parsed.GetValue(ion)!, parsed.GetResult(ion) is { Implicit: false }, parsed.GetValue(pressure), parsed.GetValue(temperature)),
            parsed.GetValue(energy)!, parsed.GetValue(also) ?? [], parsed.GetValue(own) ?? [],
            new(parsed.GetValue(csv), parsed.GetValue(svg), parsed.GetValue(png))).RunAsync(parsed.GetValue(json), cancellation));
        return command;
    }

    private sealed record Work(
        EntryRequest Entries, string[] Reactants, string[] Rows, string[] Columns, string? PairsFile, (Dictionary<Element, double> PotentialsEv, ImmutableArray<string> Definitions) Open, string Energy, string[] Also, string[] OwnEnergies, PhaseFiles Outputs)
    {
        private ReactantEnergyKind Kind => ThermodynamicsOptions.KindOf(Energy);

        public async Task<int> RunAsync(bool json, CancellationToken cancellation)
        {
            var ways = (Reactants.Length > 0 ? 1 : 0) + (Rows.Length + Columns.Length > 0 ? 1 : 0) + (PairsFile is null ? 0 : 1);
            if (ways != 1) throw ThermodynamicsOptions.Usage("Which phases react?", "Give --reactants F1 F2, or --rows with --columns, or --pairs FILE: one of the three.");
            if (Reactants.Length is not (0 or 2)) throw ThermodynamicsOptions.Usage($"--reactants has {Output.Count(Reactants.Length, "formula")}.", "Give two, as in --reactants Li2MnO3 Li3ScF6.");
            if (Rows.Length > 0 != Columns.Length > 0) throw ThermodynamicsOptions.Usage("Rows need columns, and columns rows.", "Give both --rows and --columns.");
            if ((long)Rows.Length * Columns.Length > MostPairs) throw ThermodynamicsOptions.Usage($"That is more than {MostPairs} pairs.", "Ask in several parts.");
            if (Reactants.Length == 0 && Also.Length + OwnEnergies.Length > 0) throw ThermodynamicsOptions.Usage("--also and --own-energy are for one pair.", "Give --reactants F1 F2.");
            GridFiles.CheckOutputs(Outputs.Names, [.. Entries.Paths, .. Also, .. PairsFile is null ? [] : new[] { PairsFile }]);
            if (Reactants.Length == 0) return await ManyAsync(json, cancellation);

            var (answer, drawing) = await Task.Run(() => One(cancellation), CancellationToken.None).WaitAsync(cancellation);
            await OutputFiles.WriteAsync(Outputs.Contents(() => Table(answer.Kinks), () => drawing!.Svg(), () => drawing!.Png()), cancellation);
            if (json) Output.Json(answer, AnalyzeJson.Default.InterfaceAnswer);
            else ThermodynamicsScreen.Print(answer);
            return ExitStatus.Done;
        }

        private (InterfaceAnswer, InterfaceDrawing?) One(CancellationToken cancellation)
        {
            var read = Entries.Read(Outputs, cancellation);
            var also = Entries.ReadEach(Also, Outputs, cancellation);
            var (first, second) = (ChosenPhase.Find(read.Diagram, Reactants[0]), ChosenPhase.Find(read.Diagram, Reactants[1]));
            var reaction = InterfaceReaction.Calculate(read.Diagram, first, second, Kind, Open.PotentialsEv, cancellation);
            var variations = Variations.Of(read.Diagram, first, second, reaction, ThermodynamicsOptions.Variations(also, OwnEnergies, [first, second]), cancellation);
            var drawing = Outputs.Draws ? new InterfaceDrawing([new InterfaceCurve(first.Formula, second.Formula, reaction)]) : null;
            return (new(ReactantDocument.Of(reaction.First), ReactantDocument.Of(reaction.Second), Energy, OpenNames(), [.. reaction.Kinks.Select(KinkDocument.Of)],
                InterfaceMinimumDocument.Of(reaction.Minimum), InterfaceMinimumDocument.Of(reaction.MutualMinimum), InterfaceVariationDocument.Of(reaction, variations), [.. Outputs.Names], read.Scale, read.Provenance,
                Definition(reaction.Definition) + " sensitivity: the minima once more, each with one thing done otherwise.",
                [.. read.Inputs, .. also.SelectMany(other => other.Files.Inputs)], [.. read.Warnings, .. reaction.Warnings, .. also.SelectMany(other => other.Files.Warnings.Select(warning => $"{other.Path}: {warning}"))]), drawing);
        }

        private async Task<int> ManyAsync(bool json, CancellationToken cancellation)
        {
            InterfaceMatrixAnswer answer;
            await using (var progress = new TerminalProgress(TimeProvider.System))
                answer = await Task.Run(() => Many(progress, cancellation), CancellationToken.None).WaitAsync(cancellation);
            var map = Outputs.Draws ? Map(answer.Pairs) : null;
            await OutputFiles.WriteAsync(Outputs.Contents(() => Table(answer.Pairs), () => map!.Svg(), () => map!.Png()), cancellation);
            if (json) Output.Json(answer, AnalyzeJson.Default.InterfaceMatrixAnswer);
            else ThermodynamicsScreen.Print(answer);
            return ExitStatus.Done;
        }

        private InterfaceMatrixAnswer Many(TerminalProgress progress, CancellationToken cancellation)
        {
            var read = Entries.Read(Outputs, cancellation);
            var names = PairsFile is null ? [.. Rows.SelectMany(_ => Columns, (first, second) => (new Name(first), new Name(second)))] : ReadPairs(PairsFile);
            if (Outputs.Draws && Math.Max(names.Select(pair => pair.First.Text).Distinct().Count(), names.Select(pair => pair.Second.Text).Distinct().Count()) > LargestMap)
                throw ThermodynamicsOptions.Usage($"A map has at most {LargestMap} rows and columns.", "Draw it in several parts, or write the numbers with --csv.");
            var chosen = names.SelectMany(pair => new[] { pair.First, pair.Second }).DistinctBy(name => name.Text).ToDictionary(name => name.Text, name => Find(read.Diagram, name));
            var pairs = InterfaceMatrix.Calculate([.. names.Select(pair => (chosen[pair.First.Text], chosen[pair.Second.Text]))],
                (first, second) => InterfaceReaction.Calculate(read.Diagram, first, second, Kind, Open.PotentialsEv, cancellation),
                done => progress.Report(new($"{done} of {names.Length} pairs", (double)done / names.Length)), cancellation);
            var definition = pairs.FirstOrDefault(pair => pair.Error is null) is { } any ? InterfaceReaction.Define(any.First, any.Second, Kind, Open.PotentialsEv) : "There is no reaction.";
            return new(PairsFile is null ? [.. Rows] : null, PairsFile is null ? [.. Columns] : null, Energy, OpenNames(),
                [.. pairs.Zip(names, (pair, name) => new PairDocument(name.First.Text, name.Second.Text,
                    pair.Minimum is { } minimum ? InterfaceMinimumDocument.Of(minimum) : null, pair.MutualMinimum is { } mutual ? InterfaceMinimumDocument.Of(mutual) : null, [.. pair.Warnings], pair.Error?.Message))],
                [.. Outputs.Names], read.Scale, read.Provenance, Definition($"Of each pair, as of the first: {definition}"), read.Inputs, read.Warnings);
        }

        private ChosenPhase Find(PhaseDiagram diagram, Name name)
        {
            try
            {
                return ChosenPhase.Find(diagram, name.Text);
            }
            catch (DftFlowException error) when (name.Line is not null)
            {
                throw new DftFlowException(error.Code, error.Message, error.Hint, name.Line, name.Column, PairsFile, error);
            }
        }

        private string Definition(string reaction) => string.Join(" ", [reaction, .. Open.Definitions]);

        private ImmutableSortedDictionary<string, double> OpenNames() => Open.PotentialsEv.ToImmutableSortedDictionary(pair => pair.Key.Symbol, pair => pair.Value, StringComparer.Ordinal);
    }

    /// <summary>A formula or the id of an entry, and where it stands in the file of pairs.</summary>
    private readonly record struct Name(string Text, int? Line = null, int? Column = null);

    /// <summary>Two formulas a line, parted by blanks or a comma; empty lines, and what follows a #, are passed over.</summary>
    private static (Name First, Name Second)[] ReadPairs(string path)
    {
        AnalyzeCommand.RefuseNoPath(path);
        string text;
        try
        {
            text = BoundedFile.Text(BoundedFile.Read(path, LargestPairsFile));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DftFlowException("DF1001", $"The pairs cannot be read: {error.Message}", "Is the path right? Paths are relative to the folder that you are in.", file: path);
        }
        var pairs = new List<(Name, Name)>();
        foreach (var (index, line) in text.ReplaceLineEndings("\n").Split('\n').Index())
        {
            var words = Words(line.Split('#')[0], index + 1);
            if (words.Count == 0) continue;
            if (words is not [var first, var second]) throw new DftFlowException("DF3114", $"This line has {Output.Count(words.Count, "word")}, not two formulas.", "Write a pair a line, as in Li2MnO3 Li3ScF6.", index + 1, 1, path);
            if (pairs.Count == MostPairs) throw new DftFlowException("DF3114", $"There are more than {MostPairs} pairs.", "Ask in several parts.", index + 1, 1, path);
            pairs.Add((first, second));
        }
        return pairs.Count > 0 ? [.. pairs] : throw new DftFlowException("DF3114", "There is no pair in this file.", "Write a pair a line, as in Li2MnO3 Li3ScF6.", file: path);
    }

    private static List<Name> Words(string text, int line)
    {
        var words = new List<Name>();
        foreach (var range in text.AsSpan().SplitAny(' ', '\t', ',', ';'))
            if (text[range] is { Length: > 0 } word) words.Add(new(word, line, range.Start.Value + 1));
        return words;
    }

    private static InterfaceMatrixDrawing Map(ImmutableArray<PairDocument> pairs)
    {
        var (rows, columns) = (pairs.Select(pair => pair.First).Distinct().ToList(), pairs.Select(pair => pair.Second).Distinct().ToList());
        var energies = new double?[rows.Count, columns.Count];
        foreach (var pair in pairs) energies[rows.IndexOf(pair.First), columns.IndexOf(pair.Second)] = pair.Minimum?.EnergyEvPerAtom;
        return new(rows, columns, energies);
    }

    private static string Table(ImmutableArray<KinkDocument> kinks)
    {
        var table = new Csv("x", "x_mole", "energy_ev_per_atom", "mutual_energy_ev_per_atom", "energy_ev_per_formula_unit", "mutual_energy_ev_per_formula_unit", "energy_kj_per_mol", "reaction");
        foreach (var kink in kinks) table.Row(kink.X, kink.XMole, kink.EnergyEvPerAtom, kink.MutualEnergyEvPerAtom, kink.EnergyEvPerFormulaUnit, kink.MutualEnergyEvPerFormulaUnit, kink.EnergyKjPerMol, kink.Reaction);
        return table.ToString();
    }

    private static string Table(ImmutableArray<PairDocument> pairs)
    {
        var table = new Csv("first", "second", "x", "energy_ev_per_atom", "reaction", "mutual_x", "mutual_energy_ev_per_atom", "mutual_reaction", "error");
        foreach (var pair in pairs) table.Row(pair.First, pair.Second, pair.Minimum?.X, pair.Minimum?.EnergyEvPerAtom, pair.Minimum?.Reaction, pair.MutualMinimum?.X, pair.MutualMinimum?.EnergyEvPerAtom, pair.MutualMinimum?.Reaction, pair.Error);
        return table.ToString();
    }
}
