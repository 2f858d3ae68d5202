using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace OnchainMargin.Ethereum.Keys;

/// <summary>scrypt (RFC 7914) on the system's PBKDF2. BouncyCastle's refuses n ≥ 65536 with r = 1, which the definition of key files has in its own example.</summary>
internal static class Scrypt
{
    private const int BlockWords = 16;

    public static byte[] Derive(byte[] password, byte[] salt, int cost, int blockSize, int parallelisation, int length)
    {
        int lane = 128 * blockSize;
        byte[] blocks = Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, HashAlgorithmName.SHA256, lane * parallelisation);
        var table = new uint[(long)cost * lane / 4];
        for (int i = 0; i < parallelisation; i++)
        {
            // Words are little-endian in the definition, as on every machine that .NET runs on.
            Mix(MemoryMarshal.Cast<byte, uint>(blocks.AsSpan(i * lane, lane)), table, cost);
        }

        return Rfc2898DeriveBytes.Pbkdf2(password, blocks, 1, HashAlgorithmName.SHA256, length);
    }

    /// <summary>Fills the table with the states on the way, then goes back through it in an order that the state decides.</summary>
    private static void Mix(Span<uint> state, uint[] table, int cost)
    {
        var next = new uint[state.Length];
        Permute(state, next, isBack: false);
        for (int i = 0; i < cost; i++)
        {
            state.CopyTo(table.AsSpan(i * state.Length));
            MixBlocks(state, next);
        }

        for (int i = 0; i < cost; i++)
        {
            int j = (int)(state[^BlockWords] & (uint)(cost - 1));
            Xor(state, table.AsSpan(j * state.Length, state.Length));
            MixBlocks(state, next);
        }

        Permute(state, next, isBack: true);
    }

    /// <summary>Puts the diagonals of each block into rows, where vectors can work on them, or back; the first word stays the first.</summary>
    private static void Permute(Span<uint> state, uint[] next, bool isBack)
    {
        for (int i = 0; i < state.Length; i++)
        {
            int block = i & ~(BlockWords - 1);
            int diagonal = block + ((i - block) * 5 % BlockWords);
            next[isBack ? diagonal : i] = state[isBack ? i : diagonal];
        }

        next.CopyTo(state);
    }

    private static void MixBlocks(Span<uint> state, uint[] next)
    {
        Span<Vector128<uint>> rows = MemoryMarshal.Cast<uint, Vector128<uint>>(state);
        Span<Vector128<uint>> mixed = MemoryMarshal.Cast<uint, Vector128<uint>>(next.AsSpan());
        Vector128<uint> a = rows[^4];
        Vector128<uint> b = rows[^3];
        Vector128<uint> c = rows[^2];
        Vector128<uint> d = rows[^1];
        int blocks = rows.Length / 4;
        for (int i = 0; i < blocks; i++)
        {
            a ^= rows[4 * i];
            b ^= rows[(4 * i) + 1];
            c ^= rows[(4 * i) + 2];
            d ^= rows[(4 * i) + 3];
            Salsa8(ref a, ref b, ref c, ref d);

            // Even blocks come to stand before odd ones.
            int at = 4 * ((i / 2) + ((i & 1) * blocks / 2));
            mixed[at] = a;
            mixed[at + 1] = b;
            mixed[at + 2] = c;
            mixed[at + 3] = d;
        }

        next.CopyTo(state);
    }

    private static void Xor(Span<uint> target, ReadOnlySpan<uint> source)
    {
        Span<Vector128<uint>> a = MemoryMarshal.Cast<uint, Vector128<uint>>(target);
        ReadOnlySpan<Vector128<uint>> b = MemoryMarshal.Cast<uint, Vector128<uint>>(source);
        for (int i = 0; i < a.Length; i++)
        {
            a[i] ^= b[i];
        }
    }

    /// <summary>Four double rounds of Salsa20 on the diagonals, then the sum with what came in.</summary>
    private static void Salsa8(ref Vector128<uint> first, ref Vector128<uint> second, ref Vector128<uint> third, ref Vector128<uint> fourth)
    {
        Vector128<uint> left = Vector128.Create(3u, 0u, 1u, 2u);
        Vector128<uint> half = Vector128.Create(2u, 3u, 0u, 1u);
        Vector128<uint> right = Vector128.Create(1u, 2u, 3u, 0u);
        Vector128<uint> a = first;
        Vector128<uint> b = second;
        Vector128<uint> c = third;
        Vector128<uint> d = fourth;
        for (int round = 0; round < 4; round++)
        {
            b ^= Rotate(a + d, 7);
            c ^= Rotate(b + a, 9);
            d ^= Rotate(c + b, 13);
            a ^= Rotate(d + c, 18);
            b = Vector128.Shuffle(b, left);
            c = Vector128.Shuffle(c, half);
            d = Vector128.Shuffle(d, right);
            d ^= Rotate(a + b, 7);
            c ^= Rotate(d + a, 9);
            b ^= Rotate(c + d, 13);
            a ^= Rotate(b + c, 18);
            b = Vector128.Shuffle(b, right);
            c = Vector128.Shuffle(c, half);
            d = Vector128.Shuffle(d, left);
        }

        first += a;
        second += b;
        third += c;
        fourth += d;
    }

    private static Vector128<uint> Rotate(Vector128<uint> value, int count) => (value << count) | (value >>> (32 - count));
}
