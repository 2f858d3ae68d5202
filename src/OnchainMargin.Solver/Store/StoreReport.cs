using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Store;

/// <summary>What a store is of and how far it is, read without changing it, also while a solver uses it.</summary>
/// <param name="ChainId">The chain.</param>
/// <param name="Deployment">The address that tells deployments of one chain apart.</param>
/// <param name="LastBlock">The last block of its index; 0 before the first.</param>
/// <param name="Waiting">Transactions that are in no block.</param>
/// <param name="Shallow">Transactions that are mined, and not so deep yet that no reorganisation is followed there.</param>
public sealed record StoreReport(ulong ChainId, Address Deployment, ulong LastBlock, int Waiting, int Shallow)
{
    /// <summary>Reads a store's file.</summary>
    /// <exception cref="StoreException">Thrown when it does not exist or is no store.</exception>
    public static StoreReport Read(string file) => File.Exists(file)
        ? Read(SqliteDatabase.Connect(file, SqliteOpenMode.ReadOnly), file, "file", static error => $"cannot be read ({error.Message}); name the file of a solver or keeper")
        : throw new StoreException($"The store '{file}' does not exist; name the file of a solver or keeper that has run.");

    /// <summary>Reads a store on a server.</summary>
    /// <exception cref="StoreException">Thrown when it cannot be reached or is no store.</exception>
    public static StoreReport ReadServer(string server)
    {
        if (PostgresDatabase.DefectOf(server) is { } defect)
        {
            throw new StoreException($"The server of the store {defect}.");
        }

        return Read(PostgresDatabase.Connect(server), PostgresDatabase.NameOf(server), "database", error => PostgresFault.Of(server, (NpgsqlException)error));
    }

    private static StoreReport Read(DbConnection connection, string name, string kind, Func<DbException, string> faultOf)
    {
        try
        {
            using DbConnection opened = connection;
            opened.Open();
            string Meta(string key) => opened.ExecuteScalar<string?>("SELECT value FROM meta WHERE key = @key", new { key }) ?? throw new StoreException($"The store '{name}' lacks its {key}; name the {kind} of a solver or keeper.");
            return new StoreReport(
                ulong.Parse(Meta("chain"), CultureInfo.InvariantCulture),
                Address.Parse(Meta("deployment")),
                (ulong)(opened.ExecuteScalar<long?>("SELECT max(number) FROM blocks") ?? 0),
                Count(OutboxState.Live),
                Count(OutboxState.Mined) + Count(OutboxState.Reverted));
            int Count(OutboxState state) => (int)opened.ExecuteScalar<long>("SELECT count(*) FROM outbox WHERE state = @state", new { state = (int)state });
        }
        catch (DbException error)
        {
            throw new StoreException($"The store '{name}' {faultOf(error)}.", error);
        }
    }
}
