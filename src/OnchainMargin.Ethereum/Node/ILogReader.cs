using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Ethereum.Node;

/// <summary>Reads logs.</summary>
public interface ILogReader
{
    /// <summary>Reads the logs that match, in the chain's order.</summary>
    /// <exception cref="RpcErrorException">Thrown when the node refuses, for example because the range is too long; <see cref="LogScanner"/> then asks for less.</exception>
    Task<IReadOnlyList<LogEntry>> GetLogsAsync(LogFilter filter, CancellationToken cancellationToken = default);
}
