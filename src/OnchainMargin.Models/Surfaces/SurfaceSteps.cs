using OnchainMargin.Margin;

namespace OnchainMargin.Models.Surfaces;

/// <summary>
/// From fits to what the contract accepts: as much of the way from the surfaces in force to the fits as steps, bands, butterflies and calendars allow. Searched by halving the way, and certified by
/// the contract's own checks in integers, so that what is proposed is not refused.
/// </summary>
public static class SurfaceSteps
{
    private const int Parts = 1 << 14;
    private const double E8 = 1e8;

    /// <summary>Of the step that the contract allows, so that a smaller τ or a later block changes nothing.</summary>
    private const double StepKept = 0.98;

    /// <summary>Plans the publications of one underlying, in the order in which the contract is to check them.</summary>
    /// <param name="inForce">What the contract holds of the underlying, expired ones left out.</param>
    /// <param name="targets">Fits, of the expiries that are to be published.</param>
    /// <param name="bands">Bands and speeds.</param>
    /// <param name="spotE8">Spot as the contract last updated it.</param>
    /// <param name="time">The newest block's time, unix seconds.</param>
    /// <param name="window">The reading of the settlement window that is open; <see cref="WindowReading.Unopened"/> where none is.</param>
    public static IReadOnlyList<SteppedSurface> Plan(IReadOnlyList<SurfaceInForce> inForce, IReadOnlyList<SurfaceTarget> targets, SurfaceBands bands, long spotE8, long time, in WindowReading window)
    {
        ArgumentNullException.ThrowIfNull(inForce);
        ArgumentNullException.ThrowIfNull(targets);
        var kept = bands with { VolStepE8 = (uint)(bands.VolStepE8 * StepKept) };

        // Each is checked against its neighbours in force: where volatility rises the farther must go first, where it falls the nearer.
        SteppedSurface[] up = Walk(inForce, [.. targets.OrderBy(t => t.Expiry)], kept, spotE8, time, window);
        SteppedSurface[] down = Walk(inForce, [.. targets.OrderByDescending(t => t.Expiry)], kept, spotE8, time, window);
        return up.Sum(s => s.Part) >= down.Sum(s => s.Part) ? up : down;
    }

    private static SteppedSurface[] Walk(IReadOnlyList<SurfaceInForce> inForce, SurfaceTarget[] targets, SurfaceBands bands, long spotE8, long time, WindowReading window)
    {
        var state = new SortedDictionary<uint, SurfaceInForce>();
        foreach (var held in inForce)
        {
            state[held.Surface.Expiry] = held;
        }

        var walked = new SteppedSurface[targets.Length];
        for (var i = 0; i < targets.Length; i++)
        {
            SurfaceInForce? before = state.TryGetValue(targets[i].Expiry, out var held) ? held : null;
            PublishedSurface? nearer = null, farther = null;
            foreach (var (expiry, other) in state)
            {
                nearer = expiry < targets[i].Expiry && expiry > time ? other.Surface : nearer;
                farther ??= expiry > targets[i].Expiry ? other.Surface : null;
            }

            walked[i] = Step(targets[i], before, nearer, farther, bands, spotE8, time, window);
            if (walked[i].IsPublishable)
            {
                state[targets[i].Expiry] = new SurfaceInForce(walked[i].Surface, time, time);
            }
        }

        return walked;
    }

    private static SteppedSurface Step(SurfaceTarget target, SurfaceInForce? before, PublishedSurface? nearer, PublishedSurface? farther, SurfaceBands bands, long spotE8, long time, WindowReading window)
    {
        var goal = target.At(Forward(target, before, bands, spotE8, time), spotE8);

        // From where the strikes are: the slice in force, seen from the new forward; of a listing a smile without a bend.
        var from = before is { } held
            ? held.Surface with { ForwardE8 = goal.ForwardE8, SpotE8 = spotE8, ME8 = held.Surface.ME8 - (int)Math.Round(Math.Log((double)goal.ForwardE8 / held.Surface.ForwardE8) * E8) }
            : goal with { AE12 = (long)Math.Round(target.Slice.TotalVariance(0) / target.Years * 1e12), BE12 = 0 };
        (PublishedSurface, long)? present = before is { } known ? (known.Surface, known.SinceSeconds) : null;
        SurfaceFault Fault(PublishedSurface s) => SurfaceChecks.Fault(s, present, nearer, farther, bands, time, spotE8, window);
        SteppedSurface Stepped(PublishedSurface surface, double part, SurfaceFault bound) => new(target.Expiry, surface, part, bound) { Fit = goal, FitRatio = target.ForwardRatio, Before = before };
        var bound = Fault(goal);
        if (bound == SurfaceFault.None)
        {
            return Stepped(goal, 1, bound);
        }

        int low = 0, high = Parts;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = Fault(Between(from, goal, middle)) == SurfaceFault.None ? (middle, high) : (low, middle);
        }

        // Asked last: what is out of its band may not even stay where a unit of rounding puts it farther out, while the way back is open.
        if (low == 0 && Fault(from) != SurfaceFault.None)
        {
            // Where nothing new may be said, what was said may be said again: its age is charged for, its content not.
            return before is { } same && Fault(same.Surface) == SurfaceFault.None ? Stepped(same.Surface, 0, bound) : Stepped(default, -1, bound);
        }

        return Stepped(Between(from, goal, low), (double)low / Parts, bound);
    }

    private static PublishedSurface Between(PublishedSurface from, PublishedSurface to, int part)
    {
        long Mix(long a, long b) => a + (long)((Int128)(b - a) * part / Parts);
        return to with
        {
            AE12 = Mix(from.AE12, to.AE12),
            BE12 = Mix(from.BE12, to.BE12),
            RhoE8 = (int)Mix(from.RhoE8, to.RhoE8),
            ME8 = (int)Mix(from.ME8, to.ME8),
            SigmaE8 = (uint)Mix(from.SigmaE8, to.SigmaE8),
        };
    }

    /// <summary>The forward beside the contract's spot, its ratio as near the quoted one as band and step allow.</summary>
    private static long Forward(SurfaceTarget target, SurfaceInForce? before, SurfaceBands bands, long spotE8, long time)
    {
        var band = SurfaceChecks.ForwardBandE8(bands, target.Expiry - time);
        var ratio = Math.Clamp((long)Math.Round(target.ForwardRatio * E8), (long)E8 - band, (long)E8 + band);
        if (before is { } held)
        {
            var step = SurfaceChecks.ForwardStepE8(bands, time - held.SinceSeconds) - 1;
            var was = SurfaceChecks.RatioE8(held.Surface);
            ratio = Math.Clamp(ratio, was - step, was + step);
        }

        // Rounded up, so that the contract's quotient, rounded down, is the ratio itself.
        return (long)((((Int128)spotE8 * ratio) + (long)E8 - 1) / (long)E8);
    }
}
