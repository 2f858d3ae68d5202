namespace OnchainMargin.Ethereum.Contracts;

/// <summary>The calldata of one function that returns something.</summary>
/// <typeparam name="TResult">What it returns: the value itself when there is one, a record when there are several.</typeparam>
public interface IContractCall<out TResult> : IContractCall
{
    /// <summary>Decodes what the function returned.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the data is not of the declared types.</exception>
    TResult DecodeResult(ReadOnlySpan<byte> data);
}
