namespace OnchainMargin.Solver.Tests;

/// <summary>A clock that moves when told to.</summary>
internal sealed class FakeTime : TimeProvider
{
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch.AddSeconds(1_770_000_000);
    private TimeSpan _passed;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _passed.Ticks;

    public void Pass(int seconds)
    {
        Set(seconds);
        _passed += TimeSpan.FromSeconds(seconds);
    }

    /// <summary>Sets the time of day by so many seconds; no time passes.</summary>
    public void Set(int bySeconds) => _now = _now.AddSeconds(bySeconds);
}
