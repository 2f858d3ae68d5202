using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

/// <summary>What a transaction may use of gas, by what it was estimated at.</summary>
public sealed class GasLimitTests : TransactionWorld
{
    /// <summary>No node takes a transaction of more than 2^24 gas (EIP-7825), so margin and room end there.</summary>
    [Theory]
    [InlineData(100_000, 1_100_000)]
    [InlineData(3_400_000, 4_420_000)]
    [InlineData(12_905_550, 16_777_215)]
    [InlineData(12_905_552, 16_777_216)]
    [InlineData(16_777_216, 16_777_216)]
    public async Task Submit_EstimateNearWhatATransactionMayHave_LimitsItsGasToThat(ulong estimate, ulong limit)
    {
        Node.Gas = estimate;
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Assert.Equal(limit, Assert.Single(Node.Broadcasts).Transaction.GasLimit);
    }

    /// <summary>The node estimates in a block that has updated all prices; the next one updates them again, and asks for 270,000 left before each source that it reads.</summary>
    [Theory]
    [InlineData(386_137, 520_800)] // A checkpoint of three markets, as Hardhat estimates it with "latest", and the least limit that the next block takes.
    [InlineData(424_000, 1_331_000)] // A start, and seven markets of three sources: 91,000 each.
    public async Task Submit_EstimateOmitsTheUpdatesOfTheNextBlock_IsMinedAllTheSame(ulong estimate, ulong used)
    {
        (Node.Gas, Node.GasWhenMined) = (estimate, used);
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Mined, Store.FindInOutbox("a")!.State);
    }

    /// <summary>A start at 202 gwei: room is no reason to keep a key from what it can pay for, also at twice the fee.</summary>
    [Theory]
    [InlineData(1300, 1_494_000)]
    [InlineData(800, 990_099)]
    [InlineData(400, 642_200)]
    [InlineData(20, 642_200)]
    public async Task Submit_KeyHasNoCoinsForTheRoom_IsLimitedToWhatTheyPayFor(int thousandthsOfACoin, ulong limit)
    {
        Node.Gas = 494_000;
        Node.Asked = new(202_000_000_000UL, 2_000_000_000UL);
        Node.Balance = (UInt256)(ulong)thousandthsOfACoin * 1_000_000_000_000_000UL;
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Assert.Equal(limit, Assert.Single(Node.Broadcasts).Transaction.GasLimit);
    }

    /// <summary>Nodes count all that waits of a key: in a crash three starts go at once where it can pay for three.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Submit_KeyPaysForThreeAtTheirLeast_AllAreWithinItsCoins(bool together)
    {
        Node.Gas = 494_000;
        Node.Asked = new(202_000_000_000UL, 2_000_000_000UL);
        Node.Balance = (UInt256)1_300UL * 1_000_000_000_000_000UL;
        using TransactionManager manager = Manager();
        if (together)
        {
            await manager.SubmitAllAsync(((string[])["a", "b", "c"]).Select(key => Intent(key) with { GasLimits = manager.GasLimitsOf(4, 494_000) }).ToAsyncEnumerable(), await manager.AskTermsAsync(CancellationToken.None), CancellationToken.None);
        }
        else
        {
            await manager.SubmitAsync(Intent("a"), CancellationToken.None);
            await manager.SubmitAsync(Intent("b"), CancellationToken.None);
            await manager.SubmitAsync(Intent("c"), CancellationToken.None);
        }

        // The first has all room, those that wait behind it less, and all of them may ask for twice the fee.
        Assert.Equal([1_494_000UL, 1_287_128UL, 1_072_607UL], Node.Broadcasts.Select(static sent => sent.Transaction).OrderBy(static sent => sent.Nonce).Select(static sent => sent.GasLimit));
    }

    [Fact]
    public async Task Submit_NeedsMoreGasThanATransactionMayHave_StoresNothing()
    {
        Node.Gas = 16_777_217;
        using TransactionManager manager = Manager();
        TransactionTooLargeException error = await Assert.ThrowsAsync<TransactionTooLargeException>(() => manager.SubmitAsync(Intent("a"), CancellationToken.None));
        Assert.Equal("The transaction needs 16777217 gas, more than the 16777216 of transactions:mostGas; do it in smaller parts, or raise that where the chain takes more.", error.Message);
        Assert.Null(Store.FindInOutbox("a"));
        Assert.Equal(0UL, Store.NonceAfterOutbox(Key.Address));
    }
}
