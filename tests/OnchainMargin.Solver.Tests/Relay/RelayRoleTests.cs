using Microsoft.Extensions.DependencyInjection;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Tests.Api;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>What becomes of matches between the books and the chain: cancelled meanwhile.</summary>
public sealed class RelayRoleTests : IAsyncLifetime
{
    private const long One = ApiWorld.One;
    private const long Tenth = One / 10;
    private const long Btc = ApiWorld.BtcE8;

    private readonly ApiWorld _world = new();
    private OrderRelay _orders = null!;
    private RelayRole _role = null!;

    public async Task InitializeAsync()
    {
        await _world.InitializeAsync();
        _world.Trial.Attested = (null, "no attestation fits");
        (_orders, _role) = (_world.Orders, Role(_world.Orders));
    }

    public async Task DisposeAsync()
    {
        _role.Dispose();
        await _world.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunOnce_OrderCancelledWhileItsSettlementFails_IsNotSentAgain(bool isAttested)
    {
        if (isAttested)
        {
            _world.Trial.Attested = (FakeTrial.AttestedGas, "");
        }

        RestingOrder next = await TakenAsync(_world.Sign(1, -Tenth, Btc + One, 9));
        RestingOrder cancelled = await TakenAsync(_world.Sign(1, -Tenth, Btc, 1));
        RestingOrder other = await TakenAsync(_world.Sign(2, Tenth, Btc + One, 1));
        await _role.RunOnceAsync(CancellationToken.None);
        Assert.Equal(isAttested, Assert.Single(Sent()).Item1.Any(static input => input.Proof.Kind is > 0 and < 4));

        await CancelAsync(cancelled);
        _world.Node.RevertsWhenMined = true;
        await MineAsync();
        _world.Node.RevertsWhenMined = false;
        await _role.RunOnceAsync(CancellationToken.None);

        Assert.Equal((OrderStatus.Cancelled, 0UL), (cancelled.Status, cancelled.InFlightE8));
        Assert.Equal([1UL, 9UL], Sent().Select(static call => call.Item2.Single(static signed => signed.Order.Account == 1).Order.Nonce));
        Assert.Equal((OrderStatus.Settling, OrderStatus.Settling), (next.Status, other.Status));
    }

    private static Clearinghouse.SettleCall Call(ReadOnlyMemory<byte> data) => Clearinghouse.SettleCall.Decode(data.Span);

    private Clearinghouse.SettleCall[] Sent() => [.. _world.Node.Broadcasts.Select(static sent => Call(sent.Transaction.Data))];

    private TransactionManager Manager => _world.Services.GetRequiredService<TransactionManagers>().Of(_world.Services.GetRequiredService<SolverKeys>().Relay!);

    private RelayRole Role(OrderRelay orders) =>
        ActivatorUtilities.CreateInstance<RelayRole>(_world.Services, orders, new ProtocolCalls(_world.Deployment.Contracts), Manager, new RelayOptions());

    /// <summary>A block comes, and the relay has a round on it.</summary>
    private async Task RoundAsync()
    {
        await MineAsync();
        await _role.RunOnceAsync(CancellationToken.None);
    }

    private async Task MineAsync()
    {
        _world.Node.Mine();
        await Manager.RunOnceAsync(CancellationToken.None);
        _world.Change(static book => book with { BlockNumber = book.BlockNumber + 1 });
    }

    private async Task CancelAsync(RestingOrder order) => Assert.Equal("", (await _orders.CancelAsync(order.Account, order.Nonce, null, [1, 2], CancellationToken.None)).Refusal);

    private async Task<RestingOrder> TakenAsync(Clearinghouse.SignedOrder signed)
    {
        OrderOutcome outcome = await _orders.SubmitAsync(signed, null, CancellationToken.None);
        Assert.Equal("", outcome.Refusal);
        return outcome.Order!;
    }
}
