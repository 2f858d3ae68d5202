using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Api;
using OnchainMargin.Solver.Tests.Store;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>Whoever has seen the bytes of a cancelled order, as in a fill, cannot bring it back; with a session all of its orders are cancelled.</summary>
public sealed class CancelledOrdersTests : IAsyncLifetime
{
    private const string Refusal = "The order of account 1 with nonce 1 was cancelled at this relay; use another nonce.";

    private readonly ApiWorld _world = new();

    public Task InitializeAsync() => _world.InitializeAsync();

    public Task DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Submit_OfAnOrderThatWasCancelledHere_IsRefusedAlsoAfterARestart(bool bySession)
    {
        Clearinghouse.SignedOrder signed = _world.Sign(1, -ApiWorld.One, ApiWorld.BtcE8, 1);
        _world.Orders.OpenSession("mine-5f0c2b9d81e7");
        Assert.Equal("", (await _world.OrderRelay.SubmitAsync(signed, bySession ? "mine-5f0c2b9d81e7" : null, CancellationToken.None)).Refusal);
        if (!bySession)
        {
            Assert.Equal("", (await _world.OrderRelay.CancelAsync(1, 1, null, [1, 2], CancellationToken.None)).Refusal);
            Assert.Equal(Refusal, (await _world.OrderRelay.SubmitAsync(signed, null, CancellationToken.None)).Refusal);
        }

        // The process ends and another begins with the same store.
        OrderRelay again = ActivatorUtilities.CreateInstance<OrderRelay>(_world.Services, ActivatorUtilities.CreateInstance<OrderBooks>(_world.Services));
        Assert.True(await again.OpenAsync(CancellationToken.None));
        Assert.Equal(Refusal, (await again.SubmitAsync(signed, null, CancellationToken.None)).Refusal);
        Assert.Equal("", (await again.SubmitAsync(_world.Sign(1, -ApiWorld.One, ApiWorld.BtcE8, 2), null, CancellationToken.None)).Refusal);
    }

    /// <summary>What is cancelled here is remembered until it expires, so it must.</summary>
    [Fact]
    public async Task Submit_OfAnOrderThatLastsForYears_IsRefused()
    {
        const ulong Longest = 90 * 86_400;
        ulong now = (ulong)_world.Time.GetUtcNow().ToUnixTimeSeconds();
        OrderOutcome refused = await _world.OrderRelay.SubmitAsync(Sign(1, (1UL << 40) - 1), null, CancellationToken.None);
        Assert.StartsWith("The order expires at 1099511627775, more than 90 days from now, and the relay takes none that lasts longer; sign one that expires by ", refused.Refusal, StringComparison.Ordinal);
        Assert.NotEqual("", (await _world.OrderRelay.SubmitAsync(Sign(1, now + Longest + 600), null, CancellationToken.None)).Refusal);
        Assert.Equal("", (await _world.OrderRelay.SubmitAsync(Sign(1, now + Longest - 600), null, CancellationToken.None)).Refusal);

        Clearinghouse.SignedOrder Sign(ulong nonce, ulong expiry) => _world.Digests.Sign(_world.Sign(1, -ApiWorld.One, ApiWorld.BtcE8, nonce).Order with { Expiry = expiry }, _world.Owners[0]);
    }

    /// <summary>All of a session are ended in one transaction, whatever their number; where the store fails just then, as soon as it does not.</summary>
    [Fact]
    public async Task CloseSession_StoreFailsInTheMidst_EndsAllOfThemInTheNextRound()
    {
        SolverStore store = _world.Services.GetRequiredService<SolverStore>();
        _world.Orders.OpenSession("mine-5f0c2b9d81e7");
        for (ulong nonce = 1; nonce <= 3; nonce++)
        {
            Assert.Equal("", (await _world.OrderRelay.SubmitAsync(_world.Sign(1, -ApiWorld.One / 10, ApiWorld.BtcE8, nonce), "mine-5f0c2b9d81e7", CancellationToken.None)).Refusal);
        }

        RestingOrder taker = (await _world.OrderRelay.SubmitAsync(_world.Sign(2, ApiWorld.One / 10, ApiWorld.BtcE8, 1), null, CancellationToken.None)).Order!;
        Execute(store, "CREATE UNIQUE INDEX once ON relay_cancelled (expiry)");
        Assert.ThrowsAny<DbException>(() => _world.Orders.CloseSession("mine-5f0c2b9d81e7"));
        Assert.Equal(4, store.OpenOrders().Count);
        Assert.ThrowsAny<DbException>(() => _world.Orders.Expire(0, static _ => false, static _ => ulong.MaxValue));

        Execute(store, "DROP INDEX once");
        _world.Orders.Expire(0, static _ => false, static _ => ulong.MaxValue);
        Assert.All(_world.Orders.Orders(1), static order => Assert.Equal((OrderStatus.Cancelled, "its session ended"), (order.Status, order.Reason)));
        Assert.All((ulong[])[1, 2, 3], nonce => Assert.True(store.IsOrderCancelled(1, nonce)));
        Assert.Single(store.OpenOrders());
        Assert.Equal((OrderStatus.Resting, (ulong)ApiWorld.One / 10), (taker.Status, taker.LeftE8));
        Assert.Empty(_world.Orders.TakePending(10, 1));
    }

    /// <summary>A settlement is reverted while the disk is full: the match is undone once, and not by halves, which no later round could mend.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UndoneMatch_StoreFailsInTheMidst_IsUndoneOnce(bool isFilledElsewhere)
    {
        SolverStore store = _world.Services.GetRequiredService<SolverStore>();
        RestingOrder maker = (await _world.OrderRelay.SubmitAsync(_world.Sign(1, -ApiWorld.One / 10, ApiWorld.BtcE8, 1), null, CancellationToken.None)).Order!;
        RestingOrder taker = (await _world.OrderRelay.SubmitAsync(_world.Sign(2, ApiWorld.One / 10, ApiWorld.BtcE8, 1), null, CancellationToken.None)).Order!;
        OrderMatch match = Assert.Single(_world.Orders.TakePending(10, 1)) with { Tries = 1 };
        Execute(store, "ALTER TABLE relay_orders RENAME TO away");
        if (isFilledElsewhere)
        {
            Assert.True(_world.Orders.Reconcile(match, (true, 0), (false, 0)));
            Assert.ThrowsAny<DbException>(() => _world.Orders.Expire(0, static _ => false, static _ => ulong.MaxValue));
        }
        else
        {
            Assert.ThrowsAny<DbException>(() => _world.Orders.Drop(match, maker, "no"));
            Assert.Equal((match.SizeE8, match.SizeE8), (maker.InFlightE8, taker.InFlightE8));
        }

        Execute(store, "ALTER TABLE away RENAME TO relay_orders");
        if (isFilledElsewhere)
        {
            _world.Orders.Expire(0, static _ => false, static _ => ulong.MaxValue);
        }
        else
        {
            _world.Orders.Drop(match, maker, "no");
        }

        Assert.Equal((isFilledElsewhere ? OrderStatus.Filled : OrderStatus.Refused, 0UL), (maker.Status, maker.InFlightE8));
        Assert.Equal((OrderStatus.Resting, 0UL, (ulong)ApiWorld.One / 10), (taker.Status, taker.InFlightE8, taker.LeftE8));
        Assert.Single(store.OpenOrders());
    }

    [Fact]
    public void ForgetCancelled_OfThoseThatHaveExpired_ForgetsAThousandAtATime()
    {
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        store.CancelOrders(Enumerable.Range(1, 1500).Select(static nonce => (1UL, (ulong)nonce, 100UL)).Append((1UL, ulong.MaxValue, 200UL)));
        store.ForgetCancelled(100);
        Assert.Equal((1501, 1000), (store.CancelledOf(1, 0, 10_000), store.CancelledOf(1, 0, 1000)));
        store.ForgetCancelled(101);
        Assert.Equal((501, 1, 0), (store.CancelledOf(1, 0, 10_000), store.CancelledOf(1, 199, 10_000), store.CancelledOf(1, 200, 10_000)));
        store.ForgetCancelled(101);
        Assert.Equal((1, 0, true, false), (store.CancelledOf(1, 0, 10_000), store.CancelledOf(2, 0, 10_000), store.IsOrderCancelled(1, ulong.MaxValue), store.IsOrderCancelled(1, 5)));
    }

    /// <summary>Placing and cancelling costs nothing, and each is remembered until it expires: of one account not without end.</summary>
    [Fact]
    public async Task Submit_ByAnAccountThatHasCancelledTenThousand_IsTakenForAnHourAtMost()
    {
        ulong now = (ulong)_world.Time.GetUtcNow().ToUnixTimeSeconds();
        SolverStore store = _world.Services.GetRequiredService<SolverStore>();
        store.CancelOrders(Enumerable.Range(100, 10_000).Select(nonce => (1UL, (ulong)nonce, now + 3000)));
        RestingOrder taken = (await _world.OrderRelay.SubmitAsync(Sign(3, now + 7200), null, CancellationToken.None)).Order!;
        _world.Orders.End(taken, OrderStatus.Cancelled, "cancelled");

        // Whoever did not sign has nobody count.
        store.CancelOrders(Enumerable.Range(20_000, 9_999).Select(nonce => (1UL, (ulong)nonce, now + 86_400)));
        Assert.StartsWith("The signature is not ", (await _world.OrderRelay.SubmitAsync(Sign(1, now + 7200) with { Signature = [9] }, null, CancellationToken.None)).Refusal, StringComparison.Ordinal);
        Assert.StartsWith("Account 1 has cancelled 10000 orders at this relay that are good on chain for more than an hour", (await _world.OrderRelay.SubmitAsync(Sign(1, now + 7200), null, CancellationToken.None)).Refusal, StringComparison.Ordinal);
        Assert.Equal("", (await _world.OrderRelay.SubmitAsync(Sign(1, now + 1800), null, CancellationToken.None)).Refusal);

        Clearinghouse.SignedOrder Sign(ulong nonce, ulong expiry) => _world.Digests.Sign(_world.Sign(1, -ApiWorld.One, ApiWorld.BtcE8, nonce).Order with { Expiry = expiry }, _world.Owners[0]);
    }

    private static void Execute(SolverStore store, string statement)
    {
        using DbCommand command = store.Connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }
}
