using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Tests.Api;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>What the relay takes, and what of the orders before ends for it, while positions can only be made smaller.</summary>
public sealed class ReductionsOnlyTests : IAsyncLifetime
{
    private const long One = ApiWorld.One;
    private const long Half = One / 2;
    private const long Btc = ApiWorld.BtcE8;

    private readonly ApiWorld _world = new();

    public Task InitializeAsync() => _world.InitializeAsync();

    public Task DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Submit_InAMarketThatTakesReductionsOnly_MeetsOrdersThatReduceAndEndsTheOthers()
    {
        RestingOrder opens = await TakenAsync(_world.Sign(1, -One / 10, Btc, 1));
        RestingOrder closes = await TakenAsync(_world.Sign(3, -One / 2, Btc, 1));
        UseStateOfBtc(MarketState.ReduceOnly);

        // Who adds to a position is refused before the book is looked at: none of it ends for him.
        Assert.Equal(
            "Market 1 is reduce-only: its positions can only be made smaller, and this order would make account 3's larger; wait until the market is open again.",
            await RefusalAsync(_world.Sign(3, One / 10, Btc * 2, 2)));
        Assert.Equal(OrderStatus.Resting, opens.Status);
        RestingOrder taker = await TakenAsync(_world.Sign(2, One / 2, Btc, 1));

        Assert.Equal((OrderStatus.Refused, "Market 1 is reduce-only: its positions can only be made smaller, and it would make one larger"), (opens.Status, opens.Reason));
        OrderMatch match = Assert.Single(_world.Orders.TakePending(10, 1));
        Assert.Equal((closes, taker), (match.Maker, match.Taker));
    }

    /// <summary>Whoever has a little of an instrument could empty one side of its book by an order that nobody takes.</summary>
    [Theory]
    [InlineData(100 * One, 0, "and this order would make account 3's larger; wait until the market is open again.")]
    [InlineData(Half, RestingOrder.PostOnly, "The order is post-only and would trade at once at 90000; lower or raise its price.")]
    [InlineData(Half, RestingOrder.FillOrKill, "no resting order fills all of it at its limit or better; lower the size, change the price or clear the flag.")]
    public async Task Submit_OfARefusedOrderInAMarketThatTakesReductionsOnly_EndsNothing(long sizeE8, byte flags, string sentence)
    {
        RestingOrder adds = await TakenAsync(_world.Sign(1, One, Btc + One, 1));
        RestingOrder closes = await TakenAsync(_world.Sign(2, Half / 2, Btc, 1));
        UseStateOfBtc(MarketState.ReduceOnly);

        Assert.EndsWith(sentence, await RefusalAsync(_world.Sign(3, -sizeE8, One, 1, flags)), StringComparison.Ordinal);
        Assert.Equal((OrderStatus.Resting, OrderStatus.Resting), (adds.Status, closes.Status));

        await TakenAsync(_world.Sign(3, -Half, Btc, 2));
        Assert.Equal(OrderStatus.Refused, adds.Status);
        Assert.Same(closes, Assert.Single(_world.Orders.TakePending(10, 1)).Maker);
    }

    [Fact]
    public async Task Submit_WhilePaused_TakesReductionsAndNothingElse()
    {
        _world.Change(static book => book with { IsPaused = true });

        const string Paused = "Trading is paused by the guardian: until it goes on orders can only make a position smaller; deposits and withdrawals without positions go on.";
        Assert.Equal(Paused, await RefusalAsync(_world.Sign(1, One / 10, Btc, 1)));
        Assert.Equal(Paused, await RefusalAsync(_world.Sign(3, -One, Btc, 1)));
        // A token is bought by who has the cash: it pays what somebody owes.
        await TakenAsync(_world.Sign(2, One, ApiWorld.EthE8, 2, instrument: SpotOrders.Of(1)));
        await TakenAsync(_world.Sign(3, -One / 2, Btc, 2));
    }

    [Theory]
    [InlineData(MarketState.Halted, "halted; it is swapped when that opens again.")]
    [InlineData(MarketState.ReduceOnly, "reduce-only: until that is over tokens are bought with cash alone, and account 2 would owe some; buy less or deposit more.")]
    [InlineData(MarketState.Uninsured, "without enough insurance since its fall: until that is over tokens are bought with cash alone, and account 2 would owe some; buy less or deposit more.")]
    public async Task Submit_OfATokenWhoseMarketIsNotNormal_SaysInWordsWhatItIs(MarketState state, string words)
    {
        UseState(2, state);
        Assert.Equal($"The market of this token is {words}", await RefusalAsync(_world.Sign(2, 10_000 * One, ApiWorld.EthE8, 2, instrument: SpotOrders.Of(1))));
    }

    /// <summary>What a seller had deposited pays his debt before anything is sold.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(20_000, 1)]
    [InlineData(30_000, 2)]
    [InlineData(28_000, 2)]
    public async Task Named_OfASaleThatPaysNoDebt_IsTheSellerWithWhatHeDeposited(int depositedDollars, ulong atFault)
    {
        RestingOrder buyer = await TakenAsync(_world.Sign(1, One, ApiWorld.EthE8, 1, instrument: SpotOrders.Of(1)));
        RestingOrder seller = await TakenAsync(_world.Sign(2, -One, ApiWorld.EthE8, 1, instrument: SpotOrders.Of(1)));
        ProtocolBook book = _world.Book();
        AccountState state = book.Accounts[2].State with { CashE8 = -30_000 * One, Positions = [] };
        book = book with { Accounts = book.Accounts.With(book.Accounts[2] with { State = state, StateBytes = state.Pack(), Balances = [new Balance(0, (UInt128)depositedDollars * 1_000_000), .. book.Accounts[2].Balances] }) };
        var match = new OrderMatch(buyer, seller, (ulong)One);
        Assert.Equal(atFault, match.Named(new Clearinghouse.PausedError(), book)?.Account);
        Assert.Equal(atFault, match.Named(new Clearinghouse.MarketNotNormalError(2, 1), book)?.Account);
    }

    private void UseStateOfBtc(MarketState state) => UseState(1, state);

    private void UseState(ushort underlying, MarketState state)
    {
        Checkpoint checkpoint = _world.Live.Inputs.Checkpoint;
        Checkpoint changed = checkpoint with { Underlyings = [.. checkpoint.Underlyings.Select(record => record.Underlying == underlying ? record with { MarketState = state } : record)] };
        _world.Live.Inputs = CheckpointInputs.Read(changed.InputsPreimage(static bytes => Keccak256.Hash(bytes).ToArray()), [.. changed.Underlyings.SelectMany(static record => record.Pack())]);
    }

    private async Task<RestingOrder> TakenAsync(Clearinghouse.SignedOrder signed)
    {
        OrderOutcome outcome = await _world.OrderRelay.SubmitAsync(signed, null, CancellationToken.None);
        Assert.Equal("", outcome.Refusal);
        return outcome.Order!;
    }

    private async Task<string> RefusalAsync(Clearinghouse.SignedOrder signed) => (await _world.OrderRelay.SubmitAsync(signed, null, CancellationToken.None)).Refusal;
}
