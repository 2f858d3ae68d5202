using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Solver.Markets;

/// <summary>What a checkpoint would store now: what trades, withdrawals and liquidations are judged by.</summary>
internal interface ILiveInputs
{
    /// <summary>The inputs now, at most a second old.</summary>
    Task<CheckpointInputs> GetAsync(CancellationToken cancellationToken);
}
