namespace OnchainMargin.Ethereum.Contracts;

/// <summary>A log as a node reports it.</summary>
public sealed record LogEntry
{
    /// <summary>The contract that emitted the log.</summary>
    public required Address Address { get; init; }

    /// <summary>Up to four topics; the first is the hash of the event's signature unless the event is anonymous.</summary>
    public required Hash32[] Topics { get; init; }

    /// <summary>The encoded parameters that are not indexed.</summary>
    public required byte[] Data { get; init; }

    /// <summary>The block's number; 0 while pending.</summary>
    public ulong BlockNumber { get; init; }

    /// <summary>The block's hash; zero while pending.</summary>
    public Hash32 BlockHash { get; init; }

    /// <summary>The block's time in Unix seconds where the node sends it, else 0.</summary>
    public ulong BlockTimestampSeconds { get; init; }

    /// <summary>The hash of the transaction.</summary>
    public Hash32 TransactionHash { get; init; }

    /// <summary>The transaction's place in its block.</summary>
    public uint TransactionIndex { get; init; }

    /// <summary>The log's place in its block.</summary>
    public uint LogIndex { get; init; }

    /// <summary>Whether a reorganisation took the log back.</summary>
    public bool Removed { get; init; }

    /// <summary>Whether the log's first topic is the given one.</summary>
    public bool HasTopic(in Hash32 topic) => Topics.Length > 0 && Topics[0] == topic;

    /// <summary>Writes the topics as consecutive words and refuses a log that has another number of them.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the number differs.</exception>
    public ReadOnlySpan<byte> TopicWords(Span<byte> destination, int expected, string eventName)
    {
        if (Topics.Length != expected)
        {
            throw new EthereumFormatException($"A log of {eventName} in transaction {TransactionHash} has {Topics.Length} topics where the event has {expected}; the contract at {Address} declares other indexed parameters.");
        }

        for (int i = 0; i < expected; i++)
        {
            Topics[i].CopyTo(destination[(32 * i)..]);
        }

        return destination[..(32 * expected)];
    }
}
