namespace OnchainMargin.Ethereum.Contracts;

/// <summary>The calldata of one function with its arguments.</summary>
public interface IContractCall
{
    /// <summary>The function's signature, as in <c>transfer(address,uint256)</c>; for messages.</summary>
    string Signature { get; }

    /// <summary>The selector and the encoded arguments.</summary>
    byte[] Encode();
}
