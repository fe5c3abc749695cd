"""Writes OSZICAR and the same lines on standard output, each as soon as it is known."""
from pathlib import Path

from .results import ElectronicStep, IonicStep

HEADER = "       N       E                     dE             d eps       ncg     rms          rms(c)"


class OszicarWriter:
    """d eps is the change of the band energy, ncg the number of updates of single states, rms the root of the
    eigenstates' squared residuals (eV) and rms(c) the change of the density (electrons)."""

    def __init__(self) -> None:
        self._file = Path("OSZICAR").open("w", encoding="ascii")
        self._first_energy = 0.0
        self._energy = 0.0

    def electronic_step(self, step: ElectronicStep) -> None:
        if step.number == 1:
            self._line(HEADER)
        line = (f"DAV:{step.number:4d}    {fortran(step.free_energy, 20, 12)}   {fortran(step.change, 12, 5)}   "
                f"{fortran(step.band_energy_change, 12, 5)}{step.updates:6d}   {fortran(step.residual, 10, 3)}")
        if step.number > 1:
            line += f"    {fortran(step.density_error, 10, 3)}"
        self._line(line)

    def ionic_step(self, step: IonicStep, spins: int) -> None:
        last = step.last
        change = last.energy_sigma_0 - (self._energy if step.number > 1 else 0.0)
        self._energy = last.energy_sigma_0
        line = (f"{step.number:4d} F= {fortran(last.free_energy, 14, 8)} E0= {fortran(last.energy_sigma_0, 14, 8)}  "
                f"d E ={fortran(change, 13, 6)}")
        if spins == 2:
            line += f"  mag= {last.moment:9.4f}"
        self._line(line)

    def close(self) -> None:
        self._file.close()

    def _line(self, text: str) -> None:
        self._file.write(text + "\n")
        self._file.flush()
        print(text, flush=True)


def fortran(value: float, width: int, digits: int) -> str:
    """Fortran's E format, whose mantissa is below one: `-0.884296E+01`."""
    if value != value or abs(value) == float("inf"):
        return f"{0.0:.{digits}f}E+00".rjust(width)
    mantissa, exponent = f"{abs(value):.{digits - 1}E}".split("E")
    power = int(exponent) + 1 if value else 0
    text = f"{'-' if value < 0 else ''}0.{mantissa.replace('.', '')}E{'-' if power < 0 else '+'}{abs(power):02d}"
    return text.rjust(width)
