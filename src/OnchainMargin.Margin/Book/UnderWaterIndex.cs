using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>Which places of the book are under water: bits over bits, so that to list them no account is looked at that is not.</summary>
internal sealed class UnderWaterIndex
{
    private const int WordBits = 64;

    private ulong[] _blocks = new ulong[1];

    /// <summary>Notes whether a block holds any account under water; safe for many threads on different blocks.</summary>
    internal void Set(int block, bool any)
    {
        ref ulong word = ref _blocks[block / WordBits];
        ulong bit = 1UL << (block % WordBits);
        if (any)
        {
            Interlocked.Or(ref word, bit);
        }
        else
        {
            Interlocked.And(ref word, ~bit);
        }
    }

    /// <summary>Makes room for blocks.</summary>
    internal void Grow(int blocks)
    {
        if (blocks > WordBits * _blocks.Length)
        {
            Array.Resize(ref _blocks, 2 * _blocks.Length);
        }
    }

    /// <summary>The next block from a number on that holds an account under water, or −1.</summary>
    internal int Next(int from)
    {
        int word = from / WordBits;
        if (word >= _blocks.Length)
        {
            return -1;
        }

        ulong bits = _blocks[word] & (ulong.MaxValue << (from % WordBits));
        while (bits == 0)
        {
            if (++word == _blocks.Length)
            {
                return -1;
            }

            bits = _blocks[word];
        }

        return (word * WordBits) + BitOperations.TrailingZeroCount(bits);
    }
}
