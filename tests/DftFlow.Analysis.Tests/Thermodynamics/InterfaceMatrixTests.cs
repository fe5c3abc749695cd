using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;

namespace DftFlow.Tests.Analysis.Thermodynamics;

public class InterfaceMatrixTests
{
    private static readonly ChosenPhase[] Phases = [.. ((string[])["Li2MnO3", "LiMnO2", "Li3ScF6", "LiF", "Li3InCl6", "Li2.6In0.8Ta0.2Cl6"]).Select(formula => (ChosenPhase)Composition.Parse(formula))];

    [Fact]
    public void Each_pair_is_as_it_is_alone_and_in_its_place()
    {
        var pairs = Phases.SelectMany(_ => Phases, (first, second) => (first, second)).ToArray();
        var matrix = InterfaceMatrix.Calculate(pairs, React, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(pairs, matrix.Select(pair => (pair.First, pair.Second)));
        foreach (var pair in matrix) Assert.Equal(React(pair.First, pair.Second).Minimum.EnergyEvPerAtom, pair.Minimum!.EnergyEvPerAtom);
    }

    [Fact]
    public void One_pair_without_an_answer_leaves_the_others()
    {
        var matrix = InterfaceMatrix.Calculate([(Phases[0], Phases[1]), (Phases[0], Composition.Parse("Na2S"))], React, cancellation: TestContext.Current.CancellationToken);
        Assert.NotNull(matrix[0].MutualMinimum);
        Assert.Equal<(string, InterfaceMinimum?)>(("DF3107", null), (matrix[1].Error!.Code, matrix[1].Minimum));
    }

    [Fact]
    public void Stops_when_it_is_told_to()
    {
        using var stop = new CancellationTokenSource();
        var done = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => InterfaceMatrix.Calculate([.. Enumerable.Repeat((Phases[0], Phases[1]), 10_000)], React, _ =>
        {
            if (Interlocked.Increment(ref done) == 5) stop.Cancel();
        }, stop.Token));
        Assert.InRange(done, 5, 1000);
    }

    private static InterfaceReaction React(ChosenPhase first, ChosenPhase second) => InterfaceReaction.Calculate(Carried.Mp2020, first, second);
}
