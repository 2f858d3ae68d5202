namespace OnchainMargin.Margin;

/// <summary>Reads big-endian fields of whole bytes, one after the other.</summary>
internal ref struct WordReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private int _offset;

    /// <summary>An unsigned field of up to 16 bytes.</summary>
    public UInt128 Wide(int bytes)
    {
        UInt128 value = UInt128.Zero;
        foreach (byte b in _source.Slice(_offset, bytes))
        {
            value = (value << 8) | b;
        }

        _offset += bytes;
        return value;
    }

    /// <summary>An unsigned field of up to 8 bytes.</summary>
    public ulong Unsigned(int bytes) => (ulong)Wide(bytes);

    /// <summary>A two's complement field of 8 bytes.</summary>
    public long Signed64() => unchecked((long)Unsigned(8));

    /// <summary>A two's complement field of 4 bytes.</summary>
    public int Signed32() => unchecked((int)Unsigned(4));

    /// <summary>Whether a spare field is all zero, as it must be.</summary>
    public bool Zero(int bytes)
    {
        bool zero = !_source.Slice(_offset, bytes).ContainsAnyExcept((byte)0);
        _offset += bytes;
        return zero;
    }
}
