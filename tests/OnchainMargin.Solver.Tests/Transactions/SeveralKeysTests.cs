using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

/// <summary>Several keys that send through one store.</summary>
public sealed class SeveralKeysTests : TransactionWorld
{
    [Fact]
    public async Task RunOnce_TwoKeysOfOneStoreLackTheSameNonce_FillsItForEach()
    {
        using var other = PrivateKey.Parse("0x" + new string('2', 64), "a test");
        foreach (PrivateKey key in (PrivateKey[])[Key, other])
        {
            var node = new FakeTransactionNode();
            using var manager = new TransactionManager(node, new SigningKey(key, 31337), Store, Options, Time, NullLogger<TransactionManager>.Instance);
            node.UseNonceElsewhere(key.Sign(new FeeMarketTransaction { ChainId = 31337, Nonce = 0, GasLimit = 21_000, To = Target, MaxFeePerGasWei = 9UL, MaxPriorityFeePerGasWei = 1UL }));
            await manager.SubmitAsync(Intent($"a of {key.Address}"), CancellationToken.None);
            node.TakeBack(1);
            await manager.RunOnceAsync(CancellationToken.None);
            Time.Pass(Options.DisplacedAfterSeconds);
            await manager.RunOnceAsync(CancellationToken.None);
            node.Mine();
            Assert.Equal([0UL, 1UL], node.Mined.Select(static mined => mined.Transaction.Nonce));
        }
    }
}
