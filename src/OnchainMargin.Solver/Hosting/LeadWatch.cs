using System.Data.Common;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Hosting;

/// <summary>Stops the host as soon as the store's server is cut off, since another process leads then: this one can write nothing any more, and must not look as if it did its work.</summary>
internal sealed class LeadWatch(SolverStore store, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<LeadWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Whether the host was stopped for that.</summary>
    public bool IsLost { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(false);
                store.RequireConnected();
            }
        }
        catch (Exception error) when (error is DbException or StoreException)
        {
            IsLost = true;
            logger.LeadLost(store.Name, error is DbException fault ? $"it {store.FaultOf(fault)}" : error.Message);
            lifetime.StopApplication();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops for another reason.
        }
    }
}
