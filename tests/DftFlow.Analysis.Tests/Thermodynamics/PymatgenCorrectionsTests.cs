using System.Text;
using System.Text.Json;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Analysis.Thermodynamics.Corrections;
using DftFlow.Analysis.Thermodynamics.Sources;
using DftFlow.Crystals;

namespace DftFlow.Tests.Analysis.Thermodynamics;

/// <summary>Our MP2020 held against pymatgen's MaterialsProject2020Compatibility, entry by entry; skipped where pymatgen is absent.</summary>
public class PymatgenCorrectionsTests
{
    private const string Correct = """
        from pymatgen.core import Composition, Element, Lattice, Structure
        from pymatgen.entries.computed_entries import ComputedEntry, ComputedStructureEntry
        from pymatgen.entries.compatibility import MaterialsProject2020Compatibility
        compat = MaterialsProject2020Compatibility()
        potentials = __import__('pymatgen.io.vasp.sets', fromlist=['x']).MPRelaxSet.CONFIG['POTCAR']
        def parameters(comp):
            chief = max(comp.elements, key=lambda e: e.X)
            us = {e.symbol: compat.u_settings.get(chief.symbol, {}).get(e.symbol, 0) for e in comp.elements} if len(comp) > 1 else {}
            us = {k: v for k, v in us.items() if v}
            return {'run_type': 'GGA+U' if us else 'GGA', 'hubbards': us, 'potcar_symbols': ['PBE ' + potentials[e.symbol] for e in comp.elements]}
        answer = []

        """;

    // Sulphur beside a more electronegative element, without a structure: pymatgen then takes every compound for a sulphide.
    private static readonly string[] OverSulfur = ["O", "F", "Cl", "N", "Br", "I"];

    [Fact]
    public async Task The_reference_energies_compositions_get_the_same_corrections()
    {
        using var stream = File.OpenRead(Path.Combine(TestPaths.Repository, "workflows", "reference-energies", "mp2020-gga.csv"));
        await Compare(EntryTable.Read(stream).Entries.Select(entry => entry.Composition.Formula));
    }

    [Fact]
    public async Task Random_compositions_get_the_same_corrections()
    {
        string[] cations = ["Li", "Na", "K", "Mg", "Ca", "Ba", "Al", "Sc", "Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Zr", "Mo", "W", "La", "In", "Ta", "P", "B", "C"];
        string[] anions = ["O", "F", "Cl", "Br", "I", "S", "Se", "Te", "N", "H", "Si", "Sb"];
        var random = new Random(20);
        await Compare(Enumerable.Range(0, 3000).Select(_ => string.Concat(
            random.GetItems(cations, random.Next(1, 4)).Concat(random.GetItems(anions, random.Next(0, 4))).Distinct().Select(symbol => symbol + random.Next(1, 7)))));
    }

    [Fact]
    public async Task Oxygens_and_sulphurs_at_random_distances_are_told_apart_alike()
    {
        var answer = await OtherReader.AskAsync("pymatgen", Correct + """
            import random
            random.seed(7)
            for i in range(300):
                kind = i % 3
                lattice = Lattice.from_parameters(*(random.uniform(3.5, 6) for _ in range(3)), *(random.uniform(65, 115) for _ in range(3)))
                species, coords = ['Mg'], [[random.random() for _ in range(3)]]
                def near(c, d):
                    v = [random.gauss(0, 1) for _ in range(3)]; n = sum(x * x for x in v) ** 0.5
                    return [a + b for a, b in zip(c, lattice.get_fractional_coords([x / n * d for x in v]))]
                c = [random.random() for _ in range(3)]
                if kind < 2:
                    species += ['O', 'O']; coords += [c, near(c, random.uniform(1.1, 1.8))]
                    if random.random() < 0.3: species.append('O'); coords.append(near(c, random.uniform(1.2, 1.6)))
                    if kind == 1: species.append('H'); coords.append(near(c, random.uniform(0.8, 1.2)))
                else:
                    species += ['S', random.choice(['O', 'S', 'Li', 'F'])]; coords += [c, near(c, random.uniform(1.2, 2.4))]
                structure = Structure(lattice, species, coords)
                if kind == 2 and min(structure.distance_matrix[i][j] for i in range(3) for j in range(i)) < 0.5: continue
                entry = ComputedStructureEntry(structure, -5.0 * len(structure), parameters=parameters(structure.composition), entry_id=str(i))
                compat.process_entry(entry)
                answer.append(entry.as_dict())
            """, "");
        Check(answer);
    }

    private static async Task Compare(IEnumerable<string> formulas)
    {
        var distinct = formulas.Select(Composition.Parse).Where(composition => composition[Element.Parse("S")] == 0 || !composition.Elements.Any(element => OverSulfur.Contains(element.Symbol)))
            .DistinctBy(composition => composition.Formula).Select(composition => composition.Formula).ToArray();
        Check(await OtherReader.AskAsync("pymatgen", Correct + """
            for i, formula in enumerate(json.loads(text)):
                # Of elements that are equally electronegative, pymatgen takes the last of the formula: by symbol, as in its database.
                comp = Composition(Composition(formula).alphabetical_formula)
                entry = ComputedEntry(comp, -5.0 * comp.num_atoms, parameters=parameters(comp), entry_id=str(i))
                compat.process_entry(entry)
                answer.append(entry.as_dict())
            """, JsonSerializer.Serialize(distinct)));
    }

    /// <summary>Reads what pymatgen wrote, strips the corrections and makes them anew.</summary>
    private static void Check(JsonElement answer)
    {
        var read = EntryJson.Read(new MemoryStream(Encoding.UTF8.GetBytes(answer.GetRawText())), TestContext.Current.CancellationToken);
        Assert.True(read.Entries.Count > 100);
        var other = new List<string>();
        foreach (var (given, calculated) in read.Entries)
        {
            Assert.Equal(new EnergyScale("GGA/GGA+U", "MP2020"), given.Scale);
            Assert.Equal(-5, calculated!.EnergyPerAtomEv, 1e-12);
            // What pymatgen guessed stands in its data: we are to guess by ourselves.
            var ours = CorrectionScheme.Mp2020.Correct(calculated with { OxidationStates = null, OxideType = null, SulfideType = null });
            if (Math.Abs(ours.EnergyPerAtomEv - given.EnergyPerAtomEv) > 1e-9)
                other.Add($"{given.Composition}: {string.Join(", ", ours.Adjustments.Select(a => a.Name))} instead of {string.Join(", ", given.Adjustments.Select(a => a.Name))}");
        }
        Assert.True(other.Count == 0, $"{other.Count} of {read.Entries.Count} differ:\n{string.Join('\n', other.Take(40))}");
    }
}
