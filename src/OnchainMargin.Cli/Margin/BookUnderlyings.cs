using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Margin;

/// <summary>Underlyings of a book: market, expiries, parameters with their defaults.</summary>
internal static class BookUnderlyings
{
    private const int E8 = 8;
    private const int E12 = 12;
    private const int VolDecimals = 6;
    private const long One = 100_000_000;
    private const long OneE12 = 1_000_000_000_000;
    private const long Year = 31_536_000;
    private const long PriceMax = 1L << 48;
    private const long ForwardMax = 1L << 49;
    private const long UnitsMax = 1L << 62;
    private const long SviAMax = 1L << 53;
    private const long SviBMax = 1L << 52;
    private const int ExpiriesMax = 32;
    private const int RangeParts = 16;

    private static readonly string[] ParameterFields =
    [
        "priceRange", "volRange", "volUpFloor", "shortOptionMinimum", "basisCharge", "basisRate", "depth", "slippage", "slippageCap", "crowding", "vegaCharge", "rateCharge", "floorRate",
    ];

    /// <summary>Reads one underlying.</summary>
    public static UnderlyingRecord Read(BookNames names, string name, JsonElement element, JsonElement? parameters, long nettingFloorE8, long time)
    {
        BookNode node = BookNode.Of(element, $"underlyings.{name}", "spot", "group", "openInterest", "spread", "perpetual", "expiries");
        long spotE8 = node.Long("spot", E8, 1, PriceMax);
        ImmutableArray<ExpiryRecord> expiries = node.Get("expiries") is { } table ? ReadExpiries(BookNode.Any(table, $"{node.Where}.expiries"), spotE8, time) : [];
        BookNode p = parameters is { } given ? BookNode.Of(given, $"parameters.{name}", ParameterFields) : default;
        return new UnderlyingRecord(
            names.UnderlyingNumber(name),
            names.GroupNumber(node.Text("group", name)),
            MarketState.Normal,
            spotE8,
            node.Long("perpetual", E8, 1, PriceMax, spotE8),
            node.Long("spread", E8, 0, spotE8, 0),
            node.Long("openInterest", E8, 0, UnitsMax, 0),
            spotE8,
            0,
            Parameter(p, "depth", One, UnitsMax, BookDefaults.Common("depthE8")),
            ReadParameters(name, p, nettingFloorE8),
            expiries);
    }

    private static RiskParameters ReadParameters(string name, BookNode p, long nettingFloorE8)
    {
        long rangeE8 = Parameter(p, "priceRange", 1_000_000, 32_000_000, BookDefaults.Of(name, "priceRangeE8"));
        long minimumE8 = Math.Max(1_000_000, rangeE8 / RangeParts);
        return new RiskParameters(
            (uint)rangeE8,
            (uint)Parameter(p, "volRange", 0, 2 * One, BookDefaults.Of(name, "volRangeE8")),
            (uint)Parameter(p, "volUpFloor", 0, 5 * One, BookDefaults.Of(name, "volUpFloorE8")),
            (uint)Parameter(p, "shortOptionMinimum", 0, One, minimumE8),
            (uint)Parameter(p, "basisCharge", 0, One, BookDefaults.Common("basisChargeE8")),
            (uint)Parameter(p, "basisRate", 0, One, BookDefaults.Common("basisRateE8")),
            (uint)Parameter(p, "slippage", 0, One, BookDefaults.Common("slippageE8")),
            (uint)Parameter(p, "slippageCap", 0, One, BookDefaults.Common("slippageCapE8")),
            (uint)Parameter(p, "crowding", 0, One, BookDefaults.Common("crowdingE8")),
            (uint)Parameter(p, "vegaCharge", 0, One, BookDefaults.Common("vegaChargeE8")),
            (uint)Parameter(p, "rateCharge", 0, One, BookDefaults.Common("rateChargeE8")),
            (uint)Parameter(p, "floorRate", 0, One / 10, BookDefaults.Common("floorRateE8")),
            (uint)nettingFloorE8);
    }

    private static long Parameter(BookNode p, string field, long least, long most, long otherwise) => p.Where is null ? otherwise : p.Long(field, E8, least, most, otherwise);

    private static ImmutableArray<ExpiryRecord> ReadExpiries(BookNode table, long spotE8, long time)
    {
        var expiries = new SortedDictionary<uint, ExpiryRecord>();
        foreach (JsonProperty property in table.Members())
        {
            string where = $"{table.Where}.{property.Name}";
            if (BookNames.ParseDay(property.Name) is not { } expiry)
            {
                throw new CliException($"The expiry '{property.Name}' of {table.Where} is not a day: write it like 2020-03-27.");
            }

            if (expiry <= time)
            {
                throw new CliException($"The expiry '{property.Name}' of {table.Where} is not after the book's time: leave out what has expired.");
            }

            expiries.Add(expiry, ReadExpiry(BookNode.Of(property.Value, where, "forward", "discount", "followSeconds", "svi", "vol"), expiry, spotE8, time));
        }

        return expiries.Count <= ExpiriesMax ? [.. expiries.Values] : throw new CliException($"{table.Where} has {expiries.Count} expiries: give at most {ExpiriesMax}.");
    }

    private static ExpiryRecord ReadExpiry(BookNode node, uint expiry, long spotE8, long time)
    {
        if (node.Has("svi") == node.Has("vol"))
        {
            throw new CliException($"The volatility of {node.Where} is {(node.Has("svi") ? "given twice" : "missing")}: give one of svi and vol.");
        }

        long forwardE8 = node.Long("forward", E8, 1, ForwardMax, spotE8);
        Surface surface = node.Get("svi") is { } svi
            ? ReadSvi(BookNode.Of(svi, $"{node.Where}.svi", "a", "b", "rho", "m", "sigma"), forwardE8, expiry - time)
            : ReadFlat(node, forwardE8);
        return new ExpiryRecord(expiry, time, node.Long("discount", E12, 1, OneE12, OneE12), surface, surface)
        {
            FollowSeconds = node.Long("followSeconds", 0, 0, Forwards.WindowSeconds, Forwards.FollowSecondsByClock(expiry, time)),
        };
    }

    /// <summary>A flat volatility: its square is the level, exactly.</summary>
    private static Surface ReadFlat(BookNode node, long forwardE8)
    {
        long vol = node.Long("vol", VolDecimals, 0, 16_000_000);
        return new Surface(forwardE8, forwardE8, vol * vol, 0, 0, 0, 1);
    }

    /// <summary>Raw SVI is total variance; the checkpoint holds it a year, so a and b are divided by τ, to the nearest.</summary>
    private static Surface ReadSvi(BookNode node, long forwardE8, long tau) => new(
        forwardE8,
        forwardE8,
        Annual(node, "a", -SviAMax, SviAMax, tau),
        Annual(node, "b", 0, SviBMax, tau),
        (int)node.Long("rho", E8, -One, One, 0),
        (int)node.Long("m", E8, -6 * One, 6 * One, 0),
        node.Long("sigma", E8, 1, 6 * One));

    private static long Annual(BookNode node, string field, long least, long most, long tau)
    {
        BigInteger total = node.Number(field, E12, -(BigInteger.One << 80), BigInteger.One << 80);
        BigInteger shifted = (total * Year) + (tau / 2);
        BigInteger annual = BigInteger.DivRem(shifted, tau, out BigInteger rest);
        annual -= rest < 0 ? 1 : 0;
        return annual >= least && annual <= most
            ? (long)annual
            : throw new CliException($"The {field} of {node.Where} is out of range: as variance a year it must be within {least}e-12 and {most}e-12.");
    }
}
