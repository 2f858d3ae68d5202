using System.Text.Json;

namespace OnchainMargin.Ethereum.Node;

/// <summary>Which block a read is about: a name, a number, or a hash (EIP-1898).</summary>
public readonly record struct BlockTag
{
    private readonly string? _name;
    private readonly ulong? _number;
    private readonly Hash32? _hash;

    private BlockTag(string? name, ulong? number, Hash32? hash)
    {
        _name = name;
        _number = number;
        _hash = hash;
    }

    /// <summary>The newest block; also what <c>default</c> means.</summary>
    public static BlockTag Latest => default;

    /// <summary>The block that is being built.</summary>
    public static BlockTag Pending => new("pending", null, null);

    /// <summary>The number, where the block is given by one.</summary>
    public ulong? BlockNumber => _number;

    /// <summary>The block of a number.</summary>
    public static BlockTag Number(ulong number) => new(null, number, null);

    /// <summary>The block of a hash, which must be on the canonical chain.</summary>
    public static BlockTag Hash(Hash32 hash) => new(null, null, hash);

    /// <inheritdoc/>
    public override string ToString() => _hash is { } hash ? hash.ToString() : _number is { } number ? ((UInt256)number).ToQuantity() : _name ?? "latest";

    internal void WriteTo(Utf8JsonWriter writer)
    {
        if (_hash is null)
        {
            writer.WriteStringValue(ToString());
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("blockHash", ToString());
        writer.WriteBoolean("requireCanonical", true);
        writer.WriteEndObject();
    }
}
