namespace OnchainMargin.Solver.Tests;

/// <summary>A clock that moves when told to.</summary>
internal sealed class FakeTime : TimeProvider
{
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch.AddSeconds(1_770_000_000);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Pass(int seconds) => _now = _now.AddSeconds(seconds);
}
