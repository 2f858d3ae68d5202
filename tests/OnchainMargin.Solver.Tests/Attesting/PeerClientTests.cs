using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum.Hashing;
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

        Assert.Null(await peers.FindBookAsync(urls, 1, Keccak256.HashUtf8("a root"), CancellationToken.None));
        var answers = new List<SignedAttestation>();
        await foreach (SignedAttestation signed in peers.AskAsync(urls, new AttestationRequest(1, 1, "0x", "0x", new ProofAsker("0x", "0x")), CancellationToken.None))
        {
            answers.Add(signed);
        }

        Assert.Empty(answers);
        await peers.OfferAsync(urls, new EpochOffer("0x", "0x", "0x"), CancellationToken.None);
    }
}
