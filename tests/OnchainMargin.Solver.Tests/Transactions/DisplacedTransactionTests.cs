using System.Data.Common;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

/// <summary>A transaction whose nonce somebody else used, and a reorganisation freed again: its bytes are out, so what fills the nonce is a form of itself.</summary>
public sealed class DisplacedTransactionTests : TransactionWorld
{
    [Fact]
    public async Task RunOnce_NonceIsFreeAgainAndTheEmptyFormIsMined_IsWithdrawn()
    {
        using TransactionManager manager = Manager();
        _ = await ReclaimedAsync(manager);
        Node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        AssertEnds(OutboxState.Withdrawn, "its nonce was free again after a reorganisation, and was given back");
        Assert.True(Node.Mined[0].Transaction.Data.IsEmpty);
        Assert.Equal("a (try 2)", (await manager.SubmitAsync(Intent("a"), CancellationToken.None)).Intent);
    }

    [Fact]
    public async Task RunOnce_NonceIsFreeAgainAndItsFirstBytesAreMined_IsMined()
    {
        using TransactionManager manager = Manager();
        SignedTransaction first = await ReclaimedAsync(manager);
        Node.UseNonceElsewhere(first);
        Node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        AssertEnds(OutboxState.Mined, "");
        Assert.Equal("a", (await manager.SubmitAsync(Intent("a"), CancellationToken.None)).Intent);
    }

    /// <summary>The next process goes on with the empty form, and with the same entry where the nonce is used elsewhere and freed once more.</summary>
    [Fact]
    public async Task RunOnce_RestartAndTheForeignOneComesBack_IsDisplacedAndReclaimedAnew()
    {
        using (TransactionManager before = Manager())
        {
            _ = await ReclaimedAsync(before);
        }

        using TransactionManager manager = Manager();
        Node.ForgetPool();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.True(Node.Broadcasts.Last(static sent => sent.Transaction.Nonce == 0).Transaction.Data.IsEmpty);
        Node.UseNonceElsewhere(Foreign());
        for (int i = 0; i < 2; i++)
        {
            await manager.RunOnceAsync(CancellationToken.None);
            Time.Pass(Options.DisplacedAfterSeconds);
        }

        Assert.Equal(OutboxState.Displaced, Store.FindInOutbox("a")!.State);
        Node.TakeBack(1);
        for (int i = 0; i < 2; i++)
        {
            await manager.RunOnceAsync(CancellationToken.None);
            Time.Pass(Options.DisplacedAfterSeconds);
        }

        Node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        AssertEnds(OutboxState.Withdrawn, "its nonce was free again after a reorganisation, and was given back");
    }

    /// <summary>What has the nonce meanwhile keeps it, and nothing of the other is changed.</summary>
    [Fact]
    public void PutLive_NonceIsTaken_ChangesNothing()
    {
        Add("a");
        Store.SetOutboxState("a", OutboxState.Displaced, 0, "");
        Add("b");
        Assert.ThrowsAny<DbException>(() => Store.PutLive(Attempt("a") with { IsEmpty = true }));
        Assert.Equal((OutboxState.Displaced, 1), (Store.FindInOutbox("a")!.State, Store.AttemptsOf("a").Count));
        Assert.Equal("a", Store.DisplacedAt(Key.Address, 0)!.Intent);

        Store.SetOutboxState("b", OutboxState.Displaced, 0, "");
        Store.PutLive(Attempt("a") with { IsEmpty = true });
        Assert.Equal((OutboxState.Live, 2, true), (Store.FindInOutbox("a")!.State, Store.AttemptsOf("a").Count, Store.AttemptsOf("a")[^1].IsEmpty));

        void Add(string intent) => Assert.True(Store.TryAddToOutbox(new OutboxEntry { Intent = intent, Sender = Key.Address, Target = Target, Data = [1], GasLimit = 1, Nonce = 0, CreatedSeconds = 1 }, Attempt(intent)));

        static OutboxAttempt Attempt(string intent) => new(intent, 10U, 1U, 1, [1]);
    }

    /// <summary>Submits, has the nonce used elsewhere and freed again, and its gap filled.</summary>
    /// <returns>The first bytes, which every node has seen.</returns>
    private async Task<SignedTransaction> ReclaimedAsync(TransactionManager manager)
    {
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        SignedTransaction first = Assert.Single(Node.Broadcasts);
        Node.ForgetPool();
        Node.UseNonceElsewhere(Foreign());
        for (int i = 0; i < 2; i++)
        {
            await manager.RunOnceAsync(CancellationToken.None);
            Time.Pass(Options.DisplacedAfterSeconds);
        }

        Assert.Equal(("a (try 2)", 1UL), ((await manager.SubmitAsync(Intent("a"), CancellationToken.None)).Intent, Store.FindInOutbox("a (try 2)")!.Nonce));
        Node.TakeBack(1);
        int sent = Node.Broadcasts.Count;
        for (int i = 0; i < 2; i++)
        {
            await manager.RunOnceAsync(CancellationToken.None);
            Time.Pass(Options.DisplacedAfterSeconds);
        }

        await manager.RunOnceAsync(CancellationToken.None);
        SignedTransaction[] filling = [.. Node.Broadcasts.Skip(sent).Where(static sent => sent.Transaction.Nonce == 0)];
        Assert.NotEmpty(filling);
        Assert.All(filling, static sent => Assert.True(sent.Transaction.Data.IsEmpty));
        Assert.Equal(OutboxState.Live, Store.FindInOutbox("a")!.State);
        return first;
    }

    private void AssertEnds(OutboxState state, string reason)
    {
        Assert.Equal((state, reason), (Store.FindInOutbox("a")!.State, Store.FindInOutbox("a")!.Reason));
        Assert.Equal(OutboxState.Mined, Store.FindInOutbox("a (try 2)")!.State);
        Assert.Null(Store.FindInOutbox($"fill nonce 0 of {Key.Address}"));
    }

    /// <summary>The first transaction of the key, sent from elsewhere.</summary>
    private SignedTransaction Foreign() => Key.Sign(new FeeMarketTransaction { ChainId = 31337, Nonce = 0, GasLimit = 21_000, To = Target, MaxFeePerGasWei = 9UL, MaxPriorityFeePerGasWei = 1UL });
}
