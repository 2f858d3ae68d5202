using System.Data.Common;
using System.Globalization;
using Dapper;
using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Store;

public sealed partial class SolverStore
{
    private const string OutboxColumns =
        "intent, sender, target, data, gas_limit AS GasLimit, nonce, state, block, reason, created, most_fee AS MostFee, private AS Private, charged AS Charged, reward AS Reward";

    /// <summary>Stores a new intent together with its first form, before anything is broadcast. False, and nothing stored, when the intent is already there.</summary>
    public bool TryAddToOutbox(OutboxEntry entry, OutboxAttempt attempt) => TryAddToOutbox([(entry, attempt)]);

    /// <summary>Stores new intents together with their first forms, all or nothing.</summary>
    /// <exception cref="StoreException">Thrown, and nothing stored, when one of them is there already.</exception>
    public void AddAllToOutbox(IReadOnlyCollection<(OutboxEntry Entry, OutboxAttempt Attempt)> intents)
    {
        if (!TryAddToOutbox(intents))
        {
            string known = intents.Select(static one => one.Entry.Intent).FirstOrDefault(intent => FindInOutbox(intent) is not null) ?? "given twice";
            throw new StoreException($"The intent '{known}' is in the outbox of '{Name}' already; submit each intent once.");
        }
    }

    /// <summary>Stores a further form of an intent, before it is broadcast.</summary>
    public void AddAttempt(OutboxAttempt attempt)
    {
        lock (_gate)
        {
            Transact(() => AddAttempts([attempt]));
        }
    }

    /// <summary>Puts a displaced intent live again together with a further form, all or nothing: none of its forms before is broadcast.</summary>
    public void PutLive(OutboxAttempt attempt)
    {
        lock (_gate)
        {
            Transact(() =>
            {
                AddAttempts([attempt]);
                SetOutboxState(attempt.Intent, OutboxState.Live, 0, "its nonce was free again after a reorganisation, and was given back");
            });
        }
    }

    /// <summary>The newest of a sender's displaced entries of a nonce; null where there is none.</summary>
    public OutboxEntry? DisplacedAt(Address sender, ulong nonce)
    {
        lock (_gate)
        {
            return Connection.QueryFirstOrDefault<OutboxRow>(
                $"SELECT {OutboxColumns} FROM outbox WHERE sender = @sender AND nonce = @nonce AND state = 5 ORDER BY created DESC LIMIT 1",
                new { sender = sender.ToArray(), nonce = checked((long)nonce) })?.ToEntry();
        }
    }

    /// <summary>The entry of an intent, or null when there is none.</summary>
    public OutboxEntry? FindInOutbox(string intent)
    {
        lock (_gate)
        {
            _ = Connection;
            _find.Parameters[0].Value = intent;
            using DbDataReader row = _find.ExecuteReader();
            return row.Read() ? row.GetRowParser<OutboxRow>()(row).ToEntry() : null;
        }
    }

    /// <summary>The entries of a sender that are not settled for good, by nonce.</summary>
    public IReadOnlyList<OutboxEntry> UnsettledOf(Address sender)
    {
        lock (_gate)
        {
            return [.. Connection
                .Query<OutboxRow>($"SELECT {OutboxColumns} FROM outbox WHERE sender = @sender AND state IN (0, 1, 2) ORDER BY nonce", new { sender = sender.ToArray() })
                .Select(static row => row.ToEntry())];
        }
    }

    /// <summary>The entries of a sender whose nonces were given back after a block: a reorganisation may put what was given back in the place of the empty transaction.</summary>
    /// <param name="sender">The sender.</param>
    /// <param name="block">The block.</param>
    /// <param name="nonce">A nonce before all that were used since then: only from it on is looked.</param>
    public IReadOnlyList<OutboxEntry> WithdrawnSince(Address sender, ulong block, ulong nonce)
    {
        // Why the states are told twice: as in TakeBack.
        lock (_gate)
        {
            return [.. Connection
                .Query<OutboxRow>(
                    $"SELECT {OutboxColumns} FROM outbox WHERE sender = @sender AND nonce >= @nonce AND state <> 5 AND state = 6 AND block > @block ORDER BY nonce",
                    new { sender = sender.ToArray(), nonce = checked((long)nonce), block = checked((long)block) })
                .Select(static row => row.ToEntry())];
        }
    }

    /// <summary>Who has transactions that are in no block, and how many.</summary>
    public IReadOnlyList<(Address Sender, int Count)> Waiting()
    {
        lock (_gate)
        {
            return [.. Connection
                .Query<(byte[] Sender, long Count)>("SELECT sender, count(*) FROM outbox WHERE state = 0 GROUP BY sender")
                .Select(static row => (new Address(row.Sender), (int)row.Count))];
        }
    }

    /// <summary>The first or the last entry from a nonce on that is written down as mined; null where there is none.</summary>
    public OutboxEntry? MinedFrom(Address sender, ulong nonce, bool isLast)
    {
        // Why the states are told twice: as in TakeBack.
        lock (_gate)
        {
            return Connection.QueryFirstOrDefault<OutboxRow>(
                $"SELECT {OutboxColumns} FROM outbox WHERE sender = @sender AND nonce >= @nonce AND state <> 5 AND state IN (1, 2, 3, 4, 6) ORDER BY nonce {(isLast ? "DESC" : "")} LIMIT 1",
                new { sender = sender.ToArray(), nonce = checked((long)nonce) })?.ToEntry();
        }
    }

    /// <summary>Puts the entries live again that are written down as mined although the chain has used fewer nonces: a reorganisation took them back, however deep they were.</summary>
    /// <returns>What was put live, by nonce.</returns>
    public IReadOnlyList<(string Intent, ulong Nonce)> TakeBack(Address sender, ulong minedNonce)
    {
        // Why the states are told twice: the index of nonces is one of those that are not 5, and is used only where the question says so itself. Without it each round would read all that was ever sent.
        lock (_gate)
        {
            return [.. Connection
                .Query<(string Intent, long Nonce)>(
                    "UPDATE outbox SET state = 0, block = 0, reason = '' WHERE sender = @sender AND nonce >= @nonce AND state <> 5 AND state IN (1, 2, 3, 4, 6) RETURNING intent, nonce",
                    new { sender = sender.ToArray(), nonce = checked((long)minedNonce) })
                .Select(static row => (row.Intent, (ulong)row.Nonce))
                .OrderBy(static row => row.Item2)];
        }
    }

    /// <summary>The newest entries, for people to look at.</summary>
    public IReadOnlyList<OutboxEntry> NewestInOutbox(int count)
    {
        lock (_gate)
        {
            return [.. Connection
                .Query<OutboxRow>($"SELECT {OutboxColumns} FROM outbox ORDER BY created DESC, nonce DESC LIMIT @count", new { count })
                .Select(static row => row.ToEntry())];
        }
    }

    /// <summary>The forms of an intent, oldest first.</summary>
    public IReadOnlyList<OutboxAttempt> AttemptsOf(string intent)
    {
        lock (_gate)
        {
            return [.. Connection
                .Query<AttemptRow>(
                    "SELECT intent, max_fee AS MaxFee, tip, offered, seal, empty FROM attempts WHERE intent = @intent ORDER BY position",
                    new { intent })
                .Select(static row => row.ToAttempt())];
        }
    }

    /// <summary>The nonce after the highest that the outbox holds and that was not displaced; 0 when it holds none.</summary>
    public ulong NonceAfterOutbox(Address sender)
    {
        lock (_gate)
        {
            long? highest = Connection.ExecuteScalar<long?>("SELECT max(nonce) FROM outbox WHERE sender = @sender AND state <> 5", new { sender = sender.ToArray() });
            return highest is { } nonce ? (ulong)nonce + 1 : 0;
        }
    }

    /// <summary>How many transactions of a sender a node was last believed to count, and when that was noted; zeros before it ever was.</summary>
    public (ulong Count, long TimeSeconds) NotedCount(Address sender)
    {
        lock (_gate)
        {
            return Meta(CountKey(sender))?.Split(' ') is [var count, var seconds]
                ? (ulong.Parse(count, CultureInfo.InvariantCulture), long.Parse(seconds, CultureInfo.InvariantCulture))
                : default;
        }
    }

    /// <summary>Notes how many transactions of a sender a node is believed to count.</summary>
    public void NoteCount(Address sender, ulong count, long timeSeconds)
    {
        lock (_gate)
        {
            Connection.Execute(
                "INSERT INTO meta (key, value) VALUES (@key, @value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                new { key = CountKey(sender), value = string.Create(CultureInfo.InvariantCulture, $"{count} {timeSeconds}") });
        }
    }

    private static string CountKey(Address sender) => $"count {sender}";

    /// <summary>The intents of a sender that were reverted on chain, of those stored since a second, and when they were stored.</summary>
    public IReadOnlyList<(string Intent, long CreatedSeconds)> RevertedSince(Address sender, long seconds)
    {
        lock (_gate)
        {
            return [.. Connection.Query<(string, long)>("SELECT intent, created FROM outbox WHERE state IN (2, 4) AND sender = @sender AND created >= @seconds", new { sender = sender.ToArray(), seconds })];
        }
    }

    /// <summary>What a sender's intents cost, money E8, that were stored from one second to another and are bounded by the day: what was reverted brought no reward, and what was given back or displaced cost nothing to speak of.</summary>
    public Int128 ChargedBetween(Address sender, long seconds, long lastSeconds)
    {
        lock (_gate)
        {
            return Connection
                .Query<(long State, long Charged, long Reward)>(
                    "SELECT state, charged, reward FROM outbox WHERE charged > 0 AND sender = @sender AND created >= @seconds AND created <= @lastSeconds AND state < 5",
                    new { sender = sender.ToArray(), seconds, lastSeconds },
                    buffered: false)
                .Aggregate((Int128)0, static (sum, row) => sum + new DayCharge(row.Charged, (OutboxState)row.State is OutboxState.Reverted or OutboxState.FinalReverted ? 0 : row.Reward).CostE8);
        }
    }

    /// <summary>The intents of a sender that were stored from one second to another and are bounded by the day, but for those that were given back or displaced.</summary>
    public IReadOnlyList<string> BoundedBetween(Address sender, long seconds, long lastSeconds)
    {
        lock (_gate)
        {
            return [.. Connection.Query<string>(
                "SELECT intent FROM outbox WHERE charged > 0 AND sender = @sender AND created >= @seconds AND created <= @lastSeconds AND state < 5",
                new { sender = sender.ToArray(), seconds, lastSeconds })];
        }
    }

    /// <summary>Writes down how far an intent has come. A contract chooses its reason, and a server takes no text with a zero in it.</summary>
    public void SetOutboxState(string intent, OutboxState state, ulong blockNumber, string reason)
    {
        lock (_gate)
        {
            Connection.Execute(
                "UPDATE outbox SET state = @state, block = @block, reason = @reason WHERE intent = @intent",
                new { intent, state = (long)state, block = checked((long)blockNumber), reason = reason.Replace('\0', '\uFFFD') });
        }
    }

    /// <summary>Empties the calldata of the oldest intents that are settled for good and were stored before a second: what they were, their nonces and their seals stay, and it is calldata that fills a disk.</summary>
    /// <param name="seconds">The second.</param>
    /// <param name="block">The last block whose transactions nothing is asked about any more.</param>
    /// <param name="most">How many at most, so that nobody waits for long.</param>
    /// <returns>How many there were.</returns>
    public int EmptySettled(long seconds, ulong block, int most)
    {
        lock (_gate)
        {
            return Connection.Execute(
                "UPDATE outbox SET data = @none WHERE intent IN (SELECT intent FROM outbox WHERE state IN (3, 4, 6) AND length(data) > 0 AND created < @seconds AND block <= @block ORDER BY created LIMIT @most)",
                new { none = Array.Empty<byte>(), seconds, block = checked((long)block), most });
        }
    }

    /// <summary>Writes down that an intent that waits is worth more than it was stored with.</summary>
    /// <returns>Whether it waits, has a worth, and that is more.</returns>
    public bool RaiseMostFee(string intent, UInt256 mostFeePerGasWei)
    {
        lock (_gate)
        {
            return FindInOutbox(intent) is { State: OutboxState.Live, MostFeePerGasWei: { } known } && mostFeePerGasWei > known
                && Connection.Execute("UPDATE outbox SET most_fee = @most WHERE intent = @intent AND state = 0", new { intent, most = mostFeePerGasWei.ToString() }) > 0;
        }
    }

    private bool TryAddToOutbox(IReadOnlyCollection<(OutboxEntry Entry, OutboxAttempt Attempt)> intents)
    {
        lock (_gate)
        {
            return Transact(() =>
            {
                int added = _database.Execute(
                    "INSERT INTO outbox (intent, sender, target, data, gas_limit, nonce, state, block, reason, created, most_fee, private, charged, reward) "
                    + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (intent) DO NOTHING",
                    intents.Select(static one => new object[]
                    {
                        one.Entry.Intent,
                        one.Entry.Sender.ToArray(),
                        one.Entry.Target.ToArray(),
                        one.Entry.Data,
                        checked((long)one.Entry.GasLimit),
                        checked((long)one.Entry.Nonce),
                        (long)one.Entry.State,
                        checked((long)one.Entry.BlockNumber),
                        one.Entry.Reason,
                        one.Entry.CreatedSeconds,
                        one.Entry.MostFeePerGasWei?.ToString() ?? "",
                        one.Entry.IsPrivate ? 1L : 0L,
                        one.Entry.Charge.GasE8,
                        one.Entry.Charge.RewardE8,
                    }));
                if (added < intents.Count)
                {
                    return false;
                }

                AddAttempts(intents.Select(static one => one.Attempt));
                return true;
            });
        }
    }

    private void AddAttempts(IEnumerable<OutboxAttempt> attempts) =>
        _database.Execute(
            "INSERT INTO attempts (intent, position, max_fee, tip, offered, seal, empty) VALUES ($1, (SELECT count(*) FROM attempts WHERE intent = $1), $2, $3, $4, $5, $6)",
            attempts.Select(static attempt => new object[]
            {
                attempt.Intent,
                attempt.MaxFeePerGasWei.ToString(),
                attempt.TipPerGasWei.ToString(),
                attempt.OfferedSeconds,
                attempt.Seal,
                attempt.IsEmpty ? 1L : 0L,
            }));

    private sealed class OutboxRow
    {
        public string Intent { get; init; } = "";

        public byte[] Sender { get; init; } = [];

        public byte[] Target { get; init; } = [];

        public byte[] Data { get; init; } = [];

        public long GasLimit { get; init; }

        public long Nonce { get; init; }

        public long State { get; init; }

        public long Block { get; init; }

        public string Reason { get; init; } = "";

        public long Created { get; init; }

        public string MostFee { get; init; } = "";

        public long Private { get; init; }

        public long Charged { get; init; }

        public long Reward { get; init; }

        public OutboxEntry ToEntry() => new()
        {
            Intent = Intent,
            Sender = new Address(Sender),
            Target = new Address(Target),
            Data = Data,
            GasLimit = (ulong)GasLimit,
            Nonce = (ulong)Nonce,
            State = (OutboxState)State,
            BlockNumber = (ulong)Block,
            Reason = Reason,
            CreatedSeconds = Created,
            MostFeePerGasWei = MostFee.Length == 0 ? null : UInt256.Parse(MostFee),
            IsPrivate = Private != 0,
            Charge = new DayCharge(Charged, Reward),
        };
    }

    private sealed class AttemptRow
    {
        public string Intent { get; init; } = "";

        public string MaxFee { get; init; } = "";

        public string Tip { get; init; } = "";

        public long Offered { get; init; }

        public byte[] Seal { get; init; } = [];

        public long Empty { get; init; }

        public OutboxAttempt ToAttempt() =>
            new(Intent, UInt256.Parse(MaxFee), UInt256.Parse(Tip), Offered, Seal) { IsEmpty = Empty != 0 };
    }
}
