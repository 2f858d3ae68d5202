using System.Collections.Immutable;
using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <content>What is done with lots that are open: end, enlarge, bid.</content>
internal sealed partial class KeeperRole
{
    private async Task ConsiderLotAsync(ProtocolBook book, BookLot lot, CheckpointInputs live, CancellationToken cancellationToken)
    {
        (AccountState rest, ImmutableArray<Balance> balances) = LotParts.Rest(lot, book.Accounts[lot.Account], live.Checkpoint.Header, book.Settlements);
        bool isHealthy = KeeperMarket.Figures(rest, balances, live) is { } figures && figures.EquityE8 >= figures.MaintenanceE8;
        if (isHealthy || lot.SoldE8 == LotParts.WholeE8)
        {
            await EndAsync(lot, cancellationToken).ConfigureAwait(false);
        }
        else if (lot.LeftE8 == 0)
        {
            await EnlargeAsync(lot, rest, balances, live, cancellationToken).ConfigureAwait(false);
        }
        else if (await DeleverageAsync(lot, rest, balances, live, cancellationToken).ConfigureAwait(false))
        {
            // Its legs are needs now; the next block shows what is left to sell.
        }
        else if (options.BidderAccount > 0)
        {
            await BidAsync(book, lot, live, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(BookLot lot, CancellationToken cancellationToken)
    {
        try
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"finish lot {lot.Id} at {lot.LotHash.ToString()[..10]} sold {lot.SoldE8}");
            if (await SendAsync(key, client.Calls.Finish(lot), cancellationToken).ConfigureAwait(false))
            {
                logger.LotIsEnded(lot.Id, lot.Account);
            }
        }
        catch (RevertException error)
        {
            logger.LotIsNotBid(lot.Id, $"it cannot be ended: {error.Reason}");
        }
    }

    private async Task EnlargeAsync(BookLot lot, AccountState rest, ImmutableArray<Balance> balances, CheckpointInputs live, CancellationToken cancellationToken)
    {
        if (FindWitness(rest, balances, live) is not { } found)
        {
            return;
        }

        try
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"enlarge lot {lot.Id} at {lot.LotHash.ToString()[..10]} from {lot.ForSaleE8}");
            await SendAsync(key, client.Calls.Enlarge(lot, found.Witness), cancellationToken).ConfigureAwait(false);
        }
        catch (RevertException error)
        {
            logger.LotIsNotBid(lot.Id, $"it cannot be enlarged: {error.Reason}");
        }
    }

    private async Task BidAsync(ProtocolBook book, BookLot lot, CheckpointInputs live, CancellationToken cancellationToken)
    {
        if (!book.Accounts.TryGetValue((ulong)options.BidderAccount, out BookAccount? bidder) || bidder.Owner != transactions.Sender)
        {
            logger.LotIsNotBid(lot.Id, $"account {options.BidderAccount} is not owned by {transactions.Sender}; open one and set keeper.bidderAccount");
            return;
        }

        (AccountState whole, ImmutableArray<Balance> balances) = LotParts.Whole(lot, live.Checkpoint.Header, book.Settlements);
        if (bidder.OpenLot != 0 || KeeperMarket.Figures(whole, balances, live) is not { } figures)
        {
            return;
        }

        string reason = "no fraction is left";
        foreach (ulong fraction in BidSizes.Of(lot.LeftE8, book.Parameters.Liquidation.BidMinE8))
        {
            (BidPlan? plan, reason) = await PlanAsync(lot, fraction, figures.EquityE8, whole, bidder, live, cancellationToken).ConfigureAwait(false);
            if (plan is not null)
            {
                await SendBidAsync(lot, plan, bidder, cancellationToken).ConfigureAwait(false);
                return;
            }
        }

        logger.LotIsNotBid(lot.Id, reason);
    }

    /// <summary>What a fraction would bring, or why it is not bid for. The chain itself is asked what it would cost and whether the bidder's account can carry it.</summary>
    private async Task<(BidPlan? Plan, string Reason)> PlanAsync(
        BookLot lot, ulong fraction, Int128 equityE8, AccountState whole, BookAccount bidder, CheckpointInputs live, CancellationToken cancellationToken)
    {
        Int128 takenE8 = KeeperMarket.GrossE8(whole, live) * (Int128)fraction / (Int128)LotParts.WholeE8;
        if (KeeperMarket.GrossE8(bidder.State, live) + takenE8 > options.InventoryLimitE8)
        {
            return (null, $"{fraction} of it would exceed keeper.inventoryLimitE8");
        }

        try
        {
            Int128 pay = (Int128)await client.QuoteBidAsync(lot, fraction, bidder, cancellationToken: cancellationToken).ConfigureAwait(false);
            TransactionRequest request = client.Calls.Bid(lot, fraction, Int256.MaxValue, bidder, Proofs.Computed);
            ulong gas = await node.EstimateGasAsync(transactions.Sender, request.To!.Value, request.Data.ToArray(), cancellationToken).ConfigureAwait(false);
            GasOffer offer = await node.EstimateFeesAsync(cancellationToken).ConfigureAwait(false);
            var plan = new BidPlan(
                fraction,
                equityE8 * (Int128)fraction / (Int128)LotParts.WholeE8,
                pay,
                KeeperMarket.GasE8(gas, (UInt128)offer.MaxFeePerGasWei, options.NativePriceE8),
                takenE8 * options.HedgeCostBps / 10_000);
            return plan.ProfitE8 >= options.MinimumProfitE8 ? (plan, "") : (null, $"{fraction} of it would bring {plan.ProfitE8}, less than keeper.minimumProfitE8");
        }
        catch (RevertException error)
        {
            return (null, $"{fraction} of it is refused: {error.Reason}");
        }
    }

    private async Task SendBidAsync(BookLot lot, BidPlan plan, BookAccount bidder, CancellationToken cancellationToken)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"bid lot {lot.Id} at {lot.LotHash.ToString()[..10]} from {lot.SoldE8} by {bidder.Id} at {bidder.StateHash.ToString()[..10]}");
        TransactionRequest request = client.Calls.Bid(lot, plan.FractionE8, plan.MostPayE8(options.MinimumProfitE8), bidder, Proofs.Computed);
        try
        {
            if (await SendAsync(key, request, cancellationToken).ConfigureAwait(false))
            {
                logger.LotIsBid(lot.Id, plan.FractionE8, plan.PayE8, plan.ProfitE8, plan.GasE8, plan.HedgeE8);
            }
        }
        catch (RevertException error)
        {
            logger.LotIsNotBid(lot.Id, error.Reason.ToString() ?? "");
        }
    }
}
