using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Solver.Store;

public sealed partial class SolverStore
{
    private const int PageLogs = 16_384;
    private const int PageLogsBack = 2_048;

    /// <summary>The logs from a block on, in chain order. Read in pages, the next one while the last is worked on; a page sees the store as it is when it is read.</summary>
    public IEnumerable<LogEntry> LogsFrom(ulong number)
    {
        Task<List<LogEntry>> next = Task.Run(() => Page(checked((long)number) - 1, long.MaxValue));
        while (true)
        {
            List<LogEntry> page = next.GetAwaiter().GetResult();
            if (page.Count < PageLogs)
            {
                foreach (LogEntry log in page)
                {
                    yield return log;
                }

                yield break;
            }

            LogEntry last = page[^1];
            next = Task.Run(() => Page(checked((long)last.BlockNumber), last.LogIndex));
            foreach (LogEntry log in page)
            {
                yield return log;
            }
        }
    }

    /// <summary>The logs from the newest back, in pages.</summary>
    public IEnumerable<LogEntry> LogsBack()
    {
        (long block, long position) = (long.MaxValue, long.MaxValue);
        while (true)
        {
            List<LogEntry> page = Page(block, position, PageLogsBack, isBack: true);
            foreach (LogEntry log in page)
            {
                yield return log;
            }

            if (page.Count < PageLogsBack)
            {
                yield break;
            }

            (block, position) = (checked((long)page[^1].BlockNumber), page[^1].LogIndex);
        }
    }

    private List<LogEntry> Page(long block, long position, int count = PageLogs, bool isBack = false)
    {
        lock (_gate)
        {
            return _database.Page(block, position, count, isBack);
        }
    }
}
