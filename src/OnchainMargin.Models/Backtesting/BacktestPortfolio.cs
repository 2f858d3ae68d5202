using System.Collections.Immutable;
using OnchainMargin.Margin;

namespace OnchainMargin.Models.Backtesting;

/// <summary>A portfolio that is taken anew at every moment, about a hundred thousand of the settlement currency a leg.</summary>
public sealed class BacktestPortfolio
{
    private const double Notional = 100_000;
    private const double Week = 7;
    private const double FourWeeks = 28;
    private const double TwelveWeeks = 84;
    private const int MakerStrikes = 10;
    private const double MakerPart = 0.1;

    private readonly Action<Builder> _build;

    private BacktestPortfolio(string name, int underlying, Action<Builder> build)
    {
        Name = name;
        Underlying = underlying;
        _build = build;
    }

    /// <summary>Its name, with the underlying's.</summary>
    public string Name { get; }

    /// <summary>The underlying whose spot its notional is measured in.</summary>
    public int Underlying { get; }

    /// <summary>The portfolios of one underlying.</summary>
    public static IEnumerable<BacktestPortfolio> Of(string name, int u)
    {
        yield return new($"{name} long perpetual", u, b => b.Perpetual(u, 1));
        yield return new($"{name} short perpetual", u, b => b.Perpetual(u, -1));
        yield return new($"{name} covered call", u, b => b.Spot(u, 1).Option(u, FourWeeks, 1.1, true, -1));
        yield return new($"{name} short straddle", u, b => b.Option(u, FourWeeks, 1, true, -1).Option(u, FourWeeks, 1, false, -1));
        yield return new($"{name} short strangle", u, b => b.Option(u, FourWeeks, 1.2, true, -1).Option(u, FourWeeks, 0.8, false, -1));
        yield return new($"{name} short weekly straddle", u, b => b.Option(u, Week, 1, true, -1).Option(u, Week, 1, false, -1));
        yield return new($"{name} bear call spread", u, b => b.Option(u, FourWeeks, 1, true, -1).Option(u, FourWeeks, 1.1, true, 1));
        yield return new($"{name} calendar", u, b => b.Option(u, FourWeeks, 1, true, -1).Option(u, TwelveWeeks, 1, true, 1));
        yield return new($"{name} short butterfly", u, b => b.Option(u, Week, 0.9, true, -1).Option(u, Week, 1, true, 2).Option(u, Week, 1.1, true, -1));
        yield return new($"{name} box", u, b => b.Option(u, FourWeeks, 0.9, true, 1).Option(u, FourWeeks, 0.9, false, -1).Option(u, FourWeeks, 1.1, true, -1).Option(u, FourWeeks, 1.1, false, 1));
        yield return new($"{name} risk reversal", u, b => b.Option(u, FourWeeks, 0.85, false, -1).Option(u, FourWeeks, 1.15, true, 1));
        yield return new($"{name} basis trade", u, b => b.Spot(u, 1).Future(u, FourWeeks, -1));
        yield return new($"{name} market maker, 60 options", u, b => Maker(b, u));
    }

    /// <summary>A long position in one underlying against a short one in another.</summary>
    public static BacktestPortfolio Pair(string longName, int longUnderlying, string shortName, int shortUnderlying) =>
        new($"long {longName} short {shortName}", longUnderlying, b => b.Perpetual(longUnderlying, 1).Perpetual(shortUnderlying, -1));

    /// <summary>All portfolios of a history: those of each underlying, and its first against its second.</summary>
    public static IReadOnlyList<BacktestPortfolio> All(IMarketHistory market)
    {
        ArgumentNullException.ThrowIfNull(market);
        var all = market.Underlyings.SelectMany((name, u) => Of(name, u)).ToList();
        if (market.Underlyings.Count > 1)
        {
            all.Add(Pair(market.Underlyings[0], 0, market.Underlyings[1], 1));
        }

        return all;
    }

    /// <summary>The positions at a moment.</summary>
    public HeldPortfolio At(IMarketHistory market, int moment)
    {
        var builder = new Builder(market, moment);
        _build(builder);
        return builder.Held();
    }

    /// <summary>Three expiries of ten strikes, a call and a put each: long the middle, short the wings, delta hedged roughly by a perpetual.</summary>
    private static void Maker(Builder b, int u)
    {
        foreach (var days in (ReadOnlySpan<double>)[Week, FourWeeks, TwelveWeeks])
        {
            for (var i = 0; i < MakerStrikes; i++)
            {
                var moneyness = 0.775 + (0.05 * i);
                var size = MakerPart * (i is > 2 and < 7 ? 1 : -1) * (1 + (0.1 * ((i * 7) % 5)));
                b.Option(u, days, moneyness, true, size).Option(u, days, moneyness, false, size * (i % 2 == 0 ? 1 : 0.6));
            }
        }

        b.Perpetual(u, MakerPart);
    }

    private sealed class Builder(IMarketHistory market, int moment)
    {
        private readonly SortedDictionary<Instrument, long> _sizes = [];
        private readonly long[] _spot = new long[market.Underlyings.Count];

        internal Builder Perpetual(int u, double parts) => Add(Instrument.Perpetual((ushort)(u + 1)), u, parts);

        internal Builder Future(int u, double days, double parts) => Add(Instrument.Future((ushort)(u + 1), market.Expiry(u, moment, days)), u, parts);

        internal Builder Option(int u, double days, double moneyness, bool isCall, double parts)
        {
            var expiry = market.Expiry(u, moment, days);
            var strike = market.StrikeE4(u, moment, expiry, moneyness);
            return Add(isCall ? Instrument.Call((ushort)(u + 1), expiry, strike) : Instrument.Put((ushort)(u + 1), expiry, strike), u, parts);
        }

        internal Builder Spot(int u, double parts)
        {
            _spot[u] += Size(u, parts);
            return this;
        }

        internal HeldPortfolio Held() => new(
            new AccountState { Positions = [.. _sizes.Where(p => p.Value != 0).Select(p => new Position(p.Key, p.Value, 0))] }, ImmutableArray.Create(_spot));

        private Builder Add(Instrument instrument, int u, double parts)
        {
            _sizes[instrument] = _sizes.GetValueOrDefault(instrument) + Size(u, parts);
            return this;
        }

        private long Size(int u, double parts) => Units.ToE8(parts * Notional / market.Spot(u, moment));
    }
}
