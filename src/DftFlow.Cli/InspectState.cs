using DftFlow.Vasp.Inspection;
using DftFlow.Vasp.Outputs.Grids;

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

    public static string Name(GridMeaning meaning) => meaning switch
    {
        GridMeaning.ElfUp => "elf_up",
        GridMeaning.ElfDown => "elf_down",
        _ => meaning.ToString().ToLowerInvariant(),
    };

    public static string Name(FileKind kind) => kind switch
    {
        FileKind.BaderCharges => "bader_charges",
        FileKind.StandardOutput => "standard_output",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
