namespace OnchainMargin.Margin;

/// <summary>What one underlying adds to the totals of an account. An account of several keeps it: a tick of one leaves the shares of the others as they are.</summary>
internal struct BookShare
{
    internal WideSum MarksE16;
    internal WideSum FloorMarksE16;
    internal long FloorE8;
    internal long AddOnsE8;
    internal long StaleE8;
    internal long SpreadE8;
    internal long ShortMinimumE8;

    /// <summary>What its risk group adds; kept at the first underlying of the group.</summary>
    internal long GroupE8;

    /// <summary>All terms or-ed together, as <see cref="BookTotals.Large"/>.</summary>
    internal long Large;

    /// <summary>Those of the group.</summary>
    internal long GroupLarge;
}
