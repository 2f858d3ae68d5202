using System.Globalization;
using Microsoft.AspNetCore.Builder;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Models.Surfaces;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Surfaces;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>Expiries list themselves: two nodes with a key and quotes each fit, compare, sign and publish, and options are traded on what they publish.</summary>
[Collection(SharedChain.Name)]
public sealed class SurfacePublicationTests(ChainFixture fixture)
{
    private const long Btc = 89_035_47000000;

    [Fact]
    public async Task TwoNodes_ListExpiriesAndFollowTheMarket_AndAStraddleIsTraded()
    {
        using PrivateKey second = await Deployed.FundedKeyAsync(fixture.Chain);
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain, second);
        Trader maker = await world.TraderAsync(2_000_000);
        Trader writer = await world.TraderAsync(60_000);
        string[] urls = [FreePort.Url(), FreePort.Url()];
        await using WebApplication one = await StartAsync(world, "one.db", Deployed.KeyOf("QUOTES_ONE", world.Attester), urls[0], urls[1], SurfaceOptions.Simulated, new SolverLog(), SolverRoles.Pricer);
        await using WebApplication two = await StartAsync(world, "two.db", Deployed.KeyOf("QUOTES_TWO", second), urls[1], urls[0], SurfaceOptions.Simulated, new SolverLog());

        await Eventually.TrueAsync(async () => (await world.Client.GetLiveInputsAsync()).Checkpoint.Underlyings.All(static record => record.Expiries.Length >= 2), "expiries of both underlyings, signed by both nodes");
        Address hub = world.Client.Deployment.Contracts.PriceHub;
        await world.Chain.PassAsync(61);
        await Eventually.TrueAsync(async () => await world.Client.Node.CallAsync(hub, new PriceHub.OptionInterestMaxE8Call(1)) > Deployed.Unit, "a checkpoint that says how many options may be open");
        CheckpointInputs live = await world.Client.GetLiveInputsAsync();
        ExpiryRecord last = live.Checkpoint.Underlyings[0].Expiries[^1];
        long strikeE4 = last.Present.ForwardE8 / 100_000_000_000 * 100_000_000_000 / 10_000;
        await AssertSameBandsAsync(world, last.Expiry, strikeE4);
        foreach (InstrumentKind kind in (InstrumentKind[])[InstrumentKind.Call, InstrumentKind.Put])
        {
            await world.TradeAsync(maker, writer, new Instrument(1, last.Expiry, strikeE4, kind), Deployed.Unit);
        }

        await AssertOddStrikeIsRefusedAsync(world, maker, writer, Instrument.Call(1, last.Expiry, strikeE4 + 500_000));
        await world.TradeAsync(maker, writer, 1, Deployed.Unit / 2, Btc);
        await world.Chain.PassAsync(61);
        await Eventually.TrueAsync(async () => (await world.Client.ReplayAsync()).LatestCheckpoint is { } taken && taken.Checkpoint.Underlyings.All(static record => record.Expiries.Length >= 2), "a checkpoint that holds the expiries");
        await world.AssertSameFiguresAsync();

        // The market moves and time passes: surfaces follow, at the new spot, inside the contract's steps.
        long published = live.Checkpoint.Underlyings[0].Expiries[^1].SurfaceTime;
        await world.SetPriceAsync(1, Btc * 95 / 100);
        await world.SetPriceAsync(2, 2_850_00000000);
        await Eventually.TrueAsync(
            async () =>
            {
                await world.Chain.PassAsync(120);
                await Task.Delay(TimeSpan.FromSeconds(1));
                return (await world.Client.GetLiveInputsAsync()).Checkpoint.Underlyings[0] is { } now && now.Expiries[^1].SurfaceTime >= published + 600 && Math.Abs(now.Expiries[^1].Present.PublishedForwardE8 - now.SpotE8) < now.SpotE8 / 50;
            },
            "surfaces at the new price");
        await world.AssertSameFiguresAsync();
        await one.StopAsync();
        await two.StopAsync();
    }

    /// <summary>By the chain, and in the same words by the command line before anything is signed (CLR-028).</summary>
    private static async Task AssertOddStrikeIsRefusedAsync(Deployed world, Trader maker, Trader writer, Instrument odd)
    {
        string sentence = OddStrikes.Refusal(odd, 0, 1)!;
        RevertException error = await Assert.ThrowsAsync<RevertException>(() => world.TradeAsync(maker, writer, odd, Deployed.Unit));
        Assert.Equal(sentence, Refusals.Sentence(error.Reason));
        string name = new InstrumentNames(world.Client.Deployment).Format(odd);
        Assert.Contains(sentence, await CommandLine.RefusalAsync(world, writer.Key, "order", "sign", "buy", "1", name, "--account", $"{writer.Account}", "--price", "100", "--out", Path.Combine(world.Folder, "odd.json")), StringComparison.Ordinal);
    }

    /// <summary>The relay's band and the chain's, to the last unit (CLR-013).</summary>
    private static async Task AssertSameBandsAsync(Deployed world, uint expiry, long strikeE4)
    {
        CheckpointInputs live = await world.Client.GetLiveInputsAsync();
        OnchainMargin.Protocol.Generated.RiskParameters.ClearingParameters clearing = (await world.Client.ReplayAsync()).Parameters.Clearing;
        Address gate = world.Client.Deployment.Contracts.HealthGate;
        Instrument[] dated = [.. ((long[])[strikeE4 / 4, strikeE4, strikeE4 * 3]).Select(strike => new Instrument(1, expiry, strike, InstrumentKind.Call)), new(1, expiry, strikeE4, InstrumentKind.Put), Instrument.Future(1, expiry)];
        foreach (Instrument instrument in dated)
        {
            PriceBand band = PriceBand.Of(instrument, live.View, clearing)!.Value;
            HealthGate.RequireInBandCall Ask(Int128 priceE8) => new(instrument.Packed, (UInt256)(UInt128)priceE8, live.Head, live.AllRecords);
            await world.Client.Node.CallAsync(gate, Ask(band.MarkE8 + band.WidthE8));
            await Assert.ThrowsAsync<RevertException>(() => world.Client.Node.CallAsync(gate, Ask(band.MarkE8 + band.WidthE8 + 1)));
            Assert.True(band.Holds((ulong)(band.MarkE8 + band.WidthE8)) && !band.Holds((ulong)(band.MarkE8 + band.WidthE8 + 1)));
        }
    }

    [Fact]
    public async Task ANodeWithOtherQuotes_IsNotCoSigned()
    {
        using PrivateKey second = await Deployed.FundedKeyAsync(fixture.Chain);
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain, second);
        string[] urls = [FreePort.Url(), FreePort.Url()];
        string path = Path.Combine(world.Folder, "lies.csv");
        WriteQuotes(path, await world.NowAsync(), 1.3);
        var (saidByOne, saidByTwo) = (new SolverLog(), new SolverLog());
        await using WebApplication one = await StartAsync(world, "one.db", Deployed.KeyOf("LIES_ONE", world.Attester), urls[0], urls[1], path, saidByOne, SolverRoles.Pricer);
        await using WebApplication two = await StartAsync(world, "two.db", Deployed.KeyOf("LIES_TWO", second), urls[1], urls[0], SurfaceOptions.Simulated, saidByTwo, SolverRoles.Pricer);

        // Each proposes and refuses the other's; then the liar's file becomes honest and the next proposal passes.
        await Eventually.TrueAsync(
            async () =>
            {
                await world.Chain.PassAsync(40);
                await Task.Delay(TimeSpan.FromSeconds(1));
                Assert.Empty((await world.Client.ReplayAsync()).Surfaces);
                return saidByOne.Has(SolverLog.ProposalRefused, "of Surfaces ") && saidByTwo.Has(SolverLog.ProposalRefused, "of Surfaces ");
            },
            "a refusal by each node of what the other proposed");

        await Eventually.TrueAsync(
            async () =>
            {
                await world.Chain.PassAsync(40);
                WriteQuotes(path, await world.NowAsync(), 1);
                await Task.Delay(TimeSpan.FromSeconds(1));
                return !(await world.Client.ReplayAsync()).Surfaces.IsEmpty;
            },
            "a surface that both nodes signed once their quotes agreed");
        await one.StopAsync();
        await two.StopAsync();
    }

    /// <summary>The quotes that a simulated source gives at its first look, their volatilities scaled, in the layout of recorded option chains; good for ten minutes ahead of the chain's time.</summary>
    private static void WriteQuotes(string path, ulong time, double factor)
    {
        var lines = new List<string> { "snapshot_utc,instrument_name,underlying_price,index_price,bid_price,ask_price,mark_iv" };
        foreach ((string name, double spot) in (IEnumerable<(string, double)>)[("BTC", Btc / 1e8), ("ETH", 3_001.27)])
        {
            foreach (OptionQuote quote in new SimulatedQuoteSource().Read(name, spot, (long)time))
            {
                double root = Math.Sqrt((quote.Expiry - (long)time) / (365 * 86_400.0));
                double Price(double spread) => Black76.Value(quote.Forward, quote.Strike, ((quote.MarkVolatility * factor) + spread) * root, quote.IsCall) / quote.Forward;
                string day = DateTimeOffset.FromUnixTimeSeconds(quote.Expiry).ToString("dMMMyy", CultureInfo.InvariantCulture).ToUpperInvariant();
                lines.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{DateTimeOffset.FromUnixTimeSeconds((long)time):yyyy-MM-ddTHH:mm:ssZ},{name}-{day}-{quote.Strike:0.####}-{(quote.IsCall ? 'C' : 'P')},{quote.Forward:R},{spot:R},{Price(-0.01):R},{Price(0.01):R},{quote.MarkVolatility:R}"));
            }
        }

        string draft = path + ".tmp";
        File.WriteAllLines(draft, lines);
        File.Move(draft, path, overwrite: true);
    }

    private static async Task<WebApplication> StartAsync(Deployed world, string store, KeyOptions key, string url, string peer, string source, SolverLog log, params string[] more)
    {
        SolverOptions options = world.Options(0, null, store, [SolverRoles.Indexer, SolverRoles.Attester, SolverRoles.Api, .. more]);
        WebApplication host = await SolverHost.CreateAsync(options with
        {
            Attester = new AttesterOptions { Keys = [key], Peers = [peer], PollMilliseconds = 100 },
            Surfaces = new SurfaceOptions { Source = source, PollMilliseconds = 200, TakeoverSeconds = 2, MaximumQuoteAgeSeconds = 86_400 },
            Api = options.Api with { Url = url },
        }, log.Listen);
        await host.StartAsync();
        return host;
    }
}
