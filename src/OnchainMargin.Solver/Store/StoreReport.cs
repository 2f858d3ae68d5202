using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Store;

/// <summary>What a store is of and how far it is, read without changing it, also while a solver uses it.</summary>
/// <param name="ChainId">The chain.</param>
/// <param name="Deployment">The address that tells deployments of one chain apart.</param>
/// <param name="LastBlock">The last block of its index; 0 before the first.</param>
/// <param name="Unsettled">Transactions that are not settled for good.</param>
public sealed record StoreReport(ulong ChainId, Address Deployment, ulong LastBlock, int Unsettled)
{
    /// <summary>Reads a store's file.</summary>
    /// <exception cref="StoreException">Thrown when it does not exist or is no store.</exception>
    public static StoreReport Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new StoreException($"The store '{path}' does not exist; name the file of a solver or keeper that has run.");
        }

        SQLitePCL.Batteries_V2.Init();
        try
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            string Meta(string key) => connection.ExecuteScalar<string?>("SELECT value FROM meta WHERE key = @key", new { key }) ?? throw new StoreException($"The store '{path}' lacks its {key}; name the file of a solver or keeper.");
            return new StoreReport(
                ulong.Parse(Meta("chain"), CultureInfo.InvariantCulture),
                Address.Parse(Meta("deployment")),
                (ulong)(connection.ExecuteScalar<long?>("SELECT max(number) FROM blocks") ?? 0),
                (int)connection.ExecuteScalar<long>("SELECT count(*) FROM outbox WHERE state IN (0, 1, 2)"));
        }
        catch (SqliteException error)
        {
            throw new StoreException($"The store '{path}' cannot be read ({error.Message}); name the file of a solver or keeper.", error);
        }
    }
}
