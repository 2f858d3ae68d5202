namespace OnchainMargin.Margin;

/// <summary>A surface's constants in the kernel's own scales.</summary>
internal readonly struct Smile
{
    private const long FiveToTwelve = 244_140_625;

    private static readonly Int128 VarianceMinQ64 = (Int128.One << 64) / 1_000_000;
    private static readonly Int128 VarianceMaxQ64 = Int128.One << 72;

    private readonly Int128 _aQ64;
    private readonly Int128 _sigmaSquaredQ64;
    private readonly long _mQ32;
    private readonly long _bE12;
    private readonly int _rhoE8;

    /// <summary>Scales a surface.</summary>
    internal Smile(in Surface surface)
    {
        // 2⁶⁴/10¹² = 2⁵²/5¹²: the same floor on a shorter number.
        _aQ64 = Rounding.DivFloor((Int128)surface.AE12 << 52, FiveToTwelve);
        _mQ32 = Rounding.DivFloor((long)surface.ME8 << 32, Rounding.One);
        long sigmaQ32 = Rounding.DivFloor(surface.SigmaE8 << 32, Rounding.One);
        _sigmaSquaredQ64 = Math.BigMul(sigmaQ32, sigmaQ32);
        _bE12 = surface.BE12;
        _rhoE8 = surface.RhoE8;
    }

    /// <summary>Annualised volatility of a strike in Q32, between 0.1 % and 1600 %.</summary>
    /// <param name="kRaw">ln(strike, published forward), Q32.</param>
    [SpecRule("MRG-022")]
    internal long AtStrike(long kRaw)
    {
        Int128 v = _aQ64;
        if (_bE12 != 0)
        {
            long y = Math.Clamp(kRaw, -Volatility.LogClampQ32, Volatility.LogClampQ32) - _mQ32;
            long root = (long)Kernel.Isqrt((UInt128)(Math.BigMul(y, y) + _sigmaSquaredQ64));
            long inner = Math.Max(0, Rounding.DivFloorOne(_rhoE8 * y) + root);

            // 2³²/10¹² = 2²⁰/5¹².
            v += (Int128)Rounding.DivRem((UInt128)Math.BigMul(_bE12, inner) << 20, FiveToTwelve, out _);
        }

        v = v < VarianceMinQ64 ? VarianceMinQ64 : v > VarianceMaxQ64 ? VarianceMaxQ64 : v;
        return (long)Kernel.Isqrt((UInt128)v);
    }
}
