using System.Net;
using System.Text;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Cli.Tests.Chain;

/// <summary>A solver that answers anything at all stops nothing: what is not understood is computed.</summary>
public sealed class ProofSourceTests
{
    private const string Proof = "\"kind\":1,\"data\":\"0x\",\"creditFeeE8\":\"0\",\"sentence\":\"Shown.\"}";

    [Theory]
    [InlineData("<html>502</html>")]
    [InlineData("[]")]
    [InlineData("{\"accounts\":[]}")]
    [InlineData("{\"accounts\":[{\"account\":\"1\"," + Proof + ",{\"account\":\"1\"," + Proof + "]}")]
    [InlineData("{\"accounts\":[{\"account\":\"99999999999999999999\"," + Proof + "]}")]
    [InlineData("{\"accounts\":[{\"account\":\"1\",\"kind\":256,\"data\":\"0x\",\"creditFeeE8\":\"0\",\"sentence\":\"\"}]}")]
    [InlineData("{\"accounts\":[{\"account\":\"1\",\"kind\":1,\"data\":\"0xzz\",\"creditFeeE8\":\"0\",\"sentence\":\"\"}]}")]
    public async Task Answer_ThatIsNotUnderstood_IsComputed(string answer)
    {
        using var solver = new HttpListener();
        string url = FreePort.Url();
        solver.Prefixes.Add(url + "/");
        solver.Start();
        Task reply = ReplyAsync(solver, answer);
        var order = new Clearinghouse.SignedOrder(new Clearinghouse.Order(1, 0, 1, 1, 1, 1, 1, 0), default, []);

        OfferedProof offered = (await ProofSource.OfMatchAsync(url, order, order with { Order = order.Order with { Account = 2 } }, 1, CancellationToken.None))[0];

        await reply;
        Assert.False(offered.IsAttested);
        Assert.Contains("did not answer", offered.Sentence, StringComparison.Ordinal);
    }

    private static async Task ReplyAsync(HttpListener solver, string answer)
    {
        HttpListenerContext context = await solver.GetContextAsync();
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer));
        context.Response.Close();
    }
}
