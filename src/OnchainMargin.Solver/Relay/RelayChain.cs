using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Relay;

/// <summary>The relay's questions, answered by the deployment's node.</summary>
internal sealed class RelayChain(ProtocolClient client) : IRelayChain
{
    private readonly OrderSignatures _signatures = new(client.Deployment, client.Digests, client.Node);

    /// <inheritdoc/>
    public Task<bool> IsSignedAsync(Clearinghouse.SignedOrder signed, CancellationToken cancellationToken) => _signatures.IsSignedAsync(signed, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> IsCancelSignedAsync(ulong account, ulong nonce, Address owner, byte[] signature, CancellationToken cancellationToken) =>
        _signatures.IsCancelSignedAsync(account, nonce, owner, signature, cancellationToken);

    /// <inheritdoc/>
    public async Task<(bool IsDone, ulong FilledE8)> StatusAsync(ulong account, ulong nonce, CancellationToken cancellationToken)
    {
        Clearinghouse.OrderStatusResult status = await client.Node
            .CallAsync(client.Deployment.Contracts.Clearinghouse, new Clearinghouse.OrderStatusCall(account, nonce), cancellationToken: cancellationToken).ConfigureAwait(false);
        return (status.Done, status.FilledE8);
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
