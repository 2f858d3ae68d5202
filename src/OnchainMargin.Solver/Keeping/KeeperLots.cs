using System.Collections.Immutable;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <summary>What is done with lots that are open: have them serve, end, enlarge, take over, show their loss or that it is over, bid.</summary>
internal sealed class KeeperLots(ProtocolClient client, TransactionManager transactions, KeeperOptions options, KeeperDuties duties, KeeperBids bids, KeeperJournal journal, TimeProvider time)
{
    /// <summary>A need below this part of a leg keeps no lot waiting (CLR-045).</summary>
    private const int DustParts = 100;

    /// <summary>A loss of this part of insurance holds stakes for a day (CLR-047).</summary>
    private const int HoldParts = 1000;

    /// <summary>The half of that day: a loss that is still there is shown again.</summary>
    private const ulong HoldAgainSeconds = 43_200;

    private const ulong SecondsPerHour = 3600;

    /// <summary>What one bid takes grows by this much at least for a lot to be enlarged for it: margins move a little in each block.</summary>
    private const ulong RaisedPercent = 150;

    private const ulong Percent = 100;

    private readonly Rotation<ulong> _turns = new(time);

    /// <summary>Sees to the lots whose turn it is, and bids for the best of them.</summary>
    public async Task ConsiderAsync(KeeperRound round, CancellationToken cancellationToken)
    {
        bids.Begin(round);
        IEnumerable<BookLot> turns = _turns.Of(round.Book.OpenLots, static lot => lot.Id).Where(lot => !duties.IsCooling(Look(lot)));
        await duties.EachAsync(turns, Look, lot => ConsiderAsync(round, lot, cancellationToken)).ConfigureAwait(false);
        await bids.SendAsync(round, cancellationToken).ConfigureAwait(false);
    }

    private static Duty Look(BookLot lot) => Duty.Of(lot, "look", "");

    private async Task ConsiderAsync(KeeperRound round, BookLot lot, CancellationToken cancellationToken)
    {
        ProtocolBook book = round.Book;
        (AccountState rest, ImmutableArray<Balance> balances) = LotParts.Rest(lot, book.Accounts[lot.Account], round.Live.Checkpoint.Header, book.Settlements);
        AccountFigures? figures = Liquidations.Figures(rest, balances, round.Live);
        bool isHealthy = figures is { } known && known.EquityE8 >= known.MaintenanceE8;

        // While its account has time to pay in, the chain refuses bids and takings over.
        bool isInGrace = lot.BiddingFromSeconds > (ulong)round.Live.Checkpoint.Header.Time;
        bool owes = !book.Needs.IsEmpty && NeedsLeft.Faces(NeedsLeft.OfLot(lot, round), book.Needs, DustParts);
        LotWorth? whole = LotWorth.Of(lot, book, round.Live);
        Int128 stake = StakeE8(lot, figures, whole);
        if (owes && !isInGrace && await ServeAsync(round, lot, stake, cancellationToken).ConfigureAwait(false))
        {
            // It begins anew with what is left; the next block shows it.
        }
        else if (isHealthy || lot.SoldE8 == LotParts.WholeE8)
        {
            await duties.DoAsync(Duty.Of(lot, "end", isHealthy ? "the account is healthy again" : "all of it is sold", stake), client.Calls.Finish(lot), round, cancellationToken).ConfigureAwait(false);
        }
        else if (lot.LeftE8 == 0 || (figures is { } shown && IsKeptFromBids(lot, rest, shown.EquityE8, book)))
        {
            if (Liquidations.FindWitness(rest, balances, round.Live) is { } found)
            {
                string why = lot.LeftE8 == 0 ? "what was for sale is sold" : "too little was shown of it for bids";
                Duty enlarge = Duty.Of(lot, "enlarge", $"{why}, and the rest is under water still ({BidModel.Money(found.EquityE8)} against {BidModel.Money(found.ShownE8)})", stake);
                await duties.DoAsync(enlarge, client.Calls.Enlarge(lot, found.Witness), round, cancellationToken).ConfigureAwait(false);
            }
        }
        else if (!isInGrace && !rest.Positions.IsEmpty && figures is { } left && await TakeOverAsync(round, lot, left.EquityE8, whole, stake, cancellationToken).ConfigureAwait(false))
        {
            // Its legs are needs now; the next block shows what is left to sell.
        }
        else if (lot.InsolventSinceSeconds == 0 && whole is { EquityE8: var worth } && worth < 0)
        {
            Duty show = Duty.Of(lot, "show-loss", $"it lacks {BidModel.Money(-worth)}, and what bidders are paid rises from when that is shown", stake);
            // A loss that came again, after one that was shown and was over, is another one.
            await duties.DoAsync(show with { Key = $"{show.Key} in hour {(ulong)round.Live.Checkpoint.Header.Time / SecondsPerHour}" }, client.Calls.ShowLoss(lot), round, cancellationToken).ConfigureAwait(false);
        }
        else if (lot.InsolventSinceSeconds != 0 && whole is { } again && again.EquityE8 >= 0)
        {
            // Else what bidders are paid of a loss to come would begin with the age of this one.
            Duty end = Duty.Of(lot, "show-loss", $"it has {BidModel.Money(again.EquityE8)} again, and what bidders are paid of a loss to come begins anew", stake);
            await duties.DoAsync(end with { Key = $"{end.Key} over since {lot.InsolventSinceSeconds}" }, client.Calls.ShowLoss(lot), round, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            // A bid may follow at once: showing it changes nothing of the lot.
            await HoldAgainAsync(round, lot, figures is { } lacking ? -lacking.EquityE8 : 0, stake, cancellationToken).ConfigureAwait(false);
            ulong mostE8 = LotParts.BidMostE8(lot, rest, figures, book.Parameters.Liquidation);
            if (!await BidAsync(round, lot, whole, mostE8, isInGrace, owes, cancellationToken).ConfigureAwait(false))
            {
                await RaiseAsync(round, lot, rest, balances, mostE8, stake, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What is at stake in a lot: its margin as it was shown or is by now, and what it is worth or lacks, by itself or with what came to its account since.</summary>
    private static Int128 StakeE8(BookLot lot, AccountFigures? figures, LotWorth? whole)
    {
        Int128 lotE8 = Int128.Max((Int128)lot.MaintenanceE8, Int128.Abs(whole?.EquityE8 ?? 0));
        return figures is { } left ? Int128.Max(lotE8, Int128.Max(left.MaintenanceE8, Int128.Abs(left.EquityE8))) : lotE8;
    }

    /// <returns>False where what one bid takes of it brings none: none pays, or none is wanted.</returns>
    private async Task<bool> BidAsync(KeeperRound round, BookLot lot, LotWorth? whole, ulong mostE8, bool isInGrace, bool owes, CancellationToken cancellationToken)
    {
        if (isInGrace || owes)
        {
            if (options.BidderAccount > 0)
            {
                journal.Say(Look(lot).Subject, "no-bid", isInGrace
                    ? $"its bidding begins at {DateTimeOffset.FromUnixTimeSeconds((long)lot.BiddingFromSeconds):HH:mm:ss} UTC"
                    : "a leg of it faces an open need, which its account serves first");
            }

            return true;
        }

        if (options.BidderAccount == 0)
        {
            return false;
        }

        if (whole is { } worth && IsDebtAlone(round, lot, worth))
        {
            bids.ConsiderDebt(round, lot, -worth.Part(lot.LeftE8).EquityE8);
            return true;
        }

        return await bids.ConsiderAsync(round, lot, whole, mostE8, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Enlarges a lot of which one bid takes too little to pay, where a witness shows by now that it should take much more: a bid takes what restores the account under the margin that was shown, and who starts his own lot may have shown little of it.</summary>
    private async Task RaiseAsync(KeeperRound round, BookLot lot, AccountState rest, ImmutableArray<Balance> balances, ulong mostE8, Int128 stakeE8, CancellationToken cancellationToken)
    {
        if (Liquidations.FindLargest(rest, balances, round.Live) is not { } found)
        {
            return;
        }

        Protocol.Generated.RiskParameters.LiquidationParameters terms = round.Book.Parameters.Liquidation;
        ulong raisedE8 = LotParts.BidMostE8(LotParts.Enlarged(lot, found.EquityE8, found.ShownE8, terms), rest, Liquidations.Figures(rest, balances, round.Live), terms);
        if (raisedE8 * Percent >= mostE8 * RaisedPercent)
        {
            string why = $"a bid takes {KeeperBids.Percent(mostE8)} of it, which brings none, and {KeeperBids.Percent(raisedE8)} by the margin that it has ({BidModel.Money(found.EquityE8)} against {BidModel.Money(found.ShownE8)})";
            await duties.DoAsync(Duty.Of(lot, "enlarge", why, stakeE8), client.Calls.Enlarge(lot, found.Witness), round, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether no bid will ever pay for what is left: nothing is open, it is insolvent, and the most that its own tokens ever bring a bidder (CLR-041's incentive) is less than the least profit. What came to the account since is not for sale, so two dollars of a stranger's change nothing.</summary>
    private bool IsDebtAlone(KeeperRound round, BookLot lot, LotWorth worth)
    {
        (AccountState whole, _) = LotParts.Whole(lot, round.Live.Checkpoint.Header, round.Book.Settlements);
        if (!whole.Positions.IsEmpty || worth.EquityE8 >= 0)
        {
            return false;
        }

        Int128 incentiveE8 = (worth.EquityE8 - whole.CashE8) * (Int128)round.Book.Parameters.Liquidation.InsolventPayMaxE8 / LotParts.WholeE8;
        return incentiveE8 <= options.MinimumProfitE8;
    }

    /// <summary>Has a lot serve what others leave of the needs that its legs face.</summary>
    private async Task<bool> ServeAsync(KeeperRound round, BookLot lot, Int128 stakeE8, CancellationToken cancellationToken)
    {
        AccountState legs = NeedsLeft.OfLot(lot, round);
        Duty serve = Duty.Of(lot, "serve", "a leg of it owes an open need", Int128.Max(stakeE8, round.NeedsLeft.StakeE8(legs, round)));
        if (transactions.IsUnderWay(serve.Key))
        {
            return true;
        }

        if (!round.NeedsLeft.Faces(legs, DustParts) || !await duties.DoAsync(serve, client.Calls.Deleverage(lot), round, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        round.NeedsLeft.Take(legs);
        return true;
    }

    /// <summary>Has a lot taken over that insurance cannot pay for: one whose account owes more than it holds, or one that is insolvent by itself while proceeds or deposits, which no bid may take, make up for it. The chain decides, and refuses while insurance can pay.</summary>
    private Task<bool> TakeOverAsync(KeeperRound round, BookLot lot, Int128 equityE8, LotWorth? whole, Int128 stakeE8, CancellationToken cancellationToken)
    {
        string? why = equityE8 < 0 ? $"it owes {BidModel.Money(-equityE8)} more than it holds"
            : whole is { EquityE8: var worth } && worth < 0 ? "the lot is insolvent, though its account has proceeds or deposits"
            : null;
        return why is null ? Task.FromResult(false) : duties.DoAsync(Duty.Of(lot, "take-over", why, stakeE8), client.Calls.Deleverage(lot), round, cancellationToken);
    }

    /// <summary>Shows a loss of some size again where stakes would be free before it is booked (CLR-047): whoever then is in the window of his exit would leave it to the others.</summary>
    private async Task HoldAgainAsync(KeeperRound round, BookLot lot, Int128 lossE8, Int128 stakeE8, CancellationToken cancellationToken)
    {
        ulong now = (ulong)round.Live.Checkpoint.Header.Time;
        var insuranceE8 = (Int128)round.Book.Ledger.InsuranceE8;
        if (lossE8 <= 0 || insuranceE8 == 0 || lossE8 * HoldParts < insuranceE8 || now < lot.InsolventSinceSeconds + HoldAgainSeconds)
        {
            return;
        }

        ulong until = await Patience.AskAsync(
            token => client.Node.CallAsync(client.Deployment.Contracts.InsuranceFund, new InsuranceFund.HeldUntilCall(), cancellationToken: token), time, cancellationToken).ConfigureAwait(false);
        if (until >= now + HoldAgainSeconds)
        {
            return;
        }

        Duty hold = Duty.Of(lot, "show-loss", $"its account still lacks {BidModel.Money(lossE8)}, and stakes of insurance are held until {DateTimeOffset.FromUnixTimeSeconds((long)until):HH:mm:ss} UTC only", stakeE8);
        // A loss that fell below what holds them before it was mined is shown anew an hour later.
        await duties.DoAsync(hold with { Key = $"{hold.Key} held until {until} in hour {now / SecondsPerHour}" }, client.Calls.ShowLoss(lot), round, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether the chain takes no bid because a witness that showed little makes what is left look restored. Where a leg was settled the chain looks at health itself.</summary>
    private static bool IsKeptFromBids(BookLot lot, AccountState rest, Int128 equityE8, ProtocolBook book) =>
        LotParts.RestoredAtE8(lot, rest, book.Parameters.Liquidation) is { } restoredAtE8 && equityE8 >= restoredAtE8;
}
