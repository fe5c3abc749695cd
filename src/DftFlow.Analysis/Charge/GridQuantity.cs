using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Analysis.Charge;

/// <summary>What of a volumetric file is looked at: values in units that people use.</summary>
/// <param name="Name">As in <c>ELF, mean of both spins</c>.</param>
/// <param name="Unit">As in <c>e/Å³</c>; empty for an ELF.</param>
public sealed record GridQuantity(SliceQuantity Quantity, string Name, string Unit, double[] Values)
{
    // A total density has next to nothing below zero, a difference about as much as above.
    private const double PartBelowZero = 0.01;

    /// <summary>Names of <c>--block</c>.</summary>
    public static readonly IReadOnlyList<string> Blocks = ["total", "magnetization", "mx", "my", "mz"];

    /// <summary>The values of a block, or of a spin; densities are divided by the volume. The file's own array may be changed.</summary>
    /// <param name="block">Of a density: one of <see cref="Blocks"/>, or null for the total.</param>
    /// <exception cref="DftFlowException">DF3234: the file has no such block.</exception>
    public static GridQuantity Of(VolumetricData<double> data, string? block, GridSpin? spin)
    {
        if (data.Kind != GridKind.Density) return Mean(data, block, spin ?? GridSpin.Both);
        if (spin is GridSpin.Up or GridSpin.Down)
        {
            if (block is not null) throw Error("A spin and a block cannot be asked for together.", "Leave one of --spin and --block out.");
            var sign = spin == GridSpin.Up ? 1 : -1;
            var moment = Find(data, GridMeaning.Magnetization, "spin densities").Values;
            return new(SliceQuantity.Density, spin == GridSpin.Up ? "Density of spin up" : "Density of spin down", "e/Å³", OfSpin(data.Blocks[0].Values, moment, sign, data.Lattice.Volume));
        }
        var meaning = block switch
        {
            null or "total" => GridMeaning.Total,
            "magnetization" => GridMeaning.Magnetization,
            "mx" => GridMeaning.Mx,
            "my" => GridMeaning.My,
            "mz" => GridMeaning.Mz,
            _ => throw Error($"'{block}' is no block of a density.", $"Give {string.Join(", ", Blocks)}."),
        };
        var values = Find(data, meaning, block ?? "total").Values;
        if (meaning != GridMeaning.Total) return new(SliceQuantity.Magnetization, meaning == GridMeaning.Magnetization ? "Magnetisation" : $"Magnetisation {block}", "µB/Å³", Divided(values, data.Lattice.Volume));
        return IsDifference(values)
            ? new(SliceQuantity.DensityDifference, "Density difference", "e/Å³", Divided(values, data.Lattice.Volume))
            : new(SliceQuantity.Density, "Density", "e/Å³", Divided(values, data.Lattice.Volume));
    }

    // Of an ELF or a potential: one block, or one for each spin.
    private static GridQuantity Mean(VolumetricData<double> data, string? block, GridSpin spin)
    {
        if (block is not null) throw Error($"'{block}' is a block of a density, and the file holds {(data.Kind == GridKind.Elf ? "an ELF" : "a potential")}.", "Choose with --spin up, down or both.");
        var (quantity, name, unit) = data.Kind == GridKind.Elf ? (SliceQuantity.Elf, "ELF", "") : (SliceQuantity.Potential, "Potential", "eV");
        if (data.Blocks.Length == 1) return new(quantity, name, unit, data.Blocks[0].Values);
        var (up, down) = (data.Blocks[0].Values, data.Blocks[1].Values);
        if (spin == GridSpin.Up) return new(quantity, name + ", spin up", unit, up);
        if (spin == GridSpin.Down) return new(quantity, name + ", spin down", unit, down);
        Parallel.For(0, data.Dimensions.Z, k =>
        {
            var plane = data.Dimensions.X * data.Dimensions.Y;
            Span<double> mine = up.AsSpan(k * plane, plane), other = down.AsSpan(k * plane, plane);
            for (var i = 0; i < mine.Length; i++) mine[i] = (mine[i] + other[i]) / 2;
        });
        return new(quantity, name + ", mean of both spins", unit, up);
    }

    private static GridBlock<double> Find(VolumetricData<double> data, GridMeaning meaning, string asked) =>
        data.Blocks.FirstOrDefault(block => block.Meaning == meaning)
        ?? throw Error($"The file has no {asked}: it holds {string.Join(", ", data.Blocks.Select(block => block.Meaning.ToString().ToLowerInvariant()))}.", "A collinear calculation with spin (ISPIN = 2) has total and magnetization, a non-collinear one total, mx, my and mz.");

    private static bool IsDifference(double[] values)
    {
        double above = 0, below = 0;
        foreach (var value in values)
            if (value > 0) above += value;
            else below -= value;
        return below > PartBelowZero * above;
    }

    // Both in place.
    private static double[] OfSpin(double[] total, double[] moment, int sign, double volume)
    {
        for (var i = 0; i < total.Length; i++) total[i] = (total[i] + sign * moment[i]) / (2 * volume);
        return total;
    }

    private static double[] Divided(double[] values, double volume)
    {
        for (var i = 0; i < values.Length; i++) values[i] /= volume;
        return values;
    }

    private static DftFlowException Error(string message, string hint) => new("DF3234", message, hint);
}
