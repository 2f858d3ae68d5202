namespace OnchainMargin.Models.Surfaces;

/// <summary>
/// Quasi-explicit calibration (De Marco and Martini, 2009): for a bend (m, σ) the rest of raw SVI is linear in (a, d, c) with <c>b = c/σ</c>, <c>ρ = d/c</c>, a small quadratic
/// programme solved exactly; Nelder and Mead search the two-dimensional bend. Errors are in volatility, over the quote's width: a width in volatility is a width in price over vega, so
/// this weighs by vega; strikes left outside their quotes weigh more in a second pass.
/// </summary>
internal sealed class SviFit
{
    private const double WidthFloor = 0.003;
    private const double OutsideWeight = 3;
    private const double SlopeMost = 1.99;
    private const double PriorWeight = 0.02;
    private const double PenaltyWeight = 50;
    private const int SearchSteps = 90;
    private const double SearchTolerance = 1e-5;
    private const double GoodObjective = 0.25;
    private const int Passes = 3;

    private readonly double[] _k;
    private readonly double[] _target;
    private readonly double[] _weight;
    private readonly SviQuadratic _quadratic = new();
    private SviLimits? _limits;
    private double _penalty;

    private SviFit(int count)
    {
        _k = new double[count];
        _target = new double[count];
        _weight = new double[count];
    }

    /// <summary>Fits a slice to points; <paramref name="floor"/> are lower bounds (k, total variance) that must hold, as the expiry before sets them.</summary>
    /// <param name="points">Quoted strikes, at least one.</param>
    /// <param name="years">Time to expiry.</param>
    /// <param name="prior">The fit before, or null: where the search starts, and what thin quotes are drawn towards.</param>
    /// <param name="floor">Pseudo-quotes with their weights.</param>
    /// <param name="limits">What the search is kept away from, or null.</param>
    internal static SviSlice Fit(ReadOnlySpan<SmilePoint> points, double years, SviSlice? prior, ReadOnlySpan<(double K, double Variance, double Weight)> floor, SviLimits? limits = null)
    {
        // A prior of eleven pseudo-points keeps an expiry of three quotes in the shape it had; among forty real quotes it is not felt.
        var priorPoints = prior is null ? 0 : 11;
        var fit = new SviFit(points.Length + priorPoints + floor.Length) { _limits = limits, _penalty = PenaltyWeight * points.Length };
        double low = points[0].K, high = points[0].K;
        foreach (ref readonly var point in points)
        {
            low = Math.Min(low, point.K);
            high = Math.Max(high, point.K);
        }

        var basis = new double[points.Length];
        for (var i = 0; i < points.Length; i++)
        {
            ref readonly var p = ref points[i];
            fit._k[i] = p.K;
            fit._target[i] = p.Mid * p.Mid * years;
            var unit = 2 * p.Mid * years * (p.HalfWidth + WidthFloor);
            basis[i] = 1 / (unit * unit);
            fit._weight[i] = basis[i];
        }

        if (prior is { } before)
        {
            double total = 0;
            foreach (var w in basis)
            {
                total += w;
            }

            for (var i = 0; i < priorPoints; i++)
            {
                var k = low + ((high - low) * i / (priorPoints - 1));
                fit._k[points.Length + i] = k;
                fit._target[points.Length + i] = before.TotalVariance(k);
                fit._weight[points.Length + i] = PriorWeight * total / (points.Length * points.Length);
            }
        }

        double largest = 0;
        foreach (var w in basis)
        {
            largest = Math.Max(largest, w);
        }

        for (var i = 0; i < floor.Length; i++)
        {
            var at = points.Length + priorPoints + i;
            fit._k[at] = floor[i].K;
            fit._target[at] = floor[i].Variance;
            fit._weight[at] = floor[i].Weight * largest;
        }

        return fit.Search(points, basis, years, prior, low, high);
    }

    private SviSlice Search(ReadOnlySpan<SmilePoint> points, ReadOnlySpan<double> basis, double years, SviSlice? prior, double low, double high)
    {
        var middle = points[0];
        foreach (ref readonly var p in points)
        {
            middle = Math.Abs(p.K) < Math.Abs(middle.K) ? p : middle;
        }

        var deviation = Math.Clamp(middle.Mid * Math.Sqrt(years), 0.005, 1);
        var width = Math.Max(high - low, deviation);
        var bounds = new SviBounds(low - width, high + width, Math.Max(0.05 * deviation, 0.002), Math.Max(width, 1));
        if (_limits is not null && prior is { B: > 0 } start)
        {
            // The free fit is known: the one that keeps to the limits is near it.
            var limited = Minimise(bounds, start.M, start.Sigma);
            return Minimise(bounds, limited.Slice.M, limited.Slice.Sigma).Slice;
        }

        // Where the fit before leads to one within the quotes, there is nothing to look for elsewhere.
        var best = prior is { B: > 0 } before ? Minimise(bounds, before.M, before.Sigma) : Minimise(bounds, 0.3 * deviation, 3 * deviation);
        if (prior is null || best.Objective > GoodObjective * points.Length)
        {
            var other = Minimise(bounds, 0, deviation);
            best = other.Objective < best.Objective ? other : best;
        }

        for (var pass = 1; pass < Passes; pass++)
        {
            var outside = false;
            for (var i = 0; i < points.Length; i++)
            {
                var vol = best.Slice.Volatility(points[i].K, years);
                var isOutside = vol < points[i].Bid || vol > points[i].Ask;
                outside |= isOutside;
                _weight[i] = isOutside ? Math.Min(_weight[i] * OutsideWeight, basis[i] * OutsideWeight * OutsideWeight) : _weight[i];
            }

            if (!outside)
            {
                break;
            }

            best = Minimise(bounds, best.Slice.M, best.Slice.Sigma);
        }

        return best.Slice;
    }

    private (SviSlice Slice, double Objective) Minimise(SviBounds bounds, double m, double sigma)
    {
        Span<(double M, double LogSigma, double Value)> simplex = stackalloc (double, double, double)[3];
        var logSigma = Math.Log(Math.Clamp(sigma, bounds.SigmaLeast, bounds.SigmaMost));
        var step = 0.5 * Math.Exp(logSigma);
        simplex[0] = At(bounds, m, logSigma);
        simplex[1] = At(bounds, m + step, logSigma);
        simplex[2] = At(bounds, m, logSigma + 0.5);
        for (var i = 0; i < SearchSteps; i++)
        {
            simplex.Sort(static (x, y) => x.Value.CompareTo(y.Value));
            if (simplex[2].Value - simplex[0].Value <= SearchTolerance * (Math.Abs(simplex[0].Value) + 1e-12) && i > 10)
            {
                break;
            }

            var (centreM, centreS) = ((simplex[0].M + simplex[1].M) / 2, (simplex[0].LogSigma + simplex[1].LogSigma) / 2);
            var (awayM, awayS) = (centreM - simplex[2].M, centreS - simplex[2].LogSigma);
            var reflected = At(bounds, centreM + awayM, centreS + awayS);
            if (reflected.Value < simplex[0].Value)
            {
                var expanded = At(bounds, centreM + (2 * awayM), centreS + (2 * awayS));
                simplex[2] = expanded.Value < reflected.Value ? expanded : reflected;
            }
            else if (reflected.Value < simplex[1].Value)
            {
                simplex[2] = reflected;
            }
            else
            {
                var side = reflected.Value < simplex[2].Value ? 0.5 : -0.5;
                var contracted = At(bounds, centreM + (side * awayM), centreS + (side * awayS));
                if (contracted.Value < Math.Min(reflected.Value, simplex[2].Value))
                {
                    simplex[2] = contracted;
                }
                else
                {
                    simplex[1] = At(bounds, (simplex[0].M + simplex[1].M) / 2, (simplex[0].LogSigma + simplex[1].LogSigma) / 2);
                    simplex[2] = At(bounds, (simplex[0].M + simplex[2].M) / 2, (simplex[0].LogSigma + simplex[2].LogSigma) / 2);
                }
            }
        }

        simplex.Sort(static (x, y) => x.Value.CompareTo(y.Value));
        var at = bounds.Clamp(simplex[0].M, simplex[0].LogSigma);
        var value = Solve(at.M, at.Sigma, out var slice);
        return (slice, _limits is null ? value : value + (_penalty * _limits.Violation(slice)));
    }

    private (double M, double LogSigma, double Value) At(SviBounds bounds, double m, double logSigma)
    {
        var at = bounds.Clamp(m, logSigma);

        // Outside its bounds the bend is priced at the bound, and a little dearer, so that the search comes back.
        var excess = Math.Abs(at.M - m) + Math.Abs(Math.Log(at.Sigma) - logSigma);
        var value = Solve(at.M, at.Sigma, out var slice) * (1 + excess);
        return (m, logSigma, _limits is null ? value : value + (_penalty * _limits.Violation(slice)));
    }

    private double Solve(double m, double sigma, out SviSlice slice)
    {
        _quadratic.Clear();
        var inverse = 1 / sigma;
        for (var i = 0; i < _k.Length; i++)
        {
            var y = (_k[i] - m) * inverse;
            _quadratic.Add(y, Math.Sqrt((y * y) + 1), _target[i], _weight[i]);
        }

        var value = _quadratic.Minimise(SlopeMost * sigma, out var a, out var d, out var c);
        slice = c > 1e-15 ? new SviSlice(a, c * inverse, Math.Clamp(d / c, -0.9999, 0.9999), m, sigma) : SviSlice.Flat(a);
        return value;
    }
}
