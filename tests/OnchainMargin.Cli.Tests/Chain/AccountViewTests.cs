using OnchainMargin.Cli.Chain;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Cli.Tests.Chain;

/// <summary>An account as people read it.</summary>
public sealed class AccountViewTests
{
    /// <summary>Anybody may deposit what was listed since, and the deployment's file does not name it before its owner is given another.</summary>
    [Fact]
    public void Of_ATokenThatTheFileDoesNotName_ShowsItsNumber()
    {
        Dictionary<ushort, BookToken> tokens = new()
        {
            [0] = new BookToken(0, SampleDeployment.At(12), 6),
            [1] = new BookToken(1, SampleDeployment.At(13), 8),
            [2] = new BookToken(2, SampleDeployment.At(40), 18),
        };
        var account = new BookAccount
        {
            Id = 7,
            Owner = SampleDeployment.At(41),
            StateBytes = AccountState.Empty.Pack(),
            StateHash = Hash32.Zero,
            State = AccountState.Empty,
            Balances = [new Balance(1, 150_000_000), new Balance(2, 1)],
            Idle = [new Balance(2, 2_000_000_000_000_000_000)],
            ChangedInBlock = 1,
        };

        var view = AccountView.Of(account, tokens, Samples.Deployment());

        Assert.Equal(new Dictionary<string, string> { ["WBTC"] = "1.5", ["#2"] = "0.000000000000000001" }, view.Collateral);
        Assert.Equal(new Dictionary<string, string> { ["#2"] = "2" }, view.Idle);
        Assert.Contains("1.5 WBTC 0.000000000000000001 #2", view.Row());
    }
}
