namespace DftFlow.Tests.Clusters;

[Collection(OneCluster.Name)]
public sealed class TestClusterTests(TestCluster cluster)
{
    [Fact]
    public async Task Has_nodes_that_run_jobs()
    {
        cluster.SkipUnlessSlurm();
        Assert.Equal("hello", await cluster.RunAsync("srun echo hello"));
    }

    [Fact]
    public async Task Comes_back_after_each_fault()
    {
        cluster.SkipUnlessThere();
        await cluster.PauseAsync("sshd");
        await cluster.ResumeAsync("sshd");
        await cluster.SeverAsync("sshd");
        await cluster.KillAsync("sshd");
        await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.KillAsync("sshd"));
        await cluster.StartAsync("sshd");
        await cluster.RestartAsync("jump");
    }
}
