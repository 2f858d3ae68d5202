using OnchainMargin.Protocol.Book;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Relay;

/// <summary>Settlements that are in a block, and not deep enough yet to stay there: after a reorganisation they may be reverted in another one, and then their orders are open again.</summary>
internal sealed class SettledBatches(OrderBooks orders, IRelayChain chain, TransactionManager transactions, SolverStore store)
{
    private readonly Dictionary<string, IReadOnlyList<OrderMatch>> _batches = new(StringComparer.Ordinal);

    /// <summary>Watches a batch that is in a block.</summary>
    public void Add(string intent, IReadOnlyList<OrderMatch> batch) => _batches[intent] = batch;

    /// <summary>Tells the books which batches were reverted after all. Nothing else may be on its way, so that the chain's word on fills is the whole one.</summary>
    /// <returns>Whether all others are in a block: one that is in none any more comes into another, and what were sent meanwhile would name the states of before.</returns>
    public async Task<bool> AreInABlockAsync(ProtocolBook book, CancellationToken cancellationToken)
    {
        if (_batches.Count == 0)
        {
            return true;
        }

        var unsettled = transactions.Unsettled().ToDictionary(static entry => entry.Intent, StringComparer.Ordinal);
        bool areInABlock = true;
        foreach ((string intent, IReadOnlyList<OrderMatch> batch) in _batches.ToArray())
        {
            OutboxEntry? entry = unsettled.GetValueOrDefault(intent) ?? store.FindInOutbox(intent);
            if (entry is { State: OutboxState.Live } || (entry is not null && entry.BlockNumber > book.BlockNumber))
            {
                areInABlock = false;
            }
            else if (entry is null or { State: OutboxState.Final })
            {
                _batches.Remove(intent);
            }
            else if (entry.State != OutboxState.Mined)
            {
                RestingOrder[] touched = [.. batch.SelectMany(static match => match.Orders).Distinct()];
                IReadOnlyList<(bool IsDone, ulong FilledE8)> statuses = await chain.StatusesAsync(touched, cancellationToken).ConfigureAwait(false);
                orders.Unsettle(batch, touched.Zip(statuses).ToDictionary(static one => one.First, static one => one.Second));
                _batches.Remove(intent);
            }
        }

        return areInABlock;
    }
}
