using System.Globalization;
using DftFlow.Crystals;

namespace DftFlow.Vasp.Inputs.Rules;

/// <summary>
/// DF1301: LDAUL, LDAUU and LDAUJ do not fit POSCAR's element blocks. DF1302: LDAU is on and a vector is missing, where VASP takes
/// l = 2, U = 1 eV and J = 1 eV for every element (VASP wiki: LDAUL, LDAUU, LDAUJ).
/// </summary>
internal static class HubbardVectors
{
    private static readonly string[] Vectors = ["LDAUL", "LDAUU", "LDAUJ"];

    public static IEnumerable<Finding> Check(VaspInput input)
    {
        var given = Vectors.Where(name => input.Incar[name] is not null).ToArray();
        if (input.Incar.Logical("LDAU") is not true)
        {
            if (given is [var first, ..])
                yield return new Finding("DF1302", Severity.Warning, $"{string.Join(", ", given)} have no effect: LDAU is not on.", "Set LDAU = .TRUE., or remove them.", first);
            yield break;
        }
        foreach (var name in Vectors.Except(given))
            yield return new Finding("DF1302", Severity.Error, $"LDAU is on, but {name} is not set: VASP would take {(name == "LDAUL" ? "d states" : "1 eV")} for every element.", "Set LDAUL, LDAUU and LDAUJ, one value for each element of POSCAR.", name);

        var blocks = Poscar.Blocks(input.Structure);
        var order = string.Join(' ', blocks.Select(block => block.Element.Symbol));
        var lengthsFit = true;
        foreach (var name in given)
        {
            if (input.Incar.Numbers(name) is not { } values || values.Length == blocks.Length) continue;
            lengthsFit = false;
            yield return new Finding("DF1301", Severity.Error,
                string.Create(CultureInfo.InvariantCulture, $"{name} has {values.Length} values for the {blocks.Length} element blocks of POSCAR ({order})."), $"One value for each of {order}, in this order.", name);
        }
        if (!lengthsFit || input.Incar.Numbers("LDAUL") is not { } l || input.Incar.Numbers("LDAUU") is not { } u) yield break;
        for (var i = 0; i < blocks.Length; i++)
            if (Doubt(blocks[i].Element, (int)l[i], u[i]) is { } doubt)
                yield return new Finding("DF1301", Severity.Warning, doubt, $"Compare the vectors with POSCAR's order: {order}.", "LDAUL");
    }

    private static string? Doubt(Element element, int l, double u) => (l, u) switch
    {
        (_, 0) => null,
        (-1, _) => string.Create(CultureInfo.InvariantCulture, $"U = {u} eV of {element} has no effect: LDAUL is -1 there."),
        // The first d shell is scandium's, the first f shell lanthanum's.
        (2, _) when element.AtomicNumber < 21 => string.Create(CultureInfo.InvariantCulture, $"U = {u} eV goes to d states of {element}, which has none in its valence."),
        (3, _) when element.AtomicNumber < 57 => string.Create(CultureInfo.InvariantCulture, $"U = {u} eV goes to f states of {element}, which has none in its valence."),
        _ => null,
    };
}
