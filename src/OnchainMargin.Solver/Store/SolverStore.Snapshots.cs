using Dapper;
using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Store;

/// <content>Snapshots of the book. One counts when all its parts are there and its row in <c>snapshots</c>; parts without are left of one that was not finished, or of an earlier one.</content>
public sealed partial class SolverStore
{
    /// <summary>The snapshot that counts, or null when there is none.</summary>
    internal StoredSnapshot? FindSnapshot()
    {
        lock (_gate)
        {
            (long block, string? format, long parts, long logs) = Connection.QueryFirstOrDefault<(long, string?, long, long)>(
                "SELECT block, format, parts, (SELECT count(*) FROM logs WHERE logs.block = snapshots.block AND logs.block_hash = snapshots.hash) FROM snapshots");
            return format is null ? null : new StoredSnapshot((ulong)block, format, (int)parts, logs > 0);
        }
    }

    /// <summary>The parts of a snapshot, each read when it is asked for.</summary>
    /// <exception cref="StoreException">Thrown when one is missing.</exception>
    internal IEnumerable<byte[]> SnapshotParts(StoredSnapshot snapshot)
    {
        for (int place = 0; place < snapshot.Parts; place++)
        {
            yield return SnapshotPart(snapshot.Block, place) ?? throw new StoreException("a part of it is missing");
        }
    }

    /// <summary>Stores a part of a snapshot that does not count yet.</summary>
    internal void AddSnapshotPart(ulong block, int place, byte[] part)
    {
        lock (_gate)
        {
            Connection.Execute("INSERT INTO snapshot_parts (block, position, bytes) VALUES (@block, @position, @part)", new { block = checked((long)block), position = (long)place, part });
        }
    }

    /// <summary>Makes the snapshot of a block the one that counts; false, and nothing done, when the stored chain has no such block any more or a part is missing.</summary>
    internal bool TrySetSnapshot(ulong block, Hash32 hash, string format, int parts)
    {
        lock (_gate)
        {
            return Transact(() =>
            {
                Connection.Execute("DELETE FROM snapshots");
                return Connection.Execute(
                    "INSERT INTO snapshots (block, hash, format, parts) SELECT @block, @hash, @format, @parts "
                    + "WHERE EXISTS (SELECT 1 FROM logs WHERE block = @block AND block_hash = @hash) AND (SELECT count(*) FROM snapshot_parts WHERE block = @block) = @parts",
                    new { block = checked((long)block), hash = hash.ToArray(), format, parts = (long)parts }) == 1;
            });
        }
    }

    /// <summary>Lets no snapshot count.</summary>
    internal void DropSnapshot()
    {
        lock (_gate)
        {
            Connection.Execute("DELETE FROM snapshots");
        }
    }

    /// <summary>Deletes some of the parts that belong to no snapshot that counts; false when there are none.</summary>
    internal bool PruneSnapshotParts(int most)
    {
        lock (_gate)
        {
            return Connection.Execute(
                "DELETE FROM snapshot_parts WHERE (block, position) IN (SELECT block, position FROM snapshot_parts WHERE block NOT IN (SELECT block FROM snapshots) LIMIT @most)", new { most = (long)most }) > 0;
        }
    }

    private byte[]? SnapshotPart(ulong block, int place)
    {
        lock (_gate)
        {
            return Connection.ExecuteScalar<byte[]?>("SELECT bytes FROM snapshot_parts WHERE block = @block AND position = @position", new { block = checked((long)block), position = (long)place });
        }
    }
}
