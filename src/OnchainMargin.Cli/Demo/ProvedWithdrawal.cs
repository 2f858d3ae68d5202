using OnchainMargin.Cli.Chain;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol;

namespace OnchainMargin.Cli.Demo;

/// <summary>The scene in which an account takes money out as a user does: the solver's API is asked for the cheapest proof, attesters sign what it needs, both ways are tried on chain, and the cheaper is sent.</summary>
internal sealed class ProvedWithdrawal(ProtocolSession session, string solver, IDemoView view)
{
    private const ulong OneDollarRaw = 1_000_000;

    /// <summary>Plays it.</summary>
    public async Task<Check> PlayAsync(DemoAccount account, CancellationToken cancellationToken)
    {
        using TransactionSender sender = session.Connection.Sender(account.Key, session.Deployment.ChainId);
        ProtocolClient owner = await ProtocolClient.ConnectAsync(session.Connection.Node, session.Deployment, sender, cancellationToken);
        OfferedProof offered = await ProofSource.OfWithdrawalAsync(solver, owner, account.Number, token: 0, OneDollarRaw, account.Key, cancellationToken);
        (IReadOnlyList<OfferedProof> used, TransactionReceipt receipt) = await ProofSource.SendAsync(
            [offered], proofs => owner.WithdrawAsync(account.Number, 0, OneDollarRaw, account.Key.Address, proofs[0].Proof, cancellationToken));
        string detail = $"{account.Trader.Name}, {receipt.GasUsed} gas, a fee of {used[0].CreditFee}. {used[0].Sentence}";
        view.Tell($"{account.Trader.Name} takes a dollar out: {used[0].Sentence}");
        return new Check("a withdrawal went by the cheapest proof that the chain takes", used[0].IsAnswered, detail);
    }
}
