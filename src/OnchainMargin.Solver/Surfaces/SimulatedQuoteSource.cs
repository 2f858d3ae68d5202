using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Solver.Surfaces;

/// <summary>
/// Quotes of a market that is none, for local chains: the next two Fridays and the last ones of this month and the next, a skewed smile, its level half a constant and half the realised variance of the spot seen
/// so far, so that a crash lifts it; a bid and an ask a volatility point to either side.
/// </summary>
internal sealed class SimulatedQuoteSource : IQuoteSource
{
    private const long DaySeconds = 86_400;
    private const double YearSeconds = 365 * 86_400;
    private const double CalmLevel = 0.6;
    private const double MostLevel = 2.5;
    private const double LeastSeconds = 60;
    private const double HalfSpread = 0.01;
    private const double Skew = -0.035;
    private const double Curvature = 0.12;
    private const double Carry = 0.03;
    private const int ExpiryHour = 8;
    private const int StrikesToASide = 8;
    private const double WidthDeviations = 3.5;

    private readonly Dictionary<string, Past> _pasts = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IReadOnlyList<OptionQuote> Read(string underlying, double spot, long time)
    {
        Past past = _pasts[underlying] = Learn(_pasts.GetValueOrDefault(underlying), spot, time);
        double level = Math.Min(Math.Sqrt(((CalmLevel * CalmLevel) + past.Variance) / 2), MostLevel);
        var quotes = new List<OptionQuote>();
        foreach (long expiry in Expiries(time))
        {
            double years = (expiry - time) / YearSeconds;
            double forward = spot * Math.Exp(Carry * years);
            double width = WidthDeviations * level * Math.Sqrt(years);
            for (int i = -StrikesToASide; i <= StrikesToASide; i++)
            {
                double strike = Round(forward * Math.Exp(width * i / StrikesToASide));
                double k = Math.Log(strike / forward);

                // The smile flattens with the square root of time, as markets' do.
                double y = k / Math.Sqrt(Math.Max(years, 1 / 365.0));
                double vol = level * (1 + (Skew * y) + (Curvature * ((y * y) / (1 + Math.Abs(y)))));
                bool isCall = strike >= forward;
                double root = Math.Sqrt(years);
                quotes.Add(new OptionQuote(
                    underlying, expiry, strike, isCall, time, forward, spot,
                    Black76.Value(forward, strike, (vol - HalfSpread) * root, isCall),
                    Black76.Value(forward, strike, (vol + HalfSpread) * root, isCall),
                    vol));
            }
        }

        return quotes;
    }

    /// <summary>Fridays at 08:00 UTC: the next two, and the last of this month and of the next. What is listed once stays until it expires.</summary>
    internal static IReadOnlyList<long> Expiries(long time)
    {
        DateTime now = DateTimeOffset.FromUnixTimeSeconds(time).UtcDateTime;
        DateTime first = now.Date.AddDays(((int)DayOfWeek.Friday - (int)now.DayOfWeek + 7) % 7).AddHours(ExpiryHour);
        first = first <= now ? first.AddDays(7) : first;
        DateTime[] fridays = [first, first.AddDays(7), LastFriday(now, 0), LastFriday(now, 1)];
        return [.. fridays.Where(day => day > now).Distinct().Order().Select(static day => new DateTimeOffset(day, TimeSpan.Zero).ToUnixTimeSeconds())];
    }

    private static DateTime LastFriday(DateTime now, int monthsAhead)
    {
        DateTime last = new DateTime(now.Year, now.Month, 1, ExpiryHour, 0, 0, DateTimeKind.Utc).AddMonths(monthsAhead + 1).AddDays(-1);
        return last.AddDays(-(((int)last.DayOfWeek - (int)DayOfWeek.Friday + 7) % 7));
    }

    private static Past Learn(Past? before, double spot, long time)
    {
        if (before is not { } known)
        {
            return new Past(CalmLevel * CalmLevel, spot, time);
        }

        double elapsed = time - known.Time;
        if (elapsed < LeastSeconds)
        {
            return known;
        }

        double kept = Math.Exp(-elapsed / DaySeconds);
        double move = Math.Log(spot / known.Spot);
        return new Past((kept * known.Variance) + ((1 - kept) * move * move * YearSeconds / elapsed), spot, time);
    }

    /// <summary>A strike as markets list it: three digits.</summary>
    private static double Round(double strike)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(strike)) - 2);
        return Math.Round(strike / unit) * unit;
    }

    private sealed record Past(double Variance, double Spot, long Time);
}
