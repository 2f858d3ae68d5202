using System.Buffers;
using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol.Merkle;

/// <summary>The order of leaves by their hashes: by digits of 8 bits from the front, since hashes spread evenly, and what is left in small groups by comparing.</summary>
internal static class LeafOrder
{
    private const int Digits = 256;
    private const int DigitBits = 8;
    private const int FirstShift = 64 - DigitBits;
    private const int FewEntries = 24;

    /// <summary>The order of the leaves of a tree.</summary>
    /// <param name="leaves">Their hashes.</param>
    /// <param name="workers">Threads.</param>
    /// <returns>By rank, which leaf; those of equal hashes in the order in which they were given.</returns>
    public static int[] Of(Hash32[] leaves, int workers)
    {
        int count = leaves.Length;
        int[] order = GC.AllocateUninitializedArray<int>(count);
        Entry[] entries = ArrayPool<Entry>.Shared.Rent(count);
        Entry[] scratch = ArrayPool<Entry>.Shared.Rent(count);
        try
        {
            int[] ends = Scatter(leaves, entries, count < Stretches.Few ? 1 : workers);
            Parallel.For(0, Digits, new ParallelOptions { MaxDegreeOfParallelism = workers }, digit =>
            {
                int from = digit == 0 ? 0 : ends[digit - 1];
                Sort(entries.AsSpan(from, ends[digit] - from), scratch.AsSpan(from, ends[digit] - from), FirstShift - DigitBits, leaves);
                for (int i = from; i < ends[digit]; i++)
                {
                    order[i] = entries[i].Leaf;
                }
            });
        }
        finally
        {
            ArrayPool<Entry>.Shared.Return(entries);
            ArrayPool<Entry>.Shared.Return(scratch);
        }

        return order;
    }

    /// <summary>The first digit, by all threads: each counts and then places a stretch of its own.</summary>
    /// <returns>Where each digit's entries end.</returns>
    private static int[] Scatter(Hash32[] leaves, Entry[] entries, int workers)
    {
        var places = new int[workers][];
        int Bound(int worker) => (int)((long)leaves.Length * worker / workers);
        Parallel.For(0, workers, worker =>
        {
            var counts = new int[Digits];
            for (int i = Bound(worker); i < Bound(worker + 1); i++)
            {
                counts[leaves[i].Prefix >> FirstShift]++;
            }

            places[worker] = counts;
        });
        var ends = new int[Digits];
        int at = 0;
        for (int digit = 0; digit < Digits; digit++)
        {
            foreach (int[] counts in places)
            {
                (counts[digit], at) = (at, at + counts[digit]);
            }

            ends[digit] = at;
        }

        Parallel.For(0, workers, worker =>
        {
            int[] next = places[worker];
            for (int i = Bound(worker); i < Bound(worker + 1); i++)
            {
                ulong prefix = leaves[i].Prefix;
                entries[next[prefix >> FirstShift]++] = new Entry(prefix, i);
            }
        });
        return ends;
    }

    private static void Sort(Span<Entry> entries, Span<Entry> scratch, int shift, Hash32[] leaves)
    {
        if (entries.Length <= FewEntries)
        {
            Insert(entries, leaves);
            return;
        }

        if (shift < 0)
        {
            // Prefixes of 64 bits that are equal: nobody finds many, but nobody must be made slow by them either.
            entries.Sort((a, b) => Compare(a, b, leaves));
            return;
        }

        Span<int> next = stackalloc int[Digits];
        next.Clear();
        foreach (Entry entry in entries)
        {
            next[(int)((entry.Prefix >> shift) & (Digits - 1))]++;
        }

        int at = 0;
        for (int digit = 0; digit < Digits; digit++)
        {
            (next[digit], at) = (at, at + next[digit]);
        }

        foreach (Entry entry in entries)
        {
            scratch[next[(int)((entry.Prefix >> shift) & (Digits - 1))]++] = entry;
        }

        scratch.CopyTo(entries);
        int from = 0;
        for (int digit = 0; digit < Digits; digit++)
        {
            int to = next[digit];
            Sort(entries[from..to], scratch[from..to], shift - DigitBits, leaves);
            from = to;
        }
    }

    private static void Insert(Span<Entry> entries, Hash32[] leaves)
    {
        for (int i = 1; i < entries.Length; i++)
        {
            Entry entry = entries[i];
            int at = i;
            while (at > 0 && Compare(entries[at - 1], entry, leaves) > 0)
            {
                entries[at] = entries[at - 1];
                at--;
            }

            entries[at] = entry;
        }
    }

    private static int Compare(in Entry a, in Entry b, Hash32[] leaves)
    {
        if (a.Prefix != b.Prefix)
        {
            return a.Prefix < b.Prefix ? -1 : 1;
        }

        int order = leaves[a.Leaf].CompareTo(leaves[b.Leaf]);
        return order != 0 ? order : a.Leaf.CompareTo(b.Leaf);
    }

    private readonly record struct Entry(ulong Prefix, int Leaf);
}
