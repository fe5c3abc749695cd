using System.Text.Json;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>Every value that the corpus states of an OSZICAR: from regular expressions on its text, and as pymatgen reads it.</summary>
public class OszicarCorpusTests
{
    [Fact]
    public void Finds_the_stated_values_in_every_file_of_the_corpus()
    {
        var files = 0;
        foreach (var (caseName, file, expected) in VaspCorpus.FilesOfKind("OSZICAR"))
        {
            using var stream = VaspCorpus.Open(caseName, file);
            var oszicar = Oszicar.Read(stream, TestContext.Current.CancellationToken);
            var where = $"{caseName}/{file}";
            var raw = expected.GetProperty("raw_text");
            Equal(raw.GetProperty("n_F_lines").GetInt32(), oszicar.IonicSteps.Count, where, "ionic steps");
            Equal(raw.GetProperty("n_electronic_lines").GetInt32(), oszicar.ElectronicSteps.Count, where, "electronic steps");
            Equal(
                string.Join(' ', raw.GetProperty("algos").EnumerateArray().Select(name => name.GetString())),
                string.Join(' ', oszicar.ElectronicSteps.Select(step => step.Algorithm).Distinct().Order(StringComparer.Ordinal)), where, "algorithms");
            files++;
            if (expected.At("n_ionic_steps") is not { } steps) continue;
            Equal(steps.GetInt32(), oszicar.IonicSteps.Count, where, "n_ionic_steps");
            var blocks = oszicar.ElectronicSteps.CountBy(step => step.IonicStep).Select(block => block.Value).ToList();
            Equal(expected.GetProperty("n_electronic_blocks").GetInt32(), blocks.Count, where, "blocks");
            Equal(expected.GetProperty("n_electronic_per_block_first_last")[0].GetInt32(), blocks[0], where, "first block");
            Equal(expected.GetProperty("n_electronic_per_block_first_last")[1].GetInt32(), blocks[^1], where, "last block");
            Equal(expected.At("final_energy")?.GetDouble(), oszicar.IonicSteps is [.., var last] ? last.EnergyEv : null, where, "final energy");
            if (expected.At("first_ionic_step") is { } first) CheckStep(first, oszicar.IonicSteps[0], where);
            if (expected.At("last_ionic_step") is { } final) CheckStep(final, oszicar.IonicSteps[^1], where);
        }
        Assert.True(files >= 13, $"only {files} files were found");
    }

    private static void CheckStep(JsonElement stated, OszicarIonicStep step, string where)
    {
        Equal(stated.GetProperty("F").GetDouble(), step.FreeEnergyEv, where, "F");
        Equal(stated.GetProperty("E0").GetDouble(), step.EnergyEv, where, "E0");
        Equal(stated.GetProperty("dE").GetDouble(), step.EnergyChangeEv, where, "dE");
        Equal(stated.At("mag")?.GetDouble(), step.MagnetizationMub is [var first, ..] ? first : null, where, "mag");
    }

    [Theory]
    [InlineData("truncated-mno2-afm-relax", "OSZICAR", 38, 1)]
    [InlineData("aborted-job-nbtini-large", "OSZICAR", 1, 10)]
    public void Tells_in_which_step_a_run_broke_off(string caseName, string file, int ionicStep, int electronicSteps)
    {
        using var stream = VaspCorpus.Open(caseName, file);
        var truncated = Oszicar.Read(stream, TestContext.Current.CancellationToken).Truncated!;
        Assert.Equal((stream.Length, ionicStep, electronicSteps), (truncated.Byte, truncated.IonicStep, truncated.ElectronicSteps));
    }

    private static void Equal<T>(T expected, T actual, string where, string what) =>
        Assert.True(EqualityComparer<T>.Default.Equals(expected, actual), $"{where}: {what} is {actual}, expected {expected}");
}
