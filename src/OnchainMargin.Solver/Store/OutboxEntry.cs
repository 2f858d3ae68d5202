using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Store;

/// <summary>A transaction that the solver means to carry out, known by its intent: the same intent is never carried out twice.</summary>
public sealed record OutboxEntry
{
    /// <summary>What is to be done, in one line that is the same after a restart, for example <c>epoch 7</c>.</summary>
    public required string Intent { get; init; }

    /// <summary>The account that sends.</summary>
    public required Address Sender { get; init; }

    /// <summary>The contract that is called.</summary>
    public required Address Target { get; init; }

    /// <summary>The calldata; empty of what was settled long ago.</summary>
    public required byte[] Data { get; init; }

    /// <summary>Whether its calldata was let go, so that it cannot be signed again: only what uses a nonce and does nothing has none from the start, and calls the sender itself.</summary>
    public bool IsEmptied => Data.Length == 0 && Target != Sender && State is OutboxState.Final or OutboxState.FinalReverted or OutboxState.Withdrawn;

    /// <summary>The gas limit.</summary>
    public required ulong GasLimit { get; init; }

    /// <summary>The nonce, which makes sure that at most one of the attempts is mined.</summary>
    public required ulong Nonce { get; init; }

    /// <summary>The most that may be offered for a unit of gas, in wei; null when the options' cap alone counts.</summary>
    public UInt256? MostFeePerGasWei { get; init; }

    /// <summary>Whether it goes to the private relay first.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>What it counts for among those whose cost is bounded by the day.</summary>
    public DayCharge Charge { get; init; }

    /// <summary>Whether it was stored just now; false when it was there already.</summary>
    public bool IsNew { get; init; }

    /// <summary>How far it has come.</summary>
    public OutboxState State { get; init; }

    /// <summary>The block that holds it, 0 while there is none.</summary>
    public ulong BlockNumber { get; init; }

    /// <summary>Why it was reverted or given back, in words; empty otherwise.</summary>
    public string Reason { get; init; } = "";

    /// <summary>When it was stored, in Unix seconds.</summary>
    public required long CreatedSeconds { get; init; }

    /// <summary>How long the next blocks have for it before the chain is asked whether it would still take it, and after which it is asked again.</summary>
    internal const int AskAfterSeconds = 30;

    /// <summary>Whether it may be stuck: private relays drop what would be reverted, in place of having that mined, and the next blocks have passed.</summary>
    internal bool MayBeStuck(TimeProvider time) => IsPrivate && Math.Abs(time.GetUtcNow().ToUnixTimeSeconds() - CreatedSeconds) >= AskAfterSeconds;
}
