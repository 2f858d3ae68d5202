using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Transactions;

/// <summary>The transaction manager's view of a node.</summary>
internal sealed class NodeTransactions(IEthereumNode node, ulong chainId, PrivateRelay relay, TransactionOptions options, TimeProvider time) : ITransactionNode
{
    /// <summary>How nodes say that no gas up to their own limit is enough, each in words and under a code of its own.</summary>
    private static readonly string[] TooMuchGas = ["gas required exceeds", "out of gas", "outofgas", "out_of_gas", "exceeds block gas limit", "gas limit is too high", "gas limit too high", "gas limit exceeded", "greater than the cap"];

    private UInt256 MostTipWei => (UInt256)(ulong)options.MaxTipPerGasGwei * GasOffer.WeiPerGwei;

    public Task RequireChainAsync(CancellationToken cancellationToken) => Patience.AskAsync(
        async token =>
        {
            await node.RequireChainAsync(chainId, token).ConfigureAwait(false);
            return true;
        },
        time,
        cancellationToken);

    public Task<(ulong Head, ulong Mined)> GetHeadAndMinedNonceAsync(Address sender, CancellationToken cancellationToken) =>
        Patience.AskAsync(token => node.GetTransactionCountAndBlockAsync(sender, token), time, cancellationToken);

    public async Task<Hash32?> GetBlockHashAsync(ulong number, CancellationToken cancellationToken) =>
        (await Patience.AskAsync(token => node.GetBlockAsync(BlockTag.Number(number), token), time, cancellationToken).ConfigureAwait(false))?.Hash;

    public Task<ulong> GetMinedNonceAsync(Address sender, CancellationToken cancellationToken) =>
        Patience.AskAsync(token => node.GetTransactionCountAsync(sender, BlockTag.Latest, token), time, cancellationToken);

    public Task<UInt256> GetBalanceAsync(Address account, CancellationToken cancellationToken) =>
        Patience.AskAsync(token => node.GetBalanceAsync(account, BlockTag.Latest, token), time, cancellationToken);

    public async Task<ulong> EstimateGasAsync(Address sender, Address target, byte[] data, CancellationToken cancellationToken)
    {
        try
        {
            return await node.EstimateGasAsync(new CallRequest(target, data) { From = sender }, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcErrorException answer) when (TooMuchGas.Any(words => answer.Error.Message.Contains(words, StringComparison.OrdinalIgnoreCase)))
        {
            throw new TransactionTooLargeException(answer);
        }
    }

    public Task<GasOffer> EstimateFeesAsync(CancellationToken cancellationToken) => Patience.AskAsync(AskFeesAsync, time, cancellationToken);

    public async Task<MinedTransaction?> FindMinedAsync(Hash32 hash, CancellationToken cancellationToken)
    {
        TransactionReceipt? receipt = await Patience.AskAsync(token => node.GetReceiptAsync(hash, token), time, cancellationToken).ConfigureAwait(false);
        return receipt is null ? null
            : receipt.TransactionHash == hash ? new MinedTransaction(receipt.BlockNumber, receipt.IsSuccess)
            : throw new EthereumFormatException($"The node answered a question about transaction {hash} with the receipt of {receipt.TransactionHash}; check the node.");
    }

    public Task BroadcastAsync(SignedTransaction transaction, bool isPrivate, CancellationToken cancellationToken) =>
        (isPrivate && relay.Node is { } hidden ? hidden : node).SendRawTransactionAsync(transaction, cancellationToken);

    public async Task<string> ExplainRevertAsync(Address sender, Address target, byte[] data, ulong blockNumber, CancellationToken cancellationToken)
    {
        try
        {
            await Patience.AskAsync(token => node.CallAsync(new CallRequest(target, data) { From = sender }, BlockTag.Number(blockNumber), token), time, cancellationToken).ConfigureAwait(false);
            return "it would be carried out now; the chain moved on between";
        }
        catch (RevertException error)
        {
            return error.Reason.ToString() ?? error.Message;
        }
        catch (EthereumException error) when (error is RpcErrorException or RpcTransportException)
        {
            // Words for people: no transaction waits for them.
            return error.Message;
        }
    }

    private async Task<GasOffer> AskFeesAsync(CancellationToken cancellationToken)
    {
        if (await node.EstimateFeesAsync(cancellationToken).ConfigureAwait(false) is { } fees)
        {
            return new GasOffer(fees.MaxFeePerGasWei, fees.MaxPriorityFeePerGasWei).WithTipAtMost(MostTipWei);
        }

        // What of a plain price is tip is not told: the whole of it is offered, and as tip no more than of any other.
        UInt256 price = await node.GetGasPriceAsync(cancellationToken).ConfigureAwait(false);
        return new GasOffer(price, price <= MostTipWei ? price : MostTipWei);
    }
}
