using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum.Hashing;
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

        Assert.Null(await peers.FindBookAsync(urls, 1, MarginModel.Hash, Keccak256.HashUtf8("a root"), CancellationToken.None));
        var answers = new List<SignedAttestation>();
        await foreach (SignedAttestation signed in peers.AskAsync(urls, new AttestationRequest(1, 1, "0x", "0x", new ProofAsker("0x", "0x")), CancellationToken.None))
        {
            answers.Add(signed);
        }

        Assert.Empty(answers);
        await peers.OfferAsync(urls, new EpochOffer("0x", "0x", "0x"), CancellationToken.None);
    }

    /// <summary>A root does not hold the model: under another's name nobody could judge the book.</summary>
    [Fact]
    public async Task FindBook_WithTheRootUnderAnotherModel_IsNotBelieved()
    {
        var book = new AttestedBook(1, [new RiskRegistry.RiskAttestation(1, Keccak256.Empty, Keccak256.Empty, 5, 4, 3, 1, Keccak256.HashUtf8("another model"), 99)]);
        string body = JsonSerializer.Serialize(AttestedBookView.Of(book), JsonSerializerOptions.Web);
        using var server = new RawServer($"{Json}Content-Length: {body.Length}\r\n\r\n{body}");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var peers = new PeerClient(http, NullLogger<PeerClient>.Instance);
        string[] urls = [server.Endpoint.ToString()];

        Assert.Null(await peers.FindBookAsync(urls, 1, MarginModel.Hash, book.Root, CancellationToken.None));
        Assert.Equal(book.Root, (await peers.FindBookAsync(urls, 1, book.ModelHash, book.Root, CancellationToken.None))?.Root);
    }
}
