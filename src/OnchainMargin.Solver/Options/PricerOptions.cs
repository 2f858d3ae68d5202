namespace OnchainMargin.Solver.Options;

/// <summary>How checkpoints are taken.</summary>
public sealed record PricerOptions
{
    /// <summary>The key that pays for checkpoints.</summary>
    public KeyOptions Key { get; init; } = new();

    /// <summary>How many seconds apart checkpoints are taken; the contract's own interval where that is longer. Beyond 240 a settlement window would not be observed throughout.</summary>
    public int CheckpointEverySeconds { get; init; } = 60;

    /// <summary>How often it is looked whether one is due, in milliseconds.</summary>
    public int PollMilliseconds { get; init; } = 1000;

    /// <summary>Further nodes, besides the solver's own, through which prices are watched and compared.</summary>
    public IReadOnlyList<string> FeedNodeUrls { get; init; } = [];

    /// <summary>How many blocks a node may be behind the newest before that is told.</summary>
    public int FeedBlocksBehind { get; init; } = 5;

    internal IEnumerable<string> Errors()
    {
        OptionErrors errors = new("pricer");
        // A price counts for 300 seconds in the averages of a settlement (MarketStates.HELD_SECONDS): with a minute to get into a block, no second of the window goes unobserved while sources are well.
        errors.Range(CheckpointEverySeconds, 1, 240);
        errors.Range(PollMilliseconds, 10, 600_000);
        errors.Range(FeedBlocksBehind, 1, 1_000_000);
        errors.Urls(FeedNodeUrls);
        return [.. Key.Errors("pricer:key", isRequired: true), .. errors.Sentences];
    }
}
