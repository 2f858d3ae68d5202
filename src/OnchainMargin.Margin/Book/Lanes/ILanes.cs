namespace OnchainMargin.Margin;

/// <summary>Arithmetic on several 64-bit numbers at once. The widths give the same numbers; the scalar one is the reference.</summary>
/// <typeparam name="TVector">The numbers.</typeparam>
internal interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>How many numbers.</summary>
    static abstract int Count { get; }

    /// <summary>The same number in every place.</summary>
    static abstract TVector Broadcast(long value);

    /// <summary>Reads.</summary>
    static abstract TVector Load(ref long source, int offset);

    /// <summary>Reads numbers of 32 bits and widens them with their sign.</summary>
    static abstract TVector LoadShort(ref int source, int offset);

    /// <summary>Writes.</summary>
    static abstract void Store(TVector value, ref long target, int offset);

    /// <summary>sum + a·b for numbers that fit 32 bits.</summary>
    static abstract TVector AddProduct(TVector sum, TVector a, TVector b);

    /// <summary>a·b, of which the low 64 bits count.</summary>
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a + b, of which the low 64 bits count.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>⌊a/2ⁿ⌋.</summary>
    static abstract TVector ShiftRight(TVector a, int n);

    /// <summary>The smaller of each.</summary>
    static abstract TVector Min(TVector a, TVector b);

    /// <summary>The places where a ≤ b, the first in bit 0.</summary>
    static abstract ulong AtMost(TVector a, TVector b);
}
