using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

/// <summary>The outbox in its file: of earlier versions, on a full disk, altered by others, of other keys.</summary>
public sealed class OutboxFileTests : IDisposable
{
    private static readonly Address Target = Address.Parse("0x00000000000000000000000000000000000000bb");

    private readonly PrivateKey _key = PrivateKey.Parse("0x" + new string('1', 64), "a test");
    private readonly FakeTransactionNode _node = new();
    private readonly FakeTime _time = new();
    private readonly TransactionOptions _options = new();

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(1, "ALTER TABLE outbox DROP COLUMN most_fee; ALTER TABLE outbox DROP COLUMN private; ALTER TABLE attempts DROP COLUMN empty; ")]
    [InlineData(2, "")]
    [InlineData(3, "")]
    [InlineData(4, "")]
    public async Task Open_StoreOfAnEarlierVersion_KeepsItsOutboxAndSignsTheSame(int version, string undo)
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("omargin-store-").FullName, "old.db");
        using (SolverStore store = SolverStore.Open(file, 31337, Target))
        using (TransactionManager manager = Manager(store))
        {
            await manager.SubmitAsync(Intent("a"), CancellationToken.None);
            using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=False");
            connection.Open();
            using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
            command.CommandText = OutboxOfVersion4 + (version < 4 ? AttemptsOfVersion3(_node.Broadcasts[0]) : "") + undo + $"UPDATE meta SET value = '{version}' WHERE key = 'version'";
            command.ExecuteNonQuery();
        }

        using (SolverStore store = SolverStore.Open(file, 31337, Target))
        {
            Assert.Equal((OutboxState.Live, null), (store.FindInOutbox("a")!.State, store.FindInOutbox("a")!.MostFeePerGasWei));
            Assert.False(Assert.Single(store.AttemptsOf("a")).IsEmpty);
            Assert.Equal(0, store.ChargedBetween(_key.Address, 0, long.MaxValue));
            Assert.Equal(1UL, store.NonceAfterOutbox(_key.Address));
            using TransactionManager manager = Manager(store);
            await manager.RunOnceAsync(CancellationToken.None);
            Assert.Equal(_node.Broadcasts[0].Hash, _node.Broadcasts[1].Hash);
        }

        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    /// <summary>The keeper asks at each look, under the store's lock, and what was ever reverted only grows.</summary>
    [Fact]
    public void RevertedSince_OfAStoreOfBefore_ReadsNoneThatAreOlder()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("omargin-store-").FullName, "reverted.db");
        SolverStore.Open(file, 31337, Target).Dispose();
        using (Microsoft.Data.Sqlite.SqliteConnection before = Connect(file))
        {
            Execute(before, "DROP INDEX outbox_reverted");
        }

        using (SolverStore store = SolverStore.Open(file, 31337, Target))
        {
            Assert.Empty(store.RevertedSince(_key.Address, 0));
        }

        using (Microsoft.Data.Sqlite.SqliteConnection after = Connect(file))
        {
            using Microsoft.Data.Sqlite.SqliteCommand plan = after.CreateCommand();
            plan.CommandText = "EXPLAIN QUERY PLAN SELECT intent, created FROM outbox WHERE state IN (2, 4) AND sender = @sender AND created >= @seconds";
            plan.Parameters.AddWithValue("@sender", _key.Address.ToArray());
            plan.Parameters.AddWithValue("@seconds", 1L);
            using Microsoft.Data.Sqlite.SqliteDataReader row = plan.ExecuteReader();
            Assert.True(row.Read());
            Assert.EndsWith("outbox_reverted (sender=? AND created>?)", row.GetString(3), StringComparison.Ordinal);
        }

        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);

        static Microsoft.Data.Sqlite.SqliteConnection Connect(string file)
        {
            var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=False");
            connection.Open();
            return connection;
        }
    }

    [Fact]
    public async Task Submit_DiskIsFull_StoresNothingAndGoesOnWhenThereIsRoom()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("omargin-store-").FullName, "full.db");
        using (SolverStore store = SolverStore.Open(file, 31337, Target))
        using (TransactionManager manager = Manager(store))
        {
            // A full disk is found when the transaction is committed, and the database undoes it by itself.
            var connection = (Microsoft.Data.Sqlite.SqliteConnection)store.Connection;
            SQLitePCL.raw.sqlite3_commit_hook(connection.Handle!, static _ => 1, null);
            await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => manager.SubmitAsync(Intent("a"), CancellationToken.None));
            SQLitePCL.raw.sqlite3_commit_hook(connection.Handle!, null, null);
            Assert.Null(store.FindInOutbox("a"));
            Assert.Empty(_node.Broadcasts);
            Assert.Equal(0UL, (await manager.SubmitAsync(Intent("a"), CancellationToken.None)).Nonce);
        }

        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public void Open_WhileAnotherHasIt_IsRefusedUntilThatEnds()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("omargin-store-").FullName, "held.db");
        using (SolverStore.Open(file, 31337, Target))
        {
            StoreException error = Assert.Throws<StoreException>(() => SolverStore.Open(file, 31337, Target));
            Assert.StartsWith($"The store '{file}' is in use by another process", error.Message, StringComparison.Ordinal);
        }

        SolverStore.Open(file, 31337, Target).Dispose();
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public async Task Open_AnotherProcessMigratesMeanwhile_FindsItMigrated()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("omargin-store-").FullName, "old.db");
        SolverStore.Open(file, 31337, Target).Dispose();
        using (var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=False"))
        {
            other.Open();
            Execute(other, OutboxOfVersion4 + AttemptsOfVersion3(Foreign()) + "ALTER TABLE outbox DROP COLUMN most_fee; ALTER TABLE outbox DROP COLUMN private; ALTER TABLE attempts DROP COLUMN empty; UPDATE meta SET value = '1' WHERE key = 'version'");
            using SqliteDatabase database = SqliteDatabase.Open(":memory:");
            Execute(other, "BEGIN IMMEDIATE; " + StoreSchema.FromVersion1 + StoreSchema.FromVersion2Or3(database.Types));
            Task<SolverStore> opening = Task.Run(() => SolverStore.Open(file, 31337, Target));
            await Task.Delay(300);
            Assert.False(opening.IsCompleted);
            Execute(other, "COMMIT");
            using SolverStore store = await opening;
            Assert.Equal($"{StoreSchema.Version}", Read(other, "SELECT value FROM meta WHERE key = 'version'"));
            Assert.Empty(store.Waiting());
        }

        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Theory]
    [InlineData("UPDATE outbox SET target = x'00000000000000000000000000000000000000cc'")]
    [InlineData("UPDATE outbox SET data = x'01'")]
    [InlineData("UPDATE outbox SET gas_limit = gas_limit + 1")]
    [InlineData("UPDATE outbox SET nonce = nonce + 1")]
    [InlineData("UPDATE attempts SET tip = '2'")]
    [InlineData("UPDATE attempts SET seal = x''")]
    [InlineData("UPDATE attempts SET empty = 1")]
    public async Task RunOnce_RowIsNotAsTheKeyStoredIt_SignsNothing(string altered)
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("omargin-store-").FullName, "altered.db");
        using (SolverStore store = SolverStore.Open(file, 31337, Target))
        {
            using (TransactionManager first = Manager(store))
            {
                await first.SubmitAsync(Intent("a"), CancellationToken.None);
            }

            using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=False"))
            {
                connection.Open();
                Execute(connection, altered);
            }

            // Neither as it is nor with a higher fee.
            using TransactionManager second = Manager(store);
            foreach (int seconds in (int[])[0, _options.RaiseFeeAfterSeconds])
            {
                _time.Pass(seconds);
                StoreException error = await Assert.ThrowsAsync<StoreException>(() => second.RunOnceAsync(CancellationToken.None));
                Assert.Contains("was not stored so by the key", error.Message, StringComparison.Ordinal);
            }

            Assert.Single(_node.Broadcasts);
            Assert.Single(store.AttemptsOf("a"));
        }

        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public async Task TellOfOthers_KeyIsNotConfigured_NamesItsSender()
    {
        using SolverStore store = Store.TestStore.Open(31337, Target);
        using (TransactionManager manager = Manager(store))
        {
            await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        }

        var lines = new LogLines<TransactionManager>();
        using var managers = new TransactionManagers(_node, store, new SolverOptions(), Api.ApiWorld.Record(), _time, lines);
        managers.TellOfOthers([_key]);
        Assert.Empty(lines.Said);
        managers.TellOfOthers([]);
        Assert.Equal($"1 transactions of {_key.Address} wait in the store", Assert.Single(lines.Said).Split(',')[0]);
    }

    /// <summary>Makes of the outbox what it was before it told what is bounded by the day.</summary>
    private const string OutboxOfVersion4 = "DROP INDEX outbox_charged; ALTER TABLE outbox DROP COLUMN charged; ALTER TABLE outbox DROP COLUMN reward; ";

    /// <summary>Makes of the attempts what they were when they were kept with their signed bytes.</summary>
    private static string AttemptsOfVersion3(SignedTransaction signed) => $"""
        ALTER TABLE attempts RENAME TO attempts_4;
        CREATE TABLE attempts (
            hash BLOB PRIMARY KEY, intent TEXT NOT NULL REFERENCES outbox (intent), nonce INTEGER NOT NULL, raw BLOB NOT NULL, max_fee TEXT NOT NULL,
            tip TEXT NOT NULL, signed INTEGER NOT NULL, position INTEGER NOT NULL, empty INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX attempts_intent ON attempts (intent);
        INSERT INTO attempts SELECT x'{signed.Hash.ToString()[2..]}', intent, 0, x'{Convert.ToHexString(signed.Raw.Span)}', max_fee, tip, offered, position, empty FROM attempts_4;
        DROP TABLE attempts_4;

        """;

    private static void Execute(Microsoft.Data.Sqlite.SqliteConnection connection, string sql)
    {
        using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string? Read(Microsoft.Data.Sqlite.SqliteConnection connection, string sql)
    {
        using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as string;
    }

    private static TransactionIntent Intent(string key) => new(key, Target, System.Text.Encoding.UTF8.GetBytes(key));

    private SignedTransaction Foreign() => _key.Sign(new FeeMarketTransaction { ChainId = 31337, Nonce = 0, GasLimit = 21_000, To = Target, MaxFeePerGasWei = 9UL, MaxPriorityFeePerGasWei = 1UL });

    private TransactionManager Manager(SolverStore store) => new(_node, new SigningKey(_key, 31337), store, _options, _time, NullLogger<TransactionManager>.Instance);
}
