namespace OnchainMargin.Cli.Orders;

/// <summary>The flags of an order, as the clearinghouse numbers them.</summary>
[Flags]
internal enum OrderFlags
{
    /// <summary>No condition.</summary>
    None = 0,

    /// <summary>It may only reduce a position.</summary>
    ReduceOnly = 1,

    /// <summary>It may only be the maker.</summary>
    PostOnly = 2,

    /// <summary>It is filled whole by one fill, or not at all.</summary>
    FillOrKill = 4,
}
