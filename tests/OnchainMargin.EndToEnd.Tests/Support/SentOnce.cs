using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>P10: whatever happened to the processes of a store, nothing was sent twice, nothing was forgotten, and its index is the chain's.</summary>
internal static class SentOnce
{
    /// <param name="world">The deployment.</param>
    /// <param name="store">The store.</param>
    /// <param name="senders">The keys that sent, each with the nonce that it had before.</param>
    public static async Task AssertAsync(Deployed world, SolverStore store, params (Address Sender, ulong Before)[] senders)
    {
        foreach ((Address sender, ulong before) in senders)
        {
            // What the chain carried out of this key is what the outbox holds, one transaction each: none outside it, none left over.
            ulong mined = await world.Chain.Node.GetTransactionCountAsync(sender);
            OutboxEntry[] entries = [.. store.NewestInOutbox(10_000).Where(entry => entry.Sender == sender)];
            Assert.Equal(mined - before, (ulong)entries.Length);
            Assert.Equal(Enumerable.Range((int)before, entries.Length).Select(static nonce => (ulong)nonce), entries.Select(static entry => entry.Nonce).Order());
            Assert.Equal(entries.Length, entries.Select(static entry => entry.Intent).Distinct(StringComparer.Ordinal).Count());
        }

        IReadOnlyList<LogEntry> chain = await world.Chain.Node.GetLogsAsync(new LogFilter
        {
            Addresses = Protocol.ProtocolEmitters.Of(world.Record.Contracts),
            FromBlock = BlockTag.Number(world.Record.Block),
            ToBlock = BlockTag.Number(store.Head()!.Number),
        });
        Assert.Equal(chain.Select(static log => (log.BlockHash, log.LogIndex)), store.LogsFrom(0).Select(static log => (log.BlockHash, log.LogIndex)));
    }
}
