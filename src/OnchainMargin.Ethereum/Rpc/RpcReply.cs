namespace OnchainMargin.Ethereum.Rpc;

/// <summary>One reply of a batch: a result or an error.</summary>
/// <param name="Method">The method that was called.</param>
/// <param name="Result">The result's JSON in UTF-8; empty when there is an error.</param>
/// <param name="Error">The error, or null.</param>
public sealed record RpcReply(string Method, ReadOnlyMemory<byte> Result, RpcError? Error)
{
    /// <summary>The result.</summary>
    /// <exception cref="RpcErrorException">Thrown when the reply is an error.</exception>
    public ReadOnlyMemory<byte> RequireResult() => Error is null ? Result : throw new RpcErrorException(Method, Error);
}
