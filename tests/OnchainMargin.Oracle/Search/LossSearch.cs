using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>
/// The attack: markets at random, for each the sizes that lose most at each price of a fine grid while max(IM, floor) stays at one (a linear programme, so best over all sizes of all instruments at once),
/// then hill climbing over expiries, volatilities and strikes. Losses: at once at any price in [1 − R, 1 + R] with volatility unchanged or shocked by ±V, or at an expiry within two hours.
/// </summary>
public sealed class LossSearch(int seed)
{
    private const double Hour = 3600;
    private const double Day = 86_400;
    private static readonly double[] Shocks = [-1, 0, 1];
    private static readonly double[] Within = [.. Enumerable.Range(-8, 17).Select(half => half / 2.0)];
    private static readonly double[] Beyond = [-12, -10, -8, -7, -6, -5, 5, 6, 7, 8, 10, 12];
    private readonly Random _random = new(seed);

    /// <summary>Parts of the shock of volatility that no scenario knows: what is lost there is reported, not barred.</summary>
    public static IReadOnlyList<double> BetweenShocks { get; } = [1.0 / 3, 0.5, 2.0 / 3];

    /// <summary>One market and its climb.</summary>
    public Finding Climb(int steps)
    {
        SearchMarket market = Market();
        Finding best = Worst(market);
        for (int i = 0; i < steps; i++)
        {
            Finding next = Worst(market.With(Mutate(best.Market.Options)));
            best = next.Ratio > best.Ratio ? next : best;
        }

        return best;
    }

    /// <summary>The worst loss of a market.</summary>
    /// <param name="market">The market.</param>
    /// <param name="between">Whether the requirement has its part between the nodes; without it there are holes, which a search must find.</param>
    /// <param name="shocks">Of volatility, in parts of V: by default those that the scenarios have.</param>
    public static Finding Worst(SearchMarket market, bool between = true, IReadOnlyList<double>? shocks = null)
    {
        ArgumentNullException.ThrowIfNull(market);
        double[] ends = [.. market.Options.Select(option => option.Tau).Distinct().Where(tau => tau <= 2 * Hour)];
        return Worst(market, between, Within, [.. (shocks ?? Shocks).Select(v => (v, 0.0)), .. ends.Select(end => (0.0, end))]);
    }

    /// <summary>The worst loss of a market beyond the range, out to ±3R, weighted by the range over the move: reported, not barred.</summary>
    public static Finding WorstBeyond(SearchMarket market)
    {
        ArgumentNullException.ThrowIfNull(market);
        return Worst(market, between: true, Beyond, [(0, 0), (1, 0)]);
    }

    /// <summary>What a loss at a price counts: beyond the range the less the farther.</summary>
    public static double WeightAt(double q) => Math.Abs(q) <= 4 ? 1 : 4 / Math.Abs(q);

    /// <summary>Loss over max(IM, floor) of the found portfolio with the integer rules in force, basis and liquidity included; sizes scaled to a requirement of about a thousand.</summary>
    public static double Certify(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        SearchMarket market = finding.Market;
        BigInteger one = SpecConstants.One;
        BigInteger E8(double value) => (BigInteger)Math.Round(value * 1e8);
        const int Spot = 1000;
        RiskParameters parameters = SampleMarket.Eth with
        {
            PriceRangeE8 = E8(market.Range),
            VolRangeE8 = E8(market.VolRange),
            VolUpFloorE8 = E8(market.VolUpFloor),
            ShortOptionMinimumE8 = E8(market.ShortMinimum),
            CrowdingE8 = 0,
        };

        // Every expiry of the search has one volatility, so its smile is flat.
        List<ExpiryRecord> expiries = [];
        foreach (IGrouping<double, SearchedCall> group in market.Options.GroupBy(option => option.Tau))
        {
            SearchedCall any = group.First();
            var surface = new Surface(E8(any.Forward * Spot), E8(any.Forward * Spot), (BigInteger)Math.Round(any.Volatility * any.Volatility * 1e12), 0, 0, 0, 10_000_000);
            expiries.Add(new ExpiryRecord(SampleMarket.Now + (BigInteger)any.Tau, SampleMarket.Now, SpecConstants.OneE12, surface, surface) { FollowSeconds = Integers.Clamp((BigInteger)any.Tau, 0, 1800) });
        }

        UnderlyingRecord record = SampleMarket.Underlying(1, 1, expiries) with
        {
            SpotE8 = Spot * one,
            PerpetualMarkE8 = Spot * one,
            AverageSpotE8 = Spot * one,
            Parameters = parameters,
            DepthE8 = Integers.Two(62),
        };
        List<Position> positions = [];
        for (int i = 0; i < finding.Sizes.Length; i++)
        {
            BigInteger size = E8(finding.Sizes[i]);
            if (size != 0)
            {
                Instrument instrument = i < market.Options.Count
                    ? new Instrument(1, SampleMarket.Now + (BigInteger)market.Options[i].Tau, (BigInteger)Math.Round(market.Options[i].Strike * Spot * 10_000), Kind.Call)
                    : new Instrument(1, 0, 0, Kind.Perpetual);
                positions.Add(new Position(instrument, size, 0));
            }
        }

        AccountReport report = AccountRules.Evaluate(new AccountInputs(AccountState.Of(0, positions), [], SampleMarket.Market(record), Choice.Present));
        double required = (double)BigInteger.Max(report.Initial, report.Floor) / 1e8 / Spot;
        return -market.Profit(finding.Sizes, finding.Q, finding.V, finding.Elapsed) / required;
    }

    private static Finding Worst(SearchMarket market, bool between, double[] prices, (double V, double Elapsed)[] times)
    {
        var constraints = new SearchConstraints(market, between);
        Finding worst = new(0, 0, 0, 0, [], market);
        foreach (double q in prices)
        {
            foreach ((double v, double elapsed) in times)
            {
                (double loss, double[] sizes) = constraints.Worst(q, v, elapsed);
                double weighted = loss * WeightAt(q);
                worst = weighted > worst.Ratio ? new Finding(weighted, q, v, elapsed, sizes, market) : worst;
            }
        }

        return worst;
    }

    private SearchMarket Market()
    {
        (double range, double vol, double minimum) = _random.Next(3) switch { 0 => (0.14, 0.45, 0.01), 1 => (0.16, 0.5, 0.01), _ => (0.25, 0.6, 0.25 / 16) };
        List<SearchedCall> options = [];
        int expiries = 1 + _random.Next(3);
        int each = expiries == 1 ? 28 : 36 / expiries;
        for (int e = 0; e < expiries; e++)
        {
            double tau = Math.Floor(Math.Exp(Between(Math.Log(1200), Math.Log(200 * Day))));
            double volatility = Math.Round(Math.Exp(Between(Math.Log(0.08), Math.Log(1.5))), 3);
            double forward = _random.Next(2) == 0 ? 1 : Math.Round(Between(0.98, 1.02), 4);
            double width = _random.Next(3) switch { 0 => 1.1, 1 => 1.4, _ => 2.2 } * range;
            double shift = _random.Next(2) * Between(0, 2 * width / each);
            for (int i = 0; i < each; i++)
            {
                options.Add(new SearchedCall(tau, Math.Round(1 - width + shift + (2 * width * i / (each - 1)), 5), volatility, forward));
            }
        }

        return new SearchMarket(range, vol, 0.5, minimum, options);
    }

    private List<SearchedCall> Mutate(IReadOnlyList<SearchedCall> options)
    {
        double tau = options[_random.Next(options.Count)].Tau;
        double stretch = Math.Exp(Between(-0.3, 0.3));
        double moved = Math.Clamp(Math.Floor(tau * stretch), 1200, 200 * Day);
        double louder = Math.Exp(Between(-0.2, 0.2));
        double move = Between(-0.01, 0.01);
        int what = _random.Next(4);
        bool taken = options.Any(option => option.Tau == moved);
        return
        [
            .. options.Select(option => option.Tau != tau ? option : what switch
            {
                0 => option with { Tau = taken ? tau : moved },
                1 => option with { Volatility = Math.Clamp(Math.Round(option.Volatility * louder, 3), 0.05, 2) },
                2 => option with { Strike = Math.Round(option.Strike + move, 5) },
                _ => option with { Strike = Math.Round(1 + ((option.Strike - 1) * stretch), 5) },
            }),
        ];
    }

    private double Between(double low, double high) => low + ((high - low) * _random.NextDouble());
}
