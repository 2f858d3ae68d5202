using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Solver.Keeping;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Keeping;

/// <summary>What a duty may cost: $100, or a twentieth of what is at stake. At a base fee of 100 gwei and ether at $3,000 the start of eight options costs $299 at most and one without equity is paid nothing, and taking 128 legs over costs $5,942.</summary>
public sealed class DutyWorthTests : KeeperWorld
{
    private const ulong StartGas = 494_000;
    private const ulong TakeOverGas = 9_805_700;

    /// <summary>The scale of what <see cref="KeeperWorld.Lot"/> makes, whose margin is 14.</summary>
    private const int LotMargin = 14;

    private static readonly GasOffer Crash = new(202_000_000_000UL, 2_000_000_000UL);

    [Theory]
    [InlineData(100, false)]
    [InlineData(5_900, false)]
    [InlineData(6_100, true)]
    [InlineData(1_000_000, true)]
    public async Task Start_AtCrashGas_IsSentForATwentiethOfItsMargin(int margin, bool isSent)
    {
        (Node.Gas, Node.Asked) = (StartGas, Crash);
        BookAccount account = Sunk(margin);
        var lines = new LogLines<KeeperRole>();
        await LookAsync(BookOf([], account), options: new KeeperOptions(), logger: lines);
        Assert.Equal(isSent ? [Intent("start", account)] : [], Store.UnsettledOf(Key.Address).Select(static entry => entry.Intent));
        Assert.Equal(!isSent, lines.Said.Any(static line => line.Contains("too-dear: start waits", StringComparison.Ordinal) && line.Contains("gas costs 299.36 at 202.000 gwei, more than the 100.00 of keeper:dutyCostE8 and a twentieth of the", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(100, 2, false)]
    [InlineData(1_000_000, 2, true)]
    [InlineData(1_000_000, 1, false)]
    public async Task TakeOver_AtCrashGas_IsSentForATwentiethOfTheLotWhereNodesTakeWhatItCosts(int margin, int maxCostEther, bool isSent)
    {
        (Node.Gas, Node.Asked) = (TakeOverGas, Crash);
        (BookAccount account, BookLot lot) = Lot(7, 51, 19, -1);
        Assert.Equal(MarginError.None, AccountState.Unpack(lot.State, out AccountState? state));
        Position held = state!.Positions[0];
        int scale = margin / LotMargin;
        state = state with { CashE8 = state.CashE8 * scale, Positions = [held with { SizeE8 = held.SizeE8 * scale, CostE8 = held.CostE8 * scale }] };
        lot = lot with { State = state.Pack(), MaintenanceE8 = (UInt128)margin * Books.One };
        var lines = new LogLines<KeeperRole>();
        using TransactionManager manager = Manager(TimeProvider.System, maxCostEther: maxCostEther);
        await LookAsync(BookOf([lot], account), options: new KeeperOptions(), logger: lines, manager: manager);
        Assert.Equal(isSent ? [KeeperKeys.Of("take-over", lot)] : [], Store.UnsettledOf(Key.Address).Select(static entry => entry.Intent));
        Assert.Equal(maxCostEther == 1, lines.Said.Any(static line => line.Contains("waits: The transaction needs 10805700 gas at 102.000 gwei, more than the 1 ETH of transactions:maxCostEther", StringComparison.Ordinal)));
    }

    /// <summary>A start of $8,000 may cost $400, which is 269 gwei a gas; the price falls on, and it owes $22,857.</summary>
    [Fact]
    public async Task Start_WaitsWhileGasRises_IsRaisedUpToATwentiethOfWhatIsAtStakeByThen()
    {
        var time = new FakeTime();
        var prices = new PricesNode(Live, 0, 0);
        (Node.Gas, Node.Asked) = (StartGas, new GasOffer(20_000_000_000UL, 2_000_000_000UL));
        ProtocolBook book = BookOf([], Sunk(8_000));
        using TransactionManager manager = Manager(time);
        using KeeperLooks keeper = await KeeperAsync(manager, time, new KeeperOptions(), prices: prices);
        await keeper.LookAsync(book);
        foreach ((ulong asked, ulong offered) in new (ulong, ulong)[] { (240, 240), (400, 269) })
        {
            Node.Asked = new GasOffer(asked * GasOffer.WeiPerGwei, 2_000_000_000UL);
            await PassAsync();
            Assert.Equal(offered, Offered());
        }

        await keeper.LookAsync(book);
        await PassAsync();
        Assert.Equal(269UL, Offered());
        prices.Live = Books.Inputs(1, Books.Start, 60);
        await keeper.LookAsync(book);
        await PassAsync();
        Assert.Equal(400UL, Offered());

        async Task PassAsync()
        {
            for (int i = 0; i < 2; i++)
            {
                time.Pass(30);
                await manager.RunOnceAsync(CancellationToken.None);
            }
        }

        ulong Offered() => (ulong)(Store.AttemptsOf(Assert.Single(Store.UnsettledOf(Key.Address)).Intent)[^1].MaxFeePerGasWei / GasOffer.WeiPerGwei);
    }

    /// <summary>Both have a notional of $100,000. Options that expired worthless anybody sells himself by the thousand.</summary>
    [Theory]
    [InlineData(InstrumentKind.Future, true)]
    [InlineData(InstrumentKind.Call, false)]
    public async Task SettleNeed_AtCrashGas_IsWorthATwentiethOfWhatItSettlesAt(InstrumentKind kind, bool isSent)
    {
        (Node.Gas, Node.Asked) = (StartGas, Crash);
        uint expiry = (uint)(Books.Start - 86_400);
        Instrument instrument = kind == InstrumentKind.Future ? Instrument.Future(1, expiry) : Instrument.Call(1, expiry, 200_0000);
        ProtocolBook book = BookOf([]);
        book = book with { Needs = book.Needs.Add(instrument, 1_000 * Books.One), Settlements = book.Settlements.With(1, expiry, 100 * Books.One) };
        await LookAsync(book, options: new KeeperOptions());
        Assert.Equal(isSent ? 1 : 0, Node.Broadcasts.Count);
    }

    /// <summary>A margin of 14 % is asked of what nobody serves.</summary>
    [Theory]
    [InlineData(400, false)]
    [InlineData(450, true)]
    public async Task Serve_AtCrashGas_IsWorthATwentiethOfTheMarginOfWhatIsServed(int size, bool isSent)
    {
        (Node.Gas, Node.Asked) = (StartGas, Crash);
        BookAccount holder = UnderWater(1, 1, 100_000_000);
        holder = holder with { State = holder.State with { Positions = [holder.State.Positions[0] with { SizeE8 = 1_000 * Books.One }] } };
        ProtocolBook book = BookOf([], holder);
        await LookAsync(book with { Needs = book.Needs.Add(Instrument.Perpetual(1), -size * Books.One) }, options: new KeeperOptions());
        Assert.Equal(isSent ? [Intent("serve", holder)] : [], Store.UnsettledOf(Key.Address).Select(static entry => entry.Intent));
    }

    /// <summary>A lot whose own margin is nothing to speak of serves a need that settles at $100,000.</summary>
    [Fact]
    public async Task ServeOfALot_AtCrashGas_IsWorthATwentiethOfWhatIsServedAsWell()
    {
        (Node.Gas, Node.Asked) = (StartGas, Crash);
        var expired = Instrument.Future(1, (uint)(Books.Start - 60));
        (BookAccount account, BookLot lot) = Lot(7, 51, 19, -1);
        Assert.Equal(MarginError.None, AccountState.Unpack(lot.State, out AccountState? state));
        state = state! with { Positions = [new Position(expired, 1_000 * Books.One, 100_000 * (Int128)Books.One)] };
        lot = lot with { State = state.Pack() };
        ProtocolBook book = BookOf([lot], account);
        Node.Refused.Add(Hex(new ProtocolCalls(Deployment.Contracts).SettleNeed(expired)));
        await LookAsync(book with { Needs = book.Needs.Add(expired, -1_000 * Books.One), Settlements = book.Settlements.With(1, expired.Expiry, 100 * Books.One) }, options: new KeeperOptions());
        Assert.Equal([KeeperKeys.Of("serve", lot)], Store.UnsettledOf(Key.Address).Select(static entry => entry.Intent));
    }

    /// <summary>An account of a margin, at a spot of 100 and a range of 14 %, of which it has a hundredth.</summary>
    private static BookAccount Sunk(int margin)
    {
        BookAccount account = UnderWater(1, 1);
        long size = margin * Books.One / 14;
        return account with { State = account.State with { CashE8 = margin * Books.One / 100, Positions = [account.State.Positions[0] with { SizeE8 = size, CostE8 = 100 * (Int128)size }] } };
    }
}
