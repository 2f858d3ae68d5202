using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>A keeper may send with the relay's key: what it settles is no settlement of orders.</summary>
public sealed class SettlementKeysTests
{
    private const ulong Block = 9;

    [Theory]
    [InlineData("", OutboxState.Live, 0UL, true)]
    [InlineData(" (try 2)", OutboxState.Live, 0UL, true)]
    [InlineData("", OutboxState.Mined, Block + 1, true)]
    [InlineData("", OutboxState.Reverted, Block + 1, true)]
    [InlineData("", OutboxState.Mined, Block, false)]
    [InlineData("", OutboxState.Reverted, Block, false)]
    public void IsUnderWay_Settlement_UntilTheBookHasItsBlock(string attempt, OutboxState state, ulong block, bool isUnderWay) =>
        Assert.Equal(isUnderWay, SettlementKeys.IsUnderWay(Entry(SettlementKeys.Of(3, new byte[] { 1, 2 }) + attempt, state, block), Block));

    [Theory]
    [InlineData("settle account 5 at 0x12")]
    [InlineData("epoch 7")]
    public void IsUnderWay_AnythingElse_IsNone(string intent) => Assert.False(SettlementKeys.IsUnderWay(Entry(intent, OutboxState.Live, 0), Block));

    /// <summary>Stores of before have such keys.</summary>
    [Fact]
    public void Of_AFewFills_IsWhatItWas() => Assert.Matches("^settle 3 fills 0x[0-9a-f]{16}$", SettlementKeys.Of(3, new byte[] { 1, 2 }));

    private static OutboxEntry Entry(string intent, OutboxState state, ulong block) =>
        new() { Intent = intent, Sender = default, Target = default, Data = [], GasLimit = 0, Nonce = 0, CreatedSeconds = 0, State = state, BlockNumber = block };
}
