using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Cli.Tests.Deployment;

public sealed class LocalPlanTests
{
    private static readonly JsonElement Constants = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestFiles.Root, "spec", "constants.json"))).RootElement;
    private static readonly DeploymentPlan Plan = DeploymentPlanFile.Read(null);

    [Theory]
    [InlineData(0, "BTC")]
    [InlineData(1, "ETH")]
    public void Underlying_Parameters_AreThoseOfTheSpecification(int place, string name)
    {
        PlannedUnderlying planned = Plan.Underlyings[place];
        JsonElement own = Constants.GetProperty("margin").GetProperty("underlyings").GetProperty(name);

        Assert.Equal(name, planned.Name);
        Assert.Equal(Number(own, "priceRangeE8"), planned.Parameters.PriceRangeE8);
        Assert.Equal(Number(own, "volRangeE8"), planned.Parameters.VolRangeE8);
        Assert.Equal(Number(own, "volUpFloorE8"), planned.Parameters.VolUpFloorE8);
        Assert.Equal(Number(own, "shortOptionMinimumE8"), planned.Parameters.ShortOptionMinimumE8);
        JsonElement margin = Constants.GetProperty("margin");
        Assert.Equal(Number(margin, "depthE8"), planned.Parameters.DepthE8);
        Assert.Equal(Number(margin, "basisChargeE8"), planned.Parameters.BasisChargeE8);
        Assert.Equal(Number(margin, "basisRateE8"), planned.Parameters.BasisRateE8);
        Assert.Equal(Number(margin, "slippageE8"), planned.Parameters.SlippageE8);
        Assert.Equal(Number(margin, "slippageCapE8"), planned.Parameters.SlippageCapE8);
        Assert.Equal(Number(margin, "crowdingE8"), planned.Parameters.CrowdingE8);
        Assert.Equal(Number(margin, "vegaChargeE8"), planned.Parameters.VegaChargeE8);
        Assert.Equal(Number(margin, "rateChargeE8"), planned.Parameters.RateChargeE8);
        Assert.Equal(Number(margin, "floorRateE8"), planned.Parameters.FloorRateE8);
        Assert.Equal(Number(margin, "nettingFloorE8"), planned.Parameters.NettingFloorE8);
        Assert.Equal(Number(margin, "initialFactorE8"), Plan.InitialFactorE8);
    }

    [Fact]
    public void Ramp_IsThatOfTheSpecification() => Assert.Equal((ulong)Constants.GetProperty("governance").GetProperty("rampSeconds").GetInt64(), Plan.RampSeconds);

    [Theory]
    [InlineData(0, "settlementToken")]
    [InlineData(1, "WETH")]
    [InlineData(2, "WBTC")]
    public void Token_Haircuts_AreThoseOfTheSpecification(int place, string name)
    {
        JsonElement haircut = Constants.GetProperty("margin").GetProperty("haircuts").GetProperty(name);

        Assert.Equal(Number(haircut, "haircutBaseE8"), Plan.Tokens[place].Parameters.HaircutBaseE8);
        Assert.Equal(Number(haircut, "haircutMaxE8"), Plan.Tokens[place].Parameters.HaircutMaxE8);
    }

    [Fact]
    public void Clocks_AreThoseOfTheSpecification()
    {
        JsonElement oracle = Constants.GetProperty("oracle");
        JsonElement liquidation = Constants.GetProperty("liquidation");
        JsonElement attestation = Constants.GetProperty("attestation");

        Assert.Equal(Number(oracle, "checkpointIntervalSeconds"), Plan.Oracle.CheckpointIntervalSeconds);
        Assert.Equal(Number(oracle, "checkpointMaxAgeSeconds"), Plan.Oracle.CheckpointMaxAgeSeconds);
        Assert.Equal(Number(oracle, "averagingWindowSeconds"), Plan.Oracle.AveragingWindowSeconds);
        Assert.Equal(Number(oracle, "premiumClampE8"), Plan.Oracle.PremiumClampE8);
        Assert.Equal(Number(attestation, "maxAgeSeconds"), Plan.Oracle.AttestationMaxAgeSeconds);
        Assert.Equal(Number(attestation, "maxDriftE8"), Plan.Oracle.MaxDriftE8);
        Assert.Equal(Number(liquidation, "graceSeconds"), Plan.Liquidation.GraceSeconds);
        Assert.Equal(Number(liquidation, "discountMaxE8"), Plan.Liquidation.DiscountMaxE8);
        Assert.Equal(Number(liquidation, "discountRampSeconds"), Plan.Liquidation.DiscountRampSeconds);
        Assert.Equal(Number(liquidation, "targetE8"), Plan.Liquidation.TargetE8);
        Assert.Equal(Number(liquidation, "bidMinE8"), Plan.Liquidation.BidMinE8);
        Assert.Equal(Number(liquidation, "deleverageRampSeconds"), Plan.Liquidation.DeleverageRampSeconds);
        Assert.Equal(Number(liquidation, "insolventPayMaxE8"), Plan.Liquidation.InsolventPayMaxE8);
        Assert.Equal(Number(liquidation, "rewardGas"), Plan.Liquidation.RewardGas);
        Assert.Equal(Number(liquidation, "rewardGasPosition"), Plan.Liquidation.RewardGasPosition);
        Assert.Equal(Number(liquidation, "rewardMaxE8"), Plan.Liquidation.RewardMaxE8);
        Assert.Equal(Number(liquidation, "rewardMostE8"), Plan.Liquidation.RewardMostE8);
        Assert.Equal("ETH", Plan.Underlyings[Plan.Liquidation.NativeUnderlying - 1].Name);
    }

    /// <summary>What a start is paid is most of its gas and no more: less would leave accounts under water when gas is dear, more would pay for starts as such.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(128)]
    public void RewardOfAStart_IsMostOfItsMeasuredGas(int options)
    {
        JsonElement results = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestFiles.Root, "bench", "results.json"))).RootElement;
        long measured = results.GetProperty($"gas.liquidation.start.{options}options").GetInt64();

        Assert.InRange(Plan.Liquidation.RewardGas + (Plan.Liquidation.RewardGasPosition * options), measured * 3 / 4, measured);
    }

    [Fact]
    public void Fees_AreThoseOfTheSpecification()
    {
        JsonElement clearing = Constants.GetProperty("clearing");

        Assert.Equal(Number(clearing, "makerFeeE8"), Plan.Clearing.MakerFeeE8);
        Assert.Equal(Number(clearing, "takerFeeE8"), Plan.Clearing.TakerFeeE8);
        Assert.Equal(Number(clearing, "priceBandE8"), Plan.Clearing.PriceBandE8);
        Assert.Equal(Number(clearing, "minReliefE8"), Plan.Clearing.MinReliefE8);
        Assert.Equal(Number(clearing, "volBandE8"), Plan.Clearing.VolBandE8);
        Assert.Equal(Number(clearing, "creditFeeE8"), Plan.Clearing.CreditFeeE8);
        JsonElement interest = clearing.GetProperty("interest");
        Assert.Equal(Number(interest, "baseRateE12"), Plan.Interest.BaseRateE12);
        Assert.Equal(Number(interest, "kinkRateE12"), Plan.Interest.KinkRateE12);
        Assert.Equal(Number(interest, "maxRateE12"), Plan.Interest.MaxRateE12);
        Assert.Equal(Number(interest, "kinkUtilisationE8"), Plan.Interest.KinkUtilisationE8);
        Assert.Equal(Number(interest, "reserveE8"), Plan.Interest.ReserveE8);
    }

    [Fact]
    public void CdfTable_CreationCode_IsTheSpecificationsPrefixAndTable()
    {
        JsonElement kernel = Constants.GetProperty("kernel");
        byte[] code = CdfTable.CreationCode();
        byte[] prefix = HexData.Decode(kernel.GetProperty("cdfTableCreationPrefix").GetString()!);

        Assert.True(code.AsSpan().StartsWith(prefix));
        Assert.Equal(kernel.GetProperty("cdfTableKeccak256").GetString(), Keccak256.Hash(code.AsSpan(prefix.Length)).ToString());
    }

    private static ulong Number(JsonElement parent, string name)
    {
        JsonElement value = parent.GetProperty(name);
        return value.ValueKind == JsonValueKind.String ? ulong.Parse(value.GetString()!) : value.GetUInt64();
    }
}
