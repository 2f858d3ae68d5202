namespace OnchainMargin.Ethereum.Rpc;

/// <summary>A request that waits for its reply. A subscription's reply is tied to it before the next message is read, so that no notification comes too early.</summary>
internal sealed class PendingRequest(string method, WebSocketSubscription? subscription)
{
    private readonly TaskCompletionSource<RpcReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Method { get; } = method;

    public WebSocketSubscription? Subscription { get; } = subscription;

    public Task<RpcReply> Reply => _reply.Task;

    public void Complete(RpcMessage message) => _reply.TrySetResult(new RpcReply(Method, message.Result, message.Error));

    public void Fail(Exception exception) => _reply.TrySetException(exception);
}
