using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace OnchainMargin.Margin;

/// <summary>The normal distribution as a table of quadratics, 160 cells a standard deviation from −6.5.</summary>
[SpecRule("MRG-025")]
internal static class NormalTable
{
    /// <summary>Cells of the table.</summary>
    internal const int Cells = 2047;

    /// <summary>Where zero stands, in cells of Q32.</summary>
    internal const long Zero = 1040L << 32;

    /// <summary>Where the table ends, in cells of Q32.</summary>
    internal const ulong End = (ulong)Cells << 32;

    /// <summary>One, in Q60.</summary>
    internal const ulong One = 1UL << 60;

    private const ulong SlopeMask = (1UL << 56) - 1;
    private const int CellBytes = 12;

    private static readonly Cell[] Table = Load();

    /// <summary>The first cell, for loops that look up many.</summary>
    internal static ref Cell First => ref MemoryMarshal.GetArrayDataReference(Table);

    /// <summary>P(D) in Q60, D in Q32 cells from −6.5 standard deviations.</summary>
    /// <param name="d">D.</param>
    internal static ulong P(long d) => unchecked((ulong)d) < End ? Inside(ref First, unchecked((ulong)d)) : d < 0 ? 0 : One;

    /// <summary>P(D) for D inside the table. Reads a cell as little-endian memory: its upper 64 bits begin at its fifth byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Inside(ref Cell first, ulong d)
    {
        // With inner = c1 + t·c2 (not negative, by the table) cut in halves of 32 bits, t·inner + c0 = (t·upper + c0 >> 32)·2³² + (t·lower + c0 mod 2³²), so nothing needs 128 bits.
        // Why unchecked: t < 2³², |c2| < 2¹⁵, c1 < 2⁵⁶, so t·upper < 2⁵⁸; t·lower + c0 mod 2³² < 2⁶⁴; the whole, P in Q64, is below 2⁶⁴ because the distribution is below one;
        // the wrapped unsigned product of t and a negative c2 is its two's complement.
        unchecked
        {
            ref Cell cell = ref Unsafe.Add(ref first, (nint)(d >> 32));
            ulong t = (uint)d;
            ulong low = cell.Low;
            ulong high = Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref Unsafe.As<Cell, byte>(ref cell), sizeof(uint)));
            ulong inner = (low & SlopeMask) + (t * (ulong)(short)low);
            return (high + (t * (inner >> 32)) + (((t * (uint)inner) + (uint)low) >> 32)) >> 4;
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

        Cell cell = Table[(int)(d >> 32)];
        long t = d & uint.MaxValue;
        return unchecked((long)(cell.Low & SlopeMask) + (2 * t * (short)cell.Low)) >> 4;
    }

    private static Cell[] Load()
    {
        using Stream stream = typeof(NormalTable).Assembly.GetManifestResourceStream("cdf.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        byte[] bytes = Convert.FromHexString(document.RootElement.GetProperty("table").GetString().AsSpan(2));

        // One cell more than there are, so that 16 bytes can be read from the last.
        var cells = new Cell[Cells + 1];
        for (int i = 0; i < Cells; i++)
        {
            ReadOnlySpan<byte> word = bytes.AsSpan(i * CellBytes, CellBytes);
            cells[i] = new Cell(BinaryPrimitives.ReadUInt64BigEndian(word[4..]), BinaryPrimitives.ReadUInt32BigEndian(word));
        }

        return cells;
    }
}
