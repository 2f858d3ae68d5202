using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Markets;

namespace OnchainMargin.Solver.Tests.Api;

/// <summary>Live inputs that a test sets.</summary>
internal sealed class FixedLive(CheckpointInputs inputs) : ILiveInputs
{
    public CheckpointInputs Inputs { get; set; } = inputs;

    public Task<CheckpointInputs> GetAsync(CancellationToken cancellationToken) => Task.FromResult(Inputs);
}
