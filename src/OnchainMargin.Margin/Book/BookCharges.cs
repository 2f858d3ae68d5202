namespace OnchainMargin.Margin;

/// <summary>Charges of an underlying at a checkpoint that are the same for every account, reckoned once.</summary>
internal sealed class BookCharges
{
    private const long LeastParts = 2;

    /// <summary>Buckets that are no expiries: spot and the perpetual.</summary>
    private const int Linear = 2;

    private const int RatioBits = 32;

    /// <summary>Reckons the charges.</summary>
    internal BookCharges(UnderlyingTerms terms, long time)
    {
        UnderlyingRecord record = terms.Record;
        RiskParameters p = record.Parameters;
        FloorLeastE8 = (long)Rounding.DivCeil(Math.BigMul(p.ShortOptionMinimumE8, record.SpotE8), LeastParts * Rounding.One);
        FloorRateE8 = (long)Rounding.DivCeil(Math.BigMul(p.FloorRateE8, record.SpotE8), Rounding.One);
        Int128 linear = Math.BigMul(p.FloorRateE8, record.SpotE8);
        FloorLinearE16 = linear <= long.MaxValue - Rounding.One ? (long)linear : long.MaxValue;
        PriceRange = new LaneDivisor(p.PriceRangeE8);
        SpreadE8 = (long)AddOns.SpreadRate(record);
        CrowdE8 = (long)Rounding.DivFloor(Math.BigMul(p.CrowdingE8, record.OpenInterestE8), Rounding.One);
        VegaE8 = p.VegaChargeE8;
        RateE8 = p.RateChargeE8;
        SlippageE8 = p.SlippageE8;
        SlippageCapE8 = p.SlippageCapE8;
        ShortMinimumE8 = p.ShortOptionMinimumE8;
        Depth = record.DepthE8;
        SpotE8 = record.SpotE8;
        var alone = new BookExpiry(0, AddOns.BasisRate(p, 0), VegaE8, false);
        Buckets = new BookExpiry[record.Expiries.Length + Linear];
        Buckets.AsSpan(0, Linear).Fill(alone);
        for (int i = 0; i < record.Expiries.Length; i++)
        {
            long tau = terms.Expiry(i, delayed: false).Tau;
            Buckets[i + Linear] = new BookExpiry(
                tau, AddOns.BasisRate(p, tau), AddOns.StaleCharge(p.VegaChargeE8, time - record.Expiries[i].SurfaceTime), terms.HasChoice(i));
            IsStale |= Buckets[i + Linear].StaleE8 != VegaE8;
        }
    }

    /// <summary>The least that the floor takes of a live long option.</summary>
    internal long FloorLeastE8 { get; }

    /// <summary>The most that the floor takes of a long option.</summary>
    internal long FloorRateE8 { get; }

    /// <summary>floorRate·spot; <see cref="long.MaxValue"/> where that does not fit.</summary>
    internal long FloorLinearE16 { get; }

    /// <summary>R.</summary>
    internal LaneDivisor PriceRange { get; }

    /// <summary>The spread as a part of spot.</summary>
    internal long SpreadE8 { get; }

    /// <summary>The part of open interest that counts as one's own.</summary>
    internal long CrowdE8 { get; }

    /// <summary>The vega charge.</summary>
    internal long VegaE8 { get; }

    /// <summary>The rate charge.</summary>
    internal long RateE8 { get; }

    /// <summary>Slippage at depth.</summary>
    internal long SlippageE8 { get; }

    /// <summary>The largest slippage.</summary>
    internal long SlippageCapE8 { get; }

    /// <summary>The short option minimum.</summary>
    internal long ShortMinimumE8 { get; }

    /// <summary>Whether any surface is so old that its vega charge has grown.</summary>
    internal bool IsStale { get; }

    /// <summary>Charges of spot, the perpetual and each expiry.</summary>
    internal BookExpiry[] Buckets { get; }

    /// <summary>Charges of each expiry.</summary>
    internal ReadOnlySpan<BookExpiry> Expiries => Buckets.AsSpan(Linear);

    private long Depth { get; }

    private long SpotE8 { get; }

    /// <summary>Adds what follows from all buckets of an account: basis, liquidity, rate and spread.</summary>
    /// <param name="deltaE8">Σ Δ_b·S.</param>
    /// <param name="spotDeltaE8">That of the spot collateral alone; of no meaning while there is no spread.</param>
    /// <param name="grossE8">Σ |Δ_b|·S.</param>
    /// <param name="basisE8">X of MRG-042.</param>
    /// <param name="yearsE8">The sum of MRG-045.</param>
    /// <param name="share">What adds up.</param>
    internal void Add(long deltaE8, long spotDeltaE8, long grossE8, long basisE8, long yearsE8, ref BookShare share)
    {
        // Why unchecked: terms that are too large for a word are noted.
        unchecked
        {
            long net = Math.Abs(deltaE8);
            long hedged = grossE8 - net;
            long open = net + ((hedged + 1) >> 1);
            long units = WideSum.Product(open, Rounding.One).Ceil(SpotE8);
            long rate = Math.Min(SlippageCapE8, WideSum.Product(SlippageE8, Math.Max(units, CrowdE8)).Ceil(Depth));
            long liquidity = WideSum.Product(open, rate).CeilOne();

            // What is hedged is at least two units, so a gross below two has nothing hedged and gives 0 by any divisor.
            long basis = Hedged(basisE8, hedged, Math.Max(grossE8, 2));
            long spread = SpreadE8 == 0 ? 0 : WideSum.Product(SpreadE8, Math.Max(Math.Max(deltaE8 - spotDeltaE8, -deltaE8), 0)).CeilOne();
            share.Large |= units | liquidity | basis | spread;
            share.AddOnsE8 += basis + liquidity + WideSum.Product(RateE8, yearsE8).CeilOne();
            share.SpreadE8 = spread;
        }
    }

    /// <summary>⌈X·r/2³³⌉ with r = ⌈hedged·2³²/gross⌉ (MRG-042).</summary>
    private static long Hedged(long basisE8, long hedgedE8, long grossE8)
    {
        unchecked
        {
            long r = WideSum.Product(hedgedE8, 1L << RatioBits).Ceil(grossE8);
            WideSum product = WideSum.Product(basisE8, r) + new WideSum(0, (1UL << (RatioBits + 1)) - 1);
            return product.High >> RatioBits != 0 ? long.MaxValue : (product.High << (64 - RatioBits - 1)) | (long)(product.Low >> (RatioBits + 1));
        }
    }
}
