namespace OnchainMargin.Ethereum.Rpc;

/// <summary>What a subscription brings.</summary>
/// <param name="Result">The notification's JSON in UTF-8; empty for a gap.</param>
/// <param name="IsGap">True where notifications may be missing, after a lost connection or a slow reader: read up on what happened since the last one.</param>
public readonly record struct RpcNotification(ReadOnlyMemory<byte> Result, bool IsGap)
{
    /// <summary>The sign that notifications may be missing.</summary>
    public static RpcNotification Gap => new(default, IsGap: true);
}
