using System.Data.Common;
using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Solver.Store;

/// <summary>The database under a store: one connection, and what differs between the two that there are. All else is SQL that both take.</summary>
internal abstract class StoreDatabase : IDisposable
{
    /// <summary>A log's columns, in the order in which they are written and read.</summary>
    protected const string LogColumns = "block, position, block_hash, time, address, topics, data, tx_hash, tx_position";

    /// <summary>What people know it by: a file, or a server's database.</summary>
    public abstract string Name { get; }

    /// <summary>What to name in place of a store that cannot be used.</summary>
    public abstract string Kind { get; }

    /// <summary>The connection through which everything goes.</summary>
    /// <exception cref="StoreException">Thrown when it was lost.</exception>
    public abstract DbConnection Connection { get; }

    /// <summary>How it spells the types of columns.</summary>
    public abstract StoreTypes Types { get; }

    /// <summary>What an error of it means to who runs the solver, with the remedy: half a sentence to stand behind its name.</summary>
    public abstract string FaultOf(DbException error);

    /// <summary>Whether the tables are there.</summary>
    public abstract bool HasTables();

    /// <summary>Begins a transaction that no other writer runs beside.</summary>
    public abstract void Begin();

    /// <summary>Ends the transaction: it is on the disk when this returns.</summary>
    public abstract void Commit();

    /// <summary>Undoes the transaction if one is open still.</summary>
    public abstract void Undo();

    /// <summary>Inserts logs within the transaction that the caller holds.</summary>
    public abstract void Insert(IReadOnlyCollection<LogEntry> logs);

    /// <summary>Empties the tables of the index within the transaction that the caller holds, in a time that does not grow with what they hold.</summary>
    public abstract void EmptyIndex();

    /// <summary>Executes a statement once for each row, whose values stand for <c>$1</c>, <c>$2</c> and so on, within the transaction that the caller holds.</summary>
    /// <returns>How many rows were written.</returns>
    public abstract int Execute(string statement, IEnumerable<object[]> rows);

    /// <summary>The first logs behind a place, in chain order; or the last before it, the newest first.</summary>
    public abstract List<LogEntry> Page(long block, long position, int count, bool isBack);

    /// <inheritdoc/>
    public abstract void Dispose();
}
