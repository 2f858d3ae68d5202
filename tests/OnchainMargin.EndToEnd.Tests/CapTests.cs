using System.Text.Json;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>Tokens above a cap (CLR-034), as an owner sees and moves them from the command line.</summary>
[Collection(SharedChain.Name)]
public sealed class CapTests(ChainFixture fixture)
{
    private const ulong Ether = 1_000_000_000_000_000_000;

    [Fact]
    public async Task Deposit_AboveACap_IsToldCountedOnceThereIsRoomAndTakenOut()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader owner = await world.TraderAsync(0);
        string account = $"{owner.Account}";
        await SetCapAsync(world, wholeTokens: 3);
        await world.MintAsync(owner.Key.Address, 10 * (UInt128)Ether, token: 1);

        JsonElement deposit = await CommandLine.RunAsync(world, owner.Key, "deposit", account, "WETH", "5.5");
        Assert.Equal(("5.5 WETH", "3 WETH", "2.5 WETH"), (Text(deposit, "deposited"), Text(deposit, "counted"), Text(deposit, "idle")));
        JsonElement shown = await CommandLine.RunAsync(world, owner.Key, "account", "show", account);
        Assert.Equal(("3", "2.5"), (Text(shown.GetProperty("collateral"), "WETH"), Text(shown.GetProperty("idle"), "WETH")));

        Assert.Contains("There is no room below the cap of WETH now", await CommandLine.RefusalAsync(world, owner.Key, "engage", account, "WETH"), StringComparison.Ordinal);
        await SetCapAsync(world, wholeTokens: 4);
        JsonElement engaged = await CommandLine.RunAsync(world, owner.Key, "engage", account, "WETH");
        Assert.Equal(("1 WETH", "1.5 WETH"), (Text(engaged, "engaged"), Text(engaged, "idle")));

        Assert.Contains($"Account {account} has 1.5 WETH idle, less than 2 WETH", await CommandLine.RefusalAsync(world, owner.Key, "withdraw", account, "WETH", "2", "--idle"), StringComparison.Ordinal);
        JsonElement taken = await CommandLine.RunAsync(world, owner.Key, "withdraw", account, "WETH", "1.5", "--idle");
        Assert.Equal(("1.5 WETH", owner.Key.Address.ToString()), (Text(taken, "withdrawn"), Text(taken, "to")));
        Assert.Empty(await owner.Client.GetIdleAsync(owner.Account));
        Assert.Equal(new Balance(1, 4 * (UInt128)Ether), Assert.Single((await owner.Client.GetAccountAsync(owner.Account)).Balances));
        Assert.Contains($"Account {account} has no WETH idle", await CommandLine.RefusalAsync(world, owner.Key, "engage", account, "WETH"), StringComparison.Ordinal);
    }

    /// <summary>A deployment's file does not know what was listed after it was written, and anybody may deposit that anywhere.</summary>
    [Fact]
    public async Task Deposit_OfATokenThatAFileDoesNotName_StopsNobodysList()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader owner = await world.TraderAsync(100);
        Trader stranger = await world.TraderAsync(0);
        int last = world.Record.Tokens.Count - 1;
        await world.MintAsync(stranger.Key.Address, 1, last);
        await stranger.Client.DepositAsync(owner.Account, owner.Client.Sender, (ushort)last, 1);
        DeploymentFile.Write(world.DeploymentPath, world.Record with { Tokens = [.. world.Record.Tokens.Take(last)] });

        JsonElement shown = await CommandLine.RunAsync(world, owner.Key, "account", "show", $"{owner.Account}");
        Assert.Equal("0.00000001", Text(shown.GetProperty("collateral"), $"#{last}"));
        JsonElement listed = await CommandLine.RunAsync(world, owner.Key, "account", "list");
        Assert.Contains(listed.GetProperty("accounts").EnumerateArray(), account => account.GetProperty("collateral").TryGetProperty($"#{last}", out _));
        string change = Path.Combine(world.Folder, "change.json");
        await File.WriteAllTextAsync(change, "{}");
        Assert.Empty((await CommandLine.RunAsync(world, owner.Key, "params", "check", change)).GetProperty("madeLiquidatable").EnumerateArray());
    }

    private static Task<ulong> SetCapAsync(Deployed world, ulong wholeTokens) => world.SendAsync((world.Record.Contracts.MarginVault, new MarginVault.SetCapCall(1, wholeTokens, 0)));

    private static string Text(JsonElement reply, string name) => reply.GetProperty(name).GetString()!;
}
