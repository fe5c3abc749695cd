namespace DftFlow.Tests.Clusters;

/// <summary>Tests of one cluster, one after the other, since some of them pause or kill parts of it: <c>[Collection(OneCluster.Name)]</c>.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneCluster : ICollectionFixture<TestCluster>
{
    public const string Name = "cluster";
}
