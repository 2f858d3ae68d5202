namespace OnchainMargin.Margin;

/// <content>The tables at a checkpoint.</content>
internal sealed partial class BookUnderlying
{
    /// <summary>Bits of a place on the axis of q.</summary>
    internal const int PlaceBits = 16;

    private int _filled;

    /// <summary>The terms, or null while no checkpoint holds the underlying.</summary>
    internal UnderlyingTerms? Terms { get; private set; }

    /// <summary>What all expiries charge.</summary>
    internal BookCharges Charges { get; private set; } = null!;

    /// <summary>How many instruments the tables have room for: the delayed row of one is so many behind its present one.</summary>
    internal int Room { get; private set; }

    /// <summary>Values, <see cref="Row.Stride"/> a row.</summary>
    internal long[] Values { get; private set; } = [];

    /// <summary>(value − mark) ≫ <see cref="Shift"/>, <see cref="ShortStride"/> a row.</summary>
    internal int[] Short { get; private set; } = [];

    /// <summary>What narrow options are worth above their intrinsic value in the same form: 0 for all others.</summary>
    internal int[] ShortTime { get; private set; } = [];

    /// <summary>value − mark, <see cref="Height"/> numbers a scenario: what is asked of one scenario lies close together.</summary>
    internal long[] Columns { get; private set; } = [];

    /// <summary>The same with narrow options at their intrinsic value.</summary>
    internal long[] ExactColumns { get; private set; } = [];

    /// <summary>Numbers of a column: two a possible instrument.</summary>
    internal int Height => 2 * Room;

    /// <summary>The lanes of <see cref="TermLane"/>, upper parts and lower parts.</summary>
    internal long[] Lanes { get; private set; } = [];

    /// <summary>Bits of the lower parts.</summary>
    internal int LaneSplit { get; private set; }

    /// <summary>Bits of the upper parts, or of the lower ones if they have more.</summary>
    internal int LaneBits { get; private set; }

    /// <summary>What else there is, one a row.</summary>
    internal InstrumentTerms[] Rows { get; private set; } = [];

    /// <summary>How far short values are shifted, so that each fits <see cref="ShortBits"/> bits.</summary>
    internal int Shift { get; private set; }

    /// <summary>Takes the terms of a checkpoint; the tables follow when they are filled.</summary>
    internal void Set(UnderlyingTerms? terms, long time)
    {
        Terms = terms;
        _filled = 0;
        if (terms is not null)
        {
            Charges = new BookCharges(terms, time);
        }
    }

    /// <summary>Makes the rows that are missing.</summary>
    /// <param name="workers">How many threads may help.</param>
    internal void Fill(int workers)
    {
        int count = _instruments.Count;
        if (Terms is not { } terms || _filled == count)
        {
            _filled = count;
            return;
        }

        if (Room < count)
        {
            // Delayed rows stand behind all present ones, so that those lie close together. Some room to grow, not as much again: a row is 1.5 kB.
            Room = count + (count / 8) + 8;
            int rows = 2 * Room;
            (Values, Lanes) = (new long[rows * Row.Stride], new long[rows * TermStride]);
            (Short, ShortTime, Rows) = (new int[rows * ShortStride], new int[rows * ShortStride], new InstrumentTerms[rows]);
            (Columns, ExactColumns) = (new long[rows * Scenarios.Count], new long[rows * Scenarios.Count]);
            _filled = 0;
        }

        int from = _filled;

        if (workers > 1 && count - from > 64)
        {
            Parallel.For(from, count, new ParallelOptions { MaxDegreeOfParallelism = workers }, number => Fill(terms, number));
        }
        else
        {
            for (int number = from; number < count; number++)
            {
                Fill(terms, number);
            }
        }

        _filled = count;
        Shorten(terms);
    }

    private void Fill(UnderlyingTerms terms, int number)
    {
        Instrument instrument = _instruments[number];
        Rows[number] = default;
        Rows[Room + number] = default;
        if (number == Spot || instrument.Kind == InstrumentKind.Perpetual)
        {
            terms.Linear.CopyTo(Line(number));
            Rows[number] = Linear(terms, number == Spot);
            return;
        }

        int expiry = terms.ExpiryIndex(instrument.Expiry);
        if (expiry < 0)
        {
            Line(number).Clear();
            (Rows[number].Traits, Rows[number].Bucket) = (InstrumentTraits.Missing, InstrumentTerms.PerpetualBucket);
            return;
        }

        for (int delayed = 0; delayed < (terms.HasChoice(expiry) ? 2 : 1); delayed++)
        {
            int row = number + (delayed * Room);
            terms.Dated(expiry, delayed == 1, instrument.StrikeE4, instrument.Kind).CopyTo(Line(row));
            Rows[row] = Dated(terms.Expiry(expiry, delayed == 1), expiry, instrument, Line(row));
        }
    }

    private Span<long> Line(int row) => Values.AsSpan(row * Row.Stride, Row.Stride);

    private InstrumentTerms Linear(UnderlyingTerms terms, bool isSpot) => new()
    {
        FloorLongE16 = isSpot ? 0 : Charges.FloorLinearE16,
        FloorShortE16 = isSpot ? 0 : Charges.FloorLinearE16,
        Mark = isSpot ? 0 : terms.Record.PerpetualMarkE8 - terms.Record.CumulativeFundingE8,
        Bucket = isSpot ? InstrumentTerms.SpotBucket : InstrumentTerms.PerpetualBucket,
        Traits = isSpot ? InstrumentTraits.Spot : InstrumentTraits.None,
        Interval = InstrumentTerms.Nowhere,
    };

    private InstrumentTerms Dated(ExpiryTerms expiry, int index, Instrument instrument, ReadOnlySpan<long> line)
    {
        long mark = line[Scenarios.Mark];
        var row = new InstrumentTerms
        {
            Mark = mark,
            Bucket = index,
            Interval = InstrumentTerms.Nowhere,
            FloorLongE16 = Charges.FloorLinearE16,
            FloorShortE16 = Charges.FloorLinearE16,
        };
        if (!instrument.IsOption)
        {
            return row;
        }

        bool isLive = expiry.Nodes.RangeE8 > 0;
        long least = isLive ? Charges.FloorLeastE8 : 0;
        row.Traits = InstrumentTraits.Option | (isLive ? InstrumentTraits.Live : InstrumentTraits.None)
            | (instrument.StrikeE8 < expiry.ForwardE8 ? InstrumentTraits.Below : InstrumentTraits.None)
            | (expiry.Tau >= ExpiryTerms.IntrinsicBelowSeconds ? InstrumentTraits.Vega : InstrumentTraits.None);

        // Where the floor of a unit does not fit a word no account is computed here.
        row.FloorLongE16 = Charges.FloorLinearE16 == long.MaxValue ? 0 : Rounding.One * Math.Min(Charges.FloorRateE8, Math.Max(mark, least));
        if (Row.IsNarrow(line))
        {
            row.Traits |= InstrumentTraits.Narrow;
            Place(ref row, line[Row.Kink]);
        }

        return row;
    }

    /// <summary>The interval of a kink.</summary>
    private static void Place(ref InstrumentTerms row, long place)
    {
        for (int node = 0; node + 1 < Scenarios.Nodes; node++)
        {
            long a = (long)Scenarios.NodeQuarters[node] << PlaceBits;
            long b = (long)Scenarios.NodeQuarters[node + 1] << PlaceBits;
            if (place >= a && (place < b || (place == b && node + 2 == Scenarios.Nodes)))
            {
                row.Interval = (sbyte)node;
                row.Traits |= place == a ? InstrumentTraits.OnNode : InstrumentTraits.None;
                return;
            }
        }
    }
}
