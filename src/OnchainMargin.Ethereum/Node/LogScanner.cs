using System.Runtime.CompilerServices;
using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Ethereum.Node;

/// <summary>Reads logs over long ranges in pieces that the node is willing to answer.</summary>
/// <param name="reader">The node.</param>
/// <param name="options">How far to ask at a time.</param>
public sealed class LogScanner(ILogReader reader, LogScanOptions? options = null)
{
    private readonly LogScanOptions _options = options ?? new LogScanOptions();

    /// <summary>Reads the logs of the blocks from first to last, each piece whole and in order.</summary>
    /// <param name="filter">The contracts and topics; its blocks do not count.</param>
    /// <param name="fromBlock">The first block.</param>
    /// <param name="toBlock">The last block.</param>
    /// <param name="cancellationToken">Ends the scan between pieces.</param>
    /// <exception cref="RpcErrorException">Thrown when the node refuses even a single block.</exception>
    public async IAsyncEnumerable<LogRange> ScanAsync(LogFilter filter, ulong fromBlock, ulong toBlock, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ulong range = Math.Max(1, Math.Min(_options.FirstRangeBlocks, _options.LargestRangeBlocks));
        ulong next = fromBlock;
        while (next <= toBlock)
        {
            ulong last = Math.Min(toBlock - next, range - 1) + next;
            IReadOnlyList<LogEntry>? logs = await TryReadAsync(filter, next, last, cancellationToken).ConfigureAwait(false);
            if (logs is null)
            {
                range = Math.Max(1, (last - next + 1) / 2);
                continue;
            }

            yield return new LogRange(next, last, logs);
            if (last == ulong.MaxValue)
            {
                yield break;
            }

            next = last + 1;
            range = logs.Count < _options.AmpleLogs ? Math.Min(range * 2, _options.LargestRangeBlocks) : range;
        }
    }

    /// <summary>Null when the node refuses a range that can still be halved.</summary>
    private async Task<IReadOnlyList<LogEntry>?> TryReadAsync(LogFilter filter, ulong first, ulong last, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.GetLogsAsync(filter with { FromBlock = BlockTag.Number(first), ToBlock = BlockTag.Number(last), BlockHash = null }, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcErrorException) when (last > first)
        {
            return null;
        }
        catch (RpcTransportException exception) when (!exception.IsTransient && last > first)
        {
            return null;
        }
    }
}
