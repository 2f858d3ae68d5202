using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OnchainMargin.Ethereum.Hashing;

/// <summary>The permutation Keccak-f[1600] of one state or of several beside each other, two rounds a turn of the loop with the 25 words in locals (word x + 5·y).</summary>
/// <remarks>Row by row: as the five words of a row are made, five words of the state before are read for the last time, so that all that lives fits into 32 registers. From a to e and back nothing is moved.</remarks>
internal static class KeccakPermutation
{
    public const int Words = 25;

    /// <summary>How many words more a state needs to be put on a boundary.</summary>
    public const int Room = 4;

    private const int AlignmentBytes = 32;

    private static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
        0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
        0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
        0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
        0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>The state within words that are <see cref="Room"/> more, where no vector lies across two lines of the cache: that costs a twentieth of the time.</summary>
    public static Span<TWord> Aligned<TWord>(Span<TWord> words)
        where TWord : unmanaged
    {
        ref TWord first = ref MemoryMarshal.GetReference(words);
        nint address = Unsafe.ByteOffset(ref Unsafe.NullRef<TWord>(), ref first);
        return MemoryMarshal.CreateSpan(ref Unsafe.AddByteOffset(ref first, -address & (AlignmentBytes - 1)), Words);
    }

    /// <summary>Permutes the 25 words of every lane in place.</summary>
    /// <param name="state">The words.</param>
    /// <param name="isLast">Whether only the hash is asked for: what is behind its four words is then not written.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<TWord, TLanes>(Span<TWord> state, bool isLast)
        where TWord : unmanaged
        where TLanes : struct, IKeccakLanes<TWord>
    {
        if (state.Length < Words)
        {
            throw new ArgumentException("The state needs 25 words.", nameof(state));
        }

        ref TWord s = ref MemoryMarshal.GetReference(state);
        TWord a00 = Unsafe.Add(ref s, 0);
        TWord a01 = Unsafe.Add(ref s, 1);
        TWord a02 = Unsafe.Add(ref s, 2);
        TWord a03 = Unsafe.Add(ref s, 3);
        TWord a04 = Unsafe.Add(ref s, 4);
        TWord a05 = Unsafe.Add(ref s, 5);
        TWord a06 = Unsafe.Add(ref s, 6);
        TWord a07 = Unsafe.Add(ref s, 7);
        TWord a08 = Unsafe.Add(ref s, 8);
        TWord a09 = Unsafe.Add(ref s, 9);
        TWord a10 = Unsafe.Add(ref s, 10);
        TWord a11 = Unsafe.Add(ref s, 11);
        TWord a12 = Unsafe.Add(ref s, 12);
        TWord a13 = Unsafe.Add(ref s, 13);
        TWord a14 = Unsafe.Add(ref s, 14);
        TWord a15 = Unsafe.Add(ref s, 15);
        TWord a16 = Unsafe.Add(ref s, 16);
        TWord a17 = Unsafe.Add(ref s, 17);
        TWord a18 = Unsafe.Add(ref s, 18);
        TWord a19 = Unsafe.Add(ref s, 19);
        TWord a20 = Unsafe.Add(ref s, 20);
        TWord a21 = Unsafe.Add(ref s, 21);
        TWord a22 = Unsafe.Add(ref s, 22);
        TWord a23 = Unsafe.Add(ref s, 23);
        TWord a24 = Unsafe.Add(ref s, 24);

        for (int round = 0; round < RoundConstants.Length; round += 2)
        {
            TWord c0, c1, c2, c3, c4, d0, d1, d2, d3, d4, b0, b1, b2, b3, b4;

            c0 = TLanes.Xor(TLanes.Xor(a10, a05, a00), a15, a20);
            c1 = TLanes.Xor(TLanes.Xor(a11, a06, a01), a16, a21);
            c2 = TLanes.Xor(TLanes.Xor(a12, a07, a02), a17, a22);
            c3 = TLanes.Xor(TLanes.Xor(a13, a08, a03), a18, a23);
            c4 = TLanes.Xor(TLanes.Xor(a14, a09, a04), a19, a24);
            d0 = TLanes.Xor(c4, TLanes.RotateLeft(c1, 1));
            d3 = TLanes.Xor(c2, TLanes.RotateLeft(c4, 1));
            d1 = TLanes.Xor(c0, TLanes.RotateLeft(c2, 1));
            d4 = TLanes.Xor(c3, TLanes.RotateLeft(c0, 1));
            d2 = TLanes.Xor(c1, TLanes.RotateLeft(c3, 1));
            b0 = TLanes.Xor(a00, d0);
            b1 = TLanes.RotateLeft(TLanes.Xor(a06, d1), 44);
            b2 = TLanes.RotateLeft(TLanes.Xor(a12, d2), 43);
            b3 = TLanes.RotateLeft(TLanes.Xor(a18, d3), 21);
            b4 = TLanes.RotateLeft(TLanes.Xor(a24, d4), 14);
            TWord e03 = TLanes.Chi(b3, b4, b0);
            TWord e04 = TLanes.Chi(b4, b0, b1);
            TWord e00 = TLanes.Xor(TLanes.Chi(b0, b1, b2), TLanes.Broadcast(RoundConstants[round]));
            TWord e01 = TLanes.Chi(b1, b2, b3);
            TWord e02 = TLanes.Chi(b2, b3, b4);
            b0 = TLanes.RotateLeft(TLanes.Xor(a03, d3), 28);
            b1 = TLanes.RotateLeft(TLanes.Xor(a09, d4), 20);
            b2 = TLanes.RotateLeft(TLanes.Xor(a10, d0), 3);
            b3 = TLanes.RotateLeft(TLanes.Xor(a16, d1), 45);
            b4 = TLanes.RotateLeft(TLanes.Xor(a22, d2), 61);
            TWord e08 = TLanes.Chi(b3, b4, b0);
            TWord e09 = TLanes.Chi(b4, b0, b1);
            TWord e05 = TLanes.Chi(b0, b1, b2);
            TWord e06 = TLanes.Chi(b1, b2, b3);
            TWord e07 = TLanes.Chi(b2, b3, b4);
            b0 = TLanes.RotateLeft(TLanes.Xor(a01, d1), 1);
            b1 = TLanes.RotateLeft(TLanes.Xor(a07, d2), 6);
            b2 = TLanes.RotateLeft(TLanes.Xor(a13, d3), 25);
            b3 = TLanes.RotateLeft(TLanes.Xor(a19, d4), 8);
            b4 = TLanes.RotateLeft(TLanes.Xor(a20, d0), 18);
            TWord e13 = TLanes.Chi(b3, b4, b0);
            TWord e14 = TLanes.Chi(b4, b0, b1);
            TWord e10 = TLanes.Chi(b0, b1, b2);
            TWord e11 = TLanes.Chi(b1, b2, b3);
            TWord e12 = TLanes.Chi(b2, b3, b4);
            b0 = TLanes.RotateLeft(TLanes.Xor(a04, d4), 27);
            b1 = TLanes.RotateLeft(TLanes.Xor(a05, d0), 36);
            b2 = TLanes.RotateLeft(TLanes.Xor(a11, d1), 10);
            b3 = TLanes.RotateLeft(TLanes.Xor(a17, d2), 15);
            b4 = TLanes.RotateLeft(TLanes.Xor(a23, d3), 56);
            TWord e18 = TLanes.Chi(b3, b4, b0);
            TWord e19 = TLanes.Chi(b4, b0, b1);
            TWord e15 = TLanes.Chi(b0, b1, b2);
            TWord e16 = TLanes.Chi(b1, b2, b3);
            TWord e17 = TLanes.Chi(b2, b3, b4);
            b0 = TLanes.RotateLeft(TLanes.Xor(a02, d2), 62);
            b1 = TLanes.RotateLeft(TLanes.Xor(a08, d3), 55);
            b2 = TLanes.RotateLeft(TLanes.Xor(a14, d4), 39);
            b3 = TLanes.RotateLeft(TLanes.Xor(a15, d0), 41);
            b4 = TLanes.RotateLeft(TLanes.Xor(a21, d1), 2);
            TWord e23 = TLanes.Chi(b3, b4, b0);
            TWord e24 = TLanes.Chi(b4, b0, b1);
            TWord e20 = TLanes.Chi(b0, b1, b2);
            TWord e21 = TLanes.Chi(b1, b2, b3);
            TWord e22 = TLanes.Chi(b2, b3, b4);

            c0 = TLanes.Xor(TLanes.Xor(e10, e05, e00), e15, e20);
            c1 = TLanes.Xor(TLanes.Xor(e11, e06, e01), e16, e21);
            c2 = TLanes.Xor(TLanes.Xor(e12, e07, e02), e17, e22);
            c3 = TLanes.Xor(TLanes.Xor(e13, e08, e03), e18, e23);
            c4 = TLanes.Xor(TLanes.Xor(e14, e09, e04), e19, e24);
            d0 = TLanes.Xor(c4, TLanes.RotateLeft(c1, 1));
            d3 = TLanes.Xor(c2, TLanes.RotateLeft(c4, 1));
            d1 = TLanes.Xor(c0, TLanes.RotateLeft(c2, 1));
            d4 = TLanes.Xor(c3, TLanes.RotateLeft(c0, 1));
            d2 = TLanes.Xor(c1, TLanes.RotateLeft(c3, 1));
            b0 = TLanes.Xor(e00, d0);
            b1 = TLanes.RotateLeft(TLanes.Xor(e06, d1), 44);
            b2 = TLanes.RotateLeft(TLanes.Xor(e12, d2), 43);
            b3 = TLanes.RotateLeft(TLanes.Xor(e18, d3), 21);
            b4 = TLanes.RotateLeft(TLanes.Xor(e24, d4), 14);
            a03 = TLanes.Chi(b3, b4, b0);
            a04 = TLanes.Chi(b4, b0, b1);
            a00 = TLanes.Xor(TLanes.Chi(b0, b1, b2), TLanes.Broadcast(RoundConstants[round + 1]));
            a01 = TLanes.Chi(b1, b2, b3);
            a02 = TLanes.Chi(b2, b3, b4);
            b0 = TLanes.RotateLeft(TLanes.Xor(e03, d3), 28);
            b1 = TLanes.RotateLeft(TLanes.Xor(e09, d4), 20);
            b2 = TLanes.RotateLeft(TLanes.Xor(e10, d0), 3);
            b3 = TLanes.RotateLeft(TLanes.Xor(e16, d1), 45);
            b4 = TLanes.RotateLeft(TLanes.Xor(e22, d2), 61);
            a08 = TLanes.Chi(b3, b4, b0);
            a09 = TLanes.Chi(b4, b0, b1);
            a05 = TLanes.Chi(b0, b1, b2);
            a06 = TLanes.Chi(b1, b2, b3);
            a07 = TLanes.Chi(b2, b3, b4);
            b0 = TLanes.RotateLeft(TLanes.Xor(e01, d1), 1);
            b1 = TLanes.RotateLeft(TLanes.Xor(e07, d2), 6);
            b2 = TLanes.RotateLeft(TLanes.Xor(e13, d3), 25);
            b3 = TLanes.RotateLeft(TLanes.Xor(e19, d4), 8);
            b4 = TLanes.RotateLeft(TLanes.Xor(e20, d0), 18);
            a13 = TLanes.Chi(b3, b4, b0);
            a14 = TLanes.Chi(b4, b0, b1);
            a10 = TLanes.Chi(b0, b1, b2);
            a11 = TLanes.Chi(b1, b2, b3);
            a12 = TLanes.Chi(b2, b3, b4);
            b0 = TLanes.RotateLeft(TLanes.Xor(e04, d4), 27);
            b1 = TLanes.RotateLeft(TLanes.Xor(e05, d0), 36);
            b2 = TLanes.RotateLeft(TLanes.Xor(e11, d1), 10);
            b3 = TLanes.RotateLeft(TLanes.Xor(e17, d2), 15);
            b4 = TLanes.RotateLeft(TLanes.Xor(e23, d3), 56);
            a18 = TLanes.Chi(b3, b4, b0);
            a19 = TLanes.Chi(b4, b0, b1);
            a15 = TLanes.Chi(b0, b1, b2);
            a16 = TLanes.Chi(b1, b2, b3);
            a17 = TLanes.Chi(b2, b3, b4);
            b0 = TLanes.RotateLeft(TLanes.Xor(e02, d2), 62);
            b1 = TLanes.RotateLeft(TLanes.Xor(e08, d3), 55);
            b2 = TLanes.RotateLeft(TLanes.Xor(e14, d4), 39);
            b3 = TLanes.RotateLeft(TLanes.Xor(e15, d0), 41);
            b4 = TLanes.RotateLeft(TLanes.Xor(e21, d1), 2);
            a23 = TLanes.Chi(b3, b4, b0);
            a24 = TLanes.Chi(b4, b0, b1);
            a20 = TLanes.Chi(b0, b1, b2);
            a21 = TLanes.Chi(b1, b2, b3);
            a22 = TLanes.Chi(b2, b3, b4);
        }

        Unsafe.Add(ref s, 0) = a00;
        Unsafe.Add(ref s, 1) = a01;
        Unsafe.Add(ref s, 2) = a02;
        Unsafe.Add(ref s, 3) = a03;
        if (isLast)
        {
            return;
        }

        Unsafe.Add(ref s, 4) = a04;
        Unsafe.Add(ref s, 5) = a05;
        Unsafe.Add(ref s, 6) = a06;
        Unsafe.Add(ref s, 7) = a07;
        Unsafe.Add(ref s, 8) = a08;
        Unsafe.Add(ref s, 9) = a09;
        Unsafe.Add(ref s, 10) = a10;
        Unsafe.Add(ref s, 11) = a11;
        Unsafe.Add(ref s, 12) = a12;
        Unsafe.Add(ref s, 13) = a13;
        Unsafe.Add(ref s, 14) = a14;
        Unsafe.Add(ref s, 15) = a15;
        Unsafe.Add(ref s, 16) = a16;
        Unsafe.Add(ref s, 17) = a17;
        Unsafe.Add(ref s, 18) = a18;
        Unsafe.Add(ref s, 19) = a19;
        Unsafe.Add(ref s, 20) = a20;
        Unsafe.Add(ref s, 21) = a21;
        Unsafe.Add(ref s, 22) = a22;
        Unsafe.Add(ref s, 23) = a23;
        Unsafe.Add(ref s, 24) = a24;
    }
}
