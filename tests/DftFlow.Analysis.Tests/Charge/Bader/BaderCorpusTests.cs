using System.Globalization;
using DftFlow.Analysis.Charge.Bader;

namespace DftFlow.Tests.Analysis.Charge.Bader;

/// <summary>Held against the Henkelman group's program (version 1.05), on real densities.</summary>
public sealed class BaderCorpusTests
{
    public static TheoryData<string, BaderMethod, string> Cases { get; } = new()
    {
        { "bader-triple-lif", BaderMethod.Weight, "CHGCAR" },
        { "bader-triple-lif", BaderMethod.NearGrid, "CHGCAR" },
        { "bader-triple-lif", BaderMethod.OnGrid, "CHGCAR" },
        { "bader-acf-lif", BaderMethod.Weight, "CHG" },
        { "bader-acf-lif", BaderMethod.NearGrid, "CHG" },
        { "bader-acf-lif", BaderMethod.OnGrid, "CHG" },
        { "aeccar-perovskite-namgf3", BaderMethod.Weight, "CHG" },
        { "aeccar-perovskite-namgf3", BaderMethod.NearGrid, "CHG" },
        { "aeccar-perovskite-namgf3", BaderMethod.OnGrid, "CHG" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Charges_volumes_and_distances_are_those_of_the_other_program(string name, BaderMethod method, string density)
    {
        var densities = await BaderDensities.ReadAsync(TestPaths.Shared("vasp-corpus", name), [], null, TestContext.Current.CancellationToken);
        // As it was written for the other program.
        densities = densities with { Reference = [.. densities.Reference.Select(value => double.Parse(value.ToString("E11", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))] };
        var charges = BaderAnalysis.Compute(densities, method, cancellation: TestContext.Current.CancellationToken);
        var expected = VaspCorpus.Expected(name, "bader_reference").GetProperty(method.ToString().ToLowerInvariant());
        Assert.StartsWith(density, Path.GetFileName(densities.Inputs[2].File), StringComparison.Ordinal);
        Hold("charges", atom => atom.Electrons, 1e-4);
        Hold("atomic_vol", atom => atom.VolumeA3, 2e-3);
        Hold("min_dist", atom => atom.MinDistanceA ?? double.NaN, 1e-5);

        void Hold(string key, Func<BaderAtom, double> value, double tolerance)
        {
            foreach (var (theirs, ours) in expected.GetProperty(key).EnumerateArray().Select(v => v.GetDouble()).Zip(charges.Atoms))
                Assert.True(Math.Abs(theirs - value(ours)) <= tolerance, $"{key} of atom {ours.Index}: {value(ours)}, and not {theirs}. All: {string.Join(" ", charges.Atoms.Select(a => FormattableString.Invariant($"{value(a):F6}")))}");
        }
    }
}
