using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Tests.Api;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>What a private relay does to settlements: nobody else sees them, and it drops what would be reverted.</summary>
public sealed class SettlementReturnsTests : RelayWorld
{
    private readonly FakeTime _time = new();

    public SettlementReturnsTests() => World = new ApiWorld { Time = _time };

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

    /// <summary>A batch was sent at the most that a transaction may cost, and then the base fee passes it; nothing else waits for the key's nonces. It is given back and comes again in halves.</summary>
    [Fact]
    public async Task RunOnce_BatchOutgrowsWhatATransactionMayCost_IsGivenBackAndComesInHalves()
    {
        GasOfFills(2_500_000);
        RestingOrder[] orders = await FourMatchesAsync();
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Equal([4], Sent().Select(static call => call.Item3.Length));

        // 13 million gas with their margin cost an ether at some 77 gwei.
        World.Node.Asked = Asking(202);
        _time.Pass(30);
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Equal((0UL, true), (World.Node.Broadcasts[^1].Transaction.Nonce, World.Node.Broadcasts[^1].Transaction.Data.IsEmpty));
        for (int i = 0; i < 8; i++)
        {
            await RoundAsync(102);
        }

        Assert.All(orders, static order => Assert.Equal(OrderStatus.Filled, order.Status));
        Assert.All(World.Node.Mined, static sent => Assert.True(sent.Transaction.Data.IsEmpty || Call(sent.Transaction.Data).Item3.Length <= 2));
    }

    /// <summary>Something of the same key waits behind it, so that its nonce is given back as soon as gas rises, before the relay has looked at it again: nobody is at fault for that either.</summary>
    [Fact]
    public async Task RunOnce_BatchThatOutgrewIsGivenBackForWhatWaitsBehindIt_ComesInHalves()
    {
        GasOfFills(2_500_000);
        RestingOrder[] orders = await FourMatchesAsync();
        await Role.RunOnceAsync(CancellationToken.None);
        await Manager.SubmitAsync(new TransactionIntent("another", World.Deployment.Contracts.Clearinghouse, []), CancellationToken.None);
        _time.Pass(125);
        await Role.RunOnceAsync(CancellationToken.None);
        World.Node.MineEmpty();
        await Manager.RunOnceAsync(CancellationToken.None);
        _time.Pass(5);
        World.Node.Asked = Asking(202);
        await Manager.RunOnceAsync(CancellationToken.None);
        Assert.Contains(World.Node.Broadcasts, static sent => sent.Transaction is { Nonce: 0, Data.IsEmpty: true });
        for (int i = 0; i < 8; i++)
        {
            await RoundAsync(102);
        }

        Assert.All(orders, static order => Assert.Equal(OrderStatus.Filled, order.Status));
        Assert.Equal([2, 2], World.Node.Mined.Where(static sent => !sent.Transaction.Data.IsEmpty).Select(static sent => Call(sent.Transaction.Data).Item3.Length));
    }

    /// <summary>One fill that outgrows what a transaction may cost gives its nonce back, so that others go on.</summary>
    [Fact]
    public async Task RunOnce_FillOutgrowsWhatATransactionMayCost_IsGivenBackAndOthersGoOn()
    {
        // Account 2 holds options.
        World.Node.Balance = (UInt256)1_000_000_000UL * 100_000_000_000UL;
        World.Node.BeforeEstimate = (data, _) =>
        {
            World.Node.Gas = IsSettlement(data) && Call(data).Item1.Any(static input => input.Account == 2) ? 10_000_000UL : 500_000;
            return Task.CompletedTask;
        };
        World.Node.Asked = Asking(102);
        RestingOrder heavy = await TakenAsync(World.Sign(2, -Tenth, Btc, 1));
        RestingOrder light = await TakenAsync(World.Sign(1, Tenth, Btc, 1));
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Single(Sent());
        RestingOrder honest = await TakenAsync(World.Sign(3, -Tenth, Btc, 1));
        RestingOrder other = await TakenAsync(World.Sign(1, Tenth, Btc, 2));

        World.Node.Asked = Asking(402);
        _time.Pass(30);
        await Role.RunOnceAsync(CancellationToken.None);
        for (int i = 0; i < 4; i++)
        {
            await RoundAsync(202);
        }

        Assert.Equal([OrderStatus.Filled, OrderStatus.Resting], new[] { honest, heavy }.Select(static order => order.Status));
        Assert.Contains(OrderStatus.Filled, new[] { light, other }.Select(static order => order.Status));
        Assert.True(heavy.IsAside);

        World.Node.Asked = Asking(22);
        for (int i = 0; i < 20; i++)
        {
            await RoundAsync(12);
        }

        Assert.All([heavy, light, honest, other], static order => Assert.Equal(OrderStatus.Filled, order.Status));
    }

    /// <summary>An offer of so many gwei at most, for twice the base fee and a tip of two.</summary>
    private static GasOffer Asking(ulong gwei) => new(gwei * GasOffer.WeiPerGwei, 2 * GasOffer.WeiPerGwei);

    private void GasOfFills(ulong each)
    {
        World.Node.Balance = (UInt256)1_000_000_000UL * 100_000_000_000UL;
        World.Node.Asked = Asking(102);
        World.Node.BeforeEstimate = (data, _) =>
        {
            World.Node.Gas = IsSettlement(data) ? each * (ulong)Call(data).Item3.Length : 21_000;
            return Task.CompletedTask;
        };
    }

    /// <summary>A block comes that takes what pays so many gwei, and the relay has a round on it.</summary>
    private async Task RoundAsync(ulong gwei)
    {
        await MineAsync(gwei * GasOffer.WeiPerGwei);
        await Role.RunOnceAsync(CancellationToken.None);
    }
}
