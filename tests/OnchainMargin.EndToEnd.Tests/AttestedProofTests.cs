using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using OnchainMargin.EndToEnd.Tests.Guides;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>Attested proofs in the hands of users: two attesters that need each other, a relay, and the command line; then the attesters fall silent, one after the other, and everything goes on.</summary>
[Collection(SharedChain.Name)]
public sealed class AttestedProofTests(ChainFixture fixture)
{
    private const long Btc = 89_035_47000000;
    private const int Options = 12;
    private const ulong Ether = 1_000_000_000_000_000_000;
    private const ulong Day = 86_400;
    private const ulong EightOClock = 28_800;

    [Fact]
    public async Task WithdrawalsAndTrades_UseAttesters_AndComputeWhenTheyAreSilent()
    {
        using PrivateKey second = await Deployed.FundedKeyAsync(fixture.Chain);
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain, second);
        Trader maker = await world.TraderAsync(3_000_000);
        Trader bold = await world.TraderAsync(3_000_000);
        await world.MintAsync(bold.Key.Address, 10 * (UInt128)Ether, token: 1);
        await bold.Client.DepositAsync(bold.Account, bold.Client.Sender, 1, 10 * (UInt128)Ether);
        await GivePositionsAsync(world, maker, bold, second);
        string[] urls = [FreePort.Url(), FreePort.Url()];
        await using WebApplication one = await StartAsync(world, "one.db", Deployed.KeyOf("PROOF_ONE", world.Attester), urls[0], urls[1], SolverRoles.Relay);
        await using WebApplication two = await StartAsync(world, "two.db", Deployed.KeyOf("PROOF_TWO", second), urls[1], urls[0]);
        await world.Chain.PassAsync(61);
        await world.Client.TakeCheckpointAsync();
        await Eventually.TrueAsync(async () => (await world.Client.ReplayAsync()).LatestEpoch is { Signatures: 2 } epoch && epoch.Checkpoint >= 2, "an epoch that both nodes signed");
        using var relay = new HttpClient { BaseAddress = new Uri(urls[0]) };
        await LeafAsync(relay, bold);

        // The positions stay: the epoch's leaf shows a withdrawal of cash.
        JsonElement leaf = await OmarginAsync(world, bold, "withdraw", $"{bold.Account}", "USDC", "1000", "--solver", urls[0]);
        Assert.StartsWith("Shown by the attesters' epoch", Text(leaf, "proof"), StringComparison.Ordinal);

        // Collateral goes: what the leaf names is not there any more, so the attesters sign what is left.
        JsonElement signed = await OmarginAsync(world, bold, "withdraw", $"{bold.Account}", "WETH", "1", "--solver", urls[1]);
        Assert.Equal("Shown by attesters who signed it now; no fee.", Text(signed, "proof"));
        JsonElement computed = await OmarginAsync(world, bold, "withdraw", $"{bold.Account}", "WETH", "1");
        Assert.StartsWith("Computed on chain: no solver was named", Text(computed, "proof"), StringComparison.Ordinal);
        Assert.True(Gas(signed) < Gas(computed), $"attested {Gas(signed)}, computed {Gas(computed)}");

        // The relay's trade, both accounts shown by attesters, and a match by the command line.
        int used = (await world.Client.ReplayAsync()).Used.Count;
        await TradeAsync(world, relay, maker, bold, nonce: 1001);
        Assert.Equal(used + 2, (await world.Client.ReplayAsync()).Used.Count);
        await OmarginAsync(world, maker, Sign(maker, "sell", world, "maker.json"));
        await OmarginAsync(world, bold, Sign(bold, "buy", world, "taker.json"));
        JsonElement match = await OmarginAsync(world, bold, "order", "match", Path.Combine(world.Folder, "maker.json"), Path.Combine(world.Folder, "taker.json"), "--solver", urls[0]);
        Assert.Equal("Shown by attesters who signed it now; no fee.", Text(match, "makerProof"));
        Assert.Equal(used + 4, (await world.Client.ReplayAsync()).Used.Count);

        // A position and cash go to a second account of the same owner: the large one is shown by attesters, the small one computes for less.
        await bold.ReconnectAsync(world);
        ulong sibling = await bold.Client.OpenAccountAsync(bold.Key.Address);
        await MoveAsync(world, relay, bold, sibling);
        used = (await world.Client.ReplayAsync()).Used.Count;

        // One attester is not enough to sign what a trade leaves, but the epoch that both signed knows the accounts as they are before it, and the trade is within headroom.
        await world.Chain.PassAsync(61);
        await world.Client.TakeCheckpointAsync();
        await LeafAsync(relay, bold);
        await two.StopAsync();
        await TradeAsync(world, relay, maker, bold, nonce: 1004);
        ProtocolBook traded = await world.Client.ReplayAsync();
        Assert.Equal(used + 2, traded.Used.Count);
        Assert.All(traded.Used.TakeLast(2), use =>
        {
            Assert.NotEqual(0UL, use.Accused.Epoch);
            Assert.NotEqual(traded.Accounts[use.Accused.Attestation.Account].PositionsHash, use.Accused.Attestation.PositionsHash);
        });

        // Now it does not know them any more: withdrawals and trades are computed.
        JsonElement alone = await OmarginAsync(world, bold, "withdraw", $"{bold.Account}", "WETH", "1", "--solver", urls[0]);
        Assert.Contains("only 1 of 2 attesters signed", Text(alone, "proof"), StringComparison.Ordinal);
        await TradeAsync(world, relay, maker, bold, nonce: 1002);
        used = (await world.Client.ReplayAsync()).Used.Count;
        await TradeAsync(world, relay, maker, bold, nonce: 1003);
        Assert.Equal(used, (await world.Client.ReplayAsync()).Used.Count);

        // Nobody is there.
        await one.StopAsync();
        JsonElement silent = await OmarginAsync(world, bold, "withdraw", $"{bold.Account}", "USDC", "1", "--solver", urls[0]);
        Assert.Contains("did not answer", Text(silent, "proof"), StringComparison.Ordinal);
        await world.AssertSameFiguresAsync();
    }

    private static async Task GivePositionsAsync(Deployed world, Trader maker, Trader bold, PrivateKey second)
    {
        uint expiry = (uint)((await world.NowAsync() / Day * Day) + (30 * Day) + EightOClock);
        await world.PublishSurfaceAsync(expiry, 10_000_000_000, second);
        await world.Chain.PassAsync(61);
        await world.Client.TakeCheckpointAsync();
        for (int i = 0; i < Options; i++)
        {
            long strikeE4 = (70_000 + (i * 3_000)) * 10_000L;
            Instrument option = i % 2 == 0 ? Instrument.Call(1, expiry, strikeE4) : Instrument.Put(1, expiry, strikeE4);
            await world.TradeAsync(bold, maker, option, Deployed.Unit / 10);
        }
    }

    /// <summary>A tenth of a bitcoin from the maker to the other, by two orders at the relay.</summary>
    private static async Task TradeAsync(Deployed world, HttpClient relay, Trader maker, Trader taker, ulong nonce)
    {
        ulong expiry = await world.NowAsync() + 3600;
        long before = await SizeAsync(world, taker);
        Clearinghouse.Order Order(Trader trader, long sizeE8) => new(trader.Account, Instrument.Perpetual(1).Packed, sizeE8, (ulong)Btc, nonce, expiry, 1_000_000, 0);
        string rests = await OrderExample.PlaceAsync(maker.Client, relay, maker.Key, Order(maker, -Deployed.Unit / 10));
        Assert.Contains("esting", rests, StringComparison.Ordinal);
        string taken = await OrderExample.PlaceAsync(taker.Client, relay, taker.Key, Order(taker, Deployed.Unit / 10));
        Assert.Contains("ettling", taken, StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => await SizeAsync(world, taker) == before + (Deployed.Unit / 10), "the trade on chain");
    }

    /// <summary>Until a solver has an epoch of an account as it is.</summary>
    private static Task LeafAsync(HttpClient solver, Trader trader) => Eventually.TrueAsync(
        async () =>
        {
            using HttpResponseMessage reply = await solver.PostAsJsonAsync($"api/accounts/{trader.Account}/withdrawal-proof", new { token = 0, amountRaw = "1000000" });
            return reply.IsSuccessStatusCode && Text((await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accounts")[0], "way") == "Leaf";
        },
        "an epoch of the account as it is");

    private static async Task MoveAsync(Deployed world, HttpClient solver, Trader trader, ulong to)
    {
        ulong until = await world.NowAsync() + 600;
        object Asker(ulong account) => new { signer = trader.Key.Address.ToString(), signature = HexData.Encode(trader.Key.SignHash(trader.Client.Digests.OfProofRequest(account, until)).ToArray()), validUntilSeconds = $"{until}" };
        var perpetual = Instrument.Perpetual(1);
        var request = new { to, token = 0, amountRaw = "50000000000", instruments = new[] { $"{perpetual.Packed}" }, asker = Asker(trader.Account), toAsker = Asker(to) };
        JsonElement answer = default;
        await Eventually.TrueAsync(
            async () =>
            {
                using HttpResponseMessage reply = await solver.PostAsJsonAsync($"api/accounts/{trader.Account}/move-proofs", request);
                answer = await reply.Content.ReadFromJsonAsync<JsonElement>();
                return reply.IsSuccessStatusCode;
            },
            "the new account at the solver");
        JsonElement[] proofs = [.. answer.GetProperty("accounts").EnumerateArray()];
        Assert.Equal(["Signed", "Computed"], proofs.Select(static proof => Text(proof, "way")));
        Clearinghouse.Proof Proof(int place) => new((byte)proofs[place].GetProperty("kind").GetInt32(), HexData.Decode(Text(proofs[place], "data")));
        long before = await SizeAsync(world, trader);
        BookAccount from = await trader.Client.GetAccountAsync(trader.Account);
        await trader.Client.SendAsync(trader.Client.Calls.Move(from, Proof(0), await trader.Client.GetAccountAsync(to), Proof(1), 0, 50_000_000_000, [perpetual]));
        Assert.Equal(before, (await trader.Client.GetAccountAsync(to)).State.SizeOf(perpetual));
    }

    private static async Task<long> SizeAsync(Deployed world, Trader trader) => (await world.Client.GetAccountAsync(trader.Account)).State.SizeOf(Instrument.Perpetual(1));

    private static string[] Sign(Trader trader, string side, Deployed world, string file) =>
        ["order", "sign", side, "0.1", "BTC-PERP", "--account", $"{trader.Account}", "--price", (Btc / Deployed.Unit).ToString(CultureInfo.InvariantCulture), "--out", Path.Combine(world.Folder, file)];

    private static Task<JsonElement> OmarginAsync(Deployed world, Trader trader, params string[] arguments) => CommandLine.RunAsync(world, trader.Key, arguments);

    private static string Text(JsonElement reply, string name) => reply.GetProperty(name).GetString()!;

    private static ulong Gas(JsonElement reply) => ulong.Parse(Text(reply, "gas"), CultureInfo.InvariantCulture);

    private static async Task<WebApplication> StartAsync(Deployed world, string store, KeyOptions key, string url, string peer, params string[] more)
    {
        SolverOptions options = world.Options(0, null, store, [SolverRoles.Indexer, SolverRoles.Risk, SolverRoles.Attester, SolverRoles.Api, .. more]);
        WebApplication host = await SolverHost.CreateAsync(options with
        {
            Attester = new AttesterOptions { Keys = [key], Peers = [peer], PollMilliseconds = 100 },
            Api = options.Api with { Url = url },
        });
        await host.StartAsync();
        return host;
    }
}
