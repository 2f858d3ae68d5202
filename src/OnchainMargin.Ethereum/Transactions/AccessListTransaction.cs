using OnchainMargin.Ethereum.Rlp;

namespace OnchainMargin.Ethereum.Transactions;

/// <summary>A transaction of EIP-2930: one gas price, and an access list.</summary>
public sealed record AccessListTransaction : TypedTransaction
{
    /// <summary>The price per gas.</summary>
    public required UInt256 GasPriceWei { get; init; }

    /// <inheritdoc/>
    public override byte? Type => 1;

    private protected override void WriteFees(RlpWriter writer) => writer.Write(GasPriceWei);
}
