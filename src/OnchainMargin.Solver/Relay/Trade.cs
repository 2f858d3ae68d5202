using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Relay;

/// <summary>A fill on chain.</summary>
/// <param name="Fill">What the event tells.</param>
/// <param name="Block">Its block.</param>
/// <param name="LogIndex">The place of its event in the block.</param>
/// <param name="TimeSeconds">The block's time.</param>
/// <param name="Transaction">Its transaction.</param>
internal sealed record Trade(Clearinghouse.FilledEvent Fill, ulong Block, uint LogIndex, ulong TimeSeconds, Hash32 Transaction)
{
    /// <summary>More events than any block has room for, as a power of two.</summary>
    private const int IndexBits = 24;

    /// <summary>Its place on the chain: larger than that of every fill before.</summary>
    public ulong Id => (Block << IndexBits) | LogIndex;
}
