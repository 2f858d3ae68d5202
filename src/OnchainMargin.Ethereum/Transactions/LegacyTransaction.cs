using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Ethereum.Rlp;

namespace OnchainMargin.Ethereum.Transactions;

/// <summary>A transaction in the first form; with a chain id it is protected from replay on other chains (EIP-155).</summary>
public sealed record LegacyTransaction : Transaction
{
    /// <summary>The chain, or null for a signature that holds on every chain.</summary>
    public ulong? ChainId { get; init; }

    /// <summary>The price per gas.</summary>
    public required UInt256 GasPriceWei { get; init; }

    /// <inheritdoc/>
    public override byte? Type => null;

    private protected override void WriteFields(RlpWriter writer, Signature? signature)
    {
        writer.Write((UInt256)Nonce);
        writer.Write(GasPriceWei);
        WriteCall(writer);
        if (signature is { } signed)
        {
            uint parity = (uint)(signed.RecoveryId & 1);
            writer.Write(ChainId is { } chain ? ((UInt256)chain << 1) + (35 + parity) : (UInt256)(27 + parity));
            writer.Write(signed.R);
            writer.Write(signed.S);
        }
        else if (ChainId is { } chain)
        {
            writer.Write((UInt256)chain);
            writer.Write(UInt256.Zero);
            writer.Write(UInt256.Zero);
        }
    }
}
