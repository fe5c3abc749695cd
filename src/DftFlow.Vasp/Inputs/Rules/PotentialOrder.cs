using System.Globalization;

namespace DftFlow.Vasp.Inputs.Rules;

/// <summary>DF1310: the potentials are not those of POSCAR's elements, block by block. VASP trusts the order.</summary>
internal static class PotentialOrder
{
    public static IEnumerable<Finding> Check(VaspInput input)
    {
        var blocks = Poscar.Blocks(input.Structure);
        if (input.Potentials.Length != blocks.Length)
        {
            yield return new Finding("DF1310", Severity.Error,
                string.Create(CultureInfo.InvariantCulture, $"{input.Potentials.Length} potentials are given for the {blocks.Length} element blocks of POSCAR ({string.Join(' ', blocks.Select(block => block.Element.Symbol))})."),
                "One potential for each block; group the sites by element to have one block each.");
            yield break;
        }
        for (var i = 0; i < blocks.Length; i++)
            if (!PotcarSpec.IsName(input.Potentials[i], out var element) || element != blocks[i].Element)
                yield return new Finding("DF1310", Severity.Error,
                    string.Create(CultureInfo.InvariantCulture, $"The potential '{input.Potentials[i]}' stands for block {i + 1} of POSCAR, which is {blocks[i].Element}."),
                    "List the potentials in POSCAR's order; their names begin with the element.");
    }
}
