namespace DftFlow.Vasp.Diagnoses;

/// <summary>Ions, input and machine.</summary>
public static partial class KnownDiagnoses
{
    private static KnownDiagnosis[] Ions =>
    [
        new("brions", DiagnosisClass.Path, ["BRIONS problems: POTIM should be increased"],
            "The quasi-Newton relaxation wants larger steps than POTIM allows.",
            "Go on from CONTCAR with a larger POTIM, or IBRION = 2."),
        new("zbrent", DiagnosisClass.Path, ["ZBRENT: fatal error in bracketing", "ZBRENT: fatal internal in"],
            "The line search of the conjugate gradient found no minimum: energies and forces do not agree well enough.",
            "Go on from CONTCAR with a tighter EDIFF (a tenth) and NELMIN = 8, or IBRION = 1."),
        new("fexcf", DiagnosisClass.Path, ["supplied exchange-correlation table"],
            "The density left the table of exchange and correlation: atoms have come too close.",
            "Look at the geometry; go on from an earlier step with a smaller POTIM, or IBRION = 2."),
        new("atoms-too-close", DiagnosisClass.Path, ["The distance between some ions is very small"],
            "Two atoms are nearly on one spot.",
            "Look at POSCAR: a site given twice, or direct coordinates read as Cartesian ones."),
    ];

    private static KnownDiagnosis[] InputAndMachine =>
    [
        new("nbands-changed", DiagnosisClass.Housekeeping, ["The number of bands has been changed"],
            "VASP rounded NBANDS up so that the bands share out evenly over the cores.",
            "Nothing for energies of the ground state; where NBANDS matters set it to a multiple, or change NCORE."),
        new("incar-read", DiagnosisClass.Housekeeping, ["Error reading item", "Error code was IERR= 5"],
            "A tag of the INCAR has a value of the wrong kind.",
            "Correct the tag that the message names."),
        new("potcar-species", DiagnosisClass.Housekeeping, ["number of potentials on File POTCAR incompatible"],
            "POTCAR holds another number of potentials than POSCAR has kinds of atoms.",
            "Put POTCAR together again in POSCAR's order."),
        new("species-order", DiagnosisClass.Housekeeping, ["type information on POSCAR and POTCAR are incompatible"],
            "POSCAR and POTCAR name different elements; VASP goes by POTCAR, so that the run is of another compound.",
            "Put POTCAR together again in POSCAR's order and repeat the run."),
        new("wavecar-read", DiagnosisClass.Housekeeping, ["while reading plane wave coef", "while reading WAVECAR"],
            "WAVECAR is damaged or of another run.",
            "Remove WAVECAR, or ISTART = 0."),
        new("charge-read", DiagnosisClass.Housekeeping, ["charge density could not be read from file CHGCAR", "dimensions on CHGCAR file are different"],
            "CHGCAR is missing, damaged or on another grid.",
            "Remove CHGCAR (ICHARG = 2); a run with ICHARG = 11 needs the one of its own grid."),
        new("elf-kpar", DiagnosisClass.Numerics, ["ELF: KPAR>1 not implemented"],
            "ELFCAR is not written with KPAR above 1.",
            "KPAR = 1."),
        new("elf-noncollinear", DiagnosisClass.None, ["ELF not implemented for non collinear case"],
            "There is no ELF of a non-collinear run.",
            "LELF = .FALSE."),
        new("dfpt-ncore", DiagnosisClass.Numerics, ["PEAD routines do not work for NCORE", "remove the tag NPAR from the INCAR file"],
            "Linear response does not run with bands spread over cores.",
            "Leave NCORE and NPAR out."),
        new("spin-polarized-harris", DiagnosisClass.Housekeeping, ["Spin polarized Harris functional dynamics is a good joke"],
            "A fixed charge density (ICHARG at least 10) while the atoms move, with spin.",
            "ICHARG = 2, or NSW = 0."),
        new("out-of-memory", DiagnosisClass.Housekeeping, ["Allocation would exceed memory limit", "insufficient virtual memory", "Cannot allocate memory", "oom-kill event", "oom_kill event", "Out Of Memory"],
            "The run wanted more memory than it was given.",
            "More memory or fewer ranks a node; a smaller KPAR."),
        new("disk-full", DiagnosisClass.Housekeeping, ["No space left on device", "Disk quota exceeded"],
            "The disk, or its owner's share of it, is full.",
            "Make room, or turn off LWAVE and LCHARG; then repeat."),
        new("time-limit", DiagnosisClass.Housekeeping, ["DUE TO TIME LIMIT", "exceeded limit walltime", "job killed: walltime", "TERM_RUNLIMIT"],
            "The scheduler ended the job at its time limit.",
            "Go on from CONTCAR and WAVECAR with more time."),
        new("segmentation-fault", DiagnosisClass.Housekeeping, ["SIGSEGV", "segmentation fault occurred"],
            "The program touched memory that is not its own, mostly as the stack is too small.",
            "ulimit -s unlimited (and OMP_STACKSIZE); then look for a mistake in the build."),
    ];
}
