using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Transactions;

namespace OnchainMargin.Ethereum.Sending;

/// <summary>Sends one account's transactions in order. Nonces are given out here, so use one sender per account; it may be used by many callers at once.</summary>
public sealed partial class TransactionSender : ITransactionSender, IDisposable
{
    private readonly IEthereumNode _node;
    private readonly ITransactionSigner _signer;
    private readonly TransactionSenderOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private ulong? _chainId;
    private ulong? _nextNonce;

    /// <summary>Creates a sender for the signer's account.</summary>
    public TransactionSender(IEthereumNode node, ITransactionSigner signer, TransactionSenderOptions? options = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(signer);
        _node = node;
        _signer = signer;
        _options = options ?? new TransactionSenderOptions();
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public Address Address => _signer.Address;

    /// <inheritdoc/>
    public async Task<SignedTransaction> PrepareAsync(TransactionRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        (ulong Least, ulong Most) gas = await GasAsync(request, cancellationToken).ConfigureAwait(false);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await PrepareInTurnAsync(request, gas, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task ReleaseAsync(SignedTransaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        _nextNonce = null;
        _gate.Release();
    }

    /// <inheritdoc/>
    public async Task<TransactionReceipt> SendAsync(TransactionRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        (ulong Least, ulong Most) gas = await GasAsync(request, cancellationToken).ConfigureAwait(false);
        SignedTransaction transaction;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            transaction = await PrepareInTurnAsync(request, gas, cancellationToken).ConfigureAwait(false);
            await BroadcastUntilKnownAsync(transaction, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }

        TransactionReceipt receipt = await WaitAsync(transaction.Hash, cancellationToken).ConfigureAwait(false);
        if (!receipt.IsSuccess)
        {
            throw await ExplainAsync(transaction, receipt, cancellationToken).ConfigureAwait(false);
        }

        return request.To is null ? RequireCreated(receipt, ContractAddress.Create(Address, transaction.Transaction.Nonce)) : receipt;
    }

    /// <inheritdoc/>
    public async Task<SignedTransaction> BumpAsync(SignedTransaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        FeeEstimate? now = await _node.EstimateFeesAsync(cancellationToken).ConfigureAwait(false);
        Transaction replacement = transaction.Transaction switch
        {
            FeeMarketTransaction old => old with
            {
                MaxFeePerGasWei = RequireAffordable(Fees.Bump(old.MaxFeePerGasWei, now?.MaxFeePerGasWei)),
                MaxPriorityFeePerGasWei = Fees.Bump(old.MaxPriorityFeePerGasWei, now?.MaxPriorityFeePerGasWei),
            },
            AccessListTransaction old => old with { GasPriceWei = RequireAffordable(Fees.Bump(old.GasPriceWei, null)) },
            LegacyTransaction old => old with { GasPriceWei = RequireAffordable(Fees.Bump(old.GasPriceWei, null)) },
            _ => throw new TransactionException($"The transaction {transaction.Hash} is of a form that cannot be bumped.", transaction.Hash),
        };
        return _signer.Sign(replacement);
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    /// <summary>The gas limit that a request needs, and the one that it gets where the sender can pay for it.</summary>
    private async Task<(ulong Least, ulong Most)> GasAsync(TransactionRequest request, CancellationToken cancellationToken)
    {
        if (request.GasLimit is { } given)
        {
            return (given, given);
        }

        var call = new CallRequest(request.To, request.Data) { From = Address, ValueWei = request.ValueWei };
        ulong estimate = await _node.EstimateGasAsync(call, cancellationToken).ConfigureAwait(false);
        ulong least = estimate + (estimate * (ulong)_options.GasMarginPercent / 100);
        return (least, Math.Max(least, estimate + (ulong)_options.GasRoom));
    }

    /// <summary>As much gas as the sender can pay for: nodes take nothing whose limit he could not, and room is no reason to keep him from what he can.</summary>
    private async Task<ulong> LimitAsync((ulong Least, ulong Most) gas, UInt256 valueWei, UInt256 feeWei, CancellationToken cancellationToken)
    {
        if (gas.Least == gas.Most || feeWei.IsZero)
        {
            return gas.Most;
        }

        UInt256 balance = await _node.GetBalanceAsync(Address, BlockTag.Latest, cancellationToken).ConfigureAwait(false);
        UInt256 payable = balance > valueWei ? (balance - valueWei) / feeWei : UInt256.Zero;
        return payable >= (UInt256)gas.Most ? gas.Most : Math.Max(gas.Least, (ulong)payable);
    }

    private async Task<SignedTransaction> PrepareInTurnAsync(TransactionRequest request, (ulong Least, ulong Most) gas, CancellationToken cancellationToken)
    {
        ulong chain = _chainId ??= await _node.GetChainIdAsync(cancellationToken).ConfigureAwait(false);
        FeeEstimate? fees = await _node.EstimateFeesAsync(cancellationToken).ConfigureAwait(false);
        UInt256 price = RequireAffordable(fees?.MaxFeePerGasWei ?? await _node.GetGasPriceAsync(cancellationToken).ConfigureAwait(false));
        ulong limit = await LimitAsync(gas, request.ValueWei, price, cancellationToken).ConfigureAwait(false);
        ulong nonce = _nextNonce ?? await _node.GetTransactionCountAsync(Address, BlockTag.Pending, cancellationToken).ConfigureAwait(false);
        Transaction transaction = fees is null
            ? new LegacyTransaction { ChainId = chain, Nonce = nonce, GasLimit = limit, GasPriceWei = price, To = request.To, ValueWei = request.ValueWei, Data = request.Data }
            : new FeeMarketTransaction
            {
                ChainId = chain,
                Nonce = nonce,
                GasLimit = limit,
                MaxFeePerGasWei = price,
                MaxPriorityFeePerGasWei = fees.MaxPriorityFeePerGasWei,
                To = request.To,
                ValueWei = request.ValueWei,
                Data = request.Data,
            };
        SignedTransaction signed = _signer.Sign(transaction);
        _nextNonce = nonce + 1;
        return signed;
    }

    /// <summary>Where a contract comes to stand follows from its creator and the nonce: a node that names another place would have whoever asked send all that comes next to somebody else.</summary>
    private static TransactionReceipt RequireCreated(TransactionReceipt receipt, Address created) => receipt.ContractAddress == created
        ? receipt
        : throw new TransactionException($"The node's receipt of {receipt.TransactionHash} names {receipt.ContractAddress?.ToString() ?? "no contract"} and the transaction creates {created}: the node is wrong or lies; use another.", receipt.TransactionHash);

    private UInt256 RequireAffordable(UInt256 fee) => fee <= _options.MaximumFeePerGasWei
        ? fee
        : throw new TransactionException($"The chain asks {fee} wei per gas and at most {_options.MaximumFeePerGasWei} are allowed; wait, or raise the maximum fee.", default);
}
