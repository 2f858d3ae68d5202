namespace OnchainMargin.Models.Surfaces;

/// <summary>Fits a whole surface to a chain: each expiry by quasi-explicit SVI, then projected until no butterfly and no calendar can be bought for nothing.</summary>
public static class SurfaceFit
{
    private const double YearSeconds = 365 * 86_400;
    private const long NearestSeconds = 3600;
    private const int FewestStrikes = 3;
    private const int Rounds = 4;
    private const int WingRounds = 3;
    private const int GridPoints = 61;
    private const int Bisections = 40;
    private const double Gap = 1e-10;

    /// <summary>Fits the quotes of one underlying. Expiries within the hour, and those with fewer than three strikes quoted on both sides, are left out.</summary>
    /// <param name="quotes">The rows of one underlying.</param>
    /// <param name="time">The time that expiries are counted from.</param>
    /// <param name="previous">The fit before, or null.</param>
    /// <exception cref="ArgumentException">There are no quotes, or of several underlyings.</exception>
    public static FittedSurface Fit(IReadOnlyList<OptionQuote> quotes, long time, FittedSurface? previous = null)
    {
        ArgumentNullException.ThrowIfNull(quotes);
        if (quotes.Count == 0 || quotes.Any(q => !string.Equals(q.Underlying, quotes[0].Underlying, StringComparison.Ordinal)))
        {
            throw new ArgumentException("a surface is fitted to the quotes of one underlying: give its rows, at least one", nameof(quotes));
        }

        var raw = new List<RawExpiry>();
        foreach (var rows in quotes.Where(q => q.Expiry - time > NearestSeconds).GroupBy(q => q.Expiry).OrderBy(g => g.Key))
        {
            var years = (rows.Key - time) / YearSeconds;
            var points = Smile(rows, time);
            if (points.Length < FewestStrikes)
            {
                continue;
            }

            var prior = previous?.Expiries.FirstOrDefault(e => e.Expiry == rows.Key) is { } before ? Aged(before, years) : (SviSlice?)null;
            raw.Add(new RawExpiry(rows.Key, years, Median(rows.Select(q => q.Forward)), points, prior, SviFit.Fit(points, years, prior, [])));
        }

        BendWings(raw);
        var expiries = new List<FittedExpiry>();
        foreach (var expiry in raw)
        {
            expiries.Add(Project(expiry, expiries.Count > 0 ? expiries[^1] : null));
        }

        return new FittedSurface(quotes[0].Underlying, time, Median(quotes.Select(q => q.Index)), expiries, Surfaces.Parity.Check(quotes));
    }

    /// <summary>Whether total variance of a later expiry is nowhere below that of an earlier one at the strikes that either lists, between and a fifth beyond.</summary>
    public static bool IsFreeOfCalendars(FittedExpiry earlier, FittedExpiry later)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        ArgumentNullException.ThrowIfNull(later);
        Span<double> grid = stackalloc double[GridPoints];
        Grid(earlier.Points, later.Points, grid);
        return Crossing(earlier.Slice, later.Slice, grid) <= 0;
    }

    /// <summary>The out-of-the-money quotes that have both sides, as volatilities.</summary>
    internal static SmilePoint[] Smile(IEnumerable<OptionQuote> rows, long time)
    {
        var points = new List<SmilePoint>();
        foreach (var q in rows)
        {
            if (!q.IsTwoSided || q.IsCall != (q.Strike >= q.Forward))
            {
                continue;
            }

            var root = Math.Sqrt((q.Expiry - time) / YearSeconds);
            var bid = Black76.ImpliedDeviation(q.Bid, q.Forward, q.Strike, q.IsCall) / root;
            var ask = Black76.ImpliedDeviation(q.Ask, q.Forward, q.Strike, q.IsCall) / root;
            if (bid > 0 && ask > bid)
            {
                points.Add(new SmilePoint(Math.Log(q.Strike / q.Forward), bid, ask));
            }
        }

        points.Sort((a, b) => a.K.CompareTo(b.K));
        return [.. points];
    }

    /// <summary>
    /// From the last expiry to the first: where a slice rises above the next one outside its own quotes, which say nothing there, it is fitted again with the next one as an upper bound.
    /// Left alone, the wings of an expiry of hours, drawn on to strikes that only years list, would lift every expiry behind it.
    /// </summary>
    private static void BendWings(List<RawExpiry> raw)
    {
        Span<double> grid = stackalloc double[GridPoints];
        for (var i = raw.Count - 2; i >= 0; i--)
        {
            var (own, next) = (raw[i], raw[i + 1]);
            Grid(own.Points, next.Points, grid);
            var bounds = new List<(double K, double Variance, double Weight)>();
            for (var round = 0; round < WingRounds; round++)
            {
                var over = false;
                foreach (var k in grid)
                {
                    var most = next.Slice.TotalVariance(k);
                    if ((k < own.Points[0].K || k > own.Points[^1].K) && own.Slice.TotalVariance(k) > most)
                    {
                        over = true;
                        bounds.Add((k, most * 0.99, 0.02 * (round + 1)));
                    }
                }

                if (!over)
                {
                    break;
                }

                own = own with { Slice = SviFit.Fit(own.Points, own.Years, own.Prior, bounds.ToArray()) };
            }

            raw[i] = own;
        }
    }

    private static FittedExpiry Project(RawExpiry own, FittedExpiry? earlier)
    {
        var raw = own.Slice;
        Span<double> grid = stackalloc double[GridPoints];
        if (earlier is not null)
        {
            Grid(earlier.Points, own.Points, grid);
        }

        var rawButterflies = raw.IsFreeOfButterflies;
        var rawCalendars = earlier is null || Crossing(earlier.Slice, raw, grid) <= 0;
        var slice = raw;
        if (!rawButterflies || !rawCalendars)
        {
            // Fitted again with what it must not do as a price; what the price leaves over is bent straight.
            slice = SviFit.Fit(own.Points, own.Years, raw, [], new SviLimits(earlier?.Slice, grid.ToArray()));
            slice = slice.IsFreeOfButterflies ? slice : WithoutButterflies(slice, own.Years);
            if (earlier is not null && Crossing(earlier.Slice, slice, grid) > 0)
            {
                slice = WithoutCalendars(earlier.Slice, slice, own, grid);
            }
        }

        return new FittedExpiry
        {
            Expiry = own.Expiry,
            Years = own.Years,
            Forward = own.Forward,
            Slice = slice,
            Raw = raw,
            Points = own.Points,
            RawFreeOfButterflies = rawButterflies,
            RawFreeOfCalendars = rawCalendars,
        };
    }

    /// <summary>The least change towards the free jump wings, or towards flat, that removes all butterflies.</summary>
    private static SviSlice WithoutButterflies(SviSlice raw, double years)
    {
        var level = Math.Max(raw.TotalVariance(0), 1e-8);
        var flat = SviSlice.Flat(level);
        if (raw.Least > 0)
        {
            var wings = raw.ToJumpWings(years);
            var free = wings.WithoutButterflies();
            SviSlice Blend(double part) => (wings with { CallWing = wings.CallWing + (part * (free.CallWing - wings.CallWing)), Least = wings.Least + (part * (free.Least - wings.Least)) }).ToRaw();
            if (Blend(1).IsFreeOfButterflies)
            {
                return Bisect(Blend);
            }
        }

        SviSlice Flatten(double part) => new(level + ((1 - part) * (raw.A - level)), (1 - part) * raw.B, raw.Rho, raw.M, raw.Sigma);
        return Flatten(1).IsFreeOfButterflies ? Bisect(Flatten) : flat;
    }

    private static SviSlice Bisect(Func<double, SviSlice> blend)
    {
        double low = 0, high = 1;
        for (var i = 0; i < Bisections && high - low > 1e-4; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = blend(middle).IsFreeOfButterflies ? (low, middle) : (middle, high);
        }

        return blend(high);
    }

    /// <summary>Refits with the earlier expiry as lower bounds where it is crossed; what is left is lifted; should lifting make a butterfly, the earlier shape is lifted instead.</summary>
    private static SviSlice WithoutCalendars(SviSlice earlier, SviSlice first, RawExpiry own, ReadOnlySpan<double> grid)
    {
        var slice = first;
        var limits = new SviLimits(earlier, grid.ToArray());
        var floor = new List<(double K, double Variance, double Weight)>();
        for (var round = 0; round < Rounds && Crossing(earlier, slice, grid) > 1e-5 * earlier.TotalVariance(0); round++)
        {
            foreach (var k in grid)
            {
                var least = earlier.TotalVariance(k);
                if (slice.TotalVariance(k) < least)
                {
                    floor.Add((k, least * 1.002, 0.3 * (round + 1)));
                }
            }

            slice = SviFit.Fit(own.Points, own.Years, own.Slice, floor.ToArray(), limits);
            slice = slice.IsFreeOfButterflies ? slice : WithoutButterflies(slice, own.Years);
        }

        slice = Lift(earlier, slice, grid);
        if (slice.IsFreeOfButterflies)
        {
            return slice;
        }

        slice = Lift(earlier, WithoutButterflies(slice, own.Years), grid);
        if (slice.IsFreeOfButterflies)
        {
            return slice;
        }

        var same = Lift(earlier, earlier with { A = earlier.A + Math.Max(0, first.TotalVariance(0) - earlier.TotalVariance(0)) }, grid);
        if (same.IsFreeOfButterflies)
        {
            return same;
        }

        double most = 0;
        foreach (var k in grid)
        {
            most = Math.Max(most, earlier.TotalVariance(k));
        }

        return SviSlice.Flat(most + Gap);
    }

    private static SviSlice Lift(SviSlice earlier, SviSlice slice, ReadOnlySpan<double> grid) =>
        Crossing(earlier, slice, grid) is > 0 and var crossing ? slice with { A = slice.A + crossing + Gap } : slice;

    /// <summary>How far the later slice is under the earlier one at most.</summary>
    private static double Crossing(SviSlice earlier, SviSlice later, ReadOnlySpan<double> grid)
    {
        var most = double.NegativeInfinity;
        foreach (var k in grid)
        {
            most = Math.Max(most, earlier.TotalVariance(k) - later.TotalVariance(k));
        }

        return most;
    }

    private static void Grid(IReadOnlyList<SmilePoint> earlier, IReadOnlyList<SmilePoint> points, Span<double> grid)
    {
        var low = Math.Min(earlier[0].K, points[0].K) * 1.2;
        var high = Math.Max(earlier[^1].K, points[^1].K) * 1.2;
        for (var i = 0; i < grid.Length; i++)
        {
            grid[i] = low + ((high - low) * i / (grid.Length - 1));
        }
    }

    /// <summary>A slice of the fit before, its total variance shrunk with the time that has passed.</summary>
    private static SviSlice Aged(FittedExpiry before, double years)
    {
        var part = years / before.Years;
        return before.Slice with { A = before.Slice.A * part, B = before.Slice.B * part };
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Where(double.IsFinite).Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[sorted.Length / 2];
    }
}
