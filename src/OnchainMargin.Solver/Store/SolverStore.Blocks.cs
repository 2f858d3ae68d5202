using Dapper;
using Microsoft.Data.Sqlite;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Solver.Store;

public sealed partial class SolverStore
{
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
            using SqliteTransaction transaction = _connection.BeginTransaction();
            _connection.Execute(
                "INSERT INTO blocks (number, hash, parent, time) VALUES (@number, @hash, @parent, @time)",
                blocks.Select(static block => new
                {
                    number = checked((long)block.Number),
                    hash = block.Hash.ToArray(),
                    parent = block.ParentHash.ToArray(),
                    time = checked((long)block.TimeSeconds),
                }),
                transaction);
            _connection.Execute(
                "INSERT INTO logs (block, position, block_hash, time, address, topics, data, tx_hash, tx_position) "
                + "VALUES (@block, @position, @blockHash, @time, @address, @topics, @data, @txHash, @txPosition)",
                logs.Select(static log => new
                {
                    block = checked((long)log.BlockNumber),
                    position = (long)log.LogIndex,
                    blockHash = log.BlockHash.ToArray(),
                    time = checked((long)log.BlockTimestampSeconds),
                    address = log.Address.ToArray(),
                    topics = log.Topics.SelectMany(static topic => topic.ToArray()).ToArray(),
                    data = log.Data,
                    txHash = log.TransactionHash.ToArray(),
                    txPosition = (long)log.TransactionIndex,
                }),
                transaction);
            transaction.Commit();
        }
    }

    /// <summary>Forgets every block above a number and its logs: the chain took them back.</summary>
    public void RollBackTo(ulong number)
    {
        lock (_gate)
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            var above = new { number = checked((long)number) };
            _connection.Execute("DELETE FROM logs WHERE block > @number", above, transaction);
            _connection.Execute("DELETE FROM blocks WHERE number > @number", above, transaction);
            transaction.Commit();
        }
    }

    /// <summary>Forgets the whole index, for a chain that shares no kept block with it. The outbox and the signed epochs stay.</summary>
    public void ForgetIndex()
    {
        lock (_gate)
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            _connection.Execute("DELETE FROM logs; DELETE FROM blocks;", transaction: transaction);
            transaction.Commit();
        }
    }

    /// <summary>Forgets the headers, not the logs, of blocks deeper than any reorganisation that is followed; the head stays.</summary>
    public void PruneHeadersBelow(ulong number)
    {
        lock (_gate)
        {
            _connection.Execute("DELETE FROM blocks WHERE number < @number AND number < (SELECT max(number) FROM blocks)", new { number = checked((long)number) });
        }
    }

    /// <summary>The logs from a block on, in chain order.</summary>
    public IReadOnlyList<LogEntry> LogsFrom(ulong number)
    {
        lock (_gate)
        {
            return [.. _connection
                .Query<LogRow>(
                    "SELECT block, position, block_hash AS BlockHash, time, address, topics, data, tx_hash AS TxHash, tx_position AS TxPosition "
                    + "FROM logs WHERE block >= @number ORDER BY block, position",
                    new { number = checked((long)number) })
                .Select(static row => row.ToLog())];
        }
    }

    private StoredBlock? Block(string sql, object? parameters)
    {
        BlockRow? row = _connection.QueryFirstOrDefault<BlockRow>(sql, parameters);
        return row is null ? null : new StoredBlock((ulong)row.Number, new Hash32(row.Hash), new Hash32(row.Parent), (ulong)row.Time);
    }

    private sealed class BlockRow
    {
        public long Number { get; init; }

        public byte[] Hash { get; init; } = [];

        public byte[] Parent { get; init; } = [];

        public long Time { get; init; }
    }

    private sealed class LogRow
    {
        public long Block { get; init; }

        public long Position { get; init; }

        public byte[] BlockHash { get; init; } = [];

        public long Time { get; init; }

        public byte[] Address { get; init; } = [];

        public byte[] Topics { get; init; } = [];

        public byte[] Data { get; init; } = [];

        public byte[] TxHash { get; init; } = [];

        public long TxPosition { get; init; }

        public LogEntry ToLog()
        {
            var topics = new Hash32[Topics.Length / Hash32.Size];
            for (int i = 0; i < topics.Length; i++)
            {
                topics[i] = new Hash32(Topics.AsSpan(i * Hash32.Size, Hash32.Size));
            }

            return new LogEntry
            {
                Address = new Address(Address),
                Topics = topics,
                Data = Data,
                BlockNumber = (ulong)Block,
                BlockHash = new Hash32(BlockHash),
                BlockTimestampSeconds = (ulong)Time,
                TransactionHash = new Hash32(TxHash),
                TransactionIndex = (uint)TxPosition,
                LogIndex = (uint)Position,
            };
        }
    }
}
