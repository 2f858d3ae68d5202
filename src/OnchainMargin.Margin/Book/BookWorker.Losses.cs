using System.Numerics;

namespace OnchainMargin.Margin;

/// <content>The largest loss: short sums say which scenarios may be it, those are reckoned exactly.</content>
internal sealed partial class BookWorker
{
    /// <summary>Scenarios without a shock of volatility, or the only one of their node: for what is no option all others repeat them.</summary>
    private const ulong WithoutShocks = 0x1aaa492492;

    private const ulong AllScenarios = (1UL << Scenarios.Count) - 1;

    /// <summary>The largest loss of an underlying alone, 24ths: over scenarios and between nodes.</summary>
    private long LossOf(BookBlock block, int part)
    {
        BookPart p = _parts[part];
        Int128 worst = WorstOf(block, p, p.Weighted, p.Least, isExact: false);
        if (!p.IsNarrow)
        {
            return CeilOne(-worst);
        }

        worst = Rounding.Min(worst, WorstOf(block, p, p.Exact, p.LeastExact, isExact: true));
        return Between(block, part, part + 1, p.Exact, p.Slack, p.Shift, CeilOne(-worst));
    }

    /// <summary>The least w·PnL of an underlying, at most 0, E16: exact.</summary>
    private Int128 WorstOf(BookBlock block, BookPart part, long[] weighted, long least, bool isExact)
    {
        unchecked
        {
            ulong candidates = _sums.AtMost(weighted, least + (2 * part.Slack)) & (part.HasOptions ? AllScenarios : WithoutShocks);
            Int128 worst = 0;
            for (; candidates != 0; candidates &= candidates - 1)
            {
                int scenario = BitOperations.TrailingZeroCount(candidates);
                worst = Rounding.Min(worst, Scenarios.Weights[scenario] * PnlOf(block, part, scenario, isExact));
            }

            return worst;
        }
    }

    /// <summary>Σ size·(value − mark) at one scenario, E16; with narrow options at their intrinsic value when exact in the sense of MRG-032.</summary>
    private Int128 PnlOf(BookBlock block, BookPart part, int scenario, bool isExact)
    {
        BookUnderlying u = part.Underlying;
        ReadOnlySpan<int> rows = _rows.AsSpan(part.First - _base, part.Count);
        ReadOnlySpan<long> sizes = block.Sizes.AsSpan(part.First, part.Count);
        long[] values = isExact ? u.Exact : u.Values;
        long[] marks = u.Values;

        // Why unchecked: |size| ≤ 2⁵⁸ and values below 2⁵⁴, at most 192 terms.
        unchecked
        {
            var sum = new WideSum(0, 0);
            for (int i = 0; i < rows.Length; i++)
            {
                int line = rows[i] * Row.Stride;
                sum += WideSum.Product(sizes[i], values[line + scenario] - marks[line + Scenarios.Mark]);
            }

            return sum.ToInt128();
        }
    }

    /// <summary>⌈a/10⁸⌉ of what is not negative, or <see cref="long.MaxValue"/>.</summary>
    private static long CeilOne(Int128 a) => unchecked(new WideSum((long)(a >> 64), (ulong)a)).CeilOne();

    /// <summary>The joint loss of a group: the same over the sums of its underlyings' N and E.</summary>
    private long Join(BookBlock block, int members, bool isNarrow)
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
        for (int i = 0; i < members; i++)
        {
            BookPart part = _parts[i];
            slack += (part.Slack >> (shift - part.Shift)) + 1;
            _sums.Join(_joint, part.Weighted, shift - part.Shift);
            if (isNarrow)
            {
                _sums.Join(_jointExact, part.Best, shift - part.Shift);
            }
        }

        long joint24 = JointOf(block, members, _joint, slack, isExact: false);
        if (!isNarrow)
        {
            return joint24;
        }

        joint24 = Math.Max(joint24, JointOf(block, members, _jointExact, slack, isExact: true));
        return Between(block, 0, members, _jointExact, slack, shift, joint24);
    }

    private long JointOf(BookBlock block, int members, long[] sums, long slack, bool isExact)
    {
        ulong candidates = _sums.AtMost(sums, _sums.Least(sums) + (2 * slack)) & AllScenarios;
        Int128 largest = 0;
        for (; candidates != 0; candidates &= candidates - 1)
        {
            int scenario = BitOperations.TrailingZeroCount(candidates);
            largest = Rounding.Max(largest, unchecked(-SumOf(block, 0, members, scenario, isExact)));
        }

        return largest > long.MaxValue ? long.MaxValue : (long)largest;
    }

    /// <summary>N or E of a scenario summed over some underlyings, 24ths: exact.</summary>
    private Int128 SumOf(BookBlock block, int first, int end, int scenario, bool isExact)
    {
        unchecked
        {
            Int128 sum = 0;
            for (int i = first; i < end; i++)
            {
                sum += Rounding.DivFloorOne(Scenarios.Weights[scenario] * PnlOf(block, _parts[i], scenario, isExact && _parts[i].IsNarrow));
            }

            return sum;
        }
    }
}
