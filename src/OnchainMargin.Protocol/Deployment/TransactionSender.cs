using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Transactions;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>
/// Sends transactions of one key, one after the other, and waits for each: for deployments and the command line. What must survive a
/// crash goes through the solver's outbox instead.
/// </summary>
public sealed class TransactionSender(IEthereumNode node, ITransactionSigner signer, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);
    private ulong? _chainId;

    /// <summary>Whose transactions these are.</summary>
    public Address Address => signer.Address;

    /// <summary>Sends a typed call.</summary>
    /// <param name="contract">The contract.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Stops waiting; what was sent stays sent.</param>
    /// <exception cref="RevertException">The contract refuses, with its own error decoded.</exception>
    public Task<TransactionReceipt> SendAsync(Address contract, IContractCall call, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        return SendAsync(contract, call.Encode(), call.Signature, cancellationToken);
    }

    /// <summary>Sends a call of a compiled contract by its function's name.</summary>
    /// <exception cref="RevertException">The contract refuses.</exception>
    public Task<TransactionReceipt> SendAsync(Address contract, ContractArtifact artifact, string function, IReadOnlyList<object> arguments, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        AbiFunction found = artifact.Abi.Function(function);
        byte[] data = AbiCodec.EncodeWithSelector(found.Selector, found.Inputs, arguments);
        return SendAsync(contract, data, $"{artifact.Name}.{found.Signature}", cancellationToken);
    }

    /// <summary>Creates a contract.</summary>
    /// <returns>Where it is.</returns>
    /// <exception cref="RevertException">Its constructor refuses.</exception>
    public async Task<Address> CreateAsync(ContractArtifact artifact, IReadOnlyList<object> arguments, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        byte[] data = [.. artifact.Bytecode, .. AbiCodec.Encode(artifact.Abi.Constructor.Inputs, arguments)];
        TransactionReceipt receipt = await SendAsync(null, data, $"the creation of {artifact.Name}", cancellationToken);
        return receipt.ContractAddress ?? throw new DeploymentException($"The node's receipt of the creation of {artifact.Name} names no contract: check that the node is an Ethereum node.");
    }

    /// <summary>Sends wei.</summary>
    public Task<TransactionReceipt> PayAsync(Address to, UInt256 wei, CancellationToken cancellationToken = default) =>
        SendAsync(new CallRequest(to, ReadOnlyMemory<byte>.Empty) { From = Address, ValueWei = wei }, "a payment", cancellationToken);

    private Task<TransactionReceipt> SendAsync(Address? to, byte[] data, string what, CancellationToken cancellationToken) =>
        SendAsync(new CallRequest(to, data) { From = Address }, what, cancellationToken);

    private async Task<TransactionReceipt> SendAsync(CallRequest request, string what, CancellationToken cancellationToken)
    {
        _chainId ??= await node.GetChainIdAsync(cancellationToken);
        ulong gas = await node.EstimateGasAsync(request, cancellationToken);
        ulong nonce = await node.GetTransactionCountAsync(Address, BlockTag.Pending, cancellationToken);
        FeeEstimate? fees = await node.EstimateFeesAsync(cancellationToken);
        Transaction transaction = fees is null
            ? new LegacyTransaction
            {
                ChainId = _chainId.Value,
                Nonce = nonce,
                GasLimit = WithReserve(gas),
                To = request.To,
                ValueWei = request.ValueWei,
                Data = request.Data,
                GasPriceWei = await node.GetGasPriceAsync(cancellationToken),
            }
            : new FeeMarketTransaction
            {
                ChainId = _chainId.Value,
                Nonce = nonce,
                GasLimit = WithReserve(gas),
                To = request.To,
                ValueWei = request.ValueWei,
                Data = request.Data,
                MaxFeePerGasWei = fees.MaxFeePerGasWei,
                MaxPriorityFeePerGasWei = fees.MaxPriorityFeePerGasWei,
            };
        SignedTransaction signed = signer.Sign(transaction);
        await node.SendRawTransactionAsync(signed, cancellationToken);
        TransactionReceipt receipt = await WaitAsync(signed.Hash, what, cancellationToken);
        return receipt.IsSuccess
            ? receipt
            : throw new TransactionException($"The transaction for {what} was mined in block {receipt.BlockNumber} and failed: look at what changed on the chain since it was simulated, and try again.", signed.Hash);
    }

    /// <summary>What is simulated in one block may need a little more in the next.</summary>
    private static ulong WithReserve(ulong gas) => gas + (gas / 5);

    private async Task<TransactionReceipt> WaitAsync(Hash32 transaction, string what, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        while (true)
        {
            if (await node.GetReceiptAsync(transaction, cancellationToken) is { } receipt)
            {
                return receipt;
            }

            if (time.GetElapsedTime(began) > LongestWait)
            {
                throw new TransactionException($"The transaction for {what} was sent and is not mined after {LongestWait.TotalMinutes} minutes: look for it before sending again.", transaction);
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }
}
