using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Relay;

/// <summary>The gas limits of settlements, and which of them are too large for any transaction, in gas or in bytes.</summary>
internal sealed class SettlementGas(TransactionManager transactions)
{
    /// <summary>The gas limits of a settlement; or why there are none.</summary>
    /// <exception cref="RpcErrorException">Thrown when the node answers no such question now, whatever is asked.</exception>
    /// <exception cref="RpcTransportException">Thrown when it answers nothing.</exception>
    public async Task<(GasLimits Limits, SettlementRefusal? Refusal)> LimitsAsync(TransactionRequest request, CancellationToken cancellationToken)
    {
        try
        {
            ulong gas = await transactions.EstimateGasAsync(request.To!.Value, request.Data.ToArray(), cancellationToken).ConfigureAwait(false);
            return (transactions.GasLimitsOf(request.Data.Length, gas), null);
        }
        catch (TransactionTooLargeException error)
        {
            return (default, new SettlementRefusal(((error.InnerException as RpcErrorException)?.Error.Message ?? error.Message).TrimEnd('.')) { IsTooLarge = true });
        }
        catch (RevertException error)
        {
            return (default, SettlementRefusal.Of(error.Reason));
        }
        catch (EthereumException error) when (error is RpcErrorException or RpcTransportException)
        {
            // A node computes until nobody waits any more, or fails at this in words of its own. One that estimates a call that does nothing is not away: it is this one that it cannot estimate, which says nothing of its size.
            if (!await EstimatesAsync(cancellationToken).ConfigureAwait(false))
            {
                throw;
            }

            return (default, new SettlementRefusal((error is RpcErrorException { Error.Message: var said } ? said : error.Message).TrimEnd('.')) { IsUnanswered = true });
        }
    }

    private async Task<bool> EstimatesAsync(CancellationToken cancellationToken)
    {
        try
        {
            _ = await transactions.EstimateGasAsync(transactions.Sender, [], cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RevertException)
        {
            // The sender has code, which refuses to be called: an answer as well.
            return true;
        }
        catch (EthereumException error) when (error is RpcErrorException or RpcTransportException)
        {
            return false;
        }
    }
}
