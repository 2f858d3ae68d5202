using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Watching;

/// <summary>Gives back the nonces of refutations that would be reverted by now, since somebody else was first: a private relay drops them, in place of having the revert mined, and what is sent later waits behind.</summary>
internal sealed class RefutationReturns(TransactionManager transactions, TimeProvider time)
{
    /// <summary>How the intents of refutations begin.</summary>
    public const string Sort = "refute ";

    private readonly CoolDowns _asked = new(TimeSpan.FromSeconds(OutboxEntry.AskAfterSeconds), time);

    /// <summary>Gives back those whose turn it is.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        OutboxEntry[] waiting = [.. transactions.Unsettled().Where(entry => entry.State == OutboxState.Live && entry.Intent.StartsWith(Sort, StringComparison.Ordinal) && entry.MayBeStuck(time))];
        foreach (OutboxEntry entry in waiting.Where(entry => !_asked.Has(entry.Intent)))
        {
            _asked.Add(entry.Intent);
            if (await transactions.IsRefusedAsync(entry, cancellationToken).ConfigureAwait(false) is not { } isRefused)
            {
                // A node that hangs costs a round its patience once; the next one goes on behind this.
                return;
            }

            if (isRefused)
            {
                await transactions.GiveBackAsync(entry.Intent, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
