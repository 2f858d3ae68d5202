using System.Data;
using System.Data.Common;
using System.Globalization;
using Dapper;
using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Store;

/// <summary>The store: the index of the chain (blocks and logs), the outbox of transactions, the epochs that were signed and the relay's orders, in one SQLite file or in one database of a PostgreSQL server.</summary>
/// <remarks>Every method is one transaction of the database, so that a process killed at any instruction leaves either all of it or nothing. Methods may be called from any thread.</remarks>
public sealed partial class SolverStore : IDisposable
{
    private readonly StoreDatabase _database;
    private readonly Lock _gate = new();

    /// <summary>Prepared once: a keeper asks it twice for every account that a price sinks.</summary>
    private readonly DbCommand _find;

    private SolverStore(StoreDatabase database, ulong chainId, Address deployment)
    {
        _database = database;
        Transact(() => Prepare(chainId, deployment));
        _find = Connection.CreateCommand();
        _find.CommandText = $"SELECT {OutboxColumns} FROM outbox WHERE intent = @intent";
        DbParameter intent = _find.CreateParameter();
        (intent.ParameterName, intent.DbType) = ("@intent", DbType.String);
        _find.Parameters.Add(intent);
        _find.Prepare();
    }

    /// <summary>The file of the store, or <c>:memory:</c>, or the server's host, port and database.</summary>
    public string Name => _database.Name;

    internal DbConnection Connection => _database.Connection;

    /// <summary>Opens the embedded store of one deployment and creates it when the file is not there.</summary>
    /// <param name="file">A file in an existing folder, or <c>:memory:</c>.</param>
    /// <param name="chainId">The chain that the store is an index of.</param>
    /// <param name="deployment">The address that tells deployments of one chain apart.</param>
    /// <exception cref="StoreException">Thrown when the file belongs to another chain, deployment or version, or cannot be opened.</exception>
    public static SolverStore Open(string file, ulong chainId, Address deployment) => Over(SqliteDatabase.Open(file), chainId, deployment);

    /// <summary>Opens the store of one deployment on a PostgreSQL server as soon as no other process leads it, and creates its tables when they are not there.</summary>
    /// <param name="server">The server and its database, as <see cref="SolverOptions.StoreServer"/>.</param>
    /// <param name="chainId">The chain that the store is an index of.</param>
    /// <param name="deployment">The address that tells deployments of one chain apart.</param>
    /// <param name="hasLed">Whether this process led and was cut off: then others may go first, and a server that does not answer is waited for.</param>
    /// <param name="standBy">Told once, with what the leader calls itself, when another process leads.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="StoreException">Thrown when the database belongs to another chain, deployment or version, or cannot be opened.</exception>
    public static async Task<SolverStore> LeadAsync(string server, ulong chainId, Address deployment, bool hasLed, Func<string, Task> standBy, TimeProvider time, CancellationToken cancellationToken) =>
        Over(await PostgresDatabase.LeadAsync(server, chainId, deployment, hasLed, standBy, time, cancellationToken).ConfigureAwait(false), chainId, deployment);

    /// <summary>Asks the database whether it is there: when it is not, this process leads no more.</summary>
    /// <exception cref="DbException">Thrown when it does not answer.</exception>
    /// <exception cref="StoreException">Thrown when the connection was lost before.</exception>
    public void RequireConnected()
    {
        lock (_gate)
        {
            Connection.Execute("SELECT 1");
        }
    }

    /// <summary>What an error of the database means to who runs the solver: half a sentence to stand behind its name.</summary>
    internal string FaultOf(DbException error) => _database.FaultOf(error);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _find.Dispose();
            _database.Dispose();
        }
    }

    private static SolverStore Over(StoreDatabase database, ulong chainId, Address deployment)
    {
        try
        {
            return new SolverStore(database, chainId, deployment);
        }
        catch (Exception error)
        {
            database.Dispose();
            if (error is DbException fault)
            {
                throw new StoreException($"The store '{database.Name}' {database.FaultOf(fault)}.", error);
            }

            throw;
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Does something to the database as a whole, or undoes it when it is false or fails.</summary>
    private bool Transact(Func<bool> work)
    {
        _database.Begin();
        try
        {
            bool isDone = work();
            if (isDone)
            {
                _database.Commit();
            }

            return isDone;
        }
        finally
        {
            _database.Undo();
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
        if (_database.HasTables())
        {
            Require("chain", chainId.ToString(CultureInfo.InvariantCulture), "is an index of another chain", $"name another {_database.Kind}");
            Require("deployment", deployment.ToString(), "is an index of another deployment", $"name another {_database.Kind}");
            Migrate("1", StoreSchema.FromVersion1);
            Migrate("2", StoreSchema.FromVersion2Or3(_database.Types));
            Migrate("3", StoreSchema.FromVersion2Or3(_database.Types));
            Migrate("4", StoreSchema.FromVersion4(_database.Types));
            Require("version", Text(StoreSchema.Version), "was written by another version of this program", $"run that version; in an empty {_database.Kind} the index is rebuilt from the chain, transactions that still wait are not");
        }
        else
        {
            Connection.Execute(StoreSchema.Create(_database.Types));
            Connection.Execute(
                "INSERT INTO meta (key, value) VALUES ('version', @version), ('chain', @chain), ('deployment', @deployment)",
                new { version = Text(StoreSchema.Version), chain = chainId.ToString(CultureInfo.InvariantCulture), deployment = deployment.ToString() });
        }

        Connection.Execute(StoreSchema.Reverted);
        Connection.Execute(StoreSchema.Kept);
        Connection.Execute(StoreSchema.Orders(_database.Types));
        Connection.Execute(StoreSchema.CancelledOrders(_database.Types));
        Connection.Execute(StoreSchema.Snapshots(_database.Types));
    }

    private void Migrate(string version, string statements)
    {
        if (string.Equals(Meta("version"), version, StringComparison.Ordinal))
        {
            Connection.Execute(statements);
        }
    }

    private string? Meta(string key) => Connection.ExecuteScalar<string?>("SELECT value FROM meta WHERE key = @key", new { key });

    private void Require(string key, string expected, string defect, string remedy)
    {
        string? found = Meta(key);
        if (!string.Equals(found, expected, StringComparison.Ordinal))
        {
            throw new StoreException($"The store '{Name}' {defect} ({key} is {found ?? "missing"}, expected {expected}); {remedy}.");
        }
    }
}
