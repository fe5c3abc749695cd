using System.Globalization;

namespace DftFlow.Crystals.Surfaces;

/// <summary>What is doubtful about a slab.</summary>
internal static class SlabFindings
{
    public static IEnumerable<Finding> Of(BuiltSlab slab)
    {
        if (slab.VacuumA < SlabCell.LeastVacuumA)
            yield return new("DF1312", Severity.Warning, Text($"The vacuum is {slab.VacuumA:0.##} Å: the slab may feel its images."),
                "Take 10 Å at least, 15 Å for work functions and dipoles.");
        if (slab.Top.Polarity is { TaskerType: 3 } polarity)
            yield return new("DF1615", Severity.Warning,
                Text($"The termination {slab.Top.Id} of {slab.Surface.Cell.Plane} is polar (Tasker type 3): each repeat has a dipole of {polarity.RepeatDipolePerAreaEPerA:0.###} e/Å along the normal.")
                + (slab.IsSymmetric ? Text($" The slab is symmetric, so that its dipoles cancel; its charges add up to {slab.ChargeE:+0.###;-0.###;0} e, which the electrons make up for.") : ""),
                Remedy(slab));
        if (!slab.IsStoichiometric)
            yield return new("DF1616", Severity.Info,
                Text($"The slab is not stoichiometric: it holds {slab.Excess.Formula} beside {Spelling.Count(slab.FormulaUnits, "formula unit")}, both sides together."),
                "A surface energy needs the chemical potentials of what is in excess.");
    }

    private static string Remedy(BuiltSlab slab)
    {
        var others = slab.Surface.Terminations.Where(termination => termination.Polarity is { TaskerType: < 3 }).Select(termination => termination.Id).ToList();
        return others.Count > 0
            ? $"Not polar: {string.Join(", ", others)}."
            : "No termination of this plane is free of it. Choose another plane; or move half of the outermost charged layer to the other side in a file of your own; correct for the dipole (LDIPOL, IDIPOL = 3).";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
