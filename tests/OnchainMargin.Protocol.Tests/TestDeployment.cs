using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Protocol.Tests;

/// <summary>A deployment at made-up addresses.</summary>
internal static class TestDeployment
{
    public static DeploymentRecord Record { get; } = new()
    {
        ChainId = 31337,
        Block = 1,
        Contracts = new DeployedContracts
        {
            AccessManager = At(1),
            RiskParameters = At(2),
            MarginVault = At(3),
            Referee = At(4),
            RefereeReports = At(5),
            SpotMarkets = At(20),
            VolSurfaces = At(21),
            PriceHub = At(6),
            RiskRegistry = At(7),
            HealthGate = At(8),
            Clearinghouse = At(9),
            LiquidationHouse = At(10),
            InsuranceFund = At(11),
            AttesterBonds = At(12),
            Challenges = At(13),
            CreditBucket = At(14),
        },
        Tokens = [],
        Underlyings = [],
    };

    public static Address At(byte number)
    {
        var bytes = new byte[20];
        bytes[19] = number;
        return new Address(bytes);
    }
}
