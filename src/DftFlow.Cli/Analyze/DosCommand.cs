using System.CommandLine;
using System.Globalization;
using DftFlow.Analysis.Electronic;
using DftFlow.Crystals;
using DftFlow.Crystals.Surfaces;

namespace DftFlow.Cli.Analyze;

/// <summary>Band centres of projected densities of states, and the shift between two systems.</summary>
internal static class DosCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "The directory of a run, its vasprun.xml or its DOSCAR, compressed or not." };
        var element = Text("--element", "El", "Whose states: an element.");
        var orbital = Text("--orbital", "NAME", "Which states: s, p, d, f, px, dxy, …, t2g, eg; several parted by commas.");
        var sites = Text("--sites", "1,4-8", "Only these sites, numbered from 1 in the POSCAR.");
        var spin = Text("--spin", "up|down|both", "Of which spin width, filling, moments, shift and table are: both unless given.");
        var window = Text("--window", "MIN:MAX", "The energies that count, relative to the zero in eV; or full, occupied, valence, manifold.");
        var occupied = Flag("--occupied", "Only states up to the Fermi level.");
        var valence = Flag("--valence", "Only the valence band: from the gap below it up to the Fermi level.");
        var zero = Text("--zero", "NAME", "Where the scale begins: fermi (unless given), vbm, vacuum, core, semicore or none.");
        var semicore = Text("--semicore", "El-l", "Which states are the semicore zero: O-s unless given.");
        var core = Text("--core", "El[-1s]", "Which core level is the zero: of an element or of sites (7), and which (O-1s, O-potential).");
        var side = Text("--side", "top|bottom", "Which vacuum level of a slab with two different sides: top unless given.");
        var interpolate = Flag("--interpolate-ends", "Cuts exactly at the window's ends, by linear interpolation.");
        var minus = Text("--minus", "PATH", "A second system, whose band centre is subtracted.");
        var minusSites = Text("--minus-sites", "1,4-8", "Its sites, where they are others.");
        var minusCore = Text("--minus-core", "El[-1s]", "Its core level, where it is of other sites.");
        var layers = Text("--layers", "axis[:Å]", "A band centre for each layer of the selected sites along a, b or c; layers part at gaps above 0.3 Å unless given.");
        var bondedTo = Text("--bonded-to", "El[:Å]", "A band centre for the selected sites by how many atoms of an element they are bonded to, or have within a distance.");
        var curves = Text("--curves", "O-p,Mn-d", "What is drawn beside the total, in place of the selection and the other elements.");
        var range = Text("--range", "MIN:MAX", "The energies that are drawn, relative to the zero in eV.");
        var svg = Text("--svg", "FILE", "Draws the density of states, as SVG.");
        var png = Text("--png", "FILE", "Draws it as PNG at 300 dots an inch.");
        var csv = Text("--csv", "FILE", "Writes what is drawn, as CSV.");
        var sensitivity = Text("--sensitivity", "FILE", "Writes the table of all windows and zeros, as CSV.");
        var json = AnalyzeCommand.JsonOption();
        var command = new Command("dos", "Band centre, width and filling of a projected density of states, and its shift between two systems.")
        {
            path, element, orbital, sites, spin, window, occupied, valence, zero, semicore, core, side, interpolate, minus, minusSites, minusCore, layers, bondedTo, curves, range, svg, png, csv, sensitivity, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            AnalyzeCommand.RefuseNoPath(parsed.GetValue(path)!);
            if (parsed.GetValue(minus) is { } second) AnalyzeCommand.RefuseNoPath(second);
            var (semicoreElement, semicoreShell) = Semicore(parsed.GetValue(semicore));
            var request = new BandCentreRequest(Selection(parsed.GetValue(element), parsed.GetValue(orbital), parsed.GetValue(sites)),
                Window(parsed.GetValue(window), parsed.GetValue(occupied), parsed.GetValue(valence)), OneOf<EnergyZero>("--zero", parsed.GetValue(zero)), semicoreElement, semicoreShell)
            {
                Core = Core(parsed.GetValue(core)),
                Side = OneOf<VacuumSide>("--side", parsed.GetValue(side)),
                Spin = OneOf<SpinChannel>("--spin", parsed.GetValue(spin)),
                InterpolateEnds = parsed.GetValue(interpolate),
            };
            if (parsed.GetValue(minus) is null && (parsed.GetValue(minusSites) ?? parsed.GetValue(minusCore)) is not null)
                throw Usage("--minus-sites and --minus-core are of the system that --minus names.", "Add --minus PATH.");
            var work = new DosWork(parsed.GetValue(path)!, request)
            {
                Minus = parsed.GetValue(minus) is { } other ? (other, request with
                {
                    Selection = parsed.GetValue(minusSites) is { } own ? request.Selection with { Sites = ProjectedDosSelection.ParseSites(own) } : request.Selection,
                    Core = parsed.GetValue(minusCore) is { } ownCore ? Core(ownCore) : request.Core,
                }) : null,
                Layers = parsed.GetValue(layers) is { } along ? Parted(along, AtomicLayers.DefaultToleranceA) : null,
                BondedTo = parsed.GetValue(bondedTo) is { } to ? Bonded(to) : null,
                Curves = parsed.GetValue(curves) is { } drawn ? [.. drawn.Split(',').Select(Curve)] : null,
                Range = parsed.GetValue(range) is { } limits ? Limits(limits) : null,
                Svg = parsed.GetValue(svg),
                Png = parsed.GetValue(png),
                Csv = parsed.GetValue(csv),
                SensitivityCsv = parsed.GetValue(sensitivity),
            };
            return RunAsync(work, parsed.GetValue(json), cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(DosWork work, bool json, CancellationToken cancellation)
    {
        DosResult result;
        await using (var progress = new TerminalProgress(TimeProvider.System))
        {
            // Whoever is interrupted does not wait for the end of a long step.
            result = await Task.Run(() => work.RunAsync(progress, cancellation), CancellationToken.None).WaitAsync(cancellation);
        }
        await OutputFiles.WriteAsync(result.Files, cancellation);
        if (json) Output.Json(result.Answer, AnalyzeJson.Default.DosAnswer);
        else DosScreen.Print(result.Answer);
        return ExitStatus.Done;
    }

    private static Option<string?> Text(string name, string help, string description) => new(name) { Description = description, HelpName = help };

    private static Option<bool> Flag(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.Zero };

    private static DftFlowException Usage(string message, string hint) => new("DF1900", message, hint);

    /// <summary>A name in lower case; the first of them where nothing is given.</summary>
    private static T OneOf<T>(string option, string? text) where T : struct, Enum
    {
        if (text is null) return default;
        var names = Enum.GetNames<T>().Select(name => name.ToLowerInvariant()).ToArray();
        return Array.IndexOf(names, text) is var index and >= 0 ? Enum.GetValues<T>()[index] : throw Usage($"'{text}' is none of the values of {option}.", $"There are {string.Join(", ", names)}.");
    }

    private static ProjectedDosSelection Selection(string? element, string? orbital, string? sites)
    {
        if (orbital is not null && !OrbitalNames.AreKnown(orbital))
            throw new DftFlowException("DF3205", $"'{orbital}' is not an orbital.", "Write s, p, d, f, a magnetic orbital as px, dxy, dz2, dx2-y2, fz3, or t2g or eg.");
        return new(ElementOf(element), orbital, sites is null ? default : ProjectedDosSelection.ParseSites(sites));
    }

    private static Element? ElementOf(string? symbol) => symbol is null ? null
        : Element.TryParse(symbol, out var element) ? element : throw new DftFlowException("DF3204", $"'{symbol}' is not an element.", "Write its symbol, as in O or Mn.");

    private static EnergyWindow Window(string? text, bool occupied, bool valence)
    {
        var window = text is null ? EnergyWindow.Full : EnergyWindow.Parse(text);
        if (!occupied && !valence) return window;
        if (occupied && valence || window.Part != BandPart.All) throw Usage("Only one of the windows occupied, valence and manifold can be meant.", "Leave the others out.");
        return window with { Part = occupied ? BandPart.Occupied : BandPart.Valence };
    }

    private static (Element?, char) Semicore(string? text)
    {
        if (text is null) return (null, 's');
        if (text.Split('-') is [var symbol, ['s' or 'p' or 'd' or 'f']] && Element.TryParse(symbol, out var element)) return (element, text[^1]);
        throw new DftFlowException("DF3206", $"'{text}' does not name a semicore level.", "Write element and shell, as in O-s.");
    }

    private static CoreLevelChoice Core(string? text) => text is null ? new() : CoreLevelChoice.Parse(text);

    private static ProjectedDosSelection Curve(string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        return Selection((dash < 0 ? text : text[..dash]).Trim(), dash < 0 ? null : text[(dash + 1)..], null);
    }

    private static (double, double) Limits(string text) => EnergyWindow.Parse(text) is { MinEv: { } from, MaxEv: { } to } ? (from, to)
        : throw new DftFlowException("DF3202", $"'{text}' is not a range of energies.", "Write MIN:MAX in eV relative to the zero, as in -10:4.");

    private static (Element, double?) Bonded(string text)
    {
        var (symbol, longest) = Parted(text, double.NaN);
        return (ElementOf(symbol)!, double.IsNaN(longest) ? null : longest);
    }

    private static (string Name, double LengthA) Parted(string text, double otherwise)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return (text, otherwise);
        return double.TryParse(text[(colon + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var length) && double.IsFinite(length) ? (text[..colon], length)
            : throw new DftFlowException("DF3210", $"'{text[(colon + 1)..]}' is not a length.", "Write a length in Å behind the colon, as in c:0.3 or Sc:2.5.");
    }
}
