using DftFlow.Crystals;
using DftFlow.Crystals.Cells;

namespace DftFlow.Tests.Crystals;

/// <summary>Strain, wrapping and translation.</summary>
public class DeformationTests
{
    private static readonly Structure Cell = SampleStructures.Triclinic;

    [Fact]
    public void Strain_along_lattice_vectors_changes_their_lengths_alone()
    {
        var (strained, ratio) = Strain.AlongLatticeVectors(Cell, 0.01, 0, -0.02);
        Assert.Equal(Cell.Lattice.LengthsA.X * 1.01, strained.Lattice.LengthsA.X, 12);
        Assert.Equal(Cell.Lattice.LengthsA.Y, strained.Lattice.LengthsA.Y, 12);
        Assert.Equal(Cell.Lattice.LengthsA.Z * 0.98, strained.Lattice.LengthsA.Z, 12);
        Assert.True((Cell.Lattice.AnglesDegrees - strained.Lattice.AnglesDegrees).Length < 1e-10);
        Assert.Equal(1.01 * 0.98, ratio, 12);
        Assert.Equal(Cell.Sites, strained.Sites);
    }

    [Fact]
    public void A_deformation_gradient_acts_on_cartesian_space()
    {
        // Simple shear by 0.1: x moves with y, whatever the lattice.
        var (sheared, ratio) = Strain.Deformed(Cell, new(1, 0.1, 0), new(0, 1, 0), new(0, 0, 1));
        Assert.Equal(new Vector3D(-1 / 3.0 + 0.53, 5.3, 0.7).X, sheared.Lattice.B.X, 12);
        Assert.Equal(5.3, sheared.Lattice.B.Y, 12);
        Assert.Equal(1, ratio, 12);
    }

    [Fact]
    public void Voigts_shears_are_engineering_strains()
    {
        var cube = new Structure(new Lattice(new(1, 0, 0), new(0, 1, 0), new(0, 0, 1)), []);
        var lattice = Strain.Voigt(cube, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06).Structure.Lattice;
        Assert.Equal(new Vector3D(1.01, 0.03, 0.025), lattice.A);
        Assert.Equal(new Vector3D(0.03, 1.02, 0.02), lattice.B);
        Assert.Equal(new Vector3D(0.025, 0.02, 1.03), lattice.C);
    }

    [Fact]
    public void Impossible_deformations_are_refused()
    {
        Assert.Equal("DF1285", Assert.Throws<DftFlowException>(() => Strain.AlongLatticeVectors(Cell, -1, 0, 0)).Code);
        Assert.Equal("DF1285", Assert.Throws<DftFlowException>(() => Strain.AlongLatticeVectors(Cell, double.NaN, 0, 0)).Code);
        Assert.Equal("DF1285", Assert.Throws<DftFlowException>(() => Strain.AlongLatticeVectors(Cell, double.PositiveInfinity, 0, 0)).Code);
        Assert.Equal("DF1285", Assert.Throws<DftFlowException>(() => Strain.Deformed(Cell, new(1, 0, 0), new(0, -1, 0), new(0, 0, 1))).Code);
        Assert.Equal("DF1285", Assert.Throws<DftFlowException>(() => Strain.Voigt(Cell, 0, 0, 0, 2, 0, 0)).Code);
    }

    [Fact]
    public void Wrapping_brings_atoms_into_the_cell_and_rounding_noise_to_its_origin()
    {
        var moved = Cell with { Sites = [Cell.Sites[0] with { Fractional = new(-0.25, 1.75, 1 - 1e-16) }, Cell.Sites[1] with { Fractional = new(-1e-14, 3 + 1e-13, 0.5) }] };
        var wrapped = Wrapping.Apply(moved);
        Assert.Equal(new Vector3D(0.75, 0.75, 0), wrapped.Sites[0].Fractional);
        Assert.Equal(new Vector3D(0, 0, 0.5), wrapped.Sites[1].Fractional);
        Assert.Equal(wrapped, Wrapping.Apply(wrapped));
    }

    [Fact]
    public void A_translation_leaves_all_distances()
    {
        var moved = Translation.ByA(Cell, new(1.3, -7, 0.2));
        var expected = Cell.Lattice.ToCartesian(Cell.Sites[2].Fractional) + new Vector3D(1.3, -7, 0.2);
        Assert.Equal(0, Cell.Lattice.ShortestDistance(moved.Sites[2].Fractional - Cell.Lattice.ToFractional(expected)), 10);
        for (var j = 1; j < 4; j++) Assert.Equal(Cell.DistanceA(0, j), moved.DistanceA(0, j), 10);
        Assert.Equal(0.25, Translation.ByFractions(Cell, new(0.75, 0, 0)).Sites[1].Fractional.X, 12);
        Assert.Equal("DF1286", Assert.Throws<DftFlowException>(() => Translation.ByA(Cell, new(double.NaN, 0, 0))).Code);
    }
}
