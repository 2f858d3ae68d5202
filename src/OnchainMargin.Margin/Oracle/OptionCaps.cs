using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>How many options may be open while surfaces are what their signers say: the integers of <c>contracts/oracle/OptionCaps.sol</c>.</summary>
public static class OptionCaps
{
    private const long LargestE8 = 1L << 62;

    /// <summary>The most option interest that each underlying may grow to, E8: what the open options leave of the limit is shared out in equal parts among the underlyings that have surfaces.</summary>
    /// <param name="openE8">Option interest of each underlying, E8 of a unit.</param>
    /// <param name="risksE8">What an hour of lies moves one unit by (ORC-015), E8 of money; 0 for an underlying without surfaces, whose cap is 0.</param>
    /// <param name="limitE8">What it may be worth in all, E8 of money.</param>
    /// <returns>One cap an underlying; as much as is open where nothing is left.</returns>
    [SpecRule("ORC-016")]
    public static long[] LargestOf(ReadOnlySpan<long> openE8, ReadOnlySpan<long> risksE8, Int128 limitE8)
    {
        int count = 0;
        BigInteger used = BigInteger.Zero;
        for (int i = 0; i < openE8.Length; i++)
        {
            count += risksE8[i] == 0 ? 0 : 1;
            used += (BigInteger)openE8[i] * risksE8[i];
        }

        var left = BigInteger.Max(0, ((BigInteger)limitE8 * Rounding.One) - used);
        long[] most = new long[openE8.Length];
        for (int i = 0; i < most.Length; i++)
        {
            most[i] = risksE8[i] == 0 ? 0 : (long)BigInteger.Min(LargestE8, openE8[i] + (left / ((BigInteger)count * risksE8[i])));
        }

        return most;
    }
}
