using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OnchainMargin.Ethereum.Hashing;

/// <summary>The permutation Keccak-f[1600] of one state or of several beside each other, one round a turn of the loop with the 25 words in locals (word x + 5·y).</summary>
internal static class KeccakPermutation
{
    public const int Words = 25;

    private static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
        0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
        0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
        0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
        0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>Permutes the 25 words of every lane in place.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<TWord, TLanes>(Span<TWord> state)
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

        foreach (ulong constant in RoundConstants)
        {
            TWord c0 = TLanes.Xor(TLanes.Xor(a00, a05, a10), a15, a20);
            TWord c1 = TLanes.Xor(TLanes.Xor(a01, a06, a11), a16, a21);
            TWord c2 = TLanes.Xor(TLanes.Xor(a02, a07, a12), a17, a22);
            TWord c3 = TLanes.Xor(TLanes.Xor(a03, a08, a13), a18, a23);
            TWord c4 = TLanes.Xor(TLanes.Xor(a04, a09, a14), a19, a24);
            TWord d0 = TLanes.Xor(c4, TLanes.RotateLeft(c1, 1));
            TWord d1 = TLanes.Xor(c0, TLanes.RotateLeft(c2, 1));
            TWord d2 = TLanes.Xor(c1, TLanes.RotateLeft(c3, 1));
            TWord d3 = TLanes.Xor(c2, TLanes.RotateLeft(c4, 1));
            TWord d4 = TLanes.Xor(c3, TLanes.RotateLeft(c0, 1));

            TWord b00 = TLanes.Xor(a00, d0);
            TWord b01 = TLanes.RotateLeft(TLanes.Xor(a06, d1), 44);
            TWord b02 = TLanes.RotateLeft(TLanes.Xor(a12, d2), 43);
            TWord b03 = TLanes.RotateLeft(TLanes.Xor(a18, d3), 21);
            TWord b04 = TLanes.RotateLeft(TLanes.Xor(a24, d4), 14);
            TWord b05 = TLanes.RotateLeft(TLanes.Xor(a03, d3), 28);
            TWord b06 = TLanes.RotateLeft(TLanes.Xor(a09, d4), 20);
            TWord b07 = TLanes.RotateLeft(TLanes.Xor(a10, d0), 3);
            TWord b08 = TLanes.RotateLeft(TLanes.Xor(a16, d1), 45);
            TWord b09 = TLanes.RotateLeft(TLanes.Xor(a22, d2), 61);
            TWord b10 = TLanes.RotateLeft(TLanes.Xor(a01, d1), 1);
            TWord b11 = TLanes.RotateLeft(TLanes.Xor(a07, d2), 6);
            TWord b12 = TLanes.RotateLeft(TLanes.Xor(a13, d3), 25);
            TWord b13 = TLanes.RotateLeft(TLanes.Xor(a19, d4), 8);
            TWord b14 = TLanes.RotateLeft(TLanes.Xor(a20, d0), 18);
            TWord b15 = TLanes.RotateLeft(TLanes.Xor(a04, d4), 27);
            TWord b16 = TLanes.RotateLeft(TLanes.Xor(a05, d0), 36);
            TWord b17 = TLanes.RotateLeft(TLanes.Xor(a11, d1), 10);
            TWord b18 = TLanes.RotateLeft(TLanes.Xor(a17, d2), 15);
            TWord b19 = TLanes.RotateLeft(TLanes.Xor(a23, d3), 56);
            TWord b20 = TLanes.RotateLeft(TLanes.Xor(a02, d2), 62);
            TWord b21 = TLanes.RotateLeft(TLanes.Xor(a08, d3), 55);
            TWord b22 = TLanes.RotateLeft(TLanes.Xor(a14, d4), 39);
            TWord b23 = TLanes.RotateLeft(TLanes.Xor(a15, d0), 41);
            TWord b24 = TLanes.RotateLeft(TLanes.Xor(a21, d1), 2);

            a00 = TLanes.Xor(TLanes.Chi(b00, b01, b02), TLanes.Broadcast(constant));
            a01 = TLanes.Chi(b01, b02, b03);
            a02 = TLanes.Chi(b02, b03, b04);
            a03 = TLanes.Chi(b03, b04, b00);
            a04 = TLanes.Chi(b04, b00, b01);
            a05 = TLanes.Chi(b05, b06, b07);
            a06 = TLanes.Chi(b06, b07, b08);
            a07 = TLanes.Chi(b07, b08, b09);
            a08 = TLanes.Chi(b08, b09, b05);
            a09 = TLanes.Chi(b09, b05, b06);
            a10 = TLanes.Chi(b10, b11, b12);
            a11 = TLanes.Chi(b11, b12, b13);
            a12 = TLanes.Chi(b12, b13, b14);
            a13 = TLanes.Chi(b13, b14, b10);
            a14 = TLanes.Chi(b14, b10, b11);
            a15 = TLanes.Chi(b15, b16, b17);
            a16 = TLanes.Chi(b16, b17, b18);
            a17 = TLanes.Chi(b17, b18, b19);
            a18 = TLanes.Chi(b18, b19, b15);
            a19 = TLanes.Chi(b19, b15, b16);
            a20 = TLanes.Chi(b20, b21, b22);
            a21 = TLanes.Chi(b21, b22, b23);
            a22 = TLanes.Chi(b22, b23, b24);
            a23 = TLanes.Chi(b23, b24, b20);
            a24 = TLanes.Chi(b24, b20, b21);
        }

        Unsafe.Add(ref s, 0) = a00;
        Unsafe.Add(ref s, 1) = a01;
        Unsafe.Add(ref s, 2) = a02;
        Unsafe.Add(ref s, 3) = a03;
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
