using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Tests.Api;

namespace OnchainMargin.Solver.Tests.Relay;

public sealed class OrderRelayTests : IAsyncLifetime
{
    private const long One = ApiWorld.One;
    private const long Btc = ApiWorld.BtcE8;

    private readonly ApiWorld _world = new();

    public Task InitializeAsync() => _world.InitializeAsync();

    public Task DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Submit_CrossingOrders_MatchByPriceThenTimeAtTheMakersLimit()
    {
        RestingOrder late = await TakenAsync(_world.Sign(1, -One / 2, Btc, 1));
        RestingOrder best = await TakenAsync(_world.Sign(1, -One / 2, Btc - (100 * One), 2));
        RestingOrder same = await TakenAsync(_world.Sign(1, -One / 2, Btc, 3));

        RestingOrder taker = await TakenAsync(_world.Sign(2, One * 5 / 4, Btc, 1));

        IReadOnlyList<OrderMatch> matches = _world.Orders.TakePending(10, 1);
        Assert.Equal([(best, (ulong)One / 2), (late, (ulong)One / 2), (same, (ulong)One / 4)], matches.Select(static match => (match.Maker, match.SizeE8)));
        Assert.Equal((ulong)(Btc - (100 * One)), matches[0].PriceE8);
        Assert.Equal(OrderStatus.Settling, taker.Status);
        Assert.Equal((ulong)One / 4, same.LeftE8);

        foreach (OrderMatch match in matches)
        {
            _world.Orders.Settled([match]);
        }

        Assert.Equal((OrderStatus.Filled, OrderStatus.Filled, OrderStatus.Resting), (taker.Status, best.Status, same.Status));
    }

    [Fact]
    public async Task Drop_OfARefusedMatch_GivesTheOtherItsPlaceBack()
    {
        RestingOrder first = await TakenAsync(_world.Sign(1, -One / 2, Btc, 1));
        await TakenAsync(_world.Sign(1, -One / 2, Btc, 2));
        RestingOrder taker = await TakenAsync(_world.Sign(2, One / 2, Btc, 1));
        OrderMatch match = Assert.Single(_world.Orders.TakePending(10, 1));

        _world.Orders.Drop(match, taker, "refused");

        Assert.Equal((OrderStatus.Refused, "refused"), (taker.Status, taker.Reason));
        Assert.Equal((OrderStatus.Resting, (ulong)One / 2, 0UL), (first.Status, first.LeftE8, first.InFlightE8));
        await TakenAsync(_world.Sign(2, One / 2, Btc, 2));
        Assert.Same(first, Assert.Single(_world.Orders.TakePending(10, 1)).Maker);
    }

    [Fact]
    public async Task Drop_OfTheMaker_MatchesTheTakerWithTheNext()
    {
        RestingOrder bad = await TakenAsync(_world.Sign(1, -One / 2, Btc, 1));
        RestingOrder good = await TakenAsync(_world.Sign(1, -One / 2, Btc, 2));
        await TakenAsync(_world.Sign(2, One / 2, Btc, 1));

        _world.Orders.Drop(Assert.Single(_world.Orders.TakePending(10, 1)), bad, "cannot pay");

        Assert.Same(good, Assert.Single(_world.Orders.TakePending(10, 1)).Maker);
    }

    [Fact]
    public async Task Cancel_OfAMatchedMaker_MatchesTheTakerAnew()
    {
        RestingOrder maker = await TakenAsync(_world.Sign(1, -One / 2, Btc, 1));
        RestingOrder taker = await TakenAsync(_world.Sign(2, One / 2, Btc, 1));

        Assert.Equal("", (await _world.OrderRelay.CancelAsync(1, 1, null, [1, 2], CancellationToken.None)).Refusal);

        Assert.Equal(OrderStatus.Cancelled, maker.Status);
        Assert.Equal((OrderStatus.Resting, (ulong)One / 2), (taker.Status, taker.LeftE8));
        Assert.Empty(_world.Orders.TakePending(10, 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PutBack_OfAMatchWhoseMakerIsOver_MatchesTheTakerWithTheNext(bool isRetried)
    {
        RestingOrder ended = await TakenAsync(_world.Sign(1, -One / 2, Btc, 1));
        RestingOrder next = await TakenAsync(_world.Sign(1, -One / 2, Btc, 2));
        RestingOrder taker = await TakenAsync(_world.Sign(2, One / 2, Btc, 1));
        OrderMatch match = Assert.Single(_world.Orders.TakePending(10, 1));
        Assert.Equal("", (await _world.OrderRelay.CancelAsync(1, 1, null, [1, 2], CancellationToken.None)).Refusal);

        if (isRetried)
        {
            _world.Orders.Retry(match, 0, taker, "moved");
        }
        else
        {
            _world.Orders.Return([match]);
        }

        OrderMatch anew = Assert.Single(_world.Orders.TakePending(10, 1));
        Assert.Equal((next, taker, (ulong)One / 2), (anew.Maker, anew.Taker, anew.SizeE8));
        Assert.Equal((OrderStatus.Cancelled, 0UL), (ended.Status, ended.InFlightE8));
        Assert.EndsWith("what was on its way into a block may be filled all the same", ended.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PutBack_OfAMatchWhoseTakerIsOver_LetsWhoCameMeanwhileMeetTheMaker(bool isDropped)
    {
        RestingOrder maker = await TakenAsync(_world.Sign(1, -One / 2, Btc, 1));
        RestingOrder ended = await TakenAsync(_world.Sign(2, One / 2, Btc, 1));
        RestingOrder later = await TakenAsync(_world.Sign(2, One / 4, Btc, 2));
        OrderMatch match = Assert.Single(_world.Orders.TakePending(10, 1));
        Assert.Equal("", (await _world.OrderRelay.CancelAsync(2, 1, null, [1, 2], CancellationToken.None)).Refusal);

        // Whatever is said against the other side, it is this one that is over.
        if (isDropped)
        {
            _world.Orders.Drop(match, maker, "refused");
        }
        else
        {
            _world.Orders.Return([match]);
        }

        OrderMatch anew = Assert.Single(_world.Orders.TakePending(10, 1));
        Assert.Equal((maker, later, (ulong)One / 4, (ulong)One / 4), (anew.Maker, anew.Taker, anew.SizeE8, maker.LeftE8));
        Assert.Equal(OrderStatus.Cancelled, ended.Status);
    }

    [Theory]
    [InlineData(1, 1, "Nonce 7 of account 1 is filled or cancelled on chain; use another nonce.", 7UL, 0, true)]
    [InlineData(3, 2, "of initial margin; deposit more or trade a smaller size.", 1UL, 0, false)]
    [InlineData(1, -1, "The order is reduce-only and would not make the position smaller; lower its size or clear the flag.", 1UL, 1, false)]
    [InlineData(1, 1, "The order's flags are 8; only bit 0 (reduce-only), bit 1 (post-only) and bit 2 (fill-or-kill) mean something.", 1UL, 8, false)]
    [InlineData(1, 1, "The order is post-only and fill-or-kill, so it could never be filled; clear one of the flags.", 1UL, 6, false)]
    [InlineData(1, 1, "no resting order fills all of it at its limit or better; lower the size, change the price or clear the flag.", 1UL, 4, false)]
    public async Task Submit_OfABadOrder_IsRefusedInOneSentence(ulong account, int units, string sentence, ulong nonce, byte flags, bool isDone)
    {
        _world.Relay.Known[(account, nonce)] = (isDone, 0);

        OrderOutcome outcome = await _world.OrderRelay.SubmitAsync(_world.Sign(account, units * One, Btc, nonce, flags), null, CancellationToken.None);

        Assert.Equal((null, isDone), (outcome.Order, outcome.IsOver));
        Assert.EndsWith(sentence, outcome.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_FillOrKill_TakesTheBestOrderThatFillsItWholeAndNeverRests()
    {
        RestingOrder small = await TakenAsync(_world.Sign(1, -One / 10, Btc - (100 * One), 1));
        RestingOrder large = await TakenAsync(_world.Sign(1, -One, Btc, 2));
        RestingOrder taker = await TakenAsync(_world.Sign(2, One / 2, Btc, 1, flags: RestingOrder.FillOrKill));

        // The small one is better and cannot fill it whole, which the chain asks of one fill.
        OrderMatch match = Assert.Single(_world.Orders.TakePending(10, 1));
        Assert.Equal((large, (ulong)One / 2, (ulong)One / 10), (match.Maker, match.SizeE8, small.LeftE8));

        _world.Orders.Drop(match, large, "cannot pay");
        Assert.Equal((OrderStatus.Cancelled, OrderStatus.Refused), (taker.Status, large.Status));
        Assert.Contains("fill-or-kill", taker.Reason, StringComparison.Ordinal);
        Assert.Empty(_world.Orders.Levels(taker.Instrument).Bids);
    }

    [Fact]
    public async Task Submit_OfADelegate_IsTakenWhileItsRightLasts()
    {
        Clearinghouse.SignedOrder signed = _world.Sign(1, -One, Btc, 1) with { Signer = _world.Owners[1].Address };
        _world.Appoint(1, _world.Owners[1].Address, DelegateRights.Cancel, 1_770_000_000);
        Assert.Contains("nor may trade for it now", await RefusalAsync(signed), StringComparison.Ordinal);
        _world.Appoint(1, _world.Owners[1].Address, DelegateRights.Trade, 1_769_999_999);
        Assert.Contains("nor may trade for it now", await RefusalAsync(signed), StringComparison.Ordinal);
        _world.Appoint(1, _world.Owners[1].Address, DelegateRights.Trade, 1_770_000_059);
        Assert.Contains("may trade for account 1 for 59 s more, and it takes some to bring an order into a block", await RefusalAsync(signed), StringComparison.Ordinal);
        _world.Appoint(1, _world.Owners[1].Address, DelegateRights.Trade, 1_770_000_060);
        await TakenAsync(signed);

        Assert.Contains("nor may cancel for it now", (await _world.OrderRelay.CancelAsync(1, 1, _world.Owners[1].Address, [1, 2], CancellationToken.None)).Refusal, StringComparison.Ordinal);
        _world.Appoint(1, _world.Owners[1].Address, DelegateRights.Cancel, 1_770_000_000);
        OrderOutcome cancelled = await _world.OrderRelay.CancelAsync(1, 1, _world.Owners[1].Address, [1, 2], CancellationToken.None);
        Assert.Equal($"cancelled by the delegate {_world.Owners[1].Address}", cancelled.Order!.Reason);
    }

    [Fact]
    public async Task Submit_PostOnlyThatWouldTrade_SelfTradeAndDoubleNonce_AreRefused()
    {
        await TakenAsync(_world.Sign(1, -One, Btc, 1));

        Assert.StartsWith("The order is post-only and would trade at once at 90000;", await RefusalAsync(_world.Sign(2, One, Btc, 1, flags: 2)), StringComparison.Ordinal);
        Assert.StartsWith("The order would trade with another of the same owner", await RefusalAsync(_world.Sign(1, One, Btc, 2)), StringComparison.Ordinal);
        Assert.StartsWith("Account 1 has an open order with nonce 1;", await RefusalAsync(_world.Sign(1, -One, Btc + One, 1)), StringComparison.Ordinal);
        Assert.StartsWith("The signature is not", await RefusalAsync(_world.Sign(1, -One, Btc, 3) with { Signature = [1] }), StringComparison.Ordinal);
        Assert.EndsWith("sign with " + _world.Owners[0].Address + ".", await RefusalAsync(_world.Sign(1, -One, Btc, 3) with { Signer = _world.Owners[1].Address }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_OfSeveralOrders_CountsThemTogether()
    {
        // Equity 15,000 carries half a bitcoin more, and not twice that.
        RestingOrder first = await TakenAsync(_world.Sign(3, One / 10, Btc * 9 / 10, 1));
        Assert.Equal(OrderStatus.Resting, first.Status);
        string refusal = await RefusalAsync(_world.Sign(3, One, Btc * 9 / 10, 2));
        Assert.Contains("initial margin", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_AnOptionOrder_IsJudgedByTheEngine()
    {
        Instrument call = Instrument.Call(2, ApiWorld.Expiry, 32_000_000);
        Assert.Equal("", (await _world.OrderRelay.SubmitAsync(_world.Sign(1, -10 * One, 5 * One, 1, instrument: call), null, CancellationToken.None)).Refusal);
        Assert.Contains("initial margin", await RefusalAsync(_world.Sign(3, -500 * One, 5 * One, 1, instrument: call)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_AtAnOddStrike_IsRefusedWithTheNearestTwo()
    {
        Instrument call = Instrument.Call(2, ApiWorld.Expiry, 32_510_000);
        Assert.Equal(
            "Options are opened at strikes of at most three significant digits. The nearest are 3,250.00 and 3,260.00.",
            await RefusalAsync(_world.Sign(1, -One, 5 * One, 1, instrument: call)));
    }

    [Fact]
    public async Task Submit_ATokenAgainstCash_MeetsItsLikeAndIsJudgedByWhatIsHeld()
    {
        Instrument weth = SpotOrders.Of(1);
        RestingOrder offer = await TakenAsync(_world.Sign(2, -3 * One, ApiWorld.EthE8, 1, instrument: weth));
        RestingOrder taker = await TakenAsync(_world.Sign(1, One, ApiWorld.EthE8, 1, instrument: weth));
        Assert.Equal((offer, taker, (ulong)One), (_world.Orders.TakePending(1, 1)[0] is var match ? match.Maker : null, match.Taker, match.SizeE8));

        // Account 2 has 4 and offers 3 of them already.
        Assert.Equal("The account has less of the token than it would sell; deposit more or sell less.", await RefusalAsync(_world.Sign(2, -3 * One / 2, ApiWorld.EthE8, 2, instrument: weth)));
        // Ether counts 95 % of its price: whoever buys with the last of his margin would be below it.
        Assert.Contains("initial margin", await RefusalAsync(_world.Sign(3, 80 * One, ApiWorld.EthE8, 1, instrument: weth)), StringComparison.Ordinal);
        Assert.Contains("of which there is no position", await RefusalAsync(_world.Sign(1, -One, ApiWorld.EthE8, 2, RestingOrder.ReduceOnly, weth)), StringComparison.Ordinal);
        Assert.Contains("is not listed", await RefusalAsync(_world.Sign(1, One, ApiWorld.EthE8, 2, instrument: SpotOrders.Of(9))), StringComparison.Ordinal);
        Assert.Contains("is not listed", await RefusalAsync(_world.Sign(1, One, ApiWorld.EthE8, 2, instrument: SpotOrders.Of(0))), StringComparison.Ordinal);
        Assert.Contains("is not listed", await RefusalAsync(_world.Sign(1, One, ApiWorld.EthE8, 2, instrument: new Instrument(1, 7, 0, weth.Kind))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_AnOptionOrderAboveTheCap_IsRefusedOnlyWhereTheOpenOptionsGrow()
    {
        Instrument put = Instrument.Put(2, ApiWorld.Expiry, 28_000_000);
        Instrument call = Instrument.Call(2, ApiWorld.Expiry, 32_000_000);
        (long putE8, long callE8) = ((long)Band(put).MarkE8, (long)Band(call).MarkE8);
        _world.Relay.Options = ((ulong)(95 * One), (ulong)(100 * One));

        // Account 2 is short of five: buying fifteen opens ten, buying ten the last five. Resting opens nothing.
        await TakenAsync(_world.Sign(1, -20 * One, putE8, 1, instrument: put));
        Assert.Contains("leave 105 options of this underlying open, more than the 100", await RefusalAsync(_world.Sign(2, 15 * One, putE8, 1, instrument: put)), StringComparison.Ordinal);
        await TakenAsync(_world.Sign(2, 10 * One, putE8, 2, instrument: put));

        // It is long of twenty calls: what it sells another opens, so as many are open as before, whatever the cap.
        _world.Relay.Options = ((ulong)(95 * One), 0);
        await TakenAsync(_world.Sign(1, 10 * One, callE8, 2, instrument: call));
        await TakenAsync(_world.Sign(2, -10 * One, callE8, 3, instrument: call));
        Assert.Equal(2, _world.Orders.TakePending(10, 1).Count);
    }

    [Fact]
    public async Task Submit_WhereTheMarkHasPassedWhatRests_EndsThatAndMeetsTheNext()
    {
        // Nobody may sell a little at 1 or much at a tenth below the mark; as the best of the book they would stand before all others.
        RestingOrder dust = await TakenAsync(_world.Sign(1, -One / 1000, One, 1));
        RestingOrder passed = await TakenAsync(_world.Sign(1, -One / 2, Btc * 9 / 10, 2));
        RestingOrder good = await TakenAsync(_world.Sign(1, -One / 2, Btc, 3));

        RestingOrder taker = await TakenAsync(_world.Sign(2, One / 4, Btc, 1));

        OrderMatch match = Assert.Single(_world.Orders.TakePending(10, 1));
        Assert.Equal((good, taker), (match.Maker, match.Taker));
        Assert.Equal((OrderStatus.Refused, OrderStatus.Refused), (dust.Status, passed.Status));
        Assert.Equal("the mark of 90000 has passed its limit by more than trades may be from it", passed.Reason);
    }

    [Fact]
    public async Task Submit_OfAnOptionBeyondTheBand_EndsWhatIsPassedAndSparesWhatIsFar()
    {
        Instrument call = Instrument.Call(2, ApiWorld.Expiry, 32_000_000);
        PriceBand band = Band(call);
        ulong low = (ulong)(band.MarkE8 - band.WidthE8);
        ulong high = (ulong)(band.MarkE8 + band.WidthE8);
        RestingOrder passed = await TakenAsync(_world.Sign(1, -One, (long)low - 1, 1, instrument: call));
        RestingOrder least = await TakenAsync(_world.Sign(1, -One, (long)low, 2, instrument: call));
        RestingOrder far = await TakenAsync(_world.Sign(1, -One, (long)high + 1, 3, instrument: call));

        await TakenAsync(_world.Sign(2, One, (long)high + 1, 1, instrument: call));
        Assert.Same(least, Assert.Single(_world.Orders.TakePending(10, 1)).Maker);
        Assert.Equal(OrderStatus.Refused, passed.Status);

        // What is left is farther than a trade may be: it rests for another day, and who would take it is told.
        Assert.StartsWith("The best price is ", await RefusalAsync(_world.Sign(2, One, (long)high + 1, 2, instrument: call)), StringComparison.Ordinal);
        Assert.Equal(OrderStatus.Resting, far.Status);
    }

    /// <summary>Until its settlement price is fixed its market still has the expiry, but nothing of it is filled.</summary>
    [Fact]
    public async Task Submit_OrderForWhatHasExpired_IsRefused()
    {
        CheckpointInputs live = _world.Live.Inputs;
        Checkpoint later = live.Checkpoint with { Header = live.Checkpoint.Header with { Time = ApiWorld.Expiry } };
        _world.Live.Inputs = CheckpointInputs.Read(later.InputsPreimage(static bytes => Keccak256.Hash(bytes).ToArray()), live.AllRecords);

        Assert.StartsWith("The instrument expired at 1771000000", await RefusalAsync(_world.Sign(1, One, ApiWorld.EthE8, 1, instrument: Instrument.Future(2, ApiWorld.Expiry))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_OfAMatchThatMetAChange_WaitsBehindOthersComesAloneAndEndsAtLast()
    {
        RestingOrder maker = await TakenAsync(_world.Sign(1, -One / 10, Btc, 1));
        RestingOrder taker = await TakenAsync(_world.Sign(2, One / 10, Btc, 1));
        OrderMatch first = Assert.Single(_world.Orders.TakePending(10, 7));
        _world.Orders.Retry(first, 7, maker, "moved");
        await TakenAsync(_world.Sign(1, -One / 10, Btc, 2));
        await TakenAsync(_world.Sign(2, One / 10, Btc, 2));

        // The book of block 7 is behind, so at that block only the other one may go.
        OrderMatch other = Assert.Single(_world.Orders.TakePending(10, 7));
        Assert.NotSame(taker, other.Taker);
        _world.Orders.Return([other]);
        Assert.Same(other, Assert.Single(_world.Orders.TakePending(10, 8)));

        OrderMatch second = Assert.Single(_world.Orders.TakePending(10, 8));
        Assert.Same(taker, second.Taker);
        _world.Orders.Retry(second, 0, maker, "moved");
        Assert.Equal((OrderStatus.Settling, (ulong)One / 10), (taker.Status, taker.InFlightE8));

        _world.Orders.Retry(Assert.Single(_world.Orders.TakePending(10, 8)), 0, maker, "moved");
        Assert.Equal((OrderStatus.Refused, "moved"), (maker.Status, maker.Reason));
        Assert.Equal((OrderStatus.Resting, (ulong)One / 10), (taker.Status, taker.LeftE8));
        Assert.Empty(_world.Orders.TakePending(10, 9));
    }

    [Fact]
    public async Task Named_OfARefusal_IsTheAccountThatItNamesOrTheLimitThatWasPassed()
    {
        RestingOrder maker = await TakenAsync(_world.Sign(1, -One / 10, Btc, 1));
        RestingOrder taker = await TakenAsync(_world.Sign(2, One / 10, Btc, 1));
        OrderMatch match = Assert.Single(_world.Orders.TakePending(10, 1));
        ProtocolBook book = _world.Book();

        Assert.Same(maker, match.Named(new Clearinghouse.AccountInLotError(1), book));
        Assert.Same(taker, match.Named(new Clearinghouse.AccountInLotError(2), book));
        Assert.Same(maker, match.Named(new HealthGate.MarginTooLowError(1, 0, 1), book));

        // Account 1 has no position that it could make smaller; 2 is short, and 3 long.
        Assert.Same(maker, match.Named(new Clearinghouse.PausedError(), book));
        Assert.Same(maker, match.Named(new Clearinghouse.MarketNotNormalError(1, 1), book));

        // Where neither reduces the taker is at fault: each maker whom he meets would end for him.
        RestingOrder adds = await TakenAsync(_world.Sign(3, One / 10, Btc * 9 / 10, 7));
        Assert.Same(adds, new OrderMatch(maker, adds, 1).Named(new Clearinghouse.PausedError(), book));
        Assert.Same(adds, new OrderMatch(maker, adds, 1).Named(new Clearinghouse.MarketNotNormalError(1, 1), book));

        // Another market is halted, in which one of them has a position.
        Assert.Null(new OrderMatch(maker, adds, 1).Named(new Clearinghouse.MarketNotNormalError(2, 2), book));
        Assert.Same(adds, new OrderMatch(maker, adds, 1).Named(new Clearinghouse.MarketNotNormalError(2, 2), WithEther(book, 3)));
        Assert.Same(maker, new OrderMatch(maker, adds, 1).Named(new Clearinghouse.MarketNotNormalError(2, 2), WithEther(book, 1)));
        Assert.Same(adds, new OrderMatch(maker, adds, 1).Named(new Clearinghouse.MarketNotNormalError(2, 2), WithEther(WithEther(book, 1), 3)));
        RestingOrder closes = await TakenAsync(_world.Sign(3, -One / 10, Btc, 1));
        Assert.Null(new OrderMatch(closes, taker, 1).Named(new Clearinghouse.PausedError(), book));
        Assert.Same(closes, new OrderMatch(closes, taker, (ulong)One).Named(new Clearinghouse.PausedError(), book));

        // The maker sells: below the mark it is his limit that was passed, above it the taker's went too far.
        Assert.Same(maker, match.Named(new Clearinghouse.PriceOutOfBandError(0, 90, 100, 5), book));
        Assert.Same(taker, match.Named(new Clearinghouse.PriceOutOfBandError(0, 110, 100, 5), book));
        OrderMatch bought = new(taker, maker, 1);
        Assert.Same(taker, bought.Named(new Clearinghouse.PriceOutOfBandError(0, 110, 100, 5), book));
        Assert.Same(maker, bought.Named(new Clearinghouse.PriceOutOfBandError(0, 90, 100, 5), book));
    }

    /// <summary>A market whose open interest is full names nobody; makers who wait for another day must not end for each taker who comes.</summary>
    [Fact]
    public async Task Named_OfFullOpenInterest_IsTheTakerUnlessHeReduces()
    {
        RestingOrder maker = await TakenAsync(_world.Sign(1, -One / 10, Btc, 1));
        RestingOrder closes = await TakenAsync(_world.Sign(2, One / 10, Btc, 1));
        RestingOrder opens = await TakenAsync(_world.Sign(3, One / 10, Btc * 9 / 10, 1));
        foreach (IContractError error in (IContractError[])[new Clearinghouse.OpenInterestTooHighError(1, 2, 1), new Clearinghouse.OptionInterestTooHighError(1, 2, 1), new Clearinghouse.SurfaceTooOldError(1)])
        {
            Assert.Same(opens, new OrderMatch(maker, opens, 1).Named(error, _world.Book()));
            Assert.Same(maker, new OrderMatch(maker, closes, 1).Named(error, _world.Book()));
        }
    }

    [Theory]
    [InlineData(50_000, 0, "")]
    [InlineData(49_999, 0, "The order allows a fee of 0.00049999 of what is traded, and 0.0005 is taken; sign one with a maxFeeRateE8 of 50000 or more.")]
    [InlineData(20_000, RestingOrder.PostOnly, "")]
    [InlineData(19_999, RestingOrder.PostOnly, "The order allows a fee of 0.00019999 of what is traded, and 0.0002 is taken; sign one with a maxFeeRateE8 of 20000 or more.")]
    public async Task Submit_OfAnOrderThatAllowsLessThanTheFee_IsRefused(uint maxFeeRateE8, byte flags, string refusal)
    {
        Clearinghouse.Order order = _world.Sign(1, One / 10, Btc, 1, flags).Order with { MaxFeeRateE8 = maxFeeRateE8 };

        Assert.Equal(refusal, await RefusalAsync(_world.Digests.Sign(order, _world.Owners[0])));
    }

    /// <summary>Where the maker pays more, what may come to rest has to allow that: it would end at its first fill.</summary>
    [Theory]
    [InlineData(100_000, 0, "")]
    [InlineData(99_999, 0, "The order allows a fee of 0.00099999 of what is traded, and 0.001 is taken; sign one with a maxFeeRateE8 of 100000 or more.")]
    [InlineData(99_999, RestingOrder.PostOnly, "The order allows a fee of 0.00099999 of what is traded, and 0.001 is taken; sign one with a maxFeeRateE8 of 100000 or more.")]
    [InlineData(49_999, RestingOrder.FillOrKill, "The order allows a fee of 0.00049999 of what is traded, and 0.0005 is taken; sign one with a maxFeeRateE8 of 50000 or more.")]
    public async Task Submit_WhereTheMakerPaysMore_AsksForThatOfWhatMayRest(uint maxFeeRateE8, byte flags, string refusal)
    {
        _world.Change(static before => before with { Parameters = before.Parameters with { Clearing = before.Parameters.Clearing with { MakerFeeE8 = 100_000 } } });
        Clearinghouse.Order order = _world.Sign(1, One / 10, Btc, 1, flags).Order with { MaxFeeRateE8 = maxFeeRateE8 };

        Assert.Equal(refusal, await RefusalAsync(_world.Digests.Sign(order, _world.Owners[0])));
    }

    /// <summary>Whoever did not hear the answer hands it in again.</summary>
    [Fact]
    public async Task Submit_OfTheVerySameOrder_IsTheOneThatIsKnown()
    {
        Clearinghouse.SignedOrder signed = _world.Sign(1, -One / 10, Btc, 1);
        RestingOrder first = await TakenAsync(signed);

        Assert.Same(first, await TakenAsync(signed with { Signature = [.. signed.Signature] }));
        Assert.Equal("Account 1 has an open order with nonce 1; use another nonce.", await RefusalAsync(_world.Sign(1, -One / 5, Btc, 1)));
        Assert.Single(_world.Orders.Levels(first.Instrument).Asks);
    }

    [Fact]
    public async Task Submit_OfAlmostNothing_IsRefusedUnlessItClosesAPosition()
    {
        const string Sentence = "The order is about 0.0009 of its underlying or token, less than the 1 for which this relay pays gas (relay:leastNotionalE8); raise its size, or close a whole position by a reduce-only order of its size.";
        Assert.Equal(Sentence, await RefusalAsync(_world.Sign(1, -1, Btc, 1)));

        // Its limit is the signer's to choose, and an option's premium says little of what it is about.
        Assert.Equal(Sentence, await RefusalAsync(_world.Sign(1, -1, Btc * 100_000, 1)));
        await TakenAsync(_world.Sign(1, -2_000, One, 1));
        await TakenAsync(_world.Sign(1, -One, One / 100, 2, instrument: Instrument.Call(2, ApiWorld.Expiry, 32_000_000)));
        Assert.Contains("of its underlying or token", await RefusalAsync(_world.Sign(1, 10, ApiWorld.EthE8, 3, instrument: SpotOrders.Of(1))), StringComparison.Ordinal);

        _world.Change(book => book with { Accounts = book.Accounts.With(_world.Account(3, 15_000, new Position(Instrument.Perpetual(1), 7, 7))) });
        Assert.Contains("of its underlying or token", await RefusalAsync(_world.Sign(3, -6, Btc, 1, RestingOrder.ReduceOnly)), StringComparison.Ordinal);
        Assert.Contains("of its underlying or token", await RefusalAsync(_world.Sign(3, -7, Btc, 1)), StringComparison.Ordinal);
        await TakenAsync(_world.Sign(3, -7, Btc, 1, RestingOrder.ReduceOnly));
    }

    private PriceBand Band(Instrument instrument) => PriceBand.Of(instrument, _world.Live.Inputs.View, _world.Books.Current!.Book.Parameters.Clearing)!.Value;

    private async Task<RestingOrder> TakenAsync(Clearinghouse.SignedOrder signed)
    {
        OrderOutcome outcome = await _world.OrderRelay.SubmitAsync(signed, null, CancellationToken.None);
        Assert.Equal("", outcome.Refusal);
        return outcome.Order!;
    }

    private static ProtocolBook WithEther(ProtocolBook book, ulong id)
    {
        BookAccount account = book.Accounts[id];
        AccountState state = account.State with { Positions = [.. account.State.Positions, new Position(Instrument.Perpetual(2), One, 0)] };
        return book with { Accounts = AccountTable.Of(book.Accounts.Values.Select(other => other.Id == id ? account with { State = state } : other)) };
    }

    private async Task<string> RefusalAsync(Clearinghouse.SignedOrder signed) => (await _world.OrderRelay.SubmitAsync(signed, null, CancellationToken.None)).Refusal;
}
