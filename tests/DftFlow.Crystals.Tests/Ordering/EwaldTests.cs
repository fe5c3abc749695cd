using System.Text.Json;
using CsCheck;
using DftFlow.Crystals;
using DftFlow.Crystals.Ordering;
using static DftFlow.Tests.Crystals.Ordering.SampleIons;

namespace DftFlow.Tests.Crystals.Ordering;

public class EwaldTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Madelung constants per pair and nearest distance: D. H. Bailey et al., Experimental Mathematics 15, 17 (2006) for NaCl;
    // R. E. Crandall, J. F. Delord, J. Phys. A 20, 2279 (1987).
    [Theory]
    [InlineData("rock salt", 1.747564594633182)]
    [InlineData("CsCl", 1.762674773070988)]
    [InlineData("sphalerite", 1.638055053388789)]
    public void Gives_the_Madelung_constants(string kind, double madelung)
    {
        var (structure, nearest) = kind switch
        {
            "rock salt" => (RockSalt("Li", "F", 4), 2.0),
            "CsCl" => (Crystal(Cubic(4), ("Cs", 0, 0, 0), ("Cl", 0.5, 0.5, 0.5)), 2 * Math.Sqrt(3)),
            _ => (Crystal(FaceCentred(4), ("Zn", 0, 0, 0), ("S", 0.25, 0.25, 0.25)), Math.Sqrt(3)),
        };
        var expected = -madelung * 14.399645478425668 / nearest;
        Assert.Equal(expected, Ewald.EnergyEv(structure, [1, -1], Cancellation), 1e-11);
        Assert.Equal(expected, EwaldMatrix.Of(structure, Cancellation).EnergyEv([1, -1]), 1e-11);
    }

    [Fact]
    public void A_charged_cell_gets_a_neutralising_background()
    {
        // One charge on the points of a simple cubic lattice: −2.837297479480620 q²/(2a), G. J. Martyna, M. E. Tuckerman, J. Chem. Phys. 110, 2810 (1999).
        var structure = Crystal(Cubic(3), ("Li", 0.1, 0.2, 0.3));
        Assert.Equal(-2.837297479480620 / 6 * 14.399645478425668 * 4, Ewald.EnergyEv(structure, [2], Cancellation), 1e-11);
    }

    [Fact]
    public void The_energy_of_a_supercell_is_that_of_the_cells_in_it()
    {
        var (cell, large) = (Layered(), Repeat(Layered(), 3, 2, 1));
        Assert.Equal(6 * Energy(cell), Energy(large), 1e-8);
        Assert.Equal(Energy(cell), Energy(Skewed(cell, 3, -2, 5)), 1e-9);

        static double Energy(Structure structure) => Ewald.EnergyEv(structure, Charges(structure, ("Li", 1), ("Co", 3), ("O", -2)), Cancellation);
    }

    [Fact]
    public void Matrix_and_sum_agree_for_any_cell_and_charges() =>
        Gen.Select(SampleStructures.Random, Gen.Double[-3, 3].Array[8]).Sample((structure, drawn) =>
        {
            if (MinimumDistances.Check(structure).Any(finding => finding.Severity == Severity.Error)) return;
            var charges = drawn[..structure.Sites.Length];
            var energy = Ewald.EnergyEv(structure, charges, Cancellation);
            Assert.Equal(energy, EwaldMatrix.Of(structure, Cancellation).EnergyEv(charges), 1e-9 * Math.Max(1, Math.Abs(energy)));
        }, iter: Effort.Iterations(40));

    [Fact]
    public void The_matrix_tells_what_the_exchange_of_two_ions_costs()
    {
        var structure = Repeat(Layered(), 2, 2, 1);
        var charges = Charges(structure, ("Li", 1), ("Co", 3), ("O", -2));
        var matrix = EwaldMatrix.Of(structure, Cancellation);
        var potentials = matrix.PotentialsV(charges);
        double[] swapped = [.. charges];
        (swapped[0], swapped[12]) = (swapped[12], swapped[0]);
        var step = charges[12] - charges[0];
        var change = step * (potentials[0] - potentials[12]) + step * step * (0.5 * matrix[0, 0] + 0.5 * matrix[12, 12] - matrix[0, 12]);
        Assert.Equal(Ewald.EnergyEv(structure, swapped, Cancellation) - Ewald.EnergyEv(structure, charges, Cancellation), change, 1e-9);
        Assert.True(change > 0);
    }

    [Fact]
    public void The_number_of_processors_does_not_show()
    {
        var structure = Repeat(Layered(), 2, 2, 1);
        var charges = Charges(structure, ("Li", 1), ("Co", 3), ("O", -2));
        var first = Ewald.EnergyEv(structure, charges, Cancellation);
        for (var again = 0; again < 5; again++) Assert.Equal(first, Ewald.EnergyEv(structure, charges, Cancellation));
    }

    [Fact]
    public void Refuses_ions_on_each_other_and_cells_that_are_too_flat()
    {
        var coincident = Assert.Throws<DftFlowException>(() => Ewald.EnergyEv(Crystal(Cubic(3), ("Li", 0, 0, 0), ("F", 0.5, 0.5, 0.5), ("F", 0.5, -0.5, 0.5)), [1, -1, -1], Cancellation));
        Assert.Equal("DF1232", coincident.Code);
        Assert.Contains("Sites 2 and 3", coincident.Message, StringComparison.Ordinal);
        Assert.Equal("DF1232", Assert.Throws<DftFlowException>(() => EwaldMatrix.Of(Crystal(Lattice.FromParameters(0.03, 0.03, 1e8, 90, 90, 90), ("Li", 0, 0, 0)), Cancellation)).Code);
    }

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(0.3, 0.6713732405408726)]
    [InlineData(1.0, 0.15729920705028513)]
    [InlineData(1.9921875, 0.004841741752687067)]
    [InlineData(2.0078, 0.0045190244968786215)]
    [InlineData(0.0078, 0.9911988209849274)]
    [InlineData(4.3, 1.193471793722043e-09)]
    [InlineData(2.5, 4.069520174449589e-4)]
    [InlineData(5.0, 1.5374597944280349e-12)]
    public void Knows_the_error_function(double x, double complement) => Assert.Equal(complement, ErrorFunction.Complement(x), 2e-16);

    [Fact]
    public async Task Agrees_with_pymatgen_for_all_crystal_systems_skewed_cells_and_slabs()
    {
        var rutile = Crystal(Lattice.FromParameters(4.594, 4.594, 2.959, 90, 90, 90),
            ("Ti", 0, 0, 0), ("Ti", 0.5, 0.5, 0.5), ("O", 0.305, 0.305, 0), ("O", 0.695, 0.695, 0), ("O", 0.195, 0.805, 0.5), ("O", 0.805, 0.195, 0.5));
        var wurtzite = Crystal(Lattice.FromParameters(3.25, 3.25, 5.207, 90, 90, 120), ("Zn", 1 / 3.0, 2 / 3.0, 0), ("Zn", 2 / 3.0, 1 / 3.0, 0.5), ("O", 1 / 3.0, 2 / 3.0, 0.382), ("O", 2 / 3.0, 1 / 3.0, 0.882));
        var orthorhombic = Crystal(Lattice.FromParameters(2.805, 5.757, 4.572, 90, 90, 90),
            ("Li", 0.25, 0.25, 0.126), ("Li", 0.75, 0.75, 0.874), ("Mn", 0.25, 0.25, 0.634), ("Mn", 0.75, 0.75, 0.366), ("O", 0.25, 0.75, 0.144), ("O", 0.75, 0.25, 0.856), ("O", 0.25, 0.75, 0.602), ("O", 0.75, 0.25, 0.398));
        var slab = Layered() with { Lattice = Lattice.FromParameters(2.816, 2.816, 30, 90, 90, 120) };
        Structure[] structures =
        [
            RockSaltCube("Mg", "O", 4.21), rutile, orthorhombic, wurtzite, Layered(), Cif.Read(SampleCifs.Li2MnO3).Structure, SampleStructures.Triclinic,
            Skewed(rutile, 2, -1, 3), Skewed(Layered(), 4, 1, 2), SampleStructures.LeftHanded, slab, Repeat(Layered(), 2, 2, 1), Repeat(RockSalt("Li", "F", 4.03), 1, 1, 6),
        ];
        var charges = structures.Select(structure => Charges(structure, ("Li", 1), ("Mg", 2), ("Zn", 2), ("Ti", 4), ("Mn", 3), ("Co", 3), ("F", -1), ("O", -2))).ToArray();
        var answer = await OtherReader.AskAsync("pymatgen", """
            from pymatgen.core import Structure
            from pymatgen.analysis.ewald import EwaldSummation
            answer = []
            for lattice, elements, places, charges in json.loads(text):
                s = Structure(lattice, elements, places)
                s.add_oxidation_state_by_site(charges)
                answer.append(EwaldSummation(s).total_energy)
            """, JsonSerializer.Serialize(structures.Zip(charges, (structure, q) => new object[]
            {
                new[] { Numbers(structure.Lattice.A), Numbers(structure.Lattice.B), Numbers(structure.Lattice.C) },
                structure.Sites.Select(site => site.Element.Symbol), structure.Sites.Select(site => Numbers(site.Fractional)), q,
            })));
        for (var i = 0; i < structures.Length; i++)
        {
            var expected = answer[i].GetDouble();
            Assert.Equal(expected, Ewald.EnergyEv(structures[i], charges[i], Cancellation), 1e-8 * Math.Abs(expected));
            Assert.Equal(expected, EwaldMatrix.Of(structures[i], Cancellation).EnergyEv(charges[i]), 1e-8 * Math.Abs(expected));
        }

        static double[] Numbers(Vector3D v) => [v.X, v.Y, v.Z];
    }
}
