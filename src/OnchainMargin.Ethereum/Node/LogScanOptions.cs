namespace OnchainMargin.Ethereum.Node;

/// <summary>How far a scan asks at a time.</summary>
public sealed record LogScanOptions
{
    /// <summary>The blocks of the first request.</summary>
    public ulong FirstRangeBlocks { get; init; } = 2_000;

    /// <summary>The most blocks of one request.</summary>
    public ulong LargestRangeBlocks { get; init; } = 100_000;

    /// <summary>The range is doubled when a request gave fewer logs than this, and halved when the node refuses it.</summary>
    public int AmpleLogs { get; init; } = 5_000;
}
