using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Quorum;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>A wild fortnight: two nodes learn it from the chain's checkpoints, agree on a step, sign and send it; what goes farther than either computes is not signed.</summary>
[Collection(SharedChain.Name)]
public sealed class ParameterStepTests(ChainFixture fixture)
{
    private const long Btc = 89_035_47000000;
    private const int GapSeconds = 20 * 3600;

    /// <summary>The forecast needs 264 hours, so that only the last gap lets a node propose.</summary>
    private const int Gaps = 14;

    [Fact]
    public async Task TwoNodes_LearnAWildFortnight_AndStepTogetherAndNoFarther()
    {
        using PrivateKey second = await Deployed.FundedKeyAsync(fixture.Chain);
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain, second);
        Trader maker = await world.TraderAsync(5_000_000);
        Trader bold = await world.TraderAsync(60_000);
        await world.TradeAsync(bold, maker, 1, Deployed.Unit, Btc);
        string[] urls = [FreePort.Url(), FreePort.Url()];
        var saidByTwo = new SolverLog();
        await using WebApplication one = await StartAsync(world, "one.db", Deployed.KeyOf("STEP_ONE", world.Attester), urls[0], urls[1], new SolverLog());
        await using WebApplication two = await StartAsync(world, "two.db", Deployed.KeyOf("STEP_TWO", second), urls[1], urls[0], saidByTwo);
        for (int i = 0; i < Gaps; i++)
        {
            // Up and down by fifteen percent every twenty hours; ether stands still.
            await world.Chain.PassAsync(GapSeconds);
            await world.SetPriceAsync(1, i % 2 == 0 ? Btc * 115 / 100 : Btc);
            await world.SetPriceAsync(2, 3_001_27000000);
            await world.Client.TakeCheckpointAsync();
        }

        await Eventually.TrueAsync(async () => (await UnderlyingAsync(world)).PriceRangeE8 > 14_000_000, "a step that both nodes signed");
        RiskParameters.UnderlyingParameters stepped = await UnderlyingAsync(world);
        Assert.Equal(14_700_000U, stepped.PriceRangeE8);
        ProtocolBook book = await world.Client.ReplayAsync();
        Assert.Equal(14_700_000U, book.Parameters.Underlyings[1].PriceRangeE8);
        Assert.Equal((ulong)book.LatestCheckpoint!.Checkpoint.Header.Time, book.Steps.UnderlyingTimes[1]);
        await world.AssertSameFiguresAsync();

        // One attester lies: a step as far as the contract lets it, of which the other node computes less. It signs nothing.
        await world.Chain.PassAsync(1800);
        await world.Client.TakeCheckpointAsync();
        ulong time = (ulong)(await world.Client.ReplayAsync()).LatestCheckpoint!.Checkpoint.Header.Time;
        ParameterSteps.UnderlyingLimitsResult limits = await world.Chain.Node.CallAsync(world.Record.Contracts.ParameterSteps, new ParameterSteps.UnderlyingLimitsCall(1));
        Proposal lie = Proposal.Of([new ParameterSteps.UnderlyingStep(1, time, limits.LeastE8[0], (uint)limits.MostE8[1], (uint)limits.MostE8[2], (uint)limits.MostE8[3], (uint)limits.MostE8[4])], [], world.Client.Digests);
        using var http = new HttpClient();
        await Eventually.TrueAsync(async () => (await OfferAsync(http, urls[1], lie, world.Attester)) == HttpStatusCode.Accepted, "the lie to reach the other node");
        Assert.Equal(HttpStatusCode.Forbidden, await OfferAsync(http, urls[1], lie, bold.Key));
        await Eventually.TrueAsync(() => Task.FromResult(saidByTwo.Has(SolverLog.ProposalRefused, lie.Digest.ToString()[..10])), "the other node's refusal of the lie");
        RiskParameters.UnderlyingParameters after = await UnderlyingAsync(world);
        Assert.True(lie.Underlyings[0].BasisChargeE8 > stepped.BasisChargeE8 && lie.Underlyings[0].VegaChargeE8 > stepped.VegaChargeE8);
        Assert.Equal((stepped.BasisChargeE8, stepped.VegaChargeE8), (after.BasisChargeE8, after.VegaChargeE8));

        // Depth goes down by what both compute: next to nothing is traded here.
        Assert.Equal(4750UL * 100_000_000, stepped.DepthE8);
        await one.StopAsync();
        await two.StopAsync();
    }

    private static Task<RiskParameters.UnderlyingParameters> UnderlyingAsync(Deployed world) => world.Chain.Node.CallAsync(world.Record.Contracts.RiskParameters, new RiskParameters.UnderlyingOfCall(1));

    private static async Task<HttpStatusCode> OfferAsync(HttpClient http, string url, Proposal proposal, PrivateKey key)
    {
        var offer = new ProposalOffer("parameters", HexData.Encode(proposal.Content), key.Address.ToString(), HexData.Encode(key.SignHash(proposal.Digest).ToArray()));
        using HttpResponseMessage reply = await http.PostAsJsonAsync(new Uri($"{url}/attest/proposals"), offer);
        return reply.StatusCode;
    }

    private static async Task<WebApplication> StartAsync(Deployed world, string store, KeyOptions key, string url, string peer, SolverLog log)
    {
        SolverOptions options = world.Options(0, null, store, SolverRoles.Indexer, SolverRoles.Attester, SolverRoles.Parameters, SolverRoles.Api);
        WebApplication host = await SolverHost.CreateAsync(options with
        {
            Attester = new AttesterOptions { Keys = [key], Peers = [peer], PollMilliseconds = 100 },
            Parameters = new ParameterOptions { PollMilliseconds = 100, TakeoverSeconds = 5 },
            Api = options.Api with { Url = url },
        }, log.Listen);
        await host.StartAsync();
        return host;
    }
}
