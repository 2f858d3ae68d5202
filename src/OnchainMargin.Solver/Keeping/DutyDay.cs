using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <summary>What dust may still cost within a day beyond what the chain pays for it: whoever makes it by the thousand is not paid for by the keeper without end, and what matters is never kept waiting by it.</summary>
internal sealed class DutyDay(TransactionManager transactions, KeeperOptions options, TimeProvider time)
{
    private const int DaySeconds = 86_400;

    private Int128 _leftE8 = options.DutyDayE8 - transactions.ChargedSince(time.GetUtcNow().ToUnixTimeSeconds() - DaySeconds);

    /// <summary>Takes what a duty costs; false, and nothing taken, where that is more than is left.</summary>
    public bool Take(Int128 costE8)
    {
        if (costE8 > 0 && costE8 > _leftE8)
        {
            return false;
        }

        _leftE8 -= costE8;
        return true;
    }
}
