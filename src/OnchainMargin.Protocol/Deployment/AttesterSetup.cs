using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>Admits the attesters of a plan and pays their bonds: out of thin air where the settlement token is a mock, out of the deployer's own tokens where it has enough.
/// Otherwise attesters join by themselves (<c>AttesterBonds.join</c>), and governance sets the threshold then.</summary>
internal sealed class AttesterSetup(IEthereumNode node, ITransactionSender sender, ArtifactFolder artifacts, IReadOnlyDictionary<string, Address> contracts)
{
    /// <summary>Applies a plan.</summary>
    public async Task ApplyAsync(DeploymentPlan plan, Action<string> report, CancellationToken cancellationToken)
    {
        Address bonds = contracts["AttesterBonds"];
        IReadOnlyList<Address> attesters = plan.Attesters.Count > 0 ? plan.Attesters : [sender.Address];
        foreach (Address attester in attesters)
        {
            await sender.SendAsync(bonds, new AttesterBonds.AdmitCall(attester), cancellationToken);
        }

        UInt256 bond = plan.AttesterBondRaw;
        UInt256 needed = bond * (UInt256)(ulong)attesters.Count;
        MarginVault.TokenAtResult token = await node.CallAsync(contracts["MarginVault"], new MarginVault.TokenAtCall(0), cancellationToken: cancellationToken);
        if (plan.Tokens[0].Address is null)
        {
            await sender.SendAsync(token.Erc20, artifacts.Read("MockToken"), "mint", [sender.Address, needed], cancellationToken);
        }

        UInt256 held = await node.CallAsync(token.Erc20, new Erc20.BalanceOfCall(sender.Address), cancellationToken: cancellationToken);
        if (held < needed)
        {
            report($"no bonds: the deployer holds {held} of {needed} base units, so each attester joins by itself with AttesterBonds.join, and governance sets the threshold of {plan.Threshold} then");
            return;
        }

        await sender.SendAsync(token.Erc20, new Erc20.ApproveCall(bonds, needed), cancellationToken);
        foreach (Address attester in attesters)
        {
            await JoinAsync(bonds, attester, report, cancellationToken);
        }

        try
        {
            await sender.SendAsync(contracts["RiskRegistry"], new RiskRegistry.SetThresholdCall((UInt256)plan.Threshold), cancellationToken);
        }
        catch (RevertException)
        {
            report($"no threshold: fewer than {plan.Threshold} attesters sit by now, since some have resigned; governance admits others, who join by AttesterBonds.join, and sets the threshold of {plan.Threshold} then");
        }
    }

    /// <summary>Pays for a seat, unless somebody has: from its admission on an attester may join by itself, and resign again, and another deployment is dear.</summary>
    private async Task JoinAsync(Address bonds, Address attester, Action<string> report, CancellationToken cancellationToken)
    {
        try
        {
            await sender.SendAsync(bonds, new AttesterBonds.JoinCall(attester), cancellationToken);
        }
        catch (RevertException)
        {
            AttesterBonds.BondOfResult bond = await node.CallAsync(bonds, new AttesterBonds.BondOfCall(attester), cancellationToken: cancellationToken);
            if (!bond.ReleaseTime.IsZero)
            {
                report($"no seat: {attester} has joined by itself and resigned already");
            }
            else if (bond.AmountRaw.IsZero)
            {
                throw;
            }
        }
    }
}
