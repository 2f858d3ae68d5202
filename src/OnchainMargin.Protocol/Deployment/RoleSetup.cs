using System.Buffers.Binary;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>Gives the roles of the access manager: the guardian may pause, and stop attesters' steps and surfaces; the contract of attesters' steps moves parameters inside its corridor; everything else that is restricted is governance's, whose acts wait their delay, in which the guardian can take them back, but the one that parts with a guardian; the deployer keeps nothing unless it is governance.</summary>
internal sealed class RoleSetup(ITransactionSender sender, ContractArtifact manager, IReadOnlyDictionary<string, Address> contracts)
{
    private const ulong AdminRole = 0;
    private const ulong GuardianRole = 1;
    private const ulong StepsRole = 2;
    private const uint NoDelay = 0;

    /// <summary>Applies the roles of a plan.</summary>
    public async Task ApplyAsync(DeploymentPlan plan, CancellationToken cancellationToken)
    {
        Address governance = plan.Governance ?? sender.Address;
        Address guardian = plan.Guardian ?? governance;
        uint delaySeconds = plan.GovernanceDelaySeconds ?? NoDelay;
        byte[] pause = Selector(Generated.Clearinghouse.SetPausedCall.Selector);
        await SendAsync("setTargetFunctionRole", [contracts["Clearinghouse"], new object[] { pause }, GuardianRole], cancellationToken);
        byte[] stop = Selector(Generated.ParameterSteps.SetStoppedCall.Selector);
        await SendAsync("setTargetFunctionRole", [contracts["ParameterSteps"], new object[] { stop }, GuardianRole], cancellationToken);
        byte[] stopSurfaces = Selector(Generated.VolSurfaces.SetStoppedCall.Selector);
        await SendAsync("setTargetFunctionRole", [contracts["VolSurfaces"], new object[] { stopSurfaces }, GuardianRole], cancellationToken);
        await SendAsync("grantRole", [GuardianRole, guardian, NoDelay], cancellationToken);
        byte[][] steps = [Selector(Generated.RiskParameters.StepUnderlyingCall.Selector), Selector(Generated.RiskParameters.StepTokenCall.Selector)];
        await SendAsync("setTargetFunctionRole", [contracts["RiskParameters"], steps.Cast<object>().ToArray(), StepsRole], cancellationToken);
        await SendAsync("grantRole", [StepsRole, contracts["ParameterSteps"], NoDelay], cancellationToken);
        if (governance != sender.Address || delaySeconds != NoDelay)
        {
            await SendAsync("grantRole", [AdminRole, governance, delaySeconds], cancellationToken);
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
        sender.SendAsync(contracts["GuardedManager"], manager, function, arguments, cancellationToken);
}
