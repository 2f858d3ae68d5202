using System.Collections.Immutable;
using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Solver.Keeping;

/// <content>What happens below insurance: lots that nobody can bid for are taken over, and opposite holders serve the needs.</content>
internal sealed partial class KeeperRole
{
    /// <summary>Has an insolvent lot taken over when insurance cannot pay for it; the chain decides, and refuses while it can.</summary>
    private async Task<bool> DeleverageAsync(BookLot lot, AccountState rest, ImmutableArray<Balance> balances, CheckpointInputs live, CancellationToken cancellationToken)
    {
        if (rest.Positions.IsEmpty || KeeperMarket.Figures(rest, balances, live) is not { EquityE8: var equity } || equity >= 0)
        {
            return false;
        }

        try
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"deleverage lot {lot.Id} at {lot.LotHash.ToString()[..10]} sold {lot.SoldE8}");
            if (await SendAsync(key, client.Calls.Deleverage(lot), cancellationToken).ConfigureAwait(false))
            {
                logger.LotIsTakenOver(lot.Id, lot.Account);
            }

            return true;
        }
        catch (RevertException error)
        {
            logger.LotIsNotBid(lot.Id, $"it is not taken over: {error.Reason}");
            return false;
        }
    }

    private async Task ServeNeedsAsync(ProtocolBook book, CancellationToken cancellationToken)
    {
        if (book.Needs.IsEmpty)
        {
            return;
        }

        foreach (BookAccount account in book.Accounts.Values)
        {
            if (account.OpenLot != 0 || !account.State.Positions.Any(held => book.Needs.TryGetValue(held.Instrument, out long need) && (need > 0) != (held.SizeE8 > 0)))
            {
                continue;
            }

            try
            {
                string key = string.Create(CultureInfo.InvariantCulture, $"serve account {account.Id} at {account.StateHash.ToString()[..10]}");
                if (await SendAsync(key, client.Calls.ServeNeed(account), cancellationToken).ConfigureAwait(false))
                {
                    logger.AccountServes(account.Id);
                }
            }
            catch (RevertException error)
            {
                logger.AccountDoesNotServe(account.Id, error.Reason.ToString() ?? "");
            }
        }
    }
}
