using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using DftFlow.Vasp.Inspection;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Cli;

/// <summary>The documents of <c>dftflow inspect --json</c>. They are written by hand: nothing has to be looked up when the command starts.</summary>
internal sealed class InspectJson(Utf8JsonWriter json)
{
    private const string Definition = "Energies of the last finished ionic step (final_energy_ev: energy(sigma→0); free_energy_ev: TOTEN). "
        + "band_gap_ev: lowest unoccupied minus highest occupied eigenvalue over all k-points and both spins, a state that is more than half filled being occupied; "
        + "0 where they overlap, a band crosses the Fermi level, or a level is filled to between 0.1 and 0.9. site_magnetizations_mub: the code's own projection on spheres, of the last step. "
        + "sha256: of the files as they are stored.";

    private readonly List<string> warnings = [];

    public static byte[] Document(Inspection inspection) => Written(document => document.Run(inspection, alone: true));

    public static byte[] Document(IReadOnlyList<InspectedPath> all) => Written(document => document.Runs(all));

    private static byte[] Written(Action<InspectJson> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            write(new InspectJson(json));
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    private void Runs(IReadOnlyList<InspectedPath> all)
    {
        json.WriteStartArray("runs");
        foreach (var one in all)
        {
            json.WriteStartObject();
            if (one.Inspection is { } inspection)
            {
                warnings.Clear();
                Run(inspection, alone: false);
            }
            else
            {
                json.WriteString("path", one.Path);
                Error(one.Error!);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("definition", Definition);
        Inputs(all.SelectMany(one => one.Inspection?.Inputs ?? []));
        // Each run has its own.
        json.WriteStartArray("warnings");
        foreach (var one in all)
            if (one.Error is { } error) json.WriteStringValue($"{one.Path}: {error.Code}: {error.Message}");
        json.WriteEndArray();
    }

    private void Run(Inspection inspection, bool alone)
    {
        var facts = inspection.Facts;
        warnings.AddRange(inspection.Warnings);
        json.WriteString("path", inspection.Path);
        json.WriteString("state", InspectState.Of(inspection));
        Text("formula", facts.Composition?.ReducedFormula);
        Number("n_atoms", facts.AtomCount);
        Text("program", facts.Program);
        Text("version", facts.Version);
        Number("final_energy_ev", facts.Steps?.FinalEnergyEv);
        Number("free_energy_ev", facts.Steps?.FreeEnergyEv);
        Number("fermi_energy_ev", facts.FermiEnergyEv);
        Number("n_ionic_steps", facts.Steps?.Count);
        Number("n_electronic_steps_last", facts.Steps?.ElectronicStepsInLast);
        Truth("electronic_converged", facts.Steps?.ElectronicConverged);
        Truth("ionic_converged", facts.Steps?.IonicConverged);
        Truth("converged", facts.Converged);
        Truth("complete", facts.Complete);
        Truth("spin_polarized", facts.SpinPolarized);
        Truth("noncollinear", facts.Noncollinear);
        Number("n_kpoints", facts.KPointCount);
        Number("n_bands", facts.BandCount);
        Number("band_gap_ev", facts.Edges?.GapEv);
        Number("vbm_ev", facts.Edges?.VbmEv);
        Number("cbm_ev", facts.Edges?.CbmEv);
        Truth("gap_is_direct", facts.Edges is { IsMetal: false } edges ? edges.IsDirect : null);
        Moment("total_magnetization_mub", facts.TotalMagnetizationMub);
        SiteMoments(facts.SiteMagnetizationsMub);
        Grids(facts.Grids);
        Truncated(inspection.Truncated);
        json.WriteStartArray("diagnoses");
        foreach (var diagnosis in facts.Diagnoses)
        {
            json.WriteStartObject();
            json.WriteString("id", diagnosis.Id);
            json.WriteString("class", diagnosis.Class.ToString().ToLowerInvariant());
            json.WriteString("evidence", diagnosis.Evidence);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        Text("stop_message", facts.Complete == false ? facts.StopMessage : null);
        Parameters(facts.Parameters);
        if (alone) json.WriteString("definition", Definition);
        Inputs(inspection.Inputs);
        json.WriteStartArray("warnings");
        foreach (var warning in warnings) json.WriteStringValue(warning);
        json.WriteEndArray();
    }

    private void Error(DftFlowException error)
    {
        json.WriteStartObject("error");
        json.WriteString("code", error.Code);
        json.WriteString("message", error.Message);
        Text("file", error.File);
        Number("line", error.Line);
        Number("column", error.Column);
        Text("hint", error.Hint);
        json.WriteEndObject();
    }

    private void Grids(ImmutableArray<GridFacts> grids)
    {
        if (grids.IsEmpty)
        {
            json.WriteNull("grids");
            return;
        }
        json.WriteStartObject("grids");
        foreach (var grid in grids)
        {
            json.WriteStartObject(grid.Name);
            json.WriteStartArray("dims");
            json.WriteNumberValue(grid.Dimensions.X);
            json.WriteNumberValue(grid.Dimensions.Y);
            json.WriteNumberValue(grid.Dimensions.Z);
            json.WriteEndArray();
            json.WriteStartArray("blocks");
            foreach (var block in grid.Blocks)
            {
                json.WriteStartObject();
                json.WriteString("meaning", InspectState.Name(block.Meaning));
                Number("min", block.Min);
                Number("max", block.Max);
                Number("mean", block.Mean);
                Number("integral_electrons", block.IntegralElectrons);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private void Truncated(TruncatedFile? truncated)
    {
        if (truncated is null)
        {
            json.WriteNull("truncated");
            return;
        }
        json.WriteStartObject("truncated");
        json.WriteString("file", truncated.File);
        json.WriteNumber("byte", truncated.At.Byte);
        json.WriteNumber("ionic_step", truncated.At.IonicStep);
        json.WriteString("reason", truncated.At.Reason);
        json.WriteEndObject();
    }

    private void SiteMoments(ImmutableArray<ImmutableArray<double>> moments)
    {
        if (moments.IsEmpty)
        {
            json.WriteNull("site_magnetizations_mub");
            return;
        }
        json.WriteStartArray("site_magnetizations_mub");
        foreach (var moment in moments) Moment(null, moment, "site_magnetizations_mub");
        json.WriteEndArray();
    }

    /// <summary>One number, three in an array, or null.</summary>
    private void Moment(string? key, ImmutableArray<double> moment, string? name = null)
    {
        if (key is not null) json.WritePropertyName(key);
        if (moment.IsEmpty) json.WriteNullValue();
        else if (moment is [var one]) Value(one, name ?? key!);
        else
        {
            json.WriteStartArray();
            foreach (var component in moment) Value(component, name ?? key!);
            json.WriteEndArray();
        }
    }

    private void Parameters(VaspParameters? parameters)
    {
        if (parameters is null)
        {
            json.WriteNull("parameters");
            return;
        }
        json.WriteStartObject("parameters");
        foreach (var (tag, value) in parameters.All)
        {
            json.WritePropertyName(tag);
            Parameter(value, tag);
        }
        json.WriteEndObject();
    }

    private void Parameter(ParameterValue parameter, string tag)
    {
        switch (parameter)
        {
            case ParameterValue.Whole { Value: var whole }: json.WriteNumberValue(whole); break;
            case ParameterValue.Real { Value: var real }: Value(real, tag); break;
            case ParameterValue.Flag { Value: var flag }: json.WriteBooleanValue(flag); break;
            case ParameterValue.Text { Value: var text }: json.WriteStringValue(text); break;
            case ParameterValue.List { Values: var values }:
                json.WriteStartArray();
                foreach (var value in values) Parameter(value, tag);
                json.WriteEndArray();
                break;
        }
    }

    private void Inputs(IEnumerable<InspectedFile> inputs)
    {
        json.WriteStartArray("inputs");
        foreach (var input in inputs)
        {
            json.WriteStartObject();
            json.WriteString("file", input.File);
            json.WriteString("sha256", input.Sha256);
            json.WriteString("kind", InspectState.Name(input.Kind));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void Text(string key, string? text) => json.WriteString(key, text);

    private void Truth(string key, bool? truth)
    {
        if (truth is { } known) json.WriteBoolean(key, known);
        else json.WriteNull(key);
    }

    private void Number(string key, int? number)
    {
        if (number is { } known) json.WriteNumber(key, known);
        else json.WriteNull(key);
    }

    private void Number(string key, double? number)
    {
        json.WritePropertyName(key);
        if (number is { } known) Value(known, key);
        else json.WriteNullValue();
    }

    private void Value(double number, string key)
    {
        if (double.IsFinite(number))
        {
            // Without the sign of a zero.
            json.WriteNumberValue(number + 0.0);
            return;
        }
        json.WriteNullValue();
        var warning = $"{key} holds what is not a finite number.";
        if (!warnings.Contains(warning)) warnings.Add(warning);
    }
}
