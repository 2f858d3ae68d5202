using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using SQLitePCL;

namespace OnchainMargin.Solver.Store;

/// <content>Logs in bulk: one prepared statement whose parameters are bound row by row, straight against the database's own interface, since a cold sync or a restart moves millions of rows.</content>
public sealed partial class SolverStore
{
    private const int PageLogs = 16_384;

    private const string InsertLog =
        "INSERT INTO logs (block, position, block_hash, time, address, topics, data, tx_hash, tx_position) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private const string SelectLogs =
        "SELECT block, position, block_hash, time, address, topics, data, tx_hash, tx_position FROM logs WHERE (block, position) > (?, ?) ORDER BY block, position LIMIT ?";

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

    /// <summary>Inserts logs within the transaction that the caller holds.</summary>
    private void Insert(IReadOnlyCollection<LogEntry> logs)
    {
        using sqlite3_stmt insert = Prepare(InsertLog);
        Span<byte> topics = stackalloc byte[4 * Hash32.Size];
        Span<byte> word = stackalloc byte[Hash32.Size];
        Span<byte> address = stackalloc byte[Address.Size];
        foreach (LogEntry log in logs)
        {
            Bind(raw.sqlite3_bind_int64(insert, 1, checked((long)log.BlockNumber)));
            Bind(raw.sqlite3_bind_int64(insert, 2, log.LogIndex));
            log.BlockHash.CopyTo(word);
            Bind(raw.sqlite3_bind_blob(insert, 3, word));
            Bind(raw.sqlite3_bind_int64(insert, 4, checked((long)log.BlockTimestampSeconds)));
            log.Address.CopyTo(address);
            Bind(raw.sqlite3_bind_blob(insert, 5, address));
            for (int i = 0; i < log.Topics.Length; i++)
            {
                log.Topics[i].CopyTo(topics[(i * Hash32.Size)..]);
            }

            BindBlob(insert, 6, topics[..(log.Topics.Length * Hash32.Size)]);
            BindBlob(insert, 7, log.Data);
            log.TransactionHash.CopyTo(word);
            Bind(raw.sqlite3_bind_blob(insert, 8, word));
            Bind(raw.sqlite3_bind_int64(insert, 9, log.TransactionIndex));
            Bind(raw.sqlite3_step(insert), raw.SQLITE_DONE);
            Bind(raw.sqlite3_reset(insert));
        }
    }

    private List<LogEntry> Page(long block, long position)
    {
        lock (_gate)
        {
            using sqlite3_stmt select = Prepare(SelectLogs);
            Bind(raw.sqlite3_bind_int64(select, 1, block));
            Bind(raw.sqlite3_bind_int64(select, 2, position));
            Bind(raw.sqlite3_bind_int64(select, 3, PageLogs));
            var page = new List<LogEntry>();
            int code;
            while ((code = raw.sqlite3_step(select)) == raw.SQLITE_ROW)
            {
                ReadOnlySpan<byte> words = raw.sqlite3_column_blob(select, 5);
                var topics = new Hash32[words.Length / Hash32.Size];
                for (int i = 0; i < topics.Length; i++)
                {
                    topics[i] = new Hash32(words.Slice(i * Hash32.Size, Hash32.Size));
                }

                page.Add(new LogEntry
                {
                    Address = new Address(raw.sqlite3_column_blob(select, 4)),
                    Topics = topics,
                    Data = raw.sqlite3_column_blob(select, 6).ToArray(),
                    BlockNumber = (ulong)raw.sqlite3_column_int64(select, 0),
                    BlockHash = new Hash32(raw.sqlite3_column_blob(select, 2)),
                    BlockTimestampSeconds = (ulong)raw.sqlite3_column_int64(select, 3),
                    TransactionHash = new Hash32(raw.sqlite3_column_blob(select, 7)),
                    TransactionIndex = (uint)raw.sqlite3_column_int64(select, 8),
                    LogIndex = (uint)raw.sqlite3_column_int64(select, 1),
                });
            }

            Bind(code, raw.SQLITE_DONE);
            return page;
        }
    }

    private sqlite3_stmt Prepare(string sql)
    {
        Bind(raw.sqlite3_prepare_v2(_connection.Handle!, sql, out sqlite3_stmt statement));
        return statement;
    }

    /// <summary>An empty span would be bound as NULL, which the tables refuse; a blob of length zero is meant.</summary>
    private void BindBlob(sqlite3_stmt statement, int at, ReadOnlySpan<byte> bytes) =>
        Bind(bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(statement, at, 0) : raw.sqlite3_bind_blob(statement, at, bytes));

    private void Bind(int code, int expected = raw.SQLITE_OK)
    {
        if (code != expected)
        {
            throw new StoreException($"The store '{Path}' cannot be read or written ({raw.sqlite3_errmsg(_connection.Handle!).utf8_to_string()}); free space on its disk, or move the damaged file away: the index is rebuilt from the chain.");
        }
    }
}
