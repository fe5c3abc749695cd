using DftFlow.Analysis.Electronic;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Corpus.Views;

/// <summary>Sums, integrals and band centres of a density of states, as the corpus states them.</summary>
internal static class DosView
{
    private static readonly string[] Spins = ["up", "down"];

    public static Found Total(DensityOfStates dos)
    {
        var found = new Found { ["n_points"] = dos.EnergiesEv.Length, ["energy_first"] = dos.EnergiesEv[0], ["energy_last"] = dos.EnergiesEv[^1] };
        for (var spin = 0; spin < dos.Density.Length; spin++)
        {
            var density = dos.Density[spin];
            found["trapz_total_" + Spins[spin]] = Integral(dos.EnergiesEv, density);
            found["sum_total_" + Spins[spin]] = density.Sum();
            found["max_total_" + Spins[spin]] = density.Max();
            found["argmax_total_" + Spins[spin]] = Array.IndexOf(density, density.Max());
            found["integrated_last_" + Spins[spin]] = dos.Integrated[spin][^1];
        }
        return found;
    }

    public static Found ByElement(Vasprun run)
    {
        var elements = new Found();
        foreach (var element in run.AtomTypes.Select(type => type.Element!).Distinct())
        {
            var shells = new Found();
            foreach (var shell in "spdf")
            {
                if (!run.Dos!.Projected!.Orbitals.Any(orbital => orbital.StartsWith(shell))) continue;
                var selection = new ProjectedDosSelection(element, shell.ToString());
                var curve = selection.Sum(run);
                shells["trapz_" + shell] = Components(curve);
                shells[shell + "_band_centre_relative_to_efermi"] = Centres(run, selection);
            }
            elements[element.Symbol] = shells;
        }
        return elements;
    }

    private static Found Components(DosCurve curve)
    {
        var found = new Found();
        for (var spin = 0; spin < curve.Density.Length; spin++) found[Spins[spin]] = Integral([.. curve.EnergiesEv], [.. curve.Density[spin]]);
        return found;
    }

    private static Found Centres(Vasprun run, ProjectedDosSelection selection)
    {
        var found = new Found();
        foreach (var (name, channel, window) in new[]
        {
            ("full_range", "full_range", EnergyWindow.Full), ("pymatgen_get_band_center", null, EnergyWindow.Full), ("occupied_E<=Ef", "occupied", EnergyWindow.Occupied),
            ("window_-8_to_0", null, EnergyWindow.Parse("-8:0")), ("window_-10_to_5", null, EnergyWindow.Parse("-10:5")),
        })
        {
            var centre = Centre(run, selection, window);
            found[name] = centre?.TotalEv;
            if (channel is null) continue;
            // Without spin the corpus repeats the total as "up".
            found[channel + "_up"] = run.SpinPolarized ? centre?.UpEv : centre?.TotalEv;
            found[channel + "_down"] = centre?.DownEv;
        }
        return found;
    }

    private static BandCentre? Centre(Vasprun run, ProjectedDosSelection selection, EnergyWindow window)
    {
        try
        {
            return BandCentre.Compute(run, new(selection, window));
        }
        catch (DftFlowException error) when (error.Code == "DF3202")
        {
            return null;
        }
    }

    public static double Integral(ReadOnlySpan<double> energies, ReadOnlySpan<double> density)
    {
        var sum = 0.0;
        for (var i = 1; i < energies.Length; i++) sum += (energies[i] - energies[i - 1]) * (density[i] + density[i - 1]) / 2;
        return sum;
    }
}
