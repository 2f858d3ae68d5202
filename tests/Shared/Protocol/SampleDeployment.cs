using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Tests.Shared;

/// <summary>Contracts at made-up addresses, for tests without a chain. A contract that the protocol gains is named here once.</summary>
internal static class SampleDeployment
{
    public static DeployedContracts Contracts { get; } = new()
    {
        AccessManager = At(1),
        RiskParameters = At(2),
        MarginVault = At(3),
        Referee = At(4),
        RefereeReports = At(5),
        PriceHub = At(6),
        RiskRegistry = At(7),
        HealthGate = At(8),
        Clearinghouse = At(9),
        LiquidationHouse = At(10),
        InsuranceFund = At(11),
        AttesterBonds = At(101),
        Challenges = At(102),
        CreditBucket = At(103),
        SpotMarkets = At(104),
        VolSurfaces = At(105),
        ParameterSteps = At(106),
    };

    public static Address At(byte number) => Address.Parse($"0x{number:x40}");
}
