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

    /// <summary>Reads the first four numbers of as many rows as there are lanes: one kind of number a vector.</summary>
    /// <param name="source">The rows.</param>
    /// <param name="offset">Where the first begins.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="a">The first of each row.</param>
    /// <param name="b">The second.</param>
    /// <param name="c">The third.</param>
    /// <param name="d">The fourth.</param>
    static abstract void LoadRows(ref long source, int offset, int stride, out TVector a, out TVector b, out TVector c, out TVector d);

    /// <summary>Writes the first four numbers of as many rows as there are lanes.</summary>
    static abstract void StoreRows(ref long target, int offset, int stride, TVector a, TVector b, TVector c, TVector d);

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

    /// <summary>a − b, of which the low 64 bits count.</summary>
    static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>The product of the low 32 bits of each, read without a sign.</summary>
    static abstract TVector Product(TVector a, TVector b);

    /// <summary>The bits that both have.</summary>
    static abstract TVector And(TVector a, TVector b);

    /// <summary>The bits that one of both has.</summary>
    static abstract TVector Xor(TVector a, TVector b);

    /// <summary>The bits that any of both has.</summary>
    static abstract TVector Or(TVector a, TVector b);

    /// <summary>⌊a/2ⁿ⌋.</summary>
    static abstract TVector ShiftRight(TVector a, int n);

    /// <summary>⌊a/2ⁿ⌋ of numbers read without a sign.</summary>
    static abstract TVector ShiftRightLogical(TVector a, int n);

    /// <summary>a·2ⁿ, of which the low 64 bits count.</summary>
    static abstract TVector ShiftLeft(TVector a, int n);

    /// <summary>The larger of each.</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>The smaller of each.</summary>
    static abstract TVector Min(TVector a, TVector b);

    /// <summary>The smallest of all.</summary>
    static abstract long Smallest(TVector a);

    /// <summary>The places where a ≤ b, the first in bit 0.</summary>
    static abstract ulong AtMost(TVector a, TVector b);

    /// <summary>Reads cells of the table of the normal distribution.</summary>
    /// <param name="first">The first cell.</param>
    /// <param name="at">Numbers of cells.</param>
    /// <param name="low">Their low numbers.</param>
    /// <param name="high">Their high numbers.</param>
    static abstract void Cells(ref Cell first, TVector at, out TVector low, out TVector high);
}
