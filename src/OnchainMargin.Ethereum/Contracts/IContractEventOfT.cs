namespace OnchainMargin.Ethereum.Contracts;

/// <summary>A decoded event of a contract that knows how to be read from a log.</summary>
/// <typeparam name="TSelf">The event record itself.</typeparam>
#pragma warning disable CA1000 // Static abstract members are how a record reads itself without reflection.
public interface IContractEvent<TSelf> : IContractEvent
    where TSelf : IContractEvent<TSelf>
{
    /// <summary>The hash of the event's signature: the log's first topic.</summary>
    static abstract Hash32 Topic { get; }

    /// <summary>Reads the event from a log; false when the log is another event. Anonymous events have no topic and always match.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the topic matches but the content does not.</exception>
    static abstract bool TryDecode(LogEntry log, out TSelf value);
}
#pragma warning restore CA1000
