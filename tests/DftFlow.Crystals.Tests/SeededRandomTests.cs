using DftFlow.Crystals;

namespace DftFlow.Tests.Crystals;

public class SeededRandomTests
{
    [Fact]
    public void Numbers_are_those_of_the_published_generators()
    {
        // splitmix64 of 1234567 begins 6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431 (the authors' C code);
        // the first of xoshiro256** is then rotl(s1·5, 7)·9.
        var random = new SeededRandom(1234567);
        var expected = unchecked(System.Numerics.BitOperations.RotateLeft(3203168211198807973UL * 5, 7) * 9);
        Assert.Equal(expected, random.NextUInt64());
    }

    [Fact]
    public void Whole_numbers_are_equally_likely()
    {
        var random = new SeededRandom(1);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++) counts[random.Next(7)]++;
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void Fractions_lie_between_none_and_one()
    {
        var random = new SeededRandom(2);
        var drawn = Enumerable.Range(0, 10_000).Select(_ => random.NextDouble()).ToArray();
        Assert.All(drawn, x => Assert.True(x is >= 0 and < 1));
        Assert.InRange(drawn.Average(), 0.49, 0.51);
    }

    [Fact]
    public void Normal_deviates_have_the_moments_of_the_normal_distribution()
    {
        var random = new SeededRandom(3);
        var drawn = Enumerable.Range(0, 100_000).Select(_ => random.NextNormal()).ToArray();
        // Four standard deviations of each estimate: 1, 2^½, 15^½ and 96^½ over 100 000^½.
        Assert.InRange(drawn.Average(), -0.0127, 0.0127);
        Assert.InRange(drawn.Average(x => x * x), 1 - 0.0179, 1 + 0.0179);
        Assert.InRange(drawn.Average(x => x * x * x), -0.049, 0.049);
        Assert.InRange(drawn.Average(x => x * x * x * x), 3 - 0.124, 3 + 0.124);
        // Beyond one, two and three standard deviations: 31.73 %, 4.55 % and 0.27 %.
        Assert.InRange(drawn.Count(x => Math.Abs(x) > 1), 31_140, 32_320);
        Assert.InRange(drawn.Count(x => Math.Abs(x) > 2), 4_285, 4_815);
        Assert.InRange(drawn.Count(x => Math.Abs(x) > 3), 205, 335);
    }
}
