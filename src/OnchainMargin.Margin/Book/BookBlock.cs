using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>Up to 256 accounts that touch the same underlyings, each kind of number in an array of its own. What touches an underlying touches all accounts of a block or none.</summary>
internal sealed class BookBlock(int place, ulong mask, BookUnderlying[] underlyings)
{
    /// <summary>Most accounts of a block.</summary>
    internal const int Most = 256;

    private const int WordBits = 64;

    private readonly ulong[] _dirty = new ulong[Most / WordBits];
    private readonly ulong[] _under = new ulong[Most / WordBits];
    private int[] _partStart = [0];
    private long[] _balanceVersions = [];
    private BookShare[] _shares = [];

    /// <summary>Its number.</summary>
    internal int Place { get; } = place;

    /// <summary>One bit an underlying.</summary>
    internal ulong Mask { get; } = mask;

    /// <summary>The underlyings, ascending.</summary>
    internal BookUnderlying[] Underlyings { get; } = underlyings;

    /// <summary>The places of the underlyings in the order of their groups at the checkpoint.</summary>
    internal int[] Order { get; } = [.. Enumerable.Range(0, underlyings.Length)];

    /// <summary>How many accounts it holds.</summary>
    internal int Count { get; private set; }

    /// <summary>The accounts.</summary>
    internal ulong[] Ids { get; private set; } = [];

    /// <summary>Cash of each.</summary>
    internal Int128[] CashE8 { get; private set; } = [];

    /// <summary>Cost of all positions of each.</summary>
    internal Int128[] CostsE8 { get; private set; } = [];

    /// <summary>Numbers of the instruments of all positions, account by account, underlying by underlying.</summary>
    internal int[] Numbers { get; private set; } = [];

    /// <summary>Their sizes.</summary>
    internal long[] Sizes { get; private set; } = [];

    /// <summary>Where the balances of each account begin.</summary>
    internal int[] BalanceStart { get; private set; } = [0];

    /// <summary>Tokens of the balances.</summary>
    internal ushort[] BalanceTokens { get; private set; } = [];

    /// <summary>Amounts of the balances.</summary>
    internal UInt128[] BalanceAmounts { get; private set; } = [];

    /// <summary>Their size as spot, or their value where the token is no underlying; <see cref="long.MaxValue"/> where that does not fit.</summary>
    internal long[] BalanceScaled { get; private set; } = [];

    /// <summary>What was computed of each.</summary>
    internal AccountFigures[] Figures { get; private set; } = [];

    /// <summary>What is wrong with each.</summary>
    internal MarginError[] Errors { get; private set; } = [];

    /// <summary>Whether the shares of all accounts that are not changed are those of the last pass.</summary>
    internal bool HasShares { get; set; }

    /// <summary>Whether an account has changed since it was computed.</summary>
    internal bool HasDirty => _dirty.AsSpan().ContainsAnyExcept(0UL);

    /// <summary>Whether an account is under water.</summary>
    internal bool HasUnder => _under.AsSpan().ContainsAnyExcept(0UL);

    /// <summary>Where the positions of an account in one of the underlyings are.</summary>
    internal (int First, int Count) PartOf(int account, int part)
    {
        if (Underlyings.Length == 0)
        {
            return (0, 0);
        }

        int at = (account * Underlyings.Length) + part;
        return (_partStart[at], _partStart[at + 1] - _partStart[at]);
    }

    /// <summary>What an underlying adds to an account, in a block of several.</summary>
    internal ref BookShare ShareOf(int account, int part) => ref _shares[(account * Underlyings.Length) + part];

    /// <summary>The same, or the share that is given in a block of one underlying: nothing of it outlives a tick.</summary>
    internal ref BookShare ShareOf(int account, int part, ref BookShare other) => ref _shares.Length == 0 ? ref other : ref ShareOf(account, part);

    /// <summary>How many positions an account has.</summary>
    internal int PositionsOf(int account) => _partStart[(account + 1) * Underlyings.Length] - _partStart[account * Underlyings.Length];

    /// <summary>Takes an account in at the end.</summary>
    /// <returns>Its place in the block.</returns>
    internal int Add(BookEntry entry)
    {
        int slot = Count++;
        if (slot == Ids.Length)
        {
            Grow(Math.Max(4, 2 * slot));
        }

        Ids[slot] = entry.Id;
        CashE8[slot] = entry.CashE8;
        CostsE8[slot] = entry.CostsE8;
        int parts = Underlyings.Length;
        int from = _partStart[slot * parts];
        GrowPositions(from + entry.Positions);
        entry.Numbers.AsSpan(0, entry.Positions).CopyTo(Numbers.AsSpan(from));
        entry.Sizes.AsSpan(0, entry.Positions).CopyTo(Sizes.AsSpan(from));
        for (int i = 0; i < parts; i++)
        {
            _partStart[(slot * parts) + i + 1] = from += entry.PartCounts[i];
        }

        BalanceStart[slot + 1] = BalanceStart[slot] + entry.Balances.Count;
        GrowBalances(BalanceStart[slot + 1]);
        WriteBalances(slot, entry);
        Mark(slot);
        return slot;
    }

    /// <summary>Copies an account out.</summary>
    internal void Read(int slot, BookEntry entry)
    {
        entry.Id = Ids[slot];
        entry.CashE8 = CashE8[slot];
        entry.CostsE8 = CostsE8[slot];
        entry.Clear(Underlyings.Length);
        for (int i = 0; i < Underlyings.Length; i++)
        {
            (int first, int count) = PartOf(slot, i);
            for (int j = first; j < first + count; j++)
            {
                entry.Add(i, Numbers[j], Sizes[j]);
            }
        }

        for (int i = BalanceStart[slot]; i < BalanceStart[slot + 1]; i++)
        {
            entry.Add(new Balance(BalanceTokens[i], BalanceAmounts[i]));
        }
    }

    /// <summary>Puts an account in the place of one of the same underlyings.</summary>
    internal void Replace(int slot, BookEntry entry)
    {
        Splice(slot, entry);
        Mark(slot);
    }

    /// <summary>Takes an account out; the last one takes its place.</summary>
    /// <returns>The account that moved into its place, or null when it was the last.</returns>
    internal ulong? Remove(int slot, BookEntry scratch)
    {
        int last = Count - 1;
        ulong? moved = null;
        if (slot != last)
        {
            Read(last, scratch);
            moved = scratch.Id;
            bool isDirty = IsDirty(last);
            Splice(slot, scratch);
            Set(slot, Figures[last], Errors[last], (_under[last / WordBits] & Bit(last)) != 0);
            if (_shares.Length > 0)
            {
                _shares.AsSpan(last * Underlyings.Length, Underlyings.Length).CopyTo(_shares.AsSpan(slot * Underlyings.Length));
            }

            if (isDirty)
            {
                Mark(slot);
            }
        }

        _dirty[last / WordBits] &= ~Bit(last);
        _under[last / WordBits] &= ~Bit(last);
        Count--;
        return moved;
    }

    /// <summary>Whether an account has changed since it was computed.</summary>
    internal bool IsDirty(int slot) => (_dirty[slot / WordBits] & Bit(slot)) != 0;

    /// <summary>Notes that an account must be computed.</summary>
    internal void Mark(int slot) => _dirty[slot / WordBits] |= Bit(slot);

    /// <summary>Writes down what was computed of an account.</summary>
    internal void Set(int slot, in AccountFigures figures, MarginError error, bool isUnder)
    {
        Figures[slot] = figures;
        Errors[slot] = error;
        _dirty[slot / WordBits] &= ~Bit(slot);
        _under[slot / WordBits] = isUnder ? _under[slot / WordBits] | Bit(slot) : _under[slot / WordBits] & ~Bit(slot);
    }

    /// <summary>Adds the places of accounts under water to a list.</summary>
    internal void ListUnder(List<ulong> accounts)
    {
        for (int word = 0; word < _under.Length; word++)
        {
            for (ulong bits = _under[word]; bits != 0; bits &= bits - 1)
            {
                accounts.Add(Ids[(word * WordBits) + BitOperations.TrailingZeroCount(bits)]);
            }
        }
    }

    /// <summary>Reckons the balances of an account at prices of a version, if they are not yet.</summary>
    internal bool TryScale(int slot, BookToken[] tokens, long version)
    {
        if (_balanceVersions[slot] == version)
        {
            return true;
        }

        for (int i = BalanceStart[slot]; i < BalanceStart[slot + 1]; i++)
        {
            if (tokens[BalanceTokens[i]].Record is not { } record)
            {
                return false;
            }

            BalanceScaled[i] = record.Underlying == 0 ? (long)Rounding.Min(long.MaxValue, Collaterals.ValueE8(record, BalanceAmounts[i], 0)) : Collaterals.SizeE8(record, BalanceAmounts[i]);
        }

        _balanceVersions[slot] = version;
        return true;
    }

    private static ulong Bit(int slot) => 1UL << (slot % WordBits);

    /// <summary>Puts an account in a place: what stands behind it moves.</summary>
    private void Splice(int slot, BookEntry entry)
    {
        int parts = Underlyings.Length;
        int from = _partStart[slot * parts];
        int end = _partStart[(slot + 1) * parts];
        int total = _partStart[Count * parts];
        int by = from + entry.Positions - end;
        GrowPositions(total + by);
        Array.Copy(Numbers, end, Numbers, end + by, total - end);
        Array.Copy(Sizes, end, Sizes, end + by, total - end);
        entry.Numbers.AsSpan(0, entry.Positions).CopyTo(Numbers.AsSpan(from));
        entry.Sizes.AsSpan(0, entry.Positions).CopyTo(Sizes.AsSpan(from));
        for (int i = (slot + 1) * parts; i <= Count * parts; i++)
        {
            _partStart[i] += by;
        }

        for (int i = 0; i < parts; i++)
        {
            _partStart[(slot * parts) + i + 1] = from += entry.PartCounts[i];
        }

        SpliceBalances(slot, entry);
        (Ids[slot], CashE8[slot], CostsE8[slot]) = (entry.Id, entry.CashE8, entry.CostsE8);
    }

    private void SpliceBalances(int slot, BookEntry entry)
    {
        int from = BalanceStart[slot];
        int end = BalanceStart[slot + 1];
        int total = BalanceStart[Count];
        int by = from + entry.Balances.Count - end;
        GrowBalances(total + by);
        Array.Copy(BalanceTokens, end, BalanceTokens, end + by, total - end);
        Array.Copy(BalanceAmounts, end, BalanceAmounts, end + by, total - end);
        Array.Copy(BalanceScaled, end, BalanceScaled, end + by, total - end);
        for (int i = slot + 1; i <= Count; i++)
        {
            BalanceStart[i] += by;
        }

        WriteBalances(slot, entry);
    }

    private void WriteBalances(int slot, BookEntry entry)
    {
        int from = BalanceStart[slot];
        for (int i = 0; i < entry.Balances.Count; i++)
        {
            (BalanceTokens[from + i], BalanceAmounts[from + i]) = (entry.Balances[i].Token, entry.Balances[i].AmountRaw);
        }

        _balanceVersions[slot] = 0;
    }

    private void GrowPositions(int least)
    {
        if (least > Numbers.Length)
        {
            (int[] numbers, long[] sizes) = (Numbers, Sizes);
            int room = Math.Max(Numbers.Length + (Numbers.Length / 2), least);
            Array.Resize(ref numbers, room);
            Array.Resize(ref sizes, room);
            (Numbers, Sizes) = (numbers, sizes);
        }
    }

    private void GrowBalances(int least)
    {
        if (least > BalanceTokens.Length)
        {
            (ushort[] tokens, UInt128[] amounts, long[] scaled) = (BalanceTokens, BalanceAmounts, BalanceScaled);
            int room = Math.Max(tokens.Length + (tokens.Length / 2), least);
            Array.Resize(ref tokens, room);
            Array.Resize(ref amounts, room);
            Array.Resize(ref scaled, room);
            (BalanceTokens, BalanceAmounts, BalanceScaled) = (tokens, amounts, scaled);
        }
    }

    private void Grow(int room)
    {
        room = Math.Min(room, Most);
        (ulong[] ids, Int128[] cash, Int128[] costs, int[] balances) = (Ids, CashE8, CostsE8, BalanceStart);
        (AccountFigures[] figures, MarginError[] errors) = (Figures, Errors);
        Array.Resize(ref ids, room);
        Array.Resize(ref cash, room);
        Array.Resize(ref costs, room);
        Array.Resize(ref balances, room + 1);
        Array.Resize(ref figures, room);
        Array.Resize(ref errors, room);
        Array.Resize(ref _balanceVersions, room);
        Array.Resize(ref _partStart, (room * Underlyings.Length) + 1);
        if (Underlyings.Length > 1)
        {
            Array.Resize(ref _shares, room * Underlyings.Length);
        }

        (Ids, CashE8, CostsE8, BalanceStart, Figures, Errors) = (ids, cash, costs, balances, figures, errors);
    }
}
