using System.Globalization;
using Npgsql;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Bench.Solver;

/// <summary>The store of a bench: its file, or a schema of the PostgreSQL database that the environment names.</summary>
internal static class BenchStore
{
    private static string? Server { get; } = Environment.GetEnvironmentVariable("OMARGIN_BENCH_STORE_SERVER");

    public static SolverStore Open(string file, DeploymentRecord deployment)
    {
        if (Server is null)
        {
            return SolverStore.Open(file, deployment.ChainId, deployment.Contracts.Clearinghouse);
        }

        // A file is opened twice where a restart is measured: its schema goes by its name.
        string schema = string.Create(CultureInfo.InvariantCulture, $"bench_{file.GetHashCode(StringComparison.Ordinal):x8}");
        using (var connection = new NpgsqlConnection($"{Server};Pooling=False"))
        {
            connection.Open();
            using var command = new NpgsqlCommand($"CREATE SCHEMA IF NOT EXISTS {schema}", connection);
            command.ExecuteNonQuery();
        }

        return SolverStore.LeadAsync($"{Server};Search Path={schema}", deployment.ChainId, deployment.Contracts.Clearinghouse, hasLed: false, static _ => Task.CompletedTask, TimeProvider.System, CancellationToken.None).GetAwaiter().GetResult();
    }
}
