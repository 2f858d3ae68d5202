using System.Buffers.Binary;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>Gives the roles of the access manager: the guardian may pause, and stop attesters' steps and surfaces; the contract of attesters' steps moves parameters inside its corridor; the governor's acts wait their delay, in which the guardian can take them back, and so do the admin's but one: governance can always part with its guardian; governance holds both roles, and the deployer nothing unless it is governance.</summary>
internal sealed class RoleSetup(ITransactionSender sender, ContractArtifact manager, IReadOnlyDictionary<string, Address> contracts)
{
    private const ulong AdminRole = 0;
    private const ulong GuardianRole = 1;
    private const ulong StepsRole = 2;
    private const ulong GovernorRole = 3;
    private const uint NoDelay = 0;

    /// <summary>What the governor does: everything restricted that is not done once for ever. In a role of its own, since the manager lets nobody guard the admin's.</summary>
    private static readonly (string Contract, uint[] Functions)[] Governed =
    [
        ("RiskParameters",
        [
            Generated.RiskParameters.SetInitialFactorCall.Selector, Generated.RiskParameters.SetRampSecondsCall.Selector, Generated.RiskParameters.SetUnderlyingCall.Selector, Generated.RiskParameters.SetTokenCall.Selector,
            Generated.RiskParameters.SetRiskInterestMaxCall.Selector, Generated.RiskParameters.SetClearingCall.Selector, Generated.RiskParameters.SetInterestCall.Selector, Generated.RiskParameters.SetOracleCall.Selector,
            Generated.RiskParameters.SetLiquidationCall.Selector,
        ]),
        ("ParameterSteps", [Generated.ParameterSteps.SetUnderlyingCorridorCall.Selector, Generated.ParameterSteps.SetTokenCorridorCall.Selector]),
        ("RiskRegistry", [Generated.RiskRegistry.SetThresholdCall.Selector, Generated.RiskRegistry.SetModelCall.Selector]),
        ("AttesterBonds", [Generated.AttesterBonds.AdmitCall.Selector, Generated.AttesterBonds.ExpelCall.Selector]),
        ("MarginVault", [Generated.MarginVault.ListTokenCall.Selector, Generated.MarginVault.SetCapCall.Selector]),
        ("Clearinghouse", [Generated.Clearinghouse.CollectFeesCall.Selector]),
        ("SpotMarkets", [Generated.SpotMarkets.SetFeedsCall.Selector]),
        ("VolSurfaces", [Generated.VolSurfaces.SetSurfaceParametersCall.Selector]),
        ("PriceHub", [Generated.PriceHub.SetTokenSourceCall.Selector]),
    ];

    /// <summary>The manager's own acts. It asks for the admin's role whatever is set here, and for this role's guardian where one of them is taken back.</summary>
    private static readonly string[] Guarded = ["grantRole", "setRoleAdmin", "setRoleGuardian", "setGrantDelay", "setTargetFunctionRole", "setTargetClosed", "setTargetAdminDelay", "updateAuthority"];

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
        foreach ((string contract, uint[] functions) in Governed)
        {
            await SendAsync("setTargetFunctionRole", [contracts[contract], functions.Select(Selector).Cast<object>().ToArray(), GovernorRole], cancellationToken);
        }

        await SendAsync("setTargetFunctionRole", [contracts["AccessManager"], Guarded.Select(name => Selector(manager.Abi.Function(name).Selector)).Cast<object>().ToArray(), GovernorRole], cancellationToken);
        await SendAsync("setRoleGuardian", [GovernorRole, GuardianRole], cancellationToken);
        await SendAsync("grantRole", [GovernorRole, governance, delaySeconds], cancellationToken);
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
        sender.SendAsync(contracts["AccessManager"], manager, function, arguments, cancellationToken);
}
