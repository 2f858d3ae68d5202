using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Api;
using OnchainMargin.Solver.Tests.Store;
using OnchainMargin.Solver.Tests.Transactions;
using OnchainMargin.Solver.Transactions;
using OnchainMargin.Solver.Watching;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Watching;

public sealed class WatchtowerRoleTests : IDisposable
{
    private const string AttestationTuple =
        "(uint64 account,bytes32 positionsHash,bytes32 collateralHash,int128 leastCashE8,int64 initialMarginE8,int64 maintenanceMarginE8,uint64 checkpoint,bytes32 modelHash,uint40 validUntil) attestation";

    private readonly ApiWorld _world = new();
    private readonly AttestedBooks _attested = new();
    private readonly FakeTransactionNode _node = new();
    private readonly FakeTime _time = new();
    private readonly Broadcast<IndexedBook> _books = new();
    private readonly SolverStore _store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
    private readonly TransactionManager _manager;
    private readonly Source _source = new();
    private readonly HttpClient _http;
    private readonly WatchtowerRole _role;

    public WatchtowerRoleTests()
    {
        PrivateKey key = _world.Owners[0];
        _http = new HttpClient(_source);
        _manager = new TransactionManager(_node, new SigningKey(key, 31337), _store, new TransactionOptions(), new HastyTime(_time), NullLogger<TransactionManager>.Instance);
        _role = Role(maximumDemands: 0);
    }

    public void Dispose()
    {
        _role.Dispose();
        _manager.Dispose();
        _http.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task RunOnce_NodeHangsInOneLeaf_TheNextRoundGoesOnBehindIt()
    {
        Serve(static truth => truth with { LeastCashE8 = truth.LeastCashE8 + 1 });
        string? hanging = null;
        _node.BeforeEstimate = (data, token) =>
        {
            string asked = HexData.Encode(data);
            hanging ??= asked;
            return string.Equals(asked, hanging, StringComparison.Ordinal) ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask;
        };
        await _role.RunOnceAsync(CancellationToken.None);
        Assert.Empty(_node.Broadcasts);
        await _role.RunOnceAsync(CancellationToken.None);
        Assert.NotEqual(hanging, HexData.Encode(Assert.Single(_node.Broadcasts).Transaction.Data.ToArray()));
    }

    [Fact]
    public async Task RunOnce_NodeHangsInARefutation_AnotherLeafOfTheEpochIsChallenged()
    {
        Serve(static truth => truth with { LeastCashE8 = truth.LeastCashE8 - ApiWorld.One });
        await _role.RunOnceAsync(CancellationToken.None);
        Assert.Single(_node.Broadcasts);
        _node.Mine();
        await _manager.RunOnceAsync(CancellationToken.None);
        _node.BeforeEstimate = static (_, token) => Task.Delay(Timeout.Infinite, token);
        await _role.RunOnceAsync(CancellationToken.None);
        _node.BeforeEstimate = null;
        await _role.RunOnceAsync(CancellationToken.None);

        // The commitment to another leaf, and once the node has rested the refutation of the first.
        Assert.Equal(2, _node.Broadcasts.Count);
        _time.Pass(60);
        await _role.RunOnceAsync(CancellationToken.None);
        Assert.Equal(3, _node.Broadcasts.Count);
    }

    /// <summary>What the chain refuses of one leaf must not keep the lies behind it.</summary>
    [Fact]
    public async Task RunOnce_TheChainRefusesARefutation_AnotherLeafOfTheEpochIsRefuted()
    {
        Serve(static truth => truth with { LeastCashE8 = truth.LeastCashE8 - ApiWorld.One });
        await RoundAsync();
        string? refused = null;
        _node.BeforeEstimate = (data, _) =>
        {
            string asked = HexData.Encode(data);
            refused ??= asked;
            return asked != refused ? Task.CompletedTask : throw new RevertException("The refutation", new CustomErrorReason([], new Challenges.AttestationTrueError(1)));
        };
        await RoundAsync();
        await RoundAsync();
        byte[][] sent = [.. _node.Broadcasts.Select(static one => one.Transaction.Data.ToArray())];
        Assert.Equal(3, sent.Length);
        Assert.All(sent[..2], static data => Challenges.CommitCall.Decode(data));
        Assert.Equal((1UL, 2UL), (AccusedBy(HexData.Decode(refused!)), AccusedBy(sent[2])));
    }

    /// <summary>The commitment says nothing, and is public; a refutation shows what others could be paid for. One that somebody else made meanwhile gives its nonce back, since a private relay drops it.</summary>
    [Fact]
    public async Task RunOnce_ARefutation_IsOfferedInPrivateAndGivenBackOnceTheChainRefusesIt()
    {
        Serve(static truth => truth with { LeastCashE8 = truth.LeastCashE8 - ApiWorld.One });
        await RoundAsync();
        await _role.RunOnceAsync(CancellationToken.None);
        Assert.Equal([false, true], _node.Private.Take(2));
        byte[] refutation = _node.Broadcasts[1].Transaction.Data.ToArray();
        Challenges.RefuteCall.Decode(refutation);
        _node.Refused.Add(HexData.Encode(refutation));
        _time.Pass(29);
        await _role.RunOnceAsync(CancellationToken.None);
        ulong nonce = _node.Broadcasts[1].Transaction.Nonce;
        Assert.DoesNotContain(_node.Broadcasts, one => one.Transaction.Nonce == nonce && one.Transaction.Data.IsEmpty);
        _time.Pass(1);
        await _role.RunOnceAsync(CancellationToken.None);
        int empty = _node.Broadcasts.FindIndex(one => one.Transaction.Nonce == nonce && one.Transaction.Data.IsEmpty);
        Assert.True(empty > 1);
        Assert.False(_node.Private[empty]);
    }

    /// <summary>A leaf that asks for all the cash there is can only be corrected: no commitment is wasted on it, and the lie behind it comes first.</summary>
    [Fact]
    public async Task RunOnce_ADecoyAsksForAllTheCash_TheLieBehindItIsRefutedBeforeItIsCorrected()
    {
        IndexedBook indexed = Serve(static truth => truth.Account == 1
            ? truth with { LeastCashE8 = Int128.MaxValue, InitialMarginE8 = 0, MaintenanceMarginE8 = 0 }
            : truth with { LeastCashE8 = truth.LeastCashE8 - ApiWorld.One });
        await RoundAsync();
        await RoundAsync();
        Challenges.CommitCall.Decode(_node.Broadcasts[0].Transaction.Data.ToArray());
        Assert.Equal((2, 2UL), (_node.Broadcasts.Count, AccusedBy(_node.Broadcasts[1].Transaction.Data.ToArray())));

        AttestedBook lies = _source.Book!;
        _books.Publish(indexed with { Book = indexed.Book with { Voided = [.. lies.Attestations.Where(static one => one.Account != 1).Select(static one => AttestedBook.HashOf(one))] } });
        await RoundAsync();
        Assert.Equal(1UL, Challenges.RecomputeCall.Decode(_node.Broadcasts[2].Transaction.Data.ToArray()).Accused.Attestation.Account);
    }

    /// <summary>Whoever asks too much loses nothing by it: a quorum could empty the tower's key so before it lies.</summary>
    [Fact]
    public async Task RunOnce_ManyEpochsAskTooMuch_ADaysCorrectionsAreSent()
    {
        IndexedBook indexed = Serve(static truth => truth);
        async Task PostAsync(int extra)
        {
            var book = new AttestedBook(1, _source.Book!.Attestations.Select(one => one with { ValidUntil = one.ValidUntil + (ulong)extra, LeastCashE8 = one.LeastCashE8 + 1 }));
            UsedAttestation used = UsedOf(indexed.Book, book.Attestations[0], []);
            _books.Publish(indexed with { Book = indexed.Book with { Used = [used] } });
            await RoundAsync();
        }

        for (int i = 0; i < 60; i++)
        {
            await PostAsync(i);
        }

        Assert.Equal(50, _node.Broadcasts.Count);
        _time.Pass(86_400);
        await PostAsync(60);
        Assert.Equal(51, _node.Broadcasts.Count);
    }

    /// <summary>To post a wrong epoch and serve it to nobody costs its signers gas and no bond. What is used of one shows itself.</summary>
    [Fact]
    public async Task RunOnce_ManyEpochsAreServedByNobody_ADaysDemandsAreSentAlsoOverRestartsAndAFalseUseIsChallenged()
    {
        IndexedBook indexed = Serve(static truth => truth with { LeastCashE8 = truth.LeastCashE8 + 1 });
        _source.Book = null;
        BookEpoch posted = indexed.Book.Epochs[1];
        indexed = indexed with { Book = indexed.Book with { Epochs = indexed.Book.Epochs.SetItems(Enumerable.Range(2, 60).Select(epoch => KeyValuePair.Create((ulong)epoch, posted with { Epoch = (ulong)epoch, BookRoot = Keccak256.HashUtf8($"root {epoch}") }))) } };
        _books.Publish(indexed);
        for (int i = 0; i < 3; i++)
        {
            using WatchtowerRole role = Role(maximumDemands: 4);
            await role.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal(50, _node.Broadcasts.Count);
        RiskRegistry.RiskAttestation truth = AttestationBuilder.Attest(indexed.Book.Accounts[2], indexed.Book, indexed.Book.LatestCheckpoint!);
        _books.Publish(indexed with { Book = indexed.Book with { Used = [UsedOf(indexed.Book, truth with { LeastCashE8 = truth.LeastCashE8 - ApiWorld.One }, [])] } });
        await RoundAsync();
        Challenges.CommitCall.Decode(_node.Broadcasts[50].Transaction.Data.ToArray());
        _time.Pass(86_400);
        using WatchtowerRole next = Role(maximumDemands: 4);
        await next.RunOnceAsync(CancellationToken.None);
        Assert.True(_node.Broadcasts.Count > 60);
    }

    /// <summary>Once a day's corrections are sent, a book that asks too little of nobody is not looked through at each round.</summary>
    [Fact]
    public async Task RunOnce_TheDaysCorrectionsAreSent_ABookThatHarmsNobodyIsFetchedNoMore()
    {
        IndexedBook indexed = Serve(static truth => truth with { LeastCashE8 = truth.LeastCashE8 + 1 });
        for (int i = 0; i < 50; i++)
        {
            UsedAttestation used = UsedOf(indexed.Book, _source.Book!.Attestations[0] with { ValidUntil = (ulong)i }, []);
            _books.Publish(indexed with { Book = indexed.Book with { Used = [used], Epochs = ImmutableSortedDictionary<ulong, BookEpoch>.Empty } });
            await RoundAsync();
        }

        _books.Publish(indexed);
        await RoundAsync();
        await RoundAsync();
        Assert.Equal((50, 1), (_node.Broadcasts.Count, _source.Asked));
        _time.Pass(86_400);
        await RoundAsync();
        Assert.Equal((51, 2), (_node.Broadcasts.Count, _source.Asked));
    }

    /// <summary>Towers are upgraded before the act that names the new model: until then they can say nothing of what is signed.</summary>
    [Fact]
    public async Task RunOnce_AnotherModelsAttestationIsUsed_IsNotTakenForSound()
    {
        IndexedBook indexed = Serve(static truth => truth);
        RiskRegistry.RiskAttestation other = _source.Book!.Attestations[0] with { LeastCashE8 = 0, ModelHash = Keccak256.HashUtf8("another model") };
        _books.Publish(indexed with { Book = indexed.Book with { Used = [UsedOf(indexed.Book, other, [])], Epochs = indexed.Book.Epochs.SetItem(1, indexed.Book.Epochs[1] with { ModelHash = other.ModelHash }) } });
        long told = 0;
        using var listener = new MeterListener { InstrumentPublished = static (instrument, listening) => { if (instrument == SolverTelemetry.UnknownModels) { listening.EnableMeasurementEvents(instrument); } } };
        listener.SetMeasurementEventCallback<long>((_, measured, _, _) => told += measured);
        listener.Start();
        await RoundAsync();
        await RoundAsync();
        Assert.Equal(1, told);
        Assert.Empty(_node.Broadcasts);
        Assert.Equal(0, _source.Asked);
    }

    /// <summary>A contract may answer for a signature of any length, so that whoever used it had room for it and a challenge has none: the registry remembers whose it was.</summary>
    [Fact]
    public async Task RunOnce_AContractsSignatureIsAsLongAsATransaction_IsChallengedWithoutIt()
    {
        ProtocolBook book = _world.Book();
        BookAccount account = book.Accounts[2];
        RiskRegistry.RiskAttestation truth = AttestationBuilder.Attest(account, book, book.LatestCheckpoint!);
        RiskRegistry.RiskAttestation lie = truth with { LeastCashE8 = truth.LeastCashE8 - ApiWorld.One };
        object[] told = [lie.Account, lie.PositionsHash, lie.CollateralHash, (Int256)lie.LeastCashE8, lie.InitialMarginE8, lie.MaintenanceMarginE8, lie.Checkpoint, lie.ModelHash, lie.ValidUntil];
        var replay = new BookReplay(ApiWorld.Record());
        replay.Reset(book);
        replay.Apply(
            [
                TestLogs.Make(SampleDeployment.Contracts.RiskRegistry, "event AttesterAdded(address indexed attester, uint8 seat, uint256 attesters)", 10, _world.Owners[0].Address, (byte)0, (UInt256)1U),
                TestLogs.Make(
                    SampleDeployment.Contracts.HealthGate, $"event SignedAttestationUsed({AttestationTuple}, (address signer,bytes signature)[] signatures, bytes balances, bytes positions)", 10,
                    told, (object[])[(object[])[_world.Owners[0].Address, new byte[125_000]]], Balances.Pack(Balances.WithoutSettlement(account.Balances)), account.StateBytes[64..]),
            ],
            10,
            Keccak256.HashUtf8("block ten"),
            book.BlockTimeSeconds);
        _books.Publish(new IndexedBook(replay.Book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty, 10));
        await RoundAsync();
        await RoundAsync();
        Assert.Equal((2, lie.Account), (_node.Broadcasts.Count, AccusedBy(_node.Broadcasts[1].Transaction.Data.ToArray())));
    }

    [Fact]
    public async Task RunOnce_ASourceThatHasNoFittingBook_IsNotAskedAgainForAWhile()
    {
        Serve(static truth => truth with { LeastCashE8 = truth.LeastCashE8 + 1 });
        _source.Book = null;
        await _role.RunOnceAsync(CancellationToken.None);
        await _role.RunOnceAsync(CancellationToken.None);
        Assert.Equal(1, _source.Asked);
        _time.Pass(300);
        await _role.RunOnceAsync(CancellationToken.None);
        Assert.Equal(2, _source.Asked);
    }

    /// <summary>What one source sends, or breaks in on the way, keeps nobody from the book that the next one has.</summary>
    [Theory]
    [InlineData("{\"checkpoint\":-1}")]
    [InlineData(null)]
    public async Task RunOnce_ASourceBeforeAnHonestOneSendsNonsense_TheLieIsChallenged(string? nonsense)
    {
        Serve(static truth => truth with { LeastCashE8 = truth.LeastCashE8 - ApiWorld.One });
        _source.Before = request => request.RequestUri!.Host != "liar.example" ? null
            : nonsense is null ? throw new NotSupportedException("nothing that is known here")
            : new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(nonsense) };
        using WatchtowerRole role = Role(maximumDemands: 0, "http://liar.example", "http://source.example");
        await role.RunOnceAsync(CancellationToken.None);
        Assert.Single(_node.Broadcasts);
        Assert.Equal(1, _source.Asked);
    }

    /// <summary>Attesters who post many epochs of one checkpoint before the false leaf of the first is used.</summary>
    [Fact]
    public async Task RunOnce_AFalseLeafIsUsedWhoseEpochManyFollowed_ItsSignersAreChallenged()
    {
        ProtocolBook book = _world.Book();
        BookAccount account = book.Accounts[2];
        RiskRegistry.RiskAttestation truth = AttestationBuilder.Attest(account, book, book.LatestCheckpoint!);
        RiskRegistry.RiskAttestation lie = truth with { LeastCashE8 = truth.LeastCashE8 - ApiWorld.One };
        object[] told = [lie.Account, lie.PositionsHash, lie.CollateralHash, (Int256)lie.LeastCashE8, lie.InitialMarginE8, lie.MaintenanceMarginE8, lie.Checkpoint, lie.ModelHash, lie.ValidUntil];
        LogEntry Registry(string declaration, params object[] values) => TestLogs.Make(SampleDeployment.Contracts.RiskRegistry, declaration, 10, values);
        LogEntry Posted(ulong epoch) => Registry(
            "event EpochPosted(uint64 indexed epoch, uint64 indexed checkpoint, bytes32 modelHash, bytes32 bookRoot, uint32 accounts, uint64 signers)", epoch, 1UL, MarginModel.Hash, AttestedBook.LeafOf(lie), 3U, 1UL);
        var replay = new BookReplay(ApiWorld.Record());
        replay.Reset(book);
        replay.Apply(
            [
                Registry("event AttesterAdded(address indexed attester, uint8 seat, uint256 attesters)", _world.Owners[0].Address, (byte)0, (UInt256)1U),
                .. Enumerable.Range(2, 300).Select(static epoch => (ulong)epoch).Select(Posted),
                TestLogs.Make(
                    SampleDeployment.Contracts.HealthGate, $"event LeafUsed({AttestationTuple}, uint64 epoch, bytes32[] merkleProof, bytes balances, bytes positions)", 10,
                    told, 2UL, Array.Empty<object>(), Balances.Pack(Balances.WithoutSettlement(account.Balances)), account.StateBytes[64..]),
            ],
            10,
            Keccak256.HashUtf8("block ten"),
            book.BlockTimeSeconds);
        _books.Publish(new IndexedBook(replay.Book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty, 10));

        await _role.RunOnceAsync(CancellationToken.None);
        Assert.Equal(SampleDeployment.Contracts.Challenges, Assert.Single(_node.Broadcasts).Transaction.To);
        _node.Mine();
        await _manager.RunOnceAsync(CancellationToken.None);
        await _role.RunOnceAsync(CancellationToken.None);
        Challenges.RecomputeCall refuted = Challenges.RecomputeCall.Decode(_node.Broadcasts[1].Transaction.Data.ToArray());
        Assert.Equal((2UL, lie.LeastCashE8), (refuted.Accused.Epoch, refuted.Accused.Attestation.LeastCashE8));
    }

    /// <summary>A reorganisation may put other prices in the place of a checkpoint's, and the attestation of the first be used again.</summary>
    [Fact]
    public async Task RunOnce_AUsedAttestationIsOfACheckpointWithOtherContent_IsJudgedAnew()
    {
        ProtocolBook book = _world.Book();
        BookAccount account = book.Accounts[2];
        RiskRegistry.RiskAttestation attestation = AttestationBuilder.Attest(account, book, book.LatestCheckpoint!);
        var accused = new Challenges.Accused(Challenges.RiskAttestation.Decode(attestation.Encode()), 0, [], [new Challenges.AttesterSignature(_world.Owners[0].Address, [1])]);
        void Publish(CheckpointInputs inputs) => _books.Publish(new IndexedBook(
            book with
            {
                Checkpoints = book.Checkpoints.SetItem(1, inputs),
                Used = [new UsedAttestation(AttestedBook.HashOf(attestation), accused, [_world.Owners[0].Address], account.StateBytes[64..], Balances.Pack(Balances.WithoutSettlement(account.Balances)), inputs)],
            },
            ImmutableSortedDictionary<ulong, ProtocolBook>.Empty,
            book.BlockNumber));

        Publish(book.LatestCheckpoint!);
        await _role.RunOnceAsync(CancellationToken.None);
        Assert.Empty(_node.Broadcasts);

        // The account is short.
        Publish(ApiWorld.Inputs(2 * ApiWorld.BtcE8, ApiWorld.EthE8));
        await _role.RunOnceAsync(CancellationToken.None);
        Assert.Single(_node.Broadcasts);
    }

    [Fact]
    public async Task RunOnce_AnEpochIsOfACheckpointWithOtherContent_IsJudgedAnew()
    {
        ProtocolBook book = _world.Book();
        IndexedBook sound = IndexedBookOf(book);
        _source.Book = _attested.Find(sound, 1, CancellationToken.None)!;
        var epoch = new BookEpoch(1, 1, _source.Book.ModelHash, _source.Book.Root, 3, 1, 8);
        _books.Publish(sound with { Book = book with { Epochs = book.Epochs.SetItem(1, epoch) } });
        await _role.RunOnceAsync(CancellationToken.None);
        Assert.Equal(0, _source.Asked);

        ProtocolBook other = book with { BlockHash = Keccak256.HashUtf8("another block nine"), Checkpoints = book.Checkpoints.SetItem(1, ApiWorld.Inputs(2 * ApiWorld.BtcE8, ApiWorld.EthE8)) };
        _books.Publish(IndexedBookOf(other) with { Book = other with { Epochs = book.Epochs.SetItem(1, epoch) } });
        await _role.RunOnceAsync(CancellationToken.None);
        Assert.Single(_node.Broadcasts);
    }

    private WatchtowerRole Role(int maximumDemands, params string[] sources) => new(
        _books, _attested, _world.Owners[0], new ProtocolCalls(SampleDeployment.Contracts), new PeerClient(_http, NullLogger<PeerClient>.Instance), _manager,
        new WatchtowerOptions { Sources = sources is [] ? ["http://source.example"] : sources, MaximumDemands = maximumDemands }, _time, NullLogger<WatchtowerRole>.Instance);

    private static UsedAttestation UsedOf(ProtocolBook book, RiskRegistry.RiskAttestation attestation, ImmutableArray<Address> signers)
    {
        BookAccount account = book.Accounts[attestation.Account];
        var accused = new Challenges.Accused(Challenges.RiskAttestation.Decode(attestation.Encode()), 0, [], []);
        return new UsedAttestation(AttestedBook.HashOf(attestation), accused, signers, account.StateBytes[64..], Balances.Pack(Balances.WithoutSettlement(account.Balances)), book.LatestCheckpoint);
    }

    /// <summary>A round, and the block that takes what it sent.</summary>
    private async Task RoundAsync()
    {
        await _role.RunOnceAsync(CancellationToken.None);
        _node.Mine();
        await _manager.RunOnceAsync(CancellationToken.None);
    }

    private static ulong AccusedBy(byte[] data) => BinaryPrimitives.ReadUInt32BigEndian(data) == Challenges.RefuteCall.Selector
        ? Challenges.RefuteCall.Decode(data).Accused.Attestation.Account
        : Challenges.RecomputeCall.Decode(data).Accused.Attestation.Account;

    private static IndexedBook IndexedBookOf(ProtocolBook book) => new(book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty.Add(1, book), book.BlockNumber);

    /// <summary>A book of epoch 1 that lies about each account, with the source that serves it.</summary>
    private IndexedBook Serve(Func<RiskRegistry.RiskAttestation, RiskRegistry.RiskAttestation> lie)
    {
        ProtocolBook book = _world.Book();
        IndexedBook indexed = IndexedBookOf(book);
        var lies = new AttestedBook(1, _attested.Find(indexed, 1, CancellationToken.None)!.Attestations.Select(lie));
        _source.Book = lies;
        var epoch = new BookEpoch(1, 1, lies.ModelHash, lies.Root, (uint)lies.Attestations.Length, 1, 8);
        IndexedBook posted = indexed with { Book = book with { Epochs = book.Epochs.SetItem(1, epoch) } };
        _books.Publish(posted);
        return posted;
    }

    private sealed class Source : HttpMessageHandler
    {
        public AttestedBook? Book { get; set; }

        public int Asked { get; private set; }

        /// <summary>What is answered in place of the book; null for that.</summary>
        public Func<HttpRequestMessage, HttpResponseMessage?>? Before { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Before?.Invoke(request) is { } other)
            {
                return Task.FromResult(other);
            }

            Asked++;
            return Task.FromResult(Book is { } book
                ? new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(AttestedBookView.Of(book), options: JsonSerializerOptions.Web) }
                : new HttpResponseMessage(HttpStatusCode.NotFound));
        }
    }
}
