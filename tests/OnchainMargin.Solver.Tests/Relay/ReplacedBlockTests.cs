using Microsoft.Extensions.DependencyInjection;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>What a reorganisation puts in the place of blocks that the relay has read is read as well.</summary>
public sealed class ReplacedBlockTests : RelayWorld
{
    /// <summary>The relay looks before the book goes back, while it is back, and when it is as far as before.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task RunOnce_OrderIsCancelledInABlockThatTookThePlaceOfOne_LeavesTheBooks(bool looksBefore, bool looksBetween)
    {
        RestingOrder order = await TakenAsync(World.Sign(1, -Tenth, Btc, 1));
        RestingOrder other = await TakenAsync(World.Sign(1, -Tenth, Btc, 2));
        for (int i = 0; i < 3; i++)
        {
            Tell("event OrderCancelled(uint64 indexed account, uint64 nonce)", 9UL, 9UL);
            await RoundAsync();
        }

        ulong head = World.Books.Current!.Book.BlockNumber;

        World.Services.GetRequiredService<SolverStore>().RollBackTo(head - 2);
        if (looksBefore)
        {
            await Role.RunOnceAsync(CancellationToken.None);
        }

        World.Change(book => book with { BlockNumber = head - 2 });
        if (looksBetween)
        {
            await Role.RunOnceAsync(CancellationToken.None);
        }

        Tell("event OrderCancelled(uint64 indexed account, uint64 nonce)", 1UL, 1UL);
        World.Change(book => book with { BlockNumber = head });
        await Role.RunOnceAsync(CancellationToken.None);
        Assert.Equal((OrderStatus.Cancelled, OrderStatus.Resting), (order.Status, other.Status));
    }
}
