using System.Buffers.Binary;

namespace OnchainMargin.Ethereum.Abi;

/// <summary>Encodes and decodes values whose types are known only when the program runs. Numbers go in as any integer type, <see cref="UInt256"/>,
/// <see cref="Int256"/>, BigInteger or a decimal or hex text and come out as <see cref="UInt256"/> or <see cref="Int256"/>; <c>bytesN</c> as
/// <see cref="Hash32"/> or an array of N bytes, out as an array of N bytes; arrays and tuples as lists of objects, out as <c>object[]</c>.</summary>
public static class AbiCodec
{
    /// <summary>Encodes values of the given types.</summary>
    /// <exception cref="EthereumFormatException">Thrown when a value does not fit its type.</exception>
    public static byte[] Encode(IReadOnlyList<AbiParameter> parameters, params IReadOnlyList<object> values) =>
        Encode(parameters, values, 0);

    /// <summary>Encodes values behind a selector.</summary>
    /// <exception cref="EthereumFormatException">Thrown when a value does not fit its type.</exception>
    public static byte[] EncodeWithSelector(uint selector, IReadOnlyList<AbiParameter> parameters, params IReadOnlyList<object> values)
    {
        byte[] data = Encode(parameters, values, 4);
        BinaryPrimitives.WriteUInt32BigEndian(data, selector);
        return data;
    }

    /// <summary>Decodes values of the given types.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the data is not of these types.</exception>
    public static object[] Decode(IReadOnlyList<AbiParameter> parameters, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var reader = new AbiReader(data);
        return AbiValueReader.ReadMembers(ref reader, parameters, 0);
    }

    private static byte[] Encode(IReadOnlyList<AbiParameter> parameters, IReadOnlyList<object> values, int prefix)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(values);
        object[] plain = AbiValue.NormaliseMembers(parameters, values);
        var data = new byte[prefix + AbiValueWriter.SizeOfMembers(parameters, plain)];
        var writer = new AbiWriter(data.AsSpan(prefix));
        AbiValueWriter.WriteMembers(ref writer, parameters, plain, writer.Reserve(AbiType.FrameSizeOf(parameters)));
        return data;
    }
}
