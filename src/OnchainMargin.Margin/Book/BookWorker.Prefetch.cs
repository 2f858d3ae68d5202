using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace OnchainMargin.Margin;

/// <content>Reading ahead.</content>
internal sealed partial class BookWorker
{
    private const int LineBytes = 64;

    /// <summary>Asks for the rows that the next account needs while this one is computed.</summary>
    internal static void Prefetch(BookBlock block, int account)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (int part = 0; part < block.Underlyings.Length; part++)
        {
            BookUnderlying u = block.Underlyings[part];
            (int first, int count) = block.PartOf(account, part);
            for (int i = first; i < first + count; i++)
            {
                int row = block.Numbers[i];
                Ask(ref u.Rows[row], 1);
                Ask(ref u.Lanes[((2 * row) + (block.Sizes[i] < 0 ? 1 : 0)) * BookUnderlying.TermStride], 2);
                Ask(ref u.Short[row * BookUnderlying.ShortStride], 3);
                Ask(ref u.Values[row * Row.Stride], 5);
            }
        }
    }

    /// <summary>Why unsafe is safe: a prefetch of any address, even one that the collector has moved from, changes nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Ask<T>(ref T from, int lines)
    {
        byte* at = (byte*)Unsafe.AsPointer(ref from);
        for (int i = 0; i < lines; i++)
        {
            Sse.Prefetch0(at + (i * LineBytes));
        }
    }
}
