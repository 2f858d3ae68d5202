using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>P10: the solver's process is killed again and again while it works; nothing is sent twice, nothing is forgotten, its index is the chain's.</summary>
[Collection(SharedChain.Name)]
public sealed class RestartTests(ChainFixture fixture)
{
    private const long Btc = 89_035_47000000;

    [Fact]
    public async Task Solver_KilledAtManyPoints_ResumesWithoutSendingTwice()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader maker = await world.TraderAsync(1_000_000);
        Trader bold = await world.TraderAsync(20_000);
        Trader keeper = await world.TraderAsync(1_000_000);
        await world.TradeAsync(bold, maker, 1, Deployed.Unit, Btc);
        ulong keeperNonce = await world.Chain.Node.GetTransactionCountAsync(keeper.Key.Address);
        SolverOptions options = world.Options(keeper.Account, keeper, "killed.db", SolverRoles.Pricer, SolverRoles.Attester, SolverRoles.Keeper);
        await world.Chain.PassAsync(61);
        await world.SetPriceAsync(1, Btc * 84 / 100);

        // Lives from a moment to a few seconds: some end before the store is open, some in the middle of a transaction.
        foreach (int milliseconds in (int[])[400, 900, 1100, 1300, 1500, 1700, 2000, 2400])
        {
            await using SolverProcess solver = SolverProcess.Start(world, options);
            await Task.Delay(milliseconds);
            Assert.False(solver.HasExited, solver.ToString());
            await solver.KillAsync();
            await world.Chain.PassAsync(61);
        }

        await using SolverProcess last = SolverProcess.Start(world, options);
        async Task ReachAsync(Func<ProtocolBook, bool> isReached, string what) => await Eventually.TrueAsync(
            async () =>
            {
                Assert.False(last.HasExited, last.ToString());
                return isReached(await world.Client.ReplayAsync());
            },
            what);

        // On a slow machine none of the short lives got as far as the lot, and the discount that makes a bid pay grows with the chain's time.
        await ReachAsync(static now => now.Lots.Count > 0, "a lot of the account under water");
        await world.Chain.PassAsync(300);
        await ReachAsync(static now => !now.OpenLots.Any(), "the end of the lot");
        await ReachAsync(static now => now.LatestEpoch is { } epoch && epoch.Checkpoint == now.LatestCheckpoint!.Id, "an epoch of the last checkpoint");
        await Task.Delay(1500);
        await last.KillAsync();

        ProtocolBook book = await world.Client.ReplayAsync();
        Assert.Single(book.Lots);
        Assert.Equal(book.Epochs.Values.Select(static epoch => epoch.Checkpoint).Distinct().Count(), book.Epochs.Count);
        using SolverStore store = SolverStore.Open(options.StoreFile, world.Record.ChainId, world.Record.Contracts.Clearinghouse);
        await SentOnce.AssertAsync(world, store, (world.Pricer.Address, 0), (world.Attester.Address, 0), (keeper.Key.Address, keeperNonce));
        Assert.Equal(0UL, (await world.Client.GetAccountAsync(bold.Account)).OpenLot);
        await world.AssertSameFiguresAsync();
    }
}
