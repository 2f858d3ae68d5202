using System.Runtime.InteropServices;

namespace OnchainMargin.Margin;

/// <summary>
/// The whole book at once: equity, maintenance and initial margin, floor, floor equity and least cash of every account, each equal to what <see cref="MarginEngine"/> gives for it.
/// Work follows change: a price of one underlying touches the accounts that hold it, a trade its accounts, a parameter of all everything. One thread writes; readers wait for it.
/// </summary>
public sealed partial class BookEngine
{
    private readonly BookUnderlying?[] _underlyings = new BookUnderlying?[MarginDomain.UnderlyingsMax + 1];
    private readonly List<BookBlock> _blocks = [];
    private readonly Dictionary<ulong, List<int>> _open = [];
    private readonly Dictionary<ulong, (int Block, int Slot)> _places = [];
    private readonly SortedDictionary<ulong, BookMisfit> _misfits = [];
    private readonly UnderWaterIndex _under = new();
    private readonly BookEntry _entry = new();
    private readonly BookEntry _scratch = new();
    private readonly BookWorker[] _workers;
    private int _tokensMax;

    /// <summary>An empty book.</summary>
    /// <param name="workers">Threads that compute.</param>
    /// <param name="width">Width of the vectors; all give the same figures.</param>
    public BookEngine(int workers, LaneWidth width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        _workers = [.. Enumerable.Range(0, workers).Select(_ => new BookWorker(BookSums.Of(width)))];
    }

    /// <summary>An empty book, computed on all processors with the widest vectors.</summary>
    public BookEngine()
        : this(Environment.ProcessorCount, LaneWidths.Best)
    {
    }

    /// <summary>How many accounts it holds.</summary>
    public int Count => _places.Count + _misfits.Count;

    /// <summary>How many instruments its tables hold; spot collateral is one of each underlying.</summary>
    internal int Instruments
    {
        get
        {
            int count = 0;
            foreach (BookUnderlying? underlying in _underlyings)
            {
                count += underlying?.Instruments.Length ?? 0;
            }

            return count;
        }
    }

    /// <summary>Intervals between nodes that were swept exactly in the last pass, because a bound did not decide that the largest loss is elsewhere.</summary>
    public long Swept { get; private set; }

    /// <summary>Puts an account in, or anew in the place of what was there. Its figures follow with the next <see cref="Reckon"/>.</summary>
    /// <param name="account">The account.</param>
    /// <param name="state">Its state.</param>
    /// <param name="balances">Its collateral, ascending by token.</param>
    public void Set(ulong account, AccountState state, ReadOnlySpan<Balance> balances)
    {
        ArgumentNullException.ThrowIfNull(state);
        ReadOnlySpan<Position> positions = state.Positions.AsSpan();
        if (!TryCompile(account, state.CashE8, positions, balances, out ulong mask))
        {
            Remove(account);
            _misfits[account] = new BookMisfit(state, [.. balances]);
            return;
        }

        _misfits.Remove(account);
        if (_places.TryGetValue(account, out (int Block, int Slot) place))
        {
            BookBlock block = _blocks[place.Block];
            if (block.Mask == mask)
            {
                block.Replace(place.Slot, _entry);
                _changed.Add(place.Block);
                return;
            }

            Remove(account);
        }

        BookBlock open = Open(mask);
        _places[account] = (open.Place, open.Add(_entry));
        _changed.Add(open.Place);
    }

    /// <summary>Takes an account out.</summary>
    /// <param name="account">The account.</param>
    /// <returns>Whether it was there.</returns>
    public bool Remove(ulong account)
    {
        if (!_places.Remove(account, out (int Block, int Slot) place))
        {
            return _misfits.Remove(account);
        }

        BookBlock block = _blocks[place.Block];
        if (block.Remove(place.Slot, _scratch) is { } moved)
        {
            _places[moved] = place;
        }

        // One that was filled from the end of the list was taken off it, one that was filled in its middle was not.
        if (block.Count == BookBlock.Most - 1 && _open[block.Mask] is var open && !open.Contains(place.Block))
        {
            open.Add(place.Block);
        }

        _changed.Add(place.Block);
        _under.Set(place.Block, block.HasUnder);
        return true;
    }

    /// <summary>The figures of an account at the last <see cref="Reckon"/>; false when it is not in the book or was not computed yet.</summary>
    /// <param name="account">The account.</param>
    /// <param name="figures">The figures; meaningless when there is an error.</param>
    /// <param name="error">Why it could not be computed.</param>
    public bool TryFind(ulong account, out AccountFigures figures, out MarginError error)
    {
        if (_places.TryGetValue(account, out (int Block, int Slot) place) && !_blocks[place.Block].IsDirty(place.Slot))
        {
            figures = _blocks[place.Block].Figures[place.Slot];
            error = _blocks[place.Block].Errors[place.Slot];
            return true;
        }

        bool isMisfit = _misfits.TryGetValue(account, out BookMisfit? misfit) && misfit.IsComputed;
        figures = isMisfit ? misfit!.Figures : default;
        error = isMisfit ? misfit!.Error : MarginError.None;
        return isMisfit;
    }

    /// <summary>The accounts whose equity is below their maintenance margin, found by index.</summary>
    public IReadOnlyList<ulong> UnderWater()
    {
        var accounts = new List<ulong>();
        for (int block = _under.Next(0); block >= 0; block = _under.Next(block + 1))
        {
            _blocks[block].ListUnder(accounts);
        }

        accounts.AddRange(_misfits.Where(static misfit => misfit.Value.IsUnderWater).Select(static misfit => misfit.Key));
        return accounts;
    }

    private BookBlock Open(ulong mask)
    {
        ref List<int>? open = ref CollectionsMarshal.GetValueRefOrAddDefault(_open, mask, out _);
        open ??= [];
        while (open.Count > 0 && _blocks[open[^1]].Count == BookBlock.Most)
        {
            open.RemoveAt(open.Count - 1);
        }

        if (open.Count == 0)
        {
            var underlyings = new List<BookUnderlying>();
            for (ulong bits = mask; bits != 0; bits &= bits - 1)
            {
                underlyings.Add(_underlyings[System.Numerics.BitOperations.TrailingZeroCount(bits) + 1]!);
            }

            open.Add(_blocks.Count);
            _blocks.Add(new BookBlock(_blocks.Count, mask, [.. underlyings]));
            _under.Grow(_blocks.Count);
            Arrange(_blocks[^1]);
        }

        return _blocks[open[^1]];
    }

    /// <summary>Brings an account into the book's form; false for one that no account of the protocol can be, and which is computed by itself.</summary>
    private bool TryCompile(ulong account, Int128 cashE8, ReadOnlySpan<Position> positions, ReadOnlySpan<Balance> balances, out ulong mask)
    {
        mask = 0;
        Span<long> spot = stackalloc long[MarginDomain.UnderlyingsMax + 1];
        spot.Clear();
        if (positions.Length > AccountState.PositionsMax || !TrySpot(balances, spot, ref mask))
        {
            return false;
        }

        for (int i = 0; i < positions.Length; i++)
        {
            Instrument instrument = positions[i].Instrument;
            if (instrument.Underlying is 0 or > MarginDomain.UnderlyingsMax || (i > 0 && positions[i - 1].Instrument >= instrument))
            {
                return false;
            }

            mask |= 1UL << (instrument.Underlying - 1);
        }

        _entry.Clear(MarginDomain.UnderlyingsMax);
        (_entry.Id, _entry.CashE8, _entry.CostsE8) = (account, cashE8, 0);
        int part = 0;
        int next = 0;
        for (ulong bits = mask; bits != 0; bits &= bits - 1, part++)
        {
            int underlying = System.Numerics.BitOperations.TrailingZeroCount(bits) + 1;
            BookUnderlying u = _underlyings[underlying] ??= Found((ushort)underlying);
            if (spot[underlying] > 0)
            {
                _entry.Add(part, BookUnderlying.Spot, spot[underlying] - 1);
            }

            for (; next < positions.Length && positions[next].Instrument.Underlying == underlying; next++)
            {
                _entry.Add(part, u.NumberOf(positions[next].Instrument), positions[next].SizeE8);
                _entry.CostsE8 += positions[next].CostE8;
            }
        }

        foreach (Balance balance in balances)
        {
            _entry.Add(balance);
        }

        return true;
    }

    /// <summary>Sizes of spot collateral plus one, so that 0 says that there is none.</summary>
    private bool TrySpot(ReadOnlySpan<Balance> balances, Span<long> spot, ref ulong mask)
    {
        for (int i = 0; i < balances.Length; i++)
        {
            if (i > 0 && balances[i - 1].Token >= balances[i].Token)
            {
                return false;
            }

            _tokensMax = Math.Max(_tokensMax, balances[i].Token + 1);
            if (_view?.FindCollateral(balances[i].Token) is { Underlying: > 0 } record)
            {
                if (record.Underlying > MarginDomain.UnderlyingsMax)
                {
                    return false;
                }

                mask |= 1UL << (record.Underlying - 1);
                spot[record.Underlying] = Math.Max(spot[record.Underlying], 1) + Collaterals.SizeE8(record, balances[i].AmountRaw);
            }
        }

        return true;
    }

    private BookUnderlying Found(ushort underlying)
    {
        var found = new BookUnderlying(underlying);
        if (_view is { } view)
        {
            found.Set(view.Find(underlying), view.Checkpoint.Header.Time);
        }

        return found;
    }
}
