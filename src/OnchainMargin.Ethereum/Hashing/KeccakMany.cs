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

        Hash(new Bytes(messages, messageBytes), hashes, width);
    }

    internal static void HashFoursTwice(ReadOnlySpan<Hash32> fours, Span<Hash32> hashes, KeccakWidth width)
    {
        if (fours.Length != 4L * hashes.Length)
        {
            throw new ArgumentException($"{hashes.Length} hashes of four words were announced but {fours.Length} words given; give four for each.", nameof(fours));
        }

        Hash(new Fours(fours), hashes, width);
    }

    internal static void HashPairs(ReadOnlySpan<Hash32> pairs, Span<Hash32> hashes, KeccakWidth width)
    {
        if (pairs.Length != 2L * hashes.Length)
        {
            throw new ArgumentException($"{hashes.Length} pairs were announced but {pairs.Length} hashes given; give two for each.", nameof(pairs));
        }

        Hash(new Pairs(pairs), hashes, width);
    }

    /// <summary>Hashes by the widest groups first, and what is left by narrower ones.</summary>
    private static void Hash<TMessages>(in TMessages messages, Span<Hash32> hashes, KeccakWidth width)
        where TMessages : IMessages, allows ref struct
    {
        int done = 0;
        if (width == KeccakWidth.Eight)
        {
            done = Groups<TMessages, Vector512<ulong>, KeccakLanes512>(messages, hashes, done);
        }

        if (width is KeccakWidth.Eight or KeccakWidth.Four)
        {
            done = Groups<TMessages, Vector256<ulong>, KeccakLanes256>(messages, hashes, done);
        }

        Groups<TMessages, ulong, KeccakLanes64>(messages, hashes, done);
    }

    /// <summary>Hashes as many whole groups as there are from a place on and gives the place behind them.</summary>
    private static int Groups<TMessages, TWord, TLanes>(in TMessages messages, Span<Hash32> hashes, int from)
        where TMessages : IMessages, allows ref struct
        where TWord : unmanaged
        where TLanes : struct, IKeccakLanes<TWord>
    {
        Span<TWord> state = KeccakPermutation.Aligned(stackalloc TWord[KeccakPermutation.Words + KeccakPermutation.Room]);
        for (; from + TLanes.Count <= hashes.Length; from += TLanes.Count)
        {
            messages.Absorb<TWord, TLanes>(from, state);
            KeccakGroup<TWord, TLanes>.Squeeze(state, hashes.Slice(from, TLanes.Count));
        }

        return from;
    }

    /// <summary>What is hashed.</summary>
    private interface IMessages
    {
        /// <summary>Takes a group of messages in, from a place on.</summary>
        void Absorb<TWord, TLanes>(int from, scoped Span<TWord> state)
            where TWord : unmanaged
            where TLanes : struct, IKeccakLanes<TWord>;
    }

    private readonly ref struct Bytes : IMessages
    {
        private readonly ReadOnlySpan<byte> _messages;
        private readonly int _messageBytes;

        public Bytes(ReadOnlySpan<byte> messages, int messageBytes)
        {
            _messages = messages;
            _messageBytes = messageBytes;
        }

        public void Absorb<TWord, TLanes>(int from, scoped Span<TWord> state)
            where TWord : unmanaged
            where TLanes : struct, IKeccakLanes<TWord> =>
            KeccakGroup<TWord, TLanes>.Absorb(ref Unsafe.Add(ref MemoryMarshal.GetReference(_messages), (nint)from * _messageBytes), _messageBytes, state);
    }

    private readonly ref struct Fours : IMessages
    {
        private readonly ReadOnlySpan<Hash32> _words;

        public Fours(ReadOnlySpan<Hash32> words) => _words = words;

        public void Absorb<TWord, TLanes>(int from, scoped Span<TWord> state)
            where TWord : unmanaged
            where TLanes : struct, IKeccakLanes<TWord>
        {
            KeccakGroup<TWord, TLanes>.AbsorbFours(_words.Slice(4 * from, 4 * TLanes.Count), state);
            KeccakGroup<TWord, TLanes>.AbsorbOwnHash(state);
        }
    }

    private readonly ref struct Pairs : IMessages
    {
        private readonly ReadOnlySpan<Hash32> _hashes;

        public Pairs(ReadOnlySpan<Hash32> hashes) => _hashes = hashes;

        public void Absorb<TWord, TLanes>(int from, scoped Span<TWord> state)
            where TWord : unmanaged
            where TLanes : struct, IKeccakLanes<TWord> =>
            KeccakGroup<TWord, TLanes>.AbsorbPairs(_hashes.Slice(2 * from, 2 * TLanes.Count), state);
    }
}
