using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Relay;

/// <summary>A fill on chain.</summary>
/// <param name="Fill">What the event tells.</param>
/// <param name="Block">Its block.</param>
/// <param name="TimeSeconds">The block's time.</param>
/// <param name="Transaction">Its transaction.</param>
internal sealed record Trade(Clearinghouse.FilledEvent Fill, ulong Block, ulong TimeSeconds, Hash32 Transaction);
