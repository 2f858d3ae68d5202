using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Pricing;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Api;
using OnchainMargin.Solver.Tests.Store;
using OnchainMargin.Solver.Tests.Transactions;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Pricing;

public sealed class PricerRoleTests
{
    [Fact]
    public async Task RunOnce_AWatchedNodeNeverAnswers_TheCheckpointIsTakenAllTheSame()
    {
        ProtocolBook book = new ApiWorld().Book();
        var time = new FakeTime();
        time.Pass(600);
        var node = new FakeTransactionNode();
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        using var manager = new TransactionManager(node, new SigningKey(Ethereum.Keys.PrivateKey.Parse(1.ToString("x64"), "a test"), 31337), store, new TransactionOptions(), time, NullLogger<TransactionManager>.Instance);
        var books = new Broadcast<IndexedBook>();
        var feeds = new FeedWatch([new EndlessReader()], 5, new HastyTime(), NullLogger<FeedWatch>.Instance);
        using var role = new PricerRole(books, new ProtocolCalls(SampleDeployment.Contracts), manager, feeds, new PricerOptions(), time, NullLogger<PricerRole>.Instance);
        books.Publish(new IndexedBook(book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty.Add(1, book), book.BlockNumber));

        await role.RunOnceAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Single(node.Broadcasts);
        Assert.Equal([new FeedAlert(FeedAlertKind.EndpointSilent, "endless")], feeds.Alerts);
    }

    /// <summary>Until it is, whoever holds what expired can only make positions smaller.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunOnce_InstrumentExpiresBetweenTwoCheckpoints_PriceIsFixedInTheNextBlock(bool isReady)
    {
        ProtocolBook book = new ApiWorld().Book() with { BlockTimeSeconds = ApiWorld.Expiry - 1 };
        var time = new FakeTime();
        var node = new FakeTransactionNode { RefusesInSimulation = !isReady };
        int asked = 0;
        node.BeforeEstimate = (_, _) => Task.FromResult(asked++);
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        using var manager = new TransactionManager(node, new SigningKey(Ethereum.Keys.PrivateKey.Parse(1.ToString("x64"), "a test"), 31337), store, new TransactionOptions(), time, NullLogger<TransactionManager>.Instance);
        var books = new Broadcast<IndexedBook>();
        var feeds = new FeedWatch([new EndlessReader()], 5, new HastyTime(), NullLogger<FeedWatch>.Instance);
        using var role = new PricerRole(books, new ProtocolCalls(SampleDeployment.Contracts), manager, feeds, new PricerOptions { CheckpointEverySeconds = 2_000_000 }, time, NullLogger<PricerRole>.Instance);
        await RoundsAsync(book);
        Assert.Equal(0, asked);

        // It is asked again in each block until the chain takes it, and then no more.
        book = book with { BlockNumber = book.BlockNumber + 1, BlockTimeSeconds = ApiWorld.Expiry };
        await RoundsAsync(book);
        await RoundsAsync(book with { BlockNumber = book.BlockNumber + 1 });
        Assert.Equal(isReady ? 1 : 2, asked);
        Assert.Equal(isReady ? [new PriceHub.FixSettlementCall(2, ApiWorld.Expiry)] : [], node.Broadcasts.Select(static sent => PriceHub.FixSettlementCall.Decode(sent.Transaction.Data.Span)));
        await RoundsAsync(book with { BlockNumber = book.BlockNumber + 2, Settlements = book.Settlements.With(2, ApiWorld.Expiry, ApiWorld.EthE8) });
        Assert.Equal(isReady ? 1 : 2, asked);

        async Task RoundsAsync(ProtocolBook at)
        {
            books.Publish(new IndexedBook(at, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty.Add(1, at), at.BlockNumber));
            await role.RunOnceAsync(CancellationToken.None);
            await role.RunOnceAsync(CancellationToken.None);
        }
    }

    private sealed class EndlessReader : IFeedReader
    {
        public string Name => "endless";

        public async Task<FeedReading> ReadAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        }
    }
}
