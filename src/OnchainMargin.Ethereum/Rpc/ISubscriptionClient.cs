using System.Text.Json;

namespace OnchainMargin.Ethereum.Rpc;

/// <summary>Subscribes to what a node announces by itself.</summary>
public interface ISubscriptionClient
{
    /// <summary>Subscribes (<c>eth_subscribe</c>). The subscription outlives lost connections: it is made again, and its reader is told of the gap.</summary>
    /// <param name="writeParameters">Writes the kind, such as <c>logs</c>, and its filter.</param>
    /// <param name="cancellationToken">Ends the attempt to subscribe.</param>
    Task<IRpcSubscription> SubscribeAsync(Action<Utf8JsonWriter> writeParameters, CancellationToken cancellationToken = default);
}
