using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
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
        PrivateKey own = _world.Owners[0];
        PrivateKey liar = _world.Owners[1];
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

    [Fact]
    public void FindServed_OfACheckpointThatNobodyNeedsHere_ComputesNothing()
    {
        IndexedBook none = Indexed(_world.Book() with { Epochs = ImmutableSortedDictionary<ulong, BookEpoch>.Empty });
        Assert.Null(_attested.FindServed(none, 1, CancellationToken.None));
        Assert.NotNull(_attested.FindServed(Indexed(_world.Book()), 1, CancellationToken.None));
        Assert.NotNull(_attested.FindServed(none, 1, CancellationToken.None));
    }

    private static IndexedBook Indexed(ProtocolBook book) => new(book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty.Add(1, book), book.BlockNumber);

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
