using System.Collections.Immutable;
using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <summary>The role that finds accounts under water at live prices, proves it, and bids where a profit is left. A signature can liquidate nobody: every start carries a witness that the chain checks.</summary>
internal sealed partial class KeeperRole(
    Broadcast<IndexedBook> books, ProtocolClient client, TransactionManager transactions, ITransactionNode node, KeeperOptions options, TimeProvider time, ILogger<KeeperRole> logger) : ISolverRole, IDisposable
{
    private readonly Broadcast<IndexedBook>.Subscription _changes = books.Subscribe();
    private readonly Dictionary<ulong, DateTimeOffset> _coolDowns = [];

    /// <inheritdoc/>
    public string Name => SolverRoles.Keeper;

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();

    /// <inheritdoc/>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (books.Current is not { IsCaughtUp: true } indexed || indexed.Book.LatestCheckpoint is null)
        {
            return;
        }

        ProtocolBook book = indexed.Book;
        CheckpointInputs live = await client.GetLiveInputsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (BookAccount account in book.Accounts.Values)
        {
            if (account.OpenLot == 0 && !IsCooling(account.Id))
            {
                await ConsiderStartAsync(book, account, live, cancellationToken).ConfigureAwait(false);
            }
        }

        foreach (BookLot lot in book.OpenLots)
        {
            await ConsiderLotAsync(book, lot, live, cancellationToken).ConfigureAwait(false);
        }

        await ServeNeedsAsync(book, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => _changes.WaitAsync(TimeSpan.FromMilliseconds(options.PollMilliseconds), time, cancellationToken);

    /// <summary>The cheapest witness that shows a state under water; null when it is not, or the inputs do not belong together.</summary>
    internal static (byte[] Witness, Int128 EquityE8, Int128 ShownE8)? FindWitness(AccountState state, ImmutableArray<Balance> balances, CheckpointInputs live)
    {
        if (KeeperMarket.Figures(state, balances, live) is not { } figures || figures.EquityE8 >= figures.MaintenanceE8)
        {
            return null;
        }

        foreach (bool addOns in (ReadOnlySpan<bool>)[false, true])
        {
            byte[] witness = Witness.Best(state, balances.AsSpan(), live.View, SurfaceChoice.Better, addOns);
            if (Witness.Evaluate(state, balances.AsSpan(), live.View, SurfaceChoice.Better, witness, out Int128 equity, out Int128 shown) == MarginError.None && equity < shown)
            {
                return (witness, equity, shown);
            }
        }

        return null;
    }

    private async Task ConsiderStartAsync(ProtocolBook book, BookAccount account, CheckpointInputs live, CancellationToken cancellationToken)
    {
        (AccountState state, ImmutableArray<Balance> balances) = AccountTouch.Touched(account.State, account.Balances, live.Checkpoint.Header, SettlementDecimals(book), book.Settlements);
        if (FindWitness(state, balances, live) is not { } found)
        {
            return;
        }

        string key = string.Create(CultureInfo.InvariantCulture, $"start account {account.Id} at {account.StateHash.ToString()[..10]}");
        try
        {
            if (await SendAsync(key, client.Calls.Start(account, found.Witness), cancellationToken).ConfigureAwait(false))
            {
                logger.LotIsStarted(account.Id, found.EquityE8, found.ShownE8);
            }
        }
        catch (RevertException error)
        {
            logger.StartRefused(account.Id, error.Reason.ToString() ?? "");
            _coolDowns[account.Id] = time.GetUtcNow() + TimeSpan.FromSeconds(options.CoolDownSeconds);
        }
    }

    /// <summary>Sends what is not under way or done already; false when it is, and in a dry run.</summary>
    private async Task<bool> SendAsync(string key, TransactionRequest request, CancellationToken cancellationToken)
    {
        if (options.DryRun)
        {
            logger.DryRun(key);
            return false;
        }

        return await transactions.SubmitAsync(TransactionIntent.From(key, request), cancellationToken).ConfigureAwait(false) is { IsNew: true };
    }

    private bool IsCooling(ulong account) => _coolDowns.TryGetValue(account, out DateTimeOffset until) && time.GetUtcNow() < until;

    private static byte SettlementDecimals(ProtocolBook book) => book.Tokens.TryGetValue(0, out BookToken? settlement) ? settlement.Decimals : (byte)6;
}
