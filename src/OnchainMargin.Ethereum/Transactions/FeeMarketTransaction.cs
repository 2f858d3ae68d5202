using OnchainMargin.Ethereum.Rlp;

namespace OnchainMargin.Ethereum.Transactions;

/// <summary>A transaction of EIP-1559: a cap on the whole price per gas, and one on the builder's part of it.</summary>
public sealed record FeeMarketTransaction : TypedTransaction
{
    /// <summary>The most that is paid per gas.</summary>
    public required UInt256 MaxFeePerGasWei { get; init; }

    /// <summary>The most that goes to the block's builder.</summary>
    public required UInt256 MaxPriorityFeePerGasWei { get; init; }

    /// <inheritdoc/>
    public override byte? Type => 2;

    private protected override void WriteFees(RlpWriter writer)
    {
        writer.Write(MaxPriorityFeePerGasWei);
        writer.Write(MaxFeePerGasWei);
    }
}
