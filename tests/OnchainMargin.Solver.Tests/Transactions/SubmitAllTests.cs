using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

public sealed class SubmitAllTests : IDisposable
{
    private static readonly Address Target = Address.Parse("0x00000000000000000000000000000000000000bb");

    private readonly PrivateKey _key = PrivateKey.Parse("0x" + new string('1', 64), "a test");
    private readonly SolverStore _store = TestStore.Open(31337, Target);
    private readonly FakeTransactionNode _node = new();

    public void Dispose()
    {
        _store.Dispose();
        _key.Dispose();
    }

    [Fact]
    public async Task SubmitAll_OneOfManyIsUnderWay_SendsTheOthersOnceInOrder()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("12", 12), CancellationToken.None);

        IReadOnlyList<OutboxEntry> submitted = await SubmitAllAsync(manager, Enumerable.Range(0, 40));
        IReadOnlyList<OutboxEntry> again = await SubmitAllAsync(manager, Enumerable.Range(0, 40));

        Assert.Equal(Enumerable.Range(0, 40).Select(Name), submitted.Select(static entry => entry.Intent));
        Assert.Equal([12], Enumerable.Range(0, 40).Where(i => !submitted[i].IsNew));
        Assert.All(again, static entry => Assert.False(entry.IsNew));
        Assert.Equal(40, _node.Broadcasts.Count);
        _node.Mine();
        Assert.Equal([12, .. Enumerable.Range(0, 40).Where(static i => i != 12)], _node.Mined.Select(static mined => (int)mined.Transaction.Data.Span[0]));
    }

    [Fact]
    public async Task SubmitAll_IntentsBreakOff_SendsWhatCameBeforeAndLeavesNoGap()
    {
        using TransactionManager manager = Manager();

        await Assert.ThrowsAsync<RpcTransportException>(() => manager.SubmitAllAsync(BrokenOffAsync(), Terms, CancellationToken.None));
        OutboxEntry next = await manager.SubmitAsync(Intent("after", 99), CancellationToken.None);

        Assert.Equal(6, _node.Broadcasts.Count);
        Assert.Equal(5UL, next.Nonce);

        static async IAsyncEnumerable<TransactionIntent> BrokenOffAsync()
        {
            await Task.Yield();
            foreach (int i in Enumerable.Range(0, 5))
            {
                yield return Intent(Name(i), (byte)i);
            }

            throw new RpcTransportException("the node is gone");
        }
    }

    [Fact]
    public async Task SubmitAll_AKeyFailsInTheMiddle_KeepsItsNonceAndSendsItLater()
    {
        using var manager = new TransactionManager(_node, new FailingKey(new SigningKey(_key, 31337), 20), _store, new TransactionOptions(), TimeProvider.System, NullLogger<TransactionManager>.Instance);

        await Assert.ThrowsAsync<InvalidOperationException>(() => SubmitAllAsync(manager, Enumerable.Range(0, 40)));

        Assert.Equal(Enumerable.Range(0, 40).Select(Name), _store.UnsettledOf(_key.Address).Select(static entry => entry.Intent));
        Assert.DoesNotContain(_node.Broadcasts, static sent => sent.Transaction.Nonce == 20);
        await manager.RunOnceAsync(CancellationToken.None);
        _node.Mine();
        Assert.Equal(Enumerable.Range(0, 40), _node.Mined.Select(static mined => (int)mined.Transaction.Data.Span[0]));
    }

    [Theory]
    [InlineData("sign")]
    [InlineData("send")]
    [InlineData("prove")]
    [InlineData("stop")]
    [InlineData("store")]
    public async Task SubmitAll_BreaksOffAtAnyIntent_LeavesNoGapAndLaterSendsEachOnce(string where)
    {
        for (int at = 0; at < 20; at++)
        {
            using SolverStore store = TestStore.Open(31337, Target);
            var node = new FakeTransactionNode();
            var signing = new SigningKey(_key, 31337);
            using var stop = new CancellationTokenSource();
            node.BeforeBroadcast = transaction => Break(where == "send" && transaction.Transaction.Nonce == (ulong)at);
            using (var first = new TransactionManager(node, where == "sign" ? new FailingKey(signing, (ulong)at) : signing, store, new TransactionOptions(), TimeProvider.System, NullLogger<TransactionManager>.Instance))
            {
                IAsyncEnumerable<TransactionIntent> intents = Enumerable.Range(0, 20).ToAsyncEnumerable().Select((int i, CancellationToken _) => PassAsync(i));
                await Assert.ThrowsAnyAsync<Exception>(() => first.SubmitAllAsync(intents, Terms, stop.Token));

                // What failed holds up nothing after it.
                using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                node.BeforeBroadcast = null;
                await first.RunOnceAsync(soon.Token);
            }

            Assert.Equal((int)store.NonceAfterOutbox(_key.Address), store.UnsettledOf(_key.Address).Count);
            using var second = new TransactionManager(node, signing, store, new TransactionOptions(), TimeProvider.System, NullLogger<TransactionManager>.Instance);
            await second.RunOnceAsync(CancellationToken.None);
            await second.SubmitAllAsync(Enumerable.Range(0, 20).ToAsyncEnumerable().Select(static i => Intent(Name(i), (byte)i)), Terms, CancellationToken.None);
            node.Mine();
            Assert.Equal(Enumerable.Range(0, 20), node.Mined.Select(static mined => (int)mined.Transaction.Data.Span[0]).Order());

            async ValueTask<TransactionIntent> PassAsync(int i)
            {
                await Task.Yield();
                Break(where == "prove" && i == at);
                if (where == "stop" && i == at)
                {
                    await stop.CancelAsync();
                    stop.Token.ThrowIfCancellationRequested();
                }

                // A name that is stored under its nonce by another process stands for a disk that refuses.
                if (where == "store" && i == at)
                {
                    store.TryAddToOutbox(
                        new OutboxEntry { Intent = "of another process", Sender = _key.Address, Target = Target, Data = [(byte)at], GasLimit = 1, Nonce = (ulong)at, CreatedSeconds = 1, State = OutboxState.Displaced },
                        new OutboxAttempt("of another process", UInt256.One, UInt256.One, 1, []));
                    return Intent("of another process", (byte)i) with { Key = Name(i), GasLimits = new(ulong.MaxValue, ulong.MaxValue) };
                }

                return Intent(Name(i), (byte)i);
            }
        }

        static void Break(bool now)
        {
            if (now)
            {
                throw new InvalidOperationException("It broke off.");
            }
        }
    }

    [Fact]
    public async Task SubmitAll_NodeRefusesOneOfMany_SendsTheOthersAndThatOneAgain()
    {
        var time = new FakeTime();
        var options = new TransactionOptions();
        using var manager = new TransactionManager(_node, new SigningKey(_key, 31337), _store, options, time, NullLogger<TransactionManager>.Instance);
        _node.BeforeBroadcast = static transaction =>
        {
            if (transaction.Transaction.Nonce == 7)
            {
                throw new RpcErrorException("eth_sendRawTransaction", new Ethereum.Rpc.RpcError(-32000, "transaction underpriced", null));
            }
        };
        await SubmitAllAsync(manager, Enumerable.Range(0, 20));
        Assert.Equal(7, _node.Mine().Count);

        _node.BeforeBroadcast = null;
        time.Pass(options.BroadcastAgainAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);
        _node.Mine();

        Assert.Equal(Enumerable.Range(0, 20), _node.Mined.Select(static mined => (int)mined.Transaction.Data.Span[0]));
    }

    [Fact]
    public async Task SubmitAll_EndsBeforeAnyArrives_SendsTheStoredBytesAfterARestart()
    {
        _node.Losses.Enqueue(false);
        _node.Losses.Enqueue(false);
        using (TransactionManager first = Manager())
        {
            await SubmitAllAsync(first, [1, 2]);
        }

        using TransactionManager second = Manager();
        await second.RunOnceAsync(CancellationToken.None);
        _node.Mine();
        await SubmitAllAsync(second, [1, 2]);

        Assert.Equal(2, _node.Mined.Count);
        Assert.Equal(_node.Broadcasts.Take(2).Select(static sent => sent.Hash).Order(), _node.Mined.Select(static mined => mined.Hash).Order());
    }

    [Fact]
    public async Task SubmitAll_WaitedLongForItsTurn_AsksForItsTermsAnew()
    {
        var time = new FakeTime();
        using var manager = new TransactionManager(_node, new SigningKey(_key, 31337), _store, new TransactionOptions(), time, NullLogger<TransactionManager>.Instance);
        var hanging = new TaskCompletionSource();
        _node.BeforeEstimate = (_, _) => hanging.Task;
        Task first = manager.SubmitAsync(new TransactionIntent("first", Target, [99]), CancellationToken.None);
        Task<IReadOnlyList<OutboxEntry>> waiting = manager.SubmitAllAsync(Enumerable.Range(0, 3).ToAsyncEnumerable().Select(static i => Intent(Name(i), (byte)i)), Terms, CancellationToken.None);
        time.Pass(6);
        _node.Asked = new GasOffer(70_000_000_000UL, 7_000_000_000UL);
        hanging.SetResult();
        await first;
        await waiting;
        Assert.All(_node.Broadcasts, static sent => Assert.Equal((UInt256)70_000_000_000UL, ((FeeMarketTransaction)sent.Transaction).MaxFeePerGasWei));
        Assert.Equal(4, _node.Broadcasts.Count);
    }

    [Fact]
    public async Task SubmitAll_NodeCountsFarMoreThanTheOutboxHas_StoresNone()
    {
        using TransactionManager manager = Manager();
        await SubmitAllAsync(manager, [1]);
        _node.Counts = static _ => 66;
        await Assert.ThrowsAsync<RpcTransportException>(() => SubmitAllAsync(manager, [2, 3]));
        Assert.Single(_node.Broadcasts);
        Assert.Null(_store.FindInOutbox(Name(2)));
    }

    [Fact]
    public void AddAllToOutbox_OneIsThere_StoresNone()
    {
        OutboxEntry Entry(string name, ulong nonce) => new() { Intent = name, Sender = _key.Address, Target = Target, Data = [1], GasLimit = 1, Nonce = nonce, CreatedSeconds = 1 };
        OutboxAttempt Attempt(string name) => new(name, UInt256.One, UInt256.One, 1, []);
        _store.AddAllToOutbox([(Entry("a", 0), Attempt("a"))]);

        StoreException error = Assert.Throws<StoreException>(() => _store.AddAllToOutbox([(Entry("b", 1), Attempt("b")), (Entry("a", 2), Attempt("a"))]));

        Assert.Contains("submit each intent once", error.Message, StringComparison.Ordinal);
        Assert.Null(_store.FindInOutbox("b"));
    }

    private static readonly SendingTerms Terms = new(new GasOffer(10_000_000_000UL, 1_000_000_000UL), 0, 1_500_000_000_000_000_000UL);

    private static string Name(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static TransactionIntent Intent(string name, byte data) => new(name, Target, [data]) { GasLimits = new(100_000, 100_000) };

    private static async Task<IReadOnlyList<OutboxEntry>> SubmitAllAsync(TransactionManager manager, IEnumerable<int> numbers) =>
        await manager.SubmitAllAsync(numbers.ToAsyncEnumerable().Select(static i => Intent(Name(i), (byte)i)), await manager.AskTermsAsync(CancellationToken.None), CancellationToken.None);

    private TransactionManager Manager() => new(_node, new SigningKey(_key, 31337), _store, new TransactionOptions(), TimeProvider.System, NullLogger<TransactionManager>.Instance);

    /// <summary>A key that fails to sign one nonce once.</summary>
    private sealed class FailingKey(ITransactionKey key, ulong failing) : ITransactionKey
    {
        private bool _hasFailed;

        public Address Address => key.Address;

        public FeeMarketTransaction Call(Address target, byte[] data, ulong gasLimit, ulong nonce, GasOffer offer) => key.Call(target, data, gasLimit, nonce, offer);

        public byte[] Seal(FeeMarketTransaction call) => key.Seal(call);

        public SignedTransaction Sign(FeeMarketTransaction call)
        {
            if (call.Nonce == failing && !_hasFailed)
            {
                _hasFailed = true;
                throw new InvalidOperationException("The key is locked.");
            }

            return key.Sign(call);
        }
    }
}
