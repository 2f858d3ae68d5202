using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

public sealed class SubmitAllTests : IDisposable
{
    private static readonly Address Target = Address.Parse("0x00000000000000000000000000000000000000bb");

    private readonly PrivateKey _key = PrivateKey.Parse("0x" + new string('1', 64), "a test");
    private readonly SolverStore _store = SolverStore.Open(":memory:", 31337, Target);
    private readonly FakeTransactionNode _node = new();

    public void Dispose()
    {
        _store.Dispose();
        _key.Dispose();
    }

    [Fact]
    public async Task SubmitAll_OneOfThreeIsRefused_SendsTheOthersOnceInOrder()
    {
        _node.Refused.Add("0x02");
        using TransactionManager manager = Manager();
        TransactionIntent[] intents = [Intent("a", 1), Intent("b", 2), Intent("c", 3)];

        IReadOnlyList<Submission> submitted = await manager.SubmitAllAsync(intents, await manager.AskTermsAsync(CancellationToken.None), CancellationToken.None);
        IReadOnlyList<Submission> again = await manager.SubmitAllAsync(intents, await manager.AskTermsAsync(CancellationToken.None), CancellationToken.None);

        Assert.Equal([0UL, 1UL], submitted.Where(static one => one.Entry is not null).Select(static one => one.Entry!.Nonce));
        Assert.NotNull(submitted[1].Refusal);
        Assert.All(again, static one => Assert.False(one.Entry is { IsNew: true }));
        Assert.Null(_store.FindInOutbox("b"));
        Assert.Equal(2, _node.Broadcasts.Count);
        _node.Mine();
        Assert.Equal(["0x01", "0x03"], _node.Mined.Select(static mined => HexData.Encode(mined.Transaction.Data.Span)));
    }

    [Fact]
    public async Task SubmitAll_EndsBeforeAnyArrives_SendsTheStoredBytesAfterARestart()
    {
        _node.Losses.Enqueue(false);
        _node.Losses.Enqueue(false);
        using (TransactionManager first = Manager())
        {
            await first.SubmitAllAsync([Intent("a", 1), Intent("b", 2)], await first.AskTermsAsync(CancellationToken.None), CancellationToken.None);
        }

        using TransactionManager second = Manager();
        await second.RunOnceAsync(CancellationToken.None);
        _node.Mine();
        await second.SubmitAllAsync([Intent("a", 1), Intent("b", 2)], await second.AskTermsAsync(CancellationToken.None), CancellationToken.None);

        Assert.Equal(2, _node.Mined.Count);
        Assert.Equal(_node.Broadcasts.Take(2).Select(static sent => sent.Hash), _node.Mined.Select(static mined => mined.Hash));
    }

    [Fact]
    public void AddAllToOutbox_OneIsThere_StoresNone()
    {
        OutboxEntry Entry(string name, ulong nonce) => new() { Intent = name, Sender = _key.Address, Target = Target, Data = [1], GasLimit = 1, Nonce = nonce, CreatedSeconds = 1 };
        OutboxAttempt Attempt(string name, ulong nonce) => new(FakeTransactionNode.Named(name), name, nonce, [1], UInt256.One, UInt256.One, 1);
        _store.AddAllToOutbox([(Entry("a", 0), Attempt("a", 0))]);

        StoreException error = Assert.Throws<StoreException>(() => _store.AddAllToOutbox([(Entry("b", 1), Attempt("b", 1)), (Entry("a", 2), Attempt("a", 2))]));

        Assert.Contains("submit each intent once", error.Message, StringComparison.Ordinal);
        Assert.Null(_store.FindInOutbox("b"));
    }

    private static TransactionIntent Intent(string name, byte data) => new(name, Target, [data]);

    private TransactionManager Manager() => new(_node, new SigningKey(_key, 31337), _store, new TransactionOptions(), TimeProvider.System, NullLogger<TransactionManager>.Instance);
}
