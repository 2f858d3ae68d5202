namespace OnchainMargin.Margin;

/// <summary>What adds up over the underlyings of an account, in words. Each term is below 2⁵⁴, or <see cref="Large"/> shows that one is not; there are fewer than 2⁸ of each.</summary>
internal struct BookTotals
{
    /// <summary>Bits that a term may have for the sums to fit.</summary>
    internal const int TermBits = 54;

    /// <summary>Stands for a term that does not fit.</summary>
    internal const long Misfit = 1L << TermBits;

    internal WideSum MarksE16;
    internal WideSum FloorMarksE16;
    internal long FloorE8;
    internal long AddOnsE8;
    internal long StaleE8;
    internal long SpreadE8;
    internal long GroupsE8;

    /// <summary>All terms or-ed together; <see cref="Misfit"/> where the account cannot be computed in these words.</summary>
    internal long Large;

    /// <summary>Adds what an underlying adds, its group apart.</summary>
    internal void Add(in BookShare share)
    {
        // Why unchecked: terms that are too large for the sums are noted.
        unchecked
        {
            MarksE16 += share.MarksE16;
            FloorMarksE16 += share.FloorMarksE16;
            FloorE8 += share.FloorE8;
            AddOnsE8 += share.AddOnsE8;
            StaleE8 += share.StaleE8;
            SpreadE8 += share.SpreadE8;
            Large |= share.Large;
        }
    }

    /// <summary>Whether a term is too large for the sums.</summary>
    internal readonly bool IsLarge => Large >> TermBits != 0;
}
