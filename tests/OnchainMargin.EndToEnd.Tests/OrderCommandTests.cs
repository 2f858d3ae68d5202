using System.Text.Json;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>What an owner signs and hands to others at the command line, and how he takes it back.</summary>
[Collection(SharedChain.Name)]
public sealed class OrderCommandTests(ChainFixture fixture)
{
    private const string Btc = "89035.47";

    [Fact]
    public async Task Sign_WithoutAFee_AllowsWhatTheChainTakesAndNoMore_AndCancelAllEndsEveryOrder()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader maker = await world.TraderAsync(100_000);
        Trader taker = await world.TraderAsync(100_000);
        RiskParameters.ClearingParameters clearing = await world.Chain.Node.CallAsync(world.Record.Contracts.RiskParameters, new RiskParameters.ClearingCall());
        Assert.Equal((20_000U, 50_000U), (clearing.MakerFeeE8, clearing.TakerFeeE8));

        string resting = await SignAsync(world, maker, "sell", "0.0002", "--post-only");
        string meeting = await SignAsync(world, taker, "buy", "0.0005");
        JsonElement filled = await CommandLine.RunAsync(world, taker.Key, "order", "match", resting, meeting, "--size", "0.1");
        Assert.Equal("0.1", Text(filled, "filled"));

        // Both are filled in part; whoever has the maker's could fill the rest.
        JsonElement cancelled = await CommandLine.RunAsync(world, maker.Key, "order", "cancel", "--all", "--account", $"{maker.Account}");
        Assert.NotEmpty(Text(cancelled, "cancelledBelow"));
        Assert.Contains("This order is filled or cancelled already", await CommandLine.RefusalAsync(world, taker.Key, "order", "match", resting, meeting, "--size", "0.1"), StringComparison.Ordinal);

        // What is signed from now on counts again.
        string next = await SignAsync(world, maker, "sell", "0.0002", "--post-only");
        Assert.Equal("0.1", Text(await CommandLine.RunAsync(world, taker.Key, "order", "match", next, meeting, "--size", "0.1"), "filled"));
    }

    /// <summary>One call of a delegate who may cancel raises the bound above every clock: what is signed after it is filled, and taken back, all the same.</summary>
    [Fact]
    public async Task Sign_BehindABoundAboveEveryClock_IsFilled_AndOrdersOfOneNonceShareOneSize()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader maker = await world.TraderAsync(100_000);
        Trader taker = await world.TraderAsync(100_000);
        await maker.Client.SendAsync(maker.Client.Calls.CancelBelow(maker.Account, 1UL << 48));

        string resting = await SignAsync(world, maker, "sell", "0.0002", "--post-only");
        string meeting = await SignAsync(world, taker, "buy", "0.0005", "--nonce", "7");
        Assert.Equal("0.1", Text(await CommandLine.RunAsync(world, taker.Key, "order", "match", resting, meeting, "--size", "0.1"), "filled"));
        await CommandLine.RunAsync(world, maker.Key, "order", "cancel", "--all", "--account", $"{maker.Account}");
        Assert.Contains("This order is filled or cancelled already", await CommandLine.RefusalAsync(world, taker.Key, "order", "match", resting, meeting, "--size", "0.1"), StringComparison.Ordinal);

        // Signing the same nonce again takes nothing back: the one of before is filled with what both have left.
        resting = await SignAsync(world, maker, "sell", "0.0002", "--post-only");
        string later = await SignAsync(world, taker, "buy", "0.0005", "--nonce", "7");
        Assert.Equal("0.1", Text(await CommandLine.RunAsync(world, taker.Key, "order", "match", resting, meeting, "--size", "0.1"), "filled"));
        Assert.Contains("This order is filled or cancelled already", await CommandLine.RefusalAsync(world, maker.Key, "order", "match", resting, later, "--size", "0.1"), StringComparison.Ordinal);
    }

    /// <summary>What is paid in is the account's owner's alone.</summary>
    [Fact]
    public async Task Deposit_IntoAnAccountOfSomebodyElse_NamesHim()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader saver = await world.TraderAsync(0);
        Trader friend = await world.TraderAsync(0);
        string[] deposit = ["deposit", $"{friend.Account}", "USDC", "100", "--mint"];

        Assert.Contains($"Account {friend.Account} belongs to {friend.Key.Address}, who alone could take it out", await CommandLine.RefusalAsync(world, saver.Key, deposit), StringComparison.Ordinal);
        Assert.Contains("who alone could take it out", await CommandLine.RefusalAsync(world, saver.Key, [.. deposit, "--owner", saver.Key.Address.ToString()]), StringComparison.Ordinal);
        Assert.Equal("100 USDC", Text(await CommandLine.RunAsync(world, saver.Key, [.. deposit, "--owner", friend.Key.Address.ToString()]), "counted"));
    }

    [Fact]
    public async Task Delegate_OfTheCommandLine_IsAppointedShownAndRevoked()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader owner = await world.TraderAsync(0);
        Trader friend = await world.TraderAsync(0);
        string account = $"{owner.Account}";
        string who = friend.Key.Address.ToString();
        string[] cancelAll = ["order", "cancel", "--all", "--account", account];

        Assert.Contains("belongs to another wallet", await CommandLine.RefusalAsync(world, friend.Key, cancelAll), StringComparison.Ordinal);
        JsonElement appointed = await CommandLine.RunAsync(world, owner.Key, "account", "appoint", account, who, "--may", "trade", "--may", "cancel", "--valid", "3600");
        Assert.Equal((who, "trade, cancel"), (Text(appointed, "delegate"), Text(appointed, "may")));
        JsonElement shown = await CommandLine.RunAsync(world, owner.Key, "account", "show", account);
        Assert.Equal($"trade, cancel until {Text(appointed, "until")}", Text(shown.GetProperty("delegates"), who));
        await CommandLine.RunAsync(world, friend.Key, cancelAll);

        Assert.Contains("belongs to another wallet", await CommandLine.RefusalAsync(world, friend.Key, "account", "revoke", account, who), StringComparison.Ordinal);
        Assert.Equal(who, Text(await CommandLine.RunAsync(world, owner.Key, "account", "revoke", account, who), "revoked"));
        Assert.Contains("belongs to another wallet", await CommandLine.RefusalAsync(world, friend.Key, cancelAll), StringComparison.Ordinal);
        Assert.Contains($"{who} has no right in account {account}", await CommandLine.RefusalAsync(world, owner.Key, "account", "revoke", account, who), StringComparison.Ordinal);
        Assert.Empty((await CommandLine.RunAsync(world, owner.Key, "account", "show", account)).GetProperty("delegates").EnumerateObject());
    }

    /// <summary>Signs an order over 0.2 bitcoin and holds it to the fee that it should allow.</summary>
    private static async Task<string> SignAsync(Deployed world, Trader trader, string side, string fee, params string[] more)
    {
        string path = Path.Combine(world.Folder, $"{Guid.NewGuid():N}.json");
        JsonElement signed = await CommandLine.RunAsync(world, trader.Key, ["order", "sign", side, "0.2", "BTC-PERP", "--account", $"{trader.Account}", "--price", Btc, "--out", path, .. more]);
        Assert.Equal(fee, Text(signed, "maxFee"));
        Assert.Equal(fee, Text(JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(path)), "maxFeeRate"));
        return path;
    }

    private static string Text(JsonElement reply, string name) => reply.GetProperty(name).GetString()!;
}
