namespace DftFlow.Tests;

/// <summary>How long proofs by many samples go on: seconds in <c>./test</c>, an hour in <c>./test --long</c>.</summary>
public static class Effort
{
    private const int LongFactor = 120;

    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("DFTFLOW_LONG") is { Length: > 0 };

    public static int Iterations(int inShort) => IsLong ? inShort * LongFactor : inShort;

    public static TimeSpan Time(TimeSpan inShort) => IsLong ? inShort * LongFactor : inShort;
}
