using System.Diagnostics.CodeAnalysis;

namespace OnchainMargin.Ethereum.Hashing;

/// <summary>The same word of several states beside each other, one a lane: what the permutation is written over.</summary>
/// <typeparam name="TWord">One word of every lane.</typeparam>
internal interface IKeccakLanes<TWord>
    where TWord : unmanaged
{
    /// <summary>How many states.</summary>
    static abstract int Count { get; }

    /// <summary>The same value in every lane.</summary>
    static abstract TWord Broadcast(ulong value);

    /// <summary>a ⊕ b.</summary>
    static abstract TWord Xor(TWord a, TWord b);

    /// <summary>a ⊕ b ⊕ c.</summary>
    static abstract TWord Xor(TWord a, TWord b, TWord c);

    /// <summary>a ⊕ (¬b ∧ c), the step chi.</summary>
    static abstract TWord Chi(TWord a, TWord b, TWord c);

    /// <summary>Turned left by a number of bits from 1 to 63.</summary>
    static abstract TWord RotateLeft(TWord a, [ConstantExpected] byte by);

    /// <summary>Bytes in the other order.</summary>
    static abstract TWord ReverseBytes(TWord a);

    /// <summary>All ones where a &lt; b without sign, zero elsewhere.</summary>
    static abstract TWord Less(TWord a, TWord b);

    /// <summary>All ones where a = b, zero elsewhere.</summary>
    static abstract TWord Same(TWord a, TWord b);

    /// <summary>Bits of b where the mask has ones, of a elsewhere.</summary>
    static abstract TWord Select(TWord mask, TWord b, TWord a);

    /// <summary>Reads words of one message a lane, in the machine's order of bytes.</summary>
    /// <param name="first">The first byte of the first message.</param>
    /// <param name="strideBytes">From one message to the next.</param>
    /// <param name="words">Word by word, every lane; its length says how many.</param>
    static abstract void Load(ref byte first, nint strideBytes, Span<TWord> words);
}
