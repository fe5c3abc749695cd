namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>A small OUTCAR in the layout of VASP 6, of two atoms with spin and two ionic steps. Its numbers are made up.</summary>
internal static class SampleOutcar
{
    private const string Rule = "--------------------------------------------------------------------------------------------------------\n";

    public const string Head =
        """
         vasp.6.4.2 sample (build today) complex
         executed on             LinuxGNU date 2024.01.02  03:04:05
         running    4 mpi-ranks, with    2 threads/rank, on    1 nodes
         POTCAR:    PAW_PBE Fe_pv 02Aug2007
           VRHFIN =Fe:  3p6 4s2 3d6
           LEXCH  = PE
           TITEL  = PAW_PBE Fe_pv 02Aug2007
           POMASS =   55.847; ZVAL   =   14.000    mass and valenz
           VRHFIN =O: s2p4
           LEXCH  = PE
           TITEL  = PAW_PBE O 08Apr2002
           POMASS =   16.000; ZVAL   =    6.000    mass and valenz
                                             Primitive cell
              direct lattice vectors                 reciprocal lattice vectors
             9.000000000  0.000000000  0.000000000     0.111111111  0.000000000  0.000000000
             0.000000000  9.000000000  0.000000000     0.000000000  0.111111111  0.000000000
             0.000000000  0.000000000  9.000000000     0.000000000  0.000000000  0.111111111

         Dimension of arrays:
           k-points           NKPTS =      2   k-points in BZ     NKDIM =      2   number of bands    NBANDS=      2
           number of dos      NEDOS =    301   number of ions     NIONS =      2
           dimension x,y,z NGX =    20 NGY =   21 NGZ =   22
           dimension x,y,z NGXF=    40 NGYF=   42 NGZF=   44
           ions per type =               1   1

         SYSTEM =  a = b; 3 words
         Startparameter for this run:
           PREC   = accura    normal or accurate (medium, high low for compatibility)
           ISPIN  =      2    spin polarized calculation?
           LNONCOLLINEAR =      F non collinear calculations
           ENCUT  =  400.0 eV  29.40 Ry    5.42 a.u.   4.76  7.47 15.39*2*pi/ulx,y,z
           NELM   =     60;   NELMIN=  2; NELMDL= -5     # of ELM steps
           EDIFF  = 0.1E-04   stopping-criterion for ELM
           ROPT   =   -0.00025  -0.00050
           NSW    =      2    number of steps for IOM
           IBRION =      2    ionic relax: 0-MD 1-quasi-New 2-CG
           SMASS  =  -3.00    Nose mass-parameter (am)
           estimated Nose-frequenzy (Omega)   =  0.10E-29 period in steps =****** mass=  -0.194E-27a.u.
           POMASS =  55.85 16.00
           NELECT =      20.0000    total number of electrons
           KINTER = ******    interpolate to denser k-point grid
           ISMEAR =     0;   SIGMA  =   0.05  broadening in eV -4-tet -1-fermi 0-gaus
           LORBIT =     11    0 simple, 1 ext, 2 COOP (PROOUT), +10 PAW based schemes
         LDA+U is selected, type is set to LDAUTYPE =  2
           angular momentum for each species LDAUL =     2   -1
           U (eV)           for each species LDAUU =   4.0  0.0
           J (eV)           for each species LDAUJ =   0.5  0.0


        """ + Rule +
        """
          energy-cutoff  :      400.00
          volume of cell :       27.00
              direct lattice vectors                 reciprocal lattice vectors
             3.000000000  0.000000000  0.000000000     0.333333333  0.000000000  0.000000000
             0.000000000  3.000000000  0.000000000     0.000000000  0.333333333  0.000000000
             0.000000000  0.000000000  3.000000000     0.000000000  0.000000000  0.333333333

         k-points in reciprocal lattice and weights: mesh
           0.00000000  0.00000000  0.00000000       0.250
           0.50000000  0.00000000-10.00000000       0.750

         k-point  1 :   0.0000 0.0000 0.0000  plane waves:    2297

        """;

    public const string FirstStep =
        """
        --------------------------------------- Ionic step        1  -------------------------------------------
        --------------------------------------- Iteration      1(   1)  ---------------------------------------
         number of electron      20.0000000 magnetization       4.5000000
          free energy    TOTEN  =       -11.00000000 eV
          energy without entropy =      -10.90000000  energy(sigma->0) =      -10.95000000
        --------------------------------------- Iteration      1(   2)  ---------------------------------------
         number of electron      20.0000001 magnetization       4.0000000
          free energy    TOTEN  =       -12.00000000 eV
          energy without entropy =      -11.90000000  energy(sigma->0) =      -11.95000000
         average (electrostatic) potential at core
          the test charge radii are     0.9577  0.7215
          (the norm of the test charge is              1.0000)
               1-105.1234       2 -71.5000

         E-fermi :   3.0000     XC(G=0): -11.0287     alpha+bet :-11.2923

         spin component 1

         k-point     1 :       0.0000    0.0000    0.0000
          band No.  band energies     occupation
              1      -1.0000      1.00000
              2       4.0000      0.00000

         k-point     2 :       0.5000    0.0000    0.0000
          band No.  band energies     occupation
              1       0.5000      1.00000
              2       5.0000      0.00000

         spin component 2

         k-point     1 :       0.0000    0.0000    0.0000
          band No.  band energies     occupation
              1      -0.5000      1.00000
              2       4.5000      0.00000

         k-point     2 :       0.5000    0.0000    0.0000
          band No.  band energies     occupation
              1       1.0000      1.00000
              2       5.5000      0.00000


        ------------------------ aborting loop because EDIFF is reached ----------------------------------------

          in kB     -37.81715   -21.61430    26.69066     0.00080    -0.01726-10000.00018
          external pressure =      -10.91 kB  Pullay stress =        0.00 kB
          energy-cutoff  :      400.00
              direct lattice vectors                 reciprocal lattice vectors
             3.000000000  0.000000000  0.000000000     0.333333333  0.000000000  0.000000000
             0.000000000  3.000000000  0.000000000     0.000000000  0.333333333  0.000000000
             0.000000000  0.000000000  3.100000000     0.000000000  0.000000000  0.333333333

         POSITION                                       TOTAL-FORCE (eV/Angst)
         -----------------------------------------------------------------------------------
              0.00000      0.00000      0.00000         0.300000      0.000000     -0.400000
              1.50000      1.50000      1.55000        -0.300000      0.000000      0.400000
         -----------------------------------------------------------------------------------
            total drift:                                0.000194      0.000162     -0.000098

          FREE ENERGIE OF THE ION-ELECTRON SYSTEM (eV)
          free  energy   TOTEN  =       -12.00000000 eV

          energy  without entropy=      -11.90000000  energy(sigma->0) =      -11.95000000

        """;

    public static readonly string SecondStep = FirstStep
        .Replace("Ionic step        1", "Ionic step        2", StringComparison.Ordinal)
        .Replace("Iteration      1(", "Iteration      2(", StringComparison.Ordinal)
        .Replace("-12.00000000", "-13.00000000", StringComparison.Ordinal)
        .Replace(":   3.0000", ":   3.2500", StringComparison.Ordinal);

    public const string Tail =
        """
         reached required accuracy - stopping structural energy minimisation


         total charge

        # of ion       s       p       d       tot
        ------------------------------------------
            1        0.330   6.394   5.093  11.817
            2        1.600   3.444   0.000   5.044
        --------------------------------------------------
        tot          1.930   9.838   5.093  16.861

         magnetization (x)

        # of ion       s       p       d       tot
        ------------------------------------------
            1       -0.006   0.028   3.600   3.622
            2        0.003-100.163   0.000   0.167
        --------------------------------------------------
        tot         -0.003   0.191   3.600   3.789

         General timing and accounting informations for this job:
         ========================================================

                          Total CPU time used (sec):      212.060
                                    User time (sec):      188.880
                                  System time (sec):       23.180
                                 Elapsed time (sec):      278.765

                           Maximum memory used (kb):       77204.
                           Average memory used (kb):          N/A
                            Voluntary context switches:         2562

        """;

    public static readonly string Whole = Head + FirstStep + SecondStep + Tail;
}
