using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Ethereum.Sending;

/// <summary>What a transaction is to do; nonce, gas and fees are the sender's business.</summary>
/// <param name="To">The receiver, or null to create a contract.</param>
/// <param name="Data">Calldata, or creation code.</param>
public sealed record TransactionRequest(Address? To, ReadOnlyMemory<byte> Data)
{
    /// <summary>The wei to send.</summary>
    public UInt256 ValueWei { get; init; }

    /// <summary>The gas to allow, or null to have it estimated.</summary>
    public ulong? GasLimit { get; init; }

    /// <summary>A typed call of a contract.</summary>
    public static TransactionRequest Call(Address contract, IContractCall call, UInt256 valueWei = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new TransactionRequest(contract, call.Encode()) { ValueWei = valueWei };
    }

    /// <summary>A typed deployment of a contract.</summary>
    public static TransactionRequest Deploy(IContractDeployment deployment, ReadOnlySpan<byte> bytecode)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        return new TransactionRequest(null, deployment.Encode(bytecode));
    }
}
