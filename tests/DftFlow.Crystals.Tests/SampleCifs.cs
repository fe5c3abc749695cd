namespace DftFlow.Tests.Crystals;

/// <summary>Small CIFs, written for these tests from published structures.</summary>
internal static class SampleCifs
{
    /// <summary>Li2MnO3, C2/m: Strobel and Lambert-Andron, J. Solid State Chem. 75, 90 (1988).</summary>
    public const string Li2MnO3 = """
        #\#CIF_1.1
        data_Li2MnO3
        _chemical_formula_sum 'Li2 Mn O3'
        _journal_title
        ;
        A title over
        two lines; it holds a loop_ and _tags
        ;
        _cell_length_a 4.937(1)
        _cell_length_b 8.532(1)
        _cell_length_c 5.030(1)
        _cell_angle_alpha 90
        _cell_angle_beta 109.46(3)
        _cell_angle_gamma 90.
        _symmetry_space_group_name_H-M 'C 1 2/m 1'
        _symmetry_Int_Tables_number 12
        loop_
        _symmetry_equiv_pos_site_id
        _symmetry_equiv_pos_as_xyz
        1 x,y,z
        2 '-x, y, -z'
        3 -x,-y,-z
        4 x,-y,z
        5 1/2+x,1/2+y,z
        6 -x+1/2,y+1/2,-z
        7 .5-x,0.5-y,-z
        8 x+1/2,-y+1/2,z
        loop_
        _atom_site_label
        _atom_site_type_symbol
        _atom_site_fract_x
        _atom_site_fract_y
        _atom_site_fract_z
        _atom_site_occupancy
        Mn1 Mn4+ 0 0.16708(1) 0 1
        Li1 Li1+ 0 0.5 0 1.
        Li2 Li1+ 0 0 0.5 1.0(0)
        Li3 Li1+ 0 0.6606(3) 0.5 ?
        O1 O2- 0.2189(3) 0 0.2273(3) .
        O2 O2- 0.2540(2) 0.32119(10) 0.2233(2) 1   # the general position

        """;

    /// <summary>LiF with labels alone and the operations that make a face-centred cell of two ions.</summary>
    public const string LiF = """
        data_LiF
        _cell_length_a 4.0262
        _cell_length_b 4.0262
        _cell_length_c 4.0262
        loop_
        _space_group_symop_operation_xyz
        'x,y,z'
        'x,y+1/2,z+1/2'
        'x+1/2,y,z+1/2'
        'x+1/2,y+1/2,z'
        loop_
        _atom_site_label
        _atom_site_fract_x
        _atom_site_fract_y
        _atom_site_fract_z
        Li1 0 0 0
        F1 0.5 0.5 0.5

        """;

    /// <summary>LiNiO2, R-3m in hexagonal axes (a and c: Dyer, Borie and Smith, J. Am. Chem. Soc. 76, 1499 (1954)).</summary>
    public const string LiNiO2 = """
        data_LiNiO2
        _cell_length_a 2.8784
        _cell_length_b 2.8784
        _cell_length_c 14.1927
        _cell_angle_alpha 90
        _cell_angle_beta 90
        _cell_angle_gamma 120
        _space_group_name_H-M_alt 'R -3 m :H'
        loop_
        _space_group_symop_operation_xyz
        x,y,z
        -y,x-y,z
        -x+y,-x,z
        y,x,-z
        x-y,-y,-z
        -x,-x+y,-z
        -x,-y,-z
        y,-x+y,-z
        x-y,x,-z
        -y,-x,z
        -x+y,y,z
        x,x-y,z
        x+2/3,y+1/3,z+1/3
        -y+2/3,x-y+1/3,z+1/3
        -x+y+2/3,-x+1/3,z+1/3
        y+2/3,x+1/3,-z+1/3
        x-y+2/3,-y+1/3,-z+1/3
        -x+2/3,-x+y+1/3,-z+1/3
        -x+2/3,-y+1/3,-z+1/3
        y+2/3,-x+y+1/3,-z+1/3
        x-y+2/3,x+1/3,-z+1/3
        -y+2/3,-x+1/3,z+1/3
        -x+y+2/3,y+1/3,z+1/3
        x+2/3,x-y+1/3,z+1/3
        x+1/3,y+2/3,z+2/3
        -y+1/3,x-y+2/3,z+2/3
        -x+y+1/3,-x+2/3,z+2/3
        y+1/3,x+2/3,-z+2/3
        x-y+1/3,-y+2/3,-z+2/3
        -x+1/3,-x+y+2/3,-z+2/3
        -x+1/3,-y+2/3,-z+2/3
        y+1/3,-x+y+2/3,-z+2/3
        x-y+1/3,x+2/3,-z+2/3
        -y+1/3,-x+2/3,z+2/3
        -x+y+1/3,y+2/3,z+2/3
        x+1/3,x-y+2/3,z+2/3
        loop_
        _atom_site_label
        _atom_site_type_symbol
        _atom_site_fract_x
        _atom_site_fract_y
        _atom_site_fract_z
        Li1 Li 0.3333 0.6667 0.1667
        Ni1 Ni 0 0 0
        O1 O 0 0 0.2586

        """;
}
