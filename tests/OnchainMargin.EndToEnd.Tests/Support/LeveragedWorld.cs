using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>A deployment with an account that a fall puts under water, and a keeper of a solver whose processes come and go meanwhile.</summary>
internal sealed class LeveragedWorld : IAsyncDisposable
{
    private const long Btc = 89_035_47000000;

    private ulong _keeperNonce;

    private LeveragedWorld(Deployed world, Trader bold, Trader keeper) => (World, Bold, Keeper) = (world, bold, keeper);

    public Deployed World { get; }

    private Trader Bold { get; }

    private Trader Keeper { get; }

    public static async Task<LeveragedWorld> CreateAsync(HardhatNode chain)
    {
        Deployed world = await Deployed.CreateAsync(chain);
        Trader maker = await world.TraderAsync(1_000_000);
        var made = new LeveragedWorld(world, await world.TraderAsync(20_000), await world.TraderAsync(1_000_000));
        await world.TradeAsync(made.Bold, maker, 1, Deployed.Unit, Btc);
        made._keeperNonce = await world.Chain.Node.GetTransactionCountAsync(made.Keeper.Key.Address);
        return made;
    }

    /// <summary>Options of a solver that takes checkpoints, attests and keeps.</summary>
    public SolverOptions Options(string store, params string[] more) => World.Options(Keeper.Account, Keeper, store, [SolverRoles.Pricer, SolverRoles.Attester, SolverRoles.Keeper, .. more]);

    public async Task FallAsync()
    {
        await World.Chain.PassAsync(61);
        await World.SetPriceAsync(1, Btc * 84 / 100);
    }

    /// <summary>Waits until the account is sold and the last checkpoint attested, while <paramref name="check"/> holds.</summary>
    public async Task SoldAndAttestedAsync(Action check)
    {
        async Task ReachAsync(Func<ProtocolBook, bool> isReached, string what) => await Eventually.TrueAsync(
            async () =>
            {
                check();
                return isReached(await World.Client.ReplayAsync());
            },
            what);

        // On a slow machine none of the short lives got as far as the lot, and the discount that makes a bid pay grows with the chain's time.
        await ReachAsync(static now => now.Lots.Count > 0, "a lot of the account under water");
        await World.Chain.PassAsync(300);
        await ReachAsync(static now => !now.OpenLots.Any(), "the end of the lot");
        await ReachAsync(static now => now.LatestEpoch is { } epoch && epoch.Checkpoint == now.LatestCheckpoint!.Id, "an epoch of the last checkpoint");
        await Task.Delay(1500);
    }

    /// <summary>P10: whatever happened to the processes of a store, nothing was sent twice, nothing was forgotten, and its index is the chain's.</summary>
    public async Task AssertSentOnceAsync(SolverStore store)
    {
        ProtocolBook book = await World.Client.ReplayAsync();
        Assert.Single(book.Lots);
        Assert.Equal(book.Epochs.Values.Select(static epoch => epoch.Checkpoint).Distinct().Count(), book.Epochs.Count);
        foreach ((Address sender, ulong before) in ((Address, ulong)[])[(World.Pricer.Address, 0), (World.Attester.Address, 0), (Keeper.Key.Address, _keeperNonce)])
        {
            // What the chain carried out of this key is what the outbox holds, one transaction each: none outside it, none left over.
            ulong mined = await World.Chain.Node.GetTransactionCountAsync(sender);
            OutboxEntry[] entries = [.. store.NewestInOutbox(10_000).Where(entry => entry.Sender == sender)];
            Assert.Equal(mined - before, (ulong)entries.Length);
            Assert.Equal(Enumerable.Range((int)before, entries.Length).Select(static nonce => (ulong)nonce), entries.Select(static entry => entry.Nonce).Order());
            Assert.Equal(entries.Length, entries.Select(static entry => entry.Intent).Distinct(StringComparer.Ordinal).Count());
        }

        IReadOnlyList<LogEntry> chain = await World.Chain.Node.GetLogsAsync(new LogFilter
        {
            Addresses = Protocol.ProtocolEmitters.Of(World.Record.Contracts),
            FromBlock = BlockTag.Number(World.Record.Block),
            ToBlock = BlockTag.Number(store.Head()!.Number),
        });
        Assert.Equal(chain.Select(static log => (log.BlockHash, log.LogIndex)), store.LogsFrom(0).Select(static log => (log.BlockHash, log.LogIndex)));
        Assert.Equal(0UL, (await World.Client.GetAccountAsync(Bold.Account)).OpenLot);
        await World.AssertSameFiguresAsync();
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
