using OnchainMargin.Margin;
using OnchainMargin.Solver.Markets;

namespace OnchainMargin.Solver.Tests.Markets;

/// <summary>Forwards after a move of the price.</summary>
public sealed class ShockTests
{
    /// <summary>Outside the settlement window a forward keeps its ratio to the spot; in it only what follows the spot moves.</summary>
    [Theory]
    [InlineData(1800, 1818)]
    [InlineData(900, 1920)]
    [InlineData(0, 2020)]
    public void Apply_AFall_MovesWhatFollowsTheSpot(long followSeconds, long dollars)
    {
        var surface = new Surface(2020 * Books.One, 2020 * Books.One, 360_000_000_000, 0, 0, 0, 10_000_000);
        Checkpoint checkpoint = Books.Inputs(1, Books.Start, 2000, record: record => record with
        {
            Expiries = [new ExpiryRecord((uint)Books.Start + 600, Books.Start, 1_000_000_000_000, surface, surface) { FollowSeconds = followSeconds }],
        }).Checkpoint;

        ExpiryRecord after = Shock.OfPrice(1, 90_000_000).Apply(checkpoint).Underlyings[0].Expiries[0];

        Assert.Equal((dollars * Books.One, dollars * Books.One), (after.Present.ForwardE8, after.Delayed.ForwardE8));
        Assert.Equal(2020 * Books.One, after.Present.PublishedForwardE8);
    }
}
