using System.Buffers.Binary;

namespace OnchainMargin.Ethereum.Rlp;

/// <summary>Writes RLP forwards into a growing buffer; a list's length is put before it when the list ends.</summary>
public sealed class RlpWriter
{
    private byte[] _buffer = new byte[256];
    private int _length;

    /// <summary>The bytes written so far.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Writes bytes that are already encoded, or a type byte before the list.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Grow(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Writes a run of bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 1 && bytes[0] < 0x80)
        {
            WriteRaw(bytes);
            return;
        }

        Span<byte> header = stackalloc byte[5];
        WriteRaw(header[..Header(header, bytes.Length, 0x80)]);
        WriteRaw(bytes);
    }

    /// <summary>Writes a number without leading zeros; zero is the empty run.</summary>
    public void Write(in UInt256 value)
    {
        Span<byte> bytes = stackalloc byte[32];
        value.WriteBigEndian(bytes);
        Write(bytes[(32 - ((value.BitLength + 7) / 8))..]);
    }

    /// <summary>Writes an address, or the empty run for none.</summary>
    public void Write(Address? address)
    {
        Span<byte> bytes = stackalloc byte[Address.Size];
        address.GetValueOrDefault().CopyTo(bytes);
        Write(address is null ? [] : bytes);
    }

    /// <summary>Starts a list; hand the mark to <see cref="EndList"/>.</summary>
    public int BeginList() => _length;

    /// <summary>Ends the list that was started at the mark.</summary>
    public void EndList(int mark)
    {
        int payload = _length - mark;
        Span<byte> header = stackalloc byte[5];
        int size = Header(header, payload, 0xc0);
        _ = Grow(size);
        _buffer.AsSpan(mark, payload).CopyTo(_buffer.AsSpan(mark + size));
        header[..size].CopyTo(_buffer.AsSpan(mark));
        _length += size;
    }

    /// <summary>The bytes written so far as a new array.</summary>
    public byte[] ToArray() => Written.ToArray();

    private static int Header(Span<byte> header, int length, byte tag)
    {
        if (length < 56)
        {
            header[0] = (byte)(tag + length);
            return 1;
        }

        Span<byte> size = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(size, length);
        ReadOnlySpan<byte> trimmed = size.TrimStart((byte)0);
        header[0] = (byte)(tag + 55 + trimmed.Length);
        trimmed.CopyTo(header[1..]);
        return 1 + trimmed.Length;
    }

    private Span<byte> Grow(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        }

        return _buffer.AsSpan(_length, count);
    }
}
