using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Keeping;

namespace OnchainMargin.EndToEnd.Tests.Guides;

/// <summary>The keeper of docs/guides/keeper.md, word for word.</summary>
internal static class KeeperExample
{
    // guide: begin
    /// <summary>One round of a keeper: proves what is under water, and bids where a profit is left.</summary>
    public static async Task RoundAsync(ProtocolClient client, ulong bidderAccount, TextWriter log)
    {
        ProtocolBook book = await client.ReplayAsync();
        CheckpointInputs live = await client.GetLiveInputsAsync();
        foreach (UnderWater found in Liquidations.Find(book, live))
        {
            ulong lot = await client.StartLiquidationAsync(found.Account, found.Witness);
            log.WriteLine($"account {found.Account.Id}: started lot {lot}, equity {BidModel.Money(found.EquityE8)} is under {BidModel.Money(found.ShownE8)}");
        }

        foreach (BookLot lot in book.OpenLots.Where(lot => lot.LeftE8 > 0 && lot.BiddingFromSeconds <= book.BlockTimeSeconds))
        {
            // What it is worth and what it costs, as of one block: the price between two may have fallen.
            BlockTag now = BlockTag.Number(await client.Node.GetBlockNumberAsync());
            live = await client.GetLiveInputsAsync(now);
            if (LotWorth.Of(lot, book, live)?.Part(LotWorth.BidMostE8(lot, book, live)) is not { FractionE8: > 0 } part)
            {
                continue;
            }

            BookAccount bidder = await client.GetAccountAsync(bidderAccount);
            Int256 pay = await client.QuoteBidAsync(lot, part.FractionE8, bidder, block: now);
            var call = client.Calls.Bid(lot, part.FractionE8, Int256.MaxValue, bidder, Proofs.Computed);
            FeeEstimate? fees = await client.Node.EstimateFeesAsync();
            BidPlan? plan = BidModel.Judge(
                new BidTerms
                {
                    FractionE8 = part.FractionE8,
                    ShareE8 = part.EquityE8,
                    PayE8 = (Int128)pay,
                    HedgeE8 = HedgeCosts.OfE8(part.GrossE8, part.DeltasE8, feeBps: 5, live),
                    Gas = await client.Node.EstimateGasAsync(new CallRequest(call.To!.Value, call.Data) { From = client.Sender }) * 13 / 10,
                    OfferWei = fees?.MaxFeePerGasWei ?? await client.Node.GetGasPriceAsync(),
                    CapWei = 500_000_000_000UL,
                    NativePriceE8 = live.Checkpoint.Underlyings[1].SpotE8,
                    MinimumProfitE8 = 25 * BidModel.One,
                },
                out string reason);
            log.WriteLine(plan is null ? $"lot {lot.Id}: no bid, it is {reason}" : $"lot {lot.Id}: bids {BidModel.Money(plan.Terms.PayE8)}, at most {BidModel.Money(plan.MostPayE8)}, for a profit of {BidModel.Money(plan.ProfitE8)}");
            if (plan is not null)
            {
                await client.BidAsync(lot, part.FractionE8, plan.MostPayE8, bidder);
            }
        }
    }

    // guide: end
}
