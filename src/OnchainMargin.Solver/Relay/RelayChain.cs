using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Relay;

/// <summary>The relay's questions, answered by the deployment's node.</summary>
internal sealed class RelayChain(ProtocolClient client, TimeProvider time) : IRelayChain
{
    /// <summary>Nodes bound how much one batch may ask.</summary>
    private const int StatusesOfAQuestion = 100;

    private readonly OrderSignatures _signatures = new(client.Deployment, client.Digests, client.Node);

    /// <inheritdoc/>
    public Task<TakenSignature?> FindSignatureAsync(Clearinghouse.SignedOrder signed, CancellationToken cancellationToken) => _signatures.FindAsync(signed, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> IsCancelSignedAsync(ulong account, ulong nonce, Address owner, byte[] signature, CancellationToken cancellationToken) =>
        _signatures.IsCancelSignedAsync(account, nonce, owner, signature, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlySet<Address>> ContractsAmongAsync(IReadOnlyCollection<Address> signers, CancellationToken cancellationToken)
    {
        byte[][] codes = await Patience.AskAsync(token => Task.WhenAll(signers.Select(signer => client.Node.GetCodeAsync(signer, cancellationToken: token))), time, cancellationToken).ConfigureAwait(false);
        return signers.Zip(codes).Where(static one => one.Second.Length > 0).Select(static one => one.First).ToHashSet();
    }

    /// <inheritdoc/>
    public async Task<CustomErrorReason?> ReasonOfAsync(OutboxEntry reverted, CancellationToken cancellationToken)
    {
        try
        {
            var call = new CallRequest(reverted.Target, reverted.Data) { From = reverted.Sender };
            await Patience.AskAsync(token => client.Node.CallAsync(call, BlockTag.Number(reverted.BlockNumber), token), time, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (RevertException error)
        {
            return error.Reason as CustomErrorReason;
        }
        catch (RpcErrorException)
        {
            // All gas is gone, or the node does not have that block any more.
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<(bool IsDone, ulong FilledE8)>> StatusesAsync(IReadOnlyList<RestingOrder> orders, CancellationToken cancellationToken)
    {
        var statuses = new List<(bool IsDone, ulong FilledE8)>();
        foreach (RestingOrder[] part in orders.Chunk(StatusesOfAQuestion))
        {
            Clearinghouse.OrderStatusResult[] answers = await Patience.AskAsync(
                token => client.Node.CallManyAsync(client.Deployment.Contracts.Clearinghouse, [.. part.Select(static order => new Clearinghouse.OrderStatusCall(order.Account, order.Nonce))], cancellationToken: token),
                time,
                cancellationToken).ConfigureAwait(false);
            statuses.AddRange(answers.Select(static status => (status.Done, status.FilledE8)));
        }

        return statuses;
    }

    /// <inheritdoc/>
    public async Task<(ulong OpenE8, ulong LargestE8)> OptionInterestAsync(ushort underlying, CancellationToken cancellationToken)
    {
        Clearinghouse.MarketTotals totals = await client.Node
            .CallAsync(client.Deployment.Contracts.Clearinghouse, new Clearinghouse.MarketTotalsCall(underlying), cancellationToken: cancellationToken).ConfigureAwait(false);
        ulong largest = await client.Node
            .CallAsync(client.Deployment.Contracts.PriceHub, new PriceHub.OptionInterestMaxE8Call(underlying), cancellationToken: cancellationToken).ConfigureAwait(false);
        return (totals.OptionInterestE8, largest);
    }
}
