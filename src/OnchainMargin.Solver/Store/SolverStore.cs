using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using OnchainMargin.Ethereum;
using SQLitePCL;

namespace OnchainMargin.Solver.Store;

/// <summary>The embedded store: the index of the chain (blocks and logs), the outbox of transactions and the epochs that were signed, in one SQLite file.</summary>
/// <remarks>Every method is one transaction of the database, so that a process killed at any instruction leaves either all of it or nothing. Methods may be called from any thread.</remarks>
public sealed partial class SolverStore : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();

    /// <summary>Prepared once: a keeper asks it twice for every account that a price sinks.</summary>
    private readonly SqliteCommand _find;

    private SolverStore(SqliteConnection connection, string path)
    {
        _connection = connection;
        _find = new SqliteCommand($"SELECT {OutboxColumns} FROM outbox WHERE intent = @intent", connection);
        _find.Parameters.Add("@intent", SqliteType.Text);
        Path = path;
    }

    /// <summary>The file of the store, or <c>:memory:</c>.</summary>
    public string Path { get; }

    /// <summary>Opens the store of one deployment and creates it when the file is not there.</summary>
    /// <param name="path">A file in an existing folder, or <c>:memory:</c>.</param>
    /// <param name="chainId">The chain that the store is an index of.</param>
    /// <param name="deployment">The address that tells deployments of one chain apart.</param>
    /// <exception cref="StoreException">Thrown when the file belongs to another chain, deployment or version, or cannot be opened.</exception>
    public static SolverStore Open(string path, ulong chainId, Address deployment)
    {
        Batteries_V2.Init();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();

            // A log is nearly a kilobyte: pages larger than the usual ones split less often and are fewer to write. A file keeps the size that it was made with.
            connection.Execute("PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;");
            var store = new SolverStore(connection, path);
            store.Transact(() => store.Prepare(chainId, deployment));
            return store;
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw new StoreException($"The store '{path}' cannot be opened ({error.Message}); name a file in a folder that exists and can be written, or move the damaged file away.", error);
        }
        catch (StoreException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _find.Dispose();
            _connection.Dispose();
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Does something to the database as a whole, or undoes it when it is false or fails.</summary>
    private bool Transact(Func<bool> work)
    {
        _connection.Execute("BEGIN IMMEDIATE");
        try
        {
            bool isDone = work();
            if (isDone)
            {
                _connection.Execute("COMMIT");
            }

            return isDone;
        }
        finally
        {
            // When its disk is full the database has undone it by itself; the next transaction must find none open either way.
            if (raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
            {
                _connection.Execute("ROLLBACK");
            }
        }
    }

    private void Transact(Action work) => Transact(() =>
    {
        work();
        return true;
    });

    /// <summary>Of two processes that open the same file at once, the second finds what the first made of it.</summary>
    private void Prepare(ulong chainId, Address deployment)
    {
        if (_connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'meta'") == 0)
        {
            _connection.Execute(StoreSchema.Create);
            _connection.Execute(
                "INSERT INTO meta (key, value) VALUES ('version', @version), ('chain', @chain), ('deployment', @deployment)",
                new { version = Text(StoreSchema.Version), chain = chainId.ToString(CultureInfo.InvariantCulture), deployment = deployment.ToString() });
            return;
        }

        Require("chain", chainId.ToString(CultureInfo.InvariantCulture), "is an index of another chain", "name another file");
        Require("deployment", deployment.ToString(), "is an index of another deployment", "name another file");
        Migrate("1", StoreSchema.FromVersion1);
        Migrate("2", StoreSchema.FromVersion2);
        Require("version", Text(StoreSchema.Version), "was written by another version of this program", "run that version; in an empty file the index is rebuilt from the chain, transactions that still wait are not");
    }

    private void Migrate(string version, string statements)
    {
        if (string.Equals(Meta("version"), version, StringComparison.Ordinal))
        {
            _connection.Execute(statements);
        }
    }

    private string? Meta(string key) => _connection.ExecuteScalar<string?>("SELECT value FROM meta WHERE key = @key", new { key });

    private void Require(string key, string expected, string defect, string remedy)
    {
        string? found = Meta(key);
        if (!string.Equals(found, expected, StringComparison.Ordinal))
        {
            throw new StoreException($"The store '{Path}' {defect} ({key} is {found ?? "missing"}, expected {expected}); {remedy}.");
        }
    }
}
