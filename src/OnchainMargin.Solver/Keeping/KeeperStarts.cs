using System.Runtime.CompilerServices;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <summary>Proves accounts under water and sends their starts, each as soon as it can be: of several that a price sinks none waits for the last, and of many the largest for no smaller ones.</summary>
internal sealed class KeeperStarts(ProtocolClient client, TransactionManager transactions, ITransactionNode node, KeeperOptions options, KeeperDuties duties, KeeperJournal journal, TimeProvider time)
{
    /// <summary>How many are proved at once. Those behind them come when they are sent.</summary>
    private const int GroupMost = 32;

    /// <summary>How long a group is waited for before the next one is proved as well: the node may hang in one of it.</summary>
    private static readonly TimeSpan GroupTurn = TimeSpan.FromSeconds(1);

    /// <summary>Starts those that are under water, largest first, and reckons anew what waits.</summary>
    public async Task StartAsync(KeeperRound round, IReadOnlyList<ulong> accounts, CancellationToken cancellationToken)
    {
        ILookup<bool, BookAccount> byWay = accounts
            .Where(round.Book.Accounts.ContainsKey)
            .Select(id => round.Book.Accounts[id])
            .Where(account => account.OpenLot == 0 && !duties.IsCooling(Of(account)))
            .ToLookup(account => transactions.IsUnderWay(Of(account).Key));
        await StartAsync(round, [.. byWay[false]], cancellationToken).ConfigureAwait(false);
        await RaiseAsync(round, byWay[true], cancellationToken).ConfigureAwait(false);
    }

    private static Duty Of(BookAccount account, string why = "") => Duty.Of(account, "start", why) with { IsPrivate = true };

    /// <summary>The start of an account, with what is at stake in it: its margin as a witness shows it, or all that it has or lacks.</summary>
    private static Duty Of(UnderWater found) =>
        Of(found.Account, $"equity {BidModel.Money(found.EquityE8)} is under the {BidModel.Money(found.ShownE8)} that a witness shows") with { StakeE8 = Int128.Max(found.ShownE8, Int128.Abs(found.EquityE8)) };

    private async Task StartAsync(KeeperRound round, BookAccount[] found, CancellationToken cancellationToken)
    {
        if (found.Length == 0)
        {
            return;
        }

        Task<SendingTerms> asked = Task.Run(() => transactions.AskTermsAsync(cancellationToken), cancellationToken);
        Task<HashSet<ulong>> resting = Task.Run(() => Resting(round, found), cancellationToken);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var groups = new Queue<BookAccount[]>(found.Chunk(GroupMost));
        Dictionary<Task<Start?>, BookAccount> Prove() => groups.Dequeue().ToDictionary(
            account => Task.Factory.StartNew(() => ProveAsync(round, account, resting, silence.Token), cancellationToken, TaskCreationOptions.PreferFairness, TaskScheduler.Default).Unwrap());
        Dictionary<Task<Start?>, BookAccount> first = Prove();

        // Both, since the journal is of one thread: who rests is told before what becomes of the others.
        await Task.WhenAll(asked, resting).ConfigureAwait(false);
        SendingTerms terms = await asked.ConfigureAwait(false);
        var worth = new List<(Duty Duty, string Figures)>();
        IAsyncEnumerable<TransactionIntent> intents = WorthAsync(round, InTurnAsync(first, groups, Prove), terms.Offer, worth, silence, cancellationToken);
        if (options.DryRun)
        {
            await foreach (TransactionIntent _ in intents.ConfigureAwait(false))
            {
                duties.SayDry(worth[^1].Duty, worth[^1].Figures);
            }

            return;
        }

        IReadOnlyList<OutboxEntry> submitted = await transactions.SubmitAllAsync(intents, terms, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < submitted.Count; i++)
        {
            if (submitted[i].IsNew)
            {
                journal.Say(worth[i].Duty.Subject, worth[i].Duty.Decision, worth[i].Figures);
            }
        }
    }

    /// <summary>The accounts that rest because starts of them were reverted on chain.</summary>
    private HashSet<ulong> Resting(KeeperRound round, IEnumerable<BookAccount> accounts)
    {
        var resting = new HashSet<ulong>();
        foreach (BookAccount account in accounts)
        {
            Duty start = Of(account);
            if (round.Reverts.Of(start.Name) is (var times, var seconds) && seconds > 0)
            {
                resting.Add(account.Id);
                journal.Say(start.Subject, "rest", $"{times} starts of it were reverted within the hour: it rests for {seconds} s, or until its equity is under half of what a witness shows");
            }
        }

        return resting;
    }

    /// <summary>An account's witness, and what the chain says of it; null when it is not under water, or rests and still has half of what is asked of it: as long as a rest can harm nobody but its owner, and no longer. Null as well once the node has been given up: who was not asked about is not left alone for it.</summary>
    private async Task<Start?> ProveAsync(KeeperRound round, BookAccount account, Task<HashSet<ulong>> resting, CancellationToken cancellationToken)
    {
        var clock = new StageClock();
        if (cancellationToken.IsCancellationRequested || Liquidations.Look(round.Book, account, round.Live) is not { } found || (2 * found.EquityE8 >= found.ShownE8 && (await resting.ConfigureAwait(false)).Contains(account.Id)))
        {
            return null;
        }

        TransactionRequest request = client.Calls.Start(account, found.Witness);
        clock.End("prove");
        ulong gas = await node.EstimateGasAsync(transactions.Sender, request.To!.Value, request.Data.ToArray(), cancellationToken).ConfigureAwait(false);
        clock.End("ask");
        return new Start(new DutyCall(Of(found), request, gas, transactions.GasLimitsOf(request.Data.Length, gas)), found);
    }

    /// <summary>The proofs as they end, group after group. One in which the node hangs keeps its own group waiting for a moment, and the next ones no longer.</summary>
    private async IAsyncEnumerable<(Task<Start?> Proved, BookAccount Account)> InTurnAsync(Dictionary<Task<Start?>, BookAccount> starts, Queue<BookAccount[]> groups, Func<Dictionary<Task<Start?>, BookAccount>> prove)
    {
        Task turn = Task.Delay(GroupTurn, time, CancellationToken.None);
        while (starts.Count > 0 || groups.Count > 0)
        {
            if (groups.Count > 0 && (starts.Count == 0 || turn.IsCompleted))
            {
                foreach ((Task<Start?> task, BookAccount account) in prove())
                {
                    starts.Add(task, account);
                }

                turn = Task.Delay(GroupTurn, time, CancellationToken.None);
            }

            if (await Task.WhenAny(groups.Count > 0 ? starts.Keys.Append(turn) : starts.Keys).ConfigureAwait(false) is Task<Start?> ended && starts.Remove(ended, out BookAccount? of))
            {
                yield return (ended, of);
            }
        }
    }

    /// <summary>Those starts, as they come, that the chain would take and that are worth their gas; what is said of each goes to <paramref name="worth"/> before.</summary>
    private async IAsyncEnumerable<TransactionIntent> WorthAsync(
        KeeperRound round, IAsyncEnumerable<(Task<Start?> Proved, BookAccount Account)> starts, GasOffer offer, List<(Duty Duty, string Figures)> worth, CancellationTokenSource silence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // As long as answers come, a node that has many questions is waited for; when none comes any more, it hangs in the rest.
        using ITimer patience = time.CreateTimer(_ => silence.Cancel(), null, Patience.Longest, Timeout.InfiniteTimeSpan);
        await foreach ((Task<Start?> proved, BookAccount account) in starts.ConfigureAwait(false))
        {
            patience.Change(Patience.Longest, Timeout.InfiniteTimeSpan);

            // One account that cannot be proved or asked about now holds back neither the others nor the lots.
            if (!proved.IsCompletedSuccessfully && !cancellationToken.IsCancellationRequested)
            {
                duties.Refused(Of(account), proved.Exception?.InnerException ?? Patience.Over());
                continue;
            }

            if (await proved.ConfigureAwait(false) is not { } start)
            {
                continue;
            }

            if (duties.Afford(start.Call, offer, round, baseFeeWei => RewardE8(round, start.Found, baseFeeWei)) is { } afforded)
            {
                worth.Add((start.Call.Duty, afforded.Figures));

                // While it is stored nobody is asked for the next, so that a slow disk is no silence of the node.
                patience.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                yield return afforded.Intent;
                patience.Change(Patience.Longest, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private static Int128 RewardE8(KeeperRound round, UnderWater found, UInt256 baseFeeWei) =>
        round.Resuming.Contains(found.Account.Id) ? 0 : Liquidations.RewardE8(round.Book, found, round.Live, baseFeeWei);

    /// <summary>Reckons anew what starts are worth that gas has outgrown: their rewards grow with the base fee, and what is at stake with each fall.</summary>
    private async Task RaiseAsync(KeeperRound round, IEnumerable<BookAccount> accounts, CancellationToken cancellationToken)
    {
        (BookAccount Account, OutboxEntry Frozen)[] waiting = options.DryRun ? [] : [.. from account in accounts let frozen = transactions.Frozen(Of(account).Key) where frozen is not null select (account, frozen)];
        if (waiting.Length == 0)
        {
            return;
        }

        GasOffer offer = await round.AskFeesAsync(cancellationToken).ConfigureAwait(false);
        string?[] raised = await Task.WhenAll(waiting.Select(one => Task.Run(() => RaiseAsync(round, one.Account, one.Frozen, offer, cancellationToken), cancellationToken))).ConfigureAwait(false);
        for (int i = 0; i < waiting.Length; i++)
        {
            if (raised[i] is { } figures)
            {
                journal.Say(Of(waiting[i].Account).Subject, "raise", figures);
            }
        }
    }

    /// <summary>Has a start that waits raised, as far as the chain would take it still: its witness was the cheapest at the prices of then. Where it would not, and one with another witness pays now, it makes room for that.</summary>
    /// <returns>What is done, in words; null for nothing.</returns>
    private async Task<string?> RaiseAsync(KeeperRound round, BookAccount account, OutboxEntry frozen, GasOffer offer, CancellationToken cancellationToken)
    {
        if (Liquidations.Look(round.Book, account, round.Live) is not { } found)
        {
            return null;
        }

        // What it uses is asked anew, since its limit does not tell: that was made by the options of then, or of an earlier version.
        ulong? gas = await transactions.GasOfAsync(frozen.Target, frozen.Data, cancellationToken).ConfigureAwait(false);
        bool isStale = gas == 0;
        if (isStale)
        {
            TransactionRequest anew = client.Calls.Start(account, found.Witness);
            gas = await transactions.GasOfAsync(anew.To!.Value, anew.Data.ToArray(), cancellationToken).ConfigureAwait(false);
        }

        UInt256 worth = gas is > 0 ? duties.WorthWei(Of(found), gas.Value, round, RewardE8(round, found, offer.MostBaseFeePerGasWei)) : UInt256.Zero;
        if (worth <= frozen.MostFeePerGasWei || (isStale && worth < offer.MaxFeePerGasWei))
        {
            // It waits as before, and is looked at again.
            return null;
        }

        string figures = $"its start waits at {BidModel.Gwei(frozen.MostFeePerGasWei!.Value)} gwei a gas and is worth {BidModel.Gwei(worth)} by now";
        if (isStale)
        {
            return await duties.GiveBackAsync(frozen.Intent, cancellationToken).ConfigureAwait(false) ? $"{figures}, but its witness no longer shows it: it is given back and proved anew" : null;
        }

        return transactions.RaiseWorth(frozen.Intent, worth) ? $"{figures}: it is raised" : null;
    }

    /// <summary>A start that was proved.</summary>
    private sealed record Start(DutyCall Call, UnderWater Found);
}
