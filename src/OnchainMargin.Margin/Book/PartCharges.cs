namespace OnchainMargin.Margin;

/// <summary>The add-ons of one underlying of one account, bucket by bucket.</summary>
internal ref struct PartCharges(BookUnderlying underlying)
{
    private readonly BookCharges _charges = underlying.Charges;
    private readonly UnderlyingRecord _record = underlying.Terms!.Record;
    private long _deltaE8;
    private long _grossE8;
    private long _basisE8;
    private long _rateE8;

    /// <summary>One bucket: spot, the perpetual or an expiry.</summary>
    /// <param name="bucket">Which.</param>
    /// <param name="rise">Σ size·(value(+1, 0) − value(−1, 0)).</param>
    /// <param name="options">Σ size·value of options.</param>
    /// <param name="below">Vega of strikes below the forward.</param>
    /// <param name="above">Vega of the others.</param>
    /// <param name="totals">What adds up.</param>
    internal void Add(int bucket, WideSum rise, WideSum options, WideSum below, WideSum above, ref BookTotals totals)
    {
        // Why unchecked: terms of 2⁵⁴ or more are noted and the account is computed in wider numbers; fewer than 2⁸ of smaller ones fit a word.
        unchecked
        {
            WideSum size = rise.Magnitude;
            long magnitude = (size + size).Ceil(_charges.PriceRangeE8);
            totals.Large |= magnitude;
            _deltaE8 += rise.High < 0 ? -magnitude : magnitude;
            _grossE8 += magnitude;
            if (bucket < 0)
            {
                _basisE8 += WideSum.Product(_charges.BasisE8, magnitude).CeilOne();
                return;
            }

            ref readonly BookExpiry expiry = ref _charges.Expiries[bucket];
            _basisE8 += WideSum.Product(expiry.BasisE8, magnitude).CeilOne();
            if (!below.IsZero || !above.IsZero)
            {
                long vega = (below.Magnitude + above.Magnitude).CeilTwo();
                long charge = WideSum.Product(_charges.VegaE8, vega).CeilOne();
                totals.Large |= vega;
                totals.AddOnsE8 += charge;
                if (expiry.StaleE8 != _charges.VegaE8)
                {
                    totals.StaleE8 += WideSum.Product(expiry.StaleE8, vega).CeilOne() - charge;
                }
            }

            if (!options.IsZero)
            {
                long value = options.Magnitude.CeilOne();
                long years = WideSum.Product(value, expiry.Tau).CeilYear();
                totals.Large |= value | years;
                _rateE8 += years;
            }
        }
    }

    /// <summary>What follows from all buckets.</summary>
    internal readonly void Finish(ref BookTotals totals)
    {
        unchecked
        {
            long net = Math.Abs(_deltaE8);
            long hedged = _grossE8 - net;
            long open = net + ((hedged + 1) >> 1);
            long units = WideSum.Product(open, Rounding.One).Ceil(_record.SpotE8);
            long rate = units <= _charges.CrowdE8 ? _charges.LiquidityLeastE8
                : Math.Min(_charges.SlippageCapE8, WideSum.Product(_charges.SlippageE8, units).Ceil(_record.DepthE8));
            long liquidity = WideSum.Product(open, rate).CeilOne();
            long basis = hedged == 0 ? 0 : Hedged(hedged);
            totals.Large |= _grossE8 | units | liquidity | basis;
            totals.AddOnsE8 += basis + liquidity + WideSum.Product(_charges.RateE8, _rateE8).CeilOne();
            if (_charges.SpreadE8 != 0)
            {
                long spread = WideSum.Product(_charges.SpreadE8, net).CeilOne();
                totals.Large |= spread;
                totals.SpreadE8 += spread;
            }
        }
    }

    /// <summary>⌈X·r/2³³⌉ with r = ⌈hedged·2³²/gross⌉ (MRG-042).</summary>
    private readonly long Hedged(long hedged)
    {
        unchecked
        {
            long r = WideSum.Product(hedged, 1L << 32).Ceil(_grossE8);
            WideSum product = WideSum.Product(_basisE8, r);
            ulong low = product.Low + ((1UL << 33) - 1);
            long high = product.High + (low < product.Low ? 1 : 0);
            return high >> 32 != 0 ? long.MaxValue : (high << 31) | (long)(low >> 33);
        }
    }
}
