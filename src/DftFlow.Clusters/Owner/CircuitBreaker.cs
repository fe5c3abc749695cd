using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Owner;

/// <summary>Whether a cluster is spoken to.</summary>
public enum CircuitState
{
    Closed,

    /// <summary>No traffic until <see cref="Circuit.NextTry"/>, or until a person resets it.</summary>
    Open,

    /// <summary>One try is under way or may be made; it decides.</summary>
    HalfOpen,
}

/// <summary>What a circuit breaker says of itself.</summary>
/// <param name="Reason">The failure that opened it; null while it is closed.</param>
/// <param name="NextTry">Null where only a person can close it, or where it is closed.</param>
public sealed record Circuit(CircuitState State, DftFlowException? Reason, DateTimeOffset? NextTry)
{
    /// <summary>Only <see cref="CircuitBreaker.Reset"/> closes it: a refused login or a changed host key.</summary>
    public bool NeedsPerson => State == CircuitState.Open && NextTry is null;
}

/// <summary>
/// Stops traffic to a host that does not answer: opens after three failures in a row, and lets one try through after 1, 2, 4 … at
/// most 30 minutes, with some chance in it, so that many users do not come back in the same second. What only a person can mend
/// opens it at once and for good, since further tries may get an account locked.
/// </summary>
public sealed class CircuitBreaker(TimeProvider time, Random random)
{
    private const int FailuresToOpen = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(30);

    private readonly Lock gate = new();
    private int failures;
    private int openings;
    private bool trying;
    private Circuit state = new(CircuitState.Closed, null, null);

    public Circuit State
    {
        get
        {
            lock (gate) return state is { State: CircuitState.Open, NextTry: { } next } && time.GetUtcNow() >= next ? state with { State = CircuitState.HalfOpen } : state;
        }
    }

    /// <summary>Runs work unless the circuit is open.</summary>
    /// <exception cref="DftFlowException">DF4020: it is open; or what the work throws.</exception>
    public async Task<T> RunAsync<T>(string destination, Func<Task<T>> work)
    {
        var trial = Enter(destination);
        try
        {
            var result = await work();
            Succeeded();
            return result;
        }
        catch (DftFlowException error) when (ConnectionFailures.ClassOf(error) != FailureClass.Other)
        {
            Failed(error, trial);
            throw;
        }
        catch (DftFlowException)
        {
            // The host was reached: it is the work that went wrong.
            Succeeded();
            throw;
        }
        finally
        {
            if (trial)
                lock (gate) trying = false;
        }
    }

    /// <summary>A person has mended what was wrong.</summary>
    public void Reset()
    {
        lock (gate) (failures, openings, state) = (0, 0, new(CircuitState.Closed, null, null));
    }

    /// <summary>Whether this is the one try that decides.</summary>
    private bool Enter(string destination)
    {
        lock (gate)
        {
            switch (State.State)
            {
                case CircuitState.Closed:
                    return false;
                case CircuitState.HalfOpen when !trying:
                    return trying = true;
                default:
                    throw new DftFlowException("DF4020", $"{destination} is left alone {(state.NextTry is { } next ? FormattableString.Invariant($"until {next.UtcDateTime:HH:mm:ss} UTC") : "until a person has looked at it")}: {state.Reason!.Message}", state.Reason.Hint, inner: state.Reason);
            }
        }
    }

    // What was under way on the other connection when the circuit opened ends later, well or not: where a person is needed that changes nothing.

    private void Succeeded()
    {
        lock (gate)
            if (!state.NeedsPerson) Reset();
    }

    private void Failed(DftFlowException error, bool trial)
    {
        lock (gate)
        {
            if (state.NeedsPerson) return;
            if (ConnectionFailures.ClassOf(error) == FailureClass.NeedsPerson) state = new(CircuitState.Open, error, null);
            else if (state.State == CircuitState.Open ? trial : ++failures >= FailuresToOpen)
            {
                var pause = Math.Min(LongestPause.TotalSeconds, FirstPause.TotalSeconds * Math.Pow(2, openings++));
                state = new(CircuitState.Open, error, time.GetUtcNow().AddSeconds(pause * (1 + 0.25 * random.NextDouble())));
            }
        }
    }
}
