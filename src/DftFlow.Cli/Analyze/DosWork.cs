using System.Collections.Immutable;
using System.Text;
using DftFlow.Analysis;
using DftFlow.Analysis.Electronic;
using DftFlow.Crystals;
using DftFlow.Reports;
using DftFlow.Reports.Figures;

namespace DftFlow.Cli.Analyze;

/// <summary>The answer, and the files that are to be written.</summary>
internal sealed record DosResult(DosAnswer Answer, List<(string Path, ReadOnlyMemory<byte> Bytes)> Files);

/// <summary>What <c>dftflow analyze dos</c> was asked for, and how it is done.</summary>
internal sealed record DosWork(string Path, BandCentreRequest Request)
{
    public (string Path, BandCentreRequest Request)? Minus { get; init; }

    public (string Axis, double ToleranceA)? Layers { get; init; }

    public (Element Element, double? LongestA)? BondedTo { get; init; }

    public ImmutableArray<ProjectedDosSelection>? Curves { get; init; }

    public (double From, double To)? Range { get; init; }

    public string? Svg { get; init; }

    public string? Png { get; init; }

    public string? Csv { get; init; }

    public string? SensitivityCsv { get; init; }

    private bool Draws => (Svg ?? Png ?? Csv) is not null;

    /// <summary>One of the systems, with what was found.</summary>
    private sealed record Subject(string Path, DosRunFiles Files, BandCentreRequest Request, BandCentre? Centre, DftFlowException? NoCentre)
    {
        public DosRun Run => Files.Run;

        public double ZeroEv { get; } = Request.PlaceZero(Files.Run).ZeroEv;

        public static Subject Of(string path, DosRunFiles files, BandCentreRequest request)
        {
            try
            {
                return new(path, files, request, BandCentre.Compute(files.Run, request), null);
            }
            // That there is no manifold is an answer.
            catch (DftFlowException error) when (error.Code == "DF3209")
            {
                return new(path, files, request, null, error);
            }
            catch (DftFlowException error)
            {
                throw error.InFile(path);
            }
        }
    }

    public async Task<DosResult> RunAsync(IProgress<AnalysisStep> progress, CancellationToken cancellation)
    {
        string?[] outputs = [Svg, Png, Csv, SensitivityCsv];
        GridFiles.CheckOutputs(outputs, []);
        var readings = new[] { (Path, Request) }.Concat(Minus is { } minus ? [minus] : Array.Empty<(string, BandCentreRequest)>())
            .Select(one => DosRunFiles.ReadAsync(one.Item1, new DosReading(Keep(one.Item2)), progress, cancellation)).ToArray();
        var files = await Task.WhenAll(readings);
        GridFiles.CheckOutputs(outputs, files.SelectMany(one => one.Inputs).Select(input => input.File));
        progress.Report(new("computing band centres"));
        var (request, second) = Minus is null ? (Request, null) : WithOneCoreLevel(files[0].Run, files[1].Run);
        var system = Subject.Of(Path, files[0], request);
        var other = second is null ? null : Subject.Of(Minus!.Value.Path, files[1], second);
        var sensitivity = Sensitivity.Of(system.Run, system.Request, other is null ? null : (other.Run, other.Request));
        var groups = Groups(system, other).Concat(other is null ? [] : Groups(other, system)).ToImmutableArray();
        var written = Files(system, other, sensitivity, progress);
        return new(Answer(system, other, sensitivity, groups, [.. written.Select(file => file.Path)]), written);
    }

    private (BandCentreRequest, BandCentreRequest?) WithOneCoreLevel(DosRun first, DosRun second) => BandCentreShift.WithOneCoreLevel(first, Request, second, Minus!.Value.Request);

    /// <summary>Which projections are needed: all for a figure, else those of the selection and of the semicore level.</summary>
    private Func<int, Element?, bool>? Keep(BandCentreRequest request)
    {
        if (Draws) return null;
        var (selection, semicore) = (request.Selection, request.SemicoreElement ?? Element.Parse("O"));
        var sites = selection.Sites.IsDefaultOrEmpty ? null : selection.Sites.ToHashSet();
        // The bands of an element are those of all its sites.
        return (site, element) => element == semicore || (selection.Element is { } named ? element == named : sites?.Contains(site + 1) ?? !selection.IsTotal);
    }

    private IEnumerable<SiteGroupDocument> Groups(Subject system, Subject? other)
    {
        var groups = new List<SiteGroup>();
        if (Layers is { } layers) groups.AddRange(SiteGroups.Layers(system.Run, system.Request.Selection, layers.Axis, layers.ToleranceA));
        // Of two systems, one may be without the element: bare beside coated. That none has it is told by the grouping.
        if (BondedTo is { } bonded && (Has(system) || other is null || !Has(other)))
            groups.AddRange(SiteGroups.BondedTo(system.Run, system.Request.Selection, bonded.Element, bonded.LongestA));
        return SiteGroups.Centres(system.Run, system.Request, groups).Select(one => new SiteGroupDocument(system.Path, one.Group.Name, one.Group.HeightA, one.Group.Sites, one.Group.Sites.Length,
            DosAnswer.BySpin(one.Centre), DosAnswer.Finite(one.Centre?.WidthEv), DosAnswer.Finite(one.Centre?.Filling), one.Centre?.States, one.Reason));

        bool Has(Subject one) => one.Run.Sites.Contains(BondedTo!.Value.Element);
    }

    private List<(string Path, ReadOnlyMemory<byte> Bytes)> Files(Subject system, Subject? other, ImmutableArray<SensitivityCell> sensitivity, IProgress<AnalysisStep> progress)
    {
        var files = new List<(string, ReadOnlyMemory<byte>)>();
        if (Draws)
        {
            progress.Report(new("drawing"));
            var drawing = new DosDrawing([.. new[] { system, other }.OfType<Subject>().Select(one => new DosDrawingSystem(NameOf(one, one == system ? other : system), one.Run, one.Request, one.Centre))], Curves, Range);
            if (Svg is not null) files.Add((Svg, Encoding.UTF8.GetBytes(drawing.Svg())));
            if (Png is not null) files.Add((Png, drawing.Png()));
            if (Csv is not null) files.Add((Csv, Encoding.UTF8.GetBytes(drawing.Csv())));
        }
        if (SensitivityCsv is not null) files.Add((SensitivityCsv, Encoding.UTF8.GetBytes(Table(sensitivity))));
        return files;
    }

    private static string Table(ImmutableArray<SensitivityCell> cells)
    {
        var csv = new Csv("window", "zero", "band_centre_ev", "minus_band_centre_ev", "shift_ev", "reason");
        foreach (var cell in cells) csv.Row(cell.Window, DosAnswer.NameOf(cell.Zero), cell.BandCentreEv, cell.MinusBandCentreEv, cell.ShiftEv, cell.Reason);
        return csv.ToString();
    }

    /// <summary>A system's formula; where two have the same, the directory's name.</summary>
    private static string NameOf(Subject system, Subject? other)
    {
        var formula = system.Run.Structure?.Composition.ReducedFormula;
        if (formula is not null && formula != other?.Run.Structure?.Composition.ReducedFormula) return formula;
        var path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(system.Path));
        return System.IO.Path.GetFileName(Directory.Exists(path) ? path : System.IO.Path.GetDirectoryName(path)) is { Length: > 0 } name ? name : system.Path;
    }

    private DosAnswer Answer(Subject system, Subject? other, ImmutableArray<SensitivityCell> sensitivity, ImmutableArray<SiteGroupDocument> groups, ImmutableArray<string> files)
    {
        var centre = system.Centre;
        var shift = centre is not null && other?.Centre is { } second ? BandCentreShift.Between(centre, second) : null;
        var selection = system.Request.Selection;
        return new DosAnswer
        {
            Path = Path,
            Element = selection.Element?.Symbol,
            Orbital = selection.Orbital,
            Sites = SitesOf(selection),
            Spin = DosAnswer.NameOf(system.Request.Spin),
            BandCentreEv = DosAnswer.BySpin(centre),
            BandWidthEv = DosAnswer.Finite(centre?.WidthEv),
            Skewness = DosAnswer.Finite(centre?.Skewness),
            Kurtosis = DosAnswer.Finite(centre?.Kurtosis),
            Filling = DosAnswer.Finite(centre?.Filling),
            NSites = centre?.SiteCount,
            States = centre?.States,
            Window = Sensitivity.NameOf(system.Request.Window),
            WindowEv = DosAnswer.WindowOf(centre),
            Zero = DosAnswer.NameOf(system.Request.Zero),
            ZeroEv = system.ZeroEv,
            FermiEv = system.Run.FermiEnergyEv - system.ZeroEv,
            ShiftEv = shift?.ShiftEv,
            ShiftBySpinEv = shift is null ? null : new(shift.Of.TotalEv - shift.Minus.TotalEv, shift.UpEv, shift.DownEv),
            Alignment = shift?.Alignment,
            Minus = other is null ? null : new(other.Path, SitesOf(other.Request.Selection), DosAnswer.BySpin(other.Centre), DosAnswer.Finite(other.Centre?.WidthEv), DosAnswer.Finite(other.Centre?.Filling),
                other.Centre?.SiteCount, other.Centre?.States, DosAnswer.WindowOf(other.Centre), other.ZeroEv, other.Run.FermiEnergyEv - other.ZeroEv),
            Sensitivity = [.. sensitivity.Select(cell => new SensitivityDocument(cell.Window, DosAnswer.NameOf(cell.Zero), cell.BandCentreEv, cell.MinusBandCentreEv, cell.ShiftEv, cell.Reason))],
            Groups = groups,
            Files = files,
            Definition = Definition(system, other, shift),
            Inputs = [.. new[] { system, other }.OfType<Subject>().SelectMany(one => one.Files.Inputs).Distinct().Select(input => new InputDocument(input.File, input.Sha256))],
            Warnings = [.. new[] { system, other }.OfType<Subject>().SelectMany(one => Warnings(one).Select(warning => other is null ? warning : $"{one.Path}: {warning}")).Distinct()],
        };
    }

    private static ImmutableArray<int>? SitesOf(ProjectedDosSelection selection) => selection.Sites.IsDefaultOrEmpty ? null : selection.Sites;

    private static IEnumerable<string> Warnings(Subject system)
    {
        foreach (var warning in system.Files.Warnings) yield return warning;
        foreach (var warning in system.Centre?.Warnings ?? system.Run.Warnings) yield return warning;
        if (system.NoCentre is { } none) yield return $"There is no band centre. {none.Message} {none.Hint}";
        if (system.Centre is { } centre && !double.IsFinite(centre.WidthEv)) yield return "The width is the root of a negative number, since the density is negative in places: it and the higher moments are left out.";
        else if (system.Centre is { } narrow && !(double.IsFinite(narrow.Skewness) && double.IsFinite(narrow.Kurtosis))) yield return "The band has no width: it has no skewness and no kurtosis.";
    }

    private static string Definition(Subject system, Subject? other, BandCentreShift? shift)
    {
        var text = new StringBuilder("band_centre_ev: ").Append(system.Centre?.Definition ?? "there is none.");
        text.Append(" band_width_ev: σ, square root of the second central moment; skewness: third central moment over σ³; kurtosis: fourth over σ⁴ (3 of a Gaussian); filling: states at or below the Fermi level over all in the window; states: ∫g over the window, in the spheres of the projection. All of these are of the spin that is named, band_centre_ev of each and of both.");
        if (other is not null) text.Append(" minus: ").Append(other.Centre?.Definition ?? "there is none.");
        if (shift is not null) text.Append(" shift_ev: band centre minus that of the second system. ").Append(shift.Alignment);
        return text.Append(" sensitivity: the same over other windows and from other zeros; a window given by its limits holds the same states from every zero.").ToString();
    }
}
