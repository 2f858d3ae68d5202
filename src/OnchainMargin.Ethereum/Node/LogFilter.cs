using System.Text.Json;

namespace OnchainMargin.Ethereum.Node;

/// <summary>Which logs to read.</summary>
public sealed record LogFilter
{
    /// <summary>The emitting contracts; empty for any.</summary>
    public IReadOnlyList<Address> Addresses { get; init; } = [];

    /// <summary>For each topic in order the values it may have; an empty list for any.</summary>
    public IReadOnlyList<IReadOnlyList<Hash32>> Topics { get; init; } = [];

    /// <summary>The first block.</summary>
    public BlockTag FromBlock { get; init; }

    /// <summary>The last block.</summary>
    public BlockTag ToBlock { get; init; }

    /// <summary>The only block, by its hash; then the first and last do not count.</summary>
    public Hash32? BlockHash { get; init; }

    internal void WriteTo(Utf8JsonWriter writer, bool withBlocks = true)
    {
        writer.WriteStartObject();
        if (withBlocks && BlockHash is { } hash)
        {
            writer.WriteString("blockHash", hash.ToString());
        }
        else if (withBlocks)
        {
            writer.WriteString("fromBlock", FromBlock.ToString());
            writer.WriteString("toBlock", ToBlock.ToString());
        }

        if (Addresses.Count > 0)
        {
            writer.WriteStartArray("address");
            foreach (Address address in Addresses)
            {
                writer.WriteStringValue(address.ToLowerHex());
            }

            writer.WriteEndArray();
        }

        WriteTopics(writer);
        writer.WriteEndObject();
    }

    private void WriteTopics(Utf8JsonWriter writer)
    {
        if (Topics.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("topics");
        foreach (IReadOnlyList<Hash32> choices in Topics)
        {
            if (choices.Count == 0)
            {
                writer.WriteNullValue();
                continue;
            }

            writer.WriteStartArray();
            foreach (Hash32 topic in choices)
            {
                writer.WriteStringValue(topic.ToString());
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }
}
