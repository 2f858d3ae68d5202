namespace OnchainMargin.Ethereum.Rlp;

/// <summary>A decoded RLP item: a run of bytes, or a list of items.</summary>
public sealed class RlpItem
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly RlpItem[]? _items;

    /// <summary>Creates a run of bytes.</summary>
    public RlpItem(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>Creates a list.</summary>
    public RlpItem(IReadOnlyList<RlpItem> items) => _items = [.. items];

    /// <summary>Whether this is a list.</summary>
    public bool IsList => _items is not null;

    /// <summary>The items of a list.</summary>
    /// <exception cref="EthereumFormatException">Thrown when this is a run of bytes.</exception>
    public IReadOnlyList<RlpItem> Items =>
        _items ?? throw new EthereumFormatException("The RLP item is a run of bytes where a list belongs; check the field order.");

    /// <summary>The bytes of a run of bytes.</summary>
    /// <exception cref="EthereumFormatException">Thrown when this is a list.</exception>
    public ReadOnlyMemory<byte> Bytes =>
        _items is null ? _bytes : throw new EthereumFormatException("The RLP item is a list where bytes belong; check the field order.");

    /// <summary>The bytes as a number without leading zeros.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the number has leading zeros or more than 32 bytes.</exception>
    public UInt256 ToUInt256()
    {
        ReadOnlySpan<byte> bytes = Bytes.Span;
        if (bytes.Length > 32 || (bytes.Length > 0 && bytes[0] == 0))
        {
            throw new EthereumFormatException($"The RLP number of {bytes.Length} bytes is longer than 32 bytes or starts with a zero byte; encode numbers without leading zeros.");
        }

        return new UInt256(bytes);
    }

    /// <summary>The bytes as a 64-bit number without leading zeros.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the number is larger.</exception>
    public ulong ToUInt64()
    {
        UInt256 value = ToUInt256();
        return value <= ulong.MaxValue
            ? (ulong)value
            : throw new EthereumFormatException($"The RLP number {value} does not fit 64 bits; check the field order.");
    }

    /// <summary>Appends this item to a writer.</summary>
    public void WriteTo(RlpWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (_items is null)
        {
            writer.Write(_bytes.Span);
            return;
        }

        int mark = writer.BeginList();
        foreach (RlpItem item in _items)
        {
            item.WriteTo(writer);
        }

        writer.EndList(mark);
    }

    /// <summary>Encodes this item.</summary>
    public byte[] Encode()
    {
        var writer = new RlpWriter();
        WriteTo(writer);
        return writer.ToArray();
    }
}
