namespace OnchainMargin.Cli.Orders;

/// <summary>Nonces that nobody has to remember: a clock's milliseconds, as the page takes them, and what follows an account's bound (<c>cancelBelow</c>) where that is ahead of the clock.</summary>
internal static class OrderNonces
{
    /// <summary>How far the clock of whoever else signs for an account may be ahead, in milliseconds, and as many nonces as are given above a bound.</summary>
    private const ulong RoomMilliseconds = 300_000;

    private const ulong MillisecondsPerSecond = 1_000;

    /// <summary>One that the chain takes.</summary>
    /// <param name="minimum">The account's bound, below which the chain fills nothing.</param>
    /// <remarks>Above a bound that the clock reaches within five minutes, as it does after <see cref="Above(ulong, ulong)"/>, one comes twice only where the clock later shows the very millisecond that was given before. Above one that it never reaches two orders have the same once in 300,000 pairs: the later is refused then, and signed anew.</remarks>
    public static ulong Fresh(ulong minimum) => Fresh(Clock, minimum);

    /// <summary>The bound above every nonce that was given so far, by a clock that is up to five minutes ahead.</summary>
    /// <param name="minimum">The account's bound so far.</param>
    /// <param name="chainSeconds">The chain's time: a clock that is behind it gives no bound above what others gave.</param>
    public static ulong Above(ulong minimum, ulong chainSeconds) => Above(Clock, minimum, chainSeconds);

    internal static ulong Fresh(ulong clock, ulong minimum) => clock >= minimum ? clock : minimum + (clock % RoomMilliseconds);

    internal static ulong Above(ulong clock, ulong minimum, ulong chainSeconds) => Math.Max(Math.Max(clock, chainSeconds * MillisecondsPerSecond), minimum) + RoomMilliseconds;

    private static ulong Clock => (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
}
