using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text;
using DftFlow.Analysis.Charge;
using DftFlow.Crystals;
using DftFlow.Reports;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Cli.Analyze;

/// <summary>The electron localisation function along bonds.</summary>
internal static class ElfCommand
{
    private const int MostBondsOnScreen = 24;

    private sealed record Request(string Path, GridSpin? Spin, ElfBondOptions Bonds, string? Profiles, string? Cube);

    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "An ELFCAR, compressed or not, or the directory of a run that holds one." };
        var pairs = new Option<string?>("--pairs") { Description = "Pairs of elements, as in Sc-O,Mn-O [default: those that are bonded].", HelpName = "PAIRS" };
        var longest = new Option<double?>("--max-distance") { Description = "The longest bond in Å [default: 1.3 times the sum of the covalent radii].", HelpName = "Å" };
        var spin = GridFiles.SpinOption();
        var radii = new Option<string?>("--core-radius") { Description = "Radii within which the line is left out, as in Sc=0.9,O=0.4 [default: half of the covalent radius].", HelpName = "El=Å" };
        var fraction = new Option<double>("--core-fraction") { Description = "The core's radius as a part of the covalent radius, where none is given.", HelpName = "PART", DefaultValueFactory = _ => new ElfBondOptions().CoreFraction };
        var profiles = new Option<string?>("--profiles") { Description = "Writes the values along each bond, as CSV.", HelpName = "FILE.csv" };
        var cube = new Option<string?>("--cube") { Description = "Writes the ELF as a Gaussian cube file, for viewers of isosurfaces.", HelpName = "FILE.cube" };
        var json = AnalyzeCommand.JsonOption();
        var command = new Command("elf", "The electron localisation function along bonds: maximum, minimum and middle, bond by bond and by pairs of elements.") { path, pairs, longest, spin, radii, fraction, profiles, cube, json };
        command.SetAction((parsed, cancellation) => RunAsync(new(parsed.GetValue(path)!, GridFiles.Spin(parsed.GetValue(spin)), new()
        {
            Pairs = Pairs(parsed.GetValue(pairs)), MaxDistanceA = parsed.GetValue(longest), CoreFraction = parsed.GetValue(fraction), CoreRadiiA = Radii(parsed.GetValue(radii)),
        }, parsed.GetValue(profiles), parsed.GetValue(cube)), parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Request request, bool json, CancellationToken cancellation)
    {
        await using var progress = new TerminalProgress(TimeProvider.System);
        var file = GridFiles.Find(request.Path, "ELFCAR");
        string[] outputs = [.. ((string?[])[request.Profiles, request.Cube]).OfType<string>()];
        GridFiles.CheckOutputs(outputs, [file]);
        progress.Report(new($"reading {Path.GetFileName(file)}"));
        var read = await GridInput.ReadAsync(file, GridKind.Elf, cancellation: cancellation).WaitAsync(cancellation);
        var data = read.Content;
        if (data.Structure is not { } structure)
            throw new DftFlowException("DF3232", "The file does not name its elements, without which there are no bonds.", "Write their symbols as a line of their own before the numbers of atoms (line 6).", file: file);
        progress.Report(new("looking along bonds"));
        var (elf, warnings, answer) = await Task.Run(() =>
        {
            var quantity = GridQuantity.Of(data, null, request.Spin);
            var elf = new ElfAlongBonds(new(data.Lattice, data.Dimensions, quantity.Values), structure, request.Bonds);
            ImmutableArray<string> warnings = [.. GridFiles.Warnings(read), .. Warnings(elf, request, data)];
            return (elf, warnings, ElfAnswer.Of(request.Path, read, quantity.Name, request.Spin ?? GridSpin.Both, elf, structure, outputs, warnings));
        }, CancellationToken.None).WaitAsync(cancellation);
        var files = new List<(string, Func<Stream, Task>)>();
        if (request.Profiles is { } profiles) files.Add((profiles, stream => WriteProfilesAsync(stream, elf, structure, cancellation)));
        // The array of the first block is the one that was looked at.
        if (request.Cube is { } cube) files.Add(GridFiles.Cube(cube, data, data.Blocks[request.Spin == GridSpin.Down && data.Blocks.Length > 1 ? 1 : 0], answer.Quantity, progress, cancellation));
        await OutputFiles.WriteAsync(files, cancellation);
        await progress.DisposeAsync();
        if (json) Output.Json(answer, AnalyzeJson.Default.ElfAnswer);
        else Print(answer, warnings);
        return ExitStatus.Done;
    }

    private static IEnumerable<string> Warnings(ElfAlongBonds elf, Request request, VolumetricData<double> data)
    {
        if (data.Blocks.Length == 1 && request.Spin is GridSpin.Up or GridSpin.Down) yield return "The calculation has no spin: its ELF is that of either spin.";
        foreach (var pair in elf.ByPair.Where(pair => pair.Count == 0))
            yield return string.Create(CultureInfo.InvariantCulture, $"There is no {pair.Pair} pair within {elf.LimitsA[pair.Pair]:0.###} Å.");
        var covered = elf.Bonds.Count(bond => bond.Max is null);
        if (covered > 0) yield return $"Of {Output.Count(covered, "bond")} the cores leave nothing between them: no maximum or minimum is told.";
    }

    private static async Task WriteProfilesAsync(Stream stream, ElfAlongBonds elf, Structure structure, CancellationToken cancellation)
    {
        await using var text = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true);
        await text.WriteAsync(Csv.Line("pair", "i", "j", "image", "distance_a", "at_a", "elf", "in_core"));
        foreach (var bond in elf.Bonds)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var (at, value, inCore) in elf.Profile(bond))
                await text.WriteAsync(Csv.Line(bond.Pair, bond.I + 1, bond.J + 1, FormattableString.Invariant($"{bond.Image.A} {bond.Image.B} {bond.Image.C}"), bond.DistanceA, at, value, inCore));
        }
    }

    private static ImmutableArray<(Element, Element)> Pairs(string? text) => text is null ? [] : [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(pair =>
        pair.Split(['-', '–'], StringSplitOptions.TrimEntries) is [var first, var second] && Element.TryParse(first, out var one) && Element.TryParse(second, out var other)
            ? (one, other) : throw new DftFlowException("DF3232", $"'{pair}' is no pair of elements.", "Give symbols with a hyphen between them, as in --pairs Sc-O,Mn-O."))];

    private static ImmutableDictionary<Element, double> Radii(string? text)
    {
        var radii = ImmutableDictionary.CreateBuilder<Element, double>();
        foreach (var part in text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
            if (part.Split('=', StringSplitOptions.TrimEntries) is [var symbol, var number] && Element.TryParse(symbol, out var element) && double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var radius))
                radii[element] = radius;
            else throw new DftFlowException("DF3232", $"'{part}' is no core radius.", "Give an element and a radius in Å, as in --core-radius Sc=0.9,O=0.4.");
        return radii.ToImmutable();
    }

    private static void Print(ElfAnswer answer, ImmutableArray<string> warnings)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Ink.Bold(answer.Quantity)}  {string.Join(" × ", answer.Grid)} points  {Ink.Dim(Output.Printable(answer.File))}\n");
        text.Append("  pair        n   length, Å      max      min   middle\n");
        foreach (var (pair, of) in answer.ByPair)
            text.Append(CultureInfo.InvariantCulture, $"  {pair,-6} {of.N,6}   {Number(of.MeanDistanceA),9}   {Number(of.MeanElfMax),6}   {Number(of.MeanElfMin),6}   {Number(of.MeanElfMid),6}\n");
        if (answer.Bonds.Length > 0) text.Append("  bond                                           max at      min at\n");
        foreach (var bond in answer.Bonds.Take(MostBondsOnScreen))
            text.Append(CultureInfo.InvariantCulture, $"  {Atom(bond.Pair.Split('-')[0], bond.I)}–{Atom(bond.Pair.Split('-')[1], bond.J),-8} {bond.DistanceA,6:0.000}   {Number(bond.ElfMax),6}   {Number(bond.ElfMin),6}   {Number(bond.ElfMid),6}  {Number(bond.ElfMaxAtA),6} Å    {Number(bond.ElfMinAtA),6} Å\n");
        if (answer.Bonds.Length > MostBondsOnScreen) text.Append(CultureInfo.InvariantCulture, $"  and {answer.Bonds.Length - MostBondsOnScreen} more; all are in --json\n");
        text.Append(CultureInfo.InvariantCulture, $"  left out around each atom: {string.Join(", ", answer.CoreRadiiA.Select(core => FormattableString.Invariant($"{core.Key} {core.Value:0.00}")))} Å\n");
        foreach (var warning in warnings) text.Append(Ink.Yellow("warning: ")).Append(Output.Printable(warning)).Append('\n');
        Console.Out.Write(text.ToString());

        static string Atom(string element, int site) => string.Create(CultureInfo.InvariantCulture, $"{element}{site}").PadLeft(8);

        static string Number(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "–";
    }
}
