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
}
