using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OnchainMargin.Ethereum.Hashing;

/// <summary>The sponge over as many messages of one length as there are lanes.</summary>
/// <typeparam name="TWord">One word of every lane.</typeparam>
/// <typeparam name="TLanes">What is done with it.</typeparam>
internal static class KeccakGroup<TWord, TLanes>
    where TWord : unmanaged
    where TLanes : struct, IKeccakLanes<TWord>
{
    private const int HashWords = Hash32.Size / 8;

    /// <summary>Takes messages in, padded, and leaves their hashes in the first words of the states.</summary>
    [SkipLocalsInit]
    public static void Absorb(ref byte first, int messageBytes, Span<TWord> state)
    {
        Span<TWord> block = stackalloc TWord[Keccak256.RateWords];
        state.Clear();
        int at = 0;
        for (; messageBytes - at >= Keccak256.RateBytes; at += Keccak256.RateBytes)
        {
            TLanes.Load(ref Unsafe.AddByteOffset(ref first, at), messageBytes, block);
            Mix(block, state);
            KeccakPermutation.Apply<TWord, TLanes>(state, isLast: false);
        }

        int left = messageBytes - at;
        int words = left / 8;
        if (words > 0)
        {
            TLanes.Load(ref Unsafe.AddByteOffset(ref first, at), messageBytes, block[..words]);
            Mix(block[..words], state);
        }

        state[words] = TLanes.Xor(state[words], Tail(ref Unsafe.AddByteOffset(ref first, at + (8 * words)), messageBytes, left - (8 * words)));
        Finish(state);
    }

    /// <summary>Takes messages of four words in.</summary>
    public static void AbsorbFours(ReadOnlySpan<Hash32> fours, Span<TWord> state)
    {
        Span<TWord> words = state[..(4 * HashWords)];
        TLanes.Load(ref Unsafe.As<Hash32, byte>(ref MemoryMarshal.GetReference(fours)), 4 * Hash32.Size, words);
        foreach (ref TWord word in words)
        {
            word = TLanes.ReverseBytes(word);
        }

        state[(4 * HashWords)..].Clear();
        state[4 * HashWords] = TLanes.Broadcast(1);
        Finish(state);
    }

    /// <summary>Takes pairs of hashes in, the smaller of each first.</summary>
    public static void AbsorbPairs(ReadOnlySpan<Hash32> pairs, Span<TWord> state)
    {
        Span<TWord> words = state[..(2 * HashWords)];
        TLanes.Load(ref Unsafe.As<Hash32, byte>(ref MemoryMarshal.GetReference(pairs)), 2 * Hash32.Size, words);
        TWord isSwapped = TLanes.Less(words[HashWords + 3], words[3]);
        for (int i = HashWords - 2; i >= 0; i--)
        {
            // The first words that differ decide; what the later ones said stands only where the earlier are equal.
            isSwapped = TLanes.Select(TLanes.Same(words[i], words[HashWords + i]), isSwapped, TLanes.Less(words[HashWords + i], words[i]));
        }

        for (int i = 0; i < HashWords; i++)
        {
            (TWord a, TWord b) = (words[i], words[HashWords + i]);
            words[i] = TLanes.ReverseBytes(TLanes.Select(isSwapped, b, a));
            words[HashWords + i] = TLanes.ReverseBytes(TLanes.Select(isSwapped, a, b));
        }

        state[(2 * HashWords)..].Clear();
        state[2 * HashWords] = TLanes.Broadcast(1);
        Finish(state);
    }

    /// <summary>Makes the first 32 bytes of each state, its hash, the next message.</summary>
    public static void AbsorbOwnHash(Span<TWord> state)
    {
        state[HashWords..].Clear();
        state[HashWords] = TLanes.Broadcast(1);
        Finish(state);
    }

    /// <summary>Writes the hashes out.</summary>
    public static void Squeeze(Span<TWord> state, Span<Hash32> hashes)
    {
        Span<ulong> words = MemoryMarshal.CreateSpan(ref Unsafe.As<TWord, ulong>(ref MemoryMarshal.GetReference(state)), HashWords * TLanes.Count);
        for (int lane = 0; lane < hashes.Length; lane++)
        {
            hashes[lane] = new Hash32(
                BinaryPrimitives.ReverseEndianness(words[lane]),
                BinaryPrimitives.ReverseEndianness(words[TLanes.Count + lane]),
                BinaryPrimitives.ReverseEndianness(words[(2 * TLanes.Count) + lane]),
                BinaryPrimitives.ReverseEndianness(words[(3 * TLanes.Count) + lane]));
        }
    }

    private static void Mix(ReadOnlySpan<TWord> block, Span<TWord> state)
    {
        for (int i = 0; i < block.Length; i++)
        {
            state[i] = TLanes.Xor(state[i], block[i]);
        }
    }

    /// <summary>The last bytes of each message, fewer than a word, and the padding bit behind them.</summary>
    private static TWord Tail(ref byte first, int strideBytes, int bytes)
    {
        TWord tail = TLanes.Broadcast(1UL << (8 * bytes));
        Span<ulong> lanes = MemoryMarshal.CreateSpan(ref Unsafe.As<TWord, ulong>(ref tail), TLanes.Count);
        for (int lane = 0; lane < lanes.Length; lane++)
        {
            for (int i = 0; i < bytes; i++)
            {
                lanes[lane] |= (ulong)Unsafe.AddByteOffset(ref first, ((nint)lane * strideBytes) + i) << (8 * i);
            }
        }

        return tail;
    }

    private static void Finish(Span<TWord> state)
    {
        state[Keccak256.RateWords - 1] = TLanes.Xor(state[Keccak256.RateWords - 1], TLanes.Broadcast(Keccak256.LastRateBit));
        KeccakPermutation.Apply<TWord, TLanes>(state, isLast: true);
    }
}
