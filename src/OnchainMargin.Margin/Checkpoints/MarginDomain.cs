namespace OnchainMargin.Margin;

/// <summary>The domain of the specification: what the contracts let into a state or a checkpoint. Inside it the margin is total.</summary>
public static class MarginDomain
{
    /// <summary>Most underlyings, whose numbers begin at 1.</summary>
    public const int UnderlyingsMax = 64;

    private const long SizeMaxE8 = 1L << 53;
    private const long SpotMaxE8 = 1L << 48;
    private const long ForwardMaxE8 = 1L << 49;
    private const long UnitsMaxE8 = 1L << 62;
    private const long PriceRangeMinE8 = 1_000_000;
    private const long PriceRangeMaxE8 = 32_000_000;
    private const long FloorRateMaxE8 = 10_000_000;
    private const long SviAMaxE12 = 1L << 53;
    private const long SviBMaxE12 = 1L << 52;
    private const long SviMaxE8 = 6 * Rounding.One;
    private const ulong IndexMinE12 = 1_000_000;
    private const int DecimalsMax = 18;
    private const int ExpiriesMax = 32;

    private static readonly Int128 CostLimitE8 = Int128.One << 95;
    private static readonly Int128 CashLimitE8 = Int128.One << 100;

    /// <summary>Whether a position's numbers may be held.</summary>
    /// <param name="sizeE8">Signed size.</param>
    /// <param name="costE8">Signed cost.</param>
    [SpecRule("MRG-003")]
    public static bool IsPositionHeld(long sizeE8, Int128 costE8) => sizeE8 is >= -SizeMaxE8 and <= SizeMaxE8 && costE8 > -CostLimitE8 && costE8 < CostLimitE8;

    /// <summary>Whether an amount of cash may be held.</summary>
    /// <param name="cashE8">Cash.</param>
    [SpecRule("MRG-003")]
    public static bool IsCashHeld(Int128 cashE8) => cashE8 > -CashLimitE8 && cashE8 < CashLimitE8;

    /// <summary>Whether a state may be held.</summary>
    /// <param name="state">The state.</param>
    [SpecRule("MRG-003")]
    public static bool IsStateHeld(AccountState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return IsCashHeld(state.CashE8) && state.LockedGainE8 <= long.MaxValue
            && state.Positions.All(p => IsPositionHeld(p.SizeE8, p.CostE8)) && AccountState.Validate(state.Positions.AsSpan()) == MarginError.None;
    }

    /// <summary>Whether a header is in the domain.</summary>
    /// <param name="header">The header.</param>
    [SpecRule("MRG-010")]
    public static bool IsHeader(CheckpointHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        return header.InitialFactorE8 is >= Rounding.One and <= 3 * Rounding.One && IsIndex(header.DebtIndexE12) && IsIndex(header.CreditIndexE12);
    }

    /// <summary>Whether a collateral record is in the domain.</summary>
    /// <param name="record">The record.</param>
    [SpecRule("MRG-010")]
    public static bool IsCollateral(CollateralRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.PriceE8 is >= 0 and <= SpotMaxE8 && record.HaircutE8 is >= 0 and <= Rounding.One && record.Decimals <= DecimalsMax;
    }

    /// <summary>Whether an underlying's record, its expiries included, is in the domain.</summary>
    /// <param name="record">The record.</param>
    [SpecRule("MRG-010")]
    public static bool IsUnderlying(UnderlyingRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (!IsMarket(record) || !IsRisk(record.Parameters) || record.Expiries.Length > ExpiriesMax)
        {
            return false;
        }

        uint previous = 0;
        foreach (ExpiryRecord expiry in record.Expiries)
        {
            if (expiry.Expiry <= previous || expiry.DiscountE12 is < 1 or > Rounding.OneE12 || expiry.FollowSeconds is < 0 or > Forwards.WindowSeconds || !IsSurface(expiry.Present) || !IsSurface(expiry.Delayed))
            {
                return false;
            }

            previous = expiry.Expiry;
        }

        return true;
    }

    /// <summary>Whether a surface and its forwards are in the domain.</summary>
    /// <param name="surface">The surface.</param>
    [SpecRule("MRG-010")]
    public static bool IsSurface(in Surface surface) =>
        IsPrice(surface.ForwardE8, ForwardMaxE8) && IsPrice(surface.PublishedForwardE8, ForwardMaxE8)
        && surface.AE12 is >= -SviAMaxE12 and <= SviAMaxE12 && surface.BE12 is >= 0 and <= SviBMaxE12
        && surface.RhoE8 is >= -(int)Rounding.One and <= (int)Rounding.One && surface.ME8 is >= -(int)SviMaxE8 and <= (int)SviMaxE8 && IsPrice(surface.SigmaE8, SviMaxE8);

    private static bool IsMarket(UnderlyingRecord record) =>
        IsPrice(record.SpotE8, SpotMaxE8) && IsPrice(record.PerpetualMarkE8, SpotMaxE8) && IsPrice(record.AverageSpotE8, SpotMaxE8)
        && record.SpreadE8 >= 0 && record.SpreadE8 <= record.SpotE8 && record.OpenInterestE8 is >= 0 and <= UnitsMaxE8
        && record.DepthE8 is >= Rounding.One and <= UnitsMaxE8 && record.CumulativeFundingE8 is >= -UnitsMaxE8 and <= UnitsMaxE8;

    private static bool IsRisk(RiskParameters p) =>
        p.PriceRangeE8 is >= (uint)PriceRangeMinE8 and <= (uint)PriceRangeMaxE8 && p.VolRangeE8 <= 2 * Rounding.One && p.VolUpFloorE8 <= 5 * Rounding.One
        && p.FloorRateE8 <= FloorRateMaxE8 && p.NettingFloorE8 is >= (uint)(Rounding.One / 2) and <= (uint)Rounding.One
        && Math.Max(Math.Max(Math.Max(p.ShortOptionMinimumE8, p.BasisChargeE8), Math.Max(p.BasisRateE8, p.SlippageE8)), Math.Max(Math.Max(p.SlippageCapE8, p.CrowdingE8), Math.Max(p.VegaChargeE8, p.RateChargeE8))) <= Rounding.One;

    private static bool IsPrice(long value, long largest) => value >= 1 && value <= largest;

    private static bool IsIndex(ulong indexE12) => indexE12 is >= IndexMinE12 and <= long.MaxValue;
}
