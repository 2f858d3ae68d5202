using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Tests.Api;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>What a private relay does to settlements: nobody else sees them, and it drops what would be reverted.</summary>
public sealed class SettlementReturnsTests : RelayWorld
{
    private readonly FakeTime _time = new();

    public SettlementReturnsTests()
    {
        // The world's orders end some weeks from now.
        _time.Set((int)(TimeProvider.System.GetUtcNow() - _time.GetUtcNow()).TotalSeconds);
        World = new ApiWorld { Time = _time };
    }

    [Fact]
    public async Task RunOnce_Settlement_IsForThePrivateRelayAlone()
    {
        await FourMatchesAsync();
        await RoundAsync();

        Assert.Single(Sent());
        Assert.Equal([true], World.Node.Private);
    }

    [Fact]
    public async Task RunOnce_RelayDropsWhatTheChainRefusesByNow_GivesTheNonceBackAndSettlesAnew()
    {
        RestingOrder[] orders = await FourMatchesAsync();
        World.Node.Losses.Enqueue(false);
        await RoundAsync();
        SignedTransaction dropped = Assert.Single(World.Node.Broadcasts);
        World.Node.RefusesInSimulation = true;

        _time.Pass(29);
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Single(World.Node.Broadcasts);
        _time.Pass(1);
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Equal(2, World.Node.Broadcasts.Count);
        SignedTransaction empty = World.Node.Broadcasts[1];
        Assert.Equal((dropped.Transaction.Nonce, true, false), (empty.Transaction.Nonce, empty.Transaction.Data.IsEmpty, World.Node.Private[1]));

        World.Node.RefusesInSimulation = false;
        for (int i = 0; i < 6; i++)
        {
            await RoundAsync();
        }

        Assert.All(orders, static order => Assert.Equal(OrderStatus.Filled, order.Status));
    }

    /// <summary>One that the chain would still take waits for its block.</summary>
    [Fact]
    public async Task RunOnce_SettlementIsInNoBlockForLong_IsNotGivenBack()
    {
        await FourMatchesAsync();
        World.Node.Losses.Enqueue(false);
        await RoundAsync();
        for (int i = 0; i < 4; i++)
        {
            _time.Pass(30);
            await Role.RunOnceAsync(CancellationToken.None);
        }

        Assert.Single(World.Node.Broadcasts);
    }
}
