namespace OnchainMargin.Models.Policy;

/// <summary>
/// From forecasts to parameters: a pure function, so that a log can be replayed. The range is the larger of what filtered history asks, a quarter of its weight on the worst period seen,
/// and of the same from slow variance plus a buffer: in calm times the buffer is held, and as the fast forecast rises it is spent before anything is raised. Charges are the larger of the long look-back and of
/// the last week's largest move, a quarter of its weight on the worst period. Raised fast and lowered slowly, never under the long look-back, never out of the corridor, nothing lowered in stress.
/// </summary>
public static class ParameterPolicy
{
    private const double HaircutOfRange = 0.3125;
    private const double Alike = 1e-12;

    /// <summary>Decides.</summary>
    /// <param name="underlying">The underlying.</param>
    /// <param name="options">The policy.</param>
    /// <param name="corridor">The corridor.</param>
    /// <param name="inputs">What is known.</param>
    /// <param name="before">What is in force.</param>
    /// <param name="hours">Hours since it was set: so many steps are allowed at once, at most 24.</param>
    /// <param name="dayFirst">What was in force when the day began; null where somebody else holds the day's steps.</param>
    public static PolicyDecision Decide(
        string underlying, PolicyOptions options, Corridor corridor, PolicyInputs inputs, PolicyParameters before, double hours = 1, PolicyParameters? dayFirst = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var fast = Weighted(inputs.Filtered, inputs.Stressed, options.StressWeight);
        var slow = Weighted(inputs.Slow, inputs.Stressed, options.StressWeight) * (1 + options.Buffer);
        var range = Math.Max(inputs.Floor, Math.Max(fast, slow));
        var whyRange = inputs.Floor >= Math.Max(fast, slow) ? "the long look-back binds" : fast > slow ? "the buffer is spent and filtered history asks for more" : "the buffer of calm times covers filtered history";
        var (depth, whyDepth) = Depth(options, inputs, before.Depth);
        var (basis, whyBasis) = Charge(options, inputs.Basis, 1, before.Basis);
        var (vega, whyVega) = Charge(options, inputs.Vega, before.Vol, before.Vega);
        var target = new PolicyParameters(range, inputs.VolMove, depth, range * HaircutOfRange, basis, vega);

        var hold = inputs.StressChance > options.HoldAbove;
        var pace = new Pace(options, Math.Clamp(hours, 0, 24), hold);
        var after = new PolicyParameters(
            pace.Move(before.Range, target.Range, corridor.Range, dayFirst?.Range),
            pace.Move(before.Vol, target.Vol, corridor.Vol, dayFirst?.Vol),
            pace.Move(before.Depth, target.Depth, corridor.Depth, dayFirst?.Depth, tightensDown: true),
            pace.Move(before.Haircut, target.Haircut, corridor.Haircut, dayFirst?.Haircut),
            pace.Move(before.Basis, target.Basis, corridor.Basis, dayFirst?.Basis),
            pace.Move(before.Vega, target.Vega, corridor.Vega, dayFirst?.Vega));
        string[] words =
        [
            Words("range", whyRange, before.Range, target.Range, after.Range, corridor.Range, hold, false, true),
            Words("volatility range", "the long look-back of volatility's moves", before.Vol, target.Vol, after.Vol, corridor.Vol, hold, false),
            Words("depth", whyDepth, before.Depth, target.Depth, after.Depth, corridor.Depth, hold, true),
            Words("haircut", "follows the range", before.Haircut, target.Haircut, after.Haircut, corridor.Haircut, hold, false),
            Words("basis charge", whyBasis, before.Basis, target.Basis, after.Basis, corridor.Basis, hold, false),
            Words("vega charge", whyVega, before.Vega, target.Vega, after.Vega, corridor.Vega, hold, false),
        ];
        return new PolicyDecision(underlying, options.Name, inputs, dayFirst, before, target, after, string.Join("; ", words.Where(static one => one.Length > 0)));
    }

    /// <summary>Makes every decision of a log again.</summary>
    /// <returns>The place of the first that comes out differently, or −1.</returns>
    public static int FirstDifference(IReadOnlyList<PolicyDecision> log, PolicyOptions options, Corridor corridor)
    {
        ArgumentNullException.ThrowIfNull(log);
        for (var i = 0; i < log.Count; i++)
        {
            var hours = i == 0 ? 1 : (log[i].Inputs.Time - log[i - 1].Inputs.Time) / 3600.0;
            if (Decide(log[i].Underlying, options, corridor, log[i].Inputs, log[i].Before, hours, log[i].DayFirst) != log[i] || (i > 0 && log[i].Before != log[i - 1].After))
            {
                return i;
            }
        }

        return -1;
    }

    private static double Weighted(double plain, double stressed, double weight) => Math.Max(plain * (1 - weight), 0) + (weight * Math.Max(stressed, plain));

    /// <summary>
    /// Units that move the price by the slippage: a fiftieth of a day's volume, or less where the square-root law says so, by which Q units of a daily volume V move it by σ·√(Q/V) (Tóth et al., Physical Review X 1,
    /// 2011): Q = V·(slippage/σ)².
    /// </summary>
    private static (double Depth, string Why) Depth(PolicyOptions options, PolicyInputs inputs, double before)
    {
        if (inputs.DailyVolume is not { } volume)
        {
            return (before, string.Empty);
        }

        var ratio = inputs.Deviation > 0 ? options.DepthSlippage / inputs.Deviation : double.PositiveInfinity;
        return ratio * ratio < options.DepthOfVolume
            ? (volume * ratio * ratio, "the square-root law of impact on traded volume")
            : (volume * options.DepthOfVolume, "a part of traded volume");
    }

    private static (double Charge, string Why) Charge(PolicyOptions options, ChargeInputs? inputs, double unit, double before)
    {
        if (inputs is not { } moves)
        {
            return (before, string.Empty);
        }

        var recent = Weighted(moves.Recent, moves.Stressed, options.StressWeight);
        return moves.Floor >= recent ? (moves.Floor / unit, "the long look-back binds") : (recent / unit, "the last week and the worst period ask for more than the long look-back");
    }

    /// <summary>Why a parameter moves or is held; nothing of one that is where it should be, but for the one that is always told.</summary>
    private static string Words(string name, string why, double before, double target, double after, CorridorBand band, bool hold, bool isLessTighter, bool isAlwaysTold = false)
    {
        var isKept = Math.Abs(after - before) < Alike * Math.Max(1, before);
        if (isKept && !isAlwaysTold)
        {
            return string.Empty;
        }

        var step = isKept ? "kept" : after > before ? "raised" : "lowered";
        var bound = target > band.Most ? ", the corridor holds it down" : target < band.Least ? ", the corridor holds it up" : string.Empty;
        var held = hold && isLessTighter == target > before ? ", nothing is lowered in stress" : string.Empty;
        return $"{name} {step}: {why}{bound}{held}";
    }

    /// <summary>How far a parameter goes at once.</summary>
    private readonly record struct Pace(PolicyOptions Options, double Steps, bool Hold)
    {
        internal double Move(double before, double target, CorridorBand band, double? first, bool tightensDown = false)
        {
            var wanted = Math.Clamp(target, band.Least, band.Most);
            if (Math.Abs(wanted - before) <= Options.Hysteresis * before)
            {
                return Math.Clamp(before, band.Least, band.Most);
            }

            var isInside = before >= band.Least && before <= band.Most;
            if (Hold && isInside && wanted > before == tightensDown)
            {
                return before;
            }

            var (up, upDay) = tightensDown ? (Options.FallPerHour, Options.FallPerDay) : (Options.RisePerHour, Options.RisePerDay);
            var (down, downDay) = tightensDown ? (Options.RisePerHour, Options.RisePerDay) : (Options.FallPerHour, Options.FallPerDay);
            var most = first is { } from ? Math.Max(before, from * (1 + upDay)) : double.PositiveInfinity;
            var least = first is { } since ? Math.Min(before, since * (1 - downDay)) : 0;
            return wanted > before
                ? Math.Min(wanted, Math.Min(most, before * Math.Pow(1 + up, Steps)))
                : Math.Max(wanted, Math.Max(least, before * Math.Pow(1 - down, Steps)));
        }
    }
}
