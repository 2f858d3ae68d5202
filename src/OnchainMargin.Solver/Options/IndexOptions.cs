namespace OnchainMargin.Solver.Options;

/// <summary>How the chain is followed.</summary>
public sealed record IndexOptions
{
    /// <summary>How often the node is asked for a new block when no subscription tells, in milliseconds.</summary>
    public int PollMilliseconds { get; init; } = 1000;

    /// <summary>How many blocks deep a reorganisation is followed block by block; a deeper one makes the index be read anew.</summary>
    public int ReorganisationDepthBlocks { get; init; } = 128;

    /// <summary>The most blocks that are taken in at a step.</summary>
    public int BlocksPerStep { get; init; } = 1000;

    /// <summary>After how many events a snapshot of the book is written to the store, from which a restart goes on; or a quarter as many as there are accounts, if that is more.</summary>
    public int SnapshotLogs { get; init; } = 250_000;

    internal IEnumerable<string> Errors()
    {
        OptionErrors errors = new("index");
        errors.Range(PollMilliseconds, 10, 600_000);
        errors.Range(ReorganisationDepthBlocks, 1, 100_000);
        errors.Range(BlocksPerStep, 1, 100_000);
        errors.Range(SnapshotLogs, 1, 1_000_000_000);
        return errors.Sentences;
    }
}
