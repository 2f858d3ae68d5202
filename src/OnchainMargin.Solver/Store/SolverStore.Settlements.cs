using Dapper;
using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Store;

public sealed partial class SolverStore
{
    /// <summary>Whether a settlement of the relay, which its intent tells, is under way from a sender: in no block yet, or in one after a block.</summary>
    public bool IsSettling(Address sender, ulong block)
    {
        // Why the states are told twice: the index of nonces is one of those that are not 5.
        lock (_gate)
        {
            return Connection.ExecuteScalar<long>(
                "SELECT count(*) FROM outbox WHERE sender = @sender AND intent LIKE 'settle % fills %' AND state <> 5 AND (state = 0 OR (state IN (1, 2) AND block > @block))",
                new { sender = sender.ToArray(), block = checked((long)block) }) > 0;
        }
    }
}
