using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Relay;

/// <summary>Gives back the nonces of settlements that get into no block: those that would be reverted by now, which a private relay drops, in place of having the revert mined, and those whose gas costs more by now than a transaction may. Nothing else is settled while one is under way.</summary>
internal sealed class SettlementReturns(TransactionManager transactions, TimeProvider time)
{
    private readonly SettlementGas _gas = new(transactions);
    private readonly CoolDowns _asked = new(TimeSpan.FromSeconds(OutboxEntry.AskAfterSeconds), time);
    private readonly HashSet<string> _returned = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outgrown = new(StringComparer.Ordinal);

    /// <summary>Whether an intent that came to nothing did so since the chain refused it, as if it had been reverted; told once.</summary>
    public bool TakeUp(string intent) => _returned.Remove(intent);

    /// <summary>Whether an intent that came to nothing did so since it cost more than a transaction may; told until it is forgotten.</summary>
    public bool IsOutgrown(string intent) => _outgrown.Contains(intent);

    /// <summary>What came of an intent is seen to.</summary>
    public void Forget(string intent) => _outgrown.Remove(intent);

    /// <summary>Gives back those whose turn it is.</summary>
    /// <param name="block">The book's.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task RunAsync(ulong block, CancellationToken cancellationToken)
    {
        OutboxEntry[] waiting = [.. transactions.Unsettled().Where(entry => entry.State == OutboxState.Live && SettlementKeys.IsUnderWay(entry, block))];
        foreach (OutboxEntry entry in waiting.Where(entry => entry.MayBeStuck(time) && !_asked.Has(entry.Intent)))
        {
            _asked.Add(entry.Intent);
            if (await transactions.IsOutgrownAsync(entry, cancellationToken).ConfigureAwait(false))
            {
                // Where its nonce is given back already, for what waits behind it, it is for the same reason.
                _outgrown.Add(entry.Intent);
                await transactions.GiveBackAsync(entry.Intent, cancellationToken).ConfigureAwait(false);
                continue;
            }

            (_, SettlementRefusal? refusal) = await _gas.LimitsAsync(new TransactionRequest(entry.Target, entry.Data), cancellationToken).ConfigureAwait(false);
            if (refusal is { IsTooLarge: false, IsUnanswered: false } && await transactions.GiveBackAsync(entry.Intent, cancellationToken).ConfigureAwait(false))
            {
                _returned.Add(entry.Intent);
            }
        }
    }
}
