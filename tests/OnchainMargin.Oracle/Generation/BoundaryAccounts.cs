using System.Numerics;
using static OnchainMargin.Oracle.Integers;

namespace OnchainMargin.Oracle;

/// <summary>
/// Accounts at the edges of the domain, every edge with every other: time to expiry, volatility, price range and sizes; each account holds a call and a put at every node of the axis.
/// </summary>
public static class BoundaryAccounts
{
    private const long Now = 1_700_000_000;
    private const long Spot = 300_000_000_000;

    /// <summary>Times to expiry, and how many of 1800 parts follow the spot then: where all of the window is observed, and where less is.</summary>
    private static readonly (long Tau, long FollowSeconds)[] TimesToExpiry =
    [
        (-1, 0), (-1, 1), (-1, 1800), (0, 0), (0, 1361), (1, 1), (1, 1800), (59, 59), (60, 60), (60, 1361), (61, 61), (1799, 1799), (1800, 1800), (1801, 1800), (604_800, 1800), (63_072_000, 1800),
    ];

    private static readonly int[] Quarters = [-12, -8, -4, -3, -2, -1, 0, 1, 2, 3, 4, 8, 12, 24, 48];
    private static readonly BigInteger[] Ranges = [1_000_000, 16_000_000, 32_000_000];

    /// <summary>The least variance a year that there is, an ordinary one, and the most; flat, so that it holds at every strike.</summary>
    private static readonly BigInteger[] Variances = [-Two(53), 640_000_000_000, Two(53)];

    /// <summary>Sizes that go round the positions: all short and long dust, all the largest, both mixed, and all short.</summary>
    private static readonly BigInteger[][] Sizes = [[1, -1], [Two(53), -Two(53)], [-Two(53), 1, -1, Two(53), 1], [-100_000_000]];

    /// <summary>All of them, in one order on every machine.</summary>
    public static IEnumerable<AccountInputs> All() =>
        from left in TimesToExpiry
        from variance in Variances
        from range in Ranges
        let market = Market(left.Tau, left.FollowSeconds, variance, range)
        from sizes in Sizes
        select Account(market, sizes, (Choice)(sizes.Length % 3));

    private static Checkpoint Market(long tau, long followSeconds, BigInteger variance, BigInteger range)
    {
        var surface = new Surface(Spot, Spot, variance, 0, 0, 0, 10_000_000);
        var parameters = new RiskParameters(
            range, 50_000_000, 50_000_000, BigInteger.Max(1_000_000, range / 16), 400_000, 7_500_000, 1_000_000, 10_000_000, 5_000_000, 10_000_000, 1_000_000, 1_000_000, 50_000_000);
        var underlying = new UnderlyingRecord(
            1, 1, 0, Spot, Spot + 1, Spot / 1000, Ten(13), Spot, 12_345, 500_000_000_000, parameters,
            [new ExpiryRecord(Now + tau, Now - 601, SpecConstants.OneE12, surface, surface with { AE12 = variance + Pick(variance) }) { FollowSeconds = followSeconds }]);
        return new Checkpoint(1, Now, 130_000_000, SpecConstants.OneE12, SpecConstants.OneE12, [], [underlying]);
    }

    /// <summary>A step that stays in the domain.</summary>
    private static BigInteger Pick(BigInteger variance) => variance.Sign > 0 ? -1 : 1;

    private static AccountInputs Account(Checkpoint market, BigInteger[] sizes, Choice choice)
    {
        UnderlyingRecord u = market.Underlyings[0];
        BigInteger expiry = u.Expiries[0].Expiry;
        IEnumerable<Instrument> instruments =
            from q in Quarters
            let strikeE8 = Near(Spot * ((4 * Ten(8)) + (q * u.Parameters.PriceRangeE8)), 4 * Ten(8))
            from kind in (Kind[])[Kind.Call, Kind.Put]
            select new Instrument(1, expiry, BigInteger.Max(1, Near(strikeE8, 10_000)), kind);
        return new AccountInputs(AccountState.Of(Ten(13), instruments.Select((instrument, i) => new Position(instrument, sizes[i % sizes.Length], 0))), [], market, choice);
    }
}
