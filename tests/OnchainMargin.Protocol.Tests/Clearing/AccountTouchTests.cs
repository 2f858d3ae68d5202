using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Clearing;

namespace OnchainMargin.Protocol.Tests.Clearing;

public sealed class AccountTouchTests
{
    private const ulong Earlier = 1_000_000_000_000;
    private const ulong Later = 1_100_000_000_000;

    private static readonly CheckpointHeader Header = new(1, 1000, 130_000_000, Earlier, Earlier);

    /// <summary>Cash that has its interest up to an operation stands at the index of that operation, which may be later than a checkpoint's: shown by that checkpoint it is no older.</summary>
    [Theory]
    [InlineData(-100, Later, 0, -100, Later)]
    [InlineData(100, Later, 0, 100, Later)]
    [InlineData(-100, Earlier / 2, 0, -200, Earlier)]
    [InlineData(-100, Later, 3, 200, Earlier)]
    public void Touched_ByAHeader_StandsAtTheLaterIndex(long cash, ulong index, ulong sweptRaw, long expected, ulong expectedIndex)
    {
        AccountState state = AccountState.Empty with { CashE8 = cash, InterestIndexE12 = index };

        AccountState touched = AccountTouch.Touched(state, sweptRaw == 0 ? [] : [new Balance(0, sweptRaw)], Header, 6, SettlementPrices.Empty).State;

        Assert.Equal((expected, expectedIndex), ((long)touched.CashE8, touched.InterestIndexE12));
    }
}
