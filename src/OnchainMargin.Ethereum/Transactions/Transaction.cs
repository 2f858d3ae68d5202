using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Rlp;

namespace OnchainMargin.Ethereum.Transactions;

/// <summary>A transaction before it is signed.</summary>
public abstract record Transaction
{
    /// <summary>The sender's count of transactions before this one.</summary>
    public required ulong Nonce { get; init; }

    /// <summary>The most gas it may use.</summary>
    public required ulong GasLimit { get; init; }

    /// <summary>The receiver, or null to create a contract.</summary>
    public Address? To { get; init; }

    /// <summary>The wei to send.</summary>
    public UInt256 ValueWei { get; init; }

    /// <summary>Calldata, or creation code.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The envelope's type byte; null for the form from before EIP-2718.</summary>
    public abstract byte? Type { get; }

    /// <summary>The hash that the sender signs.</summary>
    public Hash32 SigningHash() => Keccak256.Hash(Write(null));

    /// <summary>The bytes that go to the network, with a signature.</summary>
    public byte[] Encode(Signature signature) => Write(signature);

    /// <summary>Writes the fields into the open list; the signature's three last, or what stands for them when there is none.</summary>
    private protected abstract void WriteFields(RlpWriter writer, Signature? signature);

    private protected void WriteCall(RlpWriter writer)
    {
        writer.Write((UInt256)GasLimit);
        writer.Write(To);
        writer.Write(ValueWei);
        writer.Write(Data.Span);
    }

    private byte[] Write(Signature? signature)
    {
        var writer = new RlpWriter();
        if (Type is { } type)
        {
            writer.WriteRaw([type]);
        }

        int mark = writer.BeginList();
        WriteFields(writer, signature);
        writer.EndList(mark);
        return writer.ToArray();
    }
}
