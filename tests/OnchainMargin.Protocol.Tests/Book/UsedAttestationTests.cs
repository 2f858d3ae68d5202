using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Tests.Checkpoints;

namespace OnchainMargin.Protocol.Tests.Book;

/// <summary>Attestations that were used, as the events tell them.</summary>
public sealed class UsedAttestationTests
{
    private const string Attestation =
        "(uint64 account,bytes32 positionsHash,bytes32 collateralHash,int128 leastCashE8,int64 initialMarginE8,int64 maintenanceMarginE8,uint64 checkpoint,bytes32 modelHash,uint40 validUntil) attestation";

    private const long Time = 1_770_000_000;

    private static readonly Address Signer = SampleDeployment.At(80);
    private static readonly byte[] Short = State(-100_000_000);
    private static readonly byte[] Flat = AccountState.Empty.Pack();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Apply_AUseOfSignatures_HasThePositionsOfTheEventOrOfTheStateThatFollowsAndItsCheckpoint(bool isTold)
    {
        // The state is written, and told, after it was shown healthy.
        UsedAttestation used = Assert.Single(Replay(Opened(), Taken(1, Time), Signed(Short, isTold ? Short[64..] : []), Updated(Short)).Book.Used);
        Assert.Equal(Short[64..], used.Positions);
        Assert.Equal((0UL, 1UL), (used.Accused.Epoch, used.Inputs!.Id));
        Assert.Equal([Signer], used.Signers.ToArray());
        Assert.Equal([7], Assert.Single(used.Accused.Signatures).Signature);
    }

    [Fact]
    public void Apply_HeadroomOfAnAccountWithoutPositions_HasNone() =>
        Assert.Empty(Assert.Single(Replay(Opened(), Taken(1, Time), Updated(Short), Signed(Flat, [])).Book.Used).Positions);

    [Fact]
    public void Apply_AUseOfALeaf_KnowsWhoSignedItsEpoch()
    {
        UsedAttestation used = Assert.Single(Replay([Opened(), Taken(1, Time), .. Attesters(), Posted(5, 1), Updated(Short), Leaf(5)]).Book.Used);
        Assert.Equal([Signer], used.Signers.ToArray());
        Assert.Equal((5UL, Keccak256.HashUtf8("sibling")), (used.Accused.Epoch, Assert.Single(used.Accused.MerkleProof)));
        Assert.NotNull(used.Inputs);
        // Who signed an epoch that the book does not know cannot be said; whether the leaf is true can.
        UsedAttestation unknown = Assert.Single(Replay(Opened(), Taken(1, Time), Updated(Short), Leaf(6)).Book.Used);
        Assert.Equal((true, 1UL), (unknown.Signers.IsEmpty, unknown.Inputs?.Id));
    }

    /// <summary>Whoever signs a false leaf can post any number of epochs of the same checkpoint before it is used.</summary>
    [Fact]
    public void Apply_AUseOfALeafWhoseEpochManyFollowed_KnowsWhoSignedItAndItsCheckpoint()
    {
        BookReplay replay = Replay([Opened(), Taken(1, Time), .. Attesters(), Posted(5, 1), .. Enumerable.Range(6, 300).Select(static epoch => Posted((ulong)epoch, 1)), Updated(Short), Leaf(5)]);
        UsedAttestation used = Assert.Single(replay.Book.Used);
        Assert.Equal([Signer], used.Signers.ToArray());
        Assert.Equal((1UL, 301), (used.Inputs!.Id, replay.Book.Epochs.Count));
    }

    [Theory]
    [InlineData(600, true)]
    [InlineData(601, false)]
    public void Apply_ACheckpointThatManyFollowed_IsKeptAsLongAsAnAttestationAtItCanBeUsed(int seconds, bool isKept)
    {
        BookReplay replay = Replay(
            [Opened(), AttestationMaxAge(600), .. Attesters(), Taken(1, Time), Posted(1, 1), Posted(2, 1), .. Enumerable.Range(1, seconds).Select(static second => Taken(1 + (ulong)second, Time + second)), Updated(Short), Signed(Short, Short[64..])]);

        // The epochs are fewer than are kept at least.
        Assert.Equal((601, 2), (replay.Book.Checkpoints.Count, replay.Book.Epochs.Count));
        Assert.Equal(isKept, Assert.Single(replay.Book.Used).Inputs is not null);
    }

    [Fact]
    public void Apply_NothingAtACheckpointCanBeUsedAnyMore_DropsWhatRestsOnIt()
    {
        BookReplay replay = Replay(
            [
                AttestationMaxAge(600), .. Attesters(), Taken(1, Time), .. Enumerable.Range(1, 300).Select(static epoch => Posted((ulong)epoch, 1)),
                Demanded(40), Demanded(60), Supplied(41), Supplied(61),
            ]);
        Assert.Equal((300, 2, 2), (replay.Book.Epochs.Count, replay.Book.Demands.Count, replay.Book.Supplied.Count));

        replay.Apply([.. Enumerable.Range(2, 256).Select(static id => Taken((ulong)id, Time + (60 * id)))], 600, default, 0);
        Assert.Equal((256, 256), (replay.Book.Checkpoints.Count, replay.Book.Epochs.Count));
        Assert.Equal((45UL, 60UL, 61UL), (replay.Book.Epochs.First().Key, Assert.Single(replay.Book.Demands).Key.Epoch, Assert.Single(replay.Book.Supplied).Key.Epoch));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Apply_AnEpochIsVoid_NobodyIsAskedForItsLeaves(bool areCondemned)
    {
        BookReplay replay = Replay([.. Attesters(), Taken(1, Time), Posted(1, 1), Posted(2, 1, signers: 1), Demanded(1), Supplied(1, account: 2), Demanded(2), Supplied(2, account: 2)]);
        Assert.Equal((2, 2), (replay.Book.Demands.Count, replay.Book.Supplied.Count));

        replay.Apply(
            [
                areCondemned
                    ? TestLogs.Make(TestDeployment.Record.Contracts.RiskRegistry, "event AttestersCondemned(uint64 seats, uint256 attesters)", 9, 2UL, (UInt256)1U)
                    : TestLogs.Make(TestDeployment.Record.Contracts.RiskRegistry, "event EpochVoided(uint64 indexed epoch)", 9, 1UL),
                Supplied(1, account: 3),
            ],
            9,
            default,
            0);
        Assert.True(replay.Book.Epochs[1].IsVoid);
        Assert.Equal(((2UL, 1UL), (2UL, 2UL)), (Assert.Single(replay.Book.Demands).Key, Assert.Single(replay.Book.Supplied).Key));
    }

    [Theory]
    [InlineData(7 * 86_400, 1)]
    [InlineData((7 * 86_400) + 1, 0)]
    public void Apply_ACheckpointPastTheHorizon_DropsWhatCannotBeChallengedAnyMore(long later, int kept)
    {
        BookReplay replay = Replay(Opened(), Taken(1, Time), Updated(Short), Signed(Short, Short[64..]), Taken(2, Time + later));
        Assert.Equal(kept, replay.Book.Used.Count);
    }

    [Fact]
    public void Apply_AUseWhosePreimagesAreNotThere_IsALostEvent()
    {
        Assert.Throws<ProtocolException>(() => Replay(Opened(), Taken(1, Time), Updated(Short), Signed(Short, [])));
        Assert.Throws<ProtocolException>(() => Replay(Opened(), Taken(1, Time), Signed(Short, []), Updated(State(-200_000_000))));
        Assert.Throws<ProtocolException>(() => Replay(Opened(), Taken(1, Time), Updated(Short), Signed(Short, Short[64..], balances: new byte[32])));
    }

    private static byte[] State(long sizeE8) => (AccountState.Empty with { Version = 1, Positions = [new Position(Instrument.Perpetual(1), sizeE8, -90_000_00000000)] }).Pack();

    private static BookReplay Replay(params LogEntry[] logs)
    {
        var replay = new BookReplay(TestDeployment.Record);
        replay.Apply(logs, (ulong)logs.Length, default, 0);
        return replay;
    }

    private static object[] Of(byte[] state) =>
        [1UL, Keccak256.Hash(state.AsSpan(64)), Keccak256.Hash([]), (Int256)5, 6L, 7L, 1UL, Keccak256.HashUtf8("model"), (ulong)Time + 600];

    private static LogEntry Signed(byte[] state, byte[] positions, byte[]? balances = null) => TestLogs.Make(
        TestDeployment.Record.Contracts.HealthGate,
        $"event SignedAttestationUsed({Attestation}, (address signer,bytes signature)[] signatures, bytes balances, bytes positions)",
        4, Of(state), new object[] { new object[] { Signer, new byte[] { 7 } } }, balances ?? [], positions);

    private static LogEntry Leaf(ulong epoch) => TestLogs.Make(
        TestDeployment.Record.Contracts.HealthGate,
        $"event LeafUsed({Attestation}, uint64 epoch, bytes32[] merkleProof, bytes balances, bytes positions)",
        4, Of(Short), epoch, new object[] { Keccak256.HashUtf8("sibling") }, Array.Empty<byte>(), Short[64..]);

    private static LogEntry[] Attesters() =>
    [
        TestLogs.Make(TestDeployment.Record.Contracts.RiskRegistry, "event AttesterAdded(address indexed attester, uint8 seat, uint256 attesters)", 2, SampleDeployment.At(79), (byte)0, (UInt256)1U),
        TestLogs.Make(TestDeployment.Record.Contracts.RiskRegistry, "event AttesterAdded(address indexed attester, uint8 seat, uint256 attesters)", 2, Signer, (byte)1, (UInt256)2U),
    ];

    private static LogEntry Posted(ulong epoch, ulong checkpoint, ulong signers = 2) => TestLogs.Make(
        TestDeployment.Record.Contracts.RiskRegistry,
        "event EpochPosted(uint64 indexed epoch, uint64 indexed checkpoint, bytes32 modelHash, bytes32 bookRoot, uint32 accounts, uint64 signers)",
        3, epoch, checkpoint, Keccak256.HashUtf8("model"), Keccak256.HashUtf8("root"), 1U, signers);

    private static LogEntry Demanded(ulong epoch) =>
        TestLogs.Make(TestDeployment.Record.Contracts.Challenges, "event Demanded(uint64 indexed epoch, uint64 indexed account, uint256 deadline)", 4, epoch, 1UL, (UInt256)(ulong)Time);

    private static LogEntry Supplied(ulong epoch, ulong account = 1) => TestLogs.Make(
        TestDeployment.Record.Contracts.Challenges, $"event Supplied(uint64 indexed epoch, uint64 indexed account, {Attestation}, bytes32[] merkleProof)", 4, epoch, account, Of(Short), Array.Empty<object>());

    private static LogEntry AttestationMaxAge(uint seconds) => TestLogs.Make(
        TestDeployment.Record.Contracts.RiskParameters,
        "event OracleSet((uint24 checkpointIntervalSeconds,uint24 checkpointMaxAgeSeconds,uint24 averagingWindowSeconds,uint32 smoothingSeconds,uint32 premiumClampE8,uint32 fundingIntervalSeconds,uint32 fundingRateMaxE8,uint24 attestationMaxAgeSeconds,uint32 maxDriftE8) parameters)",
        1, new object[] { new object[] { 1U, 300U, 1800U, 86_400U, 0U, 28_800U, 0U, seconds, 1U } });

    private static LogEntry Opened() => TestLogs.Make(
        TestDeployment.Record.Contracts.Clearinghouse, "event AccountOpened(uint64 indexed account, address indexed owner, bytes32 stateHash)", 1, 1UL, SampleDeployment.At(77), Keccak256.Hash(Flat));

    private static LogEntry Updated(byte[] state) => TestLogs.Make(
        TestDeployment.Record.Contracts.Clearinghouse, "event AccountUpdated(uint64 indexed account, bytes32 stateHash, bytes state)", 2, 1UL, Keccak256.Hash(state), state);

    private static LogEntry Taken(ulong id, long time)
    {
        Checkpoint checkpoint = TestCheckpoints.Make(id);
        checkpoint = checkpoint with { Header = checkpoint.Header with { Time = time } };
        byte[] head = TestCheckpoints.Head(checkpoint);
        return TestLogs.Make(
            TestDeployment.Record.Contracts.PriceHub,
            "event CheckpointTaken(uint64 indexed id, uint40 time, bytes32 inputsHash, bytes checkpoint, bytes records)",
            2, id, (ulong)time, Keccak256.Hash(head), head, TestCheckpoints.Records(checkpoint));
    }
}
