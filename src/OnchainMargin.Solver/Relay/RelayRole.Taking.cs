using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Solver.Relay;

/// <content>Which matches go into the next batch.</content>
internal sealed partial class RelayRole
{
    /// <summary>Takes the matches of the next batch. Code may stand by now at an address whose key had signed (EIP-7702), and what contracts sign comes alone.</summary>
    private async Task<IReadOnlyList<OrderMatch>> TakeAsync(ProtocolBook book, CancellationToken cancellationToken)
    {
        List<OrderMatch> batch = [.. orders.TakePending(_most, book.BlockNumber)];
        try
        {
            orders.Mark(batch, await ContractsOfAsync(batch, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            orders.Return(batch);
            throw;
        }

        if (batch.Count > 1)
        {
            ILookup<bool, OrderMatch> byContract = batch.ToLookup(static match => match.IsByContract);
            orders.Return(byContract[true]);
            batch = [.. byContract[false]];
        }

        return batch;
    }

    /// <summary>Which signers of matches are contracts now.</summary>
    private Task<IReadOnlySet<Address>> ContractsOfAsync(IEnumerable<OrderMatch> matches, CancellationToken cancellationToken) =>
        orderChain.ContractsAmongAsync(matches.SelectMany(static match => match.Orders).Select(static order => order.Signed.Signer).ToHashSet(), cancellationToken);
}
