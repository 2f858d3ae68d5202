using System.Buffers.Binary;
using System.Text;

namespace OnchainMargin.Ethereum.Abi;

/// <summary>Writes ABI words into a buffer of zeros that the caller made large enough. Heads are written at given positions; the tail grows behind
/// them, depth first, so that the result is the canonical encoding. A frame is the position from which a tuple's offsets count.</summary>
public ref struct AbiWriter
{
    /// <summary>The length of a word in bytes.</summary>
    public const int Word = 32;

    private readonly Span<byte> _buffer;
    private int _tail;

    /// <summary>Creates a writer over a buffer that holds zeros.</summary>
    public AbiWriter(Span<byte> zeros)
    {
        _buffer = zeros;
        _tail = 0;
    }

    /// <summary>The bytes reserved so far.</summary>
    public readonly int Length => _tail;

    /// <summary>Reserves bytes at the tail and gives their position.</summary>
    public int Reserve(int size)
    {
        int at = _tail;
        _tail += size;
        return at;
    }

    /// <summary>Writes the offset of the tail, counted from the frame, into a head.</summary>
    public readonly void WriteOffset(int at, int frame) => WriteUInt64(at, (ulong)(_tail - frame));

    /// <summary>Writes the length of an array at the tail.</summary>
    public void WriteLength(int length) => WriteUInt64(Reserve(Word), (ulong)length);

    /// <summary>Writes an unsigned number of up to 64 bits.</summary>
    public readonly void WriteUInt64(int at, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(_buffer.Slice(at + 24, 8), value);

    /// <summary>Writes a signed number of up to 64 bits.</summary>
    public readonly void WriteInt64(int at, long value)
    {
        Span<byte> word = _buffer.Slice(at, Word);
        word[..24].Fill(value < 0 ? (byte)0xff : (byte)0);
        BinaryPrimitives.WriteInt64BigEndian(word[24..], value);
    }

    /// <summary>Writes an unsigned number of up to 128 bits.</summary>
    public readonly void WriteUInt128(int at, UInt128 value) => BinaryPrimitives.WriteUInt128BigEndian(_buffer.Slice(at + 16, 16), value);

    /// <summary>Writes a signed number of up to 128 bits.</summary>
    public readonly void WriteInt128(int at, Int128 value)
    {
        Span<byte> word = _buffer.Slice(at, Word);
        word[..16].Fill(value < 0 ? (byte)0xff : (byte)0);
        BinaryPrimitives.WriteInt128BigEndian(word[16..], value);
    }

    /// <summary>Writes an unsigned number.</summary>
    public readonly void WriteUInt256(int at, in UInt256 value) => value.WriteBigEndian(_buffer.Slice(at, Word));

    /// <summary>Writes a signed number.</summary>
    public readonly void WriteInt256(int at, in Int256 value) => value.ToBits().WriteBigEndian(_buffer.Slice(at, Word));

    /// <summary>Writes a truth value.</summary>
    public readonly void WriteBool(int at, bool value) => _buffer.Slice(at, Word)[31] = value ? (byte)1 : (byte)0;

    /// <summary>Writes an address.</summary>
    public readonly void WriteAddress(int at, in Address value) => value.CopyTo(_buffer.Slice(at + 12, Address.Size));

    /// <summary>Writes 32 bytes.</summary>
    public readonly void WriteHash32(int at, in Hash32 value) => value.CopyTo(_buffer.Slice(at, Word));

    /// <summary>Writes the offset of a run of bytes into a head, and the run at the tail.</summary>
    public void WriteBytes(int at, int frame, ReadOnlySpan<byte> value)
    {
        WriteOffset(at, frame);
        WriteLength(value.Length);
        value.CopyTo(_buffer[Reserve(AbiSize.Padded(value.Length))..]);
    }

    /// <summary>Writes the offset of a text into a head, and its UTF-8 form at the tail.</summary>
    public void WriteString(int at, int frame, string? value)
    {
        WriteOffset(at, frame);
        int length = Encoding.UTF8.GetByteCount(value ?? "");
        WriteLength(length);
        int start = Reserve(AbiSize.Padded(length));
        _ = Encoding.UTF8.GetBytes(value ?? "", _buffer[start..]);
    }
}
