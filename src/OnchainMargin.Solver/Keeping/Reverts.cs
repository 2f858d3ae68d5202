using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <summary>What was reverted on chain within the hour rests, twice as long after each time: whoever changes his account just before would have every keeper pay gas for nothing for ever.</summary>
internal sealed class Reverts
{
    /// <summary>The longest rest, as long as that which the chain gives an account that was sold in part (CLR-040).</summary>
    private const int LongestRestSeconds = 300;

    /// <summary>How long what was reverted is remembered.</summary>
    private const int RememberedSeconds = 3600;

    private readonly ILookup<string, long> _sentAt;
    private readonly long _now;
    private readonly int _coolDownSeconds;

    /// <summary>Reads them from the store.</summary>
    public Reverts(TransactionManager transactions, KeeperOptions options, TimeProvider time)
    {
        (_now, _coolDownSeconds) = (time.GetUtcNow().ToUnixTimeSeconds(), options.CoolDownSeconds);
        _sentAt = transactions.RevertedSince(_now - RememberedSeconds).Where(one => !IsOwnDoing(one.Intent, transactions)).ToLookup(static one => KeeperKeys.NameOf(one.Intent), static one => one.CreatedSeconds, StringComparer.Ordinal);
    }

    /// <summary>How often something was reverted, and for how many seconds it rests; 0 for none.</summary>
    /// <param name="name">Its name, from <see cref="KeeperKeys.NameOf"/>.</param>
    public (int Times, long Seconds) Of(string name)
    {
        long[] sent = [.. _sentAt[name]];
        if (sent.Length == 0)
        {
            return default;
        }

        long rest = Math.Min((long)_coolDownSeconds << Math.Min(sent.Length - 1, 16), Math.Max(LongestRestSeconds, _coolDownSeconds));

        // Of a clock that was ahead, perhaps of another machine, no second counts that lies further before us than the rest is long.
        return (sent.Length, sent.Max(at => Math.Max(rest - Math.Abs(_now - at), 0)));
    }

    /// <summary>Whether the keeper itself changed the state that a start named: nobody healed anything then.</summary>
    private static bool IsOwnDoing(string intent, TransactionManager transactions) =>
        KeeperKeys.TryRead(intent, out string decision, out bool isLot, out _) && !isLot && decision is "start"
        && (transactions.IsUnderWay(KeeperKeys.With("serve", intent)) || transactions.IsUnderWay(KeeperKeys.With("settle", intent)));
}
