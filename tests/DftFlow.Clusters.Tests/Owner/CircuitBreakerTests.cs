using DftFlow.Clusters.Owner;
using DftFlow.Clusters.Transports;

namespace DftFlow.Tests.Clusters.Owner;

public sealed class CircuitBreakerTests
{
    private readonly StillClock clock = new();
    private readonly CircuitBreaker breaker;

    public CircuitBreakerTests() => breaker = new CircuitBreaker(clock, new Random(1));

    private static DftFlowException Lost => ConnectionFailures.Lost("hpc", "cut");

    private Task<int> Do(DftFlowException? failure = null) => breaker.RunAsync("hpc", () => failure is null ? Task.FromResult(1) : Task.FromException<int>(failure));

    private async Task FailAsync(int times)
    {
        for (var i = 0; i < times; i++) Assert.Equal("DF4002", (await Assert.ThrowsAsync<DftFlowException>(() => Do(Lost))).Code);
    }

    [Fact]
    public async Task Opens_after_three_failures_in_a_row()
    {
        await FailAsync(2);
        await Do();
        await FailAsync(2);
        Assert.Equal(CircuitState.Closed, breaker.State.State);
        await FailAsync(1);
        Assert.Equal(CircuitState.Open, breaker.State.State);
        var told = await Assert.ThrowsAsync<DftFlowException>(() => Do());
        Assert.Equal("DF4020", told.Code);
        Assert.Contains("cut", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lets_one_try_through_after_pauses_that_double_up_to_half_an_hour()
    {
        await FailAsync(3);
        var pauses = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            var pause = breaker.State.NextTry!.Value - clock.GetUtcNow();
            pauses.Add(pause.TotalMinutes);
            clock.Advance(pause);
            Assert.Equal(CircuitState.HalfOpen, breaker.State.State);
            await FailAsync(1);
            Assert.Equal("DF4020", (await Assert.ThrowsAsync<DftFlowException>(() => Do())).Code);
        }
        foreach (var (pause, least) in pauses.Zip((double[])[1, 2, 4, 8, 16, 30, 30, 30])) Assert.InRange(pause, least, least * 1.25);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await Do());
        Assert.Equal(CircuitState.Closed, breaker.State.State);
    }

    [Fact]
    public async Task While_one_try_is_under_way_no_other_is_made()
    {
        await FailAsync(3);
        clock.Advance(TimeSpan.FromHours(1));
        var underWay = new TaskCompletionSource<int>();
        var first = breaker.RunAsync("hpc", () => underWay.Task);
        Assert.Equal("DF4020", (await Assert.ThrowsAsync<DftFlowException>(() => Do())).Code);
        underWay.SetResult(2);
        Assert.Equal(2, await first);
        Assert.Equal(1, await Do());
    }

    [Fact]
    public async Task What_only_a_person_can_mend_opens_it_at_once_and_until_it_is_reset()
    {
        await Assert.ThrowsAsync<DftFlowException>(() => Do(ConnectionFailures.NotAuthenticated("hpc", "no")));
        Assert.True(breaker.State.NeedsPerson);
        clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal("DF4020", (await Assert.ThrowsAsync<DftFlowException>(() => Do())).Code);
        breaker.Reset();
        Assert.Equal(1, await Do());
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task What_was_under_way_when_a_login_was_refused_lets_nobody_try_again(bool endsWell)
    {
        var underWay = new TaskCompletionSource<int>();
        var other = breaker.RunAsync("hpc", () => underWay.Task);
        await Assert.ThrowsAsync<DftFlowException>(() => Do(ConnectionFailures.NotAuthenticated("hpc", "no")));
        if (endsWell) underWay.SetResult(1);
        else underWay.SetException(Lost);
        await other.ContinueWith(_ => { }, TestContext.Current.CancellationToken, TaskContinuationOptions.None, TaskScheduler.Default);
        clock.Advance(TimeSpan.FromDays(1));
        Assert.True(breaker.State.NeedsPerson);
        Assert.Equal("DF4010", breaker.State.Reason!.Code);
    }

    [Fact]
    public async Task What_fails_when_it_is_open_already_makes_no_pause_longer_and_no_second_try_possible()
    {
        var late = new[] { new TaskCompletionSource<int>(), new TaskCompletionSource<int>() };
        var under = late.Select(one => breaker.RunAsync("hpc", () => one.Task)).ToArray();
        await FailAsync(3);
        var next = breaker.State.NextTry;
        late[0].SetException(Lost);
        await Assert.ThrowsAsync<DftFlowException>(() => under[0]);
        Assert.Equal(next, breaker.State.NextTry);
        clock.Advance(TimeSpan.FromMinutes(2));
        var trial = new TaskCompletionSource<int>();
        var deciding = breaker.RunAsync("hpc", () => trial.Task);
        late[1].SetException(Lost);
        await Assert.ThrowsAsync<DftFlowException>(() => under[1]);
        Assert.Equal("DF4020", (await Assert.ThrowsAsync<DftFlowException>(() => Do())).Code);
        trial.SetResult(1);
        await deciding;
        Assert.Equal(CircuitState.Closed, breaker.State.State);
    }

    [Fact]
    public async Task Work_that_fails_on_a_host_that_answers_is_no_failure_of_the_connection()
    {
        for (var i = 0; i < 5; i++) await Assert.ThrowsAsync<DftFlowException>(() => Do(new DftFlowException("DF4301", "full")));
        Assert.Equal(CircuitState.Closed, breaker.State.State);
    }

    [Fact]
    public void Submissions_come_at_the_rate_that_is_allowed()
    {
        var bucket = new TokenBucket(perMinute: 12, clock);
        Assert.Equal(3, bucket.Take(100));
        Assert.Equal(0, bucket.Take(1));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, bucket.Take(100));
        clock.Advance(TimeSpan.FromHours(5));
        Assert.Equal(3, bucket.Take(100));
        var taken = 0;
        for (var second = 0; second < 600; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            taken += bucket.Take(100);
        }
        Assert.Equal(120, taken);
    }

    [Theory]
    [InlineData(60, 100, 15), InlineData(60, 3, 3), InlineData(10, 100, 2), InlineData(0.5, 9, 1), InlineData(0.01, 9, 1)]
    public void Who_waits_as_long_as_he_is_told_gets_as_many_as_can_be_saved_up(double perMinute, int wanted, int expected)
    {
        var bucket = new TokenBucket(perMinute, clock);
        bucket.Take(1000);
        for (var round = 0; round < 3; round++)
        {
            clock.Advance(bucket.TimeUntil(wanted));
            Assert.Equal(expected, bucket.Take(wanted));
        }
    }

    [Fact]
    public void A_rate_below_one_a_minute_lets_one_through_at_a_time()
    {
        var bucket = new TokenBucket(perMinute: 0.5, clock);
        Assert.Equal(1, bucket.Take(9));
        clock.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(0, bucket.Take(9));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, bucket.Take(9));
    }

    /// <summary>Time that passes only when it is told to.</summary>
    private sealed class StillClock : TimeProvider
    {
        private DateTimeOffset now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

        public void Advance(TimeSpan by) => now += by;

        public override DateTimeOffset GetUtcNow() => now;

        public override long GetTimestamp() => now.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
