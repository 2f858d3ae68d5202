using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Cli.Chain;

/// <summary>What became of a transaction by the events of the protocol's own contracts, which is not always what was asked for.</summary>
internal static class Receipts
{
    /// <summary>What of a deposit is above the token's cap and lies idle.</summary>
    public static UInt128 IdledRaw(TransactionReceipt receipt, DeploymentRecord deployment) =>
        Sum<MarginVault.IdledEvent>(receipt, deployment.Contracts.MarginVault, static idled => idled.AmountRaw);

    /// <summary>What of idle tokens counts from now on.</summary>
    public static UInt128 EngagedRaw(TransactionReceipt receipt, DeploymentRecord deployment) =>
        Sum<MarginVault.EngagedEvent>(receipt, deployment.Contracts.MarginVault, static engaged => engaged.AmountRaw);

    /// <summary>What a withdrawal paid: less than was withdrawn while losses stand that nothing has paid.</summary>
    public static UInt128 PaidRaw(TransactionReceipt receipt, DeploymentRecord deployment) =>
        Sum<Clearinghouse.WithdrawnEvent>(receipt, deployment.Contracts.Clearinghouse, static withdrawn => withdrawn.PaidRaw);

    /// <summary>What was paid of what is held for somebody.</summary>
    public static UInt128 ClaimedE8(TransactionReceipt receipt, DeploymentRecord deployment) =>
        Sum<Clearinghouse.ClaimedEvent>(receipt, deployment.Contracts.Clearinghouse, static claimed => (UInt128)claimed.AmountE8);

    /// <summary>What fees paid of losses that stand, and what of those that withdrawals took.</summary>
    public static (UInt128 Paid, UInt128 Back) RecoveredE8(TransactionReceipt receipt, DeploymentRecord deployment) => (
        Sum<Clearinghouse.LossesRecoveredEvent>(receipt, deployment.Contracts.Clearinghouse, static recovered => (UInt128)recovered.PaidE8),
        Sum<Clearinghouse.LossesRecoveredEvent>(receipt, deployment.Contracts.Clearinghouse, static recovered => (UInt128)recovered.BackE8));

    private static UInt128 Sum<TEvent>(TransactionReceipt receipt, Address contract, Func<TEvent, UInt128> amount)
        where TEvent : IContractEvent<TEvent>
    {
        UInt128 sum = 0;
        foreach (LogEntry log in receipt.Logs.Where(log => log.Address == contract))
        {
            sum += TEvent.TryDecode(log, out TEvent found) ? amount(found) : 0;
        }

        return sum;
    }
}
