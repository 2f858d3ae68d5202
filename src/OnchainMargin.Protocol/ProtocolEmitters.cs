using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Protocol;

/// <summary>The contracts whose events rebuild the whole state (P12).</summary>
public static class ProtocolEmitters
{
    /// <summary>Every contract of a deployment that emits.</summary>
    public static IReadOnlyList<Address> Of(DeployedContracts contracts)
    {
        ArgumentNullException.ThrowIfNull(contracts);
        return
        [
            contracts.MarginVault,
            contracts.Clearinghouse,
            contracts.PriceHub,
            contracts.SpotMarkets,
            contracts.VolSurfaces,
            contracts.RiskRegistry,
            contracts.AttesterBonds,
            contracts.Challenges,
            contracts.CreditBucket,
            contracts.HealthGate,
            contracts.LiquidationHouse,
            contracts.InsuranceFund,
            contracts.RiskParameters,
            contracts.ParameterSteps,
        ];
    }
}
