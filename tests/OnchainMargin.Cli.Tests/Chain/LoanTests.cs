using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Commands;
using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Tests.Chain;

/// <summary>What is told before something is sent that nobody may have meant.</summary>
public sealed class LoanTests
{
    private const long One = 100_000_000;

    [Theory]
    [InlineData(1_000, 1_000, 0)]
    [InlineData(1_000, 41_000, 40_000)]
    [InlineData(-500, 100, 100)]
    public void OfE8_IsWhatADebtGrowsBy(long cash, long amount, long loan) => Assert.Equal((Int128)loan * One, Loan.OfE8((Int128)cash * One, (Int128)amount * One));

    [Theory]
    [InlineData(1_000, ", or withdraw at most 1000 USDC.")]
    [InlineData(-500, "--borrow.")]
    public void Withdraw_BeyondCash_NamesTheLoan(long cash, string end)
    {
        string sentence = Loan.Sentence(41_000_000_000, 40_000 * (Int128)One, cash * (Int128)One, 52_500_000_000, Samples.Deployment().Tokens[0]);

        Assert.StartsWith("Of 41000 USDC the account would borrow 40,000.00 dollars against its collateral, at about 5.25 % a year as it stands: take that loan with --borrow", sentence, StringComparison.Ordinal);
        Assert.EndsWith(end, sentence, StringComparison.Ordinal);
    }

    /// <summary>While a market is halted the room is 0, however empty the cap.</summary>
    [Theory]
    [InlineData(true, "The market of WETH is halted")]
    [InlineData(false, "There is no room below the cap of WETH now")]
    public void Engage_OfNothing_SaysWhetherTheMarketOrTheCapHoldsIt(bool isHalted, string beginning) =>
        Assert.StartsWith(beginning, EngageCommand.Refusal("WETH", isHalted), StringComparison.Ordinal);
}
