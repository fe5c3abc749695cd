using DftFlow.Analysis.Charge.Bader;
using DftFlow.Crystals;
using DftFlow.Reports;
using DftFlow.Vasp.Outputs.Bader;

namespace DftFlow.Cli.Analyze;

/// <summary>Bader charges as other programs read them.</summary>
internal static class BaderTables
{
    public static AcfDat Acf(BaderCharges charges, Lattice cell) => new()
    {
        Atoms = [.. charges.Atoms.Select(atom => new Vasp.Outputs.Bader.BaderAtom(cell.ToCartesian(atom.Fractional), atom.Electrons, atom.MinDistanceA ?? double.NaN, atom.VolumeA3))],
        VacuumElectrons = charges.VacuumElectrons,
        VacuumVolumeA3 = charges.VacuumVolumeA3,
        ElectronCount = charges.ElectronsTotal,
    };

    public static string Csv(BaderCharges charges)
    {
        var table = new Csv("index", "element", "electrons", "spin_moment_mub", "charge_e", "volume_a3", "min_distance_a");
        foreach (var atom in charges.Atoms) table.Row(atom.Index, atom.Element?.Symbol, atom.Electrons, atom.SpinMomentMub, atom.ChargeE, atom.VolumeA3, atom.MinDistanceA);
        return table.ToString();
    }
}
