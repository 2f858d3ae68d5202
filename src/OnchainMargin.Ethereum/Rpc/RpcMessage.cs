namespace OnchainMargin.Ethereum.Rpc;

/// <summary>What stands in one JSON-RPC object that a node sent.</summary>
internal readonly record struct RpcMessage(long? Id, ReadOnlyMemory<byte> Result, RpcError? Error, ReadOnlyMemory<byte> NotificationParameters)
{
    public bool IsNotification => !NotificationParameters.IsEmpty;
}
