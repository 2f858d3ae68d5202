using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Tests.Store;

/// <summary>The store on a PostgreSQL server: one process leads, and whoever was cut off writes nothing any more.</summary>
public sealed class PostgresStoreTests
{
    private static readonly Address Target = Address.Parse("0x00000000000000000000000000000000000000bb");
    private static readonly Address Other = Address.Parse("0x00000000000000000000000000000000000000cc");

    [PostgresFact]
    public async Task Lead_AnotherLeads_WaitsThenFindsWhatItLeft()
    {
        string server = PostgresServer.Shared.NewSchema();
        SolverStore first = await TestStore.LeadAsync(server, 1, Target);
        first.Append([new StoredBlock(7, Word(7), Word(6), 70)], [Log(7, 0), Log(7, 1)]);
        Assert.True(first.TryAddToOutbox(Entry("start 4", 9), Attempt("start 4")));

        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<SolverStore> waiting = TestStore.LeadAsync(server, 1, Target, told.SetResult);
        Assert.Contains($"process {Environment.ProcessId}", await told.Task.WaitAsync(TimeSpan.FromSeconds(30)), StringComparison.Ordinal);
        await Task.Delay(1500);
        Assert.False(waiting.IsCompleted);

        first.Dispose();
        using SolverStore second = await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(7UL, second.Head()!.Number);
        Assert.Equal([0U, 1U], second.LogsFrom(0).Select(static log => log.LogIndex));
        Assert.Equal(new Hash32[] { Word(1), Word(2) }, second.LogsFrom(7).First().Topics);
        Assert.Equal((10UL, 9UL), (second.NonceAfterOutbox(Target), Assert.Single(second.UnsettledOf(Target)).Nonce));
        Assert.Equal([1, 2, 3], Assert.Single(second.AttemptsOf("start 4")).Seal);
    }

    [PostgresFact]
    public async Task Write_CutOffFromTheServer_FailsAndAnotherLeads()
    {
        string server = PostgresServer.Shared.NewSchema();
        using SolverStore former = await TestStore.LeadAsync($"{server};Application Name=ignored", 1, Target);
        Assert.True(former.TryAddToOutbox(Entry("a", 0), Attempt("a")));
        int process = ((NpgsqlConnection)former.Connection).ProcessID;
        PostgresServer.Shared.Execute($"SELECT pg_terminate_backend({process})");

        Assert.ThrowsAny<DbException>(() => former.TryAddToOutbox(Entry("b", 1), Attempt("b")));
        using SolverStore leader = await TestStore.LeadAsync(server, 1, Target).WaitAsync(TimeSpan.FromSeconds(30));
        StoreException error = Assert.Throws<StoreException>(() => former.SetOutboxState("a", OutboxState.Displaced, 1, ""));
        Assert.Contains("was lost", error.Message, StringComparison.Ordinal);
        Assert.Throws<StoreException>(former.RequireConnected);
        Assert.Throws<StoreException>(() => former.FindInOutbox("a"));
        Assert.Throws<StoreException>(() => former.LogsFrom(0).ToArray());
        Assert.Equal((OutboxState.Live, null), (leader.FindInOutbox("a")!.State, leader.FindInOutbox("b")));
        leader.RequireConnected();
    }

    [PostgresFact]
    public async Task Write_CutOffWithinATransaction_LeavesNothingOfIt()
    {
        string server = PostgresServer.Shared.NewSchema();
        using SolverStore former = await TestStore.LeadAsync(server, 1, Target);
        int process = ((NpgsqlConnection)former.Connection).ProcessID;

        // Of two intents the second is signed when the connection is gone already.
        IEnumerable<LogEntry> Logs()
        {
            yield return Log(1, 0);
            PostgresServer.Shared.Execute($"SELECT pg_terminate_backend({process})");
            yield return Log(1, 1);
        }

        Assert.ThrowsAny<Exception>(() => former.Append([new StoredBlock(1, Word(1), Word(0), 1)], new Streamed(Logs())));
        using SolverStore leader = await TestStore.LeadAsync(server, 1, Target).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Null(leader.Head());
        Assert.Empty(leader.LogsFrom(0));
    }

    /// <summary>No time limit of the server's ends a session that waits for its client in the midst of a command, and the system of a process that is stopped answers for it.</summary>
    [PostgresFact]
    public async Task Lead_LeaderHangsWhileItCopiesRows_IsEnded()
    {
        string server = PostgresServer.Shared.NewSchema();
        using SolverStore former = await TestStore.LeadAsync(server, 1, Target);
        using NpgsqlBinaryImporter rows = ((NpgsqlConnection)former.Connection).BeginBinaryImport("COPY logs (block) FROM STDIN (FORMAT BINARY)");
        using (SolverStore leader = await TestStore.LeadAsync(server, 1, Target).WaitAsync(TimeSpan.FromMinutes(2)))
        {
            leader.RequireConnected();
        }

        Assert.ThrowsAny<Exception>(() => rows.Complete());
    }

    [PostgresFact]
    public async Task Lead_SchemasAndDeploymentsOfOneServer_HaveLeadersOfTheirOwn()
    {
        string server = PostgresServer.Shared.NewSchema();
        using SolverStore one = await TestStore.LeadAsync(server, 1, Target);
        using SolverStore two = await TestStore.LeadAsync(PostgresServer.Shared.NewSchema(), 1, Target).WaitAsync(TimeSpan.FromSeconds(30));
        StoreException error = await Assert.ThrowsAsync<StoreException>(() => TestStore.LeadAsync(server, 1, Other));
        Assert.Contains("is an index of another deployment", error.Message, StringComparison.Ordinal);
        Assert.Contains("name another database", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<StoreException>(() => TestStore.LeadAsync($"{server}_absent", 1, Target));
        Assert.Contains("has no schema", error.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Lead_ServerIsAway_SaysSoAtOnceAndIsWaitedForAfterItWasThere()
    {
        StoreException error = await Assert.ThrowsAsync<StoreException>(() => TestStore.LeadAsync("Host=127.0.0.1;Port=1;Database=omargin", 1, Target));
        Assert.Contains("127.0.0.1:1/omargin", error.Message, StringComparison.Ordinal);
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(6));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SolverStore.LeadAsync("Host=127.0.0.1;Port=1;Database=omargin", 1, Target, hasLed: true, static _ => Task.CompletedTask, TimeProvider.System, soon.Token));
    }

    [PostgresFact]
    public async Task Lead_ServerCannotBeUsed_SaysWhatToCheck()
    {
        var there = new NpgsqlConnectionStringBuilder(PostgresServer.Shared.NewSchema());
        PostgresServer.Shared.Execute($"CREATE ROLE guest LOGIN; GRANT USAGE ON SCHEMA {there.SearchPath} TO guest");
        foreach ((string server, string[] words) in new (string, string[])[]
        {
            ("Host=127.0.0.1;Port=1;Database=omargin", ["'127.0.0.1:1/omargin'", "nothing listens at 127.0.0.1, port 1", "start the server"]),
            ("Host=127.0.0.1,127.0.0.2;Port=1;Database=omargin", ["nothing listens at"]),
            ("Host=nowhere.invalid;Database=omargin", ["no name server knows", "correct Host (nowhere.invalid)"]),
            ($"{there};Database=absent", ["/absent'", "does not exist on that server", "createdb absent"]),
            ($"{there};Username=nobody", ["does not let user 'nobody' in", "Username"]),
            ($"{there};Username=guest", ["user 'guest'", "grant"]),
            ($"{there};SSL Mode=Require", ["TLS", "SSL Mode"]),
        })
        {
            string said = (await Assert.ThrowsAsync<StoreException>(() => TestStore.LeadAsync(server, 1, Target))).Message;
            Assert.All(words, word => Assert.Contains(word, said, StringComparison.Ordinal));
            Assert.EndsWith(".", said, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Lead_NobodyAnswers_SaysSo()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        StoreException error = await Assert.ThrowsAsync<StoreException>(() => TestStore.LeadAsync($"Host=127.0.0.1;Port={((IPEndPoint)silent.LocalEndpoint).Port};Database=omargin;Timeout=1", 1, Target));
        Assert.Contains("does not answer at 127.0.0.1", error.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task SetOutboxState_ReasonHoldsAZero_IsKept()
    {
        using SolverStore store = await TestStore.LeadAsync(PostgresServer.Shared.NewSchema(), 1, Target);
        Assert.True(store.TryAddToOutbox(Entry("a", 0), Attempt("a")));
        store.SetOutboxState("a", OutboxState.Reverted, 3, "no\0thing");
        Assert.Equal("no\uFFFDthing", store.FindInOutbox("a")!.Reason);
    }

    /// <summary>Row by row the logs of a year would take longer than a command may.</summary>
    [PostgresFact]
    public async Task ForgetIndex_OfMuch_DeletesNoRowByItself()
    {
        using SolverStore store = await TestStore.LeadAsync(PostgresServer.Shared.NewSchema(), 1, Target);
        store.Append([new StoredBlock(7, Word(7), Word(6), 70)], [Log(7, 0), Log(7, 1)]);
        Assert.True(store.TryAddToOutbox(Entry("a", 0), Attempt("a")));
        using (DbCommand command = store.Connection.CreateCommand())
        {
            command.CommandText = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''a row is deleted''; END'; CREATE TRIGGER kept BEFORE DELETE ON logs FOR EACH ROW EXECUTE FUNCTION refuse()";
            await command.ExecuteNonQueryAsync();
        }

        store.ForgetIndex();
        Assert.Equal((null, 0), (store.Head(), store.LogsFrom(0).Count()));
        Assert.NotNull(store.FindInOutbox("a"));
    }

    [PostgresFact]
    public async Task Report_ReadsBesideTheLeader()
    {
        string server = PostgresServer.Shared.NewSchema();
        using SolverStore store = await TestStore.LeadAsync(server, 31337, Target);
        store.Append([new StoredBlock(12, Word(1), Word(0), 1)], []);
        Assert.True(store.TryAddToOutbox(Entry("a", 0), Attempt("a")));
        Assert.Equal(new StoreReport(31337, Target, 12, 1, 0), StoreReport.ReadServer(server));
        Assert.Contains("name the database", Assert.Throws<StoreException>(() => StoreReport.ReadServer(PostgresServer.Shared.NewSchema())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=db;Database=omargin;Password=secret", "PGPASSWORD")]
    [InlineData("Host=db", "lacks the host or the database")]
    [InlineData("Database=omargin", "lacks the host or the database")]
    [InlineData("db/omargin", "cannot be read")]
    public void Validate_ServerThatCannotBeUsed_SaysWhy(string server, string words)
    {
        SolverOptionsException error = Assert.Throws<SolverOptionsException>(() => new SolverOptions { StoreServer = server }.Validate());
        Assert.Contains("Option storeServer", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    private static Hash32 Word(byte number) => new([.. new byte[31], number]);

    private static LogEntry Log(ulong block, uint index) => new()
    {
        Address = Target,
        Topics = [Word(1), Word(2)],
        Data = index == 0 ? [] : [1, 2],
        BlockNumber = block,
        BlockHash = Word(7),
        BlockTimestampSeconds = 70,
        TransactionHash = Word(9),
        LogIndex = index,
    };

    private static OutboxEntry Entry(string intent, ulong nonce) => new() { Intent = intent, Sender = Target, Target = Other, Data = [], GasLimit = 1, Nonce = nonce, CreatedSeconds = 1 };

    private static OutboxAttempt Attempt(string intent) => new(intent, 5UL, 1UL, 1, [1, 2, 3]);

    /// <summary>Logs that come one by one.</summary>
    private sealed class Streamed(IEnumerable<LogEntry> logs) : IReadOnlyCollection<LogEntry>
    {
        public int Count => 2;

        public IEnumerator<LogEntry> GetEnumerator() => logs.GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
