using DftFlow.Vasp.Inspection;

namespace DftFlow.Cli;

/// <summary>Words of <c>dftflow inspect</c>.</summary>
internal static class InspectState
{
    /// <summary>converged, unconverged (the run ended by itself), incomplete (it did not), or unknown.</summary>
    public static string Of(Inspection inspection) => inspection.Facts switch
    {
        { Complete: false } => "incomplete",
        { Converged: true } => "converged",
        { Converged: false } => "unconverged",
        _ => "unknown",
    };

    public static string Name(FileKind kind) => kind switch
    {
        FileKind.BaderCharges => "bader_charges",
        FileKind.StandardOutput => "standard_output",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
