using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>
/// A file written by hand in the layout of VASP 5, against the values that pymatgen 2022.11.7 finds in it (which refuses its SYSTEM
/// and its stars: for that those two were replaced).
/// </summary>
public class VasprunSampleTests
{
    private static readonly Vasprun Run = Read();

    [Fact]
    public void Energies_and_convergence()
    {
        Assert.Equal((-11.55, -11.5, -11.6, 1), (Run.LastStep!.EnergyEv, Run.LastStep.EnergyWithoutEntropyEv, Run.LastStep.FreeEnergyEv, Run.LastStep.ElectronicSteps));
        Assert.Equal((-11.45, 2), (Run.IonicSteps[0].EnergyEv, Run.IonicSteps[0].ElectronicSteps));
        Assert.Equal([("alphaZ", 13.18059004), ("ewald", -124)], Run.LastElectronicEnergies.Take(2).Select(energy => (energy.Name, energy.EnergyEv)));
        Assert.Equal(2.3456789, Run.FermiEnergyEv);
        Assert.True(Run is { Complete: true, ElectronicConverged: true, IonicConverged: true, SpinPolarized: true, Noncollinear: false });
        Assert.Contains("1 places", Assert.Single(Run.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_as_the_file_has_them()
    {
        Assert.Equal("NiO & more <test>", Run.Incar.Text("SYSTEM"));
        Assert.Equal(6.0, Hubbard("LDAUU") - Hubbard("LDAUJ"));
        Assert.Equal("accura", Run.Parameters.Text("PREC"));
        Assert.Equal((520.0, 3.0, 60), (Run.Parameters.Number("ENMAX"), Run.Parameters.Number("NELECT"), Run.Parameters.Whole("NELM")));
        Assert.True(Run.Parameters.Flag("LDAU"));
        Assert.Equal(double.NaN, Run.Parameters.Number("KINTER"));
        Assert.Equal([2, 1, 1], Run.KPointGeneration!.Divisions);
        Assert.Equal([0.25, 0.75], Run.KPoints.Select(k => k.Weight));
        Assert.Equal(["PAW_PBE Ni 02Aug2007", "PAW_PBE O 08Apr2002"], Run.AtomTypes.Select(type => type.Potential));

        static double? Hubbard(string tag) => Run.Incar.Number(tag);
    }

    [Fact]
    public void Structures_forces_and_stress_of_every_step()
    {
        Assert.Equal(18.522, Run.InitialStructure!.Lattice.Volume, 12);
        Assert.Equal(17.997824, Run.FinalStructure!.Lattice.Volume, 12);
        Assert.Equal(new Vector3D(0.501, 0.499, 0.5), Run.FinalStructure.Sites[1].Fractional);
        Assert.Equal(Run.InitialStructure, Run.StructureAt(0));
        Assert.Equal(Run.FinalStructure, Run.StructureAt(1));
        Assert.Equal([new(0.3, -0.4, 0), new(-0.3, 0.4, 0)], Run.IonicSteps[0].Geometry!.ForcesEvPerA);
        Assert.Equal([new(12.5, 0.25, 0), new(0.25, -12.5, 0), new(0, 0, 3.75)], Run.IonicSteps[0].Geometry!.StressKbar);
        Assert.Equal([new(0.3, 0, 0), new(0, 0.3, 0), new(0, 0, 0.6)], Run.StressKbar);
    }

    [Fact]
    public void Bands_and_densities_of_states()
    {
        var edges = BandEdges.Of(Run.Eigenvalues!)!;
        Assert.Equal((2.25, 3.5, 1.25, false), (edges.GapEv, edges.CbmEv, edges.VbmEv, edges.IsDirect));
        Assert.Equal([[0, 1.25, 2], [0, 1, 1]], Run.Dos!.Integrated);
        var projected = Run.Dos.Projected!;
        Assert.Equal("dx2-y2", projected.Orbitals[8]);
        Assert.Equal([0.39, 0.49, 0.59], projected[0, 1, 8]);
        double[][] oxygenP = [[1.89, 2.19, 2.49], [2.79, 3.09, 3.39]];
        for (var spin = 0; spin < 2; spin++)
            for (var i = 0; i < 3; i++) Assert.Equal(oxygenP[spin][i], projected[1, spin, 1][i] + projected[1, spin, 2][i] + projected[1, spin, 3][i], 12);
        Assert.Null(Run.ProjectedEigenvalues);
    }

    private static Vasprun Read()
    {
        using var stream = File.OpenRead(Path.Combine(TestPaths.Repository, "tests", "DftFlow.Vasp.Tests", "Outputs", "Samples", "written-by-hand.vasprun.xml"));
        return Vasprun.Read(stream, VasprunContent.All, TestContext.Current.CancellationToken);
    }
}
