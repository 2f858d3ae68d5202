namespace OnchainMargin.Ethereum.Contracts;

/// <summary>The arguments of a contract's constructor.</summary>
public interface IContractDeployment
{
    /// <summary>The creation code with the encoded arguments behind it: the data of the deploying transaction.</summary>
    byte[] Encode(ReadOnlySpan<byte> bytecode);
}
