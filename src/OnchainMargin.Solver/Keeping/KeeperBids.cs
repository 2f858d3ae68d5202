using System.Collections.Immutable;
using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <summary>Bids for the lot that brings most. Each bid names the state of the account that bids, and changes it: another one beside it would be reverted, so that one is under way at a time, until the book shows it.</summary>
internal sealed class KeeperBids(ProtocolClient client, TransactionManager transactions, KeeperOptions options, KeeperDuties duties, KeeperJournal journal, MeasuredDepth depth, TimeProvider time)
{
    /// <summary>The gas that a market's price is updated for, of three sources. An estimate in a block that has done so leaves it out, and the bid that comes first in its own block pays it.</summary>
    private const ulong UpdateGas = 100_000;

    /// <summary>What changes the account that bids and the book does not show yet; null for nothing.</summary>
    private OutboxEntry? _before;

    /// <summary>The same where it is a bid that gas has outgrown, so that it may make room for one that pays.</summary>
    private OutboxEntry? _frozen;

    private (BookLot Lot, BidPlan Plan, GasLimits Gas, BookAccount Bidder)? _best;
    private (BookLot Lot, Int128 DebtE8, BookAccount Bidder)? _debt;

    /// <summary>The account that bids; null, and said, when it is not the key's.</summary>
    public BookAccount? Bidder(ProtocolBook book, string subject)
    {
        if (book.Accounts.TryGetValue((ulong)options.BidderAccount, out BookAccount? bidder) && bidder.Owner == transactions.Sender)
        {
            return bidder;
        }

        journal.Say(subject, "no-bid", $"account {options.BidderAccount} is not owned by {transactions.Sender}; open one and set keeper:bidderAccount");
        return null;
    }

    /// <summary>Begins a round's look for the best lot.</summary>
    public void Begin(KeeperRound round)
    {
        (_before, _frozen, _best, _debt) = (null, null, null, null);
        if (options.BidderAccount == 0 || !round.Book.OpenLots.Any())
        {
            return;
        }

        OutboxEntry[] before = [.. round.UnderWay().Where(entry => KeeperKeys.IsOfBidder(entry.Intent, (ulong)options.BidderAccount))];
        _before = before.FirstOrDefault();
        _frozen = before is [var only] && !options.DryRun ? transactions.Frozen(only.Intent) : null;
    }

    /// <summary>Reckons what a lot would bring, if anything may be bid now.</summary>
    /// <param name="round">The round.</param>
    /// <param name="lot">The lot.</param>
    /// <param name="whole">What it is worth; null when live prices lack a market that it holds.</param>
    /// <param name="mostE8">The most of it that one bid takes.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>False where no part of that pays.</returns>
    public async Task<bool> ConsiderAsync(KeeperRound round, BookLot lot, LotWorth? whole, ulong mostE8, CancellationToken cancellationToken)
    {
        string subject = Of(lot, "").Subject;
        if (Free(round, lot) is not { } bidder)
        {
            return true;
        }

        if (whole is not { } worth)
        {
            journal.Say(subject, "no-bid", "live prices lack a market that it holds");
            return true;
        }

        string reason = "nothing of it is left for sale";
        foreach (ulong fraction in BidSizes.Of(mostE8, round.Book.Parameters.Liquidation.BidMinE8))
        {
            (BidPlan? plan, GasLimits gas, reason) = await PlanAsync(round, lot, worth.Part(fraction), bidder, cancellationToken).ConfigureAwait(false);
            if (plan is not null)
            {
                _best = _best is { } best && best.Plan.ProfitE8 >= plan.ProfitE8 ? best : (lot, plan, gas, bidder);
                return true;
            }
        }

        if (_frozen is { } frozen && KeeperKeys.IsOf(frozen.Intent, KeeperKeys.OfBid(lot, bidder)))
        {
            return true;
        }

        journal.Say(subject, "no-bid", reason);
        return false;
    }

    /// <summary>Notes a debt that is all that is left of a lot.</summary>
    public void ConsiderDebt(KeeperRound round, BookLot lot, Int128 debtE8)
    {
        if (_debt is null && _before is null && Free(round, lot) is { } bidder)
        {
            _debt = (lot, debtE8, bidder);
        }
    }

    /// <summary>Sends the best bid; where none pays, has a debt booked. That pays no incentive, and until somebody bids insurance, or whoever withdraws, does not know of it.</summary>
    public async Task SendAsync(KeeperRound round, CancellationToken cancellationToken)
    {
        if (_best is { } best)
        {
            Duty bid = Of(best.Lot, KeeperKeys.OfBid(best.Lot, best.Bidder));
            await duties.TryAsync(bid, () => _frozen is null ? SendAsync(bid, best.Lot, best.Plan, best.Gas, best.Bidder, cancellationToken) : MakeRoomAsync(bid, _frozen, best.Plan, cancellationToken)).ConfigureAwait(false);
        }
        else if (_debt is { } debt)
        {
            Duty duty = Duty.Of(debt.Lot, "write-off", $"nothing is left of it but a debt of {BidModel.Money(debt.DebtE8)}", debt.DebtE8);
            await duties.TryAsync(duty, () => duties.DoAsync(duty, client.Calls.Bid(debt.Lot, debt.Lot.LeftE8, Int256.Zero, debt.Bidder, Proofs.Computed), round, cancellationToken)).ConfigureAwait(false);
        }
    }

    private static Duty Of(BookLot lot, string key) => Duty.Of(lot, "bid", "") with { Key = key, IsPrivate = true };

    /// <summary>The account that bids, where it may bid for a lot now; null otherwise.</summary>
    private BookAccount? Free(KeeperRound round, BookLot lot)
    {
        string subject = Of(lot, "").Subject;
        if (Bidder(round.Book, subject) is not { } bidder)
        {
            return null;
        }

        if (bidder.OpenLot != 0)
        {
            journal.Say(subject, "no-bid", $"account {bidder.Id}, which would bid, is being liquidated itself");
            return null;
        }

        Duty bid = Of(lot, KeeperKeys.OfBid(lot, bidder));
        bool isOwn = _before is { } before && KeeperKeys.IsOf(before.Intent, bid.Key);
        if (_before is not null && _frozen is null)
        {
            if (!isOwn)
            {
                journal.Say(subject, "no-bid", $"account {bidder.Id} waits for '{KeeperKeys.NameOf(_before.Intent)}', which changes the state that a bid names");
            }

            return null;
        }

        return duties.IsLeftAlone(bid, round) || (!isOwn && transactions.IsUnderWay(bid.Key)) ? null : bidder;
    }

    /// <summary>What a fraction would bring and the gas limits of its bid, or why it is not bid for. The chain itself is asked what it would cost and whether the bidder's account can carry it.</summary>
    private async Task<(BidPlan? Plan, GasLimits Gas, string Reason)> PlanAsync(KeeperRound round, BookLot lot, LotWorth part, BookAccount bidder, CancellationToken cancellationToken)
    {
        string share = Percent(part.FractionE8);
        if (Liquidations.GrossE8(bidder.State, round.Live) + part.GrossE8 > options.InventoryLimitE8)
        {
            return (null, default, $"{share} of it would bring account {bidder.Id} above the notional of keeper:inventoryLimitE8");
        }

        ImmutableSortedDictionary<ushort, Int128> held = Liquidations.NetDeltasE8(bidder.State, bidder.Balances, round.Live);
        if (TooOneSided(part.DeltasE8, held, round) is { } underlying)
        {
            return (null, default, $"{share} of it would bring account {bidder.Id} above the net exposure of keeper:netLimitE8 in underlying {underlying}");
        }

        try
        {
            Int128 pay = (Int128)await Patience.AskAsync(token => client.QuoteBidAsync(lot, part.FractionE8, bidder, block: round.Block, cancellationToken: token), time, cancellationToken).ConfigureAwait(false);
            TransactionRequest request = client.Calls.Bid(lot, part.FractionE8, Int256.MaxValue, bidder, Proofs.Computed);
            ulong gas = await transactions.EstimateGasAsync(request.To!.Value, request.Data.ToArray(), cancellationToken).ConfigureAwait(false);
            GasLimits limits = transactions.GasLimitsOf(request.Data.Length, gas);
            var markets = (ulong)part.DeltasE8.Keys.Union(held.Keys).Count();
            GasOffer offer = await round.AskFeesAsync(cancellationToken).ConfigureAwait(false);
            if (transactions.OverCost(limits, offer, null) is { } over)
            {
                throw over;
            }

            var terms = new BidTerms
            {
                FractionE8 = part.FractionE8,
                ShareE8 = part.EquityE8,
                PayE8 = pay,
                HedgeE8 = HedgeCosts.OfE8(part.GrossE8, part.DeltasE8, options.HedgeCostBps, round.Live, depth.SlippageE8),
                Gas = Math.Max(transactions.WithMargin(gas), gas + (UpdateGas * markets)),
                OfferWei = offer.MaxFeePerGasWei,
                CapWei = transactions.CapWei,
                NativePriceE8 = round.NativePriceE8,
                MinimumProfitE8 = options.MinimumProfitE8,
                GasSharePercent = options.GasSharePercent,
            };
            BidPlan? plan = BidModel.Judge(terms, out string reason);
            return (plan, limits, $"{share} of it is {reason}");
        }
        catch (RevertException error)
        {
            return (null, default, $"{share} of it is refused by the chain: {error.Reason}");
        }
        catch (EthereumException error) when (error is RpcErrorException or TransactionTooLargeException)
        {
            return (null, default, $"{share} of it cannot be tried: {error.Message}");
        }
    }

    private Task SendAsync(Duty bid, BookLot lot, BidPlan plan, GasLimits gas, BookAccount bidder, CancellationToken cancellationToken)
    {
        BidTerms terms = plan.Terms;
        TransactionRequest request = client.Calls.Bid(lot, terms.FractionE8, plan.MostPayE8, bidder, Proofs.Computed);
        string figures = $"{Percent(terms.FractionE8)} of it, worth {BidModel.Money(terms.ShareE8)}, for {BidModel.Money(terms.PayE8)} and at most {BidModel.Money(plan.MostPayE8)}; hedging {BidModel.Money(terms.HedgeE8)}, "
            + $"gas {BidModel.Money(plan.GasE8)} at {BidModel.Gwei(terms.OfferWei)} gwei and at most {BidModel.Gwei(plan.CeilingWei)}; profit about {BidModel.Money(plan.ProfitE8)}";
        TransactionIntent intent = TransactionIntent.From(bid.Key, request) with { GasLimits = gas, MostFeePerGasWei = plan.CeilingWei, IsPrivate = true };
        return duties.SendAsync(bid, intent, figures, cancellationToken);
    }

    /// <summary>Makes room for a bid that pays at the gas of now. The one that waits cannot itself be raised: its limit price leaves just the least profit at the gas that it may cost (<see cref="BidPlan"/>), and lots become worth bidding for by the discount, from which the limit of then takes nothing.</summary>
    private async Task MakeRoomAsync(Duty bid, OutboxEntry frozen, BidPlan plan, CancellationToken cancellationToken)
    {
        UInt256 before = frozen.MostFeePerGasWei!.Value;
        bool isSame = KeeperKeys.IsOf(frozen.Intent, bid.Key);
        if ((!isSame || plan.CeilingWei > before + (before / 10)) && await duties.GiveBackAsync(frozen.Intent, cancellationToken).ConfigureAwait(false))
        {
            journal.Say(bid.Subject, "raise", isSame
                ? $"its bid waits at {BidModel.Gwei(before)} gwei a gas and would be worth {BidModel.Gwei(plan.CeilingWei)} by now: it is given back and made anew"
                : $"'{KeeperKeys.NameOf(frozen.Intent)}' waits at {BidModel.Gwei(before)} gwei a gas, and this lot would bring {BidModel.Money(plan.ProfitE8)} now: that is given back");
        }
    }

    /// <summary>An underlying whose net exposure would pass the limit and grow; null when there is none.</summary>
    private ushort? TooOneSided(ImmutableSortedDictionary<ushort, Int128> taken, ImmutableSortedDictionary<ushort, Int128> held, KeeperRound round)
    {
        foreach ((ushort underlying, Int128 delta) in taken)
        {
            Int128 before = held.GetValueOrDefault(underlying);
            Int128 after = Int128.Abs(before + delta);
            long spot = round.Live.Checkpoint.Underlyings.FirstOrDefault(record => record.Underlying == underlying)?.SpotE8 ?? 0;
            if (after > Int128.Abs(before) && after * spot / BidModel.One > options.NetLimitE8)
            {
                return underlying;
            }
        }

        return null;
    }

    /// <summary>A fraction of a lot as people write it.</summary>
    public static string Percent(ulong fractionE8) => string.Create(CultureInfo.InvariantCulture, $"{(decimal)fractionE8 / 1_000_000:0.##} %");
}
