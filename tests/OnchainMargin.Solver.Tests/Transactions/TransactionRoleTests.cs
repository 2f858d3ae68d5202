using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

public sealed class TransactionRoleTests
{
    [Fact]
    public async Task RunOnce_OneKeyIsUsedElsewhere_CarriesOnWithTheOthersAndSaysSo()
    {
        var options = new SolverOptions { Roles = [SolverRoles.Pricer, SolverRoles.Relay], Pricer = new PricerOptions { Key = KeyOf('1') }, Relay = new RelayOptions { Key = KeyOf('2') } };
        var node = new FakeTransactionNode();
        using SolverStore store = TestStore.Open(31337, default);
        using SolverKeys keys = SolverKeys.Read(options);
        using var managers = new TransactionManagers(node, store, options, Api.ApiWorld.Record(), new FakeTime(), NullLogger<TransactionManager>.Instance);
        using var role = new TransactionRole(managers, new Broadcast<IndexedBook>(), keys, options, new FakeTime());
        await managers.Of(keys.Pricer!).SubmitAsync(new TransactionIntent("of the pricer", default, []), CancellationToken.None);
        node.Counts = static _ => 99;
        await managers.Of(keys.Relay!).SubmitAsync(new TransactionIntent("of the relay", default, []), CancellationToken.None);
        node.UseNonceElsewhere(node.Broadcasts[1]);
        node.Counts = static _ => 100;

        RpcTransportException error = await Assert.ThrowsAsync<RpcTransportException>(() => role.RunOnceAsync(CancellationToken.None));
        Assert.Contains(keys.Pricer!.Address.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal((OutboxState.Live, OutboxState.Mined), (store.FindInOutbox("of the pricer")!.State, store.FindInOutbox("of the relay")!.State));
    }

    /// <summary>What keys have is asked for once a minute, how many of their transactions wait is counted each round, for each role by itself.</summary>
    [Fact]
    public async Task RunOnce_EachRound_TellsWhatWaitsAndNowAndThenWhatKeysHave()
    {
        var options = new SolverOptions { Roles = [SolverRoles.Pricer, SolverRoles.Relay], Pricer = new PricerOptions { Key = KeyOf('3') }, Relay = new RelayOptions { Key = KeyOf('4') } };
        var node = new FakeTransactionNode();
        var time = new FakeTime();
        var told = new ConcurrentDictionary<(string Metric, string Role), double>();
        using SolverStore store = TestStore.Open(31337, default);
        using SolverKeys keys = SolverKeys.Read(options);
        using var managers = new TransactionManagers(node, store, options, Api.ApiWorld.Record(), time, NullLogger<TransactionManager>.Instance);
        using var role = new TransactionRole(managers, new Broadcast<IndexedBook>(), keys, options, time);
        await managers.Of(keys.Relay!).SubmitAsync(new TransactionIntent("of the relay", default, []), CancellationToken.None);
        int asked = node.BalancesAsked;
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, heard) =>
        {
            if (instrument.Name is "omargin.key.balance" or "omargin.transactions.waiting")
            {
                heard.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => told[(instrument.Name, tags[0].Value!.ToString()!)] = value);
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => told[(instrument.Name, tags[0].Value!.ToString()!)] = value);
        listener.Start();

        await role.RunOnceAsync(CancellationToken.None);
        Assert.Equal((1.5, 1.5), (told[("omargin.key.balance", "pricer")], told[("omargin.key.balance", "relay")]));
        Assert.Equal((0, 1), (told[("omargin.transactions.waiting", "pricer")], told[("omargin.transactions.waiting", "relay")]));

        time.Pass(59);
        await role.RunOnceAsync(CancellationToken.None);
        Assert.Equal(2, node.BalancesAsked - asked);
        time.Pass(1);
        node.Balance = 0UL;
        await role.RunOnceAsync(CancellationToken.None);
        Assert.Equal((4, 0), (node.BalancesAsked - asked, told[("omargin.key.balance", "relay")]));
    }

    /// <summary>A week later nobody looks at calldata any more, and no reorganisation reaches there: a node that says so lies, or is of another chain, and what it says changes nothing.</summary>
    [Fact]
    public async Task RunOnce_SettledAWeekAgo_LetsGoOfTheCalldataAndTakesNothingBack()
    {
        var options = new SolverOptions { Roles = [SolverRoles.Relay], Relay = new RelayOptions { Key = KeyOf('8') }, Transactions = new TransactionOptions { SettledAfterBlocks = 5 } };
        var node = new FakeTransactionNode();
        var time = new FakeTime();
        using SolverStore store = TestStore.Open(31337, default);
        using SolverKeys keys = SolverKeys.Read(options);
        using var managers = new TransactionManagers(node, store, options, Api.ApiWorld.Record(), time, NullLogger<TransactionManager>.Instance);
        var books = new Broadcast<IndexedBook>();
        using var role = new TransactionRole(managers, books, keys, options, time);
        await managers.Of(keys.Relay!).SubmitAsync(new TransactionIntent("settle", Address.Parse("0x00000000000000000000000000000000000000bb"), [1, 2, 3]), CancellationToken.None);
        for (int block = 0; block < 8; block++)
        {
            node.Mine();
            await role.RunOnceAsync(CancellationToken.None);
        }

        Protocol.Book.ProtocolBook book = Protocol.Book.ProtocolBook.Empty with { BlockNumber = node.Head };
        books.Publish(new IndexedBook(book, System.Collections.Immutable.ImmutableSortedDictionary<ulong, Protocol.Book.ProtocolBook>.Empty, node.Head));
        time.Pass(6 * 86_400);
        await role.RunOnceAsync(CancellationToken.None);
        Assert.Equal([1, 2, 3], store.FindInOutbox("settle")!.Data);

        time.Pass(2 * 86_400);
        await role.RunOnceAsync(CancellationToken.None);
        Assert.Equal((OutboxState.Final, 0), (store.FindInOutbox("settle")!.State, store.FindInOutbox("settle")!.Data.Length));
        Assert.True(managers.Of(keys.Relay!).IsUnderWay("settle"));

        node.Counts = static _ => 0;
        RpcTransportException error = await Assert.ThrowsAsync<RpcTransportException>(() => role.RunOnceAsync(CancellationToken.None));
        Assert.Contains("settled a week ago", error.Message, StringComparison.Ordinal);
        node.Counts = static used => used;
        await role.RunOnceAsync(CancellationToken.None);
        Assert.Equal((OutboxState.Final, 1), (store.FindInOutbox("settle")!.State, node.Broadcasts.Count));
    }

    /// <summary>A dry run sends nothing, of what an earlier run left either, however long it lasts.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunOnce_KeeperRunsDry_LeavesAloneWhatAnEarlierRunStored(bool isDry)
    {
        var options = new SolverOptions { Roles = [SolverRoles.Keeper], Keeper = new KeeperOptions { Key = KeyOf('5'), DryRun = isDry } };
        var node = new FakeTransactionNode();
        var time = new FakeTime();
        using SolverStore store = TestStore.Open(31337, default);
        using SolverKeys keys = SolverKeys.Read(options);
        using (var before = new TransactionManagers(node, store, options, Api.ApiWorld.Record(), time, NullLogger<TransactionManager>.Instance))
        {
            await before.Of(keys.Keeper!).SubmitAsync(new TransactionIntent("bid lot 3 at 0x", default, []), CancellationToken.None);
        }

        using var managers = new TransactionManagers(node, store, options, Api.ApiWorld.Record(), time, NullLogger<TransactionManager>.Instance);
        using var role = new TransactionRole(managers, new Broadcast<IndexedBook>(), keys, options, time);
        for (int round = 0; round < 3; round++)
        {
            node.MineEmpty();
            time.Pass(options.Transactions.RaiseFeeAfterSeconds);
            await role.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal((isDry, isDry), (node.Broadcasts.Count == 1, store.AttemptsOf("bid lot 3 at 0x").Count == 1));
        Assert.Equal(OutboxState.Live, store.FindInOutbox("bid lot 3 at 0x")!.State);
    }

    /// <summary>Another role that sends from the key would send what the keeper left, too.</summary>
    [Fact]
    public void Read_KeeperRunsDryAndItsKeySendsForAnother_IsRefused()
    {
        var options = new SolverOptions { Roles = [SolverRoles.Keeper, SolverRoles.Pricer], Keeper = new KeeperOptions { Key = KeyOf('6'), DryRun = true }, Pricer = new PricerOptions { Key = KeyOf('6') } };
        Assert.Contains("the key of the role pricer", Assert.Throws<SolverOptionsException>(() => SolverKeys.Read(options)).Message, StringComparison.Ordinal);
        using SolverKeys own = SolverKeys.Read(options with { Pricer = new PricerOptions { Key = KeyOf('7') } });
        Assert.Equal(own.Pricer, Assert.Single(own.Senders));
    }

    private static KeyOptions KeyOf(char digit)
    {
        string variable = $"OMARGIN_TEST_TRANSACTIONS_{digit}";
        Environment.SetEnvironmentVariable(variable, "0x" + new string(digit, 64));
        return new KeyOptions { Variable = variable };
    }
}
