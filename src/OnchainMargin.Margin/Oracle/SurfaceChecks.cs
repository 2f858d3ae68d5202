using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>What a published surface must be: the integers of <c>contracts/oracle/SurfaceChecks.sol</c>. τ in seconds throughout, volatilities in Q32 a year.</summary>
public static class SurfaceChecks
{
    /// <summary>How many points surfaces are compared at.</summary>
    public const int PointCount = 13;

    private const long HourSeconds = 3600;
    private const long SpotMaxE8 = 1L << 48;
    private const long SigmaMinE8 = 1_000_000;
    private const long FarthestQ32 = 8_931_177_019;
    private const int Middle = 6;
    private const long SpotBandE8 = 10_000_000;

    /// <summary>Of the larger of a deviation and √τ, what a kink between two points may move unseen: a tenth of √τ, a fifteenth at most.</summary>
    private const int HiddenDivisor = 10;
    private const int HiddenMaxQ32 = 286_331_153;

    private static readonly BigInteger OneQ32 = BigInteger.One << 32;
    private static readonly BigInteger OneE12 = Rounding.OneE12;
    private static readonly BigInteger OneE16 = BigInteger.Pow(10, 16);

    private static ReadOnlySpan<int> CalendarPoints => [3, 4, 6, 8, 9];

    /// <summary>Whether the numbers are in MRG-010 and the surface is wide enough.</summary>
    [SpecRule("ORC-010")]
    public static bool IsInDomain(in PublishedSurface s) => s.SpotE8 is >= 1 and <= SpotMaxE8 && s.SigmaE8 >= SigmaMinE8 && MarginDomain.IsSurface(s.Surface);

    /// <summary>A test that passes only for slices without butterfly arbitrage, at this τ and at every smaller one.</summary>
    [SpecRule("ORC-011")]
    public static bool IsButterflyFree(in PublishedSurface s, long tau)
    {
        BigInteger b = s.BE12;
        BigInteger rho = s.RhoE8;
        BigInteger root = Kernel.Isqrt((UInt128)(OneE16 - (rho * rho)));
        BigInteger least = s.AE12 + BigInteger.Divide(b * s.SigmaE8 * root, OneE16);
        if (least.Sign <= 0)
        {
            return false;
        }

        BigInteger up = Rounding.One + rho;
        BigInteger down = Rounding.One - rho;
        BigInteger right = s.AE12 - DivCeil(b * s.ME8 * up, OneE16);
        BigInteger left = s.AE12 + DivFloor(b * s.ME8 * down, OneE16);
        return IsSideFree(DivCeil(b * up, Rounding.One), BigInteger.Min(right, least), least, tau)
            && IsSideFree(DivCeil(b * down, Rounding.One), BigInteger.Min(left, least), least, tau);
    }

    /// <summary>Points of log-moneyness to the live forward at which surfaces are compared, ascending: 0, ±½, ±1, ±2, ±4, ±8 units of 0.6·√τ, and ±ln 8, which none passes.</summary>
    /// <param name="tau">Time to expiry.</param>
    /// <param name="points">Takes 13 of them, Q32.</param>
    [SpecRule("ORC-012")]
    public static void Points(long tau, Span<long> points)
    {
        long unit = (long)Kernel.Isqrt(((UInt128)(ulong)(36 * tau) << 64) / (100 * (ulong)Rounding.Year));
        long distance = unit / 2;
        points[Middle] = 0;
        for (int i = 1; i < Middle; i++)
        {
            points[Middle + i] = Math.Min(distance, FarthestQ32);
            points[Middle - i] = -points[Middle + i];
            distance *= 2;
        }

        (points[0], points[^1]) = (-FarthestQ32, FarthestQ32);
    }

    /// <summary>Volatilities of a surface at the strikes that lie at points around a forward.</summary>
    /// <param name="s">The surface.</param>
    /// <param name="points">Points.</param>
    /// <param name="forwardE8">The forward that they count from.</param>
    /// <param name="volsQ32">Takes a volatility of each.</param>
    [SpecRule("ORC-012")]
    public static void Volatilities(in PublishedSurface s, ReadOnlySpan<long> points, long forwardE8, Span<long> volsQ32)
    {
        var smile = new Smile(s.Surface);
        long shiftQ32 = Kernel.Ln(forwardE8, s.ForwardE8);
        for (int i = 0; i < PointCount; i++)
        {
            volsQ32[i] = smile.AtStrike(points[i] + shiftQ32);
        }
    }

    /// <summary>The most that a volatility may move after a time, as a part of itself: <c>volStep·κ(τ)</c> an hour, an hour's worth at most.</summary>
    [SpecRule("ORC-012")]
    public static long AllowedStepE8(in SurfaceBands bands, long tau, long elapsedSeconds) =>
        (long)((Int128)bands.VolStepE8 * Volatility.Kappa(tau) * Math.Min(elapsedSeconds, HourSeconds) / (Rounding.One * HourSeconds));

    /// <summary>The first point at which a volatility moved by more than a part of itself; 13 when there is none.</summary>
    [SpecRule("ORC-012")]
    public static int FirstStep(ReadOnlySpan<long> fromQ32, ReadOnlySpan<long> toQ32, long stepE8)
    {
        int i = 0;
        while (i < PointCount && Math.BigMul(Math.Abs(fromQ32[i] - toQ32[i]), Rounding.One) <= Math.BigMul(stepE8, fromQ32[i]))
        {
            i++;
        }

        return i;
    }

    /// <summary>The first calendar point at which the nearer expiry has more total variance than the farther; 13 when there is none.</summary>
    [SpecRule("ORC-013")]
    public static int FirstCrossing(ReadOnlySpan<long> nearerQ32, long nearerTau, ReadOnlySpan<long> fartherQ32, long fartherTau)
    {
        foreach (int i in CalendarPoints)
        {
            if (Math.BigMul(nearerQ32[i], nearerQ32[i]) * nearerTau > Math.BigMul(fartherQ32[i], fartherQ32[i]) * fartherTau)
            {
                return i;
            }
        }

        return PointCount;
    }

    /// <summary>What an hour of lies can move the value of one unit of any option or future of an expiry by, as a part of spot in E6, rounded up; why it bounds: <c>spec/oracle.md</c>.</summary>
    /// <param name="bands">Bands and speeds.</param>
    /// <param name="volsQ32">Volatilities at the points.</param>
    /// <param name="ratioE8">Live forward over spot.</param>
    /// <param name="tau">Time to expiry.</param>
    [SpecRule("ORC-015")]
    public static long RiskE6(in SurfaceBands bands, ReadOnlySpan<long> volsQ32, long ratioE8, long tau)
    {
        BigInteger step = AllowedStepE8(bands, tau, HourSeconds);
        BigInteger growthE8 = DivCeil((Rounding.One + step) * ((2 * Rounding.One) + step), (2 * Rounding.One) - step) - Rounding.One;
        BigInteger rootTauQ32 = Kernel.Isqrt(((UInt128)(ulong)tau << 64) / (ulong)Rounding.Year) + 1;
        var hiddenQ32 = BigInteger.Min((rootTauQ32 / HiddenDivisor) + 1, HiddenMaxQ32);
        Span<long> points = stackalloc long[PointCount];
        Points(tau, points);
        BigInteger moveE8 = 0;
        for (int i = 1; i < PointCount; i++)
        {
            BigInteger deviation = (Math.Max(volsQ32[i - 1], volsQ32[i]) * rootTauQ32 / OneQ32) + 1;
            BigInteger moved = (deviation * growthE8 / Rounding.One) + (BigInteger.Max(deviation, rootTauQ32) * hiddenQ32 / OneQ32) + 2;
            BigInteger reached = deviation + moved;
            BigInteger distance = i <= Middle ? -points[i] : points[i - 1];
            var d = BigInteger.Max(0, (distance * OneQ32 / reached) - (reached / 2) - 1);
            BigInteger x = (d * d / (2 * OneQ32)) + (i <= Middle ? distance : 0);
            BigInteger decay = OneQ32 + x + (x * x / (2 * OneQ32));
            moveE8 = BigInteger.Max(moveE8, (4 * Rounding.One * moved / (10 * decay)) + 1);
        }

        moveE8 = BigInteger.Min(Rounding.One, moveE8);
        BigInteger forwardE8 = (2 * (BigInteger)bands.ForwardStepE8) + HourSeconds;
        return (long)DivCeil((forwardE8 * Rounding.One) + ((ratioE8 + forwardE8) * moveE8), 100 * Rounding.One);
    }

    /// <summary>The most that forward over spot lies from one, E8.</summary>
    [SpecRule("ORC-014")]
    public static long ForwardBandE8(in SurfaceBands bands, long tau) => bands.ForwardBandE8 + (bands.ForwardBandYearE8 * tau / Rounding.Year);

    /// <summary>By how much forward over spot may move after a time, E8; one unit more, because both ratios were rounded.</summary>
    [SpecRule("ORC-014")]
    public static long ForwardStepE8(in SurfaceBands bands, long elapsedSeconds) => (bands.ForwardStepE8 * Math.Min(elapsedSeconds, HourSeconds) / HourSeconds) + 1;

    /// <summary>The forward by which options are valued under a surface.</summary>
    /// <param name="s">The surface.</param>
    /// <param name="tau">Time to its expiry.</param>
    /// <param name="spotE8">Spot as last updated.</param>
    /// <param name="window">The reading of its settlement window; of no account before that opens.</param>
    [SpecRule("MRG-011")]
    public static long LiveForwardE8(in PublishedSurface s, long tau, long spotE8, in WindowReading window) =>
        tau > Forwards.WindowSeconds ? Forwards.OutsideWindow(spotE8, s.ForwardE8, s.SpotE8) : Forwards.PairInsideWindow(spotE8, window).ForwardE8;

    /// <summary>⌊forward/spot⌋, E8.</summary>
    [SpecRule("ORC-014")]
    public static long RatioE8(in PublishedSurface s) => (long)((Int128)s.ForwardE8 * Rounding.One / s.SpotE8);

    /// <summary>Whether the volatility at the forward lies in its band, or between it and what it was before.</summary>
    /// <param name="bands">Bands and speeds.</param>
    /// <param name="volQ32">The volatility.</param>
    /// <param name="beforeQ32">On the surface before, 0 for a listing.</param>
    [SpecRule("ORC-012")]
    public static bool IsVolatilityInBand(in SurfaceBands bands, long volQ32, long beforeQ32) =>
        IsHeld(Math.BigMul(volQ32, Rounding.One), Math.BigMul(beforeQ32, Rounding.One), (Int128)bands.VolMinE8 << 32, (Int128)bands.VolMaxE8 << 32);

    /// <summary>Whether forward over spot lies in its band, or between it and what it was before.</summary>
    /// <param name="bands">Bands and speeds.</param>
    /// <param name="tau">Time to expiry.</param>
    /// <param name="ratioE8">Forward over spot.</param>
    /// <param name="beforeE8">On the surface before, 0 for a listing.</param>
    [SpecRule("ORC-014")]
    public static bool IsForwardInBand(in SurfaceBands bands, long tau, long ratioE8, long beforeE8)
    {
        long band = ForwardBandE8(bands, tau);
        return IsHeld(ratioE8, beforeE8, Math.Max(0, Rounding.One - band), Rounding.One + band);
    }

    /// <summary>Whether forward over spot lies in its band or comes nearer, did not move too far, and spot is near the market's.</summary>
    [SpecRule("ORC-014")]
    public static bool IsForwardSound(in PublishedSurface s, in PublishedSurface? before, in SurfaceBands bands, long tau, long elapsedSeconds, long marketSpotE8)
    {
        long ratio = RatioE8(s);
        long was = before is { } present ? RatioE8(present) : ratio;
        return IsForwardInBand(bands, tau, ratio, before is null ? 0 : was) && Math.Abs(ratio - was) <= ForwardStepE8(bands, elapsedSeconds)
            && (Int128)Math.Abs(s.SpotE8 - marketSpotE8) * Rounding.One <= (Int128)SpotBandE8 * marketSpotE8;
    }

    /// <summary>Why the contract would refuse a surface at a time; neighbours and the surface before as they are in force.</summary>
    /// <param name="s">The surface.</param>
    /// <param name="before">The one in force of its expiry, with the second in which it came into force; null for a listing.</param>
    /// <param name="nearer">The one in force of the next nearer expiry that has not passed, or null.</param>
    /// <param name="farther">That of the next farther expiry, or null.</param>
    /// <param name="bands">Bands and speeds.</param>
    /// <param name="time">The block's time, unix seconds.</param>
    /// <param name="marketSpotE8">Spot as last updated.</param>
    /// <param name="window">The reading of the settlement window that is open, if one is: there is one at most, as expiries lie half an hour apart.</param>
    public static SurfaceFault Fault(
        in PublishedSurface s,
        (PublishedSurface Surface, long SinceSeconds)? before,
        in PublishedSurface? nearer,
        in PublishedSurface? farther,
        in SurfaceBands bands,
        long time,
        long marketSpotE8,
        in WindowReading window)
    {
        long tau = s.Expiry - time;
        long elapsed = before is { } known ? time - known.SinceSeconds : 0;
        if (!IsInDomain(s))
        {
            return SurfaceFault.Domain;
        }

        if (!IsButterflyFree(s, tau))
        {
            return SurfaceFault.Butterfly;
        }

        if (!IsForwardSound(s, before?.Surface, bands, tau, elapsed, marketSpotE8))
        {
            return SurfaceFault.Forward;
        }

        Span<long> points = stackalloc long[PointCount];
        Span<long> vols = stackalloc long[PointCount];
        Span<long> others = stackalloc long[PointCount];
        Points(tau, points);
        long live = LiveForwardE8(s, tau, marketSpotE8, window);
        Volatilities(s, points, live, vols);
        if (before is { } present)
        {
            Volatilities(present.Surface, points, live, others);
        }

        if (!IsVolatilityInBand(bands, vols[Middle], before is null ? 0 : others[Middle]))
        {
            return SurfaceFault.Band;
        }

        if (before is not null && FirstStep(others, vols, AllowedStepE8(bands, tau, elapsed)) < PointCount)
        {
            return SurfaceFault.Step;
        }

        if (nearer is { } near)
        {
            Volatilities(near, points, LiveForwardE8(near, near.Expiry - time, marketSpotE8, window), others);
            if (FirstCrossing(others, near.Expiry - time, vols, tau) < PointCount)
            {
                return SurfaceFault.Calendar;
            }
        }

        if (farther is { } far)
        {
            Volatilities(far, points, LiveForwardE8(far, far.Expiry - time, marketSpotE8, window), others);
            if (FirstCrossing(vols, tau, others, far.Expiry - time) < PointCount)
            {
                return SurfaceFault.Calendar;
            }
        }

        return SurfaceFault.None;
    }

    /// <summary>Slope, intercept and least variance in E12, annualised.</summary>
    private static bool IsSideFree(BigInteger slopeE12, BigInteger interceptE12, BigInteger leastE12, long tau)
    {
        BigInteger tauE12 = DivCeil(tau * OneE12, Rounding.Year);
        BigInteger total = DivCeil(slopeE12 * tauE12, OneE12);
        if (total >= 2 * OneE12 || leastE12 + interceptE12 < 0)
        {
            return false;
        }

        BigInteger c = OneE12 - DivCeil(total * total, 4 * OneE12);
        BigInteger q = DivCeil(total * slopeE12, OneE12);
        BigInteger linear = q - (2 * interceptE12);
        if (linear.Sign <= 0)
        {
            return true;
        }

        BigInteger square = interceptE12 * interceptE12 * OneE12;
        return linear * OneE12 > 2 * c * leastE12
            ? 4 * c * (square / OneE12) >= linear * linear * OneE12
            : (c * leastE12 * leastE12) - (linear * leastE12 * OneE12) + square >= 0;
    }

    /// <summary>Bands move under what is in force, since τ runs and governance may narrow them; what is then out of its band by more than a step comes back step by step.</summary>
    private static bool IsHeld(Int128 value, Int128 before, Int128 least, Int128 most) =>
        value >= (before == 0 ? least : Int128.Min(least, before)) && value <= Int128.Max(most, before);

    private static BigInteger DivFloor(BigInteger a, BigInteger b)
    {
        BigInteger quotient = BigInteger.DivRem(a, b, out BigInteger rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }

    private static BigInteger DivCeil(BigInteger a, BigInteger b) => -DivFloor(-a, b);
}
