namespace OnchainMargin.Margin;

/// <summary>Charges of an underlying at a checkpoint that are the same for every account, reckoned once.</summary>
internal sealed class BookCharges
{
    private const long LeastParts = 2;

    /// <summary>Reckons the charges.</summary>
    internal BookCharges(UnderlyingTerms terms, long time)
    {
        UnderlyingRecord record = terms.Record;
        RiskParameters p = record.Parameters;
        FloorLeastE8 = (long)Rounding.DivCeil(Math.BigMul(p.ShortOptionMinimumE8, record.SpotE8), LeastParts * Rounding.One);
        FloorRateE8 = (long)Rounding.DivCeil(Math.BigMul(p.FloorRateE8, record.SpotE8), Rounding.One);
        Int128 linear = Math.BigMul(p.FloorRateE8, record.SpotE8);
        FloorLinearE16 = linear <= long.MaxValue ? (long)linear : long.MaxValue;
        PriceRangeE8 = p.PriceRangeE8;
        BasisE8 = AddOns.BasisRate(p, 0);
        SpreadE8 = (long)AddOns.SpreadRate(record);
        CrowdE8 = (long)Rounding.DivFloor(Math.BigMul(p.CrowdingE8, record.OpenInterestE8), Rounding.One);
        VegaE8 = p.VegaChargeE8;
        RateE8 = p.RateChargeE8;
        SlippageE8 = p.SlippageE8;
        SlippageCapE8 = p.SlippageCapE8;
        ShortMinimumE8 = p.ShortOptionMinimumE8;
        LiquidityLeastE8 = (long)Rounding.Min(SlippageCapE8, Rounding.DivCeil(Math.BigMul(SlippageE8, CrowdE8), record.DepthE8));
        Expiries = new BookExpiry[record.Expiries.Length];
        for (int i = 0; i < Expiries.Length; i++)
        {
            long tau = terms.Expiry(i, delayed: false).Tau;
            Expiries[i] = new BookExpiry(
                tau, AddOns.BasisRate(p, tau), AddOns.StaleCharge(p.VegaChargeE8, time - record.Expiries[i].SurfaceTime), terms.HasChoice(i));
        }
    }

    /// <summary>The least that the floor takes of a live long option.</summary>
    internal long FloorLeastE8 { get; }

    /// <summary>The most that the floor takes of a long option.</summary>
    internal long FloorRateE8 { get; }

    /// <summary>floorRate·spot; <see cref="long.MaxValue"/> where that does not fit.</summary>
    internal long FloorLinearE16 { get; }

    /// <summary>R.</summary>
    internal long PriceRangeE8 { get; }

    /// <summary>c_b of spot and perpetual.</summary>
    internal long BasisE8 { get; }

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

    /// <summary>The liquidity rate of the crowd alone.</summary>
    internal long LiquidityLeastE8 { get; }

    /// <summary>Charges of each expiry.</summary>
    internal BookExpiry[] Expiries { get; }
}
