using System.Net;
using System.Text;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Calls;
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

    /// <summary>What the chain refuses is tried again by what it takes: an attestation of one side says nothing against how the other was shown, and a market that takes reductions only takes them from everybody.</summary>
    [Theory]
    [InlineData(true, true, false, "4,4")]
    [InlineData(true, false, false, "")]
    [InlineData(false, true, true, "0,4")]
    [InlineData(true, true, true, "4,4")]
    public async Task Send_OfWhatIsRefused_IsTriedByWhatTheChainTakes(bool reducesOnly, bool isTrade, bool isAttested, string sent)
    {
        var first = new OfferedProof(1, isAttested ? new Clearinghouse.Proof(1, []) : Proofs.Computed, 0, "", IsAnswered: true);
        var second = new OfferedProof(2, isAttested && !reducesOnly ? Proofs.Reducing : Proofs.Computed, 0, "", IsAnswered: true);
        IContractError error = reducesOnly ? new Clearinghouse.MarketNotNormalError(1, 1) : new Clearinghouse.StateMismatchError(1, default, default);
        string kinds = "";
        Task<TransactionReceipt> TrySend(IReadOnlyList<OfferedProof> proofs)
        {
            bool isTaken = proofs.All(proof => reducesOnly ? proof.Proof.Kind == Proofs.Reducing.Kind : !proof.IsAttested);
            kinds = isTaken ? string.Join(',', proofs.Select(static proof => proof.Proof.Kind)) : "";
            return isTaken ? Task.FromResult<TransactionReceipt>(null!) : throw new RevertException("The transaction, when simulated,", new CustomErrorReason([], error));
        }

        if (sent.Length == 0)
        {
            await Assert.ThrowsAsync<RevertException>(() => ProofSource.SendAsync([first, second], TrySend, isTrade));
        }
        else
        {
            await ProofSource.SendAsync([first, second], TrySend, isTrade);
        }

        Assert.Equal(sent, kinds);
    }

    private static async Task ReplyAsync(HttpListener solver, string answer)
    {
        HttpListenerContext context = await solver.GetContextAsync();
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer));
        context.Response.Close();
    }
}
