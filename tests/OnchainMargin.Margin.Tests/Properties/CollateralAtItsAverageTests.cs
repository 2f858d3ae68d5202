using System.Text.Json;
using OnchainMargin.Oracle;
using Xunit.Abstractions;

namespace OnchainMargin.Margin.Tests.Properties;

/// <summary>
/// The charge on the spread leaves spot collateral out (MRG-052): what then protects against collateral whose spot stands above its average, at what the launch plan has and with its loosest corridor. Trades and what
/// is lent against collateral rest on initial margin at spot; withdrawals count the worse of both prices besides (CLR-021).
/// </summary>
public sealed class CollateralAtItsAverageTests(ITestOutputHelper output)
{
    private const long One = 100_000_000;
    private const long Average = 2000 * One;
    private const long Other = 2000 * One;
    private const long Tau = 7 * 86_400;

    private static readonly JsonElement Plan = JsonDocument.Parse(File.ReadAllText(SpecFiles.At("src", "OnchainMargin.Protocol", "Deployment", "local-plan.json"))).RootElement;

    public static TheoryData<string> Tokens =>
        [.. Plan.GetProperty("tokens").EnumerateArray().Where(token => Number(token, "parameters", "underlying") != 0).Select(token => token.GetProperty("symbol").GetString()!)];

    /// <summary>
    /// An account with nothing but its initial margin, whose collateral has all that the netting of a group can take from its requirement: in a normal market it still owns something when spot is back at its average;
    /// at the edge of the band, where the market is halted, it lacks less than 1.1 % of the collateral's value.
    /// </summary>
    [Theory]
    [MemberData(nameof(Tokens))]
    public void Account_AtItsInitialMargin_OutlivesTheWayBackToTheAverage(string symbol)
    {
        (double normal, double bound) = Least(symbol, Number(Plan, "feeds", "reduceMoveE8"));
        Assert.True(bound > 0 && normal >= bound, $"{symbol}: {normal:P2} of the collateral is left, {bound:P2} at least by the bound");
        (double halted, double edge) = Least(symbol, Number(Plan, "feeds", "haltMoveE8"));
        Assert.True(edge > -0.011 && halted >= edge, $"{symbol}, halted: {halted:P2} of the collateral is left, {edge:P2} at least by the bound");
        output.WriteLine($"{symbol}: {normal:P2} of the collateral's value at least is left in a normal market (bound {bound:P2}), {halted:P2} at the edge of the band (bound {edge:P2})");
    }

    /// <summary>The least that is left, as a part of the collateral's value, over short perpetuals and long puts of another underlying of the group; and the bound initialFactor·(nettingFloor·R + haircut) − what spot loses.</summary>
    private static (double Least, double Bound) Least(string symbol, long moveE8)
    {
        JsonElement token = Plan.GetProperty("tokens").EnumerateArray().Single(one => one.GetProperty("symbol").GetString() == symbol);
        JsonElement underlying = Plan.GetProperty("underlyings")[(int)Number(token, "parameters", "underlying") - 1];
        long rangeE8 = Number(underlying, "corridor", "priceRange", "leastE8");
        long haircutE8 = Number(token, "corridor", "leastE8");
        long Parameter(string name) => Number(underlying, "parameters", name);
        RiskParameters parameters = Sample.Parameters with { PriceRangeE8 = (uint)rangeE8, NettingFloorE8 = (uint)Parameter("nettingFloorE8") };
        long spot = Average + (Average / One * moveE8);
        CheckpointView away = At(spot, parameters, haircutE8);
        CheckpointView back = At(Average, parameters, haircutE8);
        Balance[] balances = [new Balance(1, 10_000_000_000_000_000_000)];
        double least = double.MaxValue;
        for (long perpetual = 0; perpetual <= 12 * One; perpetual += One)
        {
            for (long strike = 1600; strike <= 2000; strike += 50)
            {
                for (long puts = 0; puts <= 40 * One; puts += 2 * One)
                {
                    List<Position> positions = [new Position(Instrument.Perpetual(2), -perpetual, 0), new Position(Instrument.Put(2, (uint)(Sample.Time + Tau), strike * 10_000), puts, 0)];
                    AccountState state = Accounts.State(positions) with { CashE8 = 0 };
                    AccountFigures asked = MarginEngine.Compute(state, balances, away);
                    AccountFigures left = MarginEngine.Compute(state with { CashE8 = asked.LeastCashE8 }, balances, back);
                    least = Math.Min(least, (double)left.EquityE8 / (10.0 * spot));
                }
            }
        }

        double lost = (double)moveE8 / (One + moveE8);
        double factor = (double)Number(Plan, "initialFactorE8") / One;
        return (least, (factor * (((double)Parameter("nettingFloorE8") / One * rangeE8 / One) + ((double)haircutE8 / One))) - lost);
    }

    private static CheckpointView At(long spotE8, RiskParameters parameters, long haircutE8)
    {
        UnderlyingRecord record = Sample.Underlying(1, spotE8) with { AverageSpotE8 = Average, SpreadE8 = spotE8 - Average, Parameters = parameters };
        Checkpoint market = Sample.Checkpoint(record, Sample.Underlying(2, Other, Sample.Expiry(Tau, Other, 360_000_000_000)) with { Parameters = parameters });
        return new CheckpointView(market with { Collaterals = [.. market.Collaterals.Select(one => one.Underlying == 0 ? one : one with { HaircutE8 = (uint)haircutE8 })] });
    }

    private static long Number(JsonElement element, params string[] path) => path.Aggregate(element, (at, name) => at.GetProperty(name)).GetInt64();
}
