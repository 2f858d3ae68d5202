using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Solver.Hosting;

namespace OnchainMargin.Solver.Tests.Hosting;

public sealed class RoleHealthTests
{
    [Fact]
    public async Task DefectOf_ARoleThatHangsAfterOneGoodRound_SaysForHowLong()
    {
        var time = new FakeTime();
        var health = new RoleHealth(time);
        var role = new HangingRole();
        using var service = new RoleService<HangingRole>(role, health, TimeProvider.System, NullLogger<RoleService<HangingRole>>.Instance);
        await service.StartAsync(CancellationToken.None);
        await role.Hangs.Task.WaitAsync(TimeSpan.FromSeconds(30));

        time.Pass(300);
        Assert.Null(health.DefectOf(health.States[role.Name]));
        time.Pass(3300);
        Assert.StartsWith("It has been at one round for 60 minutes (the last one ended at 2026-02-02", health.DefectOf(health.States[role.Name]), StringComparison.Ordinal);
        await service.StopAsync(CancellationToken.None);
    }

    [Fact]
    public void DefectOf_AFirstRoundOrAPauseBetweenTwo_MayLastLonger()
    {
        var time = new FakeTime();
        var health = new RoleHealth(time);
        health.Began("index");
        health.Began("other");
        health.Succeeded("other");
        time.Pass(3600);
        Assert.All(health.States.Values, state => Assert.Null(health.DefectOf(state)));
        time.Pass(60);
        Assert.Contains("61 minutes (it is its first)", health.DefectOf(health.States["index"]), StringComparison.Ordinal);
        Assert.Null(health.DefectOf(health.States["other"]));
    }

    private sealed class HangingRole : ISolverRole
    {
        private bool _isSecond;

        public TaskCompletionSource Hangs { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "hanging";

        public Task RunOnceAsync(CancellationToken cancellationToken)
        {
            if (!_isSecond)
            {
                _isSecond = true;
                return Task.CompletedTask;
            }

            Hangs.TrySetResult();
            return Task.Delay(Timeout.Infinite, cancellationToken);
        }

        public Task WaitAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
