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
        ulong bound = OrderNonces.Above(Clock, minimum);

        Assert.True(OrderNonces.Fresh(Clock, minimum) < bound);
        Assert.True(OrderNonces.Fresh(Clock + 299_999, minimum) < bound);
        Assert.True(OrderNonces.Fresh(Clock, bound) >= bound);
        Assert.True(bound - minimum <= 1UL << 48);
        Assert.Equal(300_000, Enumerable.Range(0, 300_000).Select(later => OrderNonces.Fresh(Clock + (ulong)later, OrderNonces.Above(Clock, 0))).Distinct().Count());
    }
}
