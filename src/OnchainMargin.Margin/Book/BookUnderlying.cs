using System.Runtime.InteropServices;

namespace OnchainMargin.Margin;

/// <summary>One underlying as the whole book sees it: its instruments by number, and at a checkpoint the tables of their values.</summary>
internal sealed partial class BookUnderlying(ushort underlying)
{
    /// <summary>Number of an instrument row of short values.</summary>
    internal const int ShortStride = 40;

    /// <summary>Bits of a short value, its sign apart.</summary>
    internal const int ShortBits = 28;

    /// <summary>Numbers of the terms of a row: <see cref="TermLane.Count"/> upper parts, as many lower ones.</summary>
    internal const int TermStride = 2 * TermLane.Count;

    /// <summary>The number of spot collateral among the instruments.</summary>
    internal const int Spot = 0;

    private readonly Dictionary<Instrument, int> _numbers = [];
    private readonly List<Instrument> _instruments = [default];

    /// <summary>The underlying.</summary>
    internal ushort Underlying { get; } = underlying;

    /// <summary>What is held of it, by number; the first is spot collateral.</summary>
    internal ReadOnlySpan<Instrument> Instruments => CollectionsMarshal.AsSpan(_instruments);

    /// <summary>The number of an instrument, a new one if nobody held it before.</summary>
    internal int NumberOf(Instrument instrument)
    {
        if (!_numbers.TryGetValue(instrument, out int number))
        {
            number = _instruments.Count;
            _numbers.Add(instrument, number);
            _instruments.Add(instrument);
        }

        return number;
    }

    /// <summary>Keeps the instruments that are held, and spot collateral, and forgets all others; the tables are made anew.</summary>
    /// <param name="held">Of each number whether anybody holds it.</param>
    /// <returns>The new number of each.</returns>
    internal int[] Keep(bool[] held)
    {
        int[] numbers = new int[held.Length];
        int kept = Spot + 1;
        for (int number = Spot + 1; number < held.Length; number++)
        {
            Instrument instrument = _instruments[number];
            if (held[number])
            {
                (_instruments[kept], _numbers[instrument], numbers[number]) = (instrument, kept, kept);
                kept++;
            }
            else
            {
                _numbers.Remove(instrument);
            }
        }

        _instruments.RemoveRange(kept, held.Length - kept);
        (_filled, Room) = (0, 0);
        return numbers;
    }
}
