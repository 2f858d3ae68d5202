using System.Data.Common;
using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;

namespace OnchainMargin.Solver.Tests.Store;

/// <summary>An empty store of a test: in memory, or on a PostgreSQL server where the environment says so, so that everything that is tested over a store is tested over both.</summary>
internal static class TestStore
{
    private static bool IsOnServer { get; } = string.Equals(Environment.GetEnvironmentVariable("OMARGIN_TEST_STORE"), "postgres", StringComparison.Ordinal);

    public static SolverStore Open(ulong chainId, Address deployment) =>
        IsOnServer ? LeadAsync(PostgresServer.Shared.NewSchema(), chainId, deployment).GetAwaiter().GetResult() : SolverStore.Open(":memory:", chainId, deployment);

    /// <summary>From now on, and until <see cref="Takes"/>, a table refuses what is put in, as on a disk that is full.</summary>
    public static void Refuses(SolverStore store, string table) => Execute(
        store,
        IsOnServer
            ? $"CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$; CREATE TRIGGER refused BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refused()"
            : $"CREATE TRIGGER refused BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");

    /// <summary>A table takes again what is put in.</summary>
    public static void Takes(SolverStore store, string table) => Execute(store, IsOnServer ? $"DROP TRIGGER refused ON {table}" : "DROP TRIGGER refused");

    /// <summary>Opens a store on a server, which another process may lead.</summary>
    public static Task<SolverStore> LeadAsync(string server, ulong chainId, Address deployment, Action<string>? standBy = null, CancellationToken cancellationToken = default) => SolverStore.LeadAsync(
        server,
        chainId,
        deployment,
        hasLed: false,
        leader =>
        {
            standBy?.Invoke(leader);
            return Task.CompletedTask;
        },
        TimeProvider.System,
        cancellationToken);

    private static void Execute(SolverStore store, string statement)
    {
        using DbCommand command = store.Connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }
}
