using CsCheck;
using DftFlow.Crystals;

namespace DftFlow.Tests.Crystals;

public class CifWriteTests
{
    [Fact]
    public void Writes_all_atoms_in_P1_the_same_way_each_time()
    {
        var structure = new Structure(Lattice.FromParameters(3, 3, 5.5, 90, 90, 120), [new(Element.Parse("Li"), new(-0.0, 0, 0)), new(Element.Parse("O"), new(1 / 3.0, 2 / 3.0, 0.25)), new(Element.Parse("O"), new(2 / 3.0, 1 / 3.0, 0.75))]);
        Assert.Equal("""
            data_LiO2
            _chemical_formula_sum 'Li1 O2'
            _cell_length_a 3
            _cell_length_b 3
            _cell_length_c 5.5
            _cell_angle_alpha 90
            _cell_angle_beta 90
            _cell_angle_gamma 120
            _cell_volume 42.868257487329714
            _space_group_name_H-M_alt 'P 1'
            _space_group_IT_number 1
            loop_
            _space_group_symop_id
            _space_group_symop_operation_xyz
            1 'x, y, z'
            loop_
            _atom_site_label
            _atom_site_type_symbol
            _atom_site_fract_x
            _atom_site_fract_y
            _atom_site_fract_z
            _atom_site_occupancy
            Li1 Li 0 0 0 1
            O1 O 0.3333333333333333 0.6666666666666666 0.25 1
            O2 O 0.6666666666666666 0.3333333333333333 0.75 1

            """, Cif.Write(structure));
        Assert.StartsWith("data_my-name\n", Cif.Write(structure, "my - näme".Replace('ä', 'a')), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_is_read_back_up_to_the_cells_orientation() => SampleStructures.Random.Sample(structure =>
    {
        if (MinimumDistances.Check(structure).Any(finding => finding.Code == "DF1220")) return true;
        var (back, findings) = Cif.Read(Cif.Write(structure));
        return findings.IsEmpty
            && (back.Lattice.LengthsA - structure.Lattice.LengthsA).Length < 1e-13 && (back.Lattice.AnglesDegrees - structure.Lattice.AnglesDegrees).Length < 1e-11
            && back.Sites.Select(site => site.Element).SequenceEqual(structure.Sites.Select(site => site.Element))
            && Enumerable.Range(0, structure.Sites.Length).All(i => Enumerable.Range(0, i).All(j => Math.Abs(structure.DistanceA(i, j) - back.DistanceA(i, j)) < 1e-11));
    });

    // Three bonds from one atom span a volume whose sign tells a crystal from its mirror image.
    [Fact]
    public void A_left_handed_cell_keeps_its_crystal_and_is_not_mirrored()
    {
        var back = Cif.Read(Cif.Write(SampleStructures.LeftHanded)).Structure;
        Assert.True(back.Lattice.A.Dot(back.Lattice.B.Cross(back.Lattice.C)) > 0);
        Assert.Equal(Handed(SampleStructures.LeftHanded), Handed(back), 1e-9);
        Assert.Equal(-Handed(SampleStructures.LeftHanded), Handed(SampleStructures.LeftHanded with { Lattice = back.Lattice }), 1e-9);
    }

    [Fact]
    public async Task Pymatgen_reads_the_same_structure()
    {
        var theirs = await OtherReader.AskAsync("pymatgen.core", """
            from pymatgen.core import Structure
            s = Structure.from_str(text, fmt='cif')
            answer = {'volume': s.volume, 'symbols': [site.specie.symbol for site in s], 'distances': s.distance_matrix.tolist(), 'abc': list(s.lattice.abc), 'angles': list(s.lattice.angles)}
            """, Cif.Write(SampleStructures.Triclinic));
        Compare(SampleStructures.Triclinic, theirs);
    }

    [Fact]
    public async Task ASE_reads_the_same_structure()
    {
        var theirs = await OtherReader.AskAsync("ase", """
            import io, ase.io
            a = ase.io.read(io.BytesIO(text.encode()), format='cif')
            answer = {'volume': a.get_volume(), 'symbols': a.get_chemical_symbols(), 'distances': a.get_all_distances(mic=True).tolist(), 'abc': a.cell.lengths().tolist(), 'angles': a.cell.angles().tolist()}
            """, Cif.Write(SampleStructures.LeftHanded));
        Compare(SampleStructures.LeftHanded, theirs);
    }

    private static void Compare(Structure structure, System.Text.Json.JsonElement theirs)
    {
        Assert.Equal(structure.Lattice.Volume, theirs.GetProperty("volume").GetDouble(), 1e-10);
        // pymatgen sorts the elements, and keeps the order of the sites of each.
        var symbols = theirs.GetProperty("symbols").EnumerateArray().Select(x => x.GetString()!).ToArray();
        var sites = symbols.Distinct().SelectMany(symbol => structure.Sites.Where(site => site.Element.Symbol == symbol)).ToArray();
        Assert.Equal(sites.Select(site => site.Element.Symbol), symbols);
        structure = structure with { Sites = [.. sites] };
        for (var axis = 0; axis < 3; axis++)
        {
            Assert.Equal(structure.Lattice.LengthsA[axis], theirs.GetProperty("abc")[axis].GetDouble(), 1e-12);
            Assert.Equal(structure.Lattice.AnglesDegrees[axis], theirs.GetProperty("angles")[axis].GetDouble(), 1e-10);
        }
        // pymatgen puts coordinates within 1e-4 of thirds onto them.
        for (var i = 0; i < structure.Sites.Length; i++)
            for (var j = 0; j < i; j++) Assert.Equal(structure.DistanceA(i, j), theirs.GetProperty("distances")[i][j].GetDouble(), 1e-7);
    }

    private static double Handed(Structure s)
    {
        var bonds = Enumerable.Range(1, 3).Select(i => s.Lattice.ToCartesian(Nearest(s.Sites[i].Fractional - s.Sites[0].Fractional))).ToArray();
        return bonds[0].Dot(bonds[1].Cross(bonds[2]));

        static Vector3D Nearest(Vector3D d) => new(d.X - Math.Round(d.X), d.Y - Math.Round(d.Y), d.Z - Math.Round(d.Z));
    }
}
