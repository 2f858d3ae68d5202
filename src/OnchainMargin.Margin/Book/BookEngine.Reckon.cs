namespace OnchainMargin.Margin;

/// <content>A pass over what has changed.</content>
public sealed partial class BookEngine
{
    private readonly HashSet<int> _changed = [];
    private readonly List<(BookBlock Block, bool All)> _work = [];
    private BookBlock[] _ordered = [];
    private CheckpointView? _view;
    private SurfaceChoice _choice;
    private BookToken[] _tokens = [];
    private long _tokenVersion;

    /// <summary>The checkpoint of the last pass, made ready; null before the first.</summary>
    public CheckpointView? View => _view;

    /// <summary>Computes what a checkpoint, or the accounts put in since the last pass, have changed.</summary>
    /// <param name="checkpoint">A checkpoint in the domain of MRG-010.</param>
    /// <param name="choice">Which surfaces.</param>
    /// <returns>How many accounts were computed.</returns>
    public int Reckon(Checkpoint checkpoint, SurfaceChoice choice = SurfaceChoice.Present)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ulong touched = Take(checkpoint, choice);
        if (Instruments >= _forgetAt)
        {
            Forget();
        }

        foreach (BookUnderlying? underlying in _underlyings)
        {
            underlying?.Fill(_workers.Length);
        }

        var market = new BookMarket(_view!, choice, _tokens);
        Gather(touched);
        int computed = Compute(touched, market);
        foreach (BookMisfit misfit in _misfits.Values)
        {
            misfit.Compute(_view!, choice);
        }

        _changed.Clear();
        return computed + _misfits.Count;
    }

    /// <summary>Takes a checkpoint in and says whose underlyings have changed, one bit each; all when something that concerns everybody has.</summary>
    private ulong Take(Checkpoint checkpoint, SurfaceChoice choice)
    {
        Checkpoint? before = _view?.Checkpoint;
        if (before is not null && before.Equals(checkpoint) && choice == _choice && _tokens.Length >= _tokensMax)
        {
            return 0;
        }

        ulong touched = 0;
        bool isArranged = true;
        bool isAll = before is null || choice != _choice || before.Header.Time != checkpoint.Header.Time || before.Header.InitialFactorE8 != checkpoint.Header.InitialFactorE8;
        bool sameTokens = before is not null && before.Collaterals.AsSpan().SequenceEqual(checkpoint.Collaterals.AsSpan());
        CheckpointView view = _view is null ? new CheckpointView(checkpoint) : new CheckpointView(checkpoint, _view);
        for (ushort u = 1; u <= MarginDomain.UnderlyingsMax; u++)
        {
            UnderlyingTerms? terms = view.Find(u);
            UnderlyingTerms? old = _view?.Find(u);
            if (!ReferenceEquals(terms, old))
            {
                isArranged &= (old?.Record.Group ?? -1) == (terms?.Record.Group ?? -1);
                touched |= 1UL << (u - 1);
                _underlyings[u]?.Set(terms, checkpoint.Header.Time);
            }
        }

        _view = view;
        _choice = choice;
        bool isMapped = sameTokens || (before is not null && SameSpot(before, checkpoint));
        if (!sameTokens)
        {
            _tokenVersion++;
        }

        _tokens = new BookToken[_tokensMax];
        foreach (CollateralRecord record in checkpoint.Collaterals)
        {
            if (record.Token < _tokens.Length)
            {
                _tokens[record.Token] = new BookToken(record, record.Underlying == 0 ? 0 : view.Find(record.Underlying)?.Record.SpotE8 ?? 0);
            }
        }

        if (!isMapped)
        {
            Recompile();
        }

        if (!isArranged)
        {
            foreach (BookBlock block in _blocks)
            {
                Arrange(block);
            }
        }

        // What is kept of a group belongs to its members of then.
        return isAll || !sameTokens || !isArranged ? ulong.MaxValue : touched;
    }

    /// <summary>Whether spot collateral is the same underlyings at the same rates, so that sizes stay as they are.</summary>
    private static bool SameSpot(Checkpoint before, Checkpoint now) =>
        before.Collaterals.Select(SpotOf).SequenceEqual(now.Collaterals.Select(SpotOf));

    private static (ushort Token, ushort Underlying, long RateE8, byte Decimals) SpotOf(CollateralRecord record) =>
        record.Underlying == 0 ? (record.Token, (ushort)0, 0L, (byte)0) : (record.Token, record.Underlying, record.PriceE8, record.Decimals);

    /// <summary>Puts the underlyings of a block in the order of their groups.</summary>
    private static void Arrange(BookBlock block)
    {
        if (block.Underlyings.Length > 1)
        {
            Array.Sort(block.Order, (a, b) =>
            {
                int order = GroupOf(block.Underlyings[a]) - GroupOf(block.Underlyings[b]);
                return order != 0 ? order : a - b;
            });
        }
    }

    private static int GroupOf(BookUnderlying underlying) => underlying.Terms?.Record.Group ?? -1;

    /// <summary>Brings every account into its form anew: what their collateral is has changed.</summary>
    private void Recompile()
    {
        foreach (BookBlock block in _blocks.ToArray())
        {
            for (int slot = block.Count - 1; slot >= 0; slot--)
            {
                ulong account = block.Ids[slot];
                (AccountState state, Balance[] balances) = Decompile(block, slot);
                Set(account, state, balances);
            }
        }

        foreach ((ulong account, BookMisfit misfit) in _misfits.ToArray())
        {
            Set(account, misfit.State, misfit.Balances);
        }
    }

    /// <summary>An account as it came, but with the cost of all positions at the first: no figure asks how cost is spread.</summary>
    private static (AccountState State, Balance[] Balances) Decompile(BookBlock block, int slot)
    {
        var positions = new List<Position>();
        for (int part = 0; part < block.Underlyings.Length; part++)
        {
            (int first, int count) = block.PartOf(slot, part);
            for (int i = first; i < first + count; i++)
            {
                if (block.Numbers[i] != BookUnderlying.Spot)
                {
                    positions.Add(new Position(block.Underlyings[part].Instruments[block.Numbers[i]], block.Sizes[i], positions.Count == 0 ? block.CostsE8[slot] : 0));
                }
            }
        }

        var balances = new Balance[block.BalanceStart[slot + 1] - block.BalanceStart[slot]];
        for (int i = 0; i < balances.Length; i++)
        {
            int at = block.BalanceStart[slot] + i;
            balances[i] = new Balance(block.BalanceTokens[at], block.BalanceAmounts[at]);
        }

        return (new AccountState { CashE8 = block.CashE8[slot], Positions = [.. positions] }, balances);
    }

    /// <summary>Lists the blocks that hold what has changed.</summary>
    private void Gather(ulong touched)
    {
        _work.Clear();
        if (touched == 0)
        {
            foreach (int place in _changed)
            {
                _work.Add((_blocks[place], false));
            }

            return;
        }

        if (_ordered.Length != _blocks.Count)
        {
            // Blocks of the same underlyings one after another, so that their tables stay in the nearest cache.
            _ordered = [.. _blocks.OrderBy(static block => block.Mask).ThenBy(static block => block.Place)];
        }

        foreach (BookBlock block in _ordered)
        {
            bool all = touched == ulong.MaxValue || (block.Mask & touched) != 0;
            if (all || block.HasDirty)
            {
                _work.Add((block, all));
            }
        }
    }

    private int Compute(ulong touched, BookMarket market)
    {
        int next = -1;
        int computed = 0;
        Swept = 0;
        if (_work.Count > 1 && _workers.Length > 1)
        {
            Parallel.For(0, _workers.Length, new ParallelOptions { MaxDegreeOfParallelism = _workers.Length }, worker => Run(_workers[worker]));
        }
        else
        {
            Run(_workers[0]);
        }

        return computed;

        void Run(BookWorker worker)
        {
            worker.Swept = 0;
            int done = 0;
            while (Interlocked.Increment(ref next) is var at && at < _work.Count)
            {
                done += Compute(worker, _work[at].Block, _work[at].All, touched, market);
            }

            Interlocked.Add(ref computed, done);
            lock (_work)
            {
                Swept += worker.Swept;
            }
        }
    }

    private int Compute(BookWorker worker, BookBlock block, bool all, ulong touched, BookMarket market)
    {
        int done = 0;
        bool isWhole = IsWhole(block);
        for (int slot = 0; slot < block.Count;)
        {
            bool isDirty = block.IsDirty(slot);
            if (!all && !isDirty)
            {
                slot++;
                continue;
            }

            int end = End(block, slot, isDirty);
            if (isWhole)
            {
                worker.Compute(block, slot, end - slot, block.HasShares && !isDirty ? touched : ulong.MaxValue, market);
            }

            for (int i = slot; i < end; i++)
            {
                MarginError error = MarginError.None;
                if (!isWhole || !block.TryScale(i, market.Tokens, _tokenVersion) || !worker.TryFigures(block, slot, i - slot, market, out AccountFigures figures))
                {
                    (AccountState state, Balance[] balances) = Decompile(block, i);
                    error = MarginEngine.TryCompute(state, balances, market.View, market.Choice, out figures);
                }

                block.Set(i, figures, error, error == MarginError.None && figures.EquityE8 < figures.MaintenanceE8);
            }

            done += end - slot;
            slot = end;
        }

        block.HasShares = isWhole;
        _under.Set(block.Place, block.HasUnder);
        return done;
    }

    /// <summary>Whether the checkpoint holds all underlyings of a block.</summary>
    private static bool IsWhole(BookBlock block)
    {
        foreach (BookUnderlying underlying in block.Underlyings)
        {
            if (underlying.Terms is null)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Where the accounts end that are computed together with one: all changed since the last pass, or none.</summary>
    private static int End(BookBlock block, int slot, bool isDirty)
    {
        int positions = block.PositionsOf(slot);
        int end = slot + 1;
        while (end < block.Count && end - slot < BookChunk.AccountsMax && block.IsDirty(end) == isDirty && positions + block.PositionsOf(end) <= BookChunk.PositionsMax)
        {
            positions += block.PositionsOf(end++);
        }

        return end;
    }
}
