namespace OnchainMargin.Ethereum.Rlp;

/// <summary>Decodes canonical RLP. Every length is held against the bytes that are there before anything is allocated.</summary>
public static class RlpReader
{
    /// <summary>The deepest nesting of lists that is read.</summary>
    public const int DeepestNesting = 256;

    /// <summary>Decodes one item that fills the whole input.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the input is not one canonical item.</exception>
    public static RlpItem Decode(ReadOnlyMemory<byte> data)
    {
        int position = 0;
        RlpItem item = ReadItem(data, ref position, 0);
        return position == data.Length
            ? item
            : throw Malformed($"has {data.Length - position} bytes after its end", 0, data.Length);
    }

    private static RlpItem ReadItem(ReadOnlyMemory<byte> data, ref int position, int depth)
    {
        int start = position;
        ReadOnlySpan<byte> span = data.Span;
        if (start >= span.Length)
        {
            throw Malformed("ends where an item belongs", start, span.Length);
        }

        byte tag = span[start];
        if (tag < 0x80)
        {
            position = start + 1;
            return new RlpItem(data.Slice(start, 1));
        }

        bool isList = tag >= 0xc0;
        int length = ReadLength(span, ref position, isList ? 0xc0 : 0x80);
        if (!isList)
        {
            if (length == 1 && span[position] < 0x80)
            {
                throw Malformed("puts a length before a byte below 80 hex", start, span.Length);
            }

            var item = new RlpItem(data.Slice(position, length));
            position += length;
            return item;
        }

        return ReadList(data, ref position, length, depth);
    }

    private static RlpItem ReadList(ReadOnlyMemory<byte> data, ref int position, int length, int depth)
    {
        if (depth >= DeepestNesting)
        {
            throw Malformed($"nests lists deeper than {DeepestNesting}", position, data.Length);
        }

        ReadOnlyMemory<byte> bounded = data[..(position + length)];
        var items = new List<RlpItem>();
        while (position < bounded.Length)
        {
            items.Add(ReadItem(bounded, ref position, depth + 1));
        }

        return new RlpItem(items);
    }

    /// <summary>Reads the length behind a tag, and moves the position to the payload.</summary>
    private static int ReadLength(ReadOnlySpan<byte> span, ref int position, int baseTag)
    {
        int start = position;
        int code = span[start] - baseTag;
        position++;
        ulong length = (ulong)code;
        if (code > 55)
        {
            int size = code - 55;
            if (span.Length - position < size)
            {
                throw Malformed("ends inside a length", start, span.Length);
            }

            length = 0;
            foreach (byte part in span.Slice(position, size))
            {
                length = (length << 8) | part;
            }

            if (span[position] == 0 || length < 56)
            {
                throw Malformed("writes a length longer than needed", start, span.Length);
            }

            position += size;
        }

        return length <= (ulong)(span.Length - position)
            ? (int)length
            : throw Malformed($"claims {length} bytes where {span.Length - position} are left", start, span.Length);
    }

    private static EthereumFormatException Malformed(string what, int at, int length) =>
        new($"The RLP input of {length} bytes {what} at byte {at}; it is truncated or not canonical RLP.");
}
