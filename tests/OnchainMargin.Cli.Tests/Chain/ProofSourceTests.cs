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

    /// <summary>Below its initial margin an account still closes what it has: the one that the chain names is shown to reduce, and the other as it was. Of what reduces nothing the margin is told that it lacks.</summary>
    [Theory]
    [InlineData(true, true, "0,4")]
    [InlineData(false, true, "0,4")]
    [InlineData(true, false, "")]
    public async Task Send_OfATradeThatTheMarginOfOneSideRefuses_IsTriedAsItsReduction(bool isMargin, bool isReduction, string sent)
    {
        OfferedProof[] offered = [new(1, Proofs.Computed, 0, "", IsAnswered: false), new(2, Proofs.Computed, 0, "", IsAnswered: false)];
        string kinds = "";
        Task<TransactionReceipt> TrySend(IReadOnlyList<OfferedProof> proofs)
        {
            kinds = string.Join(',', proofs.Select(static proof => proof.Proof.Kind));
            IContractError? error = proofs[1].Proof.Kind == Proofs.Computed.Kind ? isMargin ? new HealthGate.MarginTooLowError(2, 7, 8) : new HealthGate.FloorTooLowError(2, 7, 8)
                : proofs[0].Proof.Kind != Proofs.Computed.Kind || !isReduction ? new HealthGate.NotReducingError(2, 5, 1, 2)
                : null;
            return error is null ? Task.FromResult<TransactionReceipt>(null!) : throw new RevertException("The transaction, when simulated,", new CustomErrorReason([], error));
        }

        if (sent.Length == 0)
        {
            RevertException refused = await Assert.ThrowsAsync<RevertException>(() => ProofSource.SendAsync(offered, TrySend, isTrade: true));
            Assert.IsType<HealthGate.MarginTooLowError>(((CustomErrorReason)refused.Reason).Error);
            return;
        }

        (IReadOnlyList<OfferedProof> used, _) = await ProofSource.SendAsync(offered, TrySend, isTrade: true);
        Assert.Equal((sent, "Shown to reduce, since its margin allows nothing else; no fee."), (kinds, used[1].Sentence));
        await Assert.ThrowsAsync<RevertException>(() => ProofSource.SendAsync(offered, TrySend));
    }

    private static async Task ReplyAsync(HttpListener solver, string answer)
    {
        HttpListenerContext context = await solver.GetContextAsync();
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer));
        context.Response.Close();
    }
}
