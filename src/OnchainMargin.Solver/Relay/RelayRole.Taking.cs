using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;

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
            await SetAsideWhatOpensAsync(batch, book, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Takes out of a batch what would open something by a surface that has become too old since it was matched (CLR-017): no estimate is spent on it. The order that would open waits out of its book, the one that came where both are, and the other meets others who close.</summary>
    private async Task SetAsideWhatOpensAsync(List<OrderMatch> batch, ProtocolBook book, CancellationToken cancellationToken)
    {
        if (!batch.Exists(static match => match.Maker.Instrument.Expiry != 0))
        {
            return;
        }

        CheckpointInputs inputs = await live.GetAsync(cancellationToken).ConfigureAwait(false);
        var growth = new InterestGrowth(book);
        for (int i = 0; i < batch.Count;)
        {
            OrderMatch match = batch[i];
            if (growth.OfE8(match.Maker, match.Taker, match.SizeE8) > 0 && OrderAdmission.TooOldToOpen(match.Maker.Instrument, inputs) is { } old)
            {
                orders.SetAside(match, match.Taker.Reduces(match.SizeE8, book) ? match.Maker : match.Taker, book.BlockNumber, old, yields: true);
                batch.RemoveAt(i);
            }
            else
            {
                growth.Add(match.Maker, match.Taker, match.SizeE8);
                i++;
            }
        }
    }

    /// <summary>Which signers of matches are contracts now.</summary>
    private Task<IReadOnlySet<Address>> ContractsOfAsync(IEnumerable<OrderMatch> matches, CancellationToken cancellationToken) =>
        orderChain.ContractsAmongAsync(matches.SelectMany(static match => match.Orders).Select(static order => order.Signed.Signer).ToHashSet(), cancellationToken);
}
