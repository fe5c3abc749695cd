namespace DftFlow.Vasp.Inputs.Rules;

/// <summary>DF1306: a calculation without spin that sets moments, or puts U on d or f states that are open in most compounds.</summary>
internal static class SpinWanted
{
    // d shells that are full in their compounds.
    private static readonly string[] Closed = ["Zn", "Cd", "Hg"];

    public static IEnumerable<Finding> Check(VaspInput input)
    {
        var incar = input.Incar;
        if (incar.Whole("ISPIN") is 2 || IsNoncollinear(incar)) yield break;
        if (incar.Numbers("MAGMOM") is { } moments && moments.Any(moment => moment != 0))
            yield return new Finding("DF1306", Severity.Warning, "MAGMOM has no effect: ISPIN is 1, without spin.", "Set ISPIN = 2 (spin-polarized: true), or leave MAGMOM out.", "MAGMOM");
        if (incar.Logical("LDAU") is not true || incar.Numbers("LDAUU") is not { } u) yield break;
        var open = Poscar.Blocks(input.Structure).Index()
            .Where(pair => pair.Index < u.Length && u[pair.Index] != 0).Select(pair => pair.Item.Element).Distinct()
            .Where(element => element.Block is 'd' or 'f' && !Closed.Contains(element.Symbol)).ToArray();
        if (open.Length > 0)
            yield return new Finding("DF1306", Severity.Warning, $"U acts on {string.Join(", ", open.Select(element => element.Symbol))}, but the calculation has no spin (ISPIN = 1).",
                "Set ISPIN = 2 (with 'spin' or 'spin-polarized: true'), unless these shells are empty or full.", "ISPIN");
    }

    public static bool IsNoncollinear(Incar incar) => incar.Logical("LNONCOLLINEAR") is true || incar.Logical("LSORBIT") is true;
}
