using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Margin;

/// <summary>An account before and after orders.</summary>
/// <param name="Orders">The orders, in their order.</param>
/// <param name="Before">Before.</param>
/// <param name="After">After all of them.</param>
internal sealed record WhatIfOutcome(IReadOnlyList<WhatIfOrder> Orders, AccountReport Before, AccountReport After)
{
    /// <summary>Tries orders: for each account that they name, all of its orders in a row.</summary>
    public static IReadOnlyList<WhatIfOutcome> Of(Book book, IReadOnlyList<AccountReport> reports, IEnumerable<string> orders) =>
    [
        .. orders.Select(text => WhatIfOrder.Parse(text, book)).GroupBy(order => order.Account, StringComparer.Ordinal).Select(own =>
        {
            AccountReport before = reports.First(r => string.Equals(r.Account.Name, own.Key, StringComparison.Ordinal));
            BookAccount after = own.Aggregate(before.Account, (account, order) => order.Apply(account, book.Checkpoint));
            return after.State.HasTooManyPositions
                ? throw new CliException($"The --what-if orders of account '{own.Key}' leave it {after.State.Positions.Length} positions: give orders that leave at most {AccountState.PositionsMax}.")
                : new WhatIfOutcome([.. own], before, AccountReport.Of(after, book.View));
        }),
    ];
}
