using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Api;
using OnchainMargin.Solver.Tests.Store;
using OnchainMargin.Solver.Tests.Transactions;
using OnchainMargin.Solver.Transactions;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Attesting;

public sealed class AttesterRoleTests : IAsyncLifetime
{
    private readonly ApiWorld _world = new();
    private readonly AttestedBooks _attested = new();

    public Task InitializeAsync() => _world.InitializeAsync();

    public Task DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task RunOnce_AnotherSignsRootAfterRoot_PostsAllTheSameAndAsksForOneBookOfHis()
    {
        // The first epoch falls on the second seat, by address.
        PrivateKey[] seats = [.. new[] { _world.Owners[0], _world.Owners[1] }.OrderBy(static key => key.Address)];
        (PrivateKey liar, PrivateKey own) = (seats[0], seats[1]);
        IndexedBook indexed = Indexed(_world.Book() with { Epochs = ImmutableSortedDictionary<ulong, BookEpoch>.Empty, Attesters = [own.Address, liar.Address] });
        var exchange = new LocalSignatureExchange();
        foreach (int i in Enumerable.Range(0, 10))
        {
            var epoch = new RiskRegistry.RiskEpoch(1, 1, indexed.Book.ModelHash, Keccak256.HashUtf8($"root {i}"), 3);
            await exchange.PublishAsync(epoch, Keccak256.HashUtf8($"digest {i}"), new RiskRegistry.AttesterSignature(liar.Address, [1]), CancellationToken.None);
        }

        var node = new FakeTransactionNode();
        using var asked = new CountingHandler(node);
        using var http = new HttpClient(asked);
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        using var manager = new TransactionManager(node, new SigningKey(own, 31337), store, new TransactionOptions(), new FakeTime(), NullLogger<TransactionManager>.Instance);
        var books = new Broadcast<IndexedBook>();
        using var role = new AttesterRole(
            books, _attested, [own], exchange, new PeerClient(http, NullLogger<PeerClient>.Instance), new ProtocolDigests(_world.Deployment), new ProtocolCalls(SampleDeployment.Contracts), manager, store,
            new AttesterOptions { Peers = ["http://peer.example"] }, TimeProvider.System, NullLogger<AttesterRole>.Instance);
        books.Publish(indexed);
        await role.RunOnceAsync(CancellationToken.None);
        await role.RunOnceAsync(CancellationToken.None);

        Assert.Single(node.Broadcasts);
        Assert.Equal([1], asked.BroadcastsBefore);
    }

    /// <summary>One unit more in one account of a peer's book: this node signs its own book alone, names account, term and both figures, and counts it once.</summary>
    [Fact]
    public async Task RunOnce_APeersBookOneUnitOff_SignsOwnAloneAndNamesAccountAndTermAndCounts()
    {
        PrivateKey[] seats = [.. new[] { _world.Owners[0], _world.Owners[1] }.OrderBy(static key => key.Address)];
        (PrivateKey peer, PrivateKey own) = (seats[0], seats[1]);
        IndexedBook indexed = Indexed(_world.Book() with { Epochs = ImmutableSortedDictionary<ulong, BookEpoch>.Empty, Attesters = [own.Address, peer.Address], Threshold = 2 });
        AttestedBook mine = _attested.Find(indexed, 1, CancellationToken.None)!;
        RiskRegistry.RiskAttestation here = mine.Find(2)!.Value.Attestation;
        AttestedBook theirs = new(1, mine.Attestations.Select(static one => one.Account == 2 ? one with { MaintenanceMarginE8 = one.MaintenanceMarginE8 + 1 } : one));
        Hash32 wrong = Keccak256.HashUtf8("the peer's digest");
        var exchange = new LocalSignatureExchange();
        await exchange.PublishAsync(theirs.ToEpoch(1), wrong, new RiskRegistry.AttesterSignature(peer.Address, [1]), CancellationToken.None);
        long counted = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, heard) =>
        {
            if (instrument.Meter.Name == SolverTelemetry.Name && instrument.Name == "omargin.attester.disagreements")
            {
                heard.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref counted, value));
        listener.Start();

        var log = new LogLines<AttesterRole>();
        var node = new FakeTransactionNode();
        using var served = new BookHandler(theirs);
        using var http = new HttpClient(served);
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        using var manager = new TransactionManager(node, new SigningKey(own, 31337), store, new TransactionOptions(), new FakeTime(), NullLogger<TransactionManager>.Instance);
        var books = new Broadcast<IndexedBook>();
        using var role = new AttesterRole(
            books, _attested, [own], exchange, new PeerClient(http, NullLogger<PeerClient>.Instance), new ProtocolDigests(_world.Deployment), new ProtocolCalls(SampleDeployment.Contracts), manager, store,
            new AttesterOptions { Peers = ["http://peer.example"] }, TimeProvider.System, log);
        books.Publish(indexed);
        await role.RunOnceAsync(CancellationToken.None);
        await role.RunOnceAsync(CancellationToken.None);

        Assert.Equal(1, counted);
        Assert.Contains($"{peer.Address} signed epoch 1 of checkpoint 1 over root {theirs.Root}, this node computes {mine.Root} and signs only that", log.Said);
        Assert.Equal(
            [$"Account 2 differs in maintenanceMarginE8: {here.MaintenanceMarginE8} here, {here.MaintenanceMarginE8 + 1} there"],
            log.Said.Where(static line => line.StartsWith("Account ", StringComparison.Ordinal)));
        Assert.Equal([peer.Address], (await exchange.CollectAsync(1, wrong, CancellationToken.None)).Select(static signature => signature.Signer));
        Assert.Empty(node.Broadcasts);
    }

    /// <summary>A book of a million accounts takes minutes to come, and whoever sends it slowly must not keep this node from its epochs and demands.</summary>
    [Fact]
    public async Task RunOnce_APeersBookThatDoesNotCome_HoldsUpNothing()
    {
        PrivateKey[] seats = [.. new[] { _world.Owners[0], _world.Owners[1] }.OrderBy(static key => key.Address)];
        (PrivateKey peer, PrivateKey own) = (seats[0], seats[1]);
        IndexedBook indexed = Indexed(_world.Book() with { Epochs = ImmutableSortedDictionary<ulong, BookEpoch>.Empty, Attesters = [own.Address, peer.Address], Threshold = 2 });
        var exchange = new LocalSignatureExchange();
        await exchange.PublishAsync(new RiskRegistry.RiskEpoch(1, 1, indexed.Book.ModelHash, Keccak256.HashUtf8("a root"), 3), Keccak256.HashUtf8("a digest"), new RiskRegistry.AttesterSignature(peer.Address, [1]), CancellationToken.None);
        var node = new FakeTransactionNode();
        using var silent = new SilentHandler();
        using var http = new HttpClient(silent);
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        using var manager = new TransactionManager(node, new SigningKey(own, 31337), store, new TransactionOptions(), new FakeTime(), NullLogger<TransactionManager>.Instance);
        var books = new Broadcast<IndexedBook>();
        using var role = new AttesterRole(
            books, _attested, [own], exchange, new PeerClient(http, NullLogger<PeerClient>.Instance), new ProtocolDigests(_world.Deployment), new ProtocolCalls(SampleDeployment.Contracts), manager, store,
            new AttesterOptions { Peers = ["http://peer.example"] }, TimeProvider.System, NullLogger<AttesterRole>.Instance);
        books.Publish(indexed);
        await role.RunOnceAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        await role.RunOnceAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, silent.Asked);
    }

    /// <summary>What a comparison broke on fails one round, and the next comparison is under way by then.</summary>
    [Fact]
    public async Task RunOnce_AComparisonBreaks_TheNextRoundButOneComparesAgain()
    {
        PrivateKey[] seats = [.. new[] { _world.Owners[0], _world.Owners[1] }.OrderBy(static key => key.Address)];
        (PrivateKey peer, PrivateKey own) = (seats[0], seats[1]);
        IndexedBook indexed = Indexed(_world.Book() with { Epochs = ImmutableSortedDictionary<ulong, BookEpoch>.Empty, Attesters = [own.Address, peer.Address], Threshold = 2 });
        var exchange = new BreakingExchange();
        await exchange.PublishAsync(new RiskRegistry.RiskEpoch(1, 1, indexed.Book.ModelHash, Keccak256.HashUtf8("a root"), 3), Keccak256.HashUtf8("a digest"), new RiskRegistry.AttesterSignature(peer.Address, [1]), CancellationToken.None);
        var node = new FakeTransactionNode();
        using var asked = new CountingHandler(node);
        using var http = new HttpClient(asked);
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        using var manager = new TransactionManager(node, new SigningKey(own, 31337), store, new TransactionOptions(), new FakeTime(), NullLogger<TransactionManager>.Instance);
        var books = new Broadcast<IndexedBook>();
        using var role = new AttesterRole(
            books, _attested, [own], exchange, new PeerClient(http, NullLogger<PeerClient>.Instance), new ProtocolDigests(_world.Deployment), new ProtocolCalls(SampleDeployment.Contracts), manager, store,
            new AttesterOptions { Peers = ["http://peer.example"] }, TimeProvider.System, NullLogger<AttesterRole>.Instance);
        books.Publish(indexed);
        await role.RunOnceAsync(CancellationToken.None);
        await Assert.ThrowsAsync<NotSupportedException>(() => role.RunOnceAsync(CancellationToken.None));
        await role.RunOnceAsync(CancellationToken.None);
        await role.RunOnceAsync(CancellationToken.None);
        Assert.Single(asked.BroadcastsBefore);
    }

    [Fact]
    public async Task RunOnce_AVoidEpochWithADemand_AsksTheNodeNothing()
    {
        (ProtocolBook book, BookEpoch epoch) = Posted(checkpoint: 1, accounts: 3);
        var node = new FakeTransactionNode();
        int estimates = 0;
        node.BeforeEstimate = (_, _) =>
        {
            estimates++;
            return Task.CompletedTask;
        };
        await RunAsync(node, _world.Owners[0], Demanded(book with { Epochs = book.Epochs.SetItem(1, epoch with { IsVoid = true }) }, 1), new FakeTime());
        Assert.Equal(0, estimates);
        await RunAsync(node, _world.Owners[0], Demanded(book, 1), new FakeTime());
        Assert.Equal(1, estimates);
    }

    [Fact]
    public async Task RunOnce_AThousandDemands_PostsTheEpochFirstAndSuppliesAFewARound()
    {
        (ProtocolBook book, _) = Posted(checkpoint: 0, accounts: 1000);
        var node = new FakeTransactionNode();
        await RunAsync(node, _world.Owners[0], Demanded(book, 1000), new FakeTime());

        Assert.Equal(1 + 32, node.Broadcasts.Count);
        Assert.Equal(RiskRegistry.PostCall.Selector, Selector(node.Broadcasts[0]));
        Assert.All(node.Broadcasts.Skip(1), static sent => Assert.Equal(Challenges.SupplyCall.Selector, Selector(sent)));
    }

    [Fact]
    public async Task RunOnce_TwoAttesters_OneSuppliesAndTheOtherOnlyWhereThatOneDoesNot()
    {
        (ProtocolBook book, _) = Posted(checkpoint: 1, accounts: 3);
        IndexedBook indexed = Demanded(book with { Attesters = [_world.Owners[0].Address, _world.Owners[1].Address] }, 1);
        FakeTransactionNode[] nodes = [new(), new()];
        var time = new FakeTime();
        await RunAsync(nodes[0], _world.Owners[0], indexed, time);
        await RunAsync(nodes[1], _world.Owners[1], indexed, time);
        Assert.Equal(1, nodes.Sum(static node => node.Broadcasts.Count));
        time.Pass(60);
        await RunAsync(nodes[0], _world.Owners[0], indexed, time);
        await RunAsync(nodes[1], _world.Owners[1], indexed, time);
        Assert.All(nodes, static node => Assert.NotEmpty(node.Broadcasts));
    }

    /// <summary>Both have the signatures; the contract takes one posting, and the other would be reverted.</summary>
    [Fact]
    public async Task RunOnce_TwoAttestersOverOneChain_OnePostsAndTheOtherOnlyWhereThatOneDoesNot()
    {
        PrivateKey[] keys = [.. new[] { _world.Owners[0], _world.Owners[1] }.OrderBy(static key => key.Address)];
        ProtocolBook book = _world.Book() with { Epochs = ImmutableSortedDictionary<ulong, BookEpoch>.Empty, Attesters = [keys[0].Address, keys[1].Address], Threshold = 2 };
        var node = new FakeTransactionNode();
        var exchange = new LocalSignatureExchange();
        var time = new FakeTime();
        using var http = new HttpClient();
        var books = new Broadcast<IndexedBook>();
        SolverStore[] stores = [.. keys.Select(static _ => TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse))];
        TransactionManager[] managers = [.. keys.Select((key, i) => new TransactionManager(node, new SigningKey(key, 31337), stores[i], new TransactionOptions(), time, NullLogger<TransactionManager>.Instance))];
        AttesterRole[] roles =
        [
            .. keys.Select((key, i) => new AttesterRole(
                books, _attested, [key], exchange, new PeerClient(http, NullLogger<PeerClient>.Instance), new ProtocolDigests(_world.Deployment), new ProtocolCalls(SampleDeployment.Contracts), managers[i], stores[i],
                new AttesterOptions(), time, NullLogger<AttesterRole>.Instance)),
        ];
        books.Publish(Indexed(book));

        // The first epoch falls on the second seat, by address.
        await RoundAsync();
        await RoundAsync();
        Assert.Empty(managers[0].Unsettled());
        Assert.Single(managers[1].Unsettled());
        time.Pass(14);
        await RoundAsync();
        Assert.Single(node.Broadcasts);

        // It is nowhere in the book, so the other one posts.
        time.Pass(1);
        await RoundAsync();
        Assert.Single(managers[0].Unsettled());
        foreach (IDisposable made in roles.Concat<IDisposable>(managers).Concat(stores))
        {
            made.Dispose();
        }

        async Task RoundAsync()
        {
            foreach (AttesterRole role in roles)
            {
                await role.RunOnceAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>While gas is too dear for anything to get in, checkpoints come, and each posting would be a nonce more that is paid for later.</summary>
    [Fact]
    public async Task RunOnce_PostWaitsWhileCheckpointsCome_StoresNoSecondAndGivesTheOldOneBack()
    {
        ProtocolBook book = _world.Book() with { Epochs = ImmutableSortedDictionary<ulong, BookEpoch>.Empty };
        var node = new FakeTransactionNode();
        var time = new FakeTime();
        using var http = new HttpClient();
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        using var manager = new TransactionManager(node, new SigningKey(_world.Owners[0], 31337), store, new TransactionOptions(), time, NullLogger<TransactionManager>.Instance);
        var books = new Broadcast<IndexedBook>();
        using var role = new AttesterRole(
            books, _attested, [_world.Owners[0]], new LocalSignatureExchange(), new PeerClient(http, NullLogger<PeerClient>.Instance), new ProtocolDigests(_world.Deployment), new ProtocolCalls(SampleDeployment.Contracts), manager, store,
            new AttesterOptions(), time, NullLogger<AttesterRole>.Instance);

        await RoundAsync(book);
        Assert.Single(node.Broadcasts);
        ProtocolBook later = book with { Checkpoints = book.Checkpoints.SetItem(2, book.Checkpoints[1]) };
        await RoundAsync(later);
        Assert.Single(node.Broadcasts);

        // The checkpoint of the first is an hour old: the contract takes it no more.
        later = later with { BlockTimeSeconds = (ulong)book.Checkpoints[1].Checkpoint.Header.Time + 3601 };
        await RoundAsync(later);
        Assert.Equal((2, 0UL, 0), (node.Broadcasts.Count, node.Broadcasts[1].Transaction.Nonce, node.Broadcasts[1].Transaction.Data.Length));
        node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        await RoundAsync(later);
        Assert.Equal((3, 1UL), (node.Broadcasts.Count, node.Broadcasts[2].Transaction.Nonce));

        Task RoundAsync(ProtocolBook now)
        {
            books.Publish(Indexed(now));
            return role.RunOnceAsync(CancellationToken.None);
        }
    }

    [Fact]
    public void FindServed_OfACheckpointThatNobodyNeedsHere_ComputesNothing()
    {
        IndexedBook posted = Indexed(_world.Book());
        IndexedBook none = posted with { Book = posted.Book with { Epochs = ImmutableSortedDictionary<ulong, BookEpoch>.Empty } };
        Assert.Null(_attested.FindServed(none, 1, CancellationToken.None));
        Assert.NotNull(_attested.FindServed(posted, 1, CancellationToken.None));
        Assert.NotNull(_attested.FindServed(none, 1, CancellationToken.None));
    }

    /// <summary>A book with an epoch of a checkpoint that is the one computed here.</summary>
    private (ProtocolBook Book, BookEpoch Epoch) Posted(ulong checkpoint, ulong accounts)
    {
        ProtocolBook book = _world.Book();
        BookAccount any = book.Accounts[1];
        book = book with
        {
            Accounts = AccountTable.Of([.. Enumerable.Range(1, (int)accounts).Select(id => any with { Id = (ulong)id })]),
            Checkpoints = book.Checkpoints.SetItem(checkpoint, book.Checkpoints[1]),
        };
        AttestedBook made = _attested.Find(Indexed(book), checkpoint, CancellationToken.None)!;
        var epoch = new BookEpoch(1, checkpoint, made.ModelHash, made.Root, (uint)accounts, 1, 8);
        return (book with { Epochs = book.Epochs.SetItem(1, epoch) }, epoch);
    }

    private static uint Selector(SignedTransaction sent) => BinaryPrimitives.ReadUInt32BigEndian(sent.Transaction.Data.Span);

    private static IndexedBook Demanded(ProtocolBook book, int count) =>
        Indexed(book with { Demands = Enumerable.Range(1, count).ToImmutableSortedDictionary(static account => (1UL, (ulong)account), _ => book.BlockTimeSeconds + 600) });

    private async Task RunAsync(FakeTransactionNode node, PrivateKey key, IndexedBook indexed, TimeProvider time)
    {
        using var http = new HttpClient();
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        using var manager = new TransactionManager(node, new SigningKey(key, 31337), store, new TransactionOptions(), time, NullLogger<TransactionManager>.Instance);
        var books = new Broadcast<IndexedBook>();
        using var role = new AttesterRole(
            books, _attested, [key], new LocalSignatureExchange(), new PeerClient(http, NullLogger<PeerClient>.Instance), new ProtocolDigests(_world.Deployment), new ProtocolCalls(SampleDeployment.Contracts), manager, store,
            new AttesterOptions(), time, NullLogger<AttesterRole>.Instance);
        books.Publish(indexed);
        await role.RunOnceAsync(CancellationToken.None);
    }

    private static IndexedBook Indexed(ProtocolBook book) => new(book, book.Checkpoints.Keys.ToImmutableSortedDictionary(static id => id, _ => book), book.BlockNumber);

    /// <summary>An exchange that breaks once where it is asked what others signed.</summary>
    private sealed class BreakingExchange : ISignatureExchange
    {
        private readonly LocalSignatureExchange _local = new();
        private bool _broke;

        public Task PublishAsync(RiskRegistry.RiskEpoch epoch, Hash32 digest, RiskRegistry.AttesterSignature signature, CancellationToken cancellationToken) => _local.PublishAsync(epoch, digest, signature, cancellationToken);

        public Task<IReadOnlyList<RiskRegistry.AttesterSignature>> CollectAsync(ulong epoch, Hash32 digest, CancellationToken cancellationToken) => _local.CollectAsync(epoch, digest, cancellationToken);

        public IReadOnlyList<(RiskRegistry.RiskEpoch Epoch, Address Signer)> Others(ulong epoch, Hash32 digest)
        {
            (bool broke, _broke) = (_broke, true);
            return broke ? _local.Others(epoch, digest) : throw new NotSupportedException("It broke.");
        }
    }

    /// <summary>A peer that serves one book.</summary>
    private sealed class BookHandler(AttestedBook book) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(request.RequestUri!.AbsolutePath == "/attest/books/1"
                ? new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(AttestedBookView.Of(book)) }
                : new HttpResponseMessage(HttpStatusCode.NotFound));
    }

    /// <summary>A peer that answers nothing.</summary>
    private sealed class SilentHandler : HttpMessageHandler
    {
        private int _asked;

        public int Asked => _asked;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.NotFound);
        }
    }

    /// <summary>A peer that has nothing, and how many transactions were sent before each question to it.</summary>
    private sealed class CountingHandler(FakeTransactionNode node) : HttpMessageHandler
    {
        public List<int> BroadcastsBefore { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            BroadcastsBefore.Add(node.Broadcasts.Count);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound));
        }
    }
}
