using System.Collections.Immutable;
using System.Text;
using DftFlow.Crystals;

namespace DftFlow.Vasp.Inputs;

/// <summary>A file of a calculation's directory.</summary>
public sealed record InputFile(string Name, ReadOnlyMemory<byte> Bytes);

/// <summary>All that a VASP calculation is given.</summary>
/// <param name="Potentials">One name for each block of POSCAR, in its order (see <see cref="Poscar.Blocks"/>): Li_sv, Mn_pv, O.</param>
/// <param name="Comment">The first line of POSCAR.</param>
public sealed record VaspInput(Incar Incar, Kpoints Kpoints, Structure Structure, ImmutableArray<string> Potentials, string Comment)
{
    /// <summary>INCAR, KPOINTS, POSCAR and POTCAR.spec, in UTF-8. The same input gives the same bytes.</summary>
    public ImmutableArray<InputFile> Files() =>
    [
        File("INCAR", Incar.ToText()),
        File("KPOINTS", Kpoints.ToText()),
        File("POSCAR", Poscar.Write(Structure, Comment)),
        File("POTCAR.spec", PotcarSpec.Write(Potentials)),
    ];

    private static InputFile File(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));
}
