using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
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

    /// <summary>A fault that nobody foresaw, as of a number that another process named, stops neither the role nor the host of all of them.</summary>
    [Fact]
    public async Task Execute_SomethingUnforeseen_TriesAgainAndLogsItsTrace()
    {
        var role = new FailingRole(new OverflowException("Arithmetic operation resulted in an overflow."));
        var health = new RoleHealth(TimeProvider.System);
        var logger = new Broken();
        using var service = new RoleService<FailingRole>(role, health, TimeProvider.System, logger);
        await service.StartAsync(CancellationToken.None);
        await role.Recovered.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(service.ExecuteTask!.IsFaulted);
        await service.StopAsync(CancellationToken.None);
        Assert.Equal((1006, role.Failure), Assert.Single(logger.Errors));
    }

    private sealed class Broken : ILogger<RoleService<FailingRole>>
    {
        public ConcurrentQueue<(int Id, Exception? Error)> Errors { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Error)
            {
                Errors.Enqueue((eventId.Id, exception));
            }
        }
    }

    private sealed class FailingRole(Exception failure) : ISolverRole
    {
        public TaskCompletionSource Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Recovered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "failing";

        public Exception Failure => failure;

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
