using Polly;
using Polly.Retry;

namespace OnchainMargin.Ethereum.Rpc;

/// <summary>The retries of reads: after failures of the transport and after answers that were broken on the way, never after a node's own refusal.</summary>
internal static class RpcRetries
{
    public static ResiliencePipeline Build(int count, TimeSpan delay, TimeProvider timeProvider)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = timeProvider };
        if (count > 0)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder()
                    .Handle<RpcTransportException>(static failure => failure.IsTransient)
                    .Handle<EthereumFormatException>(),
                MaxRetryAttempts = count,
                Delay = delay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                OnRetry = static _ =>
                {
                    EthereumTelemetry.Retries.Add(1);
                    return default;
                },
            });
        }

        return builder.Build();
    }
}
