using System.Text.Json;
using DftFlow.Crystals;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>Structures, steps, eigenvalues and densities of states.</summary>
public partial class VasprunCorpusTests
{
    // Where the occupations in <projected>, which the corpus sums, differ in their last digits from the ordinary ones.
    private static readonly HashSet<string> OtherOccupations =
        ["vasprun-benchmark-life-oxide-39mb/vasprun.pbesol.xml.gz", "vasprun-cs2sni6-dos-hse/vasprun.xml.gz"];

    private sealed partial class FileCheck
    {
        private void StructureValues(string where, JsonElement stated, Structure? structure)
        {
            // Of a file that is cut off there is none for another reader.
            if (stated.At("pymatgen_raises") is not null) return;
            Is(where, true, structure is not null);
            if (structure is null) return;
            foreach (var (name, value) in Properties(stated))
            {
                switch (name)
                {
                    case "n_sites": Is(where + name, value.GetInt32(), structure.Sites.Length); break;
                    case "formula": Is(where + name, Sorted(value.GetString()!.Split(' ')), Sorted(structure.Sites.GroupBy(site => site.Element.Symbol).Select(group => group.Key + group.Count()))); break;
                    case "lattice": Vectors(where + name, value, [structure.Lattice.A, structure.Lattice.B, structure.Lattice.C]); break;
                    case "volume": Near(where + name, value, structure.Lattice.Volume, 1e-9); break;
                    case "species_runs": Is(where + name, Text(value), JsonSerializer.Serialize(Runs(structure.Sites.Select(site => site.Element.Symbol)))); break;
                    case "first_frac_coords": Vectors(where + name, value, [.. structure.Sites.Select(site => site.Fractional)]); break;
                    case "last_frac_coords": Vector(where + name, value, structure.Sites[^1].Fractional); break;
                    default: Unchecked(where + name); break;
                }
            }

            static string Sorted(IEnumerable<string> parts) => string.Join(' ', parts.Order(StringComparer.Ordinal));
        }

        private void Vectors(string where, JsonElement stated, IReadOnlyList<Vector3D> found)
        {
            foreach (var (i, value) in stated.EnumerateArray().Index()) Vector(where, value, found[i]);
        }

        private void Vector(string where, JsonElement stated, Vector3D found)
        {
            foreach (var (axis, value) in stated.EnumerateArray().Index()) Near(where, value, found[axis], 1e-12);
        }

        private void IonicSteps(JsonElement stated)
        {
            foreach (var step in stated.EnumerateArray())
            {
                var found = run.IonicSteps[step.GetProperty("index").GetInt32()];
                foreach (var (name, value) in Properties(step))
                {
                    switch (name)
                    {
                        case "index": break;
                        case "n_electronic": Is(name, value.GetInt32(), found.ElectronicSteps); break;
                        case "e_fr_energy": Near(name, value, found.FreeEnergyEv, 0); break;
                        case "e_wo_entrp": Is(name, true, Number(value) == found.EnergyWithoutEntropyEv || Number(value) == found.EnergyEv); break;
                        case "e_0_energy": Is(name, true, Number(value) == found.EnergyEv || Math.Abs(Number(value) - (found.FreeEnergyEv - found.EnergyWithoutEntropyEv)) < 1e-9); break;
                        case "max_force_norm": Near(name, value, found.Geometry!.ForcesEvPerA.Aggregate(0.0, (longest, force) => Math.Max(longest, force.Length)), 1e-12); break;
                        case "stress_trace_over_3": Near(name, value, found.Geometry!.StressKbar is [var x, var y, var z] ? (x.X + y.Y + z.Z) / 3 : null, 1e-6); break;
                        default: Unchecked(name); break;
                    }
                }
            }
        }

        private void EigenvalueSums(JsonElement stated)
        {
            foreach (var (spin, channel) in Properties(stated))
            {
                var s = spin == "1" ? 0 : 1;
                var eigenvalues = run.Eigenvalues!;
                double sum = 0, min = double.MaxValue, max = double.MinValue;
                for (var k = 0; k < eigenvalues.KPointCount; k++)
                {
                    foreach (var occupation in eigenvalues.Occupations(s, k)) sum += occupation * run.KPoints[k].Weight;
                    foreach (var energy in eigenvalues.EnergiesEv(s, k)) (min, max) = (Math.Min(min, energy), Math.Max(max, energy));
                }
                foreach (var (name, value) in Properties(channel))
                {
                    switch (name)
                    {
                        case "shape": Is(name, Text(value), $"[{eigenvalues.KPointCount},{eigenvalues.BandCount},2]"); break;
                        case "first": Near(name, value, eigenvalues.EnergiesEv(s, 0)[0], 0); break;
                        case "last": Near(name, value, eigenvalues.EnergiesEv(s, eigenvalues.KPointCount - 1)[^1], 0); break;
                        case "min": Near(name, value, min, 0); break;
                        case "max": Near(name, value, max, 0); break;
                        case "occupation_sum_weighted": Near(name, value, sum, OtherOccupations.Contains(file) ? 3e-3 : 1e-9); break;
                        default: Unchecked(name); break;
                    }
                }
            }
        }

        private void Edges(JsonElement stated)
        {
            // As the corpus defines them, whatever the smearing: occupied from 1e-8 on.
            var states = from spin in Enumerable.Range(0, run.Eigenvalues!.SpinCount)
                         from k in Enumerable.Range(0, run.Eigenvalues.KPointCount)
                         from band in Enumerable.Range(0, run.Eigenvalues.BandCount)
                         select (k, Energy: run.Eigenvalues.EnergiesEv(spin, k)[band], Occupied: run.Eigenvalues.Occupations(spin, k)[band] > 1e-8);
            var top = states.Where(state => state.Occupied).MaxBy(state => state.Energy);
            var bottom = states.Where(state => !state.Occupied).MinBy(state => state.Energy);
            foreach (var (name, value) in Properties(stated))
            {
                switch (name)
                {
                    case "vbm": Near(name, value, top.Energy, 1e-12); break;
                    case "cbm": Near(name, value, bottom.Energy, 1e-12); break;
                    case "gap": Near(name, value, Math.Max(0, bottom.Energy - top.Energy), 1e-9); break;
                    // Of a metal it means nothing.
                    case "is_direct": Is(name, true, bottom.Energy <= top.Energy || value.GetBoolean() == (top.k == bottom.k) || EdgesAtOnePoint(top.Energy, bottom.Energy)); break;
                    default: Unchecked(name); break;
                }
            }

            bool EdgesAtOnePoint(double highest, double lowest) => states.GroupBy(state => state.k).Any(point => point.Any(state => state.Energy == highest) && point.Any(state => state.Energy == lowest));
        }

        private void TotalDos(JsonElement stated)
        {
            var dos = run.Dos!;
            foreach (var (name, value) in Properties(stated))
            {
                var down = name.EndsWith("_down", StringComparison.Ordinal);
                // Of a non-collinear run the corpus has the last of four components under that name.
                var density = !down ? dos.Density[0] : dos.Magnetization.IsEmpty ? dos.Density[1] : dos.Magnetization[^1];
                switch (name.Replace("_up", "", StringComparison.Ordinal).Replace("_down", "", StringComparison.Ordinal))
                {
                    case "n_points": Is(name, value.GetInt32(), dos.EnergiesEv.Length); break;
                    case "energy_first": Near(name, value, dos.EnergiesEv[0], 0); break;
                    case "energy_last": Near(name, value, dos.EnergiesEv[^1], 0); break;
                    case "sum_total": Near(name, value, density.Sum(), 1e-6); break;
                    case "trapz_total": Near(name, value, Trapezoid(dos.EnergiesEv, density), 1e-6); break;
                    case "max_total": Near(name, value, density.Max(), 0); break;
                    case "argmax_total": Is(name, value.GetInt32(), density.IndexOf(density.Max())); break;
                    case "integrated_last" when !down || dos.Magnetization.IsEmpty: Near(name, value, dos.Integrated[down ? 1 : 0][^1], 0); break;
                    case "integrated_last": break;
                    case "gap_from_dos": Near(name, value, Math.Max(0, GapInDos().Cbm - GapInDos().Vbm), 1e-9); break;
                    case "cbm_from_dos": Near(name, value, GapInDos().Cbm, 0); break;
                    case "vbm_from_dos": Near(name, value, GapInDos().Vbm, 0); break;
                    default: Unchecked(name); break;
                }
            }
        }

        // The points about the Fermi level whose density is below a thousandth of the mean, as the corpus defines them.
        private (double Cbm, double Vbm) GapInDos()
        {
            var dos = run.Dos!;
            var total = dos.EnergiesEv.Select((_, i) => dos.Density.Sum(density => density[i]) + (dos.Magnetization.IsEmpty ? 0 : dos.Magnetization[^1][i])).ToArray();
            var threshold = 0.001 * total.Sum() / total.Length;
            var start = Array.FindIndex(dos.EnergiesEv, energy => energy > run.FermiEnergyEv);
            while (start > 0 && total[start - 1] <= threshold) start--;
            var end = start;
            while (end < total.Length && total[end] <= threshold) end++;
            return (dos.EnergiesEv[end - 1], dos.EnergiesEv[start]);
        }

        private void ProjectedDosSums(JsonElement stated)
        {
            if (stated.At("pymatgen_raises") is not null) return;
            var projected = run.Dos!.Projected!;
            foreach (var (element, shells) in Properties(stated))
                foreach (var (name, value) in Properties(shells))
                {
                    // Centres are checked where they are computed; one kind is stated only as a warning.
                    if (name.EndsWith("_band_centre_relative_to_efermi", StringComparison.Ordinal) || name == "pymatgen_mixes_total_and_mx_do_not_use") continue;
                    if (!name.StartsWith("trapz_", StringComparison.Ordinal))
                    {
                        Unchecked(name);
                        continue;
                    }
                    foreach (var (spin, integral) in Properties(value))
                    {
                        var sum = 0.0;
                        for (var site = 0; site < projected.SiteCount; site++)
                            for (var orbital = 0; orbital < projected.Orbitals.Length; orbital++)
                                if (run.AtomTypes[run.Atoms[site]].Element!.Symbol == element && projected.Orbitals[orbital][0] == name[^1])
                                    sum += Trapezoid(run.Dos.EnergiesEv, projected[site, spin == "up" ? 0 : projected.ComponentCount - 1, orbital]);
                        Near($"{element} {name} {spin}", integral, sum, 1e-8);
                    }
                }
        }

        private static double Trapezoid(double[] x, ReadOnlySpan<double> y)
        {
            var sum = 0.0;
            for (var i = 1; i < x.Length; i++) sum += 0.5 * (y[i] + y[i - 1]) * (x[i] - x[i - 1]);
            return sum;
        }

        // The corpus has the names of another reader.
        private static string OtherName(string orbital) => orbital switch
        {
            "dx2-y2" => "dx2",
            "fy3x2" => "f_3",
            "fxyz" => "f_2",
            "fyz2" => "f_1",
            "fz3" => "f0",
            "fxz2" => "f1",
            "fzx2" => "f2",
            "fx3" => "f3",
            _ => orbital,
        };
    }
}
