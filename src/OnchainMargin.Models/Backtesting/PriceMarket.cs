using OnchainMargin.Margin;
using OnchainMargin.Models.Data;
using OnchainMargin.Models.Policy;

namespace OnchainMargin.Models.Backtesting;

/// <summary>
/// A history of candles with a stated model of what candles do not show. Volatility: annualised variance of hourly closes, exponentially weighted with half-lives of two days (fast) and
/// sixty (slow); a tenor τ has <c>slow + (fast − slow)·(1 − e^−κτ)/(κτ)</c> with a half-life of ten days, times 1.21 (implied over realised), between 25 % and 400 %; the smile is SVI with a
/// quarter of the variance in its wings and ρ = −0.2, as wide as the tenor's deviation. Forwards: a carry of 6 % a year plus the exponentially weighted return of three days, within −30 % and 40 %.
/// </summary>
public sealed class PriceMarket : IMarketHistory
{
    private const double HourYears = 1.0 / 8760;
    private const double VarianceLeast = 0.25 * 0.25;
    private const double VarianceMost = 16;
    private const double Premium = 1.21;
    private const double Wings = 0.25;
    private const double Skew = -0.2;
    private const double CarryLeast = -0.30;
    private const double CarryMost = 0.40;
    private const double CarryMean = 0.06;
    private const double DaySeconds = 86_400;
    private const double ReversionSeconds = 10 * DaySeconds / 0.6931471805599453;
    private const double LongestTenorYears = 2;

    private readonly PriceFile[] _files;
    private readonly FundingFile?[] _funding;
    private readonly int[] _offsets;
    private readonly double[][] _fast;
    private readonly double[][] _slow;
    private readonly double[][] _carry;
    private readonly long _start;
    private readonly int _seconds;

    /// <summary>Joins files of equal bars over the time that all of them cover.</summary>
    /// <exception cref="DataFileException">Bars of different lengths, two files of one underlying, or no time in common.</exception>
    /// <param name="files">Candles.</param>
    /// <param name="funding">Funding of the perpetuals, from which their premiums follow; of none, some or all of the underlyings.</param>
    public PriceMarket(IReadOnlyList<PriceFile> files, IReadOnlyList<FundingFile>? funding = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        _files = [.. files];
        _funding = [.. files.Select(f => funding?.FirstOrDefault(one => string.Equals(one.Underlying, f.Underlying, StringComparison.Ordinal)))];
        if (_files.Length == 0 || _files.DistinctBy(f => f.SecondsPerBar).Count() > 1 || _files.DistinctBy(f => f.Underlying, StringComparer.Ordinal).Count() < _files.Length)
        {
            throw new DataFileException("The price files cannot be joined: give one file an underlying, all with bars of the same length.");
        }

        _seconds = _files[0].SecondsPerBar;
        _start = _files.Max(f => f.Bars[0].Time);
        Count = (int)((_files.Min(f => f.Bars[^1].Time) - _start) / _seconds) + 1;
        if (Count < 2 || _files.Any(f => (_start - f.Bars[0].Time) % _seconds != 0))
        {
            throw new DataFileException("The price files have no bars in common: give files that overlap in time.");
        }

        _offsets = [.. _files.Select(f => (int)((_start - f.Bars[0].Time) / _seconds))];
        _fast = new double[_files.Length][];
        _slow = new double[_files.Length][];
        _carry = new double[_files.Length][];
        for (var u = 0; u < _files.Length; u++)
        {
            Filter(u);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Underlyings => [.. _files.Select(f => f.Underlying)];

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public long Time(int moment) => _start + ((long)(moment + 1) * _seconds);

    /// <inheritdoc/>
    public double Spot(int underlying, int moment) => _files[underlying].Bars[_offsets[underlying] + moment].Bar.Close;

    /// <inheritdoc/>
    public MarketHour Hour(int underlying, int moment)
    {
        var volume = _files[underlying].Bars[_offsets[underlying] + moment].Volume;
        return new MarketHour(Time(moment), Spot(underlying, moment), volume > 0 ? volume : null, _funding[underlying]?.PremiumAt(Time(moment)), []);
    }

    /// <inheritdoc/>
    public uint Expiry(int underlying, int moment, double days) => (uint)(Time(moment) + (long)(days * DaySeconds));

    /// <inheritdoc/>
    public long StrikeE4(int underlying, int moment, uint expiry, double moneyness) => (long)Math.Round(Forward(underlying, moment, expiry) * moneyness * 1e4);

    /// <inheritdoc/>
    public Surface Surface(int underlying, int moment, uint expiry)
    {
        var years = Math.Clamp((expiry - Time(moment)) / (365 * DaySeconds), 1e-6, LongestTenorYears);
        var forwardE8 = Units.ToE8(Forward(underlying, moment, expiry));
        var variance = Variance(underlying, moment, years);
        var deviation = Math.Sqrt(variance * years);
        return new Surface(
            forwardE8, forwardE8, (long)((1 - Wings) * variance * Units.E12), (long)(Wings * variance / deviation * Units.E12), (int)Units.ToE8(Skew), 0, Math.Max(1, Units.ToE8(deviation)));
    }

    /// <inheritdoc/>
    public int Ahead(int moment, double hours) => moment + (int)Math.Round(hours * 3600 / _seconds) is var ahead && ahead < Count ? ahead : -1;

    /// <summary>Variance at the money of a tenor, a year.</summary>
    public double Variance(int underlying, int moment, double years)
    {
        var x = years * 365 * DaySeconds / ReversionSeconds;
        var share = x < 1e-6 ? 1 : (1 - Math.Exp(-x)) / x;
        var slow = _slow[underlying][moment];
        return Math.Clamp(Premium * (slow + ((_fast[underlying][moment] - slow) * share)), VarianceLeast, VarianceMost);
    }

    private double Forward(int underlying, int moment, uint expiry) =>
        Spot(underlying, moment) * Math.Exp(_carry[underlying][moment] * Math.Clamp((expiry - Time(moment)) / (365 * DaySeconds), 0, LongestTenorYears));

    private void Filter(int u)
    {
        var years = _seconds / 3600.0 * HourYears;
        var fastDecay = Math.Pow(0.5, _seconds / (2 * DaySeconds));
        var slowDecay = Math.Pow(0.5, _seconds / (60 * DaySeconds));
        var carryDecay = Math.Pow(0.5, _seconds / (1.5 * DaySeconds));
        (_fast[u], _slow[u], _carry[u]) = (new double[Count], new double[Count], new double[Count]);
        double fast = 0, slow = 0, carry = 0;
        for (var i = 0; i < Count; i++)
        {
            var at = _offsets[u] + i;
            var r = at == 0 ? 0 : Math.Log(_files[u].Bars[at].Bar.Close / _files[u].Bars[at - 1].Bar.Close);
            var squared = r * r / years;

            // Until there is a half-life of past, the mean of what there is.
            var young = 1 - (1.0 / (i + 1));
            fast = (Math.Min(fastDecay, young) * fast) + ((1 - Math.Min(fastDecay, young)) * squared);
            slow = (Math.Min(slowDecay, young) * slow) + ((1 - Math.Min(slowDecay, young)) * squared);
            carry = (carryDecay * carry) + r;
            (_fast[u][i], _slow[u][i], _carry[u][i]) = (fast, slow, Math.Clamp(CarryMean + carry, CarryLeast, CarryMost));
        }
    }
}
