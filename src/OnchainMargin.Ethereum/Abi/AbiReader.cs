using System.Buffers.Binary;
using System.Text;

namespace OnchainMargin.Ethereum.Abi;

/// <summary>Reads ABI words. Every offset and length is held against the bytes that are there before anything is allocated, dirty padding of numbers
/// is refused as Solidity refuses it, and offsets that share their targets can make it read at most sixteen times the input.</summary>
public ref struct AbiReader
{
    private const int Inflation = 16;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _data;
    private long _budget;

    /// <summary>Creates a reader over ABI data (without a selector).</summary>
    public AbiReader(ReadOnlySpan<byte> data)
    {
        _data = data;
        _budget = 1024 + ((long)data.Length * Inflation);
    }

    /// <summary>Reads the offset in a head and gives the position of the dynamic content.</summary>
    public int ReadOffset(int at, int frame)
    {
        ulong offset = ReadUInt64(at, 64);
        return offset <= (ulong)(_data.Length - frame)
            ? frame + (int)offset
            : throw Malformed($"points {offset} bytes ahead", at);
    }

    /// <summary>Reads the length of an array whose elements take at least <paramref name="elementSize"/> bytes each.</summary>
    public int ReadLength(int at, int elementSize)
    {
        ulong length = ReadUInt64(at, 64);
        ulong room = (ulong)(_data.Length - at - AbiWriter.Word);
        if (length > (elementSize == 0 ? 0 : room / (ulong)elementSize))
        {
            throw Malformed($"claims {length} elements where {room} bytes are left", at);
        }

        Spend((long)length * elementSize, at);
        return (int)length;
    }

    /// <summary>Checks that a fixed-size part is there before room is made for it, and counts it.</summary>
    public void RequireRoom(int at, long size)
    {
        if (at > _data.Length || size > _data.Length - at)
        {
            throw Malformed($"ends inside a part of {size} bytes", at);
        }

        Spend(size, at);
    }

    /// <summary>Counts what a fixed-size part takes, so that shared offsets cannot multiply the input without end.</summary>
    public void Spend(long size, int at)
    {
        _budget -= size + AbiWriter.Word;
        if (_budget < 0)
        {
            throw Malformed("makes offsets share their targets too often", at);
        }
    }

    /// <summary>Reads an unsigned number of up to 64 bits.</summary>
    public readonly ulong ReadUInt64(int at, int bits)
    {
        ReadOnlySpan<byte> word = WordAt(at);
        ulong value = BinaryPrimitives.ReadUInt64BigEndian(word[24..]);
        return BinaryPrimitives.ReadUInt128BigEndian(word) == 0
            && BinaryPrimitives.ReadUInt64BigEndian(word[16..]) == 0
            && (bits >= 64 || value >> bits == 0)
                ? value
                : throw Malformed($"holds more than {bits} bits", at);
    }

    /// <summary>Reads a signed number of up to 64 bits.</summary>
    public readonly long ReadInt64(int at, int bits)
    {
        Int128 value = ReadInt128(at, bits);
        return unchecked((long)value);
    }

    /// <summary>Reads an unsigned number of up to 128 bits.</summary>
    public readonly UInt128 ReadUInt128(int at, int bits)
    {
        ReadOnlySpan<byte> word = WordAt(at);
        UInt128 value = BinaryPrimitives.ReadUInt128BigEndian(word[16..]);
        return BinaryPrimitives.ReadUInt128BigEndian(word) == 0 && (bits >= 128 || value >> bits == 0)
            ? value
            : throw Malformed($"holds more than {bits} bits", at);
    }

    /// <summary>Reads a signed number of up to 128 bits.</summary>
    public readonly Int128 ReadInt128(int at, int bits)
    {
        ReadOnlySpan<byte> word = WordAt(at);
        Int128 value = BinaryPrimitives.ReadInt128BigEndian(word[16..]);
        Int128 sign = value >> 127;
        return BinaryPrimitives.ReadInt128BigEndian(word) == sign && value >> (bits - 1) == sign
            ? value
            : throw Malformed($"holds more than {bits} signed bits", at);
    }

    /// <summary>Reads an unsigned number.</summary>
    public readonly UInt256 ReadUInt256(int at, int bits)
    {
        var value = new UInt256(WordAt(at));
        return bits >= 256 || value.BitLength <= bits ? value : throw Malformed($"holds more than {bits} bits", at);
    }

    /// <summary>Reads a signed number.</summary>
    public readonly Int256 ReadInt256(int at, int bits)
    {
        var value = new UInt256(WordAt(at));
        UInt256 magnitude = (value.Upper >> 127) != 0 ? ~value : value;
        return magnitude.BitLength < bits ? Int256.FromBits(value) : throw Malformed($"holds more than {bits} signed bits", at);
    }

    /// <summary>Reads a truth value.</summary>
    public readonly bool ReadBool(int at) => ReadUInt64(at, 1) != 0;

    /// <summary>Reads an address.</summary>
    public readonly Address ReadAddress(int at)
    {
        ReadOnlySpan<byte> word = WordAt(at);
        return word[..12].ContainsAnyExcept((byte)0)
            ? throw Malformed("holds more than an address", at)
            : new Address(word[12..]);
    }

    /// <summary>Reads a <c>bytesN</c>, whose unused bytes must be zero.</summary>
    public readonly Hash32 ReadFixedBytes(int at, int size)
    {
        ReadOnlySpan<byte> word = WordAt(at);
        return word[size..].ContainsAnyExcept((byte)0)
            ? throw Malformed($"holds more than {size} bytes", at)
            : new Hash32(word);
    }

    /// <summary>Reads a run of bytes whose offset stands in a head.</summary>
    public byte[] ReadBytes(int at, int frame) => Run(at, frame).ToArray();

    /// <summary>Reads a text whose offset stands in a head.</summary>
    public string ReadString(int at, int frame)
    {
        ReadOnlySpan<byte> bytes = Run(at, frame);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new EthereumFormatException($"The ABI text of {bytes.Length} bytes, whose offset stands at byte {at}, is not UTF-8; read it as bytes.", exception);
        }
    }

    private ReadOnlySpan<byte> Run(int at, int frame)
    {
        int start = ReadOffset(at, frame);
        int length = ReadLength(start, 1);
        return _data.Slice(start + AbiWriter.Word, length);
    }

    private readonly ReadOnlySpan<byte> WordAt(int at) =>
        at >= 0 && at <= _data.Length - AbiWriter.Word
            ? _data.Slice(at, AbiWriter.Word)
            : throw Malformed("ends where a word belongs", at);

    private readonly EthereumFormatException Malformed(string what, int at) =>
        new($"The ABI data of {_data.Length} bytes {what} at byte {at}; it is truncated or encodes other types.");
}
