namespace OnchainMargin.Margin;

/// <summary>Rows of all instruments of a checkpoint in contiguous slabs, found by key, made once and shared among accounts and threads.</summary>
internal sealed class RowTable
{
    private const int SlabBits = 7;
    private const int SlabRows = 1 << SlabBits;

    private readonly Lock _lock = new();
    private long[][] _slabs = [new long[SlabRows * Row.Stride]];
    private RowIndex _index = new();
    private int _count;

    /// <summary>The number of rows made.</summary>
    internal int Count => _count;

    /// <summary>A row.</summary>
    /// <param name="row">Its number.</param>
    internal ReadOnlySpan<long> this[int row] => _slabs[row >> SlabBits].AsSpan((row & (SlabRows - 1)) * Row.Stride, Row.Stride);

    /// <summary>The number of the row of a key, or −1.</summary>
    internal int Find(ulong key) => Volatile.Read(ref _index).Find(key);

    /// <summary>Keeps a row under its key and gives its number; the first to come is kept.</summary>
    /// <param name="key">The key, not 0.</param>
    /// <param name="values">The row.</param>
    internal int Add(ulong key, ReadOnlySpan<long> values)
    {
        lock (_lock)
        {
            int row = _index.Find(key);
            if (row >= 0)
            {
                return row;
            }

            row = _count++;
            if (row >> SlabBits >= _slabs.Length)
            {
                long[][] slabs = [.. _slabs, new long[SlabRows * Row.Stride]];
                Volatile.Write(ref _slabs, slabs);
            }

            values.CopyTo(_slabs[row >> SlabBits].AsSpan((row & (SlabRows - 1)) * Row.Stride, Row.Stride));
            Volatile.Write(ref _index, _index.Add(key, row));
            return row;
        }
    }
}
