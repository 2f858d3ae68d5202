using Microsoft.Extensions.DependencyInjection;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Tests.Api;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>What becomes of matches between the books and the chain: refused by the node, cancelled meanwhile, or under way when the process ends.</summary>
public sealed class RelayRoleTests : IAsyncLifetime
{
    private const long One = ApiWorld.One;
    private const long Tenth = One / 10;
    private const long Btc = ApiWorld.BtcE8;
    private const long Eth = ApiWorld.EthE8;
    private const ulong MostGas = 1 << 24;

    private readonly ApiWorld _world = new();
    private OrderBooks _orders = null!;
    private OrderRelay _relay = null!;
    private RelayRole _role = null!;

    public async Task InitializeAsync()
    {
        await _world.InitializeAsync();
        _world.Trial.Attested = (null, "no attestation fits");
        Use(_world.Orders, _world.OrderRelay);
    }

    public async Task DisposeAsync()
    {
        _role.Dispose();
        await _world.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunOnce_NodeEstimatesNoGasForABatch_DividesItUntilItFits(bool isAnswered)
    {
        RestingOrder[] orders = await FourMatchesAsync();
        _world.Node.BeforeEstimate = (data, _) => IsSettlement(data) && Call(data).Item3.Length > 2 ? throw (isAnswered ? TooMuchGas() : new RpcTransportException("no answer in time")) : Task.CompletedTask;

        await RoundAsync();
        await RoundAsync();
        await RoundAsync();

        Assert.Equal([2, 2], Sent().Select(static call => call.Item3.Length));
        Assert.All(orders, static order => Assert.Equal(OrderStatus.Filled, order.Status));
    }

    [Fact]
    public async Task RunOnce_BatchThatNoTransactionCanHold_IsDividedAndTheMarginForGasIsCut()
    {
        await FourMatchesAsync();
        _world.Node.BeforeEstimate = (data, _) =>
        {
            _world.Node.Gas = IsSettlement(data) ? 4_100_000UL * (ulong)Call(data).Item3.Length : 21_000;
            return Task.CompletedTask;
        };
        await RoundAsync();

        // 16.4 million gas fit a transaction, a third more would not; what the network refuses for its limit would keep all that is behind it waiting for ever.
        Assert.Equal([4], Sent().Select(static call => call.Item3.Length));
        Assert.Equal(MostGas, Assert.Single(_world.Node.Broadcasts).Transaction.GasLimit);

        await RoundAsync();
        await FourMatchesAsync(firstNonce: 11);
        _world.Node.BeforeEstimate = (data, _) =>
        {
            _world.Node.Gas = IsSettlement(data) ? 4_200_000UL * (ulong)Call(data).Item3.Length : 21_000;
            return Task.CompletedTask;
        };
        await RoundAsync();
        Assert.Equal([4, 2], Sent().Select(static call => call.Item3.Length));
    }

    [Fact]
    public async Task RunOnce_NodeEstimatesNoGasForOneMatch_SettlesTheOthersAndEndsItAtLast()
    {
        // Account 2 holds options.
        RestingOrder heavy = await TakenAsync(_world.Sign(2, -Tenth, Btc, 1));
        RestingOrder light = await TakenAsync(_world.Sign(1, Tenth, Btc, 1));
        RestingOrder behind = await TakenAsync(_world.Sign(3, -Tenth, Eth, 1, instrument: Instrument.Perpetual(2)));
        await TakenAsync(_world.Sign(1, Tenth, Eth, 2, instrument: Instrument.Perpetual(2)));
        _world.Node.BeforeEstimate = (data, _) => IsSettlement(data) && Call(data).Item1.Any(static input => input.Account == 2) ? throw TooMuchGas() : Task.CompletedTask;

        for (int i = 0; i < 6; i++)
        {
            await RoundAsync();
        }

        Assert.Equal(OrderStatus.Filled, behind.Status);
        Assert.Equal([3UL], Sent().Select(static call => call.Item2[0].Order.Account));
        Assert.Equal((OrderStatus.Refused, OrderStatus.Resting, (ulong)Tenth), (heavy.Status, light.Status, light.LeftE8));
        Assert.Equal(
            "The node finds no transaction that could settle it (gas required exceeds allowance (16777216)), as when an account holds too much for one: close or move some of the 4 positions of account 2 and sign the order again.",
            heavy.Reason);
    }

    /// <summary>What the chain names is tried alone later; the others go at once and together, or one bad match a block would hold all to one settlement a block.</summary>
    [Fact]
    public async Task RunOnce_ChainNamesAnAccountOfTheBatch_SettlesAllOthersTogether()
    {
        await FourMatchesAsync();
        RestingOrder bad = await TakenAsync(_world.Sign(3, -Tenth, Btc, 1));
        await TakenAsync(_world.Sign(1, Tenth, Btc, 9));
        await FourMatchesAsync(firstNonce: 20);
        _world.Node.BeforeEstimate = (data, _) => IsSettlement(data) && Call(data).Item1.Any(static input => input.Account == 3)
            ? throw Reverted(new Clearinghouse.AccountInLotError(3))
            : Task.CompletedTask;

        await RoundAsync();
        Assert.Equal([7], Sent().Select(static call => call.Item3.Length));

        await RoundAsync();
        Assert.Equal([7, 1], Sent().Select(static call => call.Item3.Length));
        await RoundAsync();
        Assert.Equal(OrderStatus.Refused, bad.Status);
    }

    [Fact]
    public async Task RunOnce_NodeIsTooSlowForOneMatch_SettlesTheOthersAndTriesItEverSeldomer()
    {
        RestingOrder slow = await TakenAsync(_world.Sign(2, -Tenth, Btc, 1));
        RestingOrder other = await TakenAsync(_world.Sign(1, Tenth, Btc, 1));
        RestingOrder behind = await TakenAsync(_world.Sign(3, -Tenth, Eth, 1, instrument: Instrument.Perpetual(2)));
        await TakenAsync(_world.Sign(1, Tenth, Eth, 2, instrument: Instrument.Perpetual(2)));
        int alone = 0;
        _world.Node.BeforeEstimate = (data, _) =>
        {
            bool isOfTwo = IsSettlement(data) && Call(data).Item1.Any(static input => input.Account == 2);
            alone += isOfTwo && Call(data).Item3.Length == 1 ? 1 : 0;
            return isOfTwo ? throw new RpcTransportException("no answer in time") : Task.CompletedTask;
        };
        for (int i = 0; i < 20; i++)
        {
            await RoundAsync();
        }

        // In the first round, and at least 1, 2, 4 and 8 blocks after each try.
        Assert.Equal(5, alone);
        Assert.Equal((OrderStatus.Filled, OrderStatus.Settling, OrderStatus.Settling), (behind.Status, slow.Status, other.Status));
        _world.Node.BeforeEstimate = null;
        for (int i = 0; i < 15; i++)
        {
            await RoundAsync();
        }

        Assert.Equal((OrderStatus.Filled, OrderStatus.Filled), (slow.Status, other.Status));
    }

    /// <summary>Words that say nothing of gas are no proof of size: it is tried as often as one that the node is too slow for, and ends at last.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunOnce_NodeFindsNothingOfOneMatchForLong_EndsTheOrderAtFault(bool isAnswered)
    {
        RestingOrder heavy = await TakenAsync(_world.Sign(2, -Tenth, Btc, 1));
        RestingOrder light = await TakenAsync(_world.Sign(1, Tenth, Btc, 1));
        int asked = 0;
        _world.Node.BeforeEstimate = (data, _) =>
        {
            asked += IsSettlement(data) ? 1 : 0;
            return !IsSettlement(data) ? Task.CompletedTask : throw (isAnswered ? new RpcErrorException("eth_estimateGas", new RpcError(-32603, "internal error", null)) : new RpcTransportException("no answer in time"));
        };
        for (int i = 0; i < 127; i++)
        {
            await RoundAsync();
        }

        Assert.Equal((7, OrderStatus.Settling, OrderStatus.Settling), (asked, heavy.Status, light.Status));
        await RoundAsync();
        Assert.Equal((8, OrderStatus.Refused, OrderStatus.Resting), (asked, heavy.Status, light.Status));
        Assert.StartsWith($"The node finds no transaction that could settle it ({(isAnswered ? "internal error" : "no answer in time")}), as when an account holds too much", heavy.Reason, StringComparison.Ordinal);
    }

    /// <summary>What a contract does when it is asked for its signature is its own: gas that runs out and reverts without a name are not the other side's.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task RunOnce_ContractSpoilsTheSettlementOfItsOrder_EndsThatAndNotTheOther(bool isTooLarge, bool isMaker)
    {
        // Account 2 holds options; account 1, whose signer is a contract, holds nothing.
        _world.Relay.Contracts.Add(_world.Owners[0].Address);
        RestingOrder first = await TakenAsync(isMaker ? _world.Sign(1, -Tenth, Btc, 1) : _world.Sign(2, -Tenth, Btc, 1));
        RestingOrder second = await TakenAsync(isMaker ? _world.Sign(2, Tenth, Btc, 1) : _world.Sign(1, Tenth, Btc, 1));
        _world.Node.BeforeEstimate = (data, _) => !IsSettlement(data) ? Task.CompletedTask : throw (isTooLarge ? TooMuchGas() : new RevertException("The transaction, when simulated,", new MessageReason([], "")));
        for (int i = 0; i < 3; i++)
        {
            await RoundAsync();
        }

        (RestingOrder contract, RestingOrder honest) = isMaker ? (first, second) : (second, first);
        Assert.Equal((OrderStatus.Refused, OrderStatus.Resting), (contract.Status, honest.Status));
        if (isTooLarge)
        {
            Assert.Contains($"as when the contract {_world.Owners[0].Address} takes too much gas to say whether it signed", contract.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RunOnce_NodeGoesAwayWhenItIsAskedWhoIsAtFault_MatchWaitsAgain()
    {
        RestingOrder maker = await TakenAsync(_world.Sign(1, -One, Btc, 1));
        RestingOrder taker = await TakenAsync(_world.Sign(2, Tenth, Btc, 1));
        _world.Node.BeforeEstimate = (data, _) => IsSettlement(data) ? throw new RevertException("The transaction, when simulated,", new MessageReason([], "")) : Task.CompletedTask;
        _world.Relay.BeforeCode = static () => throw new RpcTransportException("away");
        await Assert.ThrowsAsync<RpcTransportException>(() => RoundAsync());
        Assert.Equal((OrderStatus.Resting, OrderStatus.Settling, (ulong)Tenth), (maker.Status, taker.Status, taker.InFlightE8));

        _world.Node.BeforeEstimate = null;
        await RoundAsync();
        Assert.Single(Sent());
    }

    [Fact]
    public async Task RunOnce_AccountOfTheBatchIsGoneAfterAReorganisation_GoesOn()
    {
        RestingOrder maker = await TakenAsync(_world.Sign(1, -One, Btc, 1));
        RestingOrder taker = await TakenAsync(_world.Sign(2, Tenth, Btc, 1));
        await _role.RunOnceAsync(CancellationToken.None);
        _world.Change(static book => book with { Accounts = AccountTable.Of([.. book.Accounts.Values.Where(static account => account.Id != 1)]) });
        _world.Node.RevertsWhenMined = true;
        for (int i = 0; i < 4; i++)
        {
            await RoundAsync();
        }

        Assert.Equal((OrderStatus.Refused, OrderStatus.Resting), (maker.Status, taker.Status));
    }

    [Fact]
    public async Task RunOnce_ManyOrdersAfterARestart_AreAskedForTogetherAndByNoClient()
    {
        await TakenAsync(_world.Sign(1, -One, Btc, 1));
        await TakenAsync(_world.Sign(1, -One, Btc, 2));
        Restart();
        _world.Relay.BeforeStatuses = token => Task.Delay(Timeout.Infinite, token);

        // A client that goes away after a moment opens nothing and holds nothing up.
        int before = _world.Relay.StatusQuestions;
        OrderOutcome outcome = await _relay.SubmitAsync(_world.Sign(2, Tenth, Btc, 7), null, CancellationToken.None);
        Assert.StartsWith("The relay was started anew", outcome.Refusal, StringComparison.Ordinal);
        Assert.Equal(before, _world.Relay.StatusQuestions);

        _world.Relay.BeforeStatuses = null;
        await _role.RunOnceAsync(CancellationToken.None);
        Assert.Equal(before + 1, _world.Relay.StatusQuestions);
        await TakenAsync(_world.Sign(2, Tenth, Btc, 7));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunOnce_NodeThatAnswersNothing_DividesAndEndsNothing(bool isReached)
    {
        RestingOrder[] orders = await FourMatchesAsync();
        int settlements = 0;
        _world.Node.BeforeEstimate = (data, _) =>
        {
            settlements += IsSettlement(data) ? 1 : 0;
            throw isReached ? new RpcErrorException("eth_estimateGas", new RpcError(-32000, "header not found", null)) : new RpcTransportException("away");
        };
        for (int i = 0; i < 5; i++)
        {
            await Assert.ThrowsAnyAsync<EthereumException>(() => RoundAsync());
        }

        Assert.Equal(5, settlements);
        Assert.All(orders, static order => Assert.Equal(OrderStatus.Settling, order.Status));

        _world.Node.BeforeEstimate = null;
        await RoundAsync();
        Assert.Equal([4], Sent().Select(static call => call.Item3.Length));
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunOnce_OrderCancelledWhileTheNodeIsAsked_IsNotSent(bool isAway)
    {
        RestingOrder cancelled = await TakenAsync(_world.Sign(1, -Tenth, Btc, 1));
        RestingOrder other = await TakenAsync(_world.Sign(2, Tenth, Btc, 1));
        _world.Node.BeforeEstimate = async (data, _) =>
        {
            if (IsSettlement(data))
            {
                await CancelAsync(cancelled);
            }

            if (isAway)
            {
                throw new RpcTransportException("away");
            }
        };
        Task first = _role.RunOnceAsync(CancellationToken.None);
        await (isAway ? Assert.ThrowsAsync<RpcTransportException>(() => first) : first);
        _world.Node.BeforeEstimate = null;
        await RoundAsync();

        Assert.Empty(Sent());
        Assert.Equal((OrderStatus.Cancelled, OrderStatus.Resting, (ulong)Tenth, 0UL), (cancelled.Status, other.Status, other.LeftE8, other.InFlightE8));
    }

    [Fact]
    public async Task RunOnce_AfterARestart_WaitsForTheSettlementOfTheRunBefore()
    {
        RestingOrder maker = await TakenAsync(_world.Sign(1, -One, Btc, 1));
        RestingOrder taker = await TakenAsync(_world.Sign(2, Tenth * 4, Btc, 1));
        RestingOrder third = await TakenAsync(_world.Sign(3, Tenth, Btc - One, 1));
        await _role.RunOnceAsync(CancellationToken.None);
        Restart();
        _world.Change(static book => book with { BlockNumber = book.BlockNumber + 1, Accounts = book.Accounts.With(With(book.Accounts[1])) });

        await _role.RunOnceAsync(CancellationToken.None);
        await _role.RunOnceAsync(CancellationToken.None);
        Assert.Single(Sent());
        Assert.Equal(0UL, _orders.Find(1, 1)!.InFlightE8);
        Assert.StartsWith("The relay was started anew and takes up its orders of before, once none of them is being settled;", (await _relay.SubmitAsync(_world.Sign(1, -One, Btc, 7), null, CancellationToken.None)).Refusal, StringComparison.Ordinal);
        await CancelAsync(_orders.Find(3, 1)!);

        // What the settlement filled is known once it is mined.
        _world.Relay.Known[(1, 1)] = (false, Tenth * 4);
        _world.Relay.Known[(2, 1)] = (true, 0);
        await RoundAsync();
        await RoundAsync();
        Assert.Single(Sent());
        Assert.Equal((OrderStatus.Resting, (ulong)Tenth * 6, 0UL), (_orders.Find(1, 1)!.Status, _orders.Find(1, 1)!.LeftE8, _orders.Find(1, 1)!.InFlightE8));
        Assert.Equal((OrderStatus.Filled, OrderStatus.Cancelled), (_orders.Find(2, 1)!.Status, _orders.Find(3, 1)!.Status));

        await TakenAsync(_world.Sign(2, Tenth * 6, Btc, 2));
        await RoundAsync();
        Assert.Equal([(ulong)Tenth * 4, (ulong)Tenth * 6], Sent().Select(static call => call.Item3[0].SizeE8));
        Assert.False(maker.IsOver || taker.IsOver || third.IsOver, "what the process before knew is gone with it");
    }

    [Fact]
    public async Task RunOnce_AfterARestartWithNothingUnderWay_MatchesAtOnceWhatRested()
    {
        await TakenAsync(_world.Sign(1, -One, Btc, 1));
        await TakenAsync(_world.Sign(2, Tenth, Btc, 1));
        Restart();

        await _relay.OpenAsync(CancellationToken.None);
        await TakenAsync(_world.Sign(3, Tenth, Btc, 1));
        await _role.RunOnceAsync(CancellationToken.None);
        Assert.Equal([2], Sent().Select(static call => call.Item3.Length));
        Assert.Equal([1UL, 2UL, 3UL], Sent()[0].Item2.Select(static signed => signed.Order.Account));
    }

    [Fact]
    public async Task RunOnce_OrderFilledInPartElsewhere_SettlesWhatTheChainHasLeftOfIt()
    {
        RestingOrder maker = await TakenAsync(_world.Sign(1, -One, Btc, 1));
        RestingOrder taker = await TakenAsync(_world.Sign(2, One, Btc, 1));
        _world.Relay.Known[(2, 1)] = (false, Tenth * 4);
        _world.Node.BeforeEstimate = (data, _) => IsSettlement(data) && Call(data).Item3[0].SizeE8 > (ulong)Tenth * 6
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
        RestingOrder maker = await TakenAsync(_world.Sign(1, -One, Btc, 1));
        RestingOrder taker = await TakenAsync(_world.Sign(2, Tenth, Btc, 1));
        _world.Relay.Known[(1, 1)] = (true, 0);
        _world.Node.BeforeEstimate = (data, _) => IsSettlement(data) ? throw Reverted(new Clearinghouse.OrderDoneError(1, 1)) : Task.CompletedTask;

        // Whether it is filled or cancelled is known when the book has the block in which it came to its end.
        await _role.RunOnceAsync(CancellationToken.None);
        Assert.False(maker.IsOver);
        await RoundAsync();
        await RoundAsync();
        Assert.Equal((OrderStatus.Filled, OrderStatus.Resting, (ulong)Tenth), (maker.Status, taker.Status, taker.LeftE8));
        Assert.Empty(_orders.Levels(maker.Instrument).Asks);
    }

    [Fact]
    public async Task RunOnce_ChainKnowsOfNoFillElsewhere_EndsTheOrderAfterThreeTries()
    {
        RestingOrder maker = await TakenAsync(_world.Sign(1, -One, Btc, 1));
        RestingOrder taker = await TakenAsync(_world.Sign(2, Tenth, Btc, 1));
        _world.Node.BeforeEstimate = (data, _) => IsSettlement(data) ? throw Reverted(new Clearinghouse.OrderOverfilledError(2, 1, 1, (ulong)Tenth)) : Task.CompletedTask;
        for (int i = 0; i < 4; i++)
        {
            await RoundAsync();
        }

        Assert.Equal((OrderStatus.Resting, OrderStatus.Refused), (maker.Status, taker.Status));
    }

    private static TransactionTooLargeException TooMuchGas() => new(new RpcErrorException("eth_estimateGas", new RpcError(-32000, "gas required exceeds allowance (16777216)", null)));

    private static RevertException Reverted(IContractError error) => new("The transaction, when simulated,", new CustomErrorReason([], error));

    private static bool IsSettlement(byte[] data) => data.Length > 0;

    private static Clearinghouse.SettleCall Call(ReadOnlyMemory<byte> data) => Clearinghouse.SettleCall.Decode(data.Span);

    private static BookAccount With(BookAccount account)
    {
        AccountState richer = account.State with { CashE8 = account.State.CashE8 + One };
        byte[] packed = richer.Pack();
        return account with { State = richer, StateBytes = packed, StateHash = Ethereum.Hashing.Keccak256.Hash(packed) };
    }

    private Clearinghouse.SettleCall[] Sent() => [.. _world.Node.Broadcasts.Select(static sent => Call(sent.Transaction.Data))];

    private TransactionManager Manager => _world.Services.GetRequiredService<TransactionManagers>().Of(_world.Services.GetRequiredService<SolverKeys>().Relay!);

    private void Use(OrderBooks orders, OrderRelay relay)
    {
        (_orders, _relay) = (orders, relay);
        _role = ActivatorUtilities.CreateInstance<RelayRole>(_world.Services, orders, relay, new ProtocolCalls(_world.Deployment.Contracts), Manager, new RelayOptions());
    }

    /// <summary>The process ends and another begins with the same store.</summary>
    private void Restart()
    {
        _role.Dispose();
        var orders = ActivatorUtilities.CreateInstance<OrderBooks>(_world.Services);
        Use(orders, ActivatorUtilities.CreateInstance<OrderRelay>(_world.Services, orders));
    }

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

    private async Task<RestingOrder[]> FourMatchesAsync(ulong firstNonce = 1)
    {
        var orders = new List<RestingOrder>();
        for (ulong nonce = firstNonce; nonce < firstNonce + 4; nonce++)
        {
            orders.Add(await TakenAsync(_world.Sign(1, -Tenth, Btc, nonce)));
            orders.Add(await TakenAsync(_world.Sign(2, Tenth, Btc, nonce)));
        }

        return [.. orders];
    }

    private async Task CancelAsync(RestingOrder order) => Assert.Equal("", (await _relay.CancelAsync(order.Account, order.Nonce, null, [1, 2], CancellationToken.None)).Refusal);

    private async Task<RestingOrder> TakenAsync(Clearinghouse.SignedOrder signed)
    {
        OrderOutcome outcome = await _relay.SubmitAsync(signed, null, CancellationToken.None);
        Assert.Equal("", outcome.Refusal);
        return outcome.Order!;
    }
}
