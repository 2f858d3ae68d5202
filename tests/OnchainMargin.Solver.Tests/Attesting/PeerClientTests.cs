using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Attesting;

/// <summary>Whatever a peer answers, it is left out, and nothing else happens: an exception would end the role that asked, and with it the process.</summary>
public sealed class PeerClientTests
{
    private const string Json = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

    [Theory]
    [InlineData(Json + "Content-Length: 1000\r\n\r\n{\"checkpoint\":1")]
    [InlineData(Json + "Content-Length: 2000000000\r\n\r\n{\"checkpoint\":1")]
    [InlineData(Json + "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n{\"checkpoint\"")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=nonsense\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<html><p>")]
    [InlineData(Json + "Content-Length: 2\r\n\r\n{}")]
    [InlineData(Json + "Content-Length: 4\r\n\r\nnull")]
    [InlineData(Json + "Content-Length: 39\r\n\r\n{\"checkpoint\":1,\"attestations\":[null]} ")]
    [InlineData(Json + "Content-Length: 17\r\n\r\n{\"checkpoint\":-1}")]
    [InlineData(Json + "Content-Length: 37\r\n\r\n{\"attestation\":\"0x\",\"signatures\":null}")]
    [InlineData(Json + "Content-Length: 39\r\n\r\n{\"attestation\":\"0x\",\"signatures\":[null]}")]
    [InlineData(Json + "Content-Length: 41\r\n\r\n{\"attestation\":\"0x\",\"signatures\":[{}]}   ")]
    [InlineData("")]
    public async Task Ask_APeerThatAnswersNonsense_IsAsIfItWereSilent(string answer)
    {
        using var server = new RawServer(answer);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var peers = new PeerClient(http, NullLogger<PeerClient>.Instance);
        string[] urls = [server.Endpoint.ToString()];

        Assert.Null(await peers.FindBookAsync(urls[0], new RiskRegistry.RiskEpoch(1, 1, MarginModel.Hash, Keccak256.HashUtf8("a root"), 1), Book(MarginModel.Hash), CancellationToken.None));
        var answers = new List<SignedAttestation>();
        await foreach (SignedAttestation signed in peers.AskAsync(urls, new AttestationRequest(1, 1, "0x", "0x", new ProofAsker("0x", "0x")), CancellationToken.None))
        {
            answers.Add(signed);
        }

        Assert.Empty(answers);
        await peers.OfferAsync(urls, new EpochOffer("0x", "0x", "0x"), CancellationToken.None);
    }

    /// <summary>A peer could have this machine ask what only this machine reaches.</summary>
    [Theory]
    [InlineData("301 Moved Permanently")]
    [InlineData("307 Temporary Redirect")]
    public async Task Ask_APeerThatSendsElsewhere_IsAsIfItHadFailed(string status)
    {
        using var inner = new RawServer($"{Json}Content-Length: 2\r\n\r\n{{}}");
        using var server = new RawServer($"HTTP/1.1 {status}\r\nLocation: {inner.Endpoint}\r\nContent-Length: 0\r\n\r\n");
        using var http = new HttpClient(OutboundHttp.NewHandler()) { Timeout = TimeSpan.FromSeconds(5) };
        var log = new LogLines<PeerClient>();
        var peers = new PeerClient(http, log);
        await peers.OfferAsync([server.Endpoint.ToString()], new EpochOffer("0x", "0x", "0x"), CancellationToken.None);
        Assert.Contains($"it answered {status[..3]}", Assert.Single(log.Said), StringComparison.Ordinal);
        Assert.Null(await peers.FindBookAsync(server.Endpoint.ToString(), new RiskRegistry.RiskEpoch(1, 1, MarginModel.Hash, Keccak256.HashUtf8("a root"), 1), Book(MarginModel.Hash), CancellationToken.None));
        Assert.Equal(0, inner.Connections);
    }

    /// <summary>The path of a peer's address, or a name and password in it, may be a secret of its operator's.</summary>
    [Theory]
    [InlineData("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "it answered 500")]
    [InlineData("", "")]
    public async Task Offer_APeerThatFails_IsToldByItsHostAlone(string answer, string reason)
    {
        using var server = new RawServer(answer);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var log = new LogLines<PeerClient>();
        await new PeerClient(http, log).OfferAsync([$"{server.Endpoint}for-us-alone/"], new EpochOffer("0x", "0x", "0x"), CancellationToken.None);
        string said = Assert.Single(log.Said);
        Assert.StartsWith($"The peer {UrlOrigin.Of(server.Endpoint)} did not take or give what was asked: {reason}", said, StringComparison.Ordinal);
        Assert.DoesNotContain("for-us-alone", said, StringComparison.Ordinal);
    }

    /// <summary>A root does not hold the model: under another's name nobody could judge the book.</summary>
    [Fact]
    public async Task FindBook_WithTheRootUnderAnotherModel_IsNotBelieved()
    {
        AttestedBook book = Book(Keccak256.HashUtf8("another model"));
        string body = JsonSerializer.Serialize(AttestedBookView.Of(book), JsonSerializerOptions.Web);
        using var server = new RawServer($"{Json}Content-Length: {body.Length}\r\n\r\n{body}");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var peers = new PeerClient(http, NullLogger<PeerClient>.Instance);
        string peer = server.Endpoint.ToString();

        Assert.Null(await peers.FindBookAsync(peer, book.ToEpoch(1) with { ModelHash = MarginModel.Hash }, book, CancellationToken.None));
        Assert.Equal(book.Root, (await peers.FindBookAsync(peer, book.ToEpoch(1), book, CancellationToken.None))?.Root);
    }

    /// <summary>An attester signs that its book has as many accounts as it likes, and answers as long as it likes.</summary>
    [Theory]
    [InlineData(1U, "ATTESTATION,")]
    [InlineData(uint.MaxValue, "ATTESTATION,")]
    [InlineData(1U, "0123456789abcdef")]
    [InlineData(1U, "   ")]
    public async Task FindBook_APeerThatSendsWithoutEnd_IsReadNoFurtherThanABookCanBe(uint accounts, string part)
    {
        AttestedBook own = Book(MarginModel.Hash);
        string attestation = $"\"{HexData.Encode(own.Attestations[0].Encode())}\"";
        string start = part.StartsWith('A') ? "{\"checkpoint\":1,\"attestations\":[" : part.StartsWith('0') ? "{\"checkpoint\":1,\"attestations\":[\"0x" : "{";
        await using var endless = new EndlessStream(Encoding.UTF8.GetBytes(start), Encoding.UTF8.GetBytes(part.Replace("ATTESTATION", attestation, StringComparison.Ordinal)));
        using var http = new HttpClient(new StreamHandler(endless)) { Timeout = TimeSpan.FromMinutes(10) };
        var peers = new PeerClient(http, NullLogger<PeerClient>.Instance);

        Assert.Null(await peers.FindBookAsync("http://peer.example", own.ToEpoch(1) with { BookRoot = Keccak256.HashUtf8("a root"), Accounts = accounts }, own, CancellationToken.None));
        Assert.InRange(endless.Taken, 1, accounts == 1 ? 1 << 18 : 1 << 27);
    }

    /// <summary>What is no book is refused as such, whatever it was that nobody can read.</summary>
    [Theory]
    [InlineData("{\"checkpoint\":-1}")]
    [InlineData("{\"checkpoint\":1.5}")]
    [InlineData("{\"checkpoint\":18446744073709551616}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"attestations\":[\"\\ud800\"]}")]
    [InlineData("{\"attestations\":[\"0x\"]}")]
    [InlineData("{\"attestations\":[\"ATTESTATION\",\"ATTESTATION\"]}")]
    public async Task Read_WhatIsNoBook_IsRefusedAsSuch(string text)
    {
        string attestation = HexData.Encode(Book(MarginModel.Hash).Attestations[0].Encode());
        using var sent = new MemoryStream(Encoding.UTF8.GetBytes(text.Replace("ATTESTATION", attestation, StringComparison.Ordinal)));
        await Assert.ThrowsAnyAsync<JsonException>(() => AttestedBookReader.ReadAsync(sent, 1, 2, CancellationToken.None));
    }

    /// <summary>Whatever the pieces that a book comes in, it is the one that was sent.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(577)]
    [InlineData(100_000)]
    public async Task FindBook_InPieces_IsTheBookThatWasSent(int piece)
    {
        var book = new AttestedBook(1, [.. Enumerable.Range(1, 300).Select(static account => Book(MarginModel.Hash).Attestations[0] with { Account = (ulong)account })]);
        await using var sent = new PieceStream(JsonSerializer.SerializeToUtf8Bytes(AttestedBookView.Of(book), JsonSerializerOptions.Web), piece);
        using var http = new HttpClient(new StreamHandler(sent));

        AttestedBook? found = await new PeerClient(http, NullLogger<PeerClient>.Instance).FindBookAsync("http://peer.example", book.ToEpoch(1), book, CancellationToken.None);
        Assert.Equal([.. book.Attestations], found!.Attestations.ToArray());
    }

    /// <summary>A large book takes longer than an answer may, and has the time of its accounts; a small one has no more than an answer has.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(60_000, true)]
    public async Task FindBook_ThatTakesLongerThanAnAnswer_HasTheTimeOfItsAccounts(int accounts, bool arrives)
    {
        RiskRegistry.RiskAttestation one = Book(MarginModel.Hash).Attestations[0];
        var book = new AttestedBook(1, [.. Enumerable.Range(1, accounts).Select(account => one with { Account = (ulong)account })]);
        await using var sent = new PieceStream(JsonSerializer.SerializeToUtf8Bytes(AttestedBookView.Of(book), JsonSerializerOptions.Web), 1 << 20) { Waits = TimeSpan.FromSeconds(4) };
        using var http = new HttpClient(new StreamHandler(sent)) { Timeout = TimeSpan.FromSeconds(2) };

        AttestedBook? found = await new PeerClient(http, NullLogger<PeerClient>.Instance).FindBookAsync("http://peer.example", book.ToEpoch(1), book, CancellationToken.None);
        Assert.Equal(arrives, found is not null);
    }

    private static AttestedBook Book(Hash32 model) => new(1, [new RiskRegistry.RiskAttestation(1, Keccak256.Empty, Keccak256.Empty, 5, 4, 3, 1, model, 99)]);

    private sealed class StreamHandler(Stream body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) });
    }

    private sealed class PieceStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        /// <summary>How long it is until the first piece.</summary>
        public TimeSpan Waits { get; init; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Waits > TimeSpan.Zero && Position == 0)
            {
                await Task.Delay(Waits, cancellationToken);
            }

            return await base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
        }
    }
}
