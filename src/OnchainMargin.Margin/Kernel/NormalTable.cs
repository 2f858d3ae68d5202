using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace OnchainMargin.Margin;

/// <summary>The normal distribution as a table of quadratics, 160 cells a standard deviation from −6.25.</summary>
[SpecRule("MRG-025")]
internal static class NormalTable
{
    /// <summary>Cells of the table.</summary>
    internal const int Cells = 1944;

    /// <summary>Bits of a place inside a cell.</summary>
    internal const int PlaceBits = 28;

    /// <summary>Bits of a cell's slope.</summary>
    internal const int SlopeBits = 52;

    /// <summary>Where zero stands, in cells of Q28.</summary>
    internal const long Zero = 1000L << PlaceBits;

    /// <summary>Where the table ends, in cells of Q28.</summary>
    internal const ulong End = (ulong)Cells << PlaceBits;

    /// <summary>One, in Q60.</summary>
    internal const ulong One = 1UL << 60;

    private const ulong PlaceMask = (1UL << PlaceBits) - 1;
    private const ulong SlopeMask = (1UL << SlopeBits) - 1;
    private const int CellBytes = 11;

    private static readonly Cell[] Table = Load();

    /// <summary>The first cell, for loops that look up many.</summary>
    internal static ref Cell First => ref MemoryMarshal.GetArrayDataReference(Table);

    /// <summary>P(D) in Q60, D in Q28 cells from −6.25 standard deviations.</summary>
    /// <param name="d">D.</param>
    internal static ulong P(long d) => unchecked((ulong)d) < End ? Inside(ref First, unchecked((ulong)d)) : d < 0 ? 0 : One;

    /// <summary>P(D) for D inside the table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Inside(ref Cell first, ulong d)
    {
        // With inner = c1 + t·c2 (not negative, by the table) cut in halves of 32 bits, c0 + t·inner = (c0 >> 28 + t·upper·2⁴)·2²⁸ + (t·lower + c0 mod 2²⁸), so nothing needs 128 bits.
        // Why unchecked: t < 2²⁸, |c2| < 2¹⁵, c1 < 2⁵², so inner < 2⁵³, t·upper·2⁴ < 2⁵³ and t·lower + c0 mod 2²⁸ < 2⁶¹; the whole, P in Q60, is below 2⁶⁰ because the distribution is below
        // one; the wrapped unsigned product of t and a negative c2 is its two's complement.
        unchecked
        {
            Cell cell = Unsafe.Add(ref first, (nint)(d >> PlaceBits));
            ulong t = d & PlaceMask;
            ulong inner = (cell.Low & SlopeMask) + (t * (ulong)(short)cell.Low);
            return cell.High + ((t * (inner >> 32)) << (32 - PlaceBits)) + (((t * (uint)inner) + (cell.Low & PlaceMask)) >> PlaceBits);
        }
    }

    /// <summary>The slope of the table at D: change of P (Q60) a cell, as the derivative of the cell's quadratic.</summary>
    /// <param name="d">D.</param>
    internal static long Slope(long d)
    {
        if (unchecked((ulong)d) >= End)
        {
            return 0;
        }

        Cell cell = Table[(int)(d >> PlaceBits)];
        long t = d & (long)PlaceMask;
        return unchecked((long)(cell.Low & SlopeMask) + (2 * t * (short)cell.Low));
    }

    private static Cell[] Load()
    {
        using Stream stream = typeof(NormalTable).Assembly.GetManifestResourceStream("cdf.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        byte[] bytes = Convert.FromHexString(document.RootElement.GetProperty("table").GetString().AsSpan(2));

        var cells = new Cell[Cells];
        for (int i = 0; i < Cells; i++)
        {
            ReadOnlySpan<byte> word = bytes.AsSpan(i * CellBytes, CellBytes);
            cells[i] = new Cell(BinaryPrimitives.ReadUInt64BigEndian(word[3..]), BinaryPrimitives.ReadUInt64BigEndian(word) >> (PlaceBits - 24));
        }

        return cells;
    }
}
