using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Markets;

namespace OnchainMargin.Solver.Tests.Markets;

/// <summary>What can be taken out by computation, as the clearing module would let it.</summary>
public sealed class WithdrawableTests
{
    private const long Window = 1800;
    private static readonly UInt128 Ether = 1_000_000_000_000_000_000;

    /// <summary>Without positions the cash beyond the locked gains goes without a proof, and with collateral more.</summary>
    [Theory]
    [InlineData(0, 600)]
    [InlineData(1, 1000)]
    public void AmountRaw_LockedGainsWithoutPositions_StayUnlessCollateralCoversThem(int ethers, int dollars)
    {
        BookAccount account = Bare(1000, lockedDollars: 400, ethers);

        UInt128 most = Withdrawable.AmountRaw(account, 0, Book(account), Books.TwoMarkets());

        Assert.True(most >= (UInt128)dollars * 1_000_000, $"{most}");
        Assert.True(ethers != 0 || most == 600_000_000, $"{most}");
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public void AmountRaw_TokensWithoutPositions_AllGoWhileCashCoversTheLockedGains(int locked, bool all)
    {
        BookAccount account = Bare(1000, locked, ethers: 2);

        UInt128 most = Withdrawable.AmountRaw(account, 1, Book(account), Books.TwoMarkets());

        Assert.Equal(all, most == 2 * Ether);
        Assert.NotEqual(UInt128.Zero, most);
    }

    /// <summary>While paused the chain takes no proof: what needs none still goes.</summary>
    [Fact]
    public void AmountRaw_WhilePaused_IsWhatNeedsNoProof()
    {
        BookAccount bare = Bare(1000, lockedDollars: 400, ethers: 1), indebted = Bare(1000, lockedDollars: 1001, ethers: 1), trading = Short(ethers: 10);
        (UInt128, UInt128) Both(BookAccount account, bool isPaused) => (
            Withdrawable.AmountRaw(account, 0, Book(account) with { IsPaused = isPaused }, Books.TwoMarkets()), Withdrawable.AmountRaw(account, 1, Book(account) with { IsPaused = isPaused }, Books.TwoMarkets()));

        Assert.Equal(((UInt128)600_000_000, Ether), Both(bare, isPaused: true));
        Assert.True(Both(bare, isPaused: false).Item1 > 600_000_000);
        foreach (BookAccount account in (BookAccount[])[indebted, trading])
        {
            Assert.Equal((UInt128.Zero, UInt128.Zero), Both(account, isPaused: true));
            Assert.NotEqual(UInt128.Zero, Both(account, isPaused: false).Item1);
        }
    }

    [Fact]
    public void AmountRaw_InALot_IsNothing()
    {
        BookAccount account = Bare(1000, lockedDollars: 0, ethers: 1) with { OpenLot = 3 };

        Assert.Equal(UInt128.Zero, Withdrawable.AmountRaw(account, 0, Book(account), Books.TwoMarkets()));
        Assert.Equal(UInt128.Zero, Withdrawable.AmountRaw(account, 1, Book(account), Books.TwoMarkets()));
    }

    /// <summary>Tokens of a halted market add nothing, net nothing and are averaged by nothing: beside positions in another market the cash that goes is that of an account without them.</summary>
    [Theory]
    [InlineData(true, 2000)]
    [InlineData(false, 2000)]
    [InlineData(true, 1900)]
    [InlineData(true, 2100)]
    public void AmountRaw_TokensOfAHaltedMarket_CountForNothing(bool isHalted, double average)
    {
        CheckpointInputs inputs = Books.TwoMarkets(isHalted ? MarketState.Halted : MarketState.Normal, average);
        BookAccount with = Short(ethers: 10);
        BookAccount without = Short(ethers: 0);

        UInt128 most = Withdrawable.AmountRaw(with, 0, Book(with), inputs);
        UInt128 bare = Withdrawable.AmountRaw(without, 0, Book(without), inputs);

        Assert.NotEqual(UInt128.Zero, bare);
        Assert.True(isHalted ? most == bare : most > bare, $"{most}, {bare} without");
    }

    /// <summary>A future in its settlement window counts at the average by what of it follows the spot, whatever the clock says.</summary>
    [Theory]
    [InlineData(1800, 100)]
    [InlineData(600, 33)]
    [InlineData(0, 0)]
    public void AsideE8_OfAFutureInItsWindow_IsOfWhatFollowsTheSpot(long followSeconds, int dollars)
    {
        const uint Expiry = (uint)Books.Start + 600;
        var surface = new Surface(2000 * Books.One, 2000 * Books.One, 360_000_000_000, 0, 0, 0, 10_000_000);
        CheckpointInputs inputs = Books.Inputs(1, Books.Start, 2000, record: record => record with
        {
            AverageSpotE8 = 1900 * Books.One,
            Expiries = [new ExpiryRecord(Expiry, Books.Start, 1_000_000_000_000, surface, surface) { FollowSeconds = followSeconds }],
        });
        BookAccount account = Books.Account(1, 0, 0, 0) with
        {
            State = new AccountState { CashE8 = 10_000 * Books.One, InterestIndexE12 = 1_000_000_000_000, Positions = [new Position(Instrument.Future(1, Expiry), Books.One, 2000 * (Int128)Books.One)] },
        };

        Int128 asideE8 = Withdrawable.AsideE8(new Holding(account.State, account.Balances), 10_000 * (Int128)Books.One, Book(account), inputs);

        Assert.Equal(dollars, (int)(asideE8 / Books.One));
    }

    private static BookAccount Bare(long dollars, long lockedDollars, int ethers) => Books.Account(1, 0, 0, 0, Tokens(ethers)) with
    {
        State = new AccountState
        {
            CashE8 = dollars * Books.One,
            InterestIndexE12 = 1_000_000_000_000,
            LockedGainE8 = (ulong)lockedDollars * 100_000_000,
            GainTime = (ulong)Books.Start,
        },
    };

    /// <summary>Short one unit of the second market at its price.</summary>
    private static BookAccount Short(int ethers) => Books.Account(1, 0, 0, 0, Tokens(ethers)) with
    {
        State = new AccountState
        {
            CashE8 = 50_000 * Books.One,
            InterestIndexE12 = 1_000_000_000_000,
            Positions = [new Position(Instrument.Perpetual(2), -Books.One, -50_000 * (Int128)Books.One)],
        },
    };

    private static System.Collections.Immutable.ImmutableArray<Balance> Tokens(int ethers) => ethers == 0 ? [] : [new Balance(1, (UInt128)ethers * Ether)];

    private static ProtocolBook Book(BookAccount account) => Books.Of([Books.TwoMarkets()], account) with
    {
        Parameters = new BookParameters { Oracle = new() { AveragingWindowSeconds = (uint)Window } },
    };
}
