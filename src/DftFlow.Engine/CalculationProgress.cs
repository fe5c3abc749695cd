namespace DftFlow.Engine;

/// <summary>What a calculation does just now.</summary>
/// <param name="Cached">An earlier result was taken.</param>
/// <param name="IonicStep">From 1; null before the first electronic step shows.</param>
/// <param name="ElectronicStep">From 1 in each ionic step.</param>
/// <param name="EnergyEv">After that electronic step.</param>
/// <param name="EnergyChangeEv">From the electronic step before.</param>
/// <param name="Elapsed">Since the engine was started; zero before.</param>
/// <param name="Note">What it waits for, or why it failed, in one line.</param>
public sealed record CalculationProgress(
    string Id,
    CalculationState State,
    bool Cached,
    int? IonicStep,
    int? ElectronicStep,
    double? EnergyEv,
    double? EnergyChangeEv,
    TimeSpan Elapsed,
    string? Note = null);
