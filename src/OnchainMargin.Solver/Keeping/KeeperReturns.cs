using OnchainMargin.Protocol.Book;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <summary>Gives back the nonces of starts and bids that would be reverted: a private relay drops them, and all that is sent later waits behind.</summary>
internal sealed class KeeperReturns(TransactionManager transactions, KeeperOptions options, KeeperDuties duties, KeeperJournal journal, TimeProvider time)
{
    /// <summary>The chain is asked about those with the first nonces alone: what waits behind them is reached when they are mined.</summary>
    private const int AskedAbout = 8;

    private readonly Rotation<ulong> _turns = new(time);
    private readonly CoolDowns _asked = new(TimeSpan.FromSeconds(OutboxEntry.AskAfterSeconds), time);

    /// <summary>Gives back those whose turn it is.</summary>
    public async Task RunAsync(KeeperRound round, CancellationToken cancellationToken)
    {
        OutboxEntry[] waiting = options.DryRun ? [] : [.. round.UnderWay().Where(static entry => entry.State == OutboxState.Live)];
        foreach (OutboxEntry entry in _turns.Of(waiting, static entry => entry.Nonce).Where(entry => !_asked.Has(entry.Intent)))
        {
            string? why = !IsWanted(entry.Intent, round.Book) ? "what it is about has changed"
                : HoldsUp(entry, waiting) && await IsRefusedAsync(entry, cancellationToken).ConfigureAwait(false) is true ? "the chain would refuse it now"
                : null;
            if (why is null)
            {
                continue;
            }

            _asked.Add(entry.Intent);
            if (await duties.GiveBackAsync(entry.Intent, cancellationToken).ConfigureAwait(false))
            {
                string name = KeeperKeys.NameOf(entry.Intent);
                journal.Say(name[(name.IndexOf(' ', StringComparison.Ordinal) + 1)..], "raise", $"'{name}' is in no block, and {why}: it is given back");
            }
        }
    }

    /// <summary>Whether the book has the account or lot of a start or bid as the intent's key has it; of anything else true.</summary>
    private bool IsWanted(string intent, ProtocolBook book)
    {
        _ = KeeperKeys.TryRead(intent, out string decision, out bool isLot, out ulong number);
        return (decision, isLot) switch
        {
            ("start", false) => book.Accounts.TryGetValue(number, out BookAccount? account) && account.OpenLot == 0 && KeeperKeys.IsOf(intent, KeeperKeys.Of(decision, account)),
            ("bid", true) => book.Lots.TryGetValue(number, out BookLot? lot) && lot.IsOpen && book.Accounts.TryGetValue((ulong)options.BidderAccount, out BookAccount? bidder) && KeeperKeys.IsOf(intent, KeeperKeys.OfBid(lot, bidder)),
            _ => true,
        };
    }

    /// <summary>Whether something waits for a start or bid for a while already: what comes behind its nonce, or the bids that would name another state.</summary>
    private bool HoldsUp(OutboxEntry entry, OutboxEntry[] waiting) =>
        entry.MayBeStuck(time)
        && entry.Nonce <= waiting[Math.Min(AskedAbout, waiting.Length) - 1].Nonce
        && (entry.Nonce < waiting[^1].Nonce || KeeperKeys.IsOfBidder(entry.Intent, (ulong)options.BidderAccount));

    private Task<bool?> IsRefusedAsync(OutboxEntry entry, CancellationToken cancellationToken)
    {
        _asked.Add(entry.Intent);
        return transactions.IsRefusedAsync(entry, cancellationToken);
    }
}
