using System.Data;
using System.Data.Common;
using System.Globalization;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Solver.Store;

/// <summary>A PostgreSQL server's database, for several machines: of all processes that name it one leads, the others wait.</summary>
/// <remarks>
/// Who leads holds an advisory lock of the session through which everything is written. So a process that was cut off from the server can write nothing any more, and as nothing is signed or sent
/// that was not written first, two never act at once. The server frees the lock when the connection ends; it ends that of a machine that vanished, and of a process that hangs (one that works says something every second)
/// between two commands. In the midst of one, while rows are copied, it waits for ever: there whoever stands by ends the session.
/// </remarks>
internal sealed class PostgresDatabase : StoreDatabase
{
    /// <summary>On the disk before it counts, whatever the server's habit; and a leader that vanished or hangs is noticed soon.</summary>
    private const string SessionSettings = "-c synchronous_commit=on -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c idle_session_timeout=15000 -c idle_in_transaction_session_timeout=15000";

    private const int CommandSeconds = 15;

    /// <summary>How long the server waits for the rows of one command at most: a leader that works has copied the largest answer of a node by then.</summary>
    private const int HangingSeconds = 30;

    private const string LockKey = "SELECT hashtextextended(current_schema() || @deployment, @chain)";

    private const string OfLeader = """
        FROM pg_locks held JOIN pg_stat_activity activity USING (pid)
        WHERE held.locktype = 'advisory' AND held.granted AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND held.objsubid = 1 AND (held.classid::bigint << 32 | held.objid::bigint) = @key
        """;

    private const string Leader = $"SELECT activity.application_name {OfLeader}";

    /// <summary>Ends the leader's session in the midst of a command that waits for its process for that long.</summary>
    private const string EndHanging = $"""
        SELECT pg_terminate_backend(activity.pid) {OfLeader}
        AND activity.state = 'active' AND activity.wait_event_type = 'Client' AND activity.query_start < now() - make_interval(secs => @seconds)
        """;

    private const string CopyLogs = $"COPY logs ({LogColumns}) FROM STDIN (FORMAT BINARY)";

    private const string SelectLogs =
        $"SELECT {LogColumns} FROM logs WHERE (block, position) > ($1, $2) ORDER BY block, position LIMIT $3";

    private const string SelectLogsBack =
        $"SELECT {LogColumns} FROM logs WHERE (block, position) < ($1, $2) ORDER BY block DESC, position DESC LIMIT $3";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly NpgsqlConnection _connection;
    private readonly string _server;
    private NpgsqlTransaction? _transaction;

    private PostgresDatabase(NpgsqlConnection connection, string server)
    {
        _connection = connection;
        _server = server;
        Name = NameOf(server);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override string Kind => "database";

    /// <inheritdoc/>
    public override DbConnection Connection => Connected;

    private NpgsqlConnection Connected => _connection.State == ConnectionState.Open
        ? _connection
        : throw new StoreException($"The connection to the store '{Name}' was lost, and another process may lead by now; see that the server runs and can be reached.");

    /// <inheritdoc/>
    public override StoreTypes Types { get; } = new("BIGINT", "BYTEA", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "");

    /// <summary>What is wrong with words that should name a server; null when nothing is.</summary>
    public static string? DefectOf(string server)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(server);
            return settings.Password is { Length: > 0 }
                ? "has a password in it; put that into PGPASSWORD or a password file (PGPASSFILE), where no configuration and no list of processes shows it"
                : string.IsNullOrEmpty(settings.Host) || string.IsNullOrEmpty(settings.Database) ? "lacks the host or the database; write it like Host=db;Database=omargin;Username=solver" : null;
        }
        catch (ArgumentException error)
        {
            return $"cannot be read ({error.Message}); write it like Host=db;Database=omargin;Username=solver";
        }
    }

    /// <summary>A connection to a server that is not open yet.</summary>
    public static NpgsqlConnection Connect(string server)
    {
        var settings = new NpgsqlConnectionStringBuilder(server)
        {
            Pooling = false,
            ApplicationName = string.Create(CultureInfo.InvariantCulture, $"omargin of {Environment.MachineName}, process {Environment.ProcessId}"),
            CommandTimeout = CommandSeconds,
            // A start is stored by the same few statements each time.
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
        };
        settings.Options = $"{SessionSettings} {settings.Options}";
        return new NpgsqlConnection(settings.ConnectionString);
    }

    /// <summary>What people know a server's database by.</summary>
    public static string NameOf(string server)
    {
        var settings = new NpgsqlConnectionStringBuilder(server);
        return string.Create(CultureInfo.InvariantCulture, $"{settings.Host}:{settings.Port}/{settings.Database}");
    }

    /// <summary>Connects, and waits until this process leads.</summary>
    /// <param name="server">The server and its database.</param>
    /// <param name="chainId">The chain that the store is an index of.</param>
    /// <param name="deployment">The address that tells deployments of one chain apart: each has a leader of its own.</param>
    /// <param name="hasLed">Whether this process led and was cut off: then others may go first, and a server that does not answer is waited for.</param>
    /// <param name="standBy">Told once, with what the leader calls itself, when another process leads.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="StoreException">Thrown when the server cannot be used; not when it was there before, as who waits may outlive its restart.</exception>
    public static async Task<PostgresDatabase> LeadAsync(string server, ulong chainId, Address deployment, bool hasLed, Func<string, Task> standBy, TimeProvider time, CancellationToken cancellationToken)
    {
        bool stoodBy = false;
        if (hasLed)
        {
            await Task.Delay(3 * Pause, time, cancellationToken).ConfigureAwait(false);
        }

        while (true)
        {
            NpgsqlConnection connection = Connect(server);
            try
            {
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                long key = await connection.ExecuteScalarAsync<long?>(LockKey, new { deployment = deployment.ToString(), chain = checked((long)chainId) }).ConfigureAwait(false)
                    ?? throw new StoreException($"The store '{NameOf(server)}' has no schema to keep tables in; create the one that its search path names and let this user use it, or correct the path.");
                if (await connection.ExecuteScalarAsync<bool>("SELECT pg_try_advisory_lock(@key)", new { key }).ConfigureAwait(false))
                {
                    return new PostgresDatabase(connection, server);
                }

                if (!stoodBy)
                {
                    stoodBy = true;
                    await standBy(await connection.ExecuteScalarAsync<string?>(Leader, new { key }).ConfigureAwait(false) ?? "another process").ConfigureAwait(false);
                }

                await connection.ExecuteAsync(EndHanging, new { key, seconds = HangingSeconds }).ConfigureAwait(false);
                await connection.DisposeAsync().ConfigureAwait(false);
            }
            catch (NpgsqlException error)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                if (!hasLed && !stoodBy)
                {
                    throw new StoreException($"The store '{NameOf(server)}' {PostgresFault.Of(server, error)}.", error);
                }
            }
            catch
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                throw;
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override string FaultOf(DbException error) => PostgresFault.Of(_server, (NpgsqlException)error);

    /// <inheritdoc/>
    public override bool HasTables() => Connection.ExecuteScalar<bool>("SELECT to_regclass('meta') IS NOT NULL");

    /// <inheritdoc/>
    public override void Begin() => _transaction = Connected.BeginTransaction();

    /// <inheritdoc/>
    public override void Commit() => _transaction!.Commit();

    /// <inheritdoc/>
    public override void Undo()
    {
        // A connection that was lost has undone it, or has committed without being able to say so: the next leader finds which.
        _transaction?.Dispose();
        _transaction = null;
    }

    /// <inheritdoc/>
    public override void Insert(IReadOnlyCollection<LogEntry> logs)
    {
        if (logs.Count == 0)
        {
            return;
        }

        using NpgsqlBinaryImporter rows = Connected.BeginBinaryImport(CopyLogs);
        byte[] topics = new byte[4 * Hash32.Size];
        foreach (LogEntry log in logs)
        {
            rows.StartRow();
            rows.Write(checked((long)log.BlockNumber), NpgsqlDbType.Bigint);
            rows.Write((long)log.LogIndex, NpgsqlDbType.Bigint);
            rows.Write(log.BlockHash.ToArray(), NpgsqlDbType.Bytea);
            rows.Write(checked((long)log.BlockTimestampSeconds), NpgsqlDbType.Bigint);
            rows.Write(log.Address.ToArray(), NpgsqlDbType.Bytea);
            rows.Write(new ReadOnlyMemory<byte>(topics, 0, LogTopics.Join(log.Topics, topics).Length), NpgsqlDbType.Bytea);
            rows.Write(log.Data, NpgsqlDbType.Bytea);
            rows.Write(log.TransactionHash.ToArray(), NpgsqlDbType.Bytea);
            rows.Write((long)log.TransactionIndex, NpgsqlDbType.Bigint);
        }

        rows.Complete();
    }

    /// <inheritdoc/>
    /// <remarks>Millions of rows are not deleted one by one in the time that a command has.</remarks>
    public override void EmptyIndex() => Connection.Execute("TRUNCATE logs, blocks, snapshots");

    /// <inheritdoc/>
    /// <remarks>All of them in one question to the server.</remarks>
    public override int Execute(string statement, IEnumerable<object[]> rows)
    {
        using NpgsqlBatch batch = Connected.CreateBatch();
        foreach (object[] row in rows)
        {
            var command = new NpgsqlBatchCommand(statement);
            foreach (object value in row)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            batch.BatchCommands.Add(command);
        }

        return batch.ExecuteNonQuery();
    }

    /// <inheritdoc/>
    public override List<LogEntry> Page(long block, long position, int count, bool isBack)
    {
        using var select = new NpgsqlCommand(isBack ? SelectLogsBack : SelectLogs, Connected) { Parameters = { new() { Value = block }, new() { Value = position }, new() { Value = (long)count } } };
        using NpgsqlDataReader row = select.ExecuteReader();
        var page = new List<LogEntry>();
        while (row.Read())
        {
            page.Add(new LogEntry
            {
                Address = new Address(row.GetFieldValue<byte[]>(4)),
                Topics = LogTopics.Split(row.GetFieldValue<byte[]>(5)),
                Data = row.GetFieldValue<byte[]>(6),
                BlockNumber = (ulong)row.GetInt64(0),
                BlockHash = new Hash32(row.GetFieldValue<byte[]>(2)),
                BlockTimestampSeconds = (ulong)row.GetInt64(3),
                TransactionHash = new Hash32(row.GetFieldValue<byte[]>(7)),
                TransactionIndex = (uint)row.GetInt64(8),
                LogIndex = (uint)row.GetInt64(1),
            });
        }

        return page;
    }

    /// <inheritdoc/>
    public override void Dispose() => _connection.Dispose();
}
