namespace OnchainMargin.Oracle;

/// <summary>One underlying with spot 1 in doubles: values of calls and of the perpetual, which stands after them, at any price and shock. Search only; what is found is certified by the integer rules.</summary>
public sealed class SearchMarket(double range, double volRange, double volUpFloor, double shortMinimum, IReadOnlyList<SearchedCall> options)
{
    private const double Year = 31_536_000;
    private readonly Dictionary<(double, double, double), double[]> _values = [];

    /// <summary>R.</summary>
    public double Range => range;

    /// <summary>V.</summary>
    public double VolRange => volRange;

    /// <summary>The least volatility after a rise.</summary>
    public double VolUpFloor => volUpFloor;

    /// <summary>The least requirement of a short option.</summary>
    public double ShortMinimum => shortMinimum;

    /// <summary>The calls.</summary>
    public IReadOnlyList<SearchedCall> Options => options;

    /// <summary>The number of instruments.</summary>
    public int Count => options.Count + 1;

    /// <summary>The same market with other calls.</summary>
    public SearchMarket With(IReadOnlyList<SearchedCall> others) => new(range, volRange, volUpFloor, shortMinimum, others);

    /// <summary>Values of all instruments at node q, shock v, after some seconds with volatilities as they are.</summary>
    public double[] Values(double q, double v, double elapsed = 0)
    {
        if (!_values.TryGetValue((q, v, elapsed), out double[]? values))
        {
            values = [.. options.Select(option => Value(option, q, v, elapsed)), 1 + (q * range / 4)];
            _values[(q, v, elapsed)] = values;
        }

        return values;
    }

    /// <summary>Profit of a portfolio.</summary>
    public double Profit(double[] sizes, double q, double v, double elapsed = 0)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        double[] before = Values(0, 0);
        double[] after = Values(q, v, elapsed);
        return Enumerable.Range(0, sizes.Length).Sum(i => sizes[i] * (after[i] - before[i]));
    }

    /// <summary>σ√τ at a shock.</summary>
    public double Deviation(SearchedCall option, double v)
    {
        ArgumentNullException.ThrowIfNull(option);
        return Shocked(option, v) * Math.Sqrt(option.Tau / Year);
    }

    /// <summary>The range of an option: smaller in the settlement window.</summary>
    public double RangeOf(SearchedCall option)
    {
        ArgumentNullException.ThrowIfNull(option);
        return range * Math.Clamp(option.Tau, 0, 1800) / 1800;
    }

    /// <summary>The payoff of a call at node q; the perpetual's value.</summary>
    public double[] Payoffs(double q) => [.. options.Select(option => Math.Max((option.Forward * (1 + (q * RangeOf(option) / 4))) - option.Strike, 0)), 1 + (q * range / 4)];

    private double Value(SearchedCall option, double q, double v, double elapsed)
    {
        double forward = option.Forward * (1 + (q * RangeOf(option) / 4));
        double tau = option.Tau - elapsed;
        if (tau < 60)
        {
            return Math.Max(forward - option.Strike, 0);
        }

        double deviation = Shocked(option, v) * Math.Sqrt(tau / Year);
        double d1 = (Math.Log(forward / option.Strike) / deviation) + (deviation / 2);
        return (forward * Normal(d1)) - (option.Strike * Normal(d1 - deviation));
    }

    /// <summary>A part of the shock downwards is that part of the shift, one of the shock upwards that part of the way, which the floor may lengthen.</summary>
    private double Shocked(SearchedCall option, double v)
    {
        double shift = volRange * (double)KernelRules.Kappa((System.Numerics.BigInteger)option.Tau) / 1e8;
        double up = Math.Max(option.Volatility * (1 + shift), volUpFloor);
        return option.Volatility + (v > 0 ? v * (up - option.Volatility) : option.Volatility * Math.Max(v * shift, -0.95));
    }

    /// <summary>Φ: the series near the middle, the continued fraction in the tails.</summary>
    private static double Normal(double x)
    {
        double a = Math.Abs(x);
        if (a > 38)
        {
            return x < 0 ? 0 : 1;
        }

        double density = Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
        double tail;
        if (a < 3)
        {
            double term = a;
            double sum = a;
            for (int k = 3; term > 1e-17 * sum; k += 2)
            {
                term *= a * a / k;
                sum += term;
            }

            tail = 0.5 - (density * sum);
        }
        else
        {
            double fraction = a;
            for (int k = 60; k >= 1; k--)
            {
                fraction = a + (k / fraction);
            }

            tail = density / fraction;
        }

        return x < 0 ? tail : 1 - tail;
    }
}
