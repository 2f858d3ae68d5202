using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Tests.Store;

/// <summary>A settlement in each block is some hundred gigabytes of calldata a year.</summary>
public sealed class OutboxCalldataTests
{
    private const long Week = 1000;
    private const ulong Deep = 50;
    private static readonly Address Sender = Address.Parse("0x00000000000000000000000000000000000000aa");
    private static readonly Address Other = Address.Parse("0x00000000000000000000000000000000000000bb");

    [Fact]
    public void Outbox_SettledLongAgo_KeepsNoCalldata()
    {
        using SolverStore store = SolverStore.Open(":memory:", 31337, Other);
        Check(store);
    }

    [PostgresFact]
    public async Task Outbox_SettledLongAgo_KeepsNoCalldataOnAServer()
    {
        using SolverStore store = await TestStore.LeadAsync(PostgresServer.Shared.NewSchema(), 31337, Other);
        Check(store);
    }

    private static void Check(SolverStore store)
    {
        foreach (OutboxState state in Enum.GetValues<OutboxState>())
        {
            Add(store, $"old {state}", state);
        }

        Add(store, "young", OutboxState.Final, created: Week);
        Add(store, "settled just now", OutboxState.Withdrawn, block: Deep + 1);
        string[] emptied = ["old Final", "old FinalReverted", "old Withdrawn"];

        // A few at a time, until there is nothing left.
        Assert.Equal([2, 1, 0], Enumerable.Range(0, 3).Select(_ => store.EmptySettled(Week, Deep, 2)));
        Assert.Equal(emptied.Order(), store.NewestInOutbox(100).Where(static entry => entry.Data.Length == 0).Select(static entry => entry.Intent).Order());
        Assert.All(emptied, intent => Assert.True(store.FindInOutbox(intent)!.IsEmptied));
        Assert.False(store.FindInOutbox("young")!.IsEmptied);

        // What it was, and by which nonce, stays; and so does what it is sealed with.
        OutboxEntry entry = store.FindInOutbox("old Final")!;
        Assert.Equal((OutboxState.Final, 3UL, Other, 9L), (entry.State, entry.Nonce, entry.Target, entry.CreatedSeconds));
        Assert.Equal([1, 2, 3], Assert.Single(store.AttemptsOf("old Final")).Seal);
    }

    private static void Add(SolverStore store, string intent, OutboxState state, long created = 9, ulong block = 5)
    {
        ulong nonce = store.NonceAfterOutbox(Sender);
        var entry = new OutboxEntry { Intent = intent, Sender = Sender, Target = Other, Data = new byte[10_000], GasLimit = 1, Nonce = nonce, CreatedSeconds = created };
        Assert.True(store.TryAddToOutbox(entry, new OutboxAttempt(intent, 5UL, 1UL, 1, [1, 2, 3])));
        store.SetOutboxState(intent, state, state == OutboxState.Live ? 0 : block, "");
    }
}
