using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OnchainMargin.Ethereum.Hashing;

/// <summary>Keccak-256 of many messages of one length: several beside each other in the lanes of vectors, what is left one by one. Each hash is what <see cref="Keccak256"/> gives.</summary>
public static class KeccakMany
{
    /// <summary>The width that this machine is fastest with.</summary>
    public static KeccakWidth Best { get; } = Vector512.IsHardwareAccelerated ? KeccakWidth.Eight : Vector256.IsHardwareAccelerated ? KeccakWidth.Four : KeccakWidth.One;

    /// <summary>Hashes messages that lie one after another.</summary>
    /// <param name="messages">All messages; as many times the length as there are hashes.</param>
    /// <param name="messageBytes">The length of each.</param>
    /// <param name="hashes">Where their hashes go, in the same order.</param>
    /// <exception cref="ArgumentException">Thrown when the messages are not as many bytes as that.</exception>
    public static void Hash(ReadOnlySpan<byte> messages, int messageBytes, Span<Hash32> hashes) => Hash(messages, messageBytes, hashes, Best);

    /// <summary>The hash of the hash of four words each: what OpenZeppelin's trees have as leaves of values that fill four words.</summary>
    /// <param name="fours">Four times as many as there are hashes; the words of each beside each other.</param>
    /// <param name="hashes">Where their hashes go, in the same order; elsewhere than the words.</param>
    /// <exception cref="ArgumentException">Thrown when there are not four times as many.</exception>
    public static void HashFoursTwice(ReadOnlySpan<Hash32> fours, Span<Hash32> hashes) => HashFoursTwice(fours, hashes, Best);

    /// <summary>Hashes pairs of hashes, the smaller of each first: what OpenZeppelin's trees have as inner nodes.</summary>
    /// <param name="pairs">Twice as many as there are hashes; the parts of a pair beside each other in any order.</param>
    /// <param name="hashes">Where their hashes go, in the same order; elsewhere than the pairs.</param>
    /// <exception cref="ArgumentException">Thrown when there are not twice as many.</exception>
    public static void HashPairs(ReadOnlySpan<Hash32> pairs, Span<Hash32> hashes) => HashPairs(pairs, hashes, Best);

    internal static void Hash(ReadOnlySpan<byte> messages, int messageBytes, Span<Hash32> hashes, KeccakWidth width)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(messageBytes);
        if (messages.Length != (long)messageBytes * hashes.Length)
        {
            throw new ArgumentException($"{hashes.Length} messages of {messageBytes} bytes were announced but {messages.Length} bytes given; give all of them and nothing else.", nameof(messages));
        }

        int done = 0;
        if (width == KeccakWidth.Eight)
        {
            done = Groups<Vector512<ulong>, KeccakLanes512>(messages, messageBytes, hashes, done);
        }

        if (width is KeccakWidth.Eight or KeccakWidth.Four)
        {
            done = Groups<Vector256<ulong>, KeccakLanes256>(messages, messageBytes, hashes, done);
        }

        Groups<ulong, KeccakLanes64>(messages, messageBytes, hashes, done);
    }

    internal static void HashFoursTwice(ReadOnlySpan<Hash32> fours, Span<Hash32> hashes, KeccakWidth width)
    {
        if (fours.Length != 4L * hashes.Length)
        {
            throw new ArgumentException($"{hashes.Length} hashes of four words were announced but {fours.Length} words given; give four for each.", nameof(fours));
        }

        int done = 0;
        if (width == KeccakWidth.Eight)
        {
            done = FourGroups<Vector512<ulong>, KeccakLanes512>(fours, hashes, done);
        }

        if (width is KeccakWidth.Eight or KeccakWidth.Four)
        {
            done = FourGroups<Vector256<ulong>, KeccakLanes256>(fours, hashes, done);
        }

        FourGroups<ulong, KeccakLanes64>(fours, hashes, done);
    }

    internal static void HashPairs(ReadOnlySpan<Hash32> pairs, Span<Hash32> hashes, KeccakWidth width)
    {
        if (pairs.Length != 2L * hashes.Length)
        {
            throw new ArgumentException($"{hashes.Length} pairs were announced but {pairs.Length} hashes given; give two for each.", nameof(pairs));
        }

        int done = 0;
        if (width == KeccakWidth.Eight)
        {
            done = PairGroups<Vector512<ulong>, KeccakLanes512>(pairs, hashes, done);
        }

        if (width is KeccakWidth.Eight or KeccakWidth.Four)
        {
            done = PairGroups<Vector256<ulong>, KeccakLanes256>(pairs, hashes, done);
        }

        PairGroups<ulong, KeccakLanes64>(pairs, hashes, done);
    }

    /// <summary>Hashes as many whole groups as there are from a place on and gives the place behind them.</summary>
    private static int Groups<TWord, TLanes>(ReadOnlySpan<byte> messages, int messageBytes, Span<Hash32> hashes, int from)
        where TWord : unmanaged
        where TLanes : struct, IKeccakLanes<TWord>
    {
        Span<TWord> state = KeccakPermutation.Aligned(stackalloc TWord[KeccakPermutation.Words + KeccakPermutation.Room]);
        for (; from + TLanes.Count <= hashes.Length; from += TLanes.Count)
        {
            KeccakGroup<TWord, TLanes>.Absorb(ref Unsafe.Add(ref MemoryMarshal.GetReference(messages), (nint)from * messageBytes), messageBytes, state);
            KeccakGroup<TWord, TLanes>.Squeeze(state, hashes.Slice(from, TLanes.Count));
        }

        return from;
    }

    private static int FourGroups<TWord, TLanes>(ReadOnlySpan<Hash32> fours, Span<Hash32> hashes, int from)
        where TWord : unmanaged
        where TLanes : struct, IKeccakLanes<TWord>
    {
        Span<TWord> state = KeccakPermutation.Aligned(stackalloc TWord[KeccakPermutation.Words + KeccakPermutation.Room]);
        for (; from + TLanes.Count <= hashes.Length; from += TLanes.Count)
        {
            KeccakGroup<TWord, TLanes>.AbsorbFours(fours.Slice(4 * from, 4 * TLanes.Count), state);
            KeccakGroup<TWord, TLanes>.AbsorbOwnHash(state);
            KeccakGroup<TWord, TLanes>.Squeeze(state, hashes.Slice(from, TLanes.Count));
        }

        return from;
    }

    private static int PairGroups<TWord, TLanes>(ReadOnlySpan<Hash32> pairs, Span<Hash32> hashes, int from)
        where TWord : unmanaged
        where TLanes : struct, IKeccakLanes<TWord>
    {
        Span<TWord> state = KeccakPermutation.Aligned(stackalloc TWord[KeccakPermutation.Words + KeccakPermutation.Room]);
        for (; from + TLanes.Count <= hashes.Length; from += TLanes.Count)
        {
            KeccakGroup<TWord, TLanes>.AbsorbPairs(pairs.Slice(2 * from, 2 * TLanes.Count), state);
            KeccakGroup<TWord, TLanes>.Squeeze(state, hashes.Slice(from, TLanes.Count));
        }

        return from;
    }
}
