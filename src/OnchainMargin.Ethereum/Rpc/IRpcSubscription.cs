namespace OnchainMargin.Ethereum.Rpc;

/// <summary>A running subscription; disposing it ends it.</summary>
public interface IRpcSubscription : IAsyncDisposable
{
    /// <summary>The notifications in order. To be read by one reader.</summary>
    IAsyncEnumerable<RpcNotification> ReadAllAsync(CancellationToken cancellationToken = default);
}
