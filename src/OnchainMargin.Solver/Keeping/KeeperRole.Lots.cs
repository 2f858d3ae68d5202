using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <content>What is done with lots that are open: have them serve, end, enlarge, take over, show their loss, bid.</content>
internal sealed partial class KeeperRole
{
    /// <summary>A need below this part of a leg keeps no lot waiting (CLR-045).</summary>
    private const int DustParts = 100;

    /// <summary>The last debt that was booked, while it is under way.</summary>
    private string? _writeOff;

    private async Task ConsiderLotsAsync(ProtocolBook book, CheckpointInputs live, CancellationToken cancellationToken)
    {
        foreach (BookLot lot in book.OpenLots.Where(lot => !IsCooling(lot.Account)))
        {
            try
            {
                await ConsiderLotAsync(book, lot, live, cancellationToken).ConfigureAwait(false);
            }
            catch (RpcTransportException error)
            {
                // The next round passes over it and goes on behind it: a node that hangs costs a round its patience once, and no lot its turn.
                Refused(new Duty(Subject(lot), "look", "", "", lot.Account), error);
                break;
            }
            catch (Exception error) when (error is not (OperationCanceledException or DbException))
            {
                // Whatever one lot breaks on, those behind it are seen to, in this round and in all others.
                Refused(new Duty(Subject(lot), "look", "", "", lot.Account), error);
            }
        }
    }

    private async Task ConsiderLotAsync(ProtocolBook book, BookLot lot, CheckpointInputs live, CancellationToken cancellationToken)
    {
        (AccountState rest, ImmutableArray<Balance> balances) = LotParts.Rest(lot, book.Accounts[lot.Account], live.Checkpoint.Header, book.Settlements);
        AccountFigures? figures = Liquidations.Figures(rest, balances, live);
        bool isHealthy = figures is { } known && known.EquityE8 >= known.MaintenanceE8;
        // Of legs that have expired, too: those serve before they settle, and no bid takes them before.
        bool owes = !book.Needs.IsEmpty && FacesNeed(LotParts.Rest(lot, book.Accounts[lot.Account], live.Checkpoint.Header, SettlementPrices.Empty).State, book, DustParts);
        LotWorth? whole = LotWorth.Of(lot, book, live);
        if (owes && await DutyAsync(Of(lot, "serve", "a leg of it owes an open need"), _client.Calls.Deleverage(lot), live, cancellationToken).ConfigureAwait(false))
        {
            // It begins anew with what is left; the next block shows it.
        }
        else if (isHealthy || lot.SoldE8 == LotParts.WholeE8)
        {
            await DutyAsync(Of(lot, "end", isHealthy ? "the account is healthy again" : "all of it is sold"), _client.Calls.Finish(lot), live, cancellationToken).ConfigureAwait(false);
        }
        else if (lot.LeftE8 == 0 || (figures is { } shown && IsKeptFromBids(lot, rest, shown.EquityE8, book)))
        {
            if (Liquidations.FindWitness(rest, balances, live) is { } found)
            {
                string why = lot.LeftE8 == 0 ? "what was for sale is sold" : "too little was shown of it for bids";
                await DutyAsync(Of(lot, "enlarge", $"{why}, and the rest is under water still ({BidModel.Money(found.EquityE8)} against {BidModel.Money(found.ShownE8)})"), _client.Calls.Enlarge(lot, found.Witness), live, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        else if (!rest.Positions.IsEmpty && figures is { } left && await DeleverageAsync(lot, left.EquityE8, whole, live, cancellationToken).ConfigureAwait(false))
        {
            // Its legs are needs now; the next block shows what is left to sell.
        }
        else if (lot.InsolventSinceSeconds == 0 && whole is { EquityE8: var worth } && worth < 0)
        {
            await DutyAsync(Of(lot, "show-loss", $"it lacks {BidModel.Money(-worth)}, and what bidders are paid rises from when that is shown"), _client.Calls.ShowLoss(lot), live, cancellationToken).ConfigureAwait(false);
        }
        else if (_options.BidderAccount > 0 && owes)
        {
            _journal.Say(Subject(lot), "no-bid", "a leg of it faces an open need, which its account serves first");
        }
        else if (_options.BidderAccount > 0 && rest.Positions.IsEmpty && balances.IsEmpty && figures is { EquityE8: var debt } && debt < 0)
        {
            await WriteOffAsync(book, lot, -debt, live, cancellationToken).ConfigureAwait(false);
        }
        else if (_options.BidderAccount > 0)
        {
            await BidAsync(book, lot, whole, live, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a leg faces an open need of the opposite side.</summary>
    /// <param name="state">What is held.</param>
    /// <param name="book">The needs.</param>
    /// <param name="parts">A need below this part of the leg does not count.</param>
    private static bool FacesNeed(AccountState state, ProtocolBook book, int parts = int.MaxValue) =>
        state.Positions.Any(held => book.Needs.TryGetValue(held.Instrument, out long need) && (need > 0) != (held.SizeE8 > 0) && Int128.Abs(need) * parts >= Int128.Abs(held.SizeE8));

    /// <summary>Has the debt that is all that is left of a lot booked. It pays no incentive, and until somebody bids insurance, or whoever withdraws, does not know of it.</summary>
    private async Task WriteOffAsync(ProtocolBook book, BookLot lot, Int128 debtE8, CheckpointInputs live, CancellationToken cancellationToken)
    {
        // Each changes the state that the next one names, so that all but the first would revert: one at a time.
        if (Bidder(book, Subject(lot)) is { OpenLot: 0 } bidder && (_writeOff is not { } before || !_transactions.IsUnderWay(before)))
        {
            Duty duty = Of(lot, "write-off", $"nothing is left of it but a debt of {BidModel.Money(debtE8)}");
            if (await DutyAsync(duty, _client.Calls.Bid(lot, lot.LeftE8, Int256.Zero, bidder, Proofs.Computed), live, cancellationToken).ConfigureAwait(false))
            {
                _writeOff = duty.Key;
            }
        }
    }

    /// <summary>Whether the chain takes no bid because a witness that showed little makes what is left look restored. Where a leg was settled the chain looks at health itself.</summary>
    private static bool IsKeptFromBids(BookLot lot, AccountState rest, Int128 equityE8, ProtocolBook book) =>
        !rest.Positions.IsEmpty && rest.Pack().Length == lot.State.Length && Lots.IsRestored(equityE8, (Int128)lot.MaintenanceE8, book.Parameters.Liquidation.TargetE8, (long)lot.SoldE8);

    /// <summary>The account that bids; null, and said, when it is not the key's.</summary>
    private BookAccount? Bidder(ProtocolBook book, string subject)
    {
        if (book.Accounts.TryGetValue((ulong)_options.BidderAccount, out BookAccount? bidder) && bidder.Owner == _transactions.Sender)
        {
            return bidder;
        }

        _journal.Say(subject, "no-bid", $"account {_options.BidderAccount} is not owned by {_transactions.Sender}; open one and set keeper:bidderAccount");
        return null;
    }

    private async Task BidAsync(ProtocolBook book, BookLot lot, LotWorth? whole, CheckpointInputs live, CancellationToken cancellationToken)
    {
        string subject = Subject(lot);
        if (Bidder(book, subject) is not { } bidder)
        {
            return;
        }

        if (bidder.OpenLot != 0)
        {
            _journal.Say(subject, "no-bid", $"account {bidder.Id}, which would bid, is being liquidated itself");
            return;
        }

        if (whole is not { } worth)
        {
            _journal.Say(subject, "no-bid", "live prices lack a market that it holds");
            return;
        }

        string key = KeyOf(lot, bidder);
        OutboxEntry? frozen = _options.DryRun ? null : _transactions.Frozen(key);
        if (frozen is null && _transactions.IsUnderWay(key))
        {
            return;
        }

        string reason = "nothing of it is left for sale";
        foreach (ulong fraction in BidSizes.Of(lot.LeftE8, book.Parameters.Liquidation.BidMinE8))
        {
            (BidPlan? plan, reason) = await PlanAsync(lot, worth.Part(fraction), bidder, live, cancellationToken).ConfigureAwait(false);
            if (plan is not null)
            {
                await (frozen is null ? SendBidAsync(new Duty(subject, "bid", key, "", IsPrivate: true), lot, plan, bidder, cancellationToken) : RaiseBidAsync(subject, frozen, plan, cancellationToken)).ConfigureAwait(false);
                return;
            }
        }

        if (frozen is null)
        {
            _journal.Say(subject, "no-bid", reason);
        }
    }

    /// <summary>What a fraction would bring, or why it is not bid for. The chain itself is asked what it would cost and whether the bidder's account can carry it.</summary>
    private async Task<(BidPlan? Plan, string Reason)> PlanAsync(BookLot lot, LotWorth part, BookAccount bidder, CheckpointInputs live, CancellationToken cancellationToken)
    {
        string share = Percent(part.FractionE8);
        if (Liquidations.GrossE8(bidder.State, live) + part.GrossE8 > _options.InventoryLimitE8)
        {
            return (null, $"{share} of it would bring account {bidder.Id} above the notional of keeper:inventoryLimitE8");
        }

        if (TooOneSided(part.DeltasE8, bidder, live) is { } underlying)
        {
            return (null, $"{share} of it would bring account {bidder.Id} above the net exposure of keeper:netLimitE8 in underlying {underlying}");
        }

        try
        {
            Int128 pay = (Int128)await Patience.AskAsync(token => _client.QuoteBidAsync(lot, part.FractionE8, bidder, cancellationToken: token), _time, cancellationToken).ConfigureAwait(false);
            TransactionRequest request = _client.Calls.Bid(lot, part.FractionE8, Int256.MaxValue, bidder, Proofs.Computed);
            ulong gas = await EstimateAsync(request, cancellationToken).ConfigureAwait(false);
            GasOffer offer = await _node.EstimateFeesAsync(cancellationToken).ConfigureAwait(false);
            var terms = new BidTerms
            {
                FractionE8 = part.FractionE8,
                ShareE8 = part.EquityE8,
                PayE8 = pay,
                HedgeE8 = HedgeCosts.OfE8(part.GrossE8, part.DeltasE8, _options.HedgeCostBps, live, _depth.SlippageE8),
                GasLimit = _transactions.GasLimitOf(gas),
                OfferWei = offer.MaxFeePerGasWei,
                CapWei = _transactions.CapWei,
                NativePriceE8 = NativePriceE8(live),
                MinimumProfitE8 = _options.MinimumProfitE8,
                GasSharePercent = _options.GasSharePercent,
            };
            BidPlan? plan = BidModel.Judge(terms, out string reason);
            return (plan, $"{share} of it is {reason}");
        }
        catch (RevertException error)
        {
            return (null, $"{share} of it is refused by the chain: {error.Reason}");
        }
        catch (EthereumException error) when (error is RpcErrorException or TransactionTooLargeException)
        {
            return (null, $"{share} of it cannot be tried: {error.Message}");
        }
    }

    private async Task SendBidAsync(Duty duty, BookLot lot, BidPlan plan, BookAccount bidder, CancellationToken cancellationToken)
    {
        BidTerms terms = plan.Terms;
        TransactionRequest request = _client.Calls.Bid(lot, terms.FractionE8, plan.MostPayE8, bidder, Proofs.Computed);
        string figures = $"{Percent(terms.FractionE8)} of it, worth {BidModel.Money(terms.ShareE8)}, for {BidModel.Money(terms.PayE8)} and at most {BidModel.Money(plan.MostPayE8)}; hedging {BidModel.Money(terms.HedgeE8)}, "
            + $"gas {BidModel.Money(plan.GasE8)} at {BidModel.Gwei(terms.OfferWei)} gwei and at most {BidModel.Gwei(plan.CeilingWei)}; profit about {BidModel.Money(plan.ProfitE8)}";
        try
        {
            await SendAsync(duty, request, terms.GasLimit, plan.CeilingWei, figures, cancellationToken).ConfigureAwait(false);
        }
        catch (RevertException error)
        {
            Refused(duty, error);
        }
    }

    /// <summary>An underlying whose net exposure would pass the limit and grow; null when there is none.</summary>
    private ushort? TooOneSided(ImmutableSortedDictionary<ushort, Int128> taken, BookAccount bidder, CheckpointInputs live)
    {
        ImmutableSortedDictionary<ushort, Int128> held = Liquidations.NetDeltasE8(bidder.State, bidder.Balances, live);
        foreach ((ushort underlying, Int128 delta) in taken)
        {
            Int128 before = held.GetValueOrDefault(underlying);
            Int128 after = Int128.Abs(before + delta);
            long spot = live.Checkpoint.Underlyings.FirstOrDefault(record => record.Underlying == underlying)?.SpotE8 ?? 0;
            if (after > Int128.Abs(before) && after * spot / BidModel.One > _options.NetLimitE8)
            {
                return underlying;
            }
        }

        return null;
    }

    private static string Percent(ulong fractionE8) => string.Create(CultureInfo.InvariantCulture, $"{(decimal)fractionE8 / 1_000_000:0.##} %");

    private static string KeyOf(BookLot lot, BookAccount bidder) => string.Create(CultureInfo.InvariantCulture, $"bid lot {lot.Id} at {lot.LotHash} from {lot.SoldE8} by {bidder.Id} at {bidder.StateHash}");

    private static string Subject(BookLot lot) => $"lot {lot.Id} of account {lot.Account}";

    private static Duty Of(BookLot lot, string decision, string why) =>
        new(Subject(lot), decision, string.Create(CultureInfo.InvariantCulture, $"{decision} lot {lot.Id} at {lot.LotHash} sold {lot.SoldE8} of {lot.ForSaleE8} under {lot.MaintenanceE8}"), why);
}
