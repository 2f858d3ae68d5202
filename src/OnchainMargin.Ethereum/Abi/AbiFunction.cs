using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Ethereum.Abi;

/// <summary>A function of a contract; also its constructor, whose name is empty.</summary>
/// <param name="Name">The name.</param>
/// <param name="Inputs">The parameters.</param>
/// <param name="Outputs">The return values.</param>
/// <param name="StateMutability"><c>pure</c>, <c>view</c>, <c>nonpayable</c> or <c>payable</c>.</param>
public sealed record AbiFunction(string Name, IReadOnlyList<AbiParameter> Inputs, IReadOnlyList<AbiParameter> Outputs, string StateMutability)
{
    /// <summary>The signature, as in <c>transfer(address,uint256)</c>.</summary>
    public string Signature { get; } = AbiSignature.Of(Name, Inputs);

    /// <summary>The first four bytes of the signature's hash.</summary>
    public uint Selector => (uint)(Keccak256.HashUtf8(Signature).ToUInt256() >> 224);

    /// <summary>Encodes a call.</summary>
    /// <param name="arguments">The arguments, as <see cref="AbiCodec"/> takes them.</param>
    public byte[] EncodeCall(params IReadOnlyList<object> arguments) => AbiCodec.EncodeWithSelector(Selector, Inputs, arguments);

    /// <summary>Decodes what the function returned.</summary>
    public object[] DecodeResult(ReadOnlySpan<byte> data) => AbiCodec.Decode(Outputs, data);
}
