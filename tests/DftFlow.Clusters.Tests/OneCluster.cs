// They wait for the most part.
[assembly: Xunit.v3.Parallelization(MaxThreads = 6)]

namespace DftFlow.Tests.Clusters;

/// <summary>Tests of one cluster, one after the other, since some of them pause or kill parts of it: <c>[Collection(OneCluster.Name)]</c>.</summary>
[CollectionDefinition(Name)]
public sealed class OneCluster : ICollectionFixture<TestCluster>
{
    public const string Name = "cluster";

    /// <summary>A trait of slow tests in which no number is formatted that others do not format too: the pass in another culture leaves them out.</summary>
    public const string Culture = "culture", Any = "any";
}

/// <summary>Another cluster, of tests that bear what the first one's do with theirs.</summary>
[CollectionDefinition(Name)]
public sealed class SecondCluster : ICollectionFixture<TestCluster>
{
    public const string Name = "second cluster";
}
