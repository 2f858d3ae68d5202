using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Tests.Hosting;

public sealed class RoleServiceTests
{
    [Fact]
    public async Task Execute_StoreIsLockedOrFull_TriesAgainAndSaysWhyMeanwhile()
    {
        foreach (Exception failure in new Exception[] { new SqliteException("database is locked", 5), new StoreException("The disk is full; free space on it.") })
        {
            var role = new FailingRole(failure);
            var health = new RoleHealth(TimeProvider.System);
            using var service = new RoleService<FailingRole>(role, health, TimeProvider.System, NullLogger<RoleService<FailingRole>>.Instance);
            await service.StartAsync(CancellationToken.None);
            await role.Failed.Task.WaitAsync(TimeSpan.FromSeconds(30));
            await role.Recovered.Task.WaitAsync(TimeSpan.FromSeconds(30));
            Assert.False(service.ExecuteTask!.IsFaulted);
            await service.StopAsync(CancellationToken.None);
        }
    }

    private sealed class FailingRole(Exception failure) : ISolverRole
    {
        public TaskCompletionSource Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Recovered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "failing";

        public Task RunOnceAsync(CancellationToken cancellationToken)
        {
            if (Failed.TrySetResult())
            {
                throw failure;
            }

            Recovered.TrySetResult();
            return Task.CompletedTask;
        }

        public Task WaitAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
