using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Cli.Tests;

/// <summary>Made-up values for tests without a chain.</summary>
internal static class Samples
{
    public static DeploymentRecord Deployment() => new()
    {
        ChainId = 31337,
        Block = 1,
        Contracts = new DeployedContracts
        {
            AccessManager = Address(1),
            RiskParameters = Address(2),
            MarginVault = Address(3),
            Referee = Address(4),
            RefereeReports = Address(5),
            SpotMarkets = Address(20),
            VolSurfaces = Address(21),
            PriceHub = Address(6),
            RiskRegistry = Address(7),
            HealthGate = Address(8),
            Clearinghouse = Address(9),
            LiquidationHouse = Address(10),
            InsuranceFund = Address(11),
            AttesterBonds = Address(22),
            Challenges = Address(23),
            CreditBucket = Address(24),
        },
        Tokens = [new DeployedToken(0, "USDC", Address(12), 6, 0), new DeployedToken(1, "WBTC", Address(13), 8, 1)],
        Underlyings = [new DeployedUnderlying(1, "BTC", Address(14), Address(15)), new DeployedUnderlying(2, "ETH", Address(16), Address(17))],
    };

    private static Address Address(int number) => OnchainMargin.Ethereum.Address.Parse($"0x{number:x40}");
}
