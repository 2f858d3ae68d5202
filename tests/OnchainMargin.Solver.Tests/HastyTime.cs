namespace OnchainMargin.Solver.Tests;

/// <summary>A clock whose timers run a hundred times as fast.</summary>
internal sealed class HastyTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.FromMilliseconds(dueTime.TotalMilliseconds / 100), period);
}
