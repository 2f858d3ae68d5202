using Microsoft.Extensions.DependencyInjection;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Api;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>A machine whose clock is days ahead when the relay starts.</summary>
public sealed class RelayClockTests : RelayWorld
{
    private const int Day = 86_400;

    private readonly FakeTime _time = new();

    public RelayClockTests() => World = new ApiWorld { Time = _time };

    /// <summary>By such a clock every order would be over that expires until then, and gone from the store when the clock is set right.</summary>
    [Fact]
    public async Task RunOnce_StartedDaysAhead_KeepsWhatTheChainHasNotPassed()
    {
        RestingOrder order = await TakenAsync(World.Digests.Sign(World.Sign(1, -Tenth, Btc, 1).Order with { Expiry = ApiWorld.Now + Day }, World.Owners[0]));
        _time.Set(2 * Day);
        Restart();
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OrderStatus.Resting, Orders.Find(1, 1)!.Status);
        Assert.Single(World.Services.GetRequiredService<SolverStore>().OpenOrders());

        // Time goes on all the same, and what the chain has come to counts.
        _time.Pass(Day - 20);
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OrderStatus.Expired, Orders.Find(1, 1)!.Status);
        Assert.Equal(order.Nonce, Orders.Find(1, 1)!.Nonce);
    }

    /// <summary>What was cancelled here while the clock was right is forgotten by none that is ahead.</summary>
    [Fact]
    public async Task RunOnce_StartedDaysAhead_RemembersWhatWasCancelled()
    {
        await CancelAsync(await TakenAsync(World.Digests.Sign(World.Sign(1, -Tenth, Btc, 1).Order with { Expiry = ApiWorld.Now + Day }, World.Owners[0])));
        _time.Set(2 * Day);
        Restart();
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.True(World.Services.GetRequiredService<SolverStore>().IsOrderCancelled(1, 1));
    }
}
