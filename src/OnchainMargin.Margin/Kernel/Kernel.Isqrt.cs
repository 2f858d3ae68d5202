namespace OnchainMargin.Margin;

/// <summary>The exact integer square root.</summary>
internal static partial class Kernel
{
    /// <summary>⌊√a⌋ for a below 2¹²⁷.</summary>
    /// <param name="a">The radicand.</param>
    [SpecRule("MRG-020")]
    internal static ulong Isqrt(UInt128 a)
    {
        // Why unchecked: with n shifted to fill 126 to 128 bits, each step doubles the correct leading bits of the root
        // (u is within one of √ of n's leading bits), so every quotient and sum below fits 64 bits; the last lines make it exact.
        unchecked
        {
            if (a == 0)
            {
                return 0;
            }

            int shift = (int)UInt128.LeadingZeroCount(a) & ~1;
            UInt128 n = a << shift;
            ulong high = (ulong)(n >> 64);
            uint top = (uint)(high >> 32);
            uint u = 1 + (top >> 30);
            u = (u << 1) + ((top >> 27) / u);
            u = (u << 3) + ((top >> 21) / u);
            u = (u << 7) + ((top >> 9) / u);
            ulong w = ((ulong)u << 15) + ((high >> 17) / u);
            UInt128 upper = n >> 33;
            ulong root = (w << 31) + Rounding.Div2By1((ulong)(upper >> 64), (ulong)upper, w, out _);
            root = root < w ? ulong.MaxValue : root;
            root >>= shift >> 1;
            while (Square(root) > a)
            {
                root--;
            }

            while (Square(root + 1) <= a)
            {
                root++;
            }

            return root;
        }
    }

    private static UInt128 Square(ulong root)
    {
        ulong high = Math.BigMul(root, root, out ulong low);
        return new UInt128(high, low);
    }
}
