using OnchainMargin.Models.Tails;
using OnchainMargin.Models.Volatility;

namespace OnchainMargin.Models.Policy;

/// <summary>
/// Follows the hours of one underlying and says what a policy asks of it, from the past alone. Moves of the horizon are filtered by an exponentially weighted variance (λ = 0.94 a
/// day) blended in the square with a GJR(1,1) of daily returns, refitted every four weeks on up to three years; their quantiles, and those of the moves that basis and vega charges are to hold, are taken anew every week.
/// </summary>
public sealed class MarketForecaster
{
    private const int HoursPerDay = 24;
    private const int Week = 7 * HoursPerDay;
    private const int Month = 28;
    private const int MostDays = 3 * 365;
    private const int FewestDays = 250;
    private const int BurnInHours = 10 * HoursPerDay;

    /// <summary>Moves that are divided by a variance of less than so many hours tell of that, and stay out of quantiles: after a first hour that stood still the next day's are thousands of deviations.</summary>
    private const int UnsettledHours = 5 * HoursPerDay;
    private const double SlowDecay = 0.9994;
    private const double VolumeDecay = 0.98;
    private const double SlowVolumeDecay = 0.999;
    private const double VolCoverage = 0.99;

    private static readonly double FastDecay = Math.Pow(0.94, 1.0 / HoursPerDay);

    private readonly PolicyOptions _options;
    private readonly List<double> _logs = [];
    private readonly List<double> _daily = [];
    private readonly MoveHistory _moves;
    private readonly MoveHistory _basis;
    private readonly MoveHistory _vega;
    private readonly Queue<MarketHour> _lately = [];
    private readonly List<double> _filtered = [];
    private readonly List<double> _variances = [];
    private readonly List<double> _volMoves = [];
    private double _fast;
    private double _slow;
    private double? _hourlyVolume;
    private double _slowVolume;
    private double _quantile = 3.2;
    private double _volMove;
    private double _stressChance;
    private VarianceFit<GjrParameters>? _gjr;
    private double _gjrVariance;
    private RegimeModel? _regimes;

    /// <summary>Starts without a past.</summary>
    public MarketForecaster(PolicyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        (_moves, _basis, _vega) = (new MoveHistory(options), new MoveHistory(options), new MoveHistory(options));
    }

    /// <summary>Whether enough was seen to decide on: ten days of moves over the horizon, so eleven days of hours where that is a day. From the first such hour on quantiles are known.</summary>
    public bool IsReady => _filtered.Count > BurnInHours;

    /// <summary>Takes an hour and says what is known now.</summary>
    public PolicyInputs Observe(in MarketHour hour)
    {
        _logs.Add(Math.Log(hour.Close));
        var n = _logs.Count - 1;
        if (n > 0)
        {
            ObserveReturn(_logs[n] - _logs[n - 1], n);
        }

        ObserveVolume(hour.Volume);
        ObserveCharges(hour);
        if (n >= _options.HorizonHours)
        {
            var move = Math.Abs(Math.Exp(_logs[n] - _logs[n - _options.HorizonHours]) - 1);
            _moves.Add(move);
            _filtered.Add(move / Math.Sqrt(Math.Max(_variances[n - _options.HorizonHours], 1e-12) * _options.HorizonHours));
            _volMoves.Add(Math.Abs((_variances[^1] / Math.Max(_variances[n - _options.HorizonHours], 1e-12)) - 1) / 2);
            if (IsDue(_filtered.Count))
            {
                Recount();
            }
        }

        var horizon = Math.Sqrt(_options.HorizonHours);
        return new PolicyInputs(
            hour.Time,
            _quantile * Math.Sqrt(Blend()) * horizon,
            _quantile * Math.Sqrt(_slow) * horizon,
            _moves.Floor,
            _moves.Stressed,
            _stressChance,
            _volMove,
            Math.Sqrt(Math.Max(Blend(), _slow)) * horizon,
            _hourlyVolume is { } volume ? Math.Min(volume, _slowVolume) * HoursPerDay : null,
            Inputs(_basis),
            Inputs(_vega));
    }

    private static ChargeInputs? Inputs(MoveHistory moves) => moves.Count > BurnInHours ? new ChargeInputs(moves.Recent, moves.Floor, moves.Stressed) : null;

    private void ObserveVolume(double? volume)
    {
        if (volume is not { } traded)
        {
            return;
        }

        // The slow mean is that of what there is until that is a month.
        var slow = Math.Min(SlowVolumeDecay, 1 - (1.0 / _logs.Count));
        _slowVolume = (slow * _slowVolume) + ((1 - slow) * traded);
        _hourlyVolume = _hourlyVolume is { } mean ? (VolumeDecay * mean) + ((1 - VolumeDecay) * traded) : traded;
    }

    private void ObserveCharges(in MarketHour hour)
    {
        _lately.Enqueue(hour);
        if (_lately.Count <= _options.HorizonHours)
        {
            return;
        }

        var then = _lately.Dequeue();
        if (ChargeMoves.Basis(then, hour, _options.BasisRate) is { } basis)
        {
            Take(_basis, basis);
        }

        if (ChargeMoves.Vega(then, hour) is { } vega)
        {
            Take(_vega, vega);
        }
    }

    private static void Take(MoveHistory moves, double move)
    {
        moves.Add(move);
        if (IsDue(moves.Count))
        {
            moves.Recount();
        }
    }

    /// <summary>Quantiles are taken when there is enough for them, and then once a week.</summary>
    private static bool IsDue(int count) => count > BurnInHours && (count - BurnInHours) % Week == 1;

    private void ObserveReturn(double r, int n)
    {
        // Each averages what there is until that is its memory: the fast one two weeks, the slow one a season.
        var mean = 1 - (1.0 / n);
        var (fast, slow) = (Math.Min(FastDecay, mean), Math.Min(SlowDecay, mean));
        _fast = (fast * _fast) + ((1 - fast) * r * r);
        _slow = (slow * _slow) + ((1 - slow) * r * r);
        if (n % HoursPerDay == 0)
        {
            ObserveDay(_logs[n] - _logs[n - HoursPerDay]);
        }

        while (_variances.Count < n)
        {
            _variances.Add(Blend());
        }

        _variances.Add(Blend());
    }

    private void ObserveDay(double r)
    {
        _daily.Add(r);
        _gjrVariance = _gjr is { } model ? model.Parameters.NextVariance(_gjrVariance, r) : 0;
        _stressChance = _regimes is { } regimes ? regimes.Next(_stressChance, r) : 0;
        if (_daily.Count < FewestDays || _daily.Count % Month != 0)
        {
            return;
        }

        double[] sample = [.. _daily.Skip(Math.Max(0, _daily.Count - MostDays))];
        if (!sample.AsSpan().ContainsAnyExcept(sample[0]))
        {
            // A price that stood still, or a feed that did, says nothing of volatility: what was fitted before goes on.
            return;
        }

        _regimes = VolatilityRegimes.Fit(sample);
        _stressChance = VolatilityRegimes.StressChances(sample, _regimes.Value)[^1];
        try
        {
            _gjr = Gjr.Fit(sample);
            _gjrVariance = _gjr.NextVariance;
        }
        catch (InvalidOperationException)
        {
            // No interior maximum in this sample: the fit of the month before goes on, or the weighted variance alone.
        }
    }

    private double Blend() => _gjr is null ? _fast : (_fast + (_gjrVariance / HoursPerDay)) / 2;

    private void Recount()
    {
        _quantile = Quantile(_filtered, _options.LookBackHours, _options.Coverage);
        _volMove = Quantile(_volMoves, _options.LookBackHours, VolCoverage);
        _moves.Recount();
    }

    private static double Quantile(List<double> values, int most, double level)
    {
        var start = Math.Max(UnsettledHours, values.Count - most);
        return EmpiricalTail.Estimate(values.GetRange(start, values.Count - start).ToArray(), level).ValueAtRisk;
    }
}
