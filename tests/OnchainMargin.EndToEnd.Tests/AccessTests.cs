using System.Text.RegularExpressions;
using OnchainMargin.EndToEnd.Tests.Support;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>That each function which changes anything was put somewhere: restricted by the access manager, for anyone, or for one connected contract alone.</summary>
public sealed partial class AccessTests
{
    /// <summary>For anyone, of anyone's account or of his own: what it may do follows from what he brings and signs.</summary>
    private static readonly string[] Anyone =
    [
        "AttesterBonds.claim", "AttesterBonds.join", "AttesterBonds.payInsurance", "AttesterBonds.payReward", "AttesterBonds.release", "AttesterBonds.resign", "AttesterBonds.share",
        "Challenges.commit", "Challenges.demand", "Challenges.recompute", "Challenges.refute", "Challenges.supply", "Challenges.voidWithheld",
        "Clearinghouse.cancel", "Clearinghouse.cancelBelow", "Clearinghouse.claim", "Clearinghouse.closeAccount", "Clearinghouse.coverLosses", "Clearinghouse.move",
        "Clearinghouse.openAccount", "Clearinghouse.payAttesters", "Clearinghouse.serveNeed", "Clearinghouse.setDelegate", "Clearinghouse.settle", "Clearinghouse.settleExpired",
        "Clearinghouse.settleNeed", "Clearinghouse.touch", "Clearinghouse.windDown", "Clearinghouse.withdraw",
        // Run by the clearinghouse in its own storage; called by itself it changes nobody's.
        "ClosingModule.closeDue",
        // Keeps nothing; the bucket behind it asks who asked.
        "HealthGate.requireHealthy",
        "InsuranceFund.exit", "InsuranceFund.fund", "InsuranceFund.requestExit", "InsuranceFund.stake",
        "LiquidationHouse.bid", "LiquidationHouse.deleverage", "LiquidationHouse.enlarge", "LiquidationHouse.finish", "LiquidationHouse.showLoss", "LiquidationHouse.start",
        "MarginVault.deposit", "MarginVault.depositEther", "MarginVault.depositWithPermit", "MarginVault.engage", "MarginVault.withdrawIdle",
        "ParameterSteps.step",
        "PriceHub.accrue", "PriceHub.checkpoint", "PriceHub.fixSettlement", "PriceHub.liveFor", "PriceHub.refresh",
        "RedemptionRateSource.note",
        "RiskRegistry.post", "RiskRegistry.requireSigned",
        "SignedSource.publish",
        "SpotMarkets.tryFixSettlement", "SpotMarkets.update", "SpotMarkets.updateAll", "SpotMarkets.updateThese",
        "TradeAverageSource.note",
        "VolSurfaces.publish",
    ];

    /// <summary>For one other contract of the deployment, or two, fixed for ever: each is tried by all others in the Solidity test.</summary>
    private static readonly string[] Connected =
    [
        "AttesterBonds.slash",
        "Clearinghouse.bookInsurance", "Clearinghouse.bookInterest", "Clearinghouse.enterLot", "Clearinghouse.leaveLot", "Clearinghouse.payInsurance", "Clearinghouse.receiveSlice",
        "Clearinghouse.takeOver",
        "CreditBucket.take",
        "InsuranceFund.count", "InsuranceFund.hold",
        "MarginVault.move", "MarginVault.pay", "MarginVault.payPooled", "MarginVault.poolFrom", "MarginVault.sweep",
        "PriceHub.resizeInsurance",
        "RiskRegistry.condemn", "RiskRegistry.enrol", "RiskRegistry.retire", "RiskRegistry.vacate", "RiskRegistry.voidAttestation", "RiskRegistry.voidEpoch",
        "VolSurfaces.retire",
    ];

    [Fact]
    public void EveryFunction_IsRestricted_OrAnyones_OrOfAConnectedContract() =>
        Assert.Equal(Anyone.Concat(Connected).Order(StringComparer.Ordinal), ContractFunctions.All().Where(static pair => !pair.Value).Select(static pair => pair.Key));

    [Fact]
    public void EveryFunctionOfAConnectedContract_IsTriedByStrangers()
    {
        string test = File.ReadAllText(Path.Combine(TestFiles.Root, "contracts", "test", "Clearinghouse.rooms.t.sol"));
        var tried = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Match match in Tried().Matches(test))
        {
            tried.Add($"{match.Groups["contract"].Value}.{match.Groups["function"].Value}");
        }

        Assert.Equal(Connected, tried);
    }

    [GeneratedRegex(@"abi\.encodeCall\(\s*I(?<contract>\w+?)(Modules)?\.(?<function>\w+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Tried();
}
