using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

/// <summary>A key, a store, a node and a clock, over which a transaction manager can be made again and again, as after a restart.</summary>
public abstract class TransactionWorld : IDisposable
{
    private protected static readonly Address Target = Address.Parse("0x00000000000000000000000000000000000000bb");

    private protected TransactionWorld()
    {
    }

    private protected PrivateKey Key { get; } = PrivateKey.Parse("0x" + new string('1', 64), "a test");

    private protected SolverStore Store { get; } = TestStore.Open(31337, Target);

    private protected FakeTransactionNode Node { get; } = new();

    private protected FakeTime Time { get; } = new();

    private protected TransactionOptions Options { get; } = new() { SettledAfterBlocks = 5 };

    public void Dispose()
    {
        Store.Dispose();
        Key.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static TransactionIntent Intent(string key) => new(key, Target, System.Text.Encoding.UTF8.GetBytes(key));

    private protected TransactionManager Manager(TransactionOptions? options = null, SolverStore? store = null, FakeTransactionNode? node = null, ILogger<TransactionManager>? logger = null) =>
        new(node ?? Node, new SigningKey(Key, 31337), store ?? Store, options ?? Options, Time, logger ?? NullLogger<TransactionManager>.Instance);
}
