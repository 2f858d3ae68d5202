using System.Runtime.CompilerServices;

namespace OnchainMargin.Margin;

/// <summary>Sums over the positions of one underlying, in the order of the positions.</summary>
internal ref struct UnderlyingSums(UnderlyingTerms terms, UnderlyingResult result, Workspace workspace, Span<Int128> pnl, Span<Int128> narrowing)
{
    private const long LeastParts = 2;

    private readonly UnderlyingTerms _terms = terms;
    private readonly UnderlyingResult _result = result;
    private readonly Workspace _workspace = workspace;
    private readonly Span<Int128> _pnlE16 = pnl;
    private readonly Span<Int128> _narrowingE16 = narrowing;
    private Int128 _shortSizesE8;
    private Int128 _deltaSumE8;
    private Int128 _spotDeltaE8;
    private Int128 _basisSumE8;
    private Int128 _rateSumE8;

    /// <summary>Spot collateral of the underlying, all tokens together.</summary>
    internal void AddSpot(long sizeE8)
    {
        ReadOnlySpan<long> row = _terms.Linear;
        AddPnl(row, sizeE8);
        _spotDeltaE8 = AddBucket(sizeE8 * (Int128)(row[Scenarios.Upper] - row[Scenarios.Lower]), 0);
    }

    /// <summary>The perpetual.</summary>
    internal void AddPerpetual(in Position position)
    {
        ReadOnlySpan<long> row = _terms.Linear;
        AddPnl(row, position.SizeE8);
        AddBucket(Math.BigMul(position.SizeE8, row[Scenarios.Upper] - row[Scenarios.Lower]), 0);
        Int128 value = Math.BigMul(position.SizeE8, _terms.Record.PerpetualMarkE8 - _terms.Record.CumulativeFundingE8);
        _workspace.MarksE16 += value;
        _workspace.FloorMarksE16 += value;
        _workspace.CostsE8 += position.CostE8;
        AddLinearFloor(position.SizeE8);
    }

    /// <summary>All positions of one expiry.</summary>
    /// <param name="positions">The positions.</param>
    /// <param name="first">The place of the first among the account's.</param>
    /// <param name="expiry">The place of the expiry among the underlying's.</param>
    /// <param name="delayed">Whether the delayed surface holds.</param>
    /// <param name="time">Time of the checkpoint.</param>
    internal void AddExpiry(ReadOnlySpan<Position> positions, int first, int expiry, bool delayed, long time)
    {
        ExpiryTerms dated = _terms.Expiry(expiry, delayed);
        Int128 deltaE16 = 0;
        Int128 optionsE16 = 0;
        Int128 belowE16 = 0;
        Int128 aboveE16 = 0;
        for (int i = 0; i < positions.Length; i++)
        {
            ref readonly Position position = ref positions[i];
            Instrument instrument = position.Instrument;
            long sizeE8 = position.SizeE8;
            ReadOnlySpan<long> row = _terms.Dated(expiry, delayed, instrument.StrikeE4, instrument.Kind);
            AddPnl(row, sizeE8);
            deltaE16 += Math.BigMul(sizeE8, row[Scenarios.Upper] - row[Scenarios.Lower]);
            long mark = row[Scenarios.Mark];
            Int128 value = Math.BigMul(sizeE8, mark);
            _workspace.MarksE16 += value;
            _workspace.CostsE8 += position.CostE8;
            if (!instrument.IsOption)
            {
                _workspace.FloorMarksE16 += value;
                AddLinearFloor(sizeE8);
                continue;
            }

            optionsE16 += value;
            Int128 vegaE16 = Math.BigMul(sizeE8, row[Scenarios.VolatilityUp] - row[Scenarios.VolatilityDown]);
            if (instrument.StrikeE8 < dated.ForwardE8)
            {
                belowE16 += vegaE16;
            }
            else
            {
                aboveE16 += vegaE16;
            }

            AddOptionFloor(sizeE8, mark, row[Row.Intrinsic], dated.Nodes.RangeE8 > 0);
            if (sizeE8 < 0 && dated.Nodes.RangeE8 > 0)
            {
                _shortSizesE8 -= sizeE8;
            }

            if (Row.IsNarrow(row))
            {
                AddKink(row, dated, position, first + i);
            }
        }

        AddBucket(deltaE16, dated.Tau);
        if (dated.Tau >= ExpiryTerms.IntrinsicBelowSeconds)
        {
            AddVega(belowE16, aboveE16, time - _terms.Record.Expiries[expiry].SurfaceTime);
        }

        _rateSumE8 += AddOns.RateYears(optionsE16, dated.Tau);
    }

    /// <summary>What follows from the sums: scenarios, between, add-ons.</summary>
    internal readonly void Finish()
    {
        FinishScenarios();
        RiskParameters p = _terms.Record.Parameters;
        long spotE8 = _terms.Record.SpotE8;
        _result.ShortMinimumE8 = Rounding.DivCeil(p.ShortOptionMinimumE8 * Rounding.DivCeil(spotE8 * _shortSizesE8, Rounding.One), Rounding.One);
        _result.NetE8 = Rounding.Abs(_deltaSumE8);
        Int128 hedgedE8 = _result.GrossE8 - _result.NetE8;
        _result.BasisE8 = AddOns.Basis(_basisSumE8, hedgedE8, _result.GrossE8);
        _result.LiquidityE8 = AddOns.Liquidity(_terms.Record, _result.NetE8 + Rounding.DivCeil(hedgedE8, 2L));
        _result.RateE8 = Rounding.DivCeil(p.RateChargeE8 * _rateSumE8, Rounding.One);
        _result.SpreadE8 = Rounding.DivCeil(AddOns.SpreadRate(_terms.Record) * AddOns.Uncovered(_deltaSumE8, _spotDeltaE8), Rounding.One);
    }

    [SpecRule("MRG-031")]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void AddPnl(ReadOnlySpan<long> row, long sizeE8)
    {
        // Why unchecked: |size| ≤ 2⁵⁸ and values below 2⁵³, so that 129 terms stay below 2¹¹⁹.
        unchecked
        {
            long mark = row[Scenarios.Mark];
            for (int s = 0; s < Scenarios.Count; s++)
            {
                _pnlE16[s] += Math.BigMul(sizeE8, row[s] - mark);
            }
        }
    }

    [SpecRule("MRG-031")]
    private readonly void FinishScenarios()
    {
        ReadOnlySpan<int> weights = Scenarios.Weights;
        Int128 worst24 = Int128.MinValue;
        for (int s = 0; s < Scenarios.Count; s++)
        {
            Int128 weighted = Rounding.DivFloor(weights[s] * _pnlE16[s], Rounding.One);
            _result.Weighted[s] = weighted;
            if (-weighted > worst24)
            {
                worst24 = -weighted;
                _result.WorstScenario = s;
            }
        }

        _result.Scenario24E8 = worst24;
        _result.Between24E8 = 0;
        if (_result.KinkCount > 0)
        {
            for (int s = 0; s < Scenarios.Count; s++)
            {
                _result.Exact[s] = Rounding.DivFloor(weights[s] * (_pnlE16[s] + _narrowingE16[s]), Rounding.One);
            }

            Sort(_result.KinkSpan);
            _result.Between24E8 = Between.Sweep(_result.KinkSpan, _result.Exact, out Point worst);
            _result.WorstBetween = worst;
        }
        else
        {
            _result.Weighted.CopyTo(_result.Exact, 0);
        }
    }

    /// <summary>A narrow option: what its intrinsic value changes at the shocks where it is narrow, and its kink.</summary>
    [SpecRule("MRG-032")]
    private readonly void AddKink(ReadOnlySpan<long> row, ExpiryTerms dated, in Position position, int place)
    {
        bool put = position.Instrument.Kind == InstrumentKind.Put;
        long b = row[Row.DiscountedStrike];
        ReadOnlySpan<int> scenarios = Scenarios.NodeScenarios;
        for (int node = 0; node < Scenarios.Nodes; node++)
        {
            long gain = dated.A[node] - b;
            long intrinsic = Math.Max(put ? -gain : gain, 0);
            for (int shock = 0; shock < Row.Shocks; shock++)
            {
                int s = scenarios[(Row.Shocks * node) + shock];
                if (s >= 0 && row[Row.Humps + shock] != Row.Wide)
                {
                    _narrowingE16[s] += Math.BigMul(position.SizeE8, intrinsic - row[s]);
                }
            }
        }

        _result.Kinks[_result.KinkCount++] = new Kink(
            row[Row.Kink], Math.BigMul(position.SizeE8, dated.SlopeE8), position.SizeE8, place, row[Row.Humps], row[Row.Humps + 1], row[Row.Humps + 2]);
    }

    /// <summary>Stable insertion: the kinks of an expiry come in order of place already.</summary>
    internal static void Sort(Span<Kink> kinks)
    {
        for (int i = 1; i < kinks.Length; i++)
        {
            Kink kink = kinks[i];
            int j = i;
            for (; j > 0 && kinks[j - 1].PlaceQ16 > kink.PlaceQ16; j--)
            {
                kinks[j] = kinks[j - 1];
            }

            kinks[j] = kink;
        }
    }

    [SpecRule("MRG-041")]
    private Int128 AddBucket(Int128 bucketE16, long tau)
    {
        Int128 magnitude = Rounding.DivCeil(2 * Rounding.Abs(bucketE16), (long)_terms.Record.Parameters.PriceRangeE8);
        Int128 deltaE8 = bucketE16 < 0 ? -magnitude : magnitude;
        _deltaSumE8 += deltaE8;
        _result.GrossE8 += magnitude;
        _basisSumE8 += Rounding.DivCeil(AddOns.BasisRate(_terms.Record.Parameters, tau) * magnitude, Rounding.One);
        return deltaE8;
    }

    [SpecRule("MRG-044")]
    private readonly void AddVega(Int128 belowE16, Int128 aboveE16, long age)
    {
        Int128 vegaE8 = Rounding.DivCeil(Rounding.Abs(belowE16) + Rounding.Abs(aboveE16), 2 * Rounding.One);
        long chargeE8 = _terms.Record.Parameters.VegaChargeE8;
        Int128 vega = Rounding.DivCeil(chargeE8 * vegaE8, Rounding.One);
        _result.VegaE8 += vega;
        _result.StaleE8 += Rounding.DivCeil(AddOns.StaleCharge(chargeE8, age) * vegaE8, Rounding.One) - vega;
    }

    [SpecRule("MRG-054")]
    private readonly void AddLinearFloor(long sizeE8) =>
        _workspace.FloorE8 += Rounding.DivCeil(_terms.Record.Parameters.FloorRateE8 * Math.BigMul(Math.Abs(sizeE8), _terms.Record.SpotE8), Rounding.One * Rounding.One);

    [SpecRule("MRG-055")]
    private readonly void AddOptionFloor(long sizeE8, long mark, long intrinsic, bool live)
    {
        if (sizeE8 < 0)
        {
            AddLinearFloor(sizeE8);
            _workspace.FloorMarksE16 += Math.BigMul(sizeE8, Math.Max(mark, intrinsic));
            return;
        }

        RiskParameters p = _terms.Record.Parameters;
        long least = live ? (long)Rounding.DivCeil(Math.BigMul(p.ShortOptionMinimumE8, _terms.Record.SpotE8), LeastParts * Rounding.One) : 0;
        long rate = (long)Rounding.DivCeil(Math.BigMul(p.FloorRateE8, _terms.Record.SpotE8), Rounding.One);
        _workspace.FloorE8 += Rounding.DivCeil(Math.BigMul(sizeE8, Math.Min(rate, Math.Max(mark, least))), Rounding.One);
        _workspace.FloorMarksE16 += Math.BigMul(sizeE8, Math.Min(mark, intrinsic));
    }
}
