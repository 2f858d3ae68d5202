using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Solver.Hosting;

namespace OnchainMargin.Solver.Indexing;

/// <summary>Listens to new blocks over a WebSocket and wakes the keeper and the index. Without it the index polls; nothing else depends on it.</summary>
internal sealed class HeadListener(ISubscriptionClient client, HeadSignal heads, Broadcast<HeadTick> ticks, TimeProvider time, ILogger<HeadListener> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using IRpcSubscription subscription = await client.SubscribeHeadsAsync(stoppingToken).ConfigureAwait(false);
                await foreach (BlockHeader? head in subscription.ReadHeadsAsync(stoppingToken).ConfigureAwait(false))
                {
                    ticks.Publish(new HeadTick(head?.Number ?? 0));
                    heads.Raise();
                }
            }
            catch (EthereumException error)
            {
                logger.SubscriptionLost(error.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
