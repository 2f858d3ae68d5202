namespace OnchainMargin.Margin;

/// <summary>Finds rows by key: open addressing, many readers without a lock beside one writer. Key 0 is never used.</summary>
internal sealed class RowIndex
{
    private readonly ulong[] _keys;
    private readonly int[] _rows;
    private readonly int _shift;
    private int _count;

    /// <summary>An empty index.</summary>
    /// <param name="bits">Binary logarithm of its size.</param>
    internal RowIndex(int bits = 10)
    {
        _keys = new ulong[1 << bits];
        _rows = new int[1 << bits];
        _shift = 64 - bits;
    }

    /// <summary>The row of a key, or −1.</summary>
    internal int Find(ulong key)
    {
        for (int slot = Slot(key); ; slot = (slot + 1) & (_keys.Length - 1))
        {
            ulong found = Volatile.Read(ref _keys[slot]);
            if (found == key)
            {
                return _rows[slot];
            }

            if (found == 0)
            {
                return -1;
            }
        }
    }

    /// <summary>Adds a key that is not there (by the one writer) and gives the index that holds it: this one, or a larger copy.</summary>
    internal RowIndex Add(ulong key, int row)
    {
        if (2 * (_count + 1) <= _keys.Length)
        {
            Insert(key, row);
            return this;
        }

        var larger = new RowIndex(65 - _shift);
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_keys[i] != 0)
            {
                larger.Insert(_keys[i], _rows[i]);
            }
        }

        larger.Insert(key, row);
        return larger;
    }

    private void Insert(ulong key, int row)
    {
        int slot = Slot(key);
        while (_keys[slot] != 0)
        {
            slot = (slot + 1) & (_keys.Length - 1);
        }

        _rows[slot] = row;
        Volatile.Write(ref _keys[slot], key);
        _count++;
    }

    private int Slot(ulong key) => (int)(unchecked(key * 0x9E3779B97F4A7C15) >> _shift);
}
