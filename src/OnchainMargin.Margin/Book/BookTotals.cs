namespace OnchainMargin.Margin;

/// <summary>What adds up over the underlyings of an account, in words. Each term is below 2⁵⁴, or <see cref="Large"/> shows that one is not; there are fewer than 2⁸ of each.</summary>
internal struct BookTotals
{
    /// <summary>Bits that a term may have for the sums to fit.</summary>
    internal const int TermBits = 54;

    internal WideSum MarksE16;
    internal WideSum FloorMarksE16;
    internal long FloorE8;
    internal long AddOnsE8;
    internal long StaleE8;
    internal long SpreadE8;
    internal long GroupsE8;

    /// <summary>All terms or-ed together.</summary>
    internal long Large;

    /// <summary>Whether the account cannot be computed in these words.</summary>
    internal bool IsMisfit;

    /// <summary>Whether a term is too large for the sums.</summary>
    internal readonly bool IsLarge => IsMisfit || Large >> TermBits != 0;
}
