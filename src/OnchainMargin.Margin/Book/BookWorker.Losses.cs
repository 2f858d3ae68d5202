using System.Numerics;
using System.Runtime.CompilerServices;

namespace OnchainMargin.Margin;

/// <content>The largest loss: short sums say which scenarios may be it, those are reckoned exactly.</content>
internal sealed partial class BookWorker
{
    private const int SumBits = 57;

    private const ulong AllScenarios = (1UL << Scenarios.Count) - 1;

    /// <summary>The largest loss of an underlying alone, 24ths: over scenarios and between nodes.</summary>
    private long LossOf(BookBlock block, int index, int account)
    {
        BookPart part = _parts[index];
        Weigh(block, part, account);
        long limit = part.Least + (2 * part.Slack);
        ulong all = (part.Any[account] & InstrumentTraits.Option) != InstrumentTraits.None ? AllScenarios : Scenarios.WithoutShocks;
        ulong weighted = _sums.AtMost(part.Weighted, limit) & all;
        ulong exact = part.IsNarrow ? _sums.AtMost(part.Exact, limit) & all & ~part.Same : 0;
        var worst = new WideSum(0, 0);
        while ((weighted | exact) != 0)
        {
            bool isExact = weighted == 0;
            WideSum sum = PnlOf(block, part, account, BitOperations.TrailingZeroCount(isExact ? exact : weighted), isExact);
            exact = unchecked(isExact ? exact & (exact - 1) : exact);
            weighted = unchecked(weighted & (weighted - 1));
            if (sum.High < worst.High || (sum.High == worst.High && sum.Low < worst.Low))
            {
                worst = sum;
            }
        }

        long loss24 = worst.Magnitude.CeilOne();
        return part.IsNarrow ? Between(block, account, index, index + 1, part.Exact, part.Slack, part.Shift, loss24) : loss24;
    }

    /// <summary>Short sums of the scenarios: sizes cut to so many bits that the weighted sum of all of them fits a word.</summary>
    private void Weigh(BookBlock block, BookPart part, int account)
    {
        // size·value/2^(cut + shift) = (z + f)·(a + e) with f, e in [0, 1): off by at most |z| + |a| + 1 a position, with |z| ≤ 2^bits and |a| ≤ 2²⁸.
        BookUnderlying u = part.Underlying;
        ReadOnlySpan<int> narrow = part.NarrowOf(account);
        ReadOnlySpan<int> rows = RowsOf(part, account);
        int count = part.Count[account];
        int bits = SumBits - BookUnderlying.ShortBits - (32 - BitOperations.LeadingZeroCount((uint)count));
        part.Cut = Math.Max(0, 64 - BitOperations.LeadingZeroCount(part.Magnitudes[account]) - bits);
        part.Shift = part.Cut + u.Shift;
        part.Slack = part.Shift == 0 ? 0 : Scenarios.FullWeight * count * ((1L << BookUnderlying.ShortBits) + (1L << bits) + 2);
        part.IsTight = (64 - BitOperations.LeadingZeroCount((ulong)part.Slack)) + part.Shift <= LaneBits;
        part.IsNarrow = narrow.Length > 0;
        part.Same = ulong.MaxValue;
        foreach (int i in narrow)
        {
            part.Same &= u.Rows[rows[i]].Same;
        }

        part.Least = _sums.Weigh(u.Short, u.ShortTime, rows, block.Sizes.AsSpan(part.First[account], count), part.Cut, narrow, part.Weighted, part.Exact);
    }

    /// <summary>w·Σ size·(value − mark) at one scenario, E16: N, or E where narrow options count at their intrinsic value.</summary>
    private WideSum PnlOf(BookBlock block, BookPart part, int account, int scenario, bool isExact)
    {
        BookUnderlying u = part.Underlying;
        bool isE = isExact && part.IsNarrow;
        int count = part.Count[account];
        int weight = Scenarios.Weights[scenario];
        ref int rows = ref _rows[part.First[account] - _rowsFrom];
        ref long sizes = ref block.Sizes[part.First[account]];
        ref long column = ref (isE ? u.ExactColumns : u.Columns)[scenario * u.Height];

        // Why unchecked: |size| ≤ 2⁵⁸ and values below 2⁵⁴, at most 192 terms; why no bounds tests: every row is below the height of a column.
        unchecked
        {
            if (!part.IsTight)
            {
                var sum = new WideSum(0, 0);
                for (int i = 0; i < count; i++)
                {
                    sum += WideSum.Product(Unsafe.Add(ref sizes, i), Unsafe.Add(ref column, Unsafe.Add(ref rows, i)));
                }

                return sum * weight;
            }

            // The short sum is off by less than 2⁶², so the low word of the exact one says all of it.
            long low = 0;
            for (int i = 0; i < count; i++)
            {
                low += Unsafe.Add(ref sizes, i) * Unsafe.Add(ref column, Unsafe.Add(ref rows, i));
            }

            var near = WideSum.Of((isE ? part.Exact : part.Weighted)[scenario], 0, part.Shift);
            long rest = (low * weight) - (long)near.Low;
            return near + new WideSum(rest >> 63, (ulong)rest);
        }
    }

    /// <summary>The joint loss of a group, the same over the sums of its underlyings' N and E, or what the group needs in any case where that is more.</summary>
    private long Join(BookBlock block, int account, int members, bool isNarrow, long least24)
    {
        int shift = 0;
        for (int i = 0; i < members; i++)
        {
            shift = Math.Max(shift, _parts[i].Shift);
        }

        // Room for the sum of up to 64 members; each is cut, and each N floored to a whole unit of 10⁻⁸.
        shift += BitOperations.Log2((uint)members) + 1;
        long slack = members * (2 + (Rounding.One >> shift));
        _joint.AsSpan().Clear();
        _jointExact.AsSpan().Clear();
        ulong same = ulong.MaxValue;
        for (int i = 0; i < members; i++)
        {
            BookPart part = _parts[i];
            slack += (part.Slack >> (shift - part.Shift)) + 1;
            _sums.Join(_joint, part.Weighted, shift - part.Shift);
            same &= part.Same;
            if (isNarrow)
            {
                _sums.Join(_jointExact, part.Best, shift - part.Shift);
            }
        }

        long least = _sums.Least(_joint);
        least = isNarrow ? Math.Min(least, _sums.Least(_jointExact)) : least;
        long joint24 = least24;
        if (slack - least > Limit(least24, shift))
        {
            joint24 = Math.Max(joint24, JointOf(block, account, members, _sums.AtMost(_joint, least + (2 * slack)), isExact: false));
            joint24 = isNarrow ? Math.Max(joint24, JointOf(block, account, members, _sums.AtMost(_jointExact, least + (2 * slack)) & ~same, isExact: true)) : joint24;
        }

        return isNarrow ? Between(block, account, 0, members, _jointExact, slack, shift, joint24) : joint24;
    }

    private long JointOf(BookBlock block, int account, int members, ulong candidates, bool isExact)
    {
        Int128 largest = 0;
        for (candidates &= AllScenarios; candidates != 0; candidates &= candidates - 1)
        {
            int scenario = BitOperations.TrailingZeroCount(candidates);
            largest = Rounding.Max(largest, unchecked(-SumOf(block, account, 0, members, scenario, isExact)));
        }

        return largest > long.MaxValue ? long.MaxValue : (long)largest;
    }

    /// <summary>N or E of a scenario summed over some underlyings, 24ths: exact.</summary>
    private Int128 SumOf(BookBlock block, int account, int first, int end, int scenario, bool isExact)
    {
        unchecked
        {
            Int128 sum = 0;
            for (int i = first; i < end; i++)
            {
                sum += PnlOf(block, _parts[i], account, scenario, isExact).FloorOneWide();
            }

            return sum;
        }
    }
}
