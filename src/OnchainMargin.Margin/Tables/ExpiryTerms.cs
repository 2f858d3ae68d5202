namespace OnchainMargin.Margin;

/// <summary>What all strikes of one expiry share under one of its two surfaces.</summary>
internal sealed class ExpiryTerms
{
    /// <summary>Nearer to expiry than this an option is its intrinsic value.</summary>
    internal const long IntrinsicBelowSeconds = 60;

    private const int PlaceLimit = 1 << 24;
    private const long NarrowScale = 30L << 28;
    private const long HumpScale = 400L << 28;
    private const int LastInnerNode = 10;

    private readonly Surface _surface;
    private readonly Smile _smile;
    private readonly uint _volUpFloorE8;

    /// <summary>Reckons the terms.</summary>
    internal ExpiryTerms(UnderlyingRecord underlying, ExpiryRecord expiry, bool delayed, long time, Func<long, RangeNodes> nodes)
    {
        _surface = delayed ? expiry.Delayed : expiry.Present;
        _smile = new Smile(_surface);
        _volUpFloorE8 = underlying.Parameters.VolUpFloorE8;
        Tau = Math.Max(expiry.Expiry - time, 0);
        FollowSeconds = expiry.FollowSeconds;
        Nodes = nodes(Range(underlying.Parameters.PriceRangeE8, expiry.FollowSeconds));
        DiscountE12 = expiry.DiscountE12;
        LnForward = Kernel.Ln(_surface.ForwardE8, _surface.PublishedForwardE8);
        RootTau = Deviation.RootTau(Tau);
        ShiftE8 = Volatility.Shift(underlying.Parameters.VolRangeE8, Tau);
        Int128 discounted = Math.BigMul(DiscountE12, ForwardE8);
        for (int i = 0; i < Scenarios.Nodes; i++)
        {
            A[i] = (long)Rounding.DivNear(discounted * Nodes.M[i], (Int128)RangeNodes.Four * Rounding.OneE12);
        }

        Scenarios.Spread(A, ScenarioA);
        SlopeE8 = (A[LastInnerNode] - A[Scenarios.MarkNode]) / 4;
    }

    /// <summary>Time to expiry, seconds.</summary>
    internal long Tau { get; }

    /// <summary>How many of 1800 parts of the forward follow the spot.</summary>
    internal long FollowSeconds { get; }

    /// <summary>The nodes of the price axis.</summary>
    internal RangeNodes Nodes { get; }

    /// <summary>The forward.</summary>
    internal long ForwardE8 => _surface.ForwardE8;

    /// <summary>The discount factor.</summary>
    internal long DiscountE12 { get; }

    /// <summary>Discounted forward at each node.</summary>
    internal long[] A { get; } = new long[Scenarios.Nodes];

    /// <summary>The same at each scenario, as <see cref="Scenarios.Spread"/> lays it out.</summary>
    internal long[] ScenarioA { get; } = new long[Scenarios.Lanes];

    /// <summary>ln(forward/published forward), Q32.</summary>
    internal long LnForward { get; }

    /// <summary>160·√τ, Q40.</summary>
    internal long RootTau { get; }

    /// <summary>The shift of volatility.</summary>
    internal long ShiftE8 { get; }

    /// <summary>⌊(A_4 − A_0)/4⌋, the slope of an intrinsic value on the axis of q.</summary>
    [SpecRule("MRG-032")]
    internal long SlopeE8 { get; }

    /// <summary>The range of an expiry: it shrinks with what of it follows the spot still, and is 0 once its price is certain.</summary>
    [SpecRule("MRG-026")]
    internal static long Range(uint priceRangeE8, long followSeconds) => priceRangeE8 * followSeconds / Forwards.WindowSeconds;

    /// <summary>The discounted strike, near(discount·strike, 10¹²).</summary>
    [SpecRule("MRG-026")]
    internal long DiscountedStrike(long strikeE8) => (long)Rounding.DivNear(Math.BigMul(DiscountE12, strikeE8), Rounding.OneE12);

    /// <summary>D1 at the mark, S and volatility of a strike, for the Greeks.</summary>
    internal (long D1, long S, long VolQ32) Deviations(long strikeE8)
    {
        long kRaw = Kernel.Ln(strikeE8, _surface.PublishedForwardE8);
        long volQ32 = _smile.AtStrike(kRaw);
        long s = Deviation.Cells(volQ32, RootTau);
        return (OptionValues.D1(Moneyness(kRaw), s), s, volQ32);
    }

    /// <summary>Values of a call at all scenarios.</summary>
    /// <param name="strikeE8">The strike.</param>
    /// <param name="row">The row.</param>
    [SpecRule("MRG-026")]
    internal void FillCall(long strikeE8, Span<long> row)
    {
        long b = DiscountedStrike(strikeE8);
        if (Tau < IntrinsicBelowSeconds)
        {
            for (int s = 0; s < Scenarios.Count; s++)
            {
                row[s] = Math.Max(ScenarioA[s] - b, 0);
            }

            row.Slice(Row.Humps, Row.Shocks).Fill(Nodes.RangeE8 > 0 ? 0 : Row.Wide);
            Finish(strikeE8, b, row);
            return;
        }

        long kRaw = Kernel.Ln(strikeE8, _surface.PublishedForwardE8);
        long moneyness = Moneyness(kRaw);
        long vol = _smile.AtStrike(kRaw);
        ReadOnlySpan<long> deviations =
        [
            Deviation.Cells(Volatility.Down(vol, ShiftE8), RootTau), Deviation.Cells(vol, RootTau), Deviation.Cells(Volatility.Up(vol, ShiftE8, _volUpFloorE8), RootTau),
        ];
        OptionValues.Fill(this, b, moneyness, deviations, row);
        for (int shock = 0; shock < deviations.Length; shock++)
        {
            row[Row.Humps + shock] = Hump(deviations[shock]);
        }

        Finish(strikeE8, b, row);
        if (Math.Abs(moneyness) == Volatility.LogClampQ32)
        {
            Hold(b, row);
        }
    }

    private void Finish(long strikeE8, long b, Span<long> row)
    {
        row[Row.Intrinsic] = Math.Max(A[Scenarios.MarkNode] - b, 0);
        row[Row.Kink] = Place(strikeE8);
        row[Row.DiscountedStrike] = b;
        row[(Row.Humps + Row.Shocks)..].Clear();
    }

    /// <summary>Values of a put from those of the call: parity is exact.</summary>
    /// <param name="strikeE8">The strike.</param>
    /// <param name="call">The call's row.</param>
    /// <param name="row">The row.</param>
    [SpecRule("MRG-026")]
    internal void FillPut(long strikeE8, ReadOnlySpan<long> call, Span<long> row)
    {
        long b = DiscountedStrike(strikeE8);
        for (int s = 0; s < Scenarios.Count; s++)
        {
            row[s] = call[s] - ScenarioA[s] + b;
        }

        row[Row.Intrinsic] = Math.Max(b - A[Scenarios.MarkNode], 0);
        call[Row.Kink..].CopyTo(row[Row.Kink..]);
    }

    /// <summary>Where the logarithm was held, the values are held within the bounds of no arbitrage.</summary>
    [SpecRule("MRG-026")]
    private void Hold(long b, Span<long> row)
    {
        for (int s = 0; s < Scenarios.Count; s++)
        {
            long a = ScenarioA[s];
            row[s] = Math.Clamp(row[s], Math.Max(a - b, 0), a);
        }
    }

    private long Moneyness(long kRaw) => Math.Clamp(LnForward - kRaw, -Volatility.LogClampQ32, Volatility.LogClampQ32);

    /// <summary>Place of a strike on the axis of q, Q16.</summary>
    [SpecRule("MRG-032")]
    private long Place(long strikeE8)
    {
        if (Nodes.RangeE8 == 0)
        {
            return 0;
        }

        Int128 y = Rounding.DivFloor(Math.BigMul(strikeE8 - ForwardE8, RangeNodes.Four) << 16, Math.BigMul(ForwardE8, Nodes.RangeE8));
        return y < -PlaceLimit ? -PlaceLimit : y > PlaceLimit ? PlaceLimit : (long)y;
    }

    /// <summary>The most that an option of deviation S is worth above its intrinsic value, or <see cref="Row.Wide"/> when it is not narrow.</summary>
    [SpecRule("MRG-032")]
    private long Hump(long s) =>
        Math.BigMul(s, Rounding.One) < NarrowScale * Nodes.RangeE8 ? (long)Rounding.DivCeil(Math.BigMul(ForwardE8, s), HumpScale) : Row.Wide;
}
