using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

/// <summary>Several keys that send through one store.</summary>
public sealed class SeveralKeysTests : TransactionWorld
{
    /// <summary>The first key ran dry, or was stolen and emptied: nobody carries on what it had begun, and another is named in its place.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Submit_AnotherKeyHadBegunIt_IsDoneByThisOne(bool isMined)
    {
        using (TransactionManager before = Manager())
        {
            await before.SubmitAsync(Intent("checkpoint after 41"), CancellationToken.None);
            if (isMined)
            {
                Node.Mine();
                await before.RunOnceAsync(CancellationToken.None);
            }
        }

        using var key = PrivateKey.Parse("0x" + new string('2', 64), "a test");
        var node = new FakeTransactionNode();
        using var manager = new TransactionManager(node, new SigningKey(key, 31337), Store, Options, Time, NullLogger<TransactionManager>.Instance);
        Assert.False(manager.IsUnderWay("checkpoint after 41"));
        Assert.True((await manager.SubmitAsync(Intent("checkpoint after 41"), CancellationToken.None)).IsNew);
        Assert.True(manager.IsUnderWay("checkpoint after 41"));
        Assert.False((await manager.SubmitAsync(Intent("checkpoint after 41"), CancellationToken.None)).IsNew);
        node.Mine();
        Assert.Single(node.Mined);
    }

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
