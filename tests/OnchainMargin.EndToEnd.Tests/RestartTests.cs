using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>P10: the solver's process is killed again and again while it works; nothing is sent twice, nothing is forgotten, its index is the chain's.</summary>
[Collection(SharedChain.Name)]
public sealed class RestartTests(ChainFixture fixture)
{
    [Fact]
    public async Task Solver_KilledAtManyPoints_ResumesWithoutSendingTwice()
    {
        await using LeveragedWorld leveraged = await LeveragedWorld.CreateAsync(fixture.Chain);
        Deployed world = leveraged.World;
        SolverOptions options = leveraged.Options("killed.db");
        await leveraged.FallAsync();

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
        await leveraged.SoldAndAttestedAsync(() => Assert.False(last.HasExited, last.ToString()));
        await last.KillAsync();
        using SolverStore store = SolverStore.Open(options.StoreFile, world.Record.ChainId, world.Record.Contracts.Clearinghouse);
        await leveraged.AssertSentOnceAsync(store);
    }
}
