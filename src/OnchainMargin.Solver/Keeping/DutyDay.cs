using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <summary>What duties that bring less than their gas may still cost within a day: whoever makes them by the thousand is not paid for by the keeper without end. It is reckoned from the outbox, by what was last offered for each, and at the coin's price of now.</summary>
internal sealed class DutyDay
{
    private const int DaySeconds = 86_400;

    private Int128 _leftE8;

    /// <summary>Reads what the last day's cost from the store.</summary>
    public DutyDay(TransactionManager transactions, KeeperOptions options, long nativePriceE8, TimeProvider time)
    {
        _leftE8 = options.DutyDayE8;
        foreach ((string intent, ulong gasLimit, UInt256? mostFee, UInt256 offered) in transactions.OfferedSince(time.GetUtcNow().ToUnixTimeSeconds() - DaySeconds))
        {
            if (mostFee is { } most && KeeperKeys.TryRead(intent, out string decision, out _, out _) && decision is not "bid")
            {
                // A duty is worth what it may cost and what the chain pays for it.
                Int128 reward = Int128.Max(0, BidModel.GasE8(gasLimit, most, nativePriceE8) - options.DutyCostE8);
                _leftE8 -= Int128.Clamp(BidModel.GasE8(gasLimit, offered, nativePriceE8) - reward, 0, long.MaxValue);
            }
        }
    }

    /// <summary>Takes what a duty costs beyond what it brings; false, and nothing taken, where that is more than is left.</summary>
    public bool Take(Int128 costE8)
    {
        if (costE8 > 0 && costE8 > _leftE8)
        {
            return false;
        }

        _leftE8 -= Int128.Max(0, costE8);
        return true;
    }
}
