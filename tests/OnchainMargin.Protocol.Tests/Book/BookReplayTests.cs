using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Tests.Checkpoints;

namespace OnchainMargin.Protocol.Tests.Book;

public sealed class BookReplayTests
{
    private static readonly Address Vault = TestDeployment.Record.Contracts.MarginVault;
    private static readonly Address Clearing = TestDeployment.Record.Contracts.Clearinghouse;
    private static readonly Address House = TestDeployment.Record.Contracts.LiquidationHouse;
    private static readonly Address Registry = TestDeployment.Record.Contracts.RiskRegistry;
    private static readonly Address Owner = SampleDeployment.At(77);
    private static readonly byte[] Empty = AccountState.Empty.Pack();

    [Fact]
    public void Apply_LifeOfAnAccount_GivesStateTokensAndOwner()
    {
        AccountState traded = AccountState.Empty with { CashE8 = -5_00000000, Version = 1, InterestIndexE12 = 1_000_000_000_000, Positions = [new Position(Instrument.Perpetual(1), -100_000_000, -90_000_00000000)] };
        BookReplay replay = Replay(
            Opened(1), Deposited(1, 0, 1000), Deposited(1, 2, 50), Deposited(1, 1, 7), Swept(1, 1000), Updated(1, traded.Pack()), Paid(1, 1, 7), Opened(2), Moved(1, 2, 2, 20));

        BookAccount account = replay.Book.Accounts[1];
        Assert.Equal(Owner, account.Owner);
        Assert.Equal(traded, account.State);
        Assert.Equal(Keccak256.Hash(traded.Pack()), account.StateHash);
        Assert.Equal(Keccak256.Hash(traded.Pack().AsSpan(64)), account.PositionsHash);
        Assert.Equal([new Balance(2, 30)], account.Balances.ToArray());
        Assert.Equal([new Balance(2, 20)], replay.Book.Accounts[2].Balances.ToArray());
        Assert.Equal(9UL, replay.Book.BlockNumber);
    }

    /// <summary>Between operations, which tell the whole ledger in the end, interest moves it (CLR-032).</summary>
    [Fact]
    public void Apply_InterestBetweenOperations_MovesTheLedger()
    {
        BookReplay replay = Replay(Accrued(40), Accrued(2));
        Assert.Equal((UInt128)42, replay.Book.Ledger.InsuranceE8);
        Assert.Equal((Int128)(-42), replay.Book.Ledger.InterestE8);
    }

    [Fact]
    public void Apply_DelegatesAndTheirEnd_AreWhoMayAct()
    {
        Address bot = SampleDeployment.At(78);
        BookReplay replay = Replay(Opened(1), Given(1, bot, 5, 100), Given(1, SampleDeployment.At(79), 2, 50));
        BookAccount account = replay.Book.Accounts[1];
        Assert.True(account.May(Owner, DelegateRights.Move, ulong.MaxValue));
        Assert.True(account.May(bot, DelegateRights.Trade, 100));
        Assert.False(account.May(bot, DelegateRights.Trade, 101));
        Assert.False(account.May(bot, DelegateRights.Cancel, 100));

        replay.Apply([Given(1, bot, 2, 200)], 20, default, 0);
        Assert.Equal((2, false, true), (replay.Book.Accounts[1].Delegates.Count, replay.Book.Accounts[1].May(bot, DelegateRights.Trade, 0), replay.Book.Accounts[1].May(bot, DelegateRights.Cancel, 200)));
        replay.Apply([Given(1, bot, 0, 0)], 21, default, 0);
        Assert.Equal(SampleDeployment.At(79), Assert.Single(replay.Book.Accounts[1].Delegates).Key);
    }

    [Fact]
    public void Apply_LifeOfABond_EndsPaidBackOrSlashed()
    {
        Address bonds = TestDeployment.Record.Contracts.AttesterBonds;
        Address honest = SampleDeployment.At(80), liar = SampleDeployment.At(81);
        LogEntry Joined(Address who) => TestLogs.Make(bonds, "event Joined(address indexed attester, address indexed payer, uint256 bondRaw)", 2, who, Owner, (UInt256)900U);
        BookReplay replay = Replay(Joined(honest), Joined(liar), TestLogs.Make(bonds, "event Left(address indexed attester, uint256 releaseTime)", 3, honest, (UInt256)777U));
        Assert.Equal(new BookBond(900U, 777, false), replay.Book.Bonds[honest]);
        Assert.Equal(new BookBond(900U, 0, false), replay.Book.Bonds[liar]);

        replay.Apply(
            [
                TestLogs.Make(bonds, "event Released(address indexed attester, uint256 bondRaw)", 9, honest, (UInt256)900U),
                TestLogs.Make(bonds, "event Slashed(address indexed attester, address indexed prover)", 9, liar, Owner),
            ],
            9,
            default,
            0);
        Assert.Equal((new BookBond(0U, 777, false), new BookBond(0U, 0, true)), (replay.Book.Bonds[honest], replay.Book.Bonds[liar]));
    }

    [Fact]
    public void Apply_GuardianStopsSteps_UntilItLetsThemGoOn()
    {
        LogEntry Set(bool isStopped) => TestLogs.Make(TestDeployment.Record.Contracts.ParameterSteps, "event StoppedSet(bool stopped)", 2, isStopped);
        BookReplay replay = Replay(Set(true));
        Assert.True(replay.Book.Steps.IsStopped);

        replay.Apply([Set(false)], 9, default, 0);
        Assert.False(replay.Book.Steps.IsStopped);
    }

    [Fact]
    public void Apply_GuardianStopsSurfaces_UntilItLetsThemGoOn()
    {
        LogEntry Set(bool isStopped) => TestLogs.Make(TestDeployment.Record.Contracts.VolSurfaces, "event StoppedSet(bool stopped)", 2, isStopped);
        BookReplay replay = Replay(Set(true));
        Assert.Equal((true, false), (replay.Book.AreSurfacesStopped, replay.Book.Steps.IsStopped));

        replay.Apply([Set(false)], 9, default, 0);
        Assert.False(replay.Book.AreSurfacesStopped);
    }

    /// <summary>From 5 % to 8 % in a day, of a token without a threshold that gets one; then back at once, which ends the way.</summary>
    [Fact]
    public void Apply_TokenOnItsWay_IsInForceByTheSecond()
    {
        const string Token = "(uint16 underlying,uint64 unitsE8,uint32 haircutBaseE8,uint32 haircutMaxE8,uint64 thresholdE8)";
        LogEntry Ramp(uint baseE8, uint maxE8, ulong start) => TestLogs.Make(
            TestDeployment.Record.Contracts.RiskParameters, $"event TokenRampSet(uint16 indexed token, {Token} from, uint40 start, uint40 end)", 2, (ushort)3, Words(baseE8, maxE8), start, start + 86_400);
        LogEntry Set(uint baseE8, uint maxE8) => TestLogs.Make(TestDeployment.Record.Contracts.RiskParameters, $"event TokenSet(uint16 indexed token, {Token} parameters)", 2, (ushort)3, Words(baseE8, maxE8));
        object[] Words(uint baseE8, uint maxE8) => [(ushort)1, 100_000_000UL, baseE8, maxE8, 7UL];
        BookReplay replay = Replay(Set(5_000_000, 5_000_000), Ramp(5_000_000, 5_000_000, 1_000_000), Set(8_000_000, 16_000_000));
        (uint Base, uint Max, ulong Threshold) At(long seconds) => replay.Book.Parameters.TokenAt(3, seconds) is var p ? (p.HaircutBaseE8, p.HaircutMaxE8, p.ThresholdE8) : default;

        Assert.Equal(8_000_000U, replay.Book.Parameters.Tokens[3].HaircutBaseE8);
        Assert.Equal((5_000_000U, 5_000_000U, 7UL), At(999_999));
        Assert.Equal((5_125_000U, 5_458_334U, 7UL), At(1_003_600));
        Assert.Equal((8_000_000U, 16_000_000U, 7UL), At(1_086_400));

        // A step goes on from where it has brought the field, to the same second.
        replay.Apply([Ramp(6_000_000, 5_458_334, 1_003_600) with { BlockNumber = 9 }, Set(8_000_000, 16_000_000) with { BlockNumber = 9 }], 9, default, 0);
        Assert.Equal(6_000_000U, At(1_003_600).Base);

        replay.Apply([Set(4_000_000, 5_000_000)], 10, default, 0);
        Assert.Equal((4_000_000U, 5_000_000U, 7UL), At(1_003_600));
        Assert.Empty(replay.Book.Parameters.TokenRamps);
    }

    [Fact]
    public void Apply_DepositsInAnyOrder_KeepsTokensAscending()
    {
        BookReplay replay = Replay(Opened(1), Deposited(1, 5, 1), Deposited(1, 0, 2), Deposited(1, 3, 3), Deposited(1, 3, 4));
        Assert.Equal([new Balance(0, 2), new Balance(3, 7), new Balance(5, 1)], replay.Book.Accounts[1].Balances.ToArray());
    }

    [Fact]
    public void Apply_LifeOfALot_OpensFillsAndEndsIt()
    {
        BookReplay replay = Replay(Opened(1), Started(3, 1, 40_000_000));
        Assert.Equal(3UL, replay.Book.Accounts[1].OpenLot);
        Assert.Single(replay.Book.OpenLots);

        replay.Apply([Bid(3, 0, 10_000_000, 500), Bid(3, 10_000_000, 25_000_000, -200)], 20, default, 0);
        BookLot lot = replay.Book.Lots[3];
        Assert.Equal(25_000_000UL, lot.SoldE8);
        Assert.Equal(15_000_000UL, lot.LeftE8);
        Assert.Equal((UInt128)500, lot.ProceedsE8);
        Assert.Equal(2, lot.Bids);

        replay.Apply([TestLogs.Make(House, "event LotEnded(uint64 indexed lot, uint64 indexed account, uint64 soldE8, uint128 proceedsE8)", 21, 3UL, 1UL, 25_000_000UL, (UInt128)500)], 21, default, 0);
        Assert.Empty(replay.Book.OpenLots);
        Assert.Equal(0UL, replay.Book.Accounts[1].OpenLot);
    }

    [Fact]
    public void Apply_LotThatOnlyServed_HasNothingForSaleUntilAWitnessShowsIt()
    {
        byte[] rest = (AccountState.Empty with { CashE8 = 3, Version = 2 }).Pack();
        BookReplay replay = Replay(Opened(1), Started(3, 1, 40_000_000), TakenOver(3, 1, rest, forSale: 0));
        Assert.Equal((0UL, (UInt128)0, true), (replay.Book.Lots[3].ForSaleE8, replay.Book.Lots[3].MaintenanceE8, replay.Book.Lots[3].HasServed));
    }

    [Fact]
    public void Apply_LotThatLacksSomething_SaysSinceWhen()
    {
        BookReplay replay = Replay(Opened(1), Started(3, 1, 40_000_000), Insolvent(3, 1_770_000_400));
        Assert.Equal(1_770_000_400UL, replay.Book.Lots[3].InsolventSinceSeconds);
        replay.Apply([Insolvent(3, 0)], 21, default, 0);
        Assert.Equal(0UL, replay.Book.Lots[3].InsolventSinceSeconds);
    }

    [Fact]
    public void Apply_LotThatIsTakenOver_GoesOnWithItsNewPreimageAndLeavesNeeds()
    {
        byte[] rest = (AccountState.Empty with { CashE8 = 3, Version = 2 }).Pack();
        var leg = Instrument.Perpetual(1);
        BookReplay replay = Replay(Opened(1), Started(3, 1, 40_000_000), Bid(3, 0, 10_000_000, 500), NeedOpened(1, leg, 200), NeedOpened(1, Instrument.Perpetual(2), -7), TakenOver(3, 1, rest));

        BookLot lot = replay.Book.Lots[3];
        Assert.True(lot.IsOpen);
        Assert.Equal(rest, lot.State);
        Assert.Equal(Keccak256.HashUtf8("rest"), lot.LotHash);
        Assert.Equal((0UL, 100_000_000UL, (UInt128)0, (UInt128)60), (lot.SoldE8, lot.ForSaleE8, lot.ProceedsE8, lot.InsuredE8));
        Assert.Equal(200, replay.Book.Needs[leg]);

        replay.Apply([NeedServed(2, leg, 150)], 21, default, 0);
        Assert.Equal(50, replay.Book.Needs[leg]);
        replay.Apply([NeedServed(3, leg, 50)], 22, default, 0);
        Assert.Equal([Instrument.Perpetual(2)], replay.Book.Needs.Keys);
    }

    [Fact]
    public void Apply_SettlementPrice_SettlesWhatTheNextOperationSettles()
    {
        var future = Instrument.Future(1, 1_770_000_000);
        AccountState held = AccountState.Empty with { CashE8 = 5, Version = 1, Positions = [new Position(future, 100_000_000, 90)] };
        BookReplay replay = Replay(Opened(1), Updated(1, held.Pack()), Fixed(1, 1_770_000_000, 100));

        Assert.Equal(100, replay.Book.Settlements.PriceE8(future));
        AccountState settled = replay.Book.Settlements.Settle(replay.Book.Accounts[1].State);
        Assert.Empty(settled.Positions);
        Assert.Equal(15, settled.CashE8);
    }

    [Fact]
    public void Apply_ALastPriceBeforeTheWindDown_SettlesWhatHasExpiredWithoutAPriceOfItsOwn()
    {
        const uint Own = 1_770_000_000;
        const uint Early = 1_770_000_100;
        const uint Late = 1_770_000_200;
        AccountState held = AccountState.Empty with
        {
            CashE8 = 5,
            Version = 1,
            Positions = [new Position(Instrument.Perpetual(1), 100_000_000, 90), .. new[] { Own, Early, Late }.Select(static expiry => new Position(Instrument.Future(1, expiry), 100_000_000, 80))],
        };
        var replay = new BookReplay(TestDeployment.Record);
        replay.Apply([Opened(1), Updated(1, held.Pack()), Fixed(1, Own, 100), Fixed(1, 0, 1_000)], 20, default, Early - 1);
        // The chain looks at an expired position's own price first, then at the market's last; what has not expired waits for the wind-down.
        Assert.Equal(new long[] { 0, 100, 0, 0 }, held.Positions.Select(position => replay.Book.Settlements.PriceE8(position.Instrument)));

        replay.Apply([], 21, default, Early);
        Assert.Equal(new long[] { 0, 100, 1_000, 0 }, held.Positions.Select(position => replay.Book.Settlements.PriceE8(position.Instrument)));
        AccountState settled = replay.Book.Settlements.Settle(held);
        Assert.Equal((5 + (100 - 80) + (1_000 - 80), 2), ((int)settled.CashE8, settled.Positions.Length));
        // What a lot has left is reckoned at the last price as soon as that is fixed.
        AccountState lot = replay.Book.Settlements.SettleLot(held);
        Assert.Equal((5 + (100 - 80) + (2 * (1_000 - 80)) + (1_000 - 90), 0), ((int)lot.CashE8, lot.Positions.Length));

        replay.Apply([TestLogs.Make(Clearing, "event MarketWoundDown(uint16 indexed underlying, uint64 priceE8)", 22, (ushort)1, 1_000UL)], 22, default, Early);
        Assert.Empty(replay.Book.Settlements.Settle(held).Positions);
        Assert.Same(replay.Book.Settlements, replay.Book.Settlements.At(Late));
    }

    [Fact]
    public void Apply_WindDown_SettlesPerpetualsAtTheLastPriceLessFunding()
    {
        Checkpoint checkpoint = TestCheckpoints.Make(4);
        byte[] head = TestCheckpoints.Head(checkpoint);
        UnderlyingRecord record = checkpoint.Underlyings[0];
        AccountState held = AccountState.Empty with { CashE8 = 5, Version = 1, Positions = [new Position(Instrument.Perpetual(record.Underlying), 100_000_000, 90), new Position(Instrument.Future(record.Underlying, 4_000_000_000), 100_000_000, 80)] };
        BookReplay replay = Replay(
            Opened(1),
            Updated(1, held.Pack()),
            Taken(4, head, TestCheckpoints.Records(checkpoint), Keccak256.Hash(head)),
            TestLogs.Make(Clearing, "event MarketWoundDown(uint16 indexed underlying, uint64 priceE8)", 9, record.Underlying, 1_000UL));

        AccountState settled = replay.Book.Settlements.Settle(held);
        Assert.Empty(settled.Positions);
        Assert.Equal(5 + (1_000 - record.CumulativeFundingE8 - 90) + (1_000 - 80), settled.CashE8);

        // So is what is left of a lot, from the moment that the price is fixed.
        Assert.Equal(settled.CashE8, replay.Book.Settlements.SettleLot(held).CashE8);
        BookReplay before = Replay(Opened(1), Taken(4, head, TestCheckpoints.Records(checkpoint), Keccak256.Hash(head)), Fixed(record.Underlying, 0, 1_000));
        Assert.Equal(held, before.Book.Settlements.Settle(held));
        Assert.Equal(settled.CashE8, before.Book.Settlements.SettleLot(held).CashE8);
    }

    [Fact]
    public void Apply_IdleTokens_LieBesideTheBalancesUntilTheyCount()
    {
        BookReplay replay = Replay(Opened(1), Deposited(1, 1, 5), Idle("Idled(uint64 indexed account, uint16 indexed token, address indexed payer, uint128 amountRaw)", 1, 70));
        Assert.Equal(new Balance(1, 5), Assert.Single(replay.Book.Accounts[1].Balances));
        Assert.Equal(new Balance(1, 70), Assert.Single(replay.Book.Accounts[1].Idle));

        replay.Apply([TestLogs.Make(Vault, "event Engaged(uint64 indexed account, uint16 indexed token, uint128 amountRaw)", 21, 1UL, (ushort)1, (UInt128)30)], 21, default, 0);
        Assert.Equal(new Balance(1, 35), Assert.Single(replay.Book.Accounts[1].Balances));
        Assert.Equal(new Balance(1, 40), Assert.Single(replay.Book.Accounts[1].Idle));

        replay.Apply([Idle("IdlePaid(uint64 indexed account, uint16 indexed token, address indexed to, uint128 amountRaw)", 1, 40)], 22, default, 0);
        Assert.Empty(replay.Book.Accounts[1].Idle);
        Assert.Throws<ProtocolException>(() => replay.Apply([Idle("IdlePaid(uint64 indexed account, uint16 indexed token, address indexed to, uint128 amountRaw)", 1, 1)], 23, default, 0));
    }

    [Fact]
    public void Apply_CheckpointAndFills_GiveTheHourItsVolumeWithoutOptions()
    {
        Checkpoint checkpoint = TestCheckpoints.Make(4);
        byte[] head = TestCheckpoints.Head(checkpoint);
        UnderlyingRecord record = checkpoint.Underlyings[0];
        Instrument perpetual = Instrument.Perpetual(record.Underlying);
        BookReplay replay = Replay(
            Filled(perpetual, 900),
            Taken(4, head, TestCheckpoints.Records(checkpoint), Keccak256.Hash(head)),
            Filled(perpetual, -300),
            Filled(Instrument.Future(record.Underlying, 1_800_000_000), 20),
            Filled(Instrument.Call(record.Underlying, 1_800_000_000, 1_000_000), 4000));

        MarketHours hours = replay.Book.Hours[record.Underlying];
        Assert.Equal(checkpoint.Header.Time / 3600, hours.RunningHour);
        Assert.Equal((record.SpotE8, record.PerpetualMarkE8, 320), (hours.Running.SpotE8, hours.Running.PerpetualMarkE8, (int)hours.Running.VolumeE8));
        Assert.Equal(record.Expiries.Select(static one => (one.Expiry, one.Present)), hours.Running.Surfaces);
    }

    [Fact]
    public void Apply_RewardsAndLossesThatComeBack_AreHeldUntilTheyAreClaimed()
    {
        BookReplay replay = Replay(
            Opened(1),
            TestLogs.Make(Clearing, "event KeeperRewarded(uint64 indexed account, address indexed keeper, uint256 rewardE8)", 5, 1UL, Owner, (UInt256)900),
            TestLogs.Make(Clearing, "event LossTaken(address indexed owner, uint64 indexed account, uint256 lostE8)", 5, Owner, 1UL, (UInt256)150),
            TestLogs.Make(Clearing, "event LossesRecovered(uint256 paidE8, uint256 backE8)", 6, (UInt256)50, (UInt256)100));
        Assert.Equal(50U, replay.Book.LostE8);
        Assert.Equal((900U, 1000U), (replay.Book.Held[Owner], replay.Book.HeldE8));

        replay.Apply(
            [
                TestLogs.Make(Clearing, "event LossReturned(address indexed owner, uint256 backE8)", 21, Owner, (UInt256)99),
                TestLogs.Make(Clearing, "event Claimed(address indexed who, address indexed to, uint256 amountE8)", 21, Owner, Owner, (UInt256)999),
            ],
            21,
            default,
            0);
        Assert.Empty(replay.Book.Held);
        Assert.Equal(1U, replay.Book.HeldE8);
    }

    [Fact]
    public void Apply_AFeeOnCredit_IsHeldForTheBondsUntilItIsPaidThere()
    {
        Address bonds = TestDeployment.Record.Contracts.AttesterBonds;
        BookReplay replay = Replay(Opened(1), TestLogs.Make(Clearing, "event CreditFeePaid(uint64 indexed account, uint256 feeE8)", 5, 1UL, (UInt256)557));
        Assert.Equal((557U, 557U), (replay.Book.Held[bonds], replay.Book.HeldE8));

        replay.Apply([TestLogs.Make(Clearing, "event Claimed(address indexed who, address indexed to, uint256 amountE8)", 21, bonds, bonds, (UInt256)500)], 21, default, 0);
        Assert.Equal((57U, 57U), (replay.Book.Held[bonds], replay.Book.HeldE8));
    }

    [Fact]
    public void Apply_CheckpointAndEpoch_KeepsThem()
    {
        Checkpoint checkpoint = TestCheckpoints.Make(4);
        byte[] head = TestCheckpoints.Head(checkpoint);
        Hash32 root = Keccak256.HashUtf8("root");
        BookReplay replay = Replay(
            Taken(4, head, TestCheckpoints.Records(checkpoint), Keccak256.Hash(head)),
            TestLogs.Make(Registry, "event AttesterAdded(address indexed attester, uint8 seat, uint256 attesters)", 2, Owner, (byte)0, 1),
            TestLogs.Make(Registry, "event ThresholdSet(uint256 threshold)", 2, 1),
            TestLogs.Make(Registry, "event EpochPosted(uint64 indexed epoch, uint64 indexed checkpoint, bytes32 modelHash, bytes32 bookRoot, uint32 accounts, uint64 signers)", 3, 1UL, 4UL, Hash32.Zero, root, 12, 1));
        Assert.Equal(checkpoint, replay.Book.LatestCheckpoint!.Checkpoint);
        Assert.Equal(root, replay.Book.LatestEpoch!.BookRoot);
        Assert.Equal([Owner], replay.Book.Attesters);
        Assert.Equal(1U, replay.Book.Threshold);
    }

    /// <summary>Each state has a version of its own and each checkpoint a number (CLR-005): what a node left out between is noticed at the next of them. The first state is told twice, so that one of the two is enough.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    [InlineData(5, true)]
    public void Apply_AnEventBetweenTwoIsLeftOut_IsNoticedAtTheNext(int missing, bool isNoticed)
    {
        static byte[] Bytes(uint version) => (AccountState.Empty with { CashE8 = version, Version = version }).Pack();
        static LogEntry Checkpoint(ulong id) => TestCheckpoints.Make(id) is var made && TestCheckpoints.Head(made) is var head ? Taken(id, head, TestCheckpoints.Records(made), Keccak256.Hash(head)) : throw new InvalidOperationException();
        LogEntry[] history = [Opened(1), Updated(1, Empty), Updated(1, Bytes(1)), Updated(1, Bytes(2)), Checkpoint(4), Checkpoint(5), Updated(1, Bytes(3)), Checkpoint(6)];
        Assert.Equal((3U, 6UL), (Replay(history).Book.Accounts[1].State.Version, Replay(history).Book.LatestCheckpoint!.Id));
        LogEntry[] rest = [.. history.Where((_, place) => place != missing)];

        if (isNoticed)
        {
            Assert.Contains("an event between is missing", Assert.Throws<ProtocolException>(() => Replay(rest)).Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal((3U, 6UL), (Replay(rest).Book.Accounts[1].State.Version, Replay(rest).Book.LatestCheckpoint!.Id));
        }
    }

    [Fact]
    public void Apply_LogsOfStrangersAndUnknownEvents_ArePassedOver()
    {
        LogEntry stranger = Deposited(1, 0, 5) with { Address = SampleDeployment.At(200) };
        LogEntry unknown = TestLogs.Make(Vault, "event Renamed(uint64 indexed account)", 1, 1UL);
        BookReplay replay = Replay(stranger, unknown);
        Assert.True(replay.Book.Accounts.IsEmpty);
    }

    public static TheoryData<string> Defects() => ["state", "opened", "underflow", "unknown account", "unknown lot", "checkpoint hash", "checkpoint number", "short data", "unreadable state"];

    [Theory]
    [MemberData(nameof(Defects))]
    public void Apply_EventThatDoesNotFit_IsRefusedAndLeavesTheBook(string defect)
    {
        byte[] head = TestCheckpoints.Head(TestCheckpoints.Make(4));
        byte[] records = TestCheckpoints.Records(TestCheckpoints.Make(4));
        LogEntry bad = defect switch
        {
            "state" => TestLogs.Make(Clearing, UpdatedEvent, 5, 1UL, Keccak256.HashUtf8("other"), Empty),
            "opened" => TestLogs.Make(Clearing, OpenedEvent, 5, 2UL, Owner, Keccak256.HashUtf8("other")),
            "underflow" => Paid(1, 0, 12),
            "unknown account" => Deposited(9, 0, 1),
            "unknown lot" => Bid(9, 0, 1, 1),
            "checkpoint hash" => Taken(4, head, records, Keccak256.HashUtf8("other")),
            "checkpoint number" => Taken(5, head, records, Keccak256.Hash(head)),
            "short data" => Deposited(1, 0, 1) with { Data = [1, 2, 3] },
            _ => Updated(1, [.. Empty, 1, 2, 3]),
        };
        BookReplay replay = Replay(Opened(1), Deposited(1, 0, 10));
        ProtocolBook before = replay.Book;

        ProtocolException error = Assert.Throws<ProtocolException>(() => replay.Apply([Deposited(1, 0, 1), bad], 99, default, 0));

        Assert.Contains("The book stays at block 2", error.Message, StringComparison.Ordinal);
        Assert.Same(before, replay.Book);
    }

    private const string OpenedEvent = "event AccountOpened(uint64 indexed account, address indexed owner, bytes32 stateHash)";
    private const string UpdatedEvent = "event AccountUpdated(uint64 indexed account, bytes32 stateHash, bytes state)";

    private static BookReplay Replay(params LogEntry[] logs)
    {
        var replay = new BookReplay(TestDeployment.Record);
        replay.Apply(logs, (ulong)logs.Length, default, 0);
        return replay;
    }

    private static LogEntry Opened(ulong account) => TestLogs.Make(Clearing, OpenedEvent, 1, account, Owner, Keccak256.Hash(Empty));

    private static LogEntry Given(ulong account, Address who, byte rights, ulong until) =>
        TestLogs.Make(Clearing, "event DelegateSet(uint64 indexed account, address indexed delegate, uint8 rights, uint40 until)", 2, account, who, rights, until);

    private static LogEntry Updated(ulong account, byte[] state) => TestLogs.Make(Clearing, UpdatedEvent, 2, account, Keccak256.Hash(state), state);

    private static LogEntry Idle(string ofEvent, ushort token, ulong amount) => TestLogs.Make(Vault, $"event {ofEvent}", 20, 1UL, token, Owner, (UInt128)amount);

    private static LogEntry Deposited(ulong account, ushort token, ulong amount) =>
        TestLogs.Make(Vault, "event Deposited(uint64 indexed account, uint16 indexed token, address indexed payer, uint128 amountRaw)", 2, account, token, Owner, amount);

    private static LogEntry Paid(ulong account, ushort token, ulong amount) =>
        TestLogs.Make(Vault, "event Paid(uint64 indexed account, uint16 indexed token, address indexed to, uint128 amountRaw)", 2, account, token, Owner, amount);

    private static LogEntry Swept(ulong account, ulong amount) => TestLogs.Make(Vault, "event Swept(uint64 indexed account, uint128 amountRaw)", 2, account, amount);

    private static LogEntry Moved(ulong from, ulong to, ushort token, ulong amount) =>
        TestLogs.Make(Vault, "event Moved(uint64 indexed from, uint64 indexed to, uint16 indexed token, uint128 amountRaw)", 2, from, to, token, amount);

    private static LogEntry Filled(Instrument instrument, long size) => TestLogs.Make(
        Clearing,
        "event Filled(uint64 indexed maker, uint64 indexed taker, uint96 indexed instrument, int64 takerSizeE8, uint64 priceE8, uint64 makerNonce, uint64 takerNonce, uint128 makerFeeE8, uint128 takerFeeE8, uint8 flags)",
        2, 1UL, 2UL, instrument.Packed, size, 100UL, 1UL, 1UL, 0, 0, (byte)0);

    private static LogEntry Taken(ulong id, byte[] head, byte[] records, Hash32 hash) =>
        TestLogs.Make(TestDeployment.Record.Contracts.PriceHub, "event CheckpointTaken(uint64 indexed id, uint40 time, bytes32 inputsHash, bytes checkpoint, bytes records)", 2, id, 1_770_000_000UL, hash, head, records);

    private static LogEntry Accrued(uint insurance) => TestLogs.Make(
        TestDeployment.Record.Contracts.PriceHub, "event InterestAccrued(uint64 debtIndexE12, uint64 creditIndexE12, uint256 insuranceE8)", 2, 1_000_000_000_009UL, 1_000_000_000_004UL, (UInt256)insurance);

    private static LogEntry Started(ulong lot, ulong account, ulong forSale) => TestLogs.Make(
        House,
        "event LotStarted(uint64 indexed lot, uint64 indexed account, address indexed keeper, bytes32 lotHash, bytes state, bytes balances, int256 equityE8, uint256 maintenanceE8, uint64 forSaleE8, uint40 biddingFrom)",
        5, lot, account, Owner, Keccak256.HashUtf8("lot"), Empty, Array.Empty<byte>(), -5, 10, forSale, 1_770_000_100UL);

    private static LogEntry Fixed(ushort underlying, uint expiry, ulong price) => TestLogs.Make(
        TestDeployment.Record.Contracts.SpotMarkets, "event SettlementFixed(uint16 indexed underlying, uint32 indexed expiry, uint64 priceE8, uint32 coveredSeconds)", 7, underlying, expiry, price, 1800);

    private static LogEntry NeedOpened(ulong account, Instrument instrument, long size) => TestLogs.Make(
        Clearing, "event NeedOpened(uint64 indexed lotAccount, uint96 indexed instrument, int256 sizeE8, int256 costE8)", 7, account, instrument.Packed, size, 1);

    private static LogEntry NeedServed(ulong account, Instrument instrument, long size) => TestLogs.Make(
        Clearing, "event NeedServed(uint64 indexed account, uint96 indexed instrument, int256 sizeE8, int256 costE8, int256 realisedE8)", 8, account, instrument.Packed, size, 1, 1);

    private static LogEntry TakenOver(ulong lot, ulong account, byte[] rest, ulong forSale = 100_000_000) => TestLogs.Make(
        House,
        "event LotDeleveraged(uint64 indexed lot, uint64 indexed account, bytes32 lotHash, bytes state, bytes balances, uint64 forSaleE8, uint256 shiftE8, uint256 insuredE8, bool served)",
        7, lot, account, Keccak256.HashUtf8("rest"), rest, Array.Empty<byte>(), forSale, 1, 60, forSale == 0);

    private static LogEntry Insolvent(ulong lot, ulong since) => TestLogs.Make(House, "event LotInsolvent(uint64 indexed lot, uint40 since)", 7, lot, since);

    private static LogEntry Bid(ulong lot, ulong from, ulong to, long pay) => TestLogs.Make(
        House,
        "event LotBid(uint64 indexed lot, uint64 indexed bidder, uint64 fromE8, uint64 toE8, int256 payE8, uint256 discountE8, uint256 insuredE8, uint256 deficitE8)",
        6, lot, 2UL, from, to, pay, 0, 0, 0);
}
