using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Markets;

/// <summary>Live inputs from the node, asked once a second at most however many people look.</summary>
internal sealed class LiveInputs(ProtocolClient client, TimeProvider time) : ILiveInputs, IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private CheckpointInputs? _last;
    private long _at;

    /// <inheritdoc/>
    public async Task<CheckpointInputs> GetAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_last is null || time.GetElapsedTime(_at) >= Kept)
            {
                _last = await Patience.AskAsync(token => client.GetLiveInputsAsync(cancellationToken: token), time, cancellationToken).ConfigureAwait(false);
                _at = time.GetTimestamp();
            }

            return _last;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();
}
