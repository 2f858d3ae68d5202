using System.Text.Json;
using System.Text.Json.Nodes;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Protocol.Tests.Deployment;

/// <summary>The domains of the setters, each at the number beside it, in the plan's own fields.</summary>
public sealed class PlanDomainsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void LocalPlan_IsTaken()
    {
        Assert.Null(PlanDomains.Fault(DeploymentPlanFile.Read(null)));

        // Without a ramp all is at once.
        Assert.Null(PlanDomains.Fault(With("rampSeconds", "0")));
    }

    [Theory]
    [InlineData("initialFactorE8", "109999999", "initialFactorE8", "110000000 to 200000000")]
    [InlineData("initialFactorE8", "200000001", "initialFactorE8", "110000000 to 200000000")]
    [InlineData("rampSeconds", "43199", "rampSeconds", "43200 to 1209600")]
    [InlineData("rampSeconds", "1209601", "rampSeconds", "43200 to 1209600")]
    [InlineData("interest.baseRateE12", "100000000001", "interest.baseRateE12", "0 to 100000000000")]
    [InlineData("interest.kinkRateE12", "1000000000001", "interest.kinkRateE12", "0 to 1000000000000")]
    [InlineData("interest.maxRateE12", "3000000000001", "interest.maxRateE12", "0 to 3000000000000")]
    [InlineData("underlyings.0.parameters.depthE8", "99999999", "depthE8 of underlying BTC", "100000000 to 4611686018427387904")]
    [InlineData("underlyings.0.parameters.depthE8", "4611686018427387905", "depthE8 of underlying BTC", "100000000 to 4611686018427387904")]
    [InlineData("underlyings.0.parameters.priceRangeE8", "999999", "priceRangeE8 of underlying BTC", "1000000 to 32000000")]
    [InlineData("underlyings.0.parameters.priceRangeE8", "32000001", "priceRangeE8 of underlying BTC", "1000000 to 32000000")]
    [InlineData("underlyings.0.parameters.volRangeE8", "200000001", "volRangeE8 of underlying BTC", "0 to 200000000")]
    [InlineData("underlyings.0.parameters.volUpFloorE8", "500000001", "volUpFloorE8 of underlying BTC", "0 to 500000000")]
    [InlineData("underlyings.0.parameters.shortOptionMinimumE8", "999999", "shortOptionMinimumE8 of underlying BTC", "1000000 alone")]
    [InlineData("underlyings.0.parameters.shortOptionMinimumE8", "1000001", "shortOptionMinimumE8 of underlying BTC", "1000000 alone")]
    [InlineData("underlyings.0.parameters.basisChargeE8", "100000001", "basisChargeE8 of underlying BTC", "0 to 100000000")]
    [InlineData("underlyings.0.parameters.basisRateE8", "100000001", "basisRateE8 of underlying BTC", "0 to 100000000")]
    [InlineData("underlyings.0.parameters.slippageE8", "100000001", "slippageE8 of underlying BTC", "0 to 100000000")]
    [InlineData("underlyings.0.parameters.slippageCapE8", "100000001", "slippageCapE8 of underlying BTC", "0 to 100000000")]
    [InlineData("underlyings.0.parameters.crowdingE8", "100000001", "crowdingE8 of underlying BTC", "0 to 100000000")]
    [InlineData("underlyings.0.parameters.vegaChargeE8", "100000001", "vegaChargeE8 of underlying BTC", "0 to 100000000")]
    [InlineData("underlyings.0.parameters.rateChargeE8", "100000001", "rateChargeE8 of underlying BTC", "0 to 100000000")]
    [InlineData("underlyings.0.parameters.floorRateE8", "10000001", "floorRateE8 of underlying BTC", "0 to 10000000")]
    [InlineData("underlyings.0.parameters.nettingFloorE8", "49999999", "nettingFloorE8 of underlying BTC", "50000000 to 100000000")]
    [InlineData("underlyings.0.parameters.nettingFloorE8", "100000001", "nettingFloorE8 of underlying BTC", "50000000 to 100000000")]
    [InlineData("feeds.minCount", "0", "feeds.minCount of underlying BTC", "1 alone")]
    [InlineData("feeds.minCount", "2", "feeds.minCount of underlying BTC", "1 alone")]
    [InlineData("feeds.maxDeviationE8", "249999", "feeds.maxDeviationE8 of underlying BTC", "250000 to 3000000")]
    [InlineData("feeds.maxDeviationE8", "3000001", "feeds.maxDeviationE8 of underlying BTC", "250000 to 3000000")]
    [InlineData("feeds.reduceMoveE8", "2999999", "feeds.reduceMoveE8 of underlying BTC", "3000000 to 20000000")]
    [InlineData("feeds.reduceMoveE8", "20000001", "feeds.reduceMoveE8 of underlying BTC", "3000000 to 20000000")]
    [InlineData("feeds.haltMoveE8", "9999999", "feeds.haltMoveE8 of underlying BTC", "10000000 to 25000000")]
    [InlineData("feeds.haltMoveE8", "25000001", "feeds.haltMoveE8 of underlying BTC", "10000000 to 25000000")]
    [InlineData("feeds.recoverySeconds", "29", "feeds.recoverySeconds of underlying BTC", "30 to 3600")]
    [InlineData("feeds.recoverySeconds", "3601", "feeds.recoverySeconds of underlying BTC", "30 to 3600")]
    [InlineData("underlyings.0.heartbeatSeconds", "0", "heartbeatSeconds of underlying BTC", "1 to 4294967295")]
    [InlineData("underlyings.0.minPriceE8", "0", "minPriceE8 of underlying BTC", "1 to 99999999999999")]
    [InlineData("underlyings.0.minPriceE8", "100000000000000", "minPriceE8 of underlying BTC", "1 to 99999999999999")]
    [InlineData("underlyings.0.maxPriceE8", "281474976710657", "maxPriceE8 of underlying BTC", "2 to 281474976710656")]
    [InlineData("underlyings.0.mockPriceE8", "100000000000001", "mockPriceE8 of underlying BTC", "100000000000 to 100000000000000")]
    [InlineData("underlyings.0.mockPriceE8", "-1", "mockPriceE8 of underlying BTC", "100000000000 to 100000000000000")]
    [InlineData("underlyings.1.corridor.depth.leastE8", "5000000000001", "corridor.depth.leastE8 of underlying ETH", "0 to 5000000000000")]
    [InlineData("underlyings.1.corridor.priceRange.leastE8", "26900001", "corridor.priceRange.leastE8 of underlying ETH", "0 to 26900000")]
    [InlineData("underlyings.1.corridor.volRange.leastE8", "100000001", "corridor.volRange.leastE8 of underlying ETH", "0 to 100000000")]
    [InlineData("underlyings.1.corridor.basisCharge.leastE8", "2000001", "corridor.basisCharge.leastE8 of underlying ETH", "0 to 2000000")]
    [InlineData("underlyings.1.corridor.vegaCharge.leastE8", "30000001", "corridor.vegaCharge.leastE8 of underlying ETH", "0 to 30000000")]
    [InlineData("tokens.1.corridor.tightenPerHourE8", "10000001", "corridor.tightenPerHourE8 of token WETH", "0 to 10000000")]
    [InlineData("tokens.1.corridor.loosenPerHourE8", "1000001", "corridor.loosenPerHourE8 of token WETH", "0 to 1000000")]
    [InlineData("tokens.1.corridor.tightenPerDayE8", "25000001", "corridor.tightenPerDayE8 of token WETH", "0 to 25000000")]
    [InlineData("tokens.1.corridor.loosenPerDayE8", "5000001", "corridor.loosenPerDayE8 of token WETH", "0 to 5000000")]
    [InlineData("tokens.1.corridor.leastE8", "10000001", "corridor.leastE8 of token WETH", "0 to 10000000")]
    [InlineData("tokens.0.decimals", "9", "decimals of token USDC", "0 to 8")]
    [InlineData("tokens.1.decimals", "19", "decimals of token WETH", "6 to 18")]
    [InlineData("tokens.0.parameters.underlying", "1", "underlying of token USDC", "0 alone")]
    [InlineData("tokens.1.parameters.underlying", "3", "underlying of token WETH", "0 to 2")]
    [InlineData("tokens.1.parameters.unitsE8", "0", "unitsE8 of token WETH", "1 to 281474976710656")]
    [InlineData("tokens.1.parameters.haircutMaxE8", "100000001", "haircutMaxE8 of token WETH", "0 to 100000000")]
    [InlineData("tokens.1.parameters.haircutBaseE8", "15000001", "haircutBaseE8 of token WETH", "0 to 15000000")]
    public void NumberOutsideItsDomain_IsNamed(string path, string value, string field, string domain) =>
        Assert.Equal($"{field} is {value} in the deployment plan, and the contracts take {domain}: correct it.", PlanDomains.Fault(With(path, value)));

    /// <summary>The domains that the setters themselves are held to (<c>RiskParameters.domain.t.sol</c>), each of them at both ends, with the other fields as the local plan has them.</summary>
    [Fact]
    public void DomainsOfTheSetters_AreThePlans()
    {
        using var domains = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestFiles.Root, "spec", "domains.json")));
        foreach (JsonProperty room in domains.RootElement.EnumerateObject())
        {
            foreach (JsonProperty field in room.Value.EnumerateObject())
            {
                string name = $"{room.Name}.{field.Name}";
                (long least, long most) = (field.Value[0].GetInt64(), field.Value[1].GetInt64());
                Assert.Null(PlanDomains.Fault(With(name, $"{least}")));
                Assert.Null(PlanDomains.Fault(With(name, $"{most}")));
                foreach (long beyond in least == 0 ? (long[])[most + 1] : [least - 1, most + 1])
                {
                    Assert.Equal($"{name} is {beyond} in the deployment plan, and the contracts take {least} to {most}: correct it.", PlanDomains.Fault(With(name, $"{beyond}")));
                }
            }
        }
    }

    [Fact]
    public void MoreThanThereIsRoomFor_IsNamed()
    {
        DeploymentPlan plan = DeploymentPlanFile.Read(null);
        Assert.Equal("The number of tokens is 33 in the deployment plan, and the contracts take 1 to 32: correct it.", PlanDomains.Fault(plan with { Tokens = [.. Enumerable.Repeat(plan.Tokens[0], 33)] }));
        Assert.Equal("The number of underlyings is 65 in the deployment plan, and the contracts take 0 to 64: correct it.", PlanDomains.Fault(plan with { Underlyings = [.. Enumerable.Repeat(plan.Underlyings[0], 65)] }));
        Assert.Equal("The number of attesters is 65 in the deployment plan, and the contracts take 0 to 64: correct it.", PlanDomains.Fault(plan with { Attesters = [.. Enumerable.Repeat(default(Address), 65)] }));
        Assert.Equal(
            "The number of moreSources of underlying BTC is 5 in the deployment plan, and the contracts take 0 to 4: correct it.",
            PlanDomains.Fault(plan with { Underlyings = [plan.Underlyings[0] with { MoreSources = [.. Enumerable.Repeat(default(Address), 5)] }, plan.Underlyings[1]] }));
        Assert.Null(PlanDomains.Fault(plan with { Underlyings = [plan.Underlyings[0] with { MoreSources = [default], Feeds = plan.Feeds with { MinCount = 2 } }, plan.Underlyings[1]] }));
    }

    [Theory]
    [InlineData("tokens.1.parameters.haircutMaxE8", "30000000", "The deployment plan would have WETH ask for more margin than it is worth, which the contract refuses (PAR-004): lower its haircutMaxE8 of 30000000, priceRangeE8, basisChargeE8, basisRateE8 or slippageCapE8 of underlying ETH, or initialFactorE8.")]
    [InlineData("tokens.0.parameters.haircutMaxE8", "80000000", "The deployment plan would have USDC ask for more margin than it is worth, which the contract refuses (PAR-004): lower its haircutMaxE8 of 80000000, or initialFactorE8.")]
    public void TokensThatAskForMoreThanTheyAreWorth_AreNamed(string path, string value, string sentence) => Assert.Equal(sentence, PlanDomains.Fault(With(path, value)));

    /// <summary>The local plan with another number in the place of one.</summary>
    private DeploymentPlan With(string path, string value)
    {
        JsonNode plan = JsonNode.Parse(File.ReadAllText(Path.Combine(TestFiles.Root, "src", "OnchainMargin.Protocol", "Deployment", "local-plan.json")))!;
        string[] steps = path.Split('.');
        JsonNode at = steps[..^1].Aggregate(plan, static (node, step) => int.TryParse(step, out int index) ? node[index]! : node[step]!);
        Assert.NotNull(at[steps[^1]]);
        at[steps[^1]] = JsonNode.Parse(value);
        File.WriteAllText(_file, plan.ToJsonString());
        return DeploymentPlanFile.Read(_file);
    }
}
