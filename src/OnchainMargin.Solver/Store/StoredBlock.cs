using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Store;

/// <summary>A block that the index has taken in.</summary>
/// <param name="Number">The block's number.</param>
/// <param name="Hash">The block's hash.</param>
/// <param name="ParentHash">The hash of the block before it.</param>
/// <param name="TimeSeconds">The block's time in Unix seconds.</param>
public sealed record StoredBlock(ulong Number, Hash32 Hash, Hash32 ParentHash, ulong TimeSeconds);
