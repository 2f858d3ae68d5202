using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Tests.Api;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>A contract that signs orders can tell an estimate from a block, and have the relay pay for reverts.</summary>
public sealed class ContractSignerTests : RelayWorld
{
    private const ulong Later = 1_770_003_600;

    [Fact]
    public async Task RunOnce_ContractSignsInTheEstimateOnly_PaysForOneRevertAndRefusesItsNextOrder()
    {
        World.Relay.Contracts.Add(World.Owners[0].Address);
        World.Node.RevertsWhenMined = true;
        RestingOrder guilty = await TakenAsync(World.Sign(1, -Tenth, Btc, 1));
        RestingOrder further = await TakenAsync(World.Sign(1, -Tenth, Btc + One, 2));
        RestingOrder met = await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        for (int i = 0; i < 5; i++)
        {
            await RoundAsync();
        }

        Assert.Single(World.Node.Broadcasts);
        Assert.Equal((OrderStatus.Refused, OrderStatus.Refused, OrderStatus.Resting), (guilty.Status, further.Status, met.Status));
        OrderOutcome refused = await Relay.SubmitAsync(World.Sign(1, -Tenth, Btc, 3), null, CancellationToken.None);
        Assert.Contains("have a key without code sign as a delegate until then", refused.Refusal, StringComparison.Ordinal);

        // Code can be taken off and set again for less than a settlement costs.
        World.Relay.Contracts.Clear();
        Assert.NotEqual("", (await Relay.SubmitAsync(World.Sign(1, -Tenth, Btc, 4), null, CancellationToken.None)).Refusal);

        // Another key's signature is taken all the same.
        World.Node.RevertsWhenMined = false;
        World.Appoint(1, World.Owners[2].Address, DelegateRights.Trade, Later);
        RestingOrder own = await TakenAsync(World.Digests.Sign(World.Sign(1, -Tenth, Btc, 5).Order, World.Owners[2]));
        await RoundAsync();
        await RoundAsync();
        Assert.Equal(OrderStatus.Filled, own.Status);
    }

    /// <summary>A key may have code set at its address at any time (EIP-7702), also when its order was taken long ago.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunOnce_CodeIsSetAfterItsOrderWasTaken_ComesAloneAndPaysForOneRevert(bool isOnItsWay)
    {
        RestingOrder guilty = await TakenAsync(World.Sign(1, -Tenth, Btc, 1));
        RestingOrder met = await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        RestingOrder honest = await TakenAsync(World.Sign(3, -Tenth, Eth, 2, instrument: Instrument.Perpetual(2)));
        await TakenAsync(World.Sign(2, Tenth, Eth, 3, instrument: Instrument.Perpetual(2)));
        if (isOnItsWay)
        {
            await Role.RunOnceAsync(CancellationToken.None);
        }

        World.Relay.Contracts.Add(World.Owners[0].Address);
        if (!isOnItsWay)
        {
            await RoundAsync();
            Assert.Equal(3UL, Assert.Single(Sent()[^1].Item2, static signed => signed.Order.SizeE8 < 0).Order.Account);
            await RoundAsync();
        }

        await RevertedRoundAsync();
        Assert.Equal(isOnItsWay ? [2, 1] : [1, 1], Sent().Select(static call => call.Item3.Length));
        Assert.Equal((OrderStatus.Refused, OrderStatus.Resting), (guilty.Status, met.Status));
        Assert.InRange(Orders.Rests.SecondsLeft(World.Owners[0].Address), 1, 60);
        await RoundAsync();
        Assert.Equal(OrderStatus.Filled, honest.Status);
    }

    /// <summary>What the chain names is not the contract's: it rests for nothing but its own signature.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunOnce_RevertNamesTheOtherSide_ContractRestsOnInTheBook(bool isOwnSignature)
    {
        World.Relay.Contracts.Add(World.Owners[1].Address);
        RestingOrder maker = await TakenAsync(World.Sign(1, -Tenth, Btc, 1));
        RestingOrder contract = await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        await Role.RunOnceAsync(CancellationToken.None);
        World.Relay.Error = isOwnSignature ? new Clearinghouse.SignatureInvalidError(2, World.Owners[1].Address) : new Clearinghouse.NotAuthorisedError(1, World.Owners[0].Address);
        await RevertedRoundAsync();
        Assert.Equal(isOwnSignature ? (OrderStatus.Resting, OrderStatus.Refused) : (OrderStatus.Refused, OrderStatus.Resting), (maker.Status, contract.Status));
        Assert.Equal(isOwnSignature, Orders.Rests.SecondsLeft(World.Owners[1].Address) > 0);
        Assert.Equal(0, Orders.Rests.SecondsLeft(World.Owners[0].Address));
    }

    /// <summary>Who comes to an order that rests may have come for its revert.</summary>
    [Fact]
    public async Task RunOnce_BothAreContracts_TheOneThatCameRests()
    {
        World.Relay.Contracts.UnionWith([World.Owners[0].Address, World.Owners[1].Address]);
        RestingOrder maker = await TakenAsync(World.Sign(1, -Tenth, Btc, 1));
        RestingOrder taker = await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        await Role.RunOnceAsync(CancellationToken.None);
        await RevertedRoundAsync();
        Assert.Equal((OrderStatus.Resting, OrderStatus.Refused), (maker.Status, taker.Status));
        Assert.Equal((true, 0), (Orders.Rests.SecondsLeft(World.Owners[1].Address) > 0, Orders.Rests.SecondsLeft(World.Owners[0].Address)));
    }

    /// <summary>What ends between the estimate and the block reverts the settlement, and is no contract's doing.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task RunOnce_OrderEndsOnItsWay_TheContractThatItMetRestsNot(bool isCancelled, bool isInstrument)
    {
        World.Relay.Contracts.Add(World.Owners[0].Address);
        World.Appoint(2, World.Owners[2].Address, DelegateRights.Trade, Later);
        Instrument instrument = isInstrument ? Instrument.Future(2, ApiWorld.Expiry) : Instrument.Perpetual(2);
        RestingOrder maker = await TakenAsync(World.Sign(1, -Tenth, Eth, 1, instrument: instrument));
        RestingOrder taker = await TakenAsync(World.Digests.Sign(World.Sign(2, Tenth, Eth, 1, instrument: instrument).Order, World.Owners[2]));
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Single(Sent());
        if (isCancelled)
        {
            Tell("event OrderCancelled(uint64 indexed account, uint64 nonce)", 2UL, 1UL);
        }
        else if (isInstrument)
        {
            World.Change(static book => book with { BlockTimeSeconds = ApiWorld.Expiry });
        }
        else
        {
            World.Appoint(2, World.Owners[2].Address, DelegateRights.Trade, World.Books.Current!.Book.BlockTimeSeconds - 1);
        }

        await RevertedRoundAsync();
        Assert.Equal((isCancelled ? OrderStatus.Cancelled : OrderStatus.Expired, isInstrument ? OrderStatus.Expired : OrderStatus.Resting), (taker.Status, maker.Status));
        Assert.Equal((0, 0UL), (Orders.Rests.SecondsLeft(World.Owners[0].Address), maker.InFlightE8));
        Assert.Single(Sent());
    }

    /// <summary>A cancellation at the relay costs nothing, and has the chain refuse nothing.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunOnce_OrderIsCancelledHereOnItsWay_TheContractRestsAllTheSame(bool isItsOwn)
    {
        World.Relay.Contracts.Add(World.Owners[0].Address);
        RestingOrder guilty = await TakenAsync(World.Sign(1, -Tenth, Btc, 1));
        RestingOrder further = await TakenAsync(World.Sign(1, -Tenth, Btc + One, 2));
        RestingOrder met = await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        await Role.RunOnceAsync(CancellationToken.None);
        await CancelAsync(isItsOwn ? guilty : met);
        await RevertedRoundAsync();
        Assert.Equal(isItsOwn ? (OrderStatus.Cancelled, OrderStatus.Resting) : (OrderStatus.Refused, OrderStatus.Cancelled), (guilty.Status, met.Status));
        Assert.Equal((OrderStatus.Refused, 0UL, 0UL), (further.Status, guilty.InFlightE8, met.InFlightE8));
        Assert.InRange(Orders.Rests.SecondsLeft(World.Owners[0].Address), 1, 60);
        Assert.Equal(0, Orders.Rests.SecondsLeft(World.Owners[1].Address));
    }

    /// <summary>A delegate may sign for accounts of several owners.</summary>
    [Fact]
    public async Task RunOnce_ContractSignsBothSides_NoOrderOfItStaysOpen()
    {
        World.Relay.Contracts.Add(World.Owners[2].Address);
        World.Appoint(1, World.Owners[2].Address, DelegateRights.Trade, Later);
        World.Appoint(2, World.Owners[2].Address, DelegateRights.Trade, Later);
        RestingOrder maker = await TakenAsync(World.Digests.Sign(World.Sign(1, -Tenth, Btc, 1).Order, World.Owners[2]));
        RestingOrder taker = await TakenAsync(World.Digests.Sign(World.Sign(2, Tenth, Btc, 1).Order, World.Owners[2]));
        await Role.RunOnceAsync(CancellationToken.None);
        await RevertedRoundAsync();
        Assert.Equal((OrderStatus.Refused, OrderStatus.Refused), (maker.Status, taker.Status));
        Assert.Equal((0UL, 0UL, 0), (maker.InFlightE8, taker.InFlightE8, Orders.Open));
    }

    /// <summary>What rests on attestations may be reverted for a price that moved, which the chain names; a contract's answer it does not. Others wait each round, and have their turn between.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunOnce_AttestedMatchOfAContractIsReverted_RestsAtOnceOrIsComputedWhereThatIsNamed(bool isNamed)
    {
        World.Trial.Attested = (FakeTrial.AttestedGas, "");
        World.Relay.Contracts.Add(World.Owners[0].Address);
        World.Relay.Error = isNamed ? new Clearinghouse.CreditFeeTooHighError(1, 2, 1) : null;
        RestingOrder contract = await TakenAsync(World.Sign(1, -Tenth, Btc, 1));
        RestingOrder met = await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        await Role.RunOnceAsync(CancellationToken.None);
        for (ulong round = 1; round <= 6; round++)
        {
            await TakenAsync(World.Sign(3, -Tenth, Eth, round, instrument: Instrument.Perpetual(2)));
            await TakenAsync(World.Sign(2, Tenth, Eth, 10 + round, instrument: Instrument.Perpetual(2)));
            bool isReverted = IsOfContract(Sent()[^1]) && (!isNamed || IsAttested(Sent()[^1]));
            await (isReverted ? RevertedRoundAsync() : RoundAsync());
        }

        Assert.Equal(isNamed ? [true, false] : [true], Sent().Where(IsOfContract).Select(IsAttested));
        Assert.Equal(isNamed ? (OrderStatus.Filled, OrderStatus.Filled) : (OrderStatus.Refused, OrderStatus.Resting), (contract.Status, met.Status));
        Assert.Equal(!isNamed, Orders.Rests.SecondsLeft(World.Owners[0].Address) > 0);
        Assert.All(Sent().Where(static call => !IsOfContract(call)), static call => Assert.True(IsAttested(call)));

        static bool IsOfContract(Clearinghouse.SettleCall call) => call.Item2.Any(static signed => signed.Order.Account == 1);
        static bool IsAttested(Clearinghouse.SettleCall call) => call.Item1.Any(static input => input.Proof.Kind is > 0 and < 4);
    }

    /// <summary>A right that is taken just before a settlement and given back behind it leaves everything as it was, but for its events.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunOnce_RightIsTakenAndGivenBackWithinABlock_TheContractThatItMetRestsNot(bool isOfTheOrder)
    {
        const string Set = "event DelegateSet(uint64 indexed account, address indexed delegate, uint8 rights, uint40 until)";
        World.Relay.Contracts.Add(World.Owners[0].Address);
        World.Appoint(2, World.Owners[2].Address, DelegateRights.Trade, Later);
        RestingOrder contract = await TakenAsync(World.Sign(1, -Tenth, Btc, 1));
        RestingOrder signed = await TakenAsync(World.Digests.Sign(World.Sign(2, Tenth, Btc, 1).Order, World.Owners[2]));
        await Role.RunOnceAsync(CancellationToken.None);
        for (int i = 0; i < 3; i++)
        {
            Tell(Set, 2UL, isOfTheOrder ? World.Owners[2].Address : World.Owners[0].Address, 0UL, 0UL);
            Tell(Set, 2UL, isOfTheOrder ? World.Owners[2].Address : World.Owners[0].Address, 1UL, Later);
            await RevertedRoundAsync();
        }

        Assert.Equal(isOfTheOrder ? (3, OrderStatus.Resting, OrderStatus.Refused) : (1, OrderStatus.Refused, OrderStatus.Resting), (Sent().Length, contract.Status, signed.Status));
        Assert.Equal(!isOfTheOrder, Orders.Rests.SecondsLeft(World.Owners[0].Address) > 0);
    }

    [Fact]
    public async Task RunOnce_SeveralContractsSign_EachComesAloneAndOthersBetween()
    {
        World.Relay.Contracts.Add(World.Owners[0].Address);
        for (ulong nonce = 1; nonce <= 3; nonce++)
        {
            await TakenAsync(World.Sign(1, -Tenth, Btc, nonce));
            await TakenAsync(World.Sign(2, Tenth, Btc, nonce));
        }

        for (ulong nonce = 11; nonce <= 12; nonce++)
        {
            await TakenAsync(World.Sign(3, -Tenth, Eth, nonce, instrument: Instrument.Perpetual(2)));
            await TakenAsync(World.Sign(2, Tenth, Eth, nonce, instrument: Instrument.Perpetual(2)));
        }

        for (int i = 0; i < 5; i++)
        {
            await RoundAsync();
        }

        Assert.Equal([1, 2, 1, 1], Sent().Select(static call => call.Item3.Length));
    }
}
