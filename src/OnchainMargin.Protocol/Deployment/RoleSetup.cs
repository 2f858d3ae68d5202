using System.Buffers.Binary;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>Gives the roles of the access manager: the guardian may pause; the contract of attesters' steps moves parameters inside its corridor; governance holds everything else, and the deployer nothing unless it is governance.</summary>
internal sealed class RoleSetup(ITransactionSender sender, ContractArtifact manager, IReadOnlyDictionary<string, Address> contracts)
{
    private const ulong AdminRole = 0;
    private const ulong GuardianRole = 1;
    private const ulong StepsRole = 2;
    private const int NoDelay = 0;

    /// <summary>Applies the roles of a plan.</summary>
    public async Task ApplyAsync(DeploymentPlan plan, CancellationToken cancellationToken)
    {
        Address governance = plan.Governance ?? sender.Address;
        Address guardian = plan.Guardian ?? governance;
        byte[] pause = Selector(Generated.Clearinghouse.SetPausedCall.Selector);
        await SendAsync("setTargetFunctionRole", [contracts["Clearinghouse"], new object[] { pause }, GuardianRole], cancellationToken);
        await SendAsync("grantRole", [GuardianRole, guardian, NoDelay], cancellationToken);
        byte[][] steps = [Selector(Generated.RiskParameters.StepUnderlyingCall.Selector), Selector(Generated.RiskParameters.StepTokenCall.Selector)];
        await SendAsync("setTargetFunctionRole", [contracts["RiskParameters"], steps.Cast<object>().ToArray(), StepsRole], cancellationToken);
        await SendAsync("grantRole", [StepsRole, contracts["ParameterSteps"], NoDelay], cancellationToken);
        if (governance != sender.Address || plan.GovernanceDelaySeconds != NoDelay)
        {
            await SendAsync("grantRole", [AdminRole, governance, plan.GovernanceDelaySeconds], cancellationToken);
        }

        if (governance != sender.Address)
        {
            await SendAsync("renounceRole", [AdminRole, sender.Address], cancellationToken);
        }
    }

    private static byte[] Selector(uint selector)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, selector);
        return bytes;
    }

    private Task<TransactionReceipt> SendAsync(string function, object[] arguments, CancellationToken cancellationToken) =>
        sender.SendAsync(contracts["AccessManager"], manager, function, arguments, cancellationToken);
}
