using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using SQLitePCL;

namespace OnchainMargin.Solver.Store;

/// <summary>The embedded database: one file. Logs go through one prepared statement whose parameters are bound row by row, straight against the database's own interface, since a cold sync or a restart moves millions of rows.</summary>
internal sealed class SqliteDatabase : StoreDatabase
{
    private const string InsertLog =
        $"INSERT INTO logs ({LogColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private const string SelectLogs =
        $"SELECT {LogColumns} FROM logs WHERE (block, position) > (?, ?) ORDER BY block, position LIMIT ?";

    private const string SelectLogsBack =
        $"SELECT {LogColumns} FROM logs WHERE (block, position) < (?, ?) ORDER BY block DESC, position DESC LIMIT ?";

    private readonly SqliteConnection _connection;

    /// <summary>Held as long as the file is open, and free with the end of the process, however that ends; null in memory.</summary>
    private readonly FileStream? _held;

    /// <summary>Statements that a keeper waits for, made once.</summary>
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    private SqliteDatabase(SqliteConnection connection, FileStream? held, string file)
    {
        (_connection, _held) = (connection, held);
        Name = file;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override string Kind => "file";

    /// <inheritdoc/>
    public override DbConnection Connection => _connection;

    /// <inheritdoc/>
    public override StoreTypes Types { get; } = new("INTEGER", "BLOB", "INTEGER PRIMARY KEY AUTOINCREMENT", " WITHOUT ROWID");

    /// <summary>Opens a file, and makes it when it is not there. One process has it at a time: of two each would take the other's blocks for a reorganisation and read its book anew.</summary>
    /// <param name="file">A file in an existing folder, or <c>:memory:</c>.</param>
    /// <exception cref="StoreException">Thrown when it cannot be opened, or another process has it.</exception>
    public static SqliteDatabase Open(string file)
    {
        SqliteConnection connection = Connect(file, SqliteOpenMode.ReadWriteCreate);
        try
        {
            connection.Open();

            // A log is nearly a kilobyte: pages larger than the usual ones split less often and are fewer to write. A file keeps the size that it was made with.
            connection.Execute("PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;");
            return new SqliteDatabase(connection, Hold(file), file);
        }
        catch (StoreException)
        {
            connection.Dispose();
            throw;
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw new StoreException($"The store '{file}' cannot be opened ({error.Message}); name a file in a folder that exists and can be written, or move the damaged file away.", error);
        }
    }

    private static FileStream? Hold(string file)
    {
        if (file is ":memory:")
        {
            return null;
        }

        try
        {
            return new FileStream($"{file}-lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The store '{file}' is in use by another process, or its folder cannot be written ({error.Message}); end that one, or give this one a file of its own.", error);
        }
    }

    /// <summary>A connection to a file that is not open yet.</summary>
    public static SqliteConnection Connect(string file, SqliteOpenMode mode)
    {
        Batteries_V2.Init();
        return new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false }.ToString());
    }

    /// <inheritdoc/>
    public override string FaultOf(DbException error) => $"cannot be used ({error.Message}); name a file that can be written, or move the damaged one away";

    /// <inheritdoc/>
    public override bool HasTables() => _connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'meta'") != 0;

    /// <inheritdoc/>
    public override void Begin() => CommandOf("BEGIN IMMEDIATE").ExecuteNonQuery();

    /// <inheritdoc/>
    public override void Commit() => CommandOf("COMMIT").ExecuteNonQuery();

    /// <inheritdoc/>
    public override void Undo()
    {
        // When its disk is full the database has undone it by itself; the next transaction must find none open either way.
        if (raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
        {
            _connection.Execute("ROLLBACK");
        }
    }

    /// <inheritdoc/>
    public override void Insert(IReadOnlyCollection<LogEntry> logs)
    {
        using sqlite3_stmt insert = Prepare(InsertLog);
        Span<byte> topics = stackalloc byte[4 * Hash32.Size];
        Span<byte> word = stackalloc byte[Hash32.Size];
        Span<byte> address = stackalloc byte[Address.Size];
        foreach (LogEntry log in logs)
        {
            Require(raw.sqlite3_bind_int64(insert, 1, checked((long)log.BlockNumber)));
            Require(raw.sqlite3_bind_int64(insert, 2, log.LogIndex));
            log.BlockHash.CopyTo(word);
            Require(raw.sqlite3_bind_blob(insert, 3, word));
            Require(raw.sqlite3_bind_int64(insert, 4, checked((long)log.BlockTimestampSeconds)));
            log.Address.CopyTo(address);
            Require(raw.sqlite3_bind_blob(insert, 5, address));
            BindBlob(insert, 6, LogTopics.Join(log.Topics, topics));
            BindBlob(insert, 7, log.Data);
            log.TransactionHash.CopyTo(word);
            Require(raw.sqlite3_bind_blob(insert, 8, word));
            Require(raw.sqlite3_bind_int64(insert, 9, log.TransactionIndex));
            Require(raw.sqlite3_step(insert), raw.SQLITE_DONE);
            Require(raw.sqlite3_reset(insert));
        }
    }

    /// <inheritdoc/>
    /// <remarks>Without a condition SQLite drops the pages and not the rows.</remarks>
    public override void EmptyIndex() => _connection.Execute("DELETE FROM logs; DELETE FROM blocks; DELETE FROM snapshots;");

    /// <inheritdoc/>
    public override int Execute(string statement, IEnumerable<object[]> rows)
    {
        SqliteCommand command = CommandOf(statement);
        int written = 0;
        foreach (object[] row in rows)
        {
            for (int i = 0; i < row.Length; i++)
            {
                if (command.Parameters.Count == i)
                {
                    command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"${i + 1}"), row[i]);
                }

                command.Parameters[i].Value = row[i];
            }

            written += command.ExecuteNonQuery();
        }

        return written;
    }

    /// <inheritdoc/>
    public override List<LogEntry> Page(long block, long position, int count, bool isBack)
    {
        using sqlite3_stmt select = Prepare(isBack ? SelectLogsBack : SelectLogs);
        Require(raw.sqlite3_bind_int64(select, 1, block));
        Require(raw.sqlite3_bind_int64(select, 2, position));
        Require(raw.sqlite3_bind_int64(select, 3, count));
        var page = new List<LogEntry>();
        int code;
        while ((code = raw.sqlite3_step(select)) == raw.SQLITE_ROW)
        {
            page.Add(new LogEntry
            {
                Address = new Address(raw.sqlite3_column_blob(select, 4)),
                Topics = LogTopics.Split(raw.sqlite3_column_blob(select, 5)),
                Data = raw.sqlite3_column_blob(select, 6).ToArray(),
                BlockNumber = (ulong)raw.sqlite3_column_int64(select, 0),
                BlockHash = new Hash32(raw.sqlite3_column_blob(select, 2)),
                BlockTimestampSeconds = (ulong)raw.sqlite3_column_int64(select, 3),
                TransactionHash = new Hash32(raw.sqlite3_column_blob(select, 7)),
                TransactionIndex = (uint)raw.sqlite3_column_int64(select, 8),
                LogIndex = (uint)raw.sqlite3_column_int64(select, 1),
            });
        }

        Require(code, raw.SQLITE_DONE);
        return page;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (SqliteCommand command in _commands.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
        _held?.Dispose();
    }

    private SqliteCommand CommandOf(string statement)
    {
        if (!_commands.TryGetValue(statement, out SqliteCommand? command))
        {
            _commands[statement] = command = new SqliteCommand(statement, _connection);
        }

        return command;
    }

    private sqlite3_stmt Prepare(string sql)
    {
        Require(raw.sqlite3_prepare_v2(_connection.Handle!, sql, out sqlite3_stmt statement));
        return statement;
    }

    /// <summary>An empty span would be bound as NULL, which the tables refuse; a blob of length zero is meant.</summary>
    private void BindBlob(sqlite3_stmt statement, int at, ReadOnlySpan<byte> bytes) =>
        Require(bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(statement, at, 0) : raw.sqlite3_bind_blob(statement, at, bytes));

    private void Require(int code, int expected = raw.SQLITE_OK)
    {
        if (code != expected)
        {
            throw new StoreException($"The store '{Name}' cannot be read or written ({raw.sqlite3_errmsg(_connection.Handle!).utf8_to_string()}); free space on its disk, or move the damaged file away: the index is rebuilt from the chain.");
        }
    }
}
