using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Tests.Store;

public sealed class DayChargeTests
{
    private static readonly Address Sender = Address.Parse("0x00000000000000000000000000000000000000aa");
    private static readonly Address Other = Address.Parse("0x00000000000000000000000000000000000000bb");

    [Theory]
    [InlineData(OutboxState.Live, 6)]
    [InlineData(OutboxState.Mined, 6)]
    [InlineData(OutboxState.Final, 6)]
    [InlineData(OutboxState.Reverted, 10)] // Nobody paid for it.
    [InlineData(OutboxState.FinalReverted, 10)]
    [InlineData(OutboxState.Displaced, 0)]
    [InlineData(OutboxState.Withdrawn, 0)]
    public void ChargedBetween_OfAnIntent_IsWhatItCostAsFarAsItCame(OutboxState state, int expected)
    {
        using SolverStore store = TestStore.Open(31337, Other);
        Add(store, "start 1", new DayCharge(10, 4));
        store.SetOutboxState("start 1", state, 5, "");
        Assert.Equal(expected, store.ChargedBetween(Sender, 100, 200));
    }

    [Fact]
    public void ChargedBetween_OfMany_AddsUpTheSendersOwnOfTheTimeThatAreBoundedByTheDay()
    {
        using SolverStore store = TestStore.Open(31337, Other);
        Add(store, "a", new DayCharge(long.MaxValue, 0));
        Add(store, "b", new DayCharge(long.MaxValue, 7));
        Add(store, "paid for", new DayCharge(10, 40));
        Add(store, "not bounded", default);
        Add(store, "before", new DayCharge(10, 0), created: 99);
        Add(store, "ahead", new DayCharge(10, 0), created: 201);
        Add(store, "another's", new DayCharge(10, 0), Other);
        Assert.Equal((2 * (Int128)long.MaxValue) - 7, store.ChargedBetween(Sender, 100, 200));
        Assert.Equal(new DayCharge(10, 40), store.FindInOutbox("paid for")!.Charge);
    }

    [PostgresFact]
    public async Task Lead_StoreOfVersion4_GoesOn()
    {
        string server = PostgresServer.Shared.NewSchema();
        using (SolverStore store = await TestStore.LeadAsync(server, 1, Other))
        {
            Add(store, "a", new DayCharge(10, 4));
            using System.Data.Common.DbCommand command = store.Connection.CreateCommand();
            command.CommandText = "DROP INDEX outbox_charged; ALTER TABLE outbox DROP COLUMN charged; ALTER TABLE outbox DROP COLUMN reward; UPDATE meta SET value = '4' WHERE key = 'version'";
            await command.ExecuteNonQueryAsync();
        }

        using SolverStore after = await TestStore.LeadAsync(server, 1, Other);
        Add(after, "b", new DayCharge(10, 4));
        Add(after, "ahead", new DayCharge(10, 4), created: 201);
        Assert.Equal((default, 6), (after.FindInOutbox("a")!.Charge, after.ChargedBetween(Sender, 100, 200)));
    }

    private static void Add(SolverStore store, string intent, DayCharge charge, Address? sender = null, long created = 100)
    {
        ulong nonce = store.NonceAfterOutbox(sender ?? Sender);
        var entry = new OutboxEntry { Intent = intent, Sender = sender ?? Sender, Target = Other, Data = [], GasLimit = 1, Nonce = nonce, CreatedSeconds = created, Charge = charge };
        Assert.True(store.TryAddToOutbox(entry, new OutboxAttempt(intent, 5UL, 1UL, 1, [1, 2, 3])));
    }
}
