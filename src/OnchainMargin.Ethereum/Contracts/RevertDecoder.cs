using System.Buffers.Binary;
using System.Text;
using OnchainMargin.Ethereum.Abi;

namespace OnchainMargin.Ethereum.Contracts;

/// <summary>Explains revert data with the errors of known contracts and the two that the compiler makes.</summary>
/// <param name="decoders">The <c>DecodeError</c> of each generated contract that may be involved, asked in order.</param>
public sealed class RevertDecoder(params IReadOnlyList<ErrorDecoder> decoders)
{
    private const uint ErrorSelector = 0x08c379a0;
    private const uint PanicSelector = 0x4e487b71;

    /// <summary>Explains with the compiler's two errors only.</summary>
    public static RevertDecoder Plain { get; } = new();

    /// <summary>Explains revert data; never throws, because the data comes from anybody's contract.</summary>
    public RevertReason Decode(byte[] data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Length < 4)
        {
            return new UnknownReason(data);
        }

        try
        {
            return BinaryPrimitives.ReadUInt32BigEndian(data) switch
            {
                ErrorSelector => new MessageReason(data, ReadMessage(data.AsSpan(4))),
                PanicSelector => new PanicReason(data, new AbiReader(data.AsSpan(4)).ReadUInt256(0, 256)),
                _ => DecodeCustom(data),
            };
        }
        catch (EthereumFormatException)
        {
            // The selector matched, the content did not: what the contract sent is shown as it came.
            return new UnknownReason(data);
        }
    }

    private static string ReadMessage(ReadOnlySpan<byte> data)
    {
        // A message is for people, so broken UTF-8 is shown with replacement characters.
        return Encoding.UTF8.GetString(new AbiReader(data).ReadBytes(0, 0));
    }

    private RevertReason DecodeCustom(byte[] data)
    {
        foreach (ErrorDecoder decoder in decoders)
        {
            if (decoder(data) is { } error)
            {
                return new CustomErrorReason(data, error);
            }
        }

        return new UnknownReason(data);
    }
}
