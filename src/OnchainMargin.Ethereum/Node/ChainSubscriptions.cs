using System.Runtime.CompilerServices;
using System.Text.Json;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Rpc;

namespace OnchainMargin.Ethereum.Node;

/// <summary>Typed subscriptions over any subscription client.</summary>
public static class ChainSubscriptions
{
    /// <summary>Subscribes to new logs that match; logs that a reorganisation takes back come again with <see cref="LogEntry.Removed"/> set.</summary>
    public static Task<IRpcSubscription> SubscribeLogsAsync(this ISubscriptionClient client, LogFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(filter);
        return client.SubscribeAsync(
            writer =>
            {
                writer.WriteStringValue("logs");
                filter.WriteTo(writer, withBlocks: false);
            },
            cancellationToken);
    }

    /// <summary>Subscribes to the headers of new blocks.</summary>
    public static Task<IRpcSubscription> SubscribeHeadsAsync(this ISubscriptionClient client, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.SubscribeAsync(static writer => writer.WriteStringValue("newHeads"), cancellationToken);
    }

    /// <summary>Reads a subscription's logs; null where some may be missing.</summary>
    public static IAsyncEnumerable<LogEntry?> ReadLogsAsync(this IRpcSubscription subscription, CancellationToken cancellationToken = default) =>
        ReadAsync(subscription, "a log notification", LogJson.Read, cancellationToken);

    /// <summary>Reads a subscription's headers; null where some may be missing.</summary>
    public static IAsyncEnumerable<BlockHeader?> ReadHeadsAsync(this IRpcSubscription subscription, CancellationToken cancellationToken = default) =>
        ReadAsync(subscription, "a header notification", BlockHeader.Read, cancellationToken);

    private static async IAsyncEnumerable<T?> ReadAsync<T>(IRpcSubscription subscription, string subject, Func<JsonElement, T?> read, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        await foreach (RpcNotification notification in subscription.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return notification.IsGap ? null : RpcJson.Parse(notification.Result, subject, read);
        }
    }
}
