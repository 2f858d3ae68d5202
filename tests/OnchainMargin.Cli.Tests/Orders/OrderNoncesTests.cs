using OnchainMargin.Cli.Orders;

namespace OnchainMargin.Cli.Tests.Orders;

/// <summary>Nonces that come from a clock, beside a bound that somebody raised.</summary>
public sealed class OrderNoncesTests
{
    private const ulong Clock = 1_800_000_123_456;

    [Theory]
    [InlineData(0UL, Clock)]
    [InlineData(Clock, Clock)]
    [InlineData(Clock + 1, Clock + 1 + (Clock % 300_000))]
    [InlineData(1UL << 48, (1UL << 48) + (Clock % 300_000))]
    public void Fresh_IsTheClock_OrWhatTheBoundLeaves(ulong minimum, ulong expected) => Assert.Equal(expected, OrderNonces.Fresh(Clock, minimum));

    /// <summary>The bound is above whatever was given before, also by a clock that was ahead, and the chain takes what is given after it.</summary>
    [Theory]
    [InlineData(0UL)]
    [InlineData(Clock + 200_000)]
    [InlineData(1UL << 48)]
    public void Above_EndsAllThatWasGiven_AndNothingThatComes(ulong minimum)
    {
        ulong bound = OrderNonces.Above(Clock, minimum, Clock / 1_000);

        Assert.True(OrderNonces.Fresh(Clock, minimum) < bound);
        Assert.True(OrderNonces.Fresh(Clock + 299_999, minimum) < bound);
        Assert.True(OrderNonces.Fresh(Clock, bound) >= bound);
        Assert.True(bound - minimum <= 1UL << 48);
        Assert.Equal(300_000, Enumerable.Range(0, 300_000).Select(later => OrderNonces.Fresh(Clock + (ulong)later, OrderNonces.Above(Clock, 0, Clock / 1_000))).Distinct().Count());
    }

    /// <summary>A computer whose clock is behind cancels what was signed by clocks that are right.</summary>
    [Fact]
    public void Above_OfAClockThatIsBehind_IsAboveTheChainsTime()
    {
        Assert.Equal(Clock + 300_000, OrderNonces.Above(Clock, 0, (Clock / 1_000) - 50));
        Assert.Equal((((Clock / 1_000) + 3_600) * 1_000) + 300_000, OrderNonces.Above(Clock, 0, (Clock / 1_000) + 3_600));
        Assert.True(OrderNonces.Above(0, (Clock / 1_000) + 50) > Clock);
    }
}
