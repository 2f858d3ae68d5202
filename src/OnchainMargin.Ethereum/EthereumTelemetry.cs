using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OnchainMargin.Ethereum;

/// <summary>The project's one meter and one activity source; names for those who listen.</summary>
public static class EthereumTelemetry
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "OnchainMargin.Ethereum";

    private static readonly ActivitySource Activities = new(Name);

    private static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> Requests = Meter.CreateCounter<long>("ethereum.rpc.requests", "{request}", "JSON-RPC requests sent, those in a batch counted one by one.");

    internal static readonly Counter<long> Retries = Meter.CreateCounter<long>("ethereum.rpc.retries", "{retry}", "Reads sent again after a transport failure.");

    internal static readonly Counter<long> Failovers = Meter.CreateCounter<long>("ethereum.rpc.failovers", "{request}", "Requests that a node did not answer and that went to the next.");

    internal static readonly Counter<long> Reconnects = Meter.CreateCounter<long>("ethereum.ws.reconnects", "{reconnect}", "WebSocket connections opened again after a loss.");

    internal static readonly Counter<long> Transactions = Meter.CreateCounter<long>("ethereum.transactions", "{transaction}", "Transactions handed to a node.");

    /// <summary>The activity of a call to a node, by the name of its method; nothing where nobody listens. Ends when it is disposed of, with whatever was sent again meanwhile.</summary>
    internal static Activity? Calling(string method) => Activities.StartActivity(method, ActivityKind.Client);
}
