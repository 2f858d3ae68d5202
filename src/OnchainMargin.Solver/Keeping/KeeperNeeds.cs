using System.Globalization;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <summary>What happens below insurance, and at expiry: holders serve the needs of the opposite side, positions of others and needs that nobody served are settled, rewards are claimed.</summary>
internal sealed class KeeperNeeds(ProtocolClient client, TransactionManager transactions, KeeperOptions options, KeeperDuties duties, TimeProvider time)
{
    private readonly Rotation<ulong> _holders = new(time);
    private readonly Rotation<ulong> _expired = new(time);
    private readonly Rotation<Instrument> _needs = new(time);

    /// <summary>Sees to those whose turn it is.</summary>
    public async Task RunAsync(KeeperRound round, CancellationToken cancellationToken)
    {
        await ServeAsync(round, cancellationToken).ConfigureAwait(false);
        await SettleExpiredAsync(round, cancellationToken).ConfigureAwait(false);
        await SettleNeedsAsync(round, cancellationToken).ConfigureAwait(false);
        await ClaimAsync(round, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks as many holders as needs have something left for.</summary>
    private async Task ServeAsync(KeeperRound round, CancellationToken cancellationToken)
    {
        if (round.Book.Needs.IsEmpty)
        {
            return;
        }

        NeedsLeft left = round.NeedsLeft;
        IEnumerable<BookAccount> holders = _holders.Of(round.Book.Accounts.Values, static account => account.Id)
            .TakeWhile(_ => !left.IsEmpty)
            .Where(account => account.OpenLot == 0 && left.Faces(account.State) && !IsUnderWay(round, account, "start", "serve"));
        await duties.EachAsync(holders, Serving, async account =>
        {
            if (await duties.DoAsync(Serving(account) with { StakeE8 = left.StakeE8(account.State, round) }, client.Calls.ServeNeed(account), round, cancellationToken).ConfigureAwait(false))
            {
                left.Take(account.State);
            }
        }).ConfigureAwait(false);
    }

    private static Duty Serving(BookAccount account) => Duty.Of(account, "serve", "it holds the opposite of what was taken over");

    /// <summary>Settles expired positions of others: until then they stand in the open interest that everybody's requirement grows with.</summary>
    private async Task SettleExpiredAsync(KeeperRound round, CancellationToken cancellationToken)
    {
        if (!options.SettlesExpired)
        {
            return;
        }

        IEnumerable<BookAccount> holders = _expired.Of(round.Book.Accounts.Values, static account => account.Id)
            .Where(account => Liquidations.IsSettleable(round.Book, account) && !IsUnderWay(round, account, "start", "serve", "settle"));
        await duties.EachAsync(holders, Settling, account => duties.DoAsync(Settling(account), client.Calls.SettleExpired(account), round, cancellationToken)).ConfigureAwait(false);
    }

    private static Duty Settling(BookAccount account) => Duty.Of(account, "settle", "its expired positions have their settlement price");

    /// <summary>Whether something is on its way that changes the state of an account, so that anything else would be reverted: starting touches it, too.</summary>
    private bool IsUnderWay(KeeperRound round, BookAccount account, params ReadOnlySpan<string> decisions)
    {
        foreach (string decision in decisions)
        {
            if (transactions.IsUnderWay(KeeperKeys.Of(decision, account)))
            {
                return true;
            }
        }

        return account.Id == (ulong)options.BidderAccount && round.UnderWay().Any(entry => KeeperKeys.IsOfBidder(entry.Intent, account.Id));
    }

    /// <summary>Closes needs that nobody served within a day after their instrument was priced, or after they were opened (CLR-045; the chain says when): until then their gain or loss stands nowhere.</summary>
    private Task SettleNeedsAsync(KeeperRound round, CancellationToken cancellationToken)
    {
        IEnumerable<KeyValuePair<Instrument, long>> due = _needs.Of(round.Book.Needs, static need => need.Key).Where(need => round.Book.Settlements.PriceE8(need.Key) != 0);
        return duties.EachAsync(due, Closing, need => duties.DoAsync(Closing(need) with { StakeE8 = NeedsLeft.StakeE8([new Position(need.Key, need.Value, 0)], round) }, client.Calls.SettleNeed(need.Key), round, cancellationToken));
    }

    private static Duty Closing(KeyValuePair<Instrument, long> need) =>
        new($"need of {need.Key}", "settle-need", string.Create(CultureInfo.InvariantCulture, $"settle need {need.Key.Packed} of {need.Value}"), "its instrument is settled, and nobody serves it");

    /// <summary>Fetches rewards of starts once they are more than a duty may cost, so that the claim never costs more than it brings.</summary>
    private async Task ClaimAsync(KeeperRound round, CancellationToken cancellationToken)
    {
        Int128 held = (Int128)round.Book.Held.GetValueOrDefault(transactions.Sender);
        if (held > options.DutyCostE8)
        {
            var duty = new Duty("rewards", "claim", string.Create(CultureInfo.InvariantCulture, $"claim {held} after lot {round.Book.Lots.Keys.LastOrDefault()}"), $"{BidModel.Money(held)} are held for starts") { StakeE8 = held };
            await duties.TryAsync(duty, () => duties.DoAsync(duty, client.Calls.Claim(transactions.Sender), round, cancellationToken)).ConfigureAwait(false);
        }
    }
}
