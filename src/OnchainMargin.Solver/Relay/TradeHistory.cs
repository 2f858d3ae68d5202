using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Relay;

/// <summary>The last fills on chain, from the stored events, whoever settled them.</summary>
internal sealed class TradeHistory(SolverStore store, Broadcast<IndexedBook> books, SolverOptions options)
{
    private const int Kept = 2000;

    /// <summary>Events that are looked through for them, about a second: a question must not cost more, however seldom there is a fill.</summary>
    private const int MostLogs = 250_000;

    private readonly Lock _gate = new();
    private readonly List<Trade> _trades = [];
    private Hash32 _at;
    private ulong _block;

    /// <summary>The last fills, newest first.</summary>
    /// <param name="before">Only those of smaller ids.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="instrument">Only those of an instrument.</param>
    /// <param name="account">Only those of an account, on either side.</param>
    public IReadOnlyList<Trade> Last(ulong before, int limit, UInt128? instrument, ulong? account)
    {
        lock (_gate)
        {
            Refresh();
            return
            [
                .. _trades.AsEnumerable().Reverse()
                    .Where(trade => trade.Id < before && (instrument is null || trade.Fill.Instrument == instrument) && (account is null || trade.Fill.Maker == account || trade.Fill.Taker == account))
                    .Take(limit),
            ];
        }
    }

    /// <summary>Reads what is new, from the newest event back. The blocks that a reorganisation can still replace are read again each time.</summary>
    private void Refresh()
    {
        if (books.Current?.Book is not { } book || book.BlockHash == _at)
        {
            return;
        }

        ulong depth = (ulong)options.Index.ReorganisationDepthBlocks;
        ulong from = book.BlockNumber < _block || _block < depth ? 0 : _block - depth + 1;
        _trades.RemoveAll(trade => trade.Block >= from);
        var found = new List<Trade>();
        int looked = 0;
        foreach (LogEntry log in store.LogsBack())
        {
            if (log.BlockNumber < from || found.Count == Kept)
            {
                break;
            }

            if (++looked > MostLogs)
            {
                // Between these and what was known before there may be others.
                _trades.Clear();
                break;
            }

            if (Clearinghouse.FilledEvent.TryDecode(log, out Clearinghouse.FilledEvent fill))
            {
                found.Add(new Trade(fill, log.BlockNumber, log.LogIndex, log.BlockTimestampSeconds, log.TransactionHash));
            }
        }

        found.Reverse();
        _trades.AddRange(found);
        _trades.RemoveRange(0, Math.Max(0, _trades.Count - Kept));
        (_at, _block) = (book.BlockHash, book.BlockNumber);
    }
}
