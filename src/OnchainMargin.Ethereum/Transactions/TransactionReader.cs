using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Ethereum.Rlp;

namespace OnchainMargin.Ethereum.Transactions;

/// <summary>Reads signed transactions of the forms that this library writes.</summary>
internal static class TransactionReader
{
    public static SignedTransaction Read(ReadOnlyMemory<byte> raw)
    {
        if (raw.IsEmpty)
        {
            throw new EthereumFormatException("A transaction of no bytes was given; give the raw transaction.");
        }

        byte first = raw.Span[0];
        return first switch
        {
            >= 0xc0 => ReadLegacy(RlpReader.Decode(raw).Items),
            1 => ReadAccessList(RlpReader.Decode(raw[1..]).Items),
            2 => ReadFeeMarket(RlpReader.Decode(raw[1..]).Items),
            _ => throw new EthereumFormatException($"The transaction starts with type {first}; known are the first form, 1 (access list) and 2 (fee market)."),
        };
    }

    private static SignedTransaction ReadLegacy(IReadOnlyList<RlpItem> fields)
    {
        RequireCount(fields, 9);
        UInt256 v = fields[6].ToUInt256();
        bool isProtected = v >= 35U;
        if (!isProtected && v != 27U && v != 28U)
        {
            throw new EthereumFormatException($"The transaction's v is {v}; it must be 27, 28, or 35 and more.");
        }

        UInt256 chain = isProtected ? (v - 35U) >> 1 : UInt256.Zero;
        var transaction = new LegacyTransaction
        {
            ChainId = isProtected ? Number(chain, "chain id") : null,
            Nonce = fields[0].ToUInt64(),
            GasPriceWei = fields[1].ToUInt256(),
            GasLimit = fields[2].ToUInt64(),
            To = ReadTo(fields[3]),
            ValueWei = fields[4].ToUInt256(),
            Data = fields[5].Bytes,
        };
        byte parity = (byte)((isProtected ? v - 35U : v - 27U) & UInt256.One).Lower;
        return new SignedTransaction(transaction, ReadSignature(fields[7], fields[8], parity));
    }

    private static SignedTransaction ReadAccessList(IReadOnlyList<RlpItem> fields)
    {
        RequireCount(fields, 11);
        var transaction = new AccessListTransaction
        {
            ChainId = fields[0].ToUInt64(),
            Nonce = fields[1].ToUInt64(),
            GasPriceWei = fields[2].ToUInt256(),
            GasLimit = fields[3].ToUInt64(),
            To = ReadTo(fields[4]),
            ValueWei = fields[5].ToUInt256(),
            Data = fields[6].Bytes,
            AccessList = ReadAccessListEntries(fields[7]),
        };
        return new SignedTransaction(transaction, ReadSignature(fields[9], fields[10], ReadParity(fields[8])));
    }

    private static SignedTransaction ReadFeeMarket(IReadOnlyList<RlpItem> fields)
    {
        RequireCount(fields, 12);
        var transaction = new FeeMarketTransaction
        {
            ChainId = fields[0].ToUInt64(),
            Nonce = fields[1].ToUInt64(),
            MaxPriorityFeePerGasWei = fields[2].ToUInt256(),
            MaxFeePerGasWei = fields[3].ToUInt256(),
            GasLimit = fields[4].ToUInt64(),
            To = ReadTo(fields[5]),
            ValueWei = fields[6].ToUInt256(),
            Data = fields[7].Bytes,
            AccessList = ReadAccessListEntries(fields[8]),
        };
        return new SignedTransaction(transaction, ReadSignature(fields[10], fields[11], ReadParity(fields[9])));
    }

    private static void RequireCount(IReadOnlyList<RlpItem> fields, int expected)
    {
        if (fields.Count != expected)
        {
            throw new EthereumFormatException($"The transaction has {fields.Count} fields where its type has {expected}; give a signed raw transaction.");
        }
    }

    private static Address? ReadTo(RlpItem item) => item.Bytes.IsEmpty ? null : new Address(item.Bytes.Span);

    private static AccessListEntry[] ReadAccessListEntries(RlpItem item) => [.. item.Items.Select(static entry =>
    {
        RequireCount(entry.Items, 2);
        return new AccessListEntry(new Address(entry.Items[0].Bytes.Span), [.. entry.Items[1].Items.Select(static key => new Hash32(key.Bytes.Span))]);
    })];

    private static byte ReadParity(RlpItem item)
    {
        ulong parity = item.ToUInt64();
        return parity <= 1 ? (byte)parity : throw new EthereumFormatException($"The transaction's parity is {parity}; it must be 0 or 1.");
    }

    private static Signature ReadSignature(RlpItem r, RlpItem s, byte parity) => new(r.ToUInt256(), s.ToUInt256(), parity);

    private static ulong Number(UInt256 value, string name) => value <= ulong.MaxValue
        ? (ulong)value
        : throw new EthereumFormatException($"The transaction's {name} is {value}, which does not fit 64 bits.");
}
