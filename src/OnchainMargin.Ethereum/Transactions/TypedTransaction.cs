using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Ethereum.Rlp;

namespace OnchainMargin.Ethereum.Transactions;

/// <summary>What the envelopes of EIP-2930 and EIP-1559 have in common.</summary>
public abstract record TypedTransaction : Transaction
{
    /// <summary>The chain.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>The storage it announces to touch.</summary>
    public IReadOnlyList<AccessListEntry> AccessList { get; init; } = [];

    /// <summary>Writes the one or two fields that say what is offered for gas.</summary>
    private protected abstract void WriteFees(RlpWriter writer);

    private protected sealed override void WriteFields(RlpWriter writer, Signature? signature)
    {
        writer.Write((UInt256)ChainId);
        writer.Write((UInt256)Nonce);
        WriteFees(writer);
        WriteCall(writer);
        WriteAccessList(writer);
        if (signature is { } signed)
        {
            writer.Write((UInt256)(uint)(signed.RecoveryId & 1));
            writer.Write(signed.R);
            writer.Write(signed.S);
        }
    }

    private void WriteAccessList(RlpWriter writer)
    {
        Span<byte> word = stackalloc byte[32];
        int list = writer.BeginList();
        foreach (AccessListEntry entry in AccessList)
        {
            int pair = writer.BeginList();
            writer.Write(entry.Address);
            int keys = writer.BeginList();
            foreach (Hash32 key in entry.StorageKeys)
            {
                key.CopyTo(word);
                writer.Write(word);
            }

            writer.EndList(keys);
            writer.EndList(pair);
        }

        writer.EndList(list);
    }
}
