namespace OnchainMargin.Margin;

/// <summary>What every operation does to a state before and after its own work.</summary>
public static class Touches
{
    private static readonly Int128 LockedMaxE8 = long.MaxValue;

    /// <summary>Interest, sweep of the settlement token and decay of locked gains, in this order.</summary>
    /// <param name="state">The state.</param>
    /// <param name="header">The header of the live inputs of the operation.</param>
    /// <param name="settlementE8">The account's whole settlement token in the vault, E8.</param>
    /// <param name="time">Now, unix seconds.</param>
    /// <param name="windowSeconds">The averaging window.</param>
    [SpecRule("CLR-002")]
    public static AccountState Begin(AccountState state, CheckpointHeader header, Int128 settlementE8, ulong time, long windowSeconds)
    {
        ArgumentNullException.ThrowIfNull(state);
        Int128 cashE8 = Interest.AccrueFloor(state.CashE8, state.InterestIndexE12, Interest.IndexOf(state.CashE8, header)) + settlementE8;
        return state with { CashE8 = cashE8, LockedGainE8 = Locked(state.LockedGainE8, time - state.GainTime, windowSeconds), GainTime = time };
    }

    /// <summary>Locked gains after a time: fall in a straight line to nothing over the window, rounded up.</summary>
    /// <param name="lockedGainE8">Locked before.</param>
    /// <param name="elapsed">Seconds since then.</param>
    /// <param name="windowSeconds">The averaging window.</param>
    [SpecRule("CLR-003")]
    public static ulong Locked(ulong lockedGainE8, ulong elapsed, long windowSeconds) =>
        elapsed >= (ulong)windowSeconds ? 0 : (ulong)Wide.MulDivCeil(lockedGainE8, windowSeconds - (long)elapsed, windowSeconds);

    /// <summary>Locks the gains of an operation.</summary>
    /// <param name="state">The state after its fills.</param>
    /// <param name="realisedE8">Realised over all its fills, fees apart.</param>
    [SpecRule("CLR-004")]
    public static AccountState Lock(AccountState state, Int128 realisedE8)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state with { LockedGainE8 = (ulong)Rounding.Min(LockedMaxE8, state.LockedGainE8 + Rounding.Max(0, realisedE8)) };
    }

    /// <summary>The state as it is written.</summary>
    /// <param name="state">The state.</param>
    /// <param name="header">The header of the live inputs of the operation.</param>
    /// <param name="time">Now, unix seconds.</param>
    /// <returns>The state, or null when its cash or the number of its positions leaves the domain.</returns>
    [SpecRule("CLR-005")]
    public static AccountState? End(AccountState state, CheckpointHeader header, ulong time)
    {
        ArgumentNullException.ThrowIfNull(state);
        return MarginDomain.IsCashHeld(state.CashE8) && !state.HasTooManyPositions
            ? state with { InterestIndexE12 = Interest.IndexOf(state.CashE8, header), Version = state.Version + 1, LastOperation = time }
            : null;
    }
}
