using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Solver.Keeping;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Relay;

/// <summary>Gives back the nonces of settlements that would be reverted by now: a private relay drops them, in place of having the revert mined, and nothing else is settled while one is under way.</summary>
internal sealed class SettlementReturns(ITransactionNode node, TransactionManager transactions, TimeProvider time)
{
    private readonly SettlementGas _gas = new(node, transactions, time);
    private readonly CoolDowns _asked = new(TimeSpan.FromSeconds(OutboxEntry.AskAfterSeconds), time);
    private readonly HashSet<string> _returned = new(StringComparer.Ordinal);

    /// <summary>Whether an intent that came to nothing did so since the chain refused it, as if it had been reverted; told once.</summary>
    public bool TakeUp(string intent) => _returned.Remove(intent);

    /// <summary>Gives back those whose turn it is.</summary>
    /// <param name="block">The book's.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task RunAsync(ulong block, CancellationToken cancellationToken)
    {
        OutboxEntry[] waiting = [.. transactions.Unsettled().Where(entry => entry.State == OutboxState.Live && SettlementKeys.IsUnderWay(entry, block))];
        foreach (OutboxEntry entry in waiting.Where(entry => entry.MayBeStuck(time) && !_asked.Has(entry.Intent)))
        {
            _asked.Add(entry.Intent);
            (_, SettlementRefusal? refusal) = await _gas.LimitsAsync(new TransactionRequest(entry.Target, entry.Data), cancellationToken).ConfigureAwait(false);
            if (refusal is { IsTooLarge: false, IsUnanswered: false } && await transactions.GiveBackAsync(entry.Intent, cancellationToken).ConfigureAwait(false))
            {
                _returned.Add(entry.Intent);
            }
        }
    }
}
