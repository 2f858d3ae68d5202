namespace OnchainMargin.Solver.Tests;

/// <summary>A clock whose timers run a hundred times as fast.</summary>
/// <param name="wall">What tells the time of day; the machine where nothing does.</param>
internal sealed class HastyTime(TimeProvider? wall = null) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => wall?.GetUtcNow() ?? base.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.FromMilliseconds(dueTime.TotalMilliseconds / 100), period);
}
