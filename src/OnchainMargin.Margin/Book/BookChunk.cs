namespace OnchainMargin.Margin;

/// <summary>Accounts of a block that are computed together: for one underlying after another all their positions, then all their buckets, so that nothing waits for a branch. One a thread.</summary>
internal sealed class BookChunk
{
    /// <summary>Most accounts.</summary>
    internal const int AccountsMax = 64;

    /// <summary>Most positions of one underlying, unless it is a single account that has more.</summary>
    internal const int PositionsMax = 1_024;

    /// <summary>Room for vectors that reach beyond the last bucket.</summary>
    private const int Room = PositionsMax + 8;

    /// <summary>Upper parts of the sums of each bucket, <see cref="TermLane.Count"/> a bucket.</summary>
    internal long[] Upper { get; } = new long[Room * TermLane.Count];

    /// <summary>Lower parts.</summary>
    internal long[] Lower { get; } = new long[Room * TermLane.Count];

    /// <summary>c_b of each bucket.</summary>
    internal long[] Basis { get; } = new long[Room];

    /// <summary>Time to expiry of each bucket.</summary>
    internal long[] Tau { get; } = new long[Room];

    /// <summary>The vega charge of each bucket at the surface's age.</summary>
    internal long[] StaleRate { get; } = new long[Room];

    /// <summary>Δ_b·S.</summary>
    internal long[] Delta { get; } = new long[Room];

    /// <summary>Its magnitude.</summary>
    internal long[] Gross { get; } = new long[Room];

    /// <summary>What a bucket adds to X of MRG-042.</summary>
    internal long[] BasisCharge { get; } = new long[Room];

    /// <summary>Its vega charge.</summary>
    internal long[] Vega { get; } = new long[Room];

    /// <summary>What the vega charge grows by at the surface's age.</summary>
    internal long[] Stale { get; } = new long[Room];

    /// <summary>What it adds to the sum of MRG-045.</summary>
    internal long[] Years { get; } = new long[Room];

    /// <summary>Not 0 where one of these is too large for the sums.</summary>
    internal long[] Excess { get; } = new long[Room];

    /// <summary>Totals of the accounts.</summary>
    internal BookTotals[] Totals { get; } = new BookTotals[AccountsMax];

}
