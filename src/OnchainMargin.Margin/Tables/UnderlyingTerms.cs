namespace OnchainMargin.Margin;

/// <summary>One underlying of a checkpoint with the rows of its instruments.</summary>
internal sealed class UnderlyingTerms
{
    private readonly RowTable _rows = new();
    private readonly ExpiryTerms[] _present;
    private readonly ExpiryTerms[] _delayed;
    private readonly int _linear;

    /// <summary>Reckons what all accounts share.</summary>
    internal UnderlyingTerms(UnderlyingRecord record, long time)
    {
        Record = record;
        var nodes = new Dictionary<long, RangeNodes>();
        Nodes = NodesOf(record.Parameters.PriceRangeE8);
        _present = [.. record.Expiries.Select(e => new ExpiryTerms(record, e, delayed: false, time, NodesOf))];
        _delayed = [.. record.Expiries.Select((e, i) => e.Delayed == e.Present ? _present[i] : new ExpiryTerms(record, e, delayed: true, time, NodesOf))];
        Span<long> row = stackalloc long[Row.Stride];
        Nodes.FillLinear(record.SpotE8, row);
        _linear = _rows.Add(Key(0, delayed: false, 0, InstrumentKind.Perpetual), row);

        RangeNodes NodesOf(long rangeE8)
        {
            if (!nodes.TryGetValue(rangeE8, out RangeNodes? found))
            {
                found = new RangeNodes(rangeE8);
                nodes.Add(rangeE8, found);
            }

            return found;
        }
    }

    /// <summary>The record.</summary>
    internal UnderlyingRecord Record { get; }

    /// <summary>The number of instrument rows reckoned so far.</summary>
    internal int Rows => _rows.Count;

    /// <summary>The nodes of perpetual and spot collateral.</summary>
    internal RangeNodes Nodes { get; }

    /// <summary>Row of the perpetual and of spot collateral.</summary>
    internal ReadOnlySpan<long> Linear => _rows[_linear];

    /// <summary>The place of an expiry among the record's, or −1.</summary>
    internal int ExpiryIndex(uint expiry)
    {
        for (int i = 0; i < Record.Expiries.Length; i++)
        {
            if (Record.Expiries[i].Expiry == expiry)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Whether an expiry has two surfaces.</summary>
    internal bool HasChoice(int expiry) => _present[expiry] != _delayed[expiry];

    /// <summary>The terms of an expiry.</summary>
    internal ExpiryTerms Expiry(int index, bool delayed) => (delayed ? _delayed : _present)[index];

    /// <summary>The row of a future or an option.</summary>
    internal ReadOnlySpan<long> Dated(int expiry, bool delayed, long strikeE4, InstrumentKind kind) => _rows[DatedRow(expiry, delayed && HasChoice(expiry), strikeE4, kind)];

    private int DatedRow(int expiry, bool delayed, long strikeE4, InstrumentKind kind)
    {
        ulong key = Key(expiry + 1, delayed, strikeE4, kind);
        int found = _rows.Find(key);
        return found >= 0 ? found : Make(key, expiry, delayed, strikeE4, kind);
    }

    private int Make(ulong key, int expiry, bool delayed, long strikeE4, InstrumentKind kind)
    {
        Span<long> row = stackalloc long[Row.Stride];
        ExpiryTerms terms = Expiry(expiry, delayed);
        switch (kind)
        {
            case InstrumentKind.Call:
                terms.FillCall(strikeE4 * Instrument.StrikeScale, row);
                break;
            case InstrumentKind.Put:
                terms.FillPut(strikeE4 * Instrument.StrikeScale, _rows[DatedRow(expiry, delayed, strikeE4, InstrumentKind.Call)], row);
                break;
            default:
                terms.Nodes.FillLinear(terms.ForwardE8, row);
                break;
        }

        return _rows.Add(key, row);
    }

    /// <summary>15 bits of underlying (there are at most 64), 6 of expiry (0 for none), 1 of surface, 2 of kind, 40 of strike: not 0, since underlyings count from 1.</summary>
    private ulong Key(int expiry, bool delayed, long strikeE4, InstrumentKind kind) =>
        ((ulong)Record.Underlying << 49) | ((ulong)expiry << 43) | ((delayed ? 1UL : 0UL) << 42) | ((ulong)kind << 40) | (ulong)strikeE4;
}
