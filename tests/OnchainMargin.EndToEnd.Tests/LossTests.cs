using System.Globalization;
using System.Text.Json;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Keeping;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>Losses that nothing has paid (CLR-023, CLR-026), as a depositor meets them at the command line.</summary>
[Collection(SharedChain.Name)]
public sealed class LossTests(ChainFixture fixture)
{
    private const long Btc = 89_035_47000000;
    private const long Eth = 3_001_27000000;
    private const ulong Ether = 1_000_000_000_000_000_000;

    [Fact]
    public async Task Deficit_IsToldBeforeMoneyMoves_AndComesBackOutOfFees()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader saver = await world.TraderAsync(100_000);
        Trader keeper = await world.TraderAsync(100_000);
        await world.TradeAsync(saver, keeper, 1, Deployed.Unit / 10, Btc);
        await world.TradeAsync(keeper, saver, 1, Deployed.Unit / 10, Btc);
        await LeaveDeficitAsync(world, keeper);
        string account = $"{saver.Account}";

        // Nothing is sent without the word of who loses by it.
        ulong sent = await world.Chain.Node.GetTransactionCountAsync(saver.Key.Address);
        string refused = await CommandLine.RefusalAsync(world, saver.Key, "withdraw", account, "USDC", "10000");
        Assert.Contains(" USDC of 10000 USDC would be written down now, as losses of ", refused, StringComparison.Ordinal);
        Assert.Contains("--accept-loss", refused, StringComparison.Ordinal);
        await world.MintAsync(saver.Key.Address, 1_000_000_000);
        Assert.Contains("the deposit would share them", await CommandLine.RefusalAsync(world, saver.Key, "deposit", account, "USDC", "1000"), StringComparison.Ordinal);
        Assert.Contains($"Nothing is held for {saver.Key.Address}", await CommandLine.RefusalAsync(world, saver.Key, "claim"), StringComparison.Ordinal);
        Assert.Equal(sent, await world.Chain.Node.GetTransactionCountAsync(saver.Key.Address));

        // Other tokens share nothing.
        await world.MintAsync(saver.Key.Address, Ether, token: 1);
        Assert.Equal("1 WETH", Text(await CommandLine.RunAsync(world, saver.Key, "deposit", account, "WETH", "1"), "counted"));

        // What was told is what is written down.
        JsonElement taken = await CommandLine.RunAsync(world, saver.Key, "withdraw", account, "USDC", "10000", "--accept-loss");
        decimal told = Amount(refused.Split("About ")[1]);
        Assert.InRange(Amount(Text(taken, "writtenDown")), told * 0.999m, told * 1.001m);
        Assert.Contains("dollars of its losses wait for fees", await CommandLine.RefusalAsync(world, saver.Key, "claim"), StringComparison.Ordinal);

        JsonElement covered = await CommandLine.RunAsync(world, saver.Key, "cover");
        Assert.True(Amount(Text(covered, "paid")) > 0 && Amount(Text(covered, "givenBack")) > 0);
        Assert.Contains("There are no fees", await CommandLine.RefusalAsync(world, saver.Key, "cover"), StringComparison.Ordinal);
        JsonElement claimed = await CommandLine.RunAsync(world, saver.Key, "claim");
        Assert.InRange(Amount(Text(covered, "givenBack")) - Amount(Text(claimed, "claimed")), 0, 0.000001m);
        Assert.InRange(Amount(Text(claimed, "stillToComeBack")), 0.01m, told);
        Assert.Equal("1000 USDC", Text(await CommandLine.RunAsync(world, saver.Key, "deposit", account, "USDC", "1000", "--accept-loss"), "counted"));
        (UInt256 held, UInt256 owed) = await world.Client.GetConservationAsync(0);
        Assert.True(held >= owed);
    }

    /// <summary>Somebody borrows on ether, which falls below his debt before the keeper buys it: no position is there whose other side could bear it, and nobody has staked.</summary>
    private static async Task LeaveDeficitAsync(Deployed world, Trader keeper)
    {
        Trader borrower = await world.TraderAsync(0);
        await world.MintAsync(borrower.Key.Address, 10 * (UInt128)Ether, token: 1);
        await borrower.Client.DepositAsync(borrower.Account, borrower.Client.Sender, 1, 10 * (UInt128)Ether);
        await borrower.Client.WithdrawAsync(borrower.Account, 0, 20_000_000_000, borrower.Key.Address);
        await world.Chain.PassAsync(61);
        await world.SetPriceAsync(2, Eth * 82 / 100);
        ProtocolBook book = await world.Client.ReplayAsync();
        CheckpointInputs live = await world.Client.GetLiveInputsAsync();
        UnderWater found = Assert.IsType<UnderWater>(Liquidations.Look(book, book.Accounts[borrower.Account], live));
        ulong lot = await keeper.Client.StartLiquidationAsync(found.Account, found.Witness);

        // The band around the average follows in half an hour.
        await world.Client.TakeCheckpointAsync();
        await world.Chain.PassAsync(1900);
        await world.Client.TakeCheckpointAsync();
        await world.SetPriceAsync(2, Eth * 66 / 100);
        book = await world.Client.ReplayAsync();
        await keeper.Client.BidAsync(book.Lots[lot], book.Lots[lot].LeftE8, Int256.MaxValue, book.Accounts[keeper.Account]);
        Assert.NotEqual((UInt128)0, (await world.Client.GetLedgerAsync()).DeficitE8);
    }

    private static decimal Amount(string text) => decimal.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture);

    private static string Text(JsonElement reply, string name) => reply.GetProperty(name).GetString()!;
}
