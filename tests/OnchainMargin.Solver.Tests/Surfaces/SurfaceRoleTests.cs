using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Quorum;
using OnchainMargin.Solver.Surfaces;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Surfaces;

public sealed class SurfaceRoleTests : IDisposable
{
    private const ulong Start = (ulong)Books.Start;
    private const int Takeover = 2;

    private static readonly DeploymentRecord Deployment = new() { ChainId = 1, Block = 0, Contracts = SampleDeployment.Contracts, Tokens = [], Underlyings = [new DeployedUnderlying(1, "ETH", default, default)] };
    private static readonly ProtocolDigests Digests = new(Deployment);
    private static readonly VolSurfaces.SurfaceParameters Parameters = new(15_000_000, 500_000, 1_000_000, 25_000_000, 5_000_000, 500_000_000, 0);

    private readonly PrivateKey _own;
    private readonly PrivateKey _liar;
    private readonly HttpClient _http = new();
    private readonly FakeTime _time = new();
    private readonly Broadcast<IndexedBook> _books = new();
    private readonly ProposalExchange _exchange;
    private readonly SurfaceDesk _desk = new(new SimulatedQuoteSource(), Deployment, new SurfaceOptions(), NullLogger<SurfaceDesk>.Instance);
    private readonly SettlementWindows _windows = new(new EthereumNode(new WindowNode()), Deployment);
    private readonly LogLines<SurfaceRole> _lines = new();
    private readonly SurfaceRole _role;

    public SurfaceRoleTests()
    {
        // The first by address proposes first.
        PrivateKey[] keys = [.. new[] { PrivateKey.Generate(), PrivateKey.Generate() }.OrderBy(static key => key.Address)];
        (_liar, _own) = (keys[0], keys[1]);
        _exchange = new ProposalExchange(new PeerClient(_http, NullLogger<PeerClient>.Instance), new AttesterOptions());
        _role = Role(_desk);
    }

    public void Dispose()
    {
        _role.Dispose();
        _own.Dispose();
        _liar.Dispose();
        _http.Dispose();
    }

    /// <summary>The attester before this one proposes each second what nobody signs: the turn comes all the same, as though it were silent.</summary>
    [Fact]
    public async Task RunOnce_OneProposesWhatIsRefusedEachRound_TakesOverAllTheSame()
    {
        for (ulong second = 0; second < Takeover; second++)
        {
            await RoundAsync(second, isWithLie: true);
            Assert.Empty(OwnProposals());
            _time.Pass(1);
        }

        await RoundAsync(Takeover, isWithLie: true);
        Proposal own = Assert.Single(OwnProposals());
        Assert.Equal(Start + Takeover, own.Time);

        // What it proposed itself is waited for.
        _time.Pass(Takeover);
        await RoundAsync(Takeover + 1, isWithLie: false);
        Assert.Single(OwnProposals());
    }

    /// <summary>The attester before this one proposes one expiry each round, and truly: the others are not silent about the rest.</summary>
    [Fact]
    public async Task RunOnce_OneProposesASingleExpiryEachRound_ProposesTheOthers()
    {
        uint single = 0;
        for (ulong second = 0; second <= Takeover; second++)
        {
            ProtocolBook book = BookAt(second);
            _desk.Refresh(book);
            VolSurfaces.SurfaceUpdate honest = SurfaceBook.Update(1, book.BlockTimeSeconds, _desk.Plan(book, ImmutableDictionary<ushort, WindowReading>.Empty, [])[0].Steps[0].Surface);
            single = honest.Expiry;
            Take(Proposal.Of([honest], Digests));
            await RoundAsync(second, isWithLie: false);
            _time.Pass(1);
        }

        Proposal own = Assert.Single(OwnProposals(), static proposal => proposal.Updates.Count > 1);
        Assert.DoesNotContain(single, own.Updates.Select(static update => update.Expiry));
    }

    /// <summary>After a jump, while steps are short, each of two nodes sees steeper wings than the other at one expiry, and so goes less far there at the forward: neither signs all that the other proposes, and all is signed all the same. Beside the steepest the one that made it would go farther, were the other expiry left out.</summary>
    [Theory]
    [InlineData(0.25)]
    [InlineData(0.5)]
    public async Task RunOnce_EachOfTwoGoesShortOfTheOtherSomewhere_SignWhatTheyAgreeWithAndPublishAll(double steep)
    {
        const ulong Later = 300;
        uint[] expiries = [.. new[] { 4u, 7u, 28u }.Select(static days => (uint)Start + (days * 86_400))];
        Venue[] venues = [.. Enumerable.Range(0, 2).Select(_ => new Venue { Expiries = expiries })];
        SurfaceDesk[] desks = [.. venues.Select(static venue => new SurfaceDesk(venue, Deployment, new SurfaceOptions(), NullLogger<SurfaceDesk>.Instance))];
        using SurfaceRole first = Role(desks[0], _liar);
        using SurfaceRole second = Role(desks[1]);
        ProtocolBook book = BookAt(0);
        desks[0].Refresh(book);
        book = Landed(book, Assert.Single(desks[0].Plan(book, ImmutableDictionary<ushort, WindowReading>.Empty, [])).Steps.Select(static step => SurfaceBook.Update(1, Start, step.Surface)));
        foreach ((Venue venue, uint steepest) in venues.Zip(expiries))
        {
            (venue.Volatility, venue.Curvature) = (1.2, expiry => expiry == steepest ? steep : 0);
        }

        for (ulong at = Later; at <= Later + (2 * Takeover); at++)
        {
            book = BookAt(at) with { Surfaces = book.Surfaces };
            _books.Publish(new IndexedBook(book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty, book.BlockNumber));
            await first.RunOnceAsync(CancellationToken.None);
            await second.RunOnceAsync(CancellationToken.None);
            foreach (Proposal signed in _exchange.Of(ProposalKind.Surfaces).Where(proposal => proposal.IsLater(book) && _exchange.Enough(proposal, book).Count > 0))
            {
                book = Landed(book, signed.Updates);
            }

            _time.Pass(1);
        }

        Assert.Contains(_exchange.Of(ProposalKind.Surfaces), proposal => proposal.Updates.Count == expiries.Length && _exchange.Enough(proposal, book).Count == 0);
        Assert.All(expiries, expiry => Assert.InRange(book.Surfaces[(1, expiry)].Present.Time, Start + Later, Start + Later + (2 * Takeover)));

        static ProtocolBook Landed(ProtocolBook book, IEnumerable<VolSurfaces.SurfaceUpdate> updates) => book with
        {
            Surfaces = book.Surfaces.SetItems(updates.Select(update => KeyValuePair.Create((update.Underlying, update.Expiry), Publications.After(book.Surfaces.GetValueOrDefault((update.Underlying, update.Expiry)), update)))),
        };
    }

    /// <summary>The attester before this one proposes each round all that is due, one surface of it false: this one proposes the rest as it was and its own of that, once in half a minute, however much comes in.</summary>
    [Fact]
    public async Task RunOnce_OneProposesAFalseSurfaceAmongOthers_ProposesThePartAndItsOwn()
    {
        for (ulong second = 0; second <= 4 * Takeover; second++)
        {
            ProtocolBook book = BookAt(second);
            _desk.Refresh(book);
            VolSurfaces.SurfaceUpdate[] updates = [.. _desk.Plan(book, ImmutableDictionary<ushort, WindowReading>.Empty, [])[0].Steps.Select(step => SurfaceBook.Update(1, book.BlockTimeSeconds, step.Surface))];
            Take(Proposal.Of([updates[0] with { AE12 = updates[0].AE12 * 2 }, .. updates[1..]], Digests));
            await RoundAsync(second, isWithLie: false);
            _time.Pass(1);
        }

        Proposal[] own = OwnProposals();
        Assert.Equal(2, own.Length);
        Assert.Contains(_exchange.Of(ProposalKind.Surfaces), proposal => !own.Contains(proposal) && proposal.Updates.Skip(1).SequenceEqual(own[0].Updates));
        Assert.Single(own[1].Updates);
        Assert.DoesNotContain((own[1].Updates[0].Underlying, own[1].Updates[0].Expiry), own[0].Updates.Select(static update => (update.Underlying, update.Expiry)));
    }

    /// <summary>While the guardian has stopped surfaces none is proposed, signed or sent, which is said once.</summary>
    [Fact]
    public async Task RunOnce_GuardianHasStoppedSurfaces_WaitsUntilItLetsThemGoOn()
    {
        for (ulong second = 0; second <= 2 * Takeover; second++)
        {
            await RoundAsync(second, isWithLie: false, isStopped: true);
            _time.Pass(1);
        }

        Assert.Empty(_exchange.Of(ProposalKind.Surfaces));
        Assert.StartsWith("The guardian has stopped surfaces", Assert.Single(_lines.Said), StringComparison.Ordinal);

        for (ulong second = 0; second <= 2 * Takeover; second++)
        {
            await RoundAsync((2 * Takeover) + 1 + second, isWithLie: false);
            _time.Pass(1);
        }

        Assert.Single(OwnProposals());
        Assert.Equal("The guardian lets surfaces go on", _lines.Said[1]);
    }

    /// <summary>Three underlyings of 32 expiries are more than others read of one proposal. Two go first, the third when they have landed; and later whichever are the oldest.</summary>
    [Fact]
    public async Task RunOnce_MoreSurfacesThanAProposalHolds_ProposesWholeUnderlyingsTheOldestFirst()
    {
        DeploymentRecord deployment = Deployment with { Underlyings = [.. Enumerable.Range(1, 3).Select(static number => new DeployedUnderlying((ushort)number, $"U{number}", default, default))] };
        var venue = new Venue { Expiries = [.. Enumerable.Range(2, 32).Select(static day => (uint)Start + ((uint)day * 86_400))] };
        using SurfaceRole role = Role(new SurfaceDesk(venue, deployment, new SurfaceOptions { MaximumExpiries = 32 }, NullLogger<SurfaceDesk>.Instance));
        ProtocolBook book = Books.Of([Books.Markets(3, 100)]) with { SurfaceParameters = Parameters, Attesters = [_own.Address], Threshold = 1 };

        async Task ProposesAsync(ulong second, int[] underlyings, params Proposal[] landed)
        {
            book = book with { BlockTimeSeconds = Start + second, Surfaces = book.Surfaces.SetItems(landed.SelectMany(static one => one.Updates).Select(static update => KeyValuePair.Create((update.Underlying, update.Expiry), Publications.After(null, update)))) };
            _books.Publish(new IndexedBook(book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty, book.BlockNumber));
            await role.RunOnceAsync(CancellationToken.None);
            Proposal proposed = OwnProposals()[^1];
            Assert.Equal(Start + second, proposed.Time);
            Assert.NotNull(Proposal.Read(ProposalKind.Surfaces, proposed.Content, Digests));
            Assert.All(proposed.Updates.CountBy(static update => update.Underlying), static pair => Assert.Equal(32, pair.Value));
            Assert.Equal(underlyings, proposed.Updates.Select(static update => (int)update.Underlying).Distinct());
        }

        await ProposesAsync(0, [1, 2]);
        await ProposesAsync(30, [3], OwnProposals()[^1]);
        await ProposesAsync(400, [1, 2], OwnProposals()[^1]);
        await ProposesAsync(430, [3], OwnProposals()[^1]);

        // What was signed and has not landed may be too large for what gas costs: half as much is proposed, but whole underlyings, until it lands.
        await ProposesAsync(1000, [3]);
        await ProposesAsync(1030, [1], OwnProposals()[^1]);
        await ProposesAsync(1060, [2], OwnProposals()[^1]);
        await ProposesAsync(2000, [3, 1], OwnProposals()[^1]);

        // What lay until the contract takes it no more says nothing of what gas costs: the chain stood still, or the node was away.
        await ProposesAsync(2700, [3, 1]);
        await ProposesAsync(2800, [3]);
    }

    /// <summary>The contract is asked for the window that is open, and for no other.</summary>
    [Fact]
    public async Task Windows_AnExpiryWithinItsWindow_AreReadForItAlone()
    {
        VolSurfaces.SurfacePublishedEvent Published(ushort underlying, ulong inSeconds) => new(underlying, (uint)(Start + inSeconds), Start, 1, 1, default);
        ProtocolBook book = Books.Of([Books.Inputs(1, (long)Start, 100)]) with
        {
            BlockTimeSeconds = Start,
            Surfaces = new[] { Published(1, 1800), Published(1, 3600), Published(2, 1801) }
                .ToImmutableSortedDictionary(static one => (one.Underlying, one.Expiry), static one => SurfaceHistory.After(null, one, Start)),
        };
        KeyValuePair<ushort, WindowReading> read = Assert.Single(await _windows.ReadAsync(book, CancellationToken.None));
        Assert.Equal((1, new WindowReading(16, 2, 3) { StalledSeconds = 4 }), (read.Key, read.Value));
    }

    private Proposal[] OwnProposals() => [.. _exchange.Of(ProposalKind.Surfaces).Where(proposal => _exchange.IsSignedBy(proposal, _own.Address))];

    private SurfaceRole Role(SurfaceDesk desk, PrivateKey? key = null)
    {
        var quorum = new QuorumSigner(ProposalKind.Surfaces, _exchange, [key ?? _own], null, _time, NullLogger<QuorumSigner>.Instance);
        var options = new SolverOptions { Roles = [SolverRoles.Attester], Surfaces = new SurfaceOptions { Source = SurfaceOptions.Simulated, TakeoverSeconds = Takeover } };
        return new SurfaceRole(_books, desk, _windows, quorum, Digests, new ProtocolCalls(SampleDeployment.Contracts), options, _time, _lines);
    }

    private ProtocolBook BookAt(ulong second) => Books.Of([Books.Inputs(1, (long)(Start + second), 100)]) with
    {
        BlockTimeSeconds = Start + second,
        SurfaceParameters = Parameters,
        Attesters = [_liar.Address, _own.Address],
        Threshold = 2,
    };

    /// <summary>What the other attester proposes comes in.</summary>
    private void Take(Proposal proposal) => _exchange.Take(proposal, new RiskRegistry.AttesterSignature(_liar.Address, _liar.SignHash(proposal.Digest).ToArray()));

    private async Task RoundAsync(ulong second, bool isWithLie, bool isStopped = false)
    {
        ProtocolBook book = BookAt(second) with { AreSurfacesStopped = isStopped };
        if (isWithLie)
        {
            _desk.Refresh(book);
            VolSurfaces.SurfaceUpdate honest = SurfaceBook.Update(1, book.BlockTimeSeconds, _desk.Plan(book, ImmutableDictionary<ushort, WindowReading>.Empty, [])[0].Steps[0].Surface);
            Take(Proposal.Of([honest with { AE12 = honest.AE12 * 2 }], Digests));
        }

        _books.Publish(new IndexedBook(book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty, book.BlockNumber));
        await _role.RunOnceAsync(CancellationToken.None);
    }

    /// <summary>A node that has one reading for every window.</summary>
    private sealed class WindowNode : IRpcClient
    {
        public Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default) =>
            Task.FromResult<ReadOnlyMemory<byte>>(Encoding.ASCII.GetBytes($"\"0x{16:x64}{2:x64}{3:x64}{4:x64}\""));

        public Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default) => throw new NotSupportedException("The role asked for a batch.");
    }
}
