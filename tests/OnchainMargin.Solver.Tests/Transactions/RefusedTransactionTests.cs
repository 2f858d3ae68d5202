using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

/// <summary>A transaction that nodes refuse for what it is holds none behind it for ever, and is neither done twice nor forgotten.</summary>
public sealed class RefusedTransactionTests : TransactionWorld
{
    private const string TooLarge = "oversized data: transaction size 196845, limit 131072";

    [Fact]
    public async Task RunOnce_NodesRefuseATransactionForWhatItIs_ItsNonceIsGivenBackAndTheNextIsMined()
    {
        Refuse("large", TooLarge);
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("large"), CancellationToken.None);
        await manager.SubmitAsync(Intent("later"), CancellationToken.None);
        await RoundsAsync(manager, Options.WithdrawAfterSeconds - 12);
        Assert.Empty(Node.Mined);

        await RoundsAsync(manager, 24);
        Assert.Equal(["", "later"], Mined());
        Assert.Equal((OutboxState.Withdrawn, $"the node refuses it for what it is, so its nonce is given back: {TooLarge}"), (Store.FindInOutbox("large")!.State, Store.FindInOutbox("large")!.Reason));
        Assert.Equal(OutboxState.Mined, Store.FindInOutbox("later")!.State);

        // It is not forgotten: whoever wants it still may try it anew.
        Node.BeforeBroadcast = null;
        Assert.Equal("large (try 2)", (await manager.SubmitAsync(Intent("large"), CancellationToken.None)).Intent);
    }

    [Fact]
    public async Task RunOnce_NothingWaitsBehindARefusedTransaction_IsGivenBackAllTheSame()
    {
        Refuse("large", TooLarge);
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("large"), CancellationToken.None);
        await RoundsAsync(manager, Options.WithdrawAfterSeconds + 24);
        Assert.Equal(OutboxState.Withdrawn, Store.FindInOutbox("large")!.State);
    }

    /// <summary>A restart forgets how long it was refused, and finds it out again.</summary>
    [Fact]
    public async Task RunOnce_RestartAmidRefusals_GivesBackOnce()
    {
        Refuse("large", TooLarge);
        using (TransactionManager before = Manager())
        {
            await before.SubmitAsync(Intent("large"), CancellationToken.None);
            await RoundsAsync(before, Options.WithdrawAfterSeconds);
        }

        using TransactionManager manager = Manager();
        await RoundsAsync(manager, Options.WithdrawAfterSeconds + 36);
        Assert.Equal([""], Mined());
        Assert.Equal(OutboxState.Withdrawn, Store.FindInOutbox("large")!.State);
    }

    [Theory]
    [InlineData(-32000, "transaction underpriced")]
    [InlineData(-32000, "max fee per gas less than block base fee: address 0x, maxFeePerGas: 1, baseFee: 2")]
    [InlineData(-32000, "insufficient funds for gas * price + value")]
    [InlineData(-32000, "txpool is full")]
    [InlineData(-32000, "INTERNAL_ERROR: existing tx with same hash")]
    [InlineData(-32000, "INTERNAL_ERROR: could not replace existing tx")]
    [InlineData(-32000, "tx fee (1.63 ether) exceeds the configured cap (1.00 ether)")]
    [InlineData(-32000, "Transaction fee cap exceeded")]
    [InlineData(-32000, "nonce too high")]
    [InlineData(-32000, "already known")]
    [InlineData(-32005, "daily request count exceeded")]
    public async Task RunOnce_RefusalThatFeesOrTimeEnd_KeepsTheTransaction(long code, string words)
    {
        Refuse("a", words, code);
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await RoundsAsync(manager, Options.WithdrawAfterSeconds + 24);
        Assert.False(Store.AttemptsOf("a")[^1].IsEmpty);

        Node.BeforeBroadcast = null;
        await RoundsAsync(manager, 24);
        Assert.Equal(["a"], Mined());
    }

    [Fact]
    public async Task RunOnce_ConnectionIsLost_KeepsTheTransaction()
    {
        Node.BeforeBroadcast = static _ => throw new RpcTransportException("connection refused");
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await RoundsAsync(manager, Options.WithdrawAfterSeconds + 24);
        Assert.False(Store.AttemptsOf("a")[^1].IsEmpty);
    }

    /// <summary>A node that was ill for a while and takes it now.</summary>
    [Fact]
    public async Task RunOnce_RefusalEndsBeforeItsTime_BeginsAnewWithTheNext()
    {
        Refuse("a", "internal error");
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await RoundsAsync(manager, Options.WithdrawAfterSeconds - 24, mines: false);
        Node.BeforeBroadcast = null;
        await RoundsAsync(manager, 12, mines: false);
        Refuse("a", "internal error");
        await RoundsAsync(manager, Options.WithdrawAfterSeconds - 24, mines: false);
        Assert.False(Store.AttemptsOf("a")[^1].IsEmpty);
        Node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(["a"], Mined());
    }

    /// <summary>An outage that is told in words: what was refused all that time is taken by now, each when its turn comes.</summary>
    [Fact]
    public async Task RunOnce_NodeIsWellAgainAfterALongOutage_GivesNothingUp()
    {
        Node.BeforeBroadcast = static _ => throw new RpcErrorException("eth_sendRawTransaction", new RpcError(-32603, "internal error", null));
        using TransactionManager manager = Manager();
        string[] intents = ["a", "b", "c"];
        foreach (string intent in intents)
        {
            await manager.SubmitAsync(Intent(intent), CancellationToken.None);
        }

        Time.Pass(5);
        await RoundsAsync(manager, Options.WithdrawAfterSeconds - 12, mines: false);

        // The last were handed in a moment ago, and are refused for longer than one may be. That a node cannot be reached is no refusal.
        Time.Pass(8);
        Node.BeforeBroadcast = static _ => throw new RpcTransportException("connection refused");
        await manager.RunOnceAsync(CancellationToken.None);
        Node.BeforeBroadcast = null;
        foreach (string _ in intents)
        {
            await manager.RunOnceAsync(CancellationToken.None);
            Node.Mine();
        }

        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(intents, Mined());
        Assert.All(intents, intent => Assert.Equal((OutboxState.Mined, 1), (Store.FindInOutbox(intent)!.State, Store.AttemptsOf(intent).Count)));
    }

    /// <summary>A node that nobody heard has it after all: the one of the two that is mined tells what became of it.</summary>
    [Fact]
    public async Task RunOnce_RefusedTransactionIsMinedAfterAll_IsDoneOnce()
    {
        SignedTransaction? refused = null;
        Node.BeforeBroadcast = transaction =>
        {
            if (transaction.Transaction.Data.Length > 0)
            {
                refused = transaction;
                throw new RpcErrorException("eth_sendRawTransaction", new RpcError(-32000, TooLarge, null));
            }
        };
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("large"), CancellationToken.None);
        await RoundsAsync(manager, Options.WithdrawAfterSeconds + 12, mines: false);
        Assert.True(Store.AttemptsOf("large")[^1].IsEmpty);
        Node.ForgetPool();
        Node.UseNonceElsewhere(refused!);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal((OutboxState.Mined, ""), (Store.FindInOutbox("large")!.State, Store.FindInOutbox("large")!.Reason));
        Assert.Equal("large", (await manager.SubmitAsync(Intent("large"), CancellationToken.None)).Intent);
    }

    [Fact]
    public async Task Submit_NeedsMoreCalldataThanATransactionMayHave_StoresNothing()
    {
        using TransactionManager manager = Manager();
        TransactionTooLargeException error = await Assert.ThrowsAsync<TransactionTooLargeException>(() => manager.SubmitAsync(new TransactionIntent("a", Target, new byte[120_001]), CancellationToken.None));
        Assert.Equal("The transaction needs 120001 bytes of calldata, more than the 120000 of transactions:mostBytes; do it in smaller parts, or raise that where the nodes take more.", error.Message);
        Assert.Equal(0UL, Store.NonceAfterOutbox(Key.Address));
        await manager.SubmitAsync(new TransactionIntent("b", Target, new byte[120_000]), CancellationToken.None);
    }

    private void Refuse(string intent, string words, long code = -32000) => Node.BeforeBroadcast = transaction =>
    {
        if (transaction.Transaction.Data.Span.SequenceEqual(Intent(intent).Data))
        {
            throw new RpcErrorException("eth_sendRawTransaction", new RpcError(code, words, null));
        }
    };

    private async Task RoundsAsync(TransactionManager manager, int seconds, bool mines = true)
    {
        for (int passed = 0; passed < seconds; passed += Options.BroadcastAgainAfterSeconds)
        {
            Time.Pass(Options.BroadcastAgainAfterSeconds);
            await manager.RunOnceAsync(CancellationToken.None);
            if (mines)
            {
                Node.Mine();
            }
        }

        await manager.RunOnceAsync(CancellationToken.None);
    }

    private string[] Mined() => [.. Node.Mined.Select(static mined => System.Text.Encoding.UTF8.GetString(mined.Transaction.Data.Span))];
}
