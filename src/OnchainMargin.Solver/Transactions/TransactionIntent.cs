using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Transactions;

/// <summary>Something to be done on chain, once.</summary>
/// <param name="Key">What it is, in one line that is the same whenever the same thing is meant, also after a restart: <c>epoch 7</c>, <c>start 12 of version 4</c>.</param>
/// <param name="Target">The contract to call.</param>
/// <param name="Data">The calldata.</param>
public sealed record TransactionIntent(string Key, Address Target, byte[] Data)
{
    /// <summary>The gas limits, when the caller has had the gas estimated already; null to have it estimated.</summary>
    public GasLimits? GasLimits { get; init; }

    /// <summary>The most that may be offered for a unit of gas, in wei, when it is worth only so much; null when the options' own cap alone counts.</summary>
    public UInt256? MostFeePerGasWei { get; init; }

    /// <summary>Whether others would copy it from the public pool, so that it goes to the private relay first where one is named.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>What it counts for among those whose cost is bounded by the day.</summary>
    public DayCharge Charge { get; init; }

    /// <summary>An intent from a built call.</summary>
    /// <exception cref="ArgumentException">Thrown when the request creates a contract or sends coins, which the solver never does.</exception>
    public static TransactionIntent From(string key, TransactionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.To is { } target && request.ValueWei.IsZero
            ? new TransactionIntent(key, target, request.Data.ToArray())
            : throw new ArgumentException($"The transaction for '{key}' creates a contract or sends coins; give a call.", nameof(request));
    }
}
