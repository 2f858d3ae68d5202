using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;

namespace OnchainMargin.Solver.Proving;

/// <summary>Trials on the deployment's node, a few at a time, so that nobody can keep it from the roles that need it.</summary>
internal sealed class NodeProofTrial(IEthereumNode node, TimeProvider time) : IProofTrial, IDisposable
{
    private const int AtOnce = 4;
    private static readonly TimeSpan PatienceForAPlace = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _places = new(AtOnce, AtOnce);

    /// <inheritdoc/>
    public async Task<(ulong? Gas, string Refusal)> TryAsync(TransactionRequest request, Address from, CancellationToken cancellationToken)
    {
        if (!await _places.WaitAsync(PatienceForAPlace, cancellationToken).ConfigureAwait(false))
        {
            return (null, "too much is being tried here at once");
        }

        try
        {
            return (await Transactions.Patience.AskAsync(token => node.EstimateGasAsync(new CallRequest(request.To, request.Data) { From = from, ValueWei = request.ValueWei }, token), time, cancellationToken).ConfigureAwait(false), "");
        }
        catch (RevertException refused)
        {
            return (null, refused.Reason.ToString() ?? "");
        }
        catch (RpcErrorException error)
        {
            return (null, error.Message.TrimEnd('.'));
        }
        finally
        {
            _places.Release();
        }
    }

    /// <inheritdoc/>
    public Task<UInt256> GasPriceWeiAsync(CancellationToken cancellationToken) => node.GetGasPriceAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();
}
