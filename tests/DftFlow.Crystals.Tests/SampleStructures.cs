using CsCheck;
using DftFlow.Crystals;

namespace DftFlow.Tests.Crystals;

internal static class SampleStructures
{
    /// <summary>A skewed cell with numbers that need all their digits.</summary>
    public static Structure Triclinic { get; } = new(new Lattice(new(4.1, 0.2, -1e-5), new(-1 / 3.0, 5.3, 0.7), new(0.4, 0.1, 6.01)),
    [
        new(Element.Parse("Mn"), new(1e-7, 0.1, 0.3333333333333333)),
        new(Element.Parse("Li"), new(0.5, 0.7000000000000001, 0.25)),
        new(Element.Parse("O"), new(0.9, 0.45, 0.6)),
        new(Element.Parse("O"), new(0.21, 0.05, 0.87)),
    ]);

    /// <summary>The same with axes of the other hand.</summary>
    public static Structure LeftHanded { get; } = Triclinic with { Lattice = new(Triclinic.Lattice.A, Triclinic.Lattice.B, -Triclinic.Lattice.C) };

    public static Structure Constrained { get; } = Triclinic with
    {
        Sites = [.. Triclinic.Sites.Select((site, i) => site with { Free = new(i != 1, i != 1, i is not (1 or 2)) })],
    };

    /// <summary>Random cells that are not flat, with up to eight atoms.</summary>
    public static Gen<Structure> Random { get; } =
        Gen.Select(Gen.Double[-1, 1].Array[9], Gen.Double[-2, 2].Array[3].Array[1, 8], Gen.Int[0, 3].Array[8]).Select((offsets, places, elements) =>
        {
            string[] symbols = ["Li", "Mn", "O", "H"];
            var v = offsets.Select((offset, i) => offset + (i % 4 == 0 ? 6 : 0)).ToArray();
            return new Structure(new Lattice(new(v[0], v[1], v[2]), new(v[3], v[4], v[5]), new(v[6], v[7], v[8])),
                [.. places.Select((place, i) => new Site(Element.Parse(symbols[elements[i]]), new(place[0], place[1] / 1e7, place[2])))]);
        });
}
