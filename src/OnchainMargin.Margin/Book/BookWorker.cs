namespace OnchainMargin.Margin;

/// <summary>Computes accounts of the book one after another; one a thread, nothing is allocated for an account.</summary>
internal sealed partial class BookWorker(BookSums sums)
{
    private const int PositionsMax = AccountState.PositionsMax + UnderlyingsMax;
    private const int UnderlyingsMax = 64;

    private readonly BookSums _sums = sums;
    private readonly BookPart[] _parts = [.. Enumerable.Range(0, UnderlyingsMax).Select(static _ => new BookPart())];
    private readonly int[] _rows = new int[PositionsMax];
    private readonly int[] _lines = new int[PositionsMax];
    private readonly long[] _short = new long[PositionsMax];
    private readonly long[] _run = new long[BookUnderlying.TermStride];
    private readonly long[] _joint = new long[BookSums.Lanes];
    private readonly long[] _jointExact = new long[BookSums.Lanes];
    private int _base;

    /// <summary>Intervals between nodes that were swept because a bound did not decide that the largest loss is elsewhere.</summary>
    internal long Swept { get; set; }

    /// <summary>The figures of an account; false when something is missing at the checkpoint, or a number is too large for the words that the book computes in.</summary>
    internal bool TryCompute(BookBlock block, int account, BookMarket market, out AccountFigures figures)
    {
        BookTotals totals = default;
        figures = default;
        _base = block.PartOf(account, 0).First;
        ReadOnlySpan<int> order = block.Order;
        for (int i = 0; i < order.Length;)
        {
            byte group = block.Underlyings[order[i]].Terms!.Record.Group;
            int members = 0;
            for (; i < order.Length && block.Underlyings[order[i]].Terms!.Record.Group == group; i++)
            {
                BookPart part = _parts[members++];
                (part.First, part.Count) = block.PartOf(account, order[i]);
                part.Underlying = block.Underlyings[order[i]];
            }

            if (!TryGroup(block, members, market.Choice, ref totals))
            {
                return false;
            }
        }

        if (totals.IsLarge)
        {
            return false;
        }

        unchecked
        {
            Int128 collateral = 0;
            Int128 haircut = 0;
            for (int i = block.BalanceStart[account]; i < block.BalanceStart[account + 1]; i++)
            {
                BookToken token = market.Tokens[block.BalanceTokens[i]];
                Int128 value = token.SpotE8 == 0 ? block.BalanceScaled[i] : Rounding.DivFloorOne(block.BalanceScaled[i] * token.SpotE8);
                collateral += value;
                haircut += token.HaircutE8 == 0 ? 0 : Rounding.DivCeilOne(token.HaircutE8 * value);
            }

            Int128 maintenance = haircut + (totals.GroupsE8 + totals.AddOnsE8);
            Int128 initial = Rounding.DivCeilOne(market.InitialFactorE8 * (maintenance + totals.StaleE8)) + totals.SpreadE8;
            Int128 cash = block.CashE8[account];
            Int128 costs = block.CostsE8[account];
            Int128 rest = Rounding.DivFloorOne(totals.MarksE16.ToInt128()) - costs + collateral;
            Int128 floorEquity = cash + collateral - haircut + Rounding.DivFloorOne(totals.FloorMarksE16.ToInt128()) - costs;
            figures = new AccountFigures(cash + rest, maintenance, initial, totals.FloorE8 + totals.StaleE8, floorEquity, initial - rest);
            return true;
        }
    }

    /// <summary>One risk group, whose parts stand first among the parts.</summary>
    private bool TryGroup(BookBlock block, int members, SurfaceChoice choice, ref BookTotals totals)
    {
        unchecked
        {
            long loss24 = 0;
            long shortMinimum = 0;
            long nettingFloor = 0;
            bool isNarrow = false;
            for (int i = 0; i < members; i++)
            {
                BookPart part = _parts[i];
                if (!TryPart(block, part, choice, ref totals))
                {
                    return false;
                }

                long loss = LossOf(block, i);
                totals.Large |= loss;
                loss24 += loss;
                shortMinimum += part.ShortMinimumE8;
                nettingFloor = Math.Max(nettingFloor, part.Underlying.Terms!.Record.Parameters.NettingFloorE8);
                isNarrow |= part.IsNarrow;
            }

            if (totals.IsLarge)
            {
                return false;
            }

            long joint24 = members > 1 ? Join(block, members, isNarrow) : loss24;
            long floor24 = WideSum.Product(nettingFloor, loss24).CeilOne();
            long largest24 = Math.Max(Math.Max(joint24, floor24), ScenarioWeight * shortMinimum);
            totals.Large |= joint24;
            totals.GroupsE8 += (long)(((ulong)largest24 + (ScenarioWeight - 1)) / ScenarioWeight);
            return true;
        }
    }
}
