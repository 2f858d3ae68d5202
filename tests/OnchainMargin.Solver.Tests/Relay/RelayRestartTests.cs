using Microsoft.Extensions.DependencyInjection;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>What the chain alone knows of orders: after a restart, and where somebody else fills them.</summary>
public sealed class RelayRestartTests : RelayWorld
{
    [Fact]
    public async Task RunOnce_ManyOrdersAfterARestart_AreAskedForTogetherAndByNoClient()
    {
        await TakenAsync(World.Sign(1, -One, Btc, 1));
        await TakenAsync(World.Sign(1, -One, Btc, 2));
        Restart();
        World.Relay.BeforeStatuses = token => Task.Delay(Timeout.Infinite, token);

        // A client that goes away after a moment opens nothing and holds nothing up.
        int before = World.Relay.StatusQuestions;
        OrderOutcome outcome = await Relay.SubmitAsync(World.Sign(2, Tenth, Btc, 7), null, CancellationToken.None);
        Assert.StartsWith("The relay was started anew", outcome.Refusal, StringComparison.Ordinal);
        Assert.True(outcome.IsEarly);
        Assert.Equal(before, World.Relay.StatusQuestions);

        World.Relay.BeforeStatuses = null;
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Equal(before + 1, World.Relay.StatusQuestions);
        await TakenAsync(World.Sign(2, Tenth, Btc, 7));
    }

    /// <summary>The process died between storing it and finding that nobody filled it whole: hours later a resting order would have.</summary>
    [Fact]
    public async Task RunOnce_FillOrKillAfterARestart_IsNotTakenUp()
    {
        await TakenAsync(World.Sign(1, -One, Btc, 1));
        Clearinghouse.SignedOrder order = World.Sign(2, Tenth, Btc, 1, RestingOrder.FillOrKill);
        World.Services.GetRequiredService<SolverStore>().AddOrder(StoredOrder.Of(new RestingOrder(order, default, 1, null)));
        Restart();
        await Role.RunOnceAsync(CancellationToken.None);
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Equal((0UL, OrderStatus.Resting), (Orders.Find(1, 1)!.InFlightE8, Orders.Find(1, 1)!.Status));
        Assert.Null(Orders.Find(2, 1));
        Assert.Empty(Sent());
        Assert.NotEqual("", (await Relay.SubmitAsync(order, null, CancellationToken.None)).Refusal);
    }

    [Fact]
    public async Task RunOnce_AfterARestart_WaitsForTheSettlementOfTheRunBefore()
    {
        RestingOrder maker = await TakenAsync(World.Sign(1, -One, Btc, 1));
        RestingOrder taker = await TakenAsync(World.Sign(2, Tenth * 4, Btc, 1));
        RestingOrder third = await TakenAsync(World.Sign(3, Tenth, Btc - One, 1));
        await Role.RunOnceAsync(CancellationToken.None);
        Restart();
        World.Change(static book => book with { BlockNumber = book.BlockNumber + 1, Accounts = book.Accounts.With(With(book.Accounts[1])) });

        await Role.RunOnceAsync(CancellationToken.None);
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Single(Sent());
        Assert.Equal(0UL, Orders.Find(1, 1)!.InFlightE8);
        Assert.StartsWith("The relay was started anew and takes up its orders of before, once none of them is being settled;", (await Relay.SubmitAsync(World.Sign(1, -One, Btc, 7), null, CancellationToken.None)).Refusal, StringComparison.Ordinal);
        await CancelAsync(Orders.Find(3, 1)!);

        // What the settlement filled is known once it is mined.
        World.Relay.Known[(1, 1)] = (false, Tenth * 4);
        World.Relay.Known[(2, 1)] = (true, 0);
        await RoundAsync();
        await RoundAsync();
        Assert.Single(Sent());
        Assert.Equal((OrderStatus.Resting, (ulong)Tenth * 6, 0UL), (Orders.Find(1, 1)!.Status, Orders.Find(1, 1)!.LeftE8, Orders.Find(1, 1)!.InFlightE8));
        Assert.Equal((OrderStatus.Filled, OrderStatus.Cancelled), (Orders.Find(2, 1)!.Status, Orders.Find(3, 1)!.Status));

        await TakenAsync(World.Sign(2, Tenth * 6, Btc, 2));
        await RoundAsync();
        Assert.Equal([(ulong)Tenth * 4, (ulong)Tenth * 6], Sent().Select(static call => call.Item3[0].SizeE8));
        Assert.False(maker.IsOver || taker.IsOver || third.IsOver, "what the process before knew is gone with it");
    }

    [Fact]
    public async Task RunOnce_AfterARestartWithNothingUnderWay_MatchesAtOnceWhatRested()
    {
        await TakenAsync(World.Sign(1, -One, Btc, 1));
        await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        Restart();

        await Relay.OpenAsync(CancellationToken.None);
        await TakenAsync(World.Sign(3, Tenth, Btc, 1));
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Equal([2], Sent().Select(static call => call.Item3.Length));
        Assert.Equal([1UL, 2UL, 3UL], Sent()[0].Item2.Select(static signed => signed.Order.Account));
    }

    /// <summary>What was told as filled is not, and nobody else would bring the orders back.</summary>
    [Fact]
    public async Task RunOnce_SettlementIsRevertedAfterAReorganisation_ItsOrdersAreOpenAgain()
    {
        SolverStore store = World.Services.GetRequiredService<SolverStore>();
        RestingOrder maker = await TakenAsync(World.Sign(1, -One, Btc, 1));
        RestingOrder taker = await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        await Role.RunOnceAsync(CancellationToken.None);
        await RoundAsync();
        Assert.Equal((OrderStatus.Filled, (ulong)Tenth, 1), (taker.Status, maker.FilledE8, store.OpenOrders().Count));

        // While it is in no block nothing is settled on the states that it had left.
        World.Node.TakeBack(1);
        await Manager.RunOnceAsync(CancellationToken.None);
        RestingOrder later = await TakenAsync(World.Sign(3, Tenth, Btc, 1));
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Single(store.UnsettledOf(Manager.Sender));

        World.Node.RevertsWhenMined = true;
        await MineAsync();
        World.Node.RevertsWhenMined = false;
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Equal((0UL, (ulong)Tenth * 2, (ulong)Tenth * 8), (maker.FilledE8, maker.InFlightE8, maker.LeftE8));
        Assert.Equal((OrderStatus.Settling, OrderStatus.Settling, (ulong)Tenth, (ulong)Tenth), (taker.Status, later.Status, taker.InFlightE8, later.InFlightE8));
        Assert.Equal(3, store.OpenOrders().Count);
        Assert.Same(taker, Orders.Find(2, 1));
        Assert.Equal(2, Sent()[^1].Item3.Length);
    }

    [Fact]
    public async Task RunOnce_OrderFilledInPartElsewhere_SettlesWhatTheChainHasLeftOfIt()
    {
        RestingOrder maker = await TakenAsync(World.Sign(1, -One, Btc, 1));
        RestingOrder taker = await TakenAsync(World.Sign(2, One, Btc, 1));
        World.Relay.Known[(2, 1)] = (false, Tenth * 4);
        World.Node.BeforeEstimate = (data, _) => IsSettlement(data) && Call(data).Item3[0].SizeE8 > (ulong)Tenth * 6
            ? throw Reverted(new Clearinghouse.OrderOverfilledError(2, 1, (ulong)Tenth * 6, (ulong)One))
            : Task.CompletedTask;

        await RoundAsync();
        await RoundAsync();

        Assert.Equal([(ulong)Tenth * 6], Sent().Select(static call => call.Item3[0].SizeE8));
        await RoundAsync();
        Assert.Equal((OrderStatus.Filled, OrderStatus.Resting, (ulong)Tenth * 4), (taker.Status, maker.Status, maker.LeftE8));
    }

    [Fact]
    public async Task RunOnce_OrderFilledWholeElsewhere_IsFilledAndTheOtherRests()
    {
        RestingOrder maker = await TakenAsync(World.Sign(1, -One, Btc, 1));
        RestingOrder taker = await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        World.Relay.Known[(1, 1)] = (true, 0);
        World.Node.BeforeEstimate = (data, _) => IsSettlement(data) ? throw Reverted(new Clearinghouse.OrderDoneError(1, 1)) : Task.CompletedTask;

        // Whether it is filled or cancelled is known when the book has the block in which it came to its end.
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.False(maker.IsOver);
        await RoundAsync();
        await RoundAsync();
        Assert.Equal((OrderStatus.Filled, OrderStatus.Resting, (ulong)Tenth), (maker.Status, taker.Status, taker.LeftE8));
        Assert.Empty(Orders.Levels(maker.Instrument).Asks);
    }

    [Fact]
    public async Task RunOnce_ChainKnowsOfNoFillElsewhere_EndsTheOrderAfterThreeTries()
    {
        RestingOrder maker = await TakenAsync(World.Sign(1, -One, Btc, 1));
        RestingOrder taker = await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        World.Node.BeforeEstimate = (data, _) => IsSettlement(data) ? throw Reverted(new Clearinghouse.OrderOverfilledError(2, 1, 1, (ulong)Tenth)) : Task.CompletedTask;
        for (int i = 0; i < 4; i++)
        {
            await RoundAsync();
        }

        Assert.Equal((OrderStatus.Resting, OrderStatus.Refused), (maker.Status, taker.Status));
    }
}
