using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Properties;

/// <summary>Accounts for the properties: markets and positions from a seed, evaluated by the engine.</summary>
internal static class Accounts
{
    /// <summary>Checks a property over seeds, each of which is an account generator.</summary>
    public static void ForAll(int count, Action<AccountGenerator, Checkpoint> property)
    {
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var generator = new AccountGenerator(seed);
            property(generator, Decode(Tame(generator.Market())));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(20_261_120, 7_654_321).WithStartSize(100_000).WithEndSize(10_000_000));
    }

    /// <summary>Up to a number of positions in the market, ascending, of the present surface's sizes.</summary>
    public static AccountState State(AccountGenerator generator, Checkpoint market)
    {
        Oracle.Checkpoint source = Source(market);
        while (true)
        {
            AccountInputs inputs = generator.Account(source);
            if (inputs.State.Positions.Count > 0 && inputs.State.Positions.All(position => BigInteger.Abs(position.SizeE8) < BigInteger.Pow(10, 14)))
            {
                return Decode(inputs.State) with { CashE8 = 0 };
            }
        }
    }

    /// <summary>Σ_g MM_g: scenarios, between, netting floor and short minimum.</summary>
    public static BigInteger ScenarioPart(CheckpointView view, IEnumerable<Position> positions) => Report(view, positions).Groups.Aggregate(BigInteger.Zero, (sum, group) => sum + (BigInteger)group.MaintenanceE8);

    /// <summary>A report on positions alone.</summary>
    public static MarginReport Report(CheckpointView view, IEnumerable<Position> positions, params Balance[] balances) => MarginEngine.Report(State(positions), balances, view);

    /// <summary>A state of positions in any order, merged by instrument.</summary>
    public static AccountState State(IEnumerable<Position> positions) => new()
    {
        Positions =
        [
            .. positions.GroupBy(position => position.Instrument).OrderBy(group => group.Key)
                .Select(group => new Position(group.Key, group.Sum(position => position.SizeE8), 0)).Where(position => position.SizeE8 != 0),
        ],
    };

    /// <summary>The oracle's form of a checkpoint, through its bytes.</summary>
    public static Oracle.Checkpoint Source(Checkpoint market) => CheckpointEncoding.Unpack(market.PackHead(), market.Underlyings.Select(u => u.Pack()));

    private static Checkpoint Decode(Oracle.Checkpoint market) => EngineDecode.Checkpoint(market);

    private static AccountState Decode(Oracle.AccountState state) => EngineDecode.State(state);

    /// <summary>Holds the parameters to what the setter accepts: initialFactor·(R + haircutMax + largest basis charge + 2·slippageCap) ≤ 1.</summary>
    private static Oracle.Checkpoint Tame(Oracle.Checkpoint market)
    {
        BigInteger one = SpecConstants.One;
        BigInteger factor = BigInteger.Min(market.InitialFactorE8, 130_000_000);
        List<Oracle.CollateralRecord> tokens = [.. market.Collaterals.Select(token => token with { HaircutE8 = BigInteger.Min(token.HaircutE8, 15_000_000) })];
        List<Oracle.UnderlyingRecord> underlyings =
        [
            .. market.Underlyings.Select(u => u with
            {
                Parameters = u.Parameters with
                {
                    PriceRangeE8 = BigInteger.Min(u.Parameters.PriceRangeE8, 25_000_000), BasisChargeE8 = BigInteger.Min(u.Parameters.BasisChargeE8, 400_000),
                    BasisRateE8 = BigInteger.Min(u.Parameters.BasisRateE8, 7_500_000), SlippageCapE8 = BigInteger.Min(u.Parameters.SlippageCapE8, 10_000_000),
                },
            }),
        ];
        Oracle.Checkpoint tame = market with { InitialFactorE8 = factor, Collaterals = tokens, Underlyings = underlyings };
        foreach (Oracle.UnderlyingRecord u in underlyings)
        {
            BigInteger charge = u.Expiries.Select(expiry => AccountRules.BasisCharge(u.Parameters, BigInteger.Max(0, expiry.Expiry - market.Time))).Append(u.Parameters.BasisChargeE8).Max();
            Assert.True(factor * (u.Parameters.PriceRangeE8 + 15_000_000 + charge + (2 * u.Parameters.SlippageCapE8)) <= one * one, "outside what the setter accepts");
        }

        return tame;
    }
}
