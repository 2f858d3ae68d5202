namespace OnchainMargin.Solver.Relay;

/// <summary>How far an order of the relay has come.</summary>
internal enum OrderStatus
{
    /// <summary>It rests in the book.</summary>
    Resting = 0,

    /// <summary>All that was left of it is matched and on its way into a block.</summary>
    Settling = 1,

    /// <summary>It is filled.</summary>
    Filled = 2,

    /// <summary>Its owner took it back, or the session that it hung on ended.</summary>
    Cancelled = 3,

    /// <summary>Its time is over.</summary>
    Expired = 4,

    /// <summary>The chain refused it.</summary>
    Refused = 5,
}
