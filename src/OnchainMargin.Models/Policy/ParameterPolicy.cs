namespace OnchainMargin.Models.Policy;

/// <summary>
/// From forecasts to parameters: a pure function, so that a log can be replayed. The range is the larger of what filtered history asks, a quarter of its weight on the worst period seen,
/// and of the same from slow variance plus a buffer: in calm times the buffer is held, and as the fast forecast rises it is spent before anything is raised. Raised fast and lowered
/// slowly, never under the long look-back, never out of the corridor, nothing lowered in stress.
/// </summary>
public static class ParameterPolicy
{
    private const double DepthOfVolume = 0.02;
    private const double HaircutOfRange = 0.3125;
    private const double Alike = 1e-12;

    /// <summary>Decides.</summary>
    /// <param name="underlying">The underlying.</param>
    /// <param name="options">The policy.</param>
    /// <param name="corridor">The corridor.</param>
    /// <param name="inputs">What is known.</param>
    /// <param name="before">What is in force.</param>
    /// <param name="hours">Hours since it was set: so many steps are allowed at once, at most 24.</param>
    public static PolicyDecision Decide(string underlying, PolicyOptions options, Corridor corridor, PolicyInputs inputs, PolicyParameters before, double hours = 1)
    {
        ArgumentNullException.ThrowIfNull(options);
        var fast = Weighted(inputs.Filtered, inputs.Stressed, options.StressWeight);
        var slow = Weighted(inputs.Slow, inputs.Stressed, options.StressWeight) * (1 + options.Buffer);
        var range = Math.Max(inputs.Floor, Math.Max(fast, slow));
        var why = inputs.Floor >= Math.Max(fast, slow) ? "the long look-back binds" : fast > slow ? "the buffer is spent and filtered history asks for more" : "the buffer of calm times covers filtered history";
        var target = new PolicyParameters(range, inputs.VolMove, inputs.DailyVolume * DepthOfVolume, range * HaircutOfRange);
        var hold = inputs.StressChance > options.HoldAbove;
        var steps = Math.Clamp(hours, 0, 24);
        var after = new PolicyParameters(
            Move(before.Range, target.Range, corridor.RangeLeast, corridor.RangeMost, options, steps, hold),
            Move(before.Vol, target.Vol, corridor.VolLeast, corridor.VolMost, options, steps, hold),
            Deepen(before.Depth, target.Depth, corridor.DepthLeast, corridor.DepthMost, options, steps, hold),
            Move(before.Haircut, target.Haircut, corridor.HaircutLeast, corridor.HaircutMost, options, steps, hold));
        return new PolicyDecision(underlying, options.Name, inputs, before, target, after, Words(why, before, target, after, corridor, hold));
    }

    /// <summary>Makes every decision of a log again.</summary>
    /// <returns>The place of the first that comes out differently, or −1.</returns>
    public static int FirstDifference(IReadOnlyList<PolicyDecision> log, PolicyOptions options, Corridor corridor)
    {
        ArgumentNullException.ThrowIfNull(log);
        for (var i = 0; i < log.Count; i++)
        {
            var hours = i == 0 ? 1 : (log[i].Inputs.Time - log[i - 1].Inputs.Time) / 3600.0;
            if (Decide(log[i].Underlying, options, corridor, log[i].Inputs, log[i].Before, hours) != log[i] || (i > 0 && log[i].Before != log[i - 1].After))
            {
                return i;
            }
        }

        return -1;
    }

    private static double Weighted(double plain, double stressed, double weight) => Math.Max(plain * (1 - weight), 0) + (weight * Math.Max(stressed, plain));

    private static double Move(double before, double target, double least, double most, PolicyOptions options, double steps, bool hold)
    {
        var wanted = Math.Clamp(target, least, most);
        if (Math.Abs(wanted - before) <= options.Hysteresis * before)
        {
            return Math.Clamp(before, least, most);
        }

        return wanted > before
            ? Math.Min(wanted, before * Math.Pow(1 + options.RisePerHour, steps))
            : hold && before <= most ? before : Math.Max(wanted, before * Math.Pow(1 - options.FallPerHour, steps));
    }

    /// <summary>Depth works the other way round: less of it asks for more margin.</summary>
    private static double Deepen(double before, double target, double least, double most, PolicyOptions options, double steps, bool hold)
    {
        var wanted = Math.Clamp(target, least, most);
        if (Math.Abs(wanted - before) <= options.Hysteresis * before)
        {
            return Math.Clamp(before, least, most);
        }

        return wanted < before
            ? Math.Max(wanted, before * Math.Pow(1 - options.RisePerHour, steps))
            : hold ? before : Math.Min(wanted, before * Math.Pow(1 + options.FallPerHour, steps));
    }

    private static string Words(string why, PolicyParameters before, PolicyParameters target, PolicyParameters after, Corridor corridor, bool hold)
    {
        var moved = after.Range - before.Range;
        var step = Math.Abs(moved) < Alike ? "range kept" : moved > 0 ? "range raised" : "range lowered";
        var bound = target.Range > corridor.RangeMost ? ", the corridor holds it down" : target.Range < corridor.RangeLeast ? ", the corridor holds it up" : string.Empty;
        var held = hold && target.Range < before.Range ? ", nothing is lowered in stress" : string.Empty;
        return $"{step}: {why}{bound}{held}";
    }
}
