"""Times pymatgen at phase diagrams: `thermodynamics-peer.py KIND FILE [ELEMENTS [FORMULA…]]` prints the least processor time of three runs in seconds."""
import csv
import sys
import time
import warnings

warnings.simplefilter("ignore")
from pymatgen.analysis.interface_reactions import InterfacialReactivity
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core import Composition, Element


def read(file):
    with open(file, newline="") as stream:
        rows = list(csv.DictReader(stream))
    energy = next(name for name in rows[0] if name.lower() == "energy_per_atom_ev")
    entries = []
    for row in rows:
        composition = Composition(row["composition"])
        entries.append(PDEntry(composition, float(row[energy]) * composition.num_atoms))
    return entries


def main():
    kind, file = sys.argv[1:3]
    run = lambda: read(file)
    if kind != "read":
        elements = {Element(symbol) for symbol in sys.argv[3].split(",")}
        entries = [entry for entry in read(file) if set(entry.composition.elements) <= elements]
        formulas = [Composition(formula) for formula in sys.argv[4:]]
    if kind == "hull":
        def run():
            diagram = PhaseDiagram(entries)
            return [diagram.get_e_above_hull(entry) for entry in entries]
    elif kind == "pair":
        diagram = PhaseDiagram(entries)
        run = lambda: InterfacialReactivity(*formulas, diagram, norm=True, use_hull_energy=True).get_kinks()
    elif kind == "window":
        diagram = PhaseDiagram(entries)
        run = lambda: diagram.get_element_profile(Element("Li"), formulas[0])
    elif kind == "range":
        diagram = PhaseDiagram(entries)
        run = lambda: [diagram.get_chempot_range_stability_phase(formulas[0], element) for element in diagram.elements]
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    print(best)


main()
