using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Snapshots;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;

namespace OnchainMargin.Solver.Tests.Indexing;

public sealed class BookIndexTests
{
    /// <summary>Each block has a log, as on a busy chain: the book behind its logs and that at its end are one.</summary>
    [Fact]
    public void GoBack_FewerBlocksThanBooksAreKept_AppliesNoLogAnew()
    {
        var chain = new FakeChain();
        chain.Grow(200);
        using SolverStore store = TestStore.Open(31337, FakeChain.Contract);
        var deployment = new DeploymentRecord { ChainId = 31337, Block = 1, Contracts = SampleDeployment.Contracts, Tokens = [], Underlyings = [] };
        var index = new BookIndex(deployment, store, new BookSnapshots(deployment, store, TimeProvider.System, NullLogger<BookSnapshots>.Instance));
        foreach (StoredBlock block in chain.Blocks.Skip(1))
        {
            index.Add([.. chain.AllLogs.Where(log => log.BlockNumber == block.Number)], block);
        }

        store.Append([.. chain.Blocks.Skip(1)], chain.AllLogs);
        ulong ancestor = chain.Head.Number - 120;
        store.RollBackTo(ancestor);
        index.GoBack(ancestor);

        Assert.Equal((ancestor, 200), (index.Book.BlockNumber, (int)index.Logs));
    }
}
