namespace OnchainMargin.Ethereum.Sending;

/// <summary>What nodes ask of a transaction that takes another's place.</summary>
internal static class Fees
{
    /// <summary>An eighth more, rounded up, or today's price where that is more.</summary>
    public static UInt256 Bump(UInt256 old, UInt256? now)
    {
        UInt256 raised = old + ((old + 7U) / 8U) + UInt256.One;
        return now is { } price && price > raised ? price : raised;
    }
}
