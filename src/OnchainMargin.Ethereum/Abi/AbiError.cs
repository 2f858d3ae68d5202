using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Ethereum.Abi;

/// <summary>A custom error of a contract.</summary>
/// <param name="Name">The name.</param>
/// <param name="Inputs">The values it carries.</param>
public sealed record AbiError(string Name, IReadOnlyList<AbiParameter> Inputs)
{
    /// <summary>The signature, as in <c>MarginTooLow(uint256,int256)</c>.</summary>
    public string Signature { get; } = AbiSignature.Of(Name, Inputs);

    /// <summary>The first four bytes of the signature's hash.</summary>
    public uint Selector => (uint)(Keccak256.HashUtf8(Signature).ToUInt256() >> 224);

    /// <summary>Decodes the values behind the selector.</summary>
    public object[] Decode(ReadOnlySpan<byte> data) => AbiCodec.Decode(Inputs, data);
}
