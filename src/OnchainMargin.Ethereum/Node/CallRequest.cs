using System.Text.Json;

namespace OnchainMargin.Ethereum.Node;

/// <summary>A call that is simulated, not mined.</summary>
/// <param name="To">The contract, or null for creation code.</param>
/// <param name="Data">The calldata.</param>
public sealed record CallRequest(Address? To, ReadOnlyMemory<byte> Data)
{
    /// <summary>The caller; the zero address where it is left out.</summary>
    public Address? From { get; init; }

    /// <summary>The wei to send.</summary>
    public UInt256 ValueWei { get; init; }

    /// <summary>The gas to allow, or null for the node's default.</summary>
    public ulong? GasLimit { get; init; }

    internal void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (From is { } from)
        {
            writer.WriteString("from", from.ToLowerHex());
        }

        if (To is { } to)
        {
            writer.WriteString("to", to.ToLowerHex());
        }

        if (!ValueWei.IsZero)
        {
            writer.WriteString("value", ValueWei.ToQuantity());
        }

        if (GasLimit is { } gas)
        {
            writer.WriteString("gas", ((UInt256)gas).ToQuantity());
        }

        writer.WritePropertyName("data");
        RpcJson.WriteHex(writer, Data.Span);
        writer.WriteEndObject();
    }
}
