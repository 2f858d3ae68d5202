namespace OnchainMargin.Margin;

/// <summary>Writes big-endian fields of whole bytes, one after the other, into a zeroed buffer.</summary>
internal ref struct WordWriter(Span<byte> target)
{
    private readonly Span<byte> _target = target;
    private int _offset;

    /// <summary>The number of bytes written or skipped.</summary>
    public readonly int Length => _offset;

    /// <summary>An unsigned field of up to 16 bytes; the value must fit.</summary>
    public void Wide(UInt128 value, int bytes)
    {
        if (bytes < 16 && value >> (8 * bytes) != UInt128.Zero)
        {
            throw new OverflowException($"{value} does not fit a field of {bytes} bytes.");
        }

        for (int i = bytes - 1; i >= 0; i--)
        {
            _target[_offset + i] = (byte)(value & 0xff);
            value >>= 8;
        }

        _offset += bytes;
    }

    /// <summary>An unsigned field of up to 8 bytes.</summary>
    public void Unsigned(ulong value, int bytes) => Wide(value, bytes);

    /// <summary>A non-negative number in an unsigned field.</summary>
    public void Unsigned(long value, int bytes) => Wide((UInt128)value, bytes);

    /// <summary>A two's complement field of 8 bytes.</summary>
    public void Signed64(long value) => Wide(unchecked((ulong)value), 8);

    /// <summary>A two's complement field of 4 bytes.</summary>
    public void Signed32(int value) => Wide(unchecked((uint)value), 4);

    /// <summary>A spare field of zeros.</summary>
    public void Zero(int bytes) => _offset += bytes;
}
