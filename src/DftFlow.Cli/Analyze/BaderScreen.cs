using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Analysis.Charge.Bader;

namespace DftFlow.Cli.Analyze;

/// <summary>Bader charges on a screen.</summary>
internal static class BaderScreen
{
    private const int MostAtoms = 60;

    public static void Print(BaderCharges charges, ImmutableArray<BaderComparison> comparison)
    {
        var lines = new List<string>();
        var spin = charges.Atoms.Any(atom => atom.SpinMomentMub is not null);
        lines.Add(Ink.Dim($"{"atom",10} {"electrons",11} {"charge, e",11} {(spin ? $"{"moment, µB",11} " : "")}{"volume, Å³",11} {"to surface, Å",14}"));
        foreach (var atom in charges.Atoms.Take(MostAtoms))
            lines.Add($"{atom.Element?.Symbol,4} {Whole(atom.Index),5} {Number(atom.Electrons, "0.0000"),11} {Signed(atom.ChargeE),11} {(spin ? $"{Signed(atom.SpinMomentMub),11} " : "")}{Number(atom.VolumeA3, "0.000"),11} {Number(atom.MinDistanceA, "0.000"),14}");
        if (charges.Atoms.Length > MostAtoms) lines.Add($"{"",10} and {Whole(charges.Atoms.Length - MostAtoms)} more atoms (all with --json or --csv)");
        var kinds = charges.Atoms.GroupBy(atom => atom.Element?.Symbol).Select(BaderElementDocument.Of).ToArray();
        lines.Add("");
        foreach (var kind in kinds)
            lines.Add($"{kind.Element,4} {Ink.Dim("mean of")} {Whole(kind.N)}: {Ink.Bold($"{Signed(kind.MeanChargeE)} e")}{(kind.N > 1 && kind.MinChargeE is not null ? Ink.Dim($"  ({Signed(kind.MinChargeE)} to {Signed(kind.MaxChargeE)})") : "")}");
        lines.Add("");
        lines.Add($"{BaderAnswer.Name(charges.Method)}, basins of {Output.Printable(charges.Reference)}: {Number(charges.ElectronsTotal, "0.0000")} electrons{(charges.ElectronsExpected is { } expected ? $" of {Number(expected, "0.####")}" : "")}, {Whole(charges.MaximumCount)} maxima for {Output.Count(charges.Atoms.Length, "atom")}{(charges.VacuumVolumeA3 > 0 ? $", {Number(charges.VacuumElectrons, "0.0000")} electrons in {Number(charges.VacuumVolumeA3, "0.0")} Å³ of vacuum" : "")}");
        foreach (var other in comparison)
            lines.Add($"{BaderAnswer.Name(other.Method)} on {Whole(other.Grid.X)} × {Whole(other.Grid.Y)} × {Whole(other.Grid.Z)}: differs by at most {Number(other.LargestDifferenceE, "0.0000")} e");
        foreach (var warning in charges.Warnings) lines.Add(Ink.Yellow("warning: ") + Output.Printable(warning));
        Console.Out.Write(string.Join('\n', lines) + "\n");
    }

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "–";

    private static string Signed(double? value) => value?.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture) ?? "–";
}
