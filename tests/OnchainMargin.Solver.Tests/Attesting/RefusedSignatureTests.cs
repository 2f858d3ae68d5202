using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Sending;
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

/// <summary>One attester of several signs what every node recovers and the registry refuses, as the lowest address, whose signature is the first that anybody takes.</summary>
public sealed class RefusedSignatureTests : IAsyncLifetime
{
    private readonly ApiWorld _world = new();
    private readonly AttestedBooks _attested = new();
    private readonly FakeTransactionNode _node = new();
    private readonly FakeTime _time = new();
    private PrivateKey[] _seats = [];

    public async Task InitializeAsync()
    {
        await _world.InitializeAsync();
        _seats = [.. _world.Owners.OrderBy(static key => key.Address)];
    }

    public Task DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Post_LowestAttesterSignsWithVZero_IsPostedAllTheSame()
    {
        _node.BeforeEstimate = (data, _) => RiskRegistry.PostCall.Decode(data).Signatures.Any(static one => one.Signature[64] < 27) ? throw Invalid(_seats[0]) : Task.CompletedTask;
        await RunAsync(Bare, rounds: 1);
        RiskRegistry.PostCall posted = RiskRegistry.PostCall.Decode(Assert.Single(_node.Broadcasts).Transaction.Data.Span);
        Assert.Equal([_seats[0].Address, _seats[1].Address], posted.Signatures.Select(static one => one.Signer));
    }

    [Fact]
    public async Task Post_ChainRefusesTheLowestAttestersSignature_IsPostedWithoutItInTheNextRound()
    {
        _node.BeforeEstimate = (data, _) => RiskRegistry.PostCall.Decode(data).Signatures.Any(one => one.Signer == _seats[0].Address) ? throw Invalid(_seats[0]) : Task.CompletedTask;
        await RunAsync(static signature => signature, rounds: 2);
        RiskRegistry.PostCall posted = RiskRegistry.PostCall.Decode(Assert.Single(_node.Broadcasts).Transaction.Data.Span);
        Assert.Equal([_seats[1].Address, _seats[2].Address], posted.Signatures.Select(static one => one.Signer));
    }

    [Fact]
    public async Task Gather_PeerSignsWithVZero_GivesWhatTheChainRecovers()
    {
        PrivateKey peer = _world.Owners[1];
        _world.Change(book => book with { Attesters = [_world.Owners[0].Address, peer.Address], Threshold = 2 });
        ProtocolBook book = _world.Books.Current!.Book;
        using var served = new SigningPeer(_world, peer);
        using var http = new HttpClient(served);
        var signer = new OnDemandSigner(
            _world.Books, [_world.Owners[0]], _world.Digests, new PeerClient(http, NullLogger<PeerClient>.Instance), _world.Access, new SolverOptions { Attester = new AttesterOptions { Peers = ["http://peer.example"] } });
        ProofAsker asker = ProofAsker.By(Solver.Api.OrderRequest.Of(_world.Sign(1, ApiWorld.One, ApiWorld.BtcE8, 1)));
        (Clearinghouse.Proof? proof, _, string reason) = await signer.GatherAsync(1, book.Accounts[1].State, [], asker, CancellationToken.None);
        Assert.Equal("", reason);
        Assert.NotNull(proof);
        Assert.True(served.WasAsked);
    }

    private static byte[] Bare(byte[] signature) => [.. signature[..64], (byte)(signature[64] - 27)];

    private static RevertException Invalid(PrivateKey signer) => new("The transaction, when simulated,", new CustomErrorReason([], new RiskRegistry.SignatureInvalidError(signer.Address)));

    /// <summary>The second seat, on which the first epoch falls, gathers two of three; the others' signatures are there already.</summary>
    private async Task RunAsync(Func<byte[], byte[]> form, int rounds)
    {
        ProtocolBook book = _world.Book() with { Epochs = ImmutableSortedDictionary<ulong, BookEpoch>.Empty, Attesters = [.. _seats.Select(static key => key.Address)], Threshold = 2 };
        var indexed = new IndexedBook(book, book.Checkpoints.Keys.ToImmutableSortedDictionary(static id => id, _ => book), book.BlockNumber);
        var digests = new ProtocolDigests(_world.Deployment);
        RiskRegistry.RiskEpoch epoch = _attested.Find(indexed, 1, CancellationToken.None)!.ToEpoch(1);
        Hash32 inputs = book.Checkpoints[1].InputsHash;
        var exchange = new LocalSignatureExchange();
        foreach (PrivateKey key in new[] { _seats[0], _seats[2] })
        {
            RiskRegistry.AttesterSignature signed = digests.Sign(epoch, inputs, key);
            await exchange.PublishAsync(epoch, digests.Of(epoch, inputs), new RiskRegistry.AttesterSignature(key.Address, form(signed.Signature)), CancellationToken.None);
        }

        using var http = new HttpClient();
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        using var manager = new TransactionManager(_node, new SigningKey(_seats[1], 31337), store, new TransactionOptions(), _time, NullLogger<TransactionManager>.Instance);
        var books = new Broadcast<IndexedBook>();
        using var role = new AttesterRole(
            books, _attested, [_seats[1]], exchange, new PeerClient(http, NullLogger<PeerClient>.Instance), digests, new ProtocolCalls(SampleDeployment.Contracts), manager, store,
            new AttesterOptions(), _time, NullLogger<AttesterRole>.Instance);
        books.Publish(indexed);
        for (int i = 0; i < rounds; i++)
        {
            await role.RunOnceAsync(CancellationToken.None);
        }
    }

    /// <summary>A peer that signs what the node computes, in the form that some wallets give.</summary>
    private sealed class SigningPeer(ApiWorld world, PrivateKey key) : HttpMessageHandler
    {
        public bool WasAsked { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            WasAsked = true;
            AttestationRequest asked = (await request.Content!.ReadFromJsonAsync<AttestationRequest>(cancellationToken))!;
            (RiskRegistry.RiskAttestation attestation, _, _) = world.Signer.Sign(asked, out _)!.Value;
            RiskRegistry.AttesterSignature signed = world.Digests.Sign(attestation, world.Books.Current!.Book.LatestCheckpoint!.InputsHash, key);
            var answer = new SignedAttestation(HexData.Encode(attestation.Encode()), [new SignedAttestation.Entry(key.Address.ToString(), HexData.Encode(Bare(signed.Signature)))]);
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(answer) };
        }
    }
}
