using System.Security.Cryptography;

namespace OnchainMargin.Ethereum.Keys;

/// <summary>AES in counter mode over a few blocks, from the system's AES.</summary>
internal static class AesCounter
{
    private const int Block = 16;

    /// <summary>Encrypts or decrypts in place.</summary>
    public static void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> vector, Span<byte> data)
    {
        using var aes = Aes.Create();
        aes.SetKey(key);
        Span<byte> counter = stackalloc byte[Block];
        Span<byte> stream = stackalloc byte[Block];
        vector.CopyTo(counter);
        for (int at = 0; at < data.Length; at += Block)
        {
            _ = aes.EncryptEcb(counter, stream, PaddingMode.None);
            Span<byte> part = data[at..Math.Min(at + Block, data.Length)];
            for (int i = 0; i < part.Length; i++)
            {
                part[i] ^= stream[i];
            }

            Increment(counter);
        }
    }

    private static void Increment(Span<byte> counter)
    {
        for (int i = Block - 1; i >= 0; i--)
        {
            counter[i] = unchecked((byte)(counter[i] + 1));
            if (counter[i] != 0)
            {
                return;
            }
        }
    }
}
