"""How the tags were turned into GPAW's terms, said in OUTCAR."""
from .inputs import Inputs
from .numerics import convergence, mixing


def convergence_notes(inputs: Inputs) -> list[str]:
    s = inputs.settings
    criteria, mixer = convergence(s), mixing(s, inputs.structure)
    notes = [
        f"EDIFF = {s.ediff:g} eV a cell: E(sigma->0) of the last three steps within EDIFF "
        f"({criteria['energy']:.3g} eV an electron in GPAW's terms), residual of the eigenstates below "
        f"{criteria['eigenstates']:.3g} eV^2 an electron, change of the density below {criteria['density']:.3g} "
        "electrons an electron.",
        f"Eigensolver: blocked Davidson. Density mixing: Pulay, {mixer['method']}, beta {mixer['beta']}, history "
        f"{mixer['nmaxold']}.",
        "Energies refer to spherical, non-spin-polarised atoms of GPAW's setups; they are not VASP's energies.",
        "Occupied states are converged to EDIFF; empty ones follow along and are less exact."]
    if s.hubbard:
        notes.append("+U: E = (U-J)/2 sum_s Tr(n_s - n_s n_s) with unnormalised occupations n_s inside the sphere.")
    if s.charge:
        notes.append(f"NELECT: the cell's charge is {s.charge:+g} e, compensated by a uniform background.")
    if s.lorbit >= 10:
        notes.append("Projections: w = sum_jj' P*_j P_j' int_0^R phi_j phi_j' r^2 dr, the norm inside the sphere of the "
                     "PAW expansion; rotated and averaged over the star of each k-point. RWIGS above is R.")
    if s.nsw:
        notes.append("Both IBRION = 1 and 2 relax with BFGS; wave functions are carried over while the cell stays.")
    return notes
