namespace OnchainMargin.Margin;

/// <summary>Zig-zag form of signed numbers, <c>v ≥ 0 ? 2v : −2v − 1</c>: small negative numbers keep their zero bytes, which are cheap in calldata.</summary>
[SpecRule("MRG-002")]
public static class ZigZag
{
    /// <summary>The zig-zag form of a number.</summary>
    /// <param name="value">Any signed 128-bit number.</param>
    public static UInt128 Encode(Int128 value) => unchecked((UInt128)((value << 1) ^ (value >> 127)));

    /// <summary>The number of a zig-zag form.</summary>
    /// <param name="code">Any unsigned 128-bit number.</param>
    public static Int128 Decode(UInt128 code) => unchecked((Int128)(code >> 1) ^ -(Int128)(code & UInt128.One));

    /// <summary>The zig-zag form of a number in 64 bits.</summary>
    /// <param name="value">Any signed 64-bit number.</param>
    public static ulong Encode64(long value) => unchecked((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>The number of a zig-zag form in 64 bits.</summary>
    /// <param name="code">Any unsigned 64-bit number.</param>
    public static long Decode64(ulong code) => unchecked((long)(code >> 1) ^ -(long)(code & 1));
}
