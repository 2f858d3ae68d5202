using Dapper;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Solver.Store;

public sealed partial class SolverStore
{
    private readonly List<ulong> _rollbacks = [];

    /// <summary>The last block that was taken in, or null when there is none.</summary>
    public StoredBlock? Head()
    {
        lock (_gate)
        {
            return Block("SELECT number, hash, parent, time FROM blocks ORDER BY number DESC LIMIT 1", null);
        }
    }

    /// <summary>The highest stored block at or below a number, or null when none is kept that far down.</summary>
    public StoredBlock? BlockAtOrBelow(ulong number)
    {
        lock (_gate)
        {
            return Block("SELECT number, hash, parent, time FROM blocks WHERE number <= @number ORDER BY number DESC LIMIT 1", new { number = checked((long)number) });
        }
    }

    /// <summary>Takes in blocks with their logs, all or nothing.</summary>
    public void Append(IReadOnlyCollection<StoredBlock> blocks, IReadOnlyCollection<LogEntry> logs)
    {
        lock (_gate)
        {
            Transact(() => Insert(blocks, logs));
        }
    }

    /// <summary>Forgets every block above a number and its logs: the chain took them back.</summary>
    public void RollBackTo(ulong number)
    {
        lock (_gate)
        {
            Transact(() => Delete(number));
            _rollbacks.Add(number);
        }
    }

    /// <summary>Takes in blocks with their logs in place of every block above a number and its logs, all or nothing: between the two there may be no block left, and older logs all the same.</summary>
    public void Replace(ulong number, IReadOnlyCollection<StoredBlock> blocks, IReadOnlyCollection<LogEntry> logs)
    {
        lock (_gate)
        {
            Transact(() =>
            {
                Delete(number);
                Insert(blocks, logs);
            });
            _rollbacks.Add(number);
        }
    }

    /// <summary>Forgets the whole index, for a chain that shares no kept block with it. The outbox and the signed epochs stay.</summary>
    public void ForgetIndex()
    {
        lock (_gate)
        {
            Transact(_database.EmptyIndex);
            _rollbacks.Add(0);
        }
    }

    /// <summary>How often blocks were forgotten since the store was opened, and the lowest block that was left by those times after the first so many: whoever reads on from a block goes back to that one, since what he read above it counts no more, or was not all.</summary>
    /// <param name="seen">How many of them were seen to.</param>
    public (int Count, ulong Lowest) Rollbacks(int seen)
    {
        lock (_gate)
        {
            return (_rollbacks.Count, _rollbacks.Skip(seen).DefaultIfEmpty(ulong.MaxValue).Min());
        }
    }

    /// <summary>Forgets the headers, not the logs, of blocks deeper than any reorganisation that is followed; the head stays.</summary>
    public void PruneHeadersBelow(ulong number)
    {
        lock (_gate)
        {
            Connection.Execute("DELETE FROM blocks WHERE number < @number AND number < (SELECT max(number) FROM blocks)", new { number = checked((long)number) });
        }
    }

    private void Insert(IReadOnlyCollection<StoredBlock> blocks, IReadOnlyCollection<LogEntry> logs)
    {
        Connection.Execute(
            "INSERT INTO blocks (number, hash, parent, time) VALUES (@number, @hash, @parent, @time)",
            blocks.Select(static block => new
            {
                number = checked((long)block.Number),
                hash = block.Hash.ToArray(),
                parent = block.ParentHash.ToArray(),
                time = checked((long)block.TimeSeconds),
            }));
        _database.Insert(logs);
    }

    private void Delete(ulong above) =>
        Connection.Execute("DELETE FROM logs WHERE block > @above; DELETE FROM blocks WHERE number > @above; DELETE FROM snapshots WHERE block > @above;", new { above = checked((long)above) });

    private StoredBlock? Block(string sql, object? parameters)
    {
        BlockRow? row = Connection.QueryFirstOrDefault<BlockRow>(sql, parameters);
        return row is null ? null : new StoredBlock((ulong)row.Number, new Hash32(row.Hash), new Hash32(row.Parent), (ulong)row.Time);
    }

    private sealed class BlockRow
    {
        public long Number { get; init; }

        public byte[] Hash { get; init; } = [];

        public byte[] Parent { get; init; } = [];

        public long Time { get; init; }
    }
}
