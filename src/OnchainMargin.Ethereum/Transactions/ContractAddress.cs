using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Rlp;

namespace OnchainMargin.Ethereum.Transactions;

/// <summary>Where a contract will come to stand.</summary>
public static class ContractAddress
{
    /// <summary>The address of a contract created by a transaction or by CREATE.</summary>
    public static Address Create(Address creator, ulong nonce)
    {
        var writer = new RlpWriter();
        int mark = writer.BeginList();
        writer.Write(creator);
        writer.Write((UInt256)nonce);
        writer.EndList(mark);
        return Tail(Keccak256.Hash(writer.Written));
    }

    /// <summary>The address of a contract created by CREATE2 (EIP-1014).</summary>
    public static Address Create2(Address creator, Hash32 salt, Hash32 initCodeHash)
    {
        Span<byte> bytes = stackalloc byte[85];
        bytes[0] = 0xff;
        creator.CopyTo(bytes[1..]);
        salt.CopyTo(bytes[21..]);
        initCodeHash.CopyTo(bytes[53..]);
        return Tail(Keccak256.Hash(bytes));
    }

    private static Address Tail(Hash32 hash)
    {
        Span<byte> bytes = stackalloc byte[32];
        hash.CopyTo(bytes);
        return new Address(bytes[12..]);
    }
}
