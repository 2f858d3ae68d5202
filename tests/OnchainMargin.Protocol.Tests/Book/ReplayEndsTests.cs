using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Keeping;
using LiquidationParameters = OnchainMargin.Protocol.Generated.RiskParameters.LiquidationParameters;

namespace OnchainMargin.Protocol.Tests.Book;

/// <summary>How accounts, lots, needs and bonds end, and what goes on from there.</summary>
public sealed class ReplayEndsTests
{
    private const ulong Began = 1_770_000_100;
    private static readonly Address Clearing = TestDeployment.Record.Contracts.Clearinghouse;
    private static readonly Address House = TestDeployment.Record.Contracts.LiquidationHouse;
    private static readonly Address Owner = SampleDeployment.At(77);
    private static readonly LiquidationParameters Terms = new() { GraceSeconds = 60, DiscountMaxE8 = 20_000_000, DiscountRampSeconds = 1200, ResumeSeconds = 3600 };

    /// <summary>A lot that ended 500 seconds after its grace, and another that begins so much later.</summary>
    [Theory]
    [InlineData(10UL, 500UL)]
    [InlineData(3600UL, 500UL)]
    [InlineData(3601UL, 0UL)]
    public void Apply_LotAfterOneThatEnded_ResumesItsAgeWithinAnHour(ulong after, ulong age)
    {
        BookReplay replay = Replay(Opened(1), Started(1, Began - 60), Ended(1, Began + 500), Started(2, Began + 500 + after));
        BookLot lot = replay.Book.Lots[2];
        Assert.Equal(lot.BiddingFromSeconds - age, lot.StartSeconds);
        Assert.Equal(Lots.Discount((long)age + 100, 20_000_000, 1200), (long)lot.DiscountE8(lot.BiddingFromSeconds + 100, Terms));
        Assert.Equal((0UL, 20_000_000UL), (lot.DiscountE8(lot.StartSeconds - 1, Terms), lot.DiscountE8(lot.StartSeconds + 9_999, Terms)));
    }

    [Fact]
    public void Apply_LotAfterTwo_ResumesTheAgeOfBoth()
    {
        BookReplay replay = Replay(Opened(1), Started(1, Began - 60), Ended(1, Began + 500), Started(2, Began + 600), Ended(2, Began + 960), Started(3, Began + 1000));
        Assert.Equal(500UL + 300, replay.Book.Lots[3].BiddingFromSeconds - replay.Book.Lots[3].StartSeconds);
    }

    /// <summary>It is settled and swept without an event of its state.</summary>
    [Fact]
    public void Apply_AccountIsClosed_HoldsNothingMore()
    {
        AccountState expired = AccountState.Empty with { Version = 1, Positions = [new Position(Instrument.Call(1, 1_769_990_400, 1_000_000_000), 100_000_000, 0)] };
        BookReplay replay = Replay(
            Opened(1),
            TestLogs.Make(Clearing, "event AccountUpdated(uint64 indexed account, bytes32 stateHash, bytes state)", 2, 1UL, Keccak256.Hash(expired.Pack()), expired.Pack()),
            TestLogs.Make(TestDeployment.Record.Contracts.SpotMarkets, "event SettlementFixed(uint16 indexed underlying, uint32 indexed expiry, uint64 priceE8, uint32 coveredSeconds)", 3, (ushort)1, 1_769_990_400U, 5_000_000_000_000UL, 1800));
        Assert.True(Liquidations.IsSettleable(replay.Book, replay.Book.Accounts[1]));

        replay.Apply([TestLogs.Make(Clearing, "event AccountClosed(uint64 indexed account)", 9, 1UL)], 9, default, Began);
        BookAccount closed = replay.Book.Accounts[1];
        Assert.Equal((AccountState.Empty, 9UL, Owner), (closed.State, closed.ChangedInBlock, closed.Owner));
        Assert.Equal(Keccak256.Hash(closed.StateBytes), closed.StateHash);
        Assert.False(Liquidations.IsSettleable(replay.Book, closed));
    }

    /// <summary>Only the settlement of a need says so, and it has a price, whatever of it is known here.</summary>
    [Fact]
    public void Apply_NeedIsNetted_IsGone()
    {
        var leg = Instrument.Future(1, 1_769_990_400);
        BookReplay replay = Replay(
            TestLogs.Make(Clearing, "event NeedOpened(uint64 indexed lotAccount, uint96 indexed instrument, int256 sizeE8, int256 costE8)", 7, 1UL, leg.Packed, 200, 1),
            TestLogs.Make(Clearing, "event NeedNetted(uint96 indexed instrument, int256 gainE8)", 8, leg.Packed, 5));
        Assert.Empty(replay.Book.Needs);
    }

    [Fact]
    public void Apply_AttesterIsSlashed_MayBeAdmittedAnewWhenTheBondWouldBeFree()
    {
        Address bonds = TestDeployment.Record.Contracts.AttesterBonds;
        Address liar = SampleDeployment.At(81);
        BookReplay replay = Replay(
            TestLogs.Make(bonds, "event Joined(address indexed attester, address indexed payer, uint256 bondRaw)", 2, liar, Owner, (UInt256)900U),
            TestLogs.Make(bonds, "event Slashed(address indexed attester, address indexed prover)", 9, liar, Owner) with { BlockTimestampSeconds = Began });
        Assert.Equal(new BookBond(0U, Began + BookBond.UnbondingSeconds, true), replay.Book.Bonds[liar]);
        using var constants = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestFiles.Root, "spec", "constants.json")));
        Assert.Equal(BookBond.UnbondingSeconds, constants.RootElement.GetProperty("attestation").GetProperty("unbondingSeconds").GetUInt64());
    }

    private static BookReplay Replay(params LogEntry[] logs)
    {
        var replay = new BookReplay(TestDeployment.Record);
        replay.Reset(ProtocolBook.Empty with { Parameters = new BookParameters { Liquidation = Terms } });
        replay.Apply(logs, 8, default, Began);
        return replay;
    }

    private static LogEntry Opened(ulong account) =>
        TestLogs.Make(Clearing, "event AccountOpened(uint64 indexed account, address indexed owner, bytes32 stateHash)", 1, account, Owner, Keccak256.Hash(AccountState.Empty.Pack()));

    private static LogEntry Started(ulong lot, ulong at) => TestLogs.Make(
        House,
        "event LotStarted(uint64 indexed lot, uint64 indexed account, address indexed keeper, bytes32 lotHash, bytes state, bytes balances, int256 equityE8, uint256 maintenanceE8, uint64 forSaleE8, uint40 biddingFrom)",
        5, lot, 1UL, Owner, Keccak256.HashUtf8("lot"), AccountState.Empty.Pack(), Array.Empty<byte>(), -5, 10, 40_000_000UL, at + 60) with
    { BlockTimestampSeconds = at };

    private static LogEntry Ended(ulong lot, ulong at) =>
        TestLogs.Make(House, "event LotEnded(uint64 indexed lot, uint64 indexed account, uint64 soldE8, uint128 proceedsE8)", 6, lot, 1UL, 0UL, (UInt128)0) with { BlockTimestampSeconds = at };
}
