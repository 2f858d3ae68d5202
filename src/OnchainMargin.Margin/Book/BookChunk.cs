namespace OnchainMargin.Margin;

/// <summary>Accounts of a block that are computed together: for one underlying after another all their positions, then all their buckets, so that nothing waits for a branch. One a thread.</summary>
internal sealed class BookChunk
{
    /// <summary>Most accounts.</summary>
    internal const int AccountsMax = 64;

    /// <summary>Most positions of one underlying, unless it is a single account that has more.</summary>
    internal const int PositionsMax = 1_024;

    /// <summary>Room for vectors that reach beyond the last position or bucket.</summary>
    private const int Room = PositionsMax + 8;

    /// <summary>Where the floor's rates begin in <see cref="Positions"/>: what it takes of a unit, E16.</summary>
    internal const int Rates = Room;

    /// <summary>Where the keys begin: the row, and 2³² times the bucket, which ascends.</summary>
    internal const int Keys = 2 * Room;

    /// <summary>Where the floors begin: each position's part, 2⁵⁴ or more where that is too large for the sums.</summary>
    internal const int Floors = 3 * Room;

    /// <summary>Sizes of the positions, and behind them as many of each other kind of number: one array, so that a loop needs one register.</summary>
    internal long[] Positions { get; } = new long[4 * Room];

    /// <summary>Upper parts of the sums of each bucket, <see cref="TermLane.Count"/> a bucket.</summary>
    internal long[] Upper { get; } = new long[Room * TermLane.Count];

    /// <summary>Lower parts.</summary>
    internal long[] Lower { get; } = new long[Room * TermLane.Count];

    /// <summary>The expiry of each bucket.</summary>
    internal BookExpiry[] Expiries { get; } = new BookExpiry[Room];

    /// <summary>What each bucket charges, <see cref="ChargeLane.Count"/> a bucket.</summary>
    internal long[] Charges { get; } = new long[Room * ChargeLane.Count];

    /// <summary>Where the positions of each account begin, and behind the last where they end.</summary>
    internal int[] PositionStart { get; } = new int[AccountsMax + 1];

    /// <summary>Where the buckets of each account begin, and behind the last where they end.</summary>
    internal int[] BucketStart { get; } = new int[AccountsMax + 1];

    /// <summary>Sums of <see cref="Upper"/> over the buckets of each account.</summary>
    internal long[] AccountUpper { get; } = new long[AccountsMax * TermLane.Count];

    /// <summary>Sums of <see cref="Lower"/>.</summary>
    internal long[] AccountLower { get; } = new long[AccountsMax * TermLane.Count];

    /// <summary>Sums of <see cref="Charges"/>.</summary>
    internal long[] AccountCharges { get; } = new long[AccountsMax * ChargeLane.Count];

    /// <summary>Totals of the accounts.</summary>
    internal BookTotals[] Totals { get; } = new BookTotals[AccountsMax];
}
