using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Ethereum.Transactions;

namespace OnchainMargin.Ethereum.Sending;

/// <content>Handing over, waiting, and finding out why.</content>
public sealed partial class TransactionSender
{
    /// <inheritdoc/>
    public async Task BroadcastAsync(SignedTransaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await BroadcastInTurnAsync(transaction, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<TransactionReceipt> WaitAsync(Hash32 transactionHash, CancellationToken cancellationToken = default)
    {
        long start = _time.GetTimestamp();
        while (true)
        {
            RpcTransportException? failure = null;
            try
            {
                TransactionReceipt? receipt = await _node.GetReceiptAsync(transactionHash, cancellationToken).ConfigureAwait(false);
                if (receipt is not null && await IsDeepEnoughAsync(receipt, cancellationToken).ConfigureAwait(false))
                {
                    return receipt;
                }
            }
            catch (RpcTransportException exception) when (exception.IsTransient)
            {
                // Whether it is mined does not depend on whether the node can be asked now.
                failure = exception;
            }

            if (_time.GetElapsedTime(start) >= _options.ReceiptTimeout)
            {
                throw new TransactionException($"The transaction {transactionHash} was not seen mined within {_options.ReceiptTimeout.TotalSeconds} s; it may still be: look for its receipt, or bump its fee.", transactionHash, failure);
            }

            await Task.Delay(_options.PollInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsDeepEnoughAsync(TransactionReceipt receipt, CancellationToken cancellationToken) =>
        _options.Confirmations <= 1
        || await _node.GetBlockNumberAsync(cancellationToken).ConfigureAwait(false) + 1 >= receipt.BlockNumber + (ulong)_options.Confirmations;

    /// <summary>Hands the same bytes over until it is known that they arrived: they can be mined once only.</summary>
    private async Task BroadcastUntilKnownAsync(SignedTransaction transaction, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        while (true)
        {
            try
            {
                await BroadcastInTurnAsync(transaction, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (TransactionException exception) when (exception.InnerException is RpcTransportException { IsTransient: true } && _time.GetElapsedTime(start) < _options.ReceiptTimeout)
            {
                await Task.Delay(_options.PollInterval, _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task BroadcastInTurnAsync(SignedTransaction transaction, CancellationToken cancellationToken)
    {
        try
        {
            await _node.SendRawTransactionAsync(transaction, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcErrorException exception) when (BroadcastAnswers.IsKnown(exception.Error))
        {
            // It arrived before; the same bytes are mined once only.
        }
        catch (RpcErrorException exception)
        {
            _nextNonce = null;
            if (await _node.GetReceiptAsync(transaction.Hash, cancellationToken).ConfigureAwait(false) is null)
            {
                throw new TransactionException($"The node refused the transaction {transaction.Hash} with nonce {transaction.Transaction.Nonce}: {exception.Error.Message}", transaction.Hash, exception);
            }
        }
        catch (RevertException)
        {
            // The node mined it at once and tells of the revert here; the nonce is used up.
            _nextNonce = null;
            throw;
        }
        catch (Exception exception) when (exception is RpcTransportException or EthereumFormatException)
        {
            await SettleUncertainAsync(transaction, exception, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The transport failed, so the transaction may or may not have arrived: ask, and say which.</summary>
    private async Task SettleUncertainAsync(SignedTransaction transaction, Exception exception, CancellationToken cancellationToken)
    {
        bool isKnown;
        try
        {
            isKnown = await _node.IsTransactionKnownAsync(transaction.Hash, cancellationToken).ConfigureAwait(false);
        }
        catch (EthereumException)
        {
            isKnown = false;
        }

        if (!isKnown)
        {
            throw new TransactionException($"It is not known whether the transaction {transaction.Hash} reached the node; broadcast the same bytes again, they can be mined once only.", transaction.Hash, exception);
        }
    }

    /// <summary>Repeats a reverted transaction as a call on its block, so that the contract says why.</summary>
    private async Task<EthereumException> ExplainAsync(SignedTransaction transaction, TransactionReceipt receipt, CancellationToken cancellationToken)
    {
        Transaction sent = transaction.Transaction;
        var call = new CallRequest(sent.To, sent.Data) { From = Address, ValueWei = sent.ValueWei, GasLimit = sent.GasLimit };
        try
        {
            _ = await _node.CallAsync(call, BlockTag.Number(receipt.BlockNumber), cancellationToken).ConfigureAwait(false);
        }
        catch (RevertException exception)
        {
            return new RevertException($"The transaction {transaction.Hash}", exception.Reason, exception);
        }
        catch (RpcErrorException)
        {
            // The node cannot repeat it; the receipt alone is told.
        }

        return new RevertException($"The transaction {transaction.Hash}", new UnknownReason([]));
    }
}
