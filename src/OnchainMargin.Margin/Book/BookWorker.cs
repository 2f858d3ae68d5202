namespace OnchainMargin.Margin;

/// <summary>Computes accounts of the book, some of a block together; one a thread, nothing is allocated for an account.</summary>
internal sealed partial class BookWorker(BookSums sums)
{

    private readonly BookSums _sums = sums;
    private readonly BookChunk _chunk = new();
    private readonly BookPart[] _parts = [.. Enumerable.Range(0, MarginDomain.UnderlyingsMax).Select(static _ => new BookPart())];
    private readonly long[] _joint = new long[BookSums.Lanes];
    private readonly long[] _jointExact = new long[BookSums.Lanes];

    /// <summary>The row of each position of the block, less <see cref="_rowsFrom"/>.</summary>
    private int[] _rows = [];
    private int _rowsFrom;

    /// <summary>Intervals between nodes that were swept because a bound did not decide that the largest loss is elsewhere.</summary>
    internal long Swept { get; set; }

    /// <summary>Computes accounts of a block, at most <see cref="BookChunk.AccountsMax"/> with together at most <see cref="BookChunk.PositionsMax"/> positions.</summary>
    /// <param name="block">The block; the checkpoint holds all of its underlyings.</param>
    /// <param name="first">The first account.</param>
    /// <param name="count">How many.</param>
    /// <param name="touched">The underlyings that have changed, one bit each; of the others the block keeps the shares of these accounts.</param>
    /// <param name="market">What all share.</param>
    internal void Compute(BookBlock block, int first, int count, ulong touched, BookMarket market)
    {
        _chunk.Totals.AsSpan(0, count).Clear();
        ChooseRows(block, first, count, market.Choice);
        ReadOnlySpan<int> order = block.Order;
        for (int i = 0; i < order.Length;)
        {
            byte group = block.Underlyings[order[i]].Terms!.Record.Group;
            int end = i;
            bool isTouched = false;
            for (; end < order.Length && block.Underlyings[order[end]].Terms!.Record.Group == group; end++)
            {
                isTouched |= IsTouched(block.Underlyings[order[end]], touched);
            }

            if (isTouched)
            {
                for (int member = i; member < end; member++)
                {
                    BookPart part = _parts[member - i];
                    part.Underlying = block.Underlyings[order[member]];
                    Walk(block, part, order[member], first, count, !IsTouched(part.Underlying, touched));
                }

                Group(block, first, count, order[i], end - i);
            }
            else
            {
                AddKept(block, first, count, order[i..end]);
            }

            i = end;
        }
    }

    private static bool IsTouched(BookUnderlying underlying, ulong touched) => (touched & (1UL << (underlying.Underlying - 1))) != 0;

    /// <summary>A group of which nothing has changed.</summary>
    private void AddKept(BookBlock block, int first, int count, ReadOnlySpan<int> members)
    {
        for (int account = 0; account < count; account++)
        {
            ref BookTotals totals = ref _chunk.Totals[account];
            foreach (int index in members)
            {
                totals.Add(block.ShareOf(first + account, index));
            }

            ref readonly BookShare share = ref block.ShareOf(first + account, members[0]);
            totals.GroupsE8 = unchecked(totals.GroupsE8 + share.GroupE8);
            totals.Large |= share.GroupLarge;
        }
    }

    /// <summary>A group whose members' parts stand first among the parts.</summary>
    private void Group(BookBlock block, int first, int count, int index, int members)
    {
        for (int account = 0; account < count; account++)
        {
            ref BookTotals totals = ref _chunk.Totals[account];
            ref BookShare share = ref block.ShareOf(first + account, index, ref _parts[0].Shares[account]);
            share.GroupLarge = BookTotals.Misfit;
            if (!totals.IsLarge)
            {
                Measure(block, account, members, ref share);
            }

            totals.GroupsE8 = unchecked(totals.GroupsE8 + share.GroupE8);
            totals.Large |= share.GroupLarge;
        }
    }

    /// <summary>The figures of an account of the chunk; false when something is missing at the checkpoint, or a number is too large for the words that the book computes in.</summary>
    /// <param name="block">The block.</param>
    /// <param name="first">The first account of the chunk.</param>
    /// <param name="account">Which of the chunk.</param>
    /// <param name="market">What all share.</param>
    /// <param name="figures">The figures.</param>
    internal bool TryFigures(BookBlock block, int first, int account, BookMarket market, out AccountFigures figures)
    {
        ref readonly BookTotals totals = ref _chunk.Totals[account];
        int slot = first + account;
        long large = totals.Large;
        figures = default;
        if (totals.IsLarge)
        {
            return false;
        }

        // Why unchecked: every term below 2⁵⁴ here, cash and costs in 128 bits.
        unchecked
        {
            long collateral = 0;
            long haircut = 0;
            for (int i = block.BalanceStart[slot]; i < block.BalanceStart[slot + 1]; i++)
            {
                ref readonly BookToken token = ref market.Tokens[block.BalanceTokens[i]];
                long scaled = block.BalanceScaled[i];
                long value = token.SpotE8 == 0 ? scaled : WideSum.Product(scaled, token.SpotE8).FloorOne();
                large |= value;
                collateral += value;
                haircut += WideSum.Product(token.HaircutE8, value).CeilOne();
            }

            long maintenance = haircut + totals.GroupsE8 + totals.AddOnsE8;
            long initial = WideSum.Product(market.InitialFactorE8, maintenance + totals.StaleE8).CeilOne();
            if (large >> BookTotals.TermBits != 0 || initial == long.MaxValue)
            {
                return false;
            }

            Int128 cash = block.CashE8[slot];
            Int128 costs = block.CostsE8[slot];
            Int128 rest = totals.MarksE16.FloorOneWide() - costs + collateral;
            Int128 floorEquity = cash + (collateral - haircut) + totals.FloorMarksE16.FloorOneWide() - costs;
            Int128 needed = (Int128)initial + totals.SpreadE8;
            figures = new AccountFigures(cash + rest, maintenance, needed, totals.FloorE8 + totals.StaleE8, floorEquity, needed - rest);
            return true;
        }
    }

    /// <summary>The margin of one risk group, whose parts stand first among the parts.</summary>
    private void Measure(BookBlock block, int account, int members, ref BookShare share)
    {
        unchecked
        {
            long loss24 = 0;
            long large = 0;
            long shortMinimum = 0;
            var floor24 = new WideSum(0, 0);
            bool isNarrow = false;
            for (int i = 0; i < members; i++)
            {
                BookPart part = _parts[i];
                long loss = LossOf(block, i, account);
                large |= loss;
                loss24 += loss;
                shortMinimum += part.ShortMinimumE8[account];
                floor24 += WideSum.Product(part.Underlying.Terms!.Record.Parameters.NettingFloorE8, loss);
                isNarrow |= part.IsNarrow;
            }

            if ((large | shortMinimum) >> BookTotals.TermBits != 0)
            {
                return;
            }

            long least24 = Math.Max(floor24.CeilOne(), Scenarios.FullWeight * shortMinimum);
            long largest24 = members > 1 ? Join(block, account, members, isNarrow, least24) : Math.Max(loss24, least24);
            share.GroupLarge = largest24;
            share.GroupE8 = (long)(((ulong)largest24 + (Scenarios.FullWeight - 1)) / Scenarios.FullWeight);
        }
    }
}
