using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

/// <summary>P10: a process ends at an instant between the first thought of its transactions and their blocks. What is left of it is what its files held then and what the node had taken.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Many = 20;

    private static readonly Address Target = Address.Parse("0x00000000000000000000000000000000000000bb");
    private static readonly SendingTerms Terms = new(new GasOffer(10_000_000_000UL, 1_000_000_000UL), 0, 1_500_000_000_000_000_000UL);

    private readonly PrivateKey _key = PrivateKey.Parse("0x" + new string('1', 64), "a test");
    private readonly string _folder = Directory.CreateTempSubdirectory("omargin-crash-").FullName;
    private readonly FakeTime _time = new();

    public enum Instant
    {
        BeforeSigning,
        StoredAndNotSigned,
        AfterSigning,
        BeforeSending,
        Sent,
        Mined,
    }

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(Instant.BeforeSigning)]
    [InlineData(Instant.StoredAndNotSigned)]
    [InlineData(Instant.AfterSigning)]
    [InlineData(Instant.BeforeSending)]
    [InlineData(Instant.Sent)]
    [InlineData(Instant.Mined)]
    public async Task SubmitAll_EndsAtAnInstantOfAnyOfMany_LosesNoNonceAndUsesNoneTwice(Instant instant)
    {
        for (int at = 0; at < Many; at++)
        {
            await SubmitAllAndEndAsync(instant, at);
        }
    }

    private async Task SubmitAllAndEndAsync(Instant instant, int at)
    {
        string file = Path.Combine(_folder, $"lives{at}.db");
        string left = Path.Combine(_folder, $"left{at}.db");
        var node = new FakeTransactionNode();
        bool isDead = false;
        using (SolverStore store = SolverStore.Open(file, 31337, Target))
        {
            void DieAt(Instant now, ulong nonce)
            {
                if (now != instant || nonce != (ulong)at)
                {
                    return;
                }

                // What was sent until now was sent by the dead; what its threads do from now on is done by nobody.
                Volatile.Write(ref isDead, true);
                File.Copy(file, left);
                File.Copy(file + "-wal", left + "-wal");
            }

            node.BeforeBroadcast = transaction =>
            {
                DieAt(Instant.BeforeSending, transaction.Transaction.Nonce);
                if (Volatile.Read(ref isDead))
                {
                    throw new RpcTransportException("nobody is there who sends");
                }
            };
            node.AfterBroadcast = transaction =>
            {
                if (instant == Instant.Mined)
                {
                    node.Mine();
                }

                DieAt(instant == Instant.Mined ? Instant.Mined : Instant.Sent, transaction.Transaction.Nonce);
            };
            using var first = new TransactionManager(node, new WatchedKey(Key, store, DieAt, instant == Instant.StoredAndNotSigned ? (ulong)at : null), store, new TransactionOptions(), _time, NullLogger<TransactionManager>.Instance);
            await first.SubmitAllAsync(Intents(Enumerable.Range(0, Many)), Terms, CancellationToken.None);
        }

        node.BeforeBroadcast = null;
        node.AfterBroadcast = null;
        SignedTransaction[] sent = [.. node.Broadcasts];
        using SolverStore found = SolverStore.Open(left, 31337, Target);
        using var second = new TransactionManager(node, Key, found, new TransactionOptions(), _time, NullLogger<TransactionManager>.Instance);

        // Whatever was sent, the store tells its nonce and the key its bytes.
        Dictionary<ulong, OutboxEntry> known = found.UnsettledOf(_key.Address).ToDictionary(static entry => entry.Nonce);
        Assert.Equal(Enumerable.Range(0, known.Count).Select(static nonce => (ulong)nonce), known.Keys.Order());
        Assert.All(sent, transaction => Assert.Equal(transaction.Transaction.Data.ToArray(), known[transaction.Transaction.Nonce].Data));
        node.ForgetPool();
        await second.RunOnceAsync(CancellationToken.None);
        Assert.Equal(known.Keys.Where(nonce => nonce >= (ulong)node.Mined.Count).Order(), node.Broadcasts.Skip(sent.Length).Select(static again => again.Transaction.Nonce).Order());

        // In another order, so that a nonce that was lost would be given to another transaction.
        await second.SubmitAllAsync(Intents(Enumerable.Range(0, Many).Reverse()), Terms with { MinedNonce = (ulong)node.Mined.Count }, CancellationToken.None);
        node.Mine();
        await second.RunOnceAsync(CancellationToken.None);
        Assert.All(node.Broadcasts.GroupBy(static one => one.Transaction.Nonce), static same => Assert.Single(same.Select(static one => one.Hash).Distinct()));
        Assert.Equal(Enumerable.Range(0, Many), node.Mined.Select(static mined => (int)mined.Transaction.Data.Span[0]).Order());
        Assert.All(found.UnsettledOf(_key.Address), static entry => Assert.Equal(OutboxState.Mined, entry.State));
    }

    [Fact]
    public async Task RunOnce_EndsBetweenARaiseAndItsSending_TellsEveryFormByItsHash()
    {
        var node = new FakeTransactionNode();
        var options = new TransactionOptions();
        using SolverStore store = SolverStore.Open(Path.Combine(_folder, "raised.db"), 31337, Target);
        using (var first = new TransactionManager(node, Key, store, options, _time, NullLogger<TransactionManager>.Instance))
        {
            await first.SubmitAsync(Intent(1), CancellationToken.None);
            node.Asked = new GasOffer(20_000_000_000UL, 2_000_000_000UL);
            _time.Pass(options.RaiseFeeAfterSeconds);
            node.Losses.Enqueue(false);
            await first.RunOnceAsync(CancellationToken.None);
        }

        SignedTransaction[] sent = [.. node.Broadcasts];
        Assert.Equal(2, sent.Select(static one => one.Hash).Distinct().Count());
        using var second = new TransactionManager(node, Key, store, options, _time, NullLogger<TransactionManager>.Instance);
        await second.RunOnceAsync(CancellationToken.None);
        Assert.Equal(sent[1].Hash, node.Broadcasts[^1].Hash);

        // The first form is mined all the same.
        node.ForgetPool();
        node.UseNonceElsewhere(sent[0]);
        await second.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Mined, store.FindInOutbox("1")!.State);
    }

    private SigningKey Key => new(_key, 31337);

    private static TransactionIntent Intent(int number) => new(number.ToString(CultureInfo.InvariantCulture), Target, [(byte)number]) { GasLimits = new(100_000, 100_000) };

    private static IAsyncEnumerable<TransactionIntent> Intents(IEnumerable<int> numbers) => numbers.ToAsyncEnumerable().Select(Intent);

    /// <summary>A key that tells before and after it signs; one nonce it signs only when the store has it.</summary>
    private sealed class WatchedKey(ITransactionKey key, SolverStore store, Action<Instant, ulong> tell, ulong? late) : ITransactionKey
    {
        public Address Address => key.Address;

        public FeeMarketTransaction Call(Address target, byte[] data, ulong gasLimit, ulong nonce, GasOffer offer) => key.Call(target, data, gasLimit, nonce, offer);

        public byte[] Seal(FeeMarketTransaction call) => key.Seal(call);

        public SignedTransaction Sign(FeeMarketTransaction call)
        {
            ulong nonce = call.Nonce;
            tell(Instant.BeforeSigning, nonce);
            if (nonce == late && SpinWait.SpinUntil(() => store.NonceAfterOutbox(Address) > nonce, TimeSpan.FromSeconds(20)))
            {
                tell(Instant.StoredAndNotSigned, nonce);
            }

            SignedTransaction signed = key.Sign(call);
            tell(Instant.AfterSigning, nonce);
            return signed;
        }
    }
}
