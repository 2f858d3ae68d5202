using OnchainMargin.Margin;
using OnchainMargin.Models.Data;
using OnchainMargin.Models.Policy;
using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Models.Backtesting;

/// <summary>A history of real option chains, each fitted with the one before as prior. Only what is listed is traded.</summary>
public sealed class ChainMarket : IMarketHistory
{
    private const double DaySeconds = 86_400;
    private const double YearSeconds = 365 * DaySeconds;
    private const double Near = 0.3;

    private readonly string[] _underlyings;
    private readonly FittedSurface[][] _surfaces;
    private readonly long[][][] _strikes;

    /// <summary>Fits every snapshot. Underlyings that are not in all of them are left out.</summary>
    /// <exception cref="DataFileException">There is no snapshot, or no underlying in all of them.</exception>
    public ChainMarket(IReadOnlyList<ChainSnapshot> snapshots)
    {
        ArgumentNullException.ThrowIfNull(snapshots);
        _underlyings = snapshots.Count == 0
            ? []
            : [.. snapshots.Select(s => s.Quotes.Select(q => q.Underlying).ToHashSet(StringComparer.Ordinal)).Aggregate((a, b) => [.. a.Intersect(b, StringComparer.Ordinal)]).Order(StringComparer.Ordinal)];
        if (_underlyings.Length == 0)
        {
            throw new DataFileException("The chain holds no underlying in all of its snapshots: give one file of snapshots of the same market.");
        }

        Count = snapshots.Count;
        _surfaces = [.. _underlyings.Select(_ => new FittedSurface[Count])];
        _strikes = [.. _underlyings.Select(_ => new long[Count][])];
        for (var u = 0; u < _underlyings.Length; u++)
        {
            for (var i = 0; i < Count; i++)
            {
                OptionQuote[] quotes = [.. snapshots[i].Quotes.Where(q => string.Equals(q.Underlying, _underlyings[u], StringComparison.Ordinal))];
                _surfaces[u][i] = SurfaceFit.Fit(quotes, snapshots[i].Time, i == 0 ? null : _surfaces[u][i - 1]);
                _strikes[u][i] = [.. quotes.Select(q => (long)Math.Round(q.Strike * 1e4)).Distinct().Order()];
                if (_surfaces[u][i].Expiries.Count == 0)
                {
                    throw new DataFileException($"The snapshot of {DateTimeOffset.FromUnixTimeSeconds(snapshots[i].Time):u} has no quoted expiry of {_underlyings[u]}: drop it.");
                }
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Underlyings => _underlyings;

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public long Time(int moment) => _surfaces[0][moment].Time;

    /// <inheritdoc/>
    public double Spot(int underlying, int moment) => _surfaces[underlying][moment].Spot;

    /// <inheritdoc/>
    public MarketHour Hour(int underlying, int moment) => new(
        Time(moment), Spot(underlying, moment), null, null,
        [.. _surfaces[underlying][moment].Expiries.Where(e => e.Expiry > Time(moment)).Select(e => new ExpirySurface(e.Expiry, Surface(underlying, moment, (uint)e.Expiry)))]);

    /// <inheritdoc/>
    public uint Expiry(int underlying, int moment, double days)
    {
        var wanted = Time(moment) + (days * DaySeconds);

        // Something that lives past the longest horizon.
        var listed = _surfaces[underlying][moment].Expiries.Where(e => e.Expiry > Time(moment) + (1.5 * DaySeconds));
        return (uint)listed.MinBy(e => Math.Abs(e.Expiry - wanted))!.Expiry;
    }

    /// <inheritdoc/>
    public long StrikeE4(int underlying, int moment, uint expiry, double moneyness)
    {
        var wanted = Nearest(underlying, moment, expiry).Forward * moneyness * 1e4;
        return _strikes[underlying][moment].MinBy(k => Math.Abs(k - wanted));
    }

    /// <inheritdoc/>
    public Surface Surface(int underlying, int moment, uint expiry)
    {
        var fitted = Nearest(underlying, moment, expiry);
        var isExpired = expiry <= Time(moment);
        var forwardE8 = Units.ToE8(isExpired ? Spot(underlying, moment) : fitted.Expiry == expiry ? fitted.Forward : Spot(underlying, moment) * Math.Exp(
            Math.Log(fitted.Forward / Spot(underlying, moment)) / fitted.Years * ((expiry - Time(moment)) / YearSeconds)));

        // The engine holds variance a year; an expiry that was not fitted has that of its neighbour.
        return new Surface(
            forwardE8,
            forwardE8,
            (long)(fitted.Slice.A / fitted.Years * Units.E12),
            (long)(fitted.Slice.B / fitted.Years * Units.E12),
            (int)Units.ToE8(fitted.Slice.Rho),
            (int)Units.ToE8(fitted.Slice.M),
            Math.Clamp(Units.ToE8(fitted.Slice.Sigma), 1, (long)(6 * Units.E8)));
    }

    /// <inheritdoc/>
    public int Ahead(int moment, double hours)
    {
        var wanted = Time(moment) + (hours * 3600);
        var best = -1;
        for (var i = moment + 1; i < Count; i++)
        {
            var distance = Math.Abs(Time(i) - wanted);
            if (distance <= Near * hours * 3600 && (best < 0 || distance < Math.Abs(Time(best) - wanted)))
            {
                best = i;
            }
        }

        return best;
    }

    private FittedExpiry Nearest(int underlying, int moment, uint expiry) => _surfaces[underlying][moment].Expiries.MinBy(e => Math.Abs(e.Expiry - (long)expiry))!;
}
