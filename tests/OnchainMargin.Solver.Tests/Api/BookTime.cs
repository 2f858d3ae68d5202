namespace OnchainMargin.Solver.Tests.Api;

/// <summary>A machine's clock that goes on from the second of the <see cref="ApiWorld"/>'s book.</summary>
internal sealed class BookTime : TimeProvider
{
    private readonly TimeSpan _behind = System.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds((long)ApiWorld.Now);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - _behind;
}
