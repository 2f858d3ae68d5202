using System.Numerics;
using System.Runtime.InteropServices;
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
    }

    private static void MixBlocks(Span<uint> state, uint[] next)
    {
        Span<uint> x = stackalloc uint[BlockWords];
        state[^BlockWords..].CopyTo(x);
        int blocks = state.Length / BlockWords;
        for (int i = 0; i < blocks; i++)
        {
            Xor(x, state.Slice(i * BlockWords, BlockWords));
            Salsa8(x);

            // Even blocks come to stand before odd ones.
            x.CopyTo(next.AsSpan(((i / 2) + ((i & 1) * blocks / 2)) * BlockWords));
        }

        next.CopyTo(state);
    }

    private static void Xor(Span<uint> target, ReadOnlySpan<uint> source)
    {
        Span<Vector<uint>> a = MemoryMarshal.Cast<uint, Vector<uint>>(target);
        ReadOnlySpan<Vector<uint>> b = MemoryMarshal.Cast<uint, Vector<uint>>(source);
        for (int i = 0; i < a.Length; i++)
        {
            a[i] ^= b[i];
        }
    }

    private static void Salsa8(Span<uint> block)
    {
        Span<uint> x = stackalloc uint[BlockWords];
        block.CopyTo(x);
        for (int round = 0; round < 8; round += 2)
        {
            Quarter(x, 0, 4, 8, 12);
            Quarter(x, 5, 9, 13, 1);
            Quarter(x, 10, 14, 2, 6);
            Quarter(x, 15, 3, 7, 11);
            Quarter(x, 0, 1, 2, 3);
            Quarter(x, 5, 6, 7, 4);
            Quarter(x, 10, 11, 8, 9);
            Quarter(x, 15, 12, 13, 14);
        }

        for (int i = 0; i < BlockWords; i++)
        {
            block[i] = unchecked(block[i] + x[i]);
        }
    }

    private static void Quarter(Span<uint> x, int a, int b, int c, int d)
    {
        unchecked
        {
            x[b] ^= BitOperations.RotateLeft(x[a] + x[d], 7);
            x[c] ^= BitOperations.RotateLeft(x[b] + x[a], 9);
            x[d] ^= BitOperations.RotateLeft(x[c] + x[b], 13);
            x[a] ^= BitOperations.RotateLeft(x[d] + x[c], 18);
        }
    }
}
