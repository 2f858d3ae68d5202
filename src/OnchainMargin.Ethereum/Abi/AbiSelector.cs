using System.Buffers.Binary;

namespace OnchainMargin.Ethereum.Abi;

/// <summary>The first four bytes of calldata and of revert data.</summary>
public static class AbiSelector
{
    /// <summary>Gives what follows the selector.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the data starts otherwise.</exception>
    public static ReadOnlySpan<byte> Require(ReadOnlySpan<byte> data, uint selector, string signature) =>
        data.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(data) == selector
            ? data[4..]
            : throw new EthereumFormatException($"The data of {data.Length} bytes does not start with the selector of {signature}; it belongs to something else.");
}
