using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Api;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>What becomes of matches between the books and the chain: refused by the node, or cancelled meanwhile.</summary>
public sealed class RelayRoleTests : RelayWorld
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunOnce_NodeEstimatesNoGasForABatch_DividesItUntilItFits(bool isAnswered)
    {
        RestingOrder[] orders = await FourMatchesAsync();
        World.Node.BeforeEstimate = (data, _) => IsSettlement(data) && Call(data).Item3.Length > 2 ? throw (isAnswered ? TooMuchGas() : new RpcTransportException("no answer in time")) : Task.CompletedTask;

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
        World.Node.BeforeEstimate = (data, _) =>
        {
            World.Node.Gas = IsSettlement(data) ? 4_100_000UL * (ulong)Call(data).Item3.Length : 21_000;
            return Task.CompletedTask;
        };
        await RoundAsync();

        // 16.4 million gas fit a transaction, a third more would not; what the network refuses for its limit would keep all that is behind it waiting for ever.
        Assert.Equal([4], Sent().Select(static call => call.Item3.Length));
        Assert.Equal(MostGas, Assert.Single(World.Node.Broadcasts).Transaction.GasLimit);

        await RoundAsync();
        await FourMatchesAsync(firstNonce: 11);
        World.Node.BeforeEstimate = (data, _) =>
        {
            World.Node.Gas = IsSettlement(data) ? 4_200_000UL * (ulong)Call(data).Item3.Length : 21_000;
            return Task.CompletedTask;
        };
        await RoundAsync();
        Assert.Equal([4, 2], Sent().Select(static call => call.Item3.Length));
    }

    [Fact]
    public async Task RunOnce_NodeEstimatesNoGasForOneMatch_SettlesTheOthersAndEndsItAtLast()
    {
        // Account 2 holds options.
        RestingOrder heavy = await TakenAsync(World.Sign(2, -Tenth, Btc, 1));
        RestingOrder light = await TakenAsync(World.Sign(1, Tenth, Btc, 1));
        RestingOrder behind = await TakenAsync(World.Sign(3, -Tenth, Eth, 1, instrument: Instrument.Perpetual(2)));
        await TakenAsync(World.Sign(1, Tenth, Eth, 2, instrument: Instrument.Perpetual(2)));
        World.Node.BeforeEstimate = (data, _) => IsSettlement(data) && Call(data).Item1.Any(static input => input.Account == 2) ? throw TooMuchGas() : Task.CompletedTask;

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
        RestingOrder bad = await TakenAsync(World.Sign(3, -Tenth, Btc, 1));
        await TakenAsync(World.Sign(1, Tenth, Btc, 9));
        await FourMatchesAsync(firstNonce: 20);
        World.Node.BeforeEstimate = (data, _) => IsSettlement(data) && Call(data).Item1.Any(static input => input.Account == 3)
            ? throw Reverted(new Clearinghouse.AccountInLotError(3))
            : Task.CompletedTask;

        await RoundAsync();
        Assert.Equal([7], Sent().Select(static call => call.Item3.Length));

        await RoundAsync();
        Assert.Equal([7, 1], Sent().Select(static call => call.Item3.Length));
        await RoundAsync();
        Assert.Equal(OrderStatus.Refused, bad.Status);
    }

    /// <summary>Two orders can meet twice for the same size: once at first, and once more for what another gave back.</summary>
    [Fact]
    public async Task RunOnce_TwoMatchesOfABatchAreAlike_SettlesBoth()
    {
        RestingOrder leaves = await TakenAsync(World.Sign(3, -Tenth, Btc, 1));
        RestingOrder maker = await TakenAsync(World.Sign(1, -3 * Tenth, Btc, 1));
        RestingOrder taker = await TakenAsync(World.Sign(2, 2 * Tenth, Btc, 1));
        await CancelAsync(leaves);
        await TakenAsync(World.Sign(3, -Tenth, Eth, 2, instrument: Instrument.Perpetual(2)));
        await TakenAsync(World.Sign(1, Tenth, Eth, 2, instrument: Instrument.Perpetual(2)));
        World.Node.BeforeEstimate = (data, _) => IsSettlement(data) && Call(data).Item1.Any(static input => input.Account == 3)
            ? throw Reverted(new Clearinghouse.AccountInLotError(3))
            : Task.CompletedTask;

        await RoundAsync();
        await RoundAsync();

        Assert.Equal([2], Sent().Select(static call => call.Item3.Length));
        Assert.Equal((OrderStatus.Filled, 0UL, (ulong)Tenth), (taker.Status, maker.InFlightE8, maker.LeftE8));
    }

    [Fact]
    public async Task RunOnce_NodeIsTooSlowForOneMatch_SettlesTheOthersAndTriesItEverSeldomer()
    {
        RestingOrder slow = await TakenAsync(World.Sign(2, -Tenth, Btc, 1));
        RestingOrder other = await TakenAsync(World.Sign(1, Tenth, Btc, 1));
        RestingOrder behind = await TakenAsync(World.Sign(3, -Tenth, Eth, 1, instrument: Instrument.Perpetual(2)));
        await TakenAsync(World.Sign(1, Tenth, Eth, 2, instrument: Instrument.Perpetual(2)));
        int alone = 0;
        World.Node.BeforeEstimate = (data, _) =>
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
        World.Node.BeforeEstimate = null;
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
        RestingOrder heavy = await TakenAsync(World.Sign(2, -Tenth, Btc, 1));
        RestingOrder light = await TakenAsync(World.Sign(1, Tenth, Btc, 1));
        int asked = 0;
        World.Node.BeforeEstimate = (data, _) =>
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

    /// <summary>Who crosses a maker's quotes between an expiry and its price would otherwise clear the books of him, for nothing; and if he waited for them, he would stand before the next maker for as long as a market is halted.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunOnce_MakerHoldsWhatJustExpired_OrderIsAsideUntilPriceIsFixedAndTheTakerGoesOn(bool isFixed)
    {
        RestingOrder quote = await TakenAsync(World.Sign(2, -2 * Tenth, Btc, 1));
        RestingOrder met = await TakenAsync(World.Sign(1, Tenth, Btc, 1));
        int asked = 0;
        World.Node.BeforeEstimate = (data, _) =>
        {
            asked += IsSettlement(data) ? 1 : 0;
            return IsSettlement(data) ? throw Reverted(new Clearinghouse.SettlementPendingError(2)) : Task.CompletedTask;
        };
        await RoundAsync();
        Assert.Equal((OrderStatus.Resting, (ulong)Tenth * 2, OrderStatus.Resting, (ulong)Tenth), (quote.Status, quote.LeftE8, met.Status, met.LeftE8));
        Assert.NotEmpty(quote.Reason);
        Assert.Empty(Orders.Levels(quote.Instrument).Asks);
        for (int i = 0; i < 20; i++)
        {
            await RoundAsync();
        }

        Assert.Empty(Sent());
        Assert.Equal((5, OrderStatus.Resting, OrderStatus.Resting), (asked, quote.Status, met.Status));
        World.Node.BeforeEstimate = isFixed ? null : World.Node.BeforeEstimate;
        for (int i = 0; i < 300; i++)
        {
            await RoundAsync();
        }

        // A market that is halted for long fixes none: who waits for it keeps his orders, and costs the relay a question each 128 blocks.
        Assert.Equal(isFixed ? (5, OrderStatus.Resting, (ulong)Tenth, OrderStatus.Filled) : (9, OrderStatus.Resting, (ulong)Tenth * 2, OrderStatus.Resting), (asked, quote.Status, quote.LeftE8, met.Status));
    }

    /// <summary>Who waited for a price stands in the books in the round after it is fixed, with all his orders, and another wait begins with a block.</summary>
    [Fact]
    public async Task RunOnce_PriceIsFixed_AllThatIsAsideComesBackAtOnce()
    {
        RestingOrder quote = await TakenAsync(World.Sign(2, -Tenth, Btc, 1));
        RestingOrder other = await TakenAsync(World.Sign(2, -Tenth, Eth, 2, instrument: Instrument.Perpetual(2)));
        RestingOrder met = await TakenAsync(World.Sign(1, Tenth, Btc, 1));
        await TakenAsync(World.Sign(3, Tenth, Eth, 1, instrument: Instrument.Perpetual(2)));
        World.Change(static book => book with { BlockTimeSeconds = ApiWorld.Expiry });
        World.Node.BeforeEstimate = (data, _) => IsSettlement(data) && World.Books.Current!.Book.Settlements.Count == 0 ? throw Reverted(new Clearinghouse.SettlementPendingError(2)) : Task.CompletedTask;
        for (int i = 0; i < 20; i++)
        {
            await RoundAsync();
        }

        Assert.Equal((true, true, 5), (quote.IsAside, other.IsAside, quote.TimesAside));
        World.Change(static book => book with { Settlements = book.Settlements.With(2, ApiWorld.Expiry, Eth) });
        await RoundAsync();
        Assert.Equal((false, false, 0), (quote.IsAside, other.IsAside, quote.TimesAside));
        await RoundAsync();
        Assert.Equal((OrderStatus.Filled, OrderStatus.Filled, OrderStatus.Filled), (quote.Status, other.Status, met.Status));
    }

    [Fact]
    public async Task RunOnce_BestMakerHoldsWhatJustExpired_TakerIsFilledByTheNext()
    {
        RestingOrder best = await TakenAsync(World.Sign(2, -Tenth, Btc - One, 1));
        RestingOrder next = await TakenAsync(World.Sign(3, -Tenth, Btc, 1));
        RestingOrder taker = await TakenAsync(World.Sign(1, Tenth, Btc, 1));
        World.Node.BeforeEstimate = static (data, _) => IsSettlement(data) ? throw Reverted(new Clearinghouse.SettlementPendingError(2)) : Task.CompletedTask;
        await RoundAsync();
        World.Node.BeforeEstimate = null;
        await RoundAsync();
        await RoundAsync();
        Assert.Equal((OrderStatus.Filled, OrderStatus.Filled), (next.Status, taker.Status));
        Assert.Equal((OrderStatus.Resting, "", best.PriceE8), (best.Status, best.Reason, Assert.Single(Orders.Levels(best.Instrument).Asks).PriceE8));
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
        World.Relay.Contracts.Add(World.Owners[0].Address);
        RestingOrder first = await TakenAsync(isMaker ? World.Sign(1, -Tenth, Btc, 1) : World.Sign(2, -Tenth, Btc, 1));
        RestingOrder second = await TakenAsync(isMaker ? World.Sign(2, Tenth, Btc, 1) : World.Sign(1, Tenth, Btc, 1));
        World.Node.BeforeEstimate = (data, _) => !IsSettlement(data) ? Task.CompletedTask : throw (isTooLarge ? TooMuchGas() : new RevertException("The transaction, when simulated,", new MessageReason([], "")));
        for (int i = 0; i < 3; i++)
        {
            await RoundAsync();
        }

        (RestingOrder contract, RestingOrder honest) = isMaker ? (first, second) : (second, first);
        Assert.Equal((OrderStatus.Refused, OrderStatus.Resting), (contract.Status, honest.Status));
        if (isTooLarge)
        {
            Assert.Contains($"as when the contract {World.Owners[0].Address} takes too much gas to say whether it signed", contract.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RunOnce_NodeGoesAwayWhenItIsAskedWhoIsAtFault_MatchWaitsAgain()
    {
        RestingOrder maker = await TakenAsync(World.Sign(1, -One, Btc, 1));
        RestingOrder taker = await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        World.Node.BeforeEstimate = (data, _) =>
        {
            World.Relay.BeforeCode = static () => throw new RpcTransportException("away");
            return IsSettlement(data) ? throw new RevertException("The transaction, when simulated,", new MessageReason([], "")) : Task.CompletedTask;
        };
        await Assert.ThrowsAsync<RpcTransportException>(() => RoundAsync());
        Assert.Equal((OrderStatus.Resting, OrderStatus.Settling, (ulong)Tenth), (maker.Status, taker.Status, taker.InFlightE8));

        (World.Node.BeforeEstimate, World.Relay.BeforeCode) = (null, null);
        await RoundAsync();
        Assert.Single(Sent());
    }

    /// <summary>While the disk is full nothing ends by halves: what a match held would stay in flight until the next start.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunOnce_StoreFailsAsAnOrderEnds_MatchIsUndoneInTheNextRound(bool isReverted)
    {
        World.Relay.Contracts.Add(World.Owners[0].Address);
        RestingOrder maker = await TakenAsync(World.Sign(1, -Tenth, Btc, 1));
        RestingOrder taker = await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        if (isReverted)
        {
            await Role.RunOnceAsync(CancellationToken.None);
            Assert.Single(Sent());
        }

        World.Node.BeforeEstimate = (data, _) => IsSettlement(data) ? throw Reverted(new Clearinghouse.AccountInLotError(1)) : Task.CompletedTask;
        Execute("ALTER TABLE relay_orders RENAME TO away");
        await Assert.ThrowsAnyAsync<DbException>(() => isReverted ? RevertedRoundAsync() : RoundAsync());
        Assert.Equal((OrderStatus.Settling, (ulong)Tenth, (ulong)Tenth), (maker.Status, maker.InFlightE8, taker.InFlightE8));

        Execute("ALTER TABLE away RENAME TO relay_orders");
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Equal((OrderStatus.Refused, 0UL), (maker.Status, maker.InFlightE8));
        Assert.Equal((OrderStatus.Resting, 0UL, (ulong)Tenth), (taker.Status, taker.InFlightE8, taker.LeftE8));
        Assert.InRange(Orders.Rests.SecondsLeft(World.Owners[0].Address), isReverted ? 1 : 0, isReverted ? 60 : 0);
    }

    [Fact]
    public async Task RunOnce_AccountOfTheBatchIsGoneAfterAReorganisation_GoesOn()
    {
        RestingOrder maker = await TakenAsync(World.Sign(1, -One, Btc, 1));
        RestingOrder taker = await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        await Role.RunOnceAsync(CancellationToken.None);
        World.Change(static book => book with { Accounts = AccountTable.Of([.. book.Accounts.Values.Where(static account => account.Id != 1)]) });
        World.Node.RevertsWhenMined = true;
        for (int i = 0; i < 4; i++)
        {
            await RoundAsync();
        }

        Assert.Equal((OrderStatus.Refused, OrderStatus.Resting), (maker.Status, taker.Status));
    }

    /// <summary>Whoever changes his account before each block would otherwise hold all others to one settlement a block.</summary>
    [Fact]
    public async Task RunOnce_BatchIsRevertedAfterAnAccountChanged_TheOthersComeBackTogetherOnce()
    {
        await TakenAsync(World.Sign(1, -Tenth, Btc, 1));
        await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        await TakenAsync(World.Sign(3, -Tenth, Btc, 1));
        await TakenAsync(World.Sign(2, Tenth, Btc, 2));
        await TakenAsync(World.Sign(3, -Tenth, Eth, 2, instrument: Instrument.Perpetual(2)));
        await TakenAsync(World.Sign(2, Tenth, Eth, 3, instrument: Instrument.Perpetual(2)));
        await Role.RunOnceAsync(CancellationToken.None);
        World.Change(static book => book with { Accounts = book.Accounts.With(With(book.Accounts[1])) });
        await RevertedRoundAsync();
        Assert.Equal([3, 2], Sent().Select(static call => call.Item3.Length));

        // Nothing explains the second time, so that each is on its own.
        await RevertedRoundAsync();
        Assert.Equal([3, 2, 1], Sent().Select(static call => call.Item3.Length));
        Assert.Equal(1UL, Sent()[^1].Item2[0].Order.Account);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunOnce_NodeThatAnswersNothing_DividesAndEndsNothing(bool isReached)
    {
        RestingOrder[] orders = await FourMatchesAsync();
        int settlements = 0;
        World.Node.BeforeEstimate = (data, _) =>
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

        World.Node.BeforeEstimate = null;
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
            World.Trial.Attested = (FakeTrial.AttestedGas, "");
        }

        RestingOrder next = await TakenAsync(World.Sign(1, -Tenth, Btc + One, 9));
        RestingOrder cancelled = await TakenAsync(World.Sign(1, -Tenth, Btc, 1));
        RestingOrder other = await TakenAsync(World.Sign(2, Tenth, Btc + One, 1));
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Equal(isAttested, Assert.Single(Sent()).Item1.Any(static input => input.Proof.Kind is > 0 and < 4));

        await CancelAsync(cancelled);
        World.Node.RevertsWhenMined = true;
        await MineAsync();
        World.Node.RevertsWhenMined = false;
        await Role.RunOnceAsync(CancellationToken.None);

        Assert.Equal((OrderStatus.Cancelled, 0UL), (cancelled.Status, cancelled.InFlightE8));
        Assert.Equal([1UL, 9UL], Sent().Select(static call => call.Item2.Single(static signed => signed.Order.Account == 1).Order.Nonce));
        Assert.Equal((OrderStatus.Settling, OrderStatus.Settling), (next.Status, other.Status));
    }

    /// <summary>Nothing of a batch was on chain whose nonce somebody else used: no news explains that, however old it is.</summary>
    [Fact]
    public async Task RunOnce_SettlementsAreDisplaced_ARightThatWasSetLongAgoEndsNoOrder()
    {
        const ulong Later = 1_770_003_600;
        World.Appoint(2, World.Owners[2].Address, DelegateRights.Trade, Later);
        Tell("event DelegateSet(uint64 indexed account, address indexed delegate, uint8 rights, uint40 until)", 2UL, World.Owners[2].Address, 1UL, Later);
        await MineAsync();
        RestingOrder signed = await TakenAsync(World.Digests.Sign(World.Sign(2, Tenth, Btc, 1).Order, World.Owners[2]));
        await TakenAsync(World.Sign(1, -Tenth, Btc, 1));
        await Role.RunOnceAsync(CancellationToken.None);
        for (int i = 0; i < 3; i++)
        {
            World.Services.GetRequiredService<SolverStore>().SetOutboxState(Assert.Single(Manager.Unsettled()).Intent, OutboxState.Displaced, 0, "its nonce was used elsewhere");
            await Role.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal((3, OrderStatus.Resting), (Sent().Length, signed.Status));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunOnce_OrderCancelledWhileTheNodeIsAsked_IsNotSent(bool isAway)
    {
        RestingOrder cancelled = await TakenAsync(World.Sign(1, -Tenth, Btc, 1));
        RestingOrder other = await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        World.Node.BeforeEstimate = async (data, _) =>
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
        Task first = Role.RunOnceAsync(CancellationToken.None);
        await (isAway ? Assert.ThrowsAsync<RpcTransportException>(() => first) : first);
        World.Node.BeforeEstimate = null;
        await RoundAsync();

        Assert.Empty(Sent());
        Assert.Equal((OrderStatus.Cancelled, OrderStatus.Resting, (ulong)Tenth, 0UL), (cancelled.Status, other.Status, other.LeftE8, other.InFlightE8));
    }
}
